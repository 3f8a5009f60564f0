/**
 * The control chart against cases counted by hand, against its own definition written out plainly, and against what must not
 * change it. Base of the hand cases: 9 and 11 in turn, twelve points, limits fixed there: mean 10, mean moving range 2, limits
 * 4.68 and 15.32, near limits 6.45 and 13.55.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { meanOf } from '../src/spc/mean.js';
import { type Improvement, type SpcChart, type SpcInput, shownWithin, xmr } from '../src/spc/xmr.js';
import { DAY_MS } from '../src/time.js';

const FIRST = Date.UTC(2026, 0, 5);
const day = (i: number): number => FIRST + i * DAY_MS;
const chartOf = (values: readonly (number | null)[], more: Partial<SpcInput> = {}): SpcChart =>
  xmr({ points: values.map((value, i) => ({ at: day(i), value })), improvement: 'increase', ...more });

/** One letter a point: . common, H L outside, u d trend, n m two of three, s z shift (high, low), _ missing. */
const LETTERS = { outside: ['H', 'L'], trend: ['u', 'd'], 'two-of-three': ['n', 'm'], shift: ['s', 'z'] } as const;
const lettersOf = ({ points }: SpcChart): string =>
  points.map(({ value, cause, toward }) => (value === null ? '_' : cause === null ? '.' : LETTERS[cause][toward === 'high' ? 0 : 1])).join('');

const BASE = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11];

describe('the given vector', () => {
  const values = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1];
  test.each([
    [true, 1.0, 4.604, -0.716],
    [false, 1.882, 6.952, -3.063],
  ])('screened %s', (screen, amr, upl, lpl) => {
    const chart = chartOf(values, { screen });
    const [group] = chart.groups;
    expect([group!.mean, group!.amr, group!.upl, group!.lpl].map((value) => Number(value!.toFixed(3)))).toEqual([1.944, amr, upl, lpl]);
    expect(lettersOf(chart)).toBe('....H.............');
  });
  test('the official Excel tool does not screen, and neither does the default', () => {
    expect(chartOf(values).screened).toBe(false);
    expect(chartOf(values).groups[0]!.upl).toBe(chartOf(values, { screen: false }).groups[0]!.upl);
  });
});

describe('special causes, counted by hand', () => {
  const quiet = '............';
  test.each<[string, (number | null)[], string]>([
    ['nothing but the base', [], quiet],
    ['just inside the upper limit', [15.3], `${quiet}.`],
    ['just outside the upper limit', [15.4], `${quiet}H`],
    ['just inside the lower limit', [4.7], `${quiet}.`],
    ['just outside the lower limit', [4.6], `${quiet}L`],
    ['one point near the limit', [14], `${quiet}.`],
    ['two near, the third on the same side', [14, 14], `${quiet}nn`],
    ['two near with one between on the same side: that one is not flagged', [14, 12, 14], `${quiet}n.n`],
    ['two near with one between on the other side', [14, 9, 14], `${quiet}...`],
    ['two near with one between on the mean', [14, 10, 14], `${quiet}...`],
    ['near, outside, near: the one outside is on the same side but not near', [14, 16, 14], `${quiet}nHn`],
    ['near and outside are not two near', [14, 16, 12], `${quiet}.H.`],
    ['two near at the end after a point of the other side', [6, 6], `${quiet}..`],
    ['two near below, then one below', [6, 6, 9], `${quiet}mm.`],
    ['one below, then two near below', [9, 6, 6], `${quiet}.mm`],
    ['three near below: all are flagged', [6, 6.2, 6], `${quiet}mmm`],
    ['near on both sides is nothing', [14, 6, 14], `${quiet}...`],
    ['seven above, the last of the base among them', [11, 12, 11, 12, 11, 12], '...........sssssss'],
    ['six above', [11, 12, 11, 12, 11], `${quiet}.....`],
    ['a point exactly on the mean breaks a run', [11, 12, 11, 10, 11, 12, 11, 12], `${quiet}........`],
    ['seven below', [9, 8, 9, 8, 9, 8, 9], `${quiet}zzzzzzz`],
    ['eight below: all eight', [9, 8, 9, 8, 9, 8, 9, 8], `${quiet}zzzzzzzz`],
    ['seven rising: all seven, also those before', [11.5, 12, 12.5, 13, 13.2], '..........uuuuuuu'],
    ['six rising', [11.5, 12, 12.5, 13], `${quiet}....`],
    ['an equal step breaks a trend', [11.5, 12, 12, 12.5, 13], `${quiet}.....`],
    ['seven falling, across the mean', [10.5, 10.2, 9.5, 9.2, 8.8, 8.5], '...........ddddddd'],
    ['a falling trend that ends outside', [10.5, 10.2, 9.5, 9.2, 8.8, 4], '...........ddddddL'],
    ['a peak belongs to the trend that begins there', [11.5, 12, 12.5, 13, 13.4, 13, 12.5, 12, 11.5, 11.2, 11.1], '..........uuuuuuddddddd'],
    ['trend before two of three', [11.5, 12, 13, 14, 14.5], '..........uuuuuuu'],
    ['two of three before shift', [11, 12, 11, 12, 14, 14], '...........sssssnn'],
    ['outside before shift', [11, 12, 11, 16, 12, 11], '...........ssssHss'],
    ['a missing point breaks a shift', [11, 12, 11, null, 11, 12, 11], `${quiet}..._...`],
    ['a missing point breaks a trend', [11.5, 12, null, 12.5, 13, 13.2], `${quiet}.._...`],
    ['a missing point breaks two of three', [14, null, 14], `${quiet}._.`],
  ])('%s', (_, tail, letters) => {
    expect(lettersOf(chartOf([...BASE, ...tail], { fixAfter: 12 }))).toBe(letters);
  });
});

