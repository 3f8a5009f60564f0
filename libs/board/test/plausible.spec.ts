import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdReason } from '../src/rules/plausible.js';
import type { Held, SeriesState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { SMALL, START } from './arbitraries.js';

const WAIT = SMALL.series['ed.wait@north']!;
const OCCUPANCY = SMALL.series['beds.occupancy@south']!;
const WAITING = SMALL.series['ed.waiting@north']!;
const known = (value: number | null, last?: number): SeriesState => ({
  at: START,
  rev: 0,
  value,
  recordedAt: START,
  trend: [],
  ...(last !== undefined && { last: { at: START - MINUTE_MS, value: last } }),
});
const held = (minutes: number, value: number, reason: Held['reason']): Held => ({ at: START + minutes * MINUTE_MS, value, reason, recordedAt: START });
const judge = (series: typeof WAIT, before: SeriesState | undefined, value: number, minutes = 15, doubt?: Held) =>
  holdReason(SMALL, series, before, doubt, START + minutes * MINUTE_MS, value, 0);

describe('another unit', () => {
  test.each([
    ['hours for minutes', WAIT, 240, 4, 'unit-step'],
    ['seconds for minutes', WAIT, 12, 720, 'unit-step'],
    ['nearly sixty times', WAIT, 240, 4.05, 'unit-step'],
    ['a long wait that really fell', WAIT, 240, 60, undefined],
    ['small numbers may well fall to a sixtieth', WAIT, 12, 0.2, undefined],
    ['fractions for per cent', OCCUPANCY, 95, 0.95, 'unit-step'],
    ['per cent for fractions', OCCUPANCY, 0.95, 95, 'unit-step'],
    ['sixty times as many people is a jump, not another unit', WAITING, 2, 120, 'jump'],
    ['nothing to nothing', WAIT, 0, 0, undefined],
    ['from nothing there is no ratio', WAIT, 0, 60, undefined],
  ] as const)('%s', (_name, series, before, value, reason) => {
    expect(judge(series, known(before), value)).toBe(reason);
  });

  test('is not confirmed by more of the same, not even after the limit of the feed', () => {
    for (let minutes = 30; minutes <= 24 * 60; minutes += 15) {
      const doubt = held(minutes - 15, 4, 'unit-step');
      expect(judge(WAIT, known(240), 4, minutes, doubt)).toBe('unit-step');
      expect(judge(WAIT, known(240), 5, minutes, doubt)).toBe('unit-step');
    }
  });

  test('ends when the values are back at their level', () => {
    expect(judge(WAIT, known(240), 230, 45, held(30, 4, 'unit-step'))).toBeUndefined();
  });

  test('after a real silence any level is possible', () => {
    expect(judge(WAIT, known(240), 4, 120)).toBeUndefined();
    expect(judge(WAIT, known(240), 5, 120, held(30, 4, 'unit-step'))).toBeUndefined();
  });

  test('a value within a factor of seven of the last good one is never taken for another unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 900, noNaN: true }), fc.double({ min: 1, max: 7, noNaN: true }), fc.boolean(), (before, factor, up) => {
        const value = up ? Math.min(before * factor, 1_000) : before / factor;
        expect(judge(WAIT, known(before), value)).toBeUndefined();
      }),
    );
  });
});

describe('a jump', () => {
  test.each([
    ['of the largest believable step', 100, 160, undefined],
    ['of one more', 100, 161, 'jump'],
    ['downwards', 161, 100, 'jump'],
  ] as const)('%s', (_name, before, value, reason) => {
    expect(judge(WAITING, known(before), value)).toBe(reason);
  });

  test('is judged by the last value when the newest is "not reported"', () => {
    expect(judge(WAITING, known(null, 100), 200)).toBe('jump');
    expect(judge(WAITING, known(null), 200)).toBeUndefined();
  });

  test('is confirmed only by a later reading near it', () => {
    expect(judge(WAITING, known(100), 210, 30, held(15, 200, 'jump'))).toBeUndefined();
    expect(judge(WAITING, known(100), 260, 30, held(15, 200, 'jump'))).toBeUndefined();
    expect(judge(WAITING, known(100), 261, 30, held(15, 200, 'jump'))).toBe('jump');
    expect(judge(WAITING, known(100), 210, 15, held(15, 200, 'jump'))).toBe('jump');
    expect(judge(WAITING, known(100), 210, 30, held(15, 200, 'conflict'))).toBe('jump');
  });

  test('is nothing to a reading of the past, nor to the first one', () => {
    expect(judge(WAITING, known(100), 900, -15)).toBeUndefined();
    expect(judge(WAITING, undefined, 900)).toBeUndefined();
  });
});

test('outside the range nothing is believed, whatever came before', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.integer({ min: -HOUR_MS, max: HOUR_MS }), (value, ms) => {
      const reason = holdReason(SMALL, WAITING, known(100), undefined, START + ms, value, 0);
      if (value < WAITING.range.min || value > WAITING.range.max) expect(reason).toBe('out-of-range');
      else expect(reason).not.toBe('out-of-range');
    }),
  );
});
