import { describe, expect, it } from '@jest/globals';
import { ways, type Box } from '../src/panels/pathway/geometry.js';
import { share } from '../src/panels/rail/share.js';

describe('sharing the rail', () => {
  const rows = { attention: 96, feed: 92, more: 40, head: 64 };
  const height = (shown: { attention: number; feeds: number }, attention: number, feeds: number): number =>
    64 +
    (attention === 0 ? 40 : shown.attention * 96 + (shown.attention < attention ? 40 : 0)) +
    (feeds > 0 ? 64 + shown.feeds * 92 + (shown.feeds < feeds ? 40 : 0) : 0);

  it('never takes more than there is and keeps a place for feeds', () => {
    for (let attention = 0; attention <= 45; attention++) {
      for (let feeds = 0; feeds <= 22; feeds++) {
        const shown = share(824, attention, feeds, rows);
        expect(height(shown, attention, feeds)).toBeLessThanOrEqual(824);
        if (feeds > 0) expect(shown.feeds).toBeGreaterThan(0);
        if (attention > 0) expect(shown.attention).toBeGreaterThan(0);
      }
    }
    expect(share(824, 40, 0, rows)).toEqual({ attention: 7, feeds: 0 });
  });
});

describe('the ways between tiles', () => {
  const boxes = new Map<string, Box>([
    ['a', { x: 0, y: 0, width: 100, height: 60 }],
    ['b', { x: 0, y: 100, width: 100, height: 60 }],
    ['c', { x: 140, y: 0, width: 100, height: 60 }],
  ]);

  it('leave by the right edge and enter by the left', () => {
    const [way] = ways([{ from: 'a', to: 'c' }], boxes, 20, 10);
    expect(way?.path).toBe('M100 30C115 30 115 30 130 30');
    expect(way?.head).toContain('L140 30');
  });

  it('spread at an edge they share, in the order they come from', () => {
    const found = ways(
      [
        { from: 'b', to: 'c' },
        { from: 'a', to: 'c' },
      ],
      boxes,
      20,
      10,
    );
    expect(found.map((way) => way?.head.match(/L140 (\d+)/)?.[1])).toEqual(['40', '20']);
  });

  it('go downwards when tiles stand one above the other, and are left out when a tile is not there', () => {
    const [down, none] = ways(
      [
        { from: 'a', to: 'b' },
        { from: 'a', to: 'nowhere' },
      ],
      boxes,
      20,
      10,
    );
    expect(down?.path).toBe('M50 60C50 75 50 75 50 90');
    expect(none).toBeUndefined();
  });
});