describe('limits', () => {
  test('mean, limits and near limits of the base', () => {
    const { mean, upl, lpl, nearUpper, nearLower } = chartOf(BASE).points[0]!;
    expect([mean, upl, lpl]).toEqual([10, 15.32, 4.68]);
    expect(nearUpper).toBeCloseTo(13.54667, 5);
    expect(nearLower).toBeCloseTo(6.45333, 5);
  });
  test('a missing point takes both of its moving ranges with it', () => {
    // 1, 3, –, 9, 10: ranges 2 and 1.
    const [group] = chartOf([1, 3, null, 9, 10]).groups;
    expect(group).toMatchObject({ mean: 5.75, amr: 1.5, baseline: 4, trial: true });
  });
  test('screening happens once, and a range of exactly 3.267 times the mean is left out', () => {
    // Ranges 0 0 0 0 10: mean 2, 10 ≥ 6.534 goes; what is left is 0.
    expect(chartOf([5, 5, 5, 5, 5, 15], { screen: true }).groups[0]).toMatchObject({ amr: 0 });
    expect(chartOf([5, 5, 5, 5, 5, 15]).groups[0]).toMatchObject({ amr: 2 });
  });
  test('a figure that never moves has limits on its mean; screened it has none', () => {
    expect(chartOf([4, 4, 4, 4]).groups[0]).toMatchObject({ mean: 4, upl: 4, lpl: 4 });
    expect(chartOf([4, 4, 4, 4], { screen: true }).groups[0]).toMatchObject({ mean: 4, upl: null, lpl: null });
    expect(lettersOf(chartOf([4, 4, 4, 4, 4, 4, 4, 4], { screen: true }))).toBe('........');
  });
  test('no digit is lost: ten times 0.1 lie on their mean, so that nothing is a shift', () => {
    const values = Array.from({ length: 10 }, () => 0.1);
    expect(meanOf(values)).toBe(0.1);
    expect(lettersOf(chartOf(values))).toBe('..........');
    // The control: adding up one after the other would call all ten a shift.
    expect(values.reduce((a, b) => a + b, 0) / 10).not.toBe(0.1);
  });
  test('fewer than twelve points are trial limits', () => {
    expect(chartOf(BASE.slice(1)).trial).toBe(true);
    expect(chartOf(BASE).trial).toBe(false);
    expect(chartOf([...BASE.slice(1), null]).trial).toBe(true);
  });
  test('one point, or none, is no chart but no fault', () => {
    expect(chartOf([])).toMatchObject({ points: [], groups: [], variation: null, assurance: null, trial: true });
    expect(chartOf([7], { target: 3 })).toMatchObject({ variation: { icon: 'common' }, assurance: null });
    expect(chartOf([null, null])).toMatchObject({ variation: null });
  });
  test('shares are clipped for drawing alone', () => {
    const chart = chartOf([99, 100, 98, 100, 90]);
    expect(chart.groups[0]!.upl).toBeGreaterThan(100);
    expect(shownWithin(chart.groups[0]!.upl, { min: 0, max: 100 })).toBe(100);
    expect(shownWithin(null, { min: 0, max: 100 })).toBeNull();
  });
});

