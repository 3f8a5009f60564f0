import { offsetMsAt } from '@comm-cell/board/time';
import { zoneTable } from '@comm-cell/catalogue/zone';
import { describe, expect, it } from '@jest/globals';

describe('zone table', () => {
  const london = zoneTable('Europe/London')!;

  it.each([
    ['2026-03-29T00:59:59Z', 0],
    ['2026-03-29T01:00:00Z', 60],
    ['2026-10-25T00:59:59Z', 60],
    ['2026-10-25T01:00:00Z', 0],
    ['2015-01-01T00:00:00Z', 0],
    ['2040-07-01T00:00:00Z', 60],
  ])('London at %s is %i minutes east', (moment, minutes) => {
    expect(offsetMsAt(london, Date.parse(moment))).toBe(minutes * 60_000);
  });

  it('has two changes a year', () => {
    expect(london.offsets).toHaveLength(1 + 26 * 2);
  });

  it('knows zones west of Greenwich, half hours and zones without summer time', () => {
    const winter = Date.UTC(2026, 0, 1);
    expect(offsetMsAt(zoneTable('America/St_Johns')!, winter)).toBe(-3.5 * 3_600_000);
    expect(zoneTable('Asia/Kolkata')!.offsets).toEqual([[Date.UTC(2015, 0), 330]]);
    expect(zoneTable('UTC')!.offsets).toEqual([[Date.UTC(2015, 0), 0]]);
  });

  it('does not know what is none', () => {
    expect(zoneTable('Europe/Atlantis')).toBeUndefined();
  });
});
