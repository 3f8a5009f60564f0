import { describe, expect, it } from '@jest/globals';
import { ways, type Box } from '../src/panels/pathway/geometry.js';
import { share, type Block } from '../src/panels/rail/share.js';

describe('sharing the rail', () => {
  const MORE = 40;
  const block = (rows: number, row: number, least: number, rest: Partial<Block> = {}): Block => ({
    rows: Array<number>(rows).fill(row),
    least,
    head: 64,
    empty: 0,
    ...rest,
  });
  const height = (shown: readonly number[], blocks: readonly Block[]): number =>
    blocks.reduce((sum, { rows, head, empty, spare }, b) => {
      const n = shown[b]!;
      if (rows.length === 0) return sum + empty;
      if (spare && n === 0) return sum;
      return sum + head + rows.slice(0, n).reduce((all, row) => all + row, 0) + (n < rows.length ? MORE : 0);
    }, 0);

  it('never takes more than there is and keeps a place for feeds', () => {
    for (let attention = 0; attention <= 45; attention++) {
      for (let feeds = 0; feeds <= 22; feeds++) {
        const blocks = [block(attention, 96, 1, { empty: 104 }), block(feeds, 92, 2)];
        const shown = share(824, blocks, MORE);
        expect(height(shown, blocks)).toBeLessThanOrEqual(824);
        if (feeds > 0) expect(shown[1]).toBeGreaterThan(0);
        if (attention > 0) expect(shown[0]).toBeGreaterThan(0);
      }
    }
    expect(share(824, [block(40, 96, 1)], MORE)).toEqual([7]);
  });

  it('keeps places for alerts, what was put aside, actions and feeds, in this order; the rest is counted or left out', () => {
    for (const alerts of [0, 1, 4, 30]) {
      for (const actions of [0, 1, 9]) {
        for (const feeds of [0, 3]) {
          const blocks = [
            block(alerts, 118, 2, { empty: 104 }),
            block(2, 36, 2, { head: 0 }),
            block(actions, 92, 2),
            block(feeds, 92, 1),
            block(6, 96, 0, { spare: true }),
          ];
          const shown = share(824, blocks, MORE);
          expect(height(shown, blocks)).toBeLessThanOrEqual(824);
          expect(shown[0]).toBeGreaterThanOrEqual(Math.min(alerts, 2));
          expect(shown[1]).toBe(2);
          expect(shown[2]).toBeGreaterThanOrEqual(Math.min(actions, 1));
        }
      }
    }
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