describe('rebase', () => {
  const reason = 'second ward opened';
  test('limits begin anew at the first point from its date on, and the reason stands with them', () => {
    const chart = chartOf([...BASE, 19, 21, 19, 21], { rebase: [{ at: day(12) - 1, reason }] });
    expect(chart.groups).toMatchObject([
      { mean: 10, trial: false },
      { mean: 20, trial: true, reason },
    ]);
    expect(chart.groups[0]).not.toHaveProperty('reason');
    expect(lettersOf(chart)).toBe('................');
    expect(chart.trial).toBe(true);
  });
  test('runs and trends do not reach across', () => {
    const rising = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(lettersOf(chartOf(rising))).toMatch(/^[ulLH]/);
    expect(lettersOf(chartOf(rising, { rebase: [{ at: day(5), reason }] })).replace(/[HL]/g, '.')).toBe('..........');
  });
  test('each group has a fixed baseline of its own', () => {
    const chart = chartOf([...BASE, 16, ...BASE.map((value) => value + 10), 31], { fixAfter: 12, rebase: [{ at: day(13), reason }] });
    expect(chart.groups.map(({ mean }) => mean)).toEqual([10, 20]);
    expect(lettersOf(chart)).toBe('............H............H');
  });
  test('two dates between two points are one change; a date after the last point is none', () => {
    const rebase = [
      { at: day(3) - 2, reason: 'a' },
      { at: day(3) - 1, reason: 'b' },
      { at: day(99), reason: 'c' },
    ];
    expect(chartOf(BASE, { rebase }).groups.map((group) => group.reason)).toEqual([undefined, 'b']);
  });
  test('without a reason, with a short baseline or with two points of one moment there is no chart', () => {
    expect(() => chartOf(BASE, { rebase: [{ at: day(3), reason: ' ' }] })).toThrow(RangeError);
    expect(() => chartOf(BASE, { fixAfter: 11 })).toThrow(RangeError);
    const twice = [1, 2].map((value) => ({ at: FIRST, value }));
    expect(() => xmr({ points: twice, improvement: 'increase' })).toThrow(RangeError);
  });
});

describe('icons', () => {
  const end = (tail: number[], improvement: Improvement): SpcChart => chartOf([...BASE, ...tail], { fixAfter: 12, improvement });
  test.each<[number, Improvement, string, string]>([
    [16, 'increase', 'improvement-high', 'special_cause_improvement'],
    [16, 'decrease', 'concern-high', 'special_cause_concern'],
    [16, 'neutral', 'neutral-high', 'special_cause_neutral_high'],
    [4, 'increase', 'concern-low', 'special_cause_concern'],
    [4, 'decrease', 'improvement-low', 'special_cause_improvement'],
    [4, 'neutral', 'neutral-low', 'special_cause_neutral_low'],
    [12, 'increase', 'common', 'common_cause'],
  ])('a last point of %d where %s is good', (value, improvement, icon, kind) => {
    expect(end([value], improvement).variation).toMatchObject({ icon, kind, value });
  });
  test('only the latest point speaks', () => {
    expect(end([16, 10], 'increase').variation).toMatchObject({ icon: 'common' });
  });
  test('a rising trend under the mean is high all the same', () => {
    const chart = end([7, 7.5, 8, 8.5, 9, 9.2, 9.4], 'increase');
    expect(chart.variation).toMatchObject({ icon: 'improvement-high', cause: 'trend' });
  });
  test('a missing last point does not turn the icon grey', () => {
    const chart = chartOf([...BASE, 16, null], { fixAfter: 12 });
    expect(chart.variation).toMatchObject({ icon: 'improvement-high', at: day(12) });
  });

  test.each<[number, Improvement, string | null]>([
    [16, 'increase', 'consistent_fail'],
    [16, 'decrease', 'consistent_pass'],
    [4, 'increase', 'consistent_pass'],
    [4, 'decrease', 'consistent_fail'],
    [12, 'increase', 'inconsistent'],
    [12, 'decrease', 'inconsistent'],
    [15.32, 'increase', 'inconsistent'],
    [12, 'neutral', null],
  ])('target %d where %s is good: %s', (target, improvement, assurance) => {
    expect(chartOf(BASE, { target, improvement }).assurance).toBe(assurance);
  });
  test('the latest limits decide', () => {
    const rebase = [{ at: day(12), reason: 'new rota' }];
    expect(chartOf([...BASE, ...BASE.map((value) => value + 10)], { target: 14, rebase }).assurance).toBe('consistent_pass');
    expect(chartOf(BASE, {}).assurance).toBeNull();
  });
});

/* The definition once more, as plainly as it can be said, for series nobody has counted. */

interface Plain {
  outside: boolean;
  trend: boolean;
  two: boolean;
  shift: boolean;
}
function plainly(values: readonly (number | null)[], screen: boolean): Plain[] {
  const known = values.filter((value) => value !== null);
  const mean = meanOf(known);
  const ranges: number[] = [];
  values.forEach((value, i) => {
    const before = values[i - 1] ?? null;
    if (value !== null && before !== null) ranges.push(Math.abs(value - before));
  });
  const all = meanOf(ranges);
  const amr = meanOf(screen ? ranges.filter((range) => range < 3.267 * all!) : ranges);
  const outer = (value: number): boolean => amr !== null && (value > mean! + 2.66 * amr || value < mean! - 2.66 * amr);
  const near = (value: number): boolean => amr !== null && !outer(value) && (value > mean! + 2 * (2.66 / 3) * amr || value < mean! - 2 * (2.66 / 3) * amr);
  /** Windows of a length that hold the point and no missing one. */
  const windows = (i: number, length: number): number[][] =>
    Array.from({ length }, (_, k) => i - k)
      .filter((first) => first >= 0 && first + length <= values.length)
      .map((first) => values.slice(first, first + length))
      .filter((window): window is number[] => window.every((value) => value !== null));
  const oneSide = (window: number[]): boolean => window.every((value) => value > mean!) || window.every((value) => value < mean!);
  return values.map((value, i) => ({
    outside: value !== null && outer(value),
    trend: windows(i, 7).some((w) => w.slice(1).every((v, k) => v > w[k]!) || w.slice(1).every((v, k) => v < w[k]!)),
    two: value !== null && near(value) && windows(i, 3).some((w) => oneSide(w) && w.filter(near).length >= 2),
    shift: windows(i, 7).some(oneSide),
  }));
}

/** Walks, so that runs and trends are no rarity; quarters, so that adding is exact. */
const walk = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -8, max: 9 }) }, { weight: 1, arbitrary: fc.constant(null) }), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let place = 40;
    return steps.map((one) => (one === null ? null : (place += one) / 4));
  });
const jumps = fc.array(fc.option(fc.integer({ min: 0, max: 400 }), { freq: 15 }), { minLength: 1, maxLength: 60 });
const series = fc.oneof(walk, jumps);

/** No value so close to a line that the last digit decides. */
function isClear({ points }: SpcChart): boolean {
  return points.every(
    ({ value, upl, lpl, nearUpper, nearLower }) =>
      value === null || [upl, lpl, nearUpper, nearLower].every((line) => line === null || Math.abs(value - line) > 1e-9),
  );
}

describe('for any series', () => {
  test('every rule is what its definition says, and the first that applies is named', () => {
    fc.assert(
      fc.property(series, fc.boolean(), (values, screen) => {
        const { points } = chartOf(values, { screen });
        const expected = plainly(values, screen);
        points.forEach(({ flags, cause }, i) => {
          const { outside, trend, two, shift } = expected[i]!;
          expect(flags).toMatchObject({ outside, trend, twoOfThree: two, shift });
          expect(cause).toBe(outside ? 'outside' : trend ? 'trend' : two ? 'two-of-three' : shift ? 'shift' : null);
        });
      }),
      { numRuns: 600 },
    );
  });

  test('neither shift nor scale changes a verdict', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -3, max: 6 }), (values, by, power) => {
        const plain = chartOf(values);
        fc.pre(isClear(plain));
        const moved = chartOf(values.map((value) => (value === null ? null : (value + by) * 2 ** power)));
        expect(lettersOf(moved)).toBe(lettersOf(plain));
      }),
    );
  });

  test('upside down it is the mirror, and what was improvement is concern', () => {
    fc.assert(
      fc.property(series, fc.constantFrom<Improvement>('increase', 'decrease', 'neutral'), (values, improvement) => {
        const plain = chartOf(values, { improvement });
        const mirrored = chartOf(
          values.map((value) => (value === null ? null : -value)),
          { improvement },
        );
        mirrored.points.forEach((point, i) => {
          const { kind, flags } = plain.points[i]!;
          // A trend that turns takes the way of the step behind it; a step of nothing counts as falling, upside down too.
          expect(point.flags).toEqual(flags);
          if (point.cause === 'trend') return;
          const swapped = kind
            .replace(/improvement|concern/, (word) => (word === 'concern' ? 'improvement' : 'concern'))
            .replace(/high|low/, (word) => (word === 'high' ? 'low' : 'high'));
          expect(point.kind).toBe(swapped);
        });
      }),
    );
  });

  test('a rebase makes two charts of one', () => {
    fc.assert(
      fc.property(series, fc.nat(59), (values, at) => {
        fc.pre(at < values.length);
        const whole = chartOf(values, { rebase: [{ at: day(at), reason: 'new' }] });
        const parts = [values.slice(0, at), values.slice(at)].filter((part) => part.length > 0).map((part) => lettersOf(chartOf(part)));
        expect(lettersOf(whole)).toBe(parts.join(''));
      }),
    );
  });

  test('the order in which points come does not matter', () => {
    fc.assert(
      fc.property(series, (values) => {
        const points = values.map((value, i) => ({ at: day(i), value }));
        expect(xmr({ points: points.toReversed(), improvement: 'increase' })).toEqual(xmr({ points, improvement: 'increase' }));
      }),
    );
  });
});
