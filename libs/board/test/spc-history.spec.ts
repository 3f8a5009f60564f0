/** Periods, summaries, rare events, warnings, before and after, lead and lag: known answers, and what chance must not look like. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { beforeAfter } from '../src/spc/before-after.js';
import { daysBetween } from '../src/spc/days-between.js';
import { dice } from '../src/spc/dice.js';
import { leadLag } from '../src/spc/lead-lag.js';
import { quantileOf } from '../src/spc/mean.js';
import { easterSunday, hourOfWeek, isoWeek, periodOf, periodsWithin, sameDayLastYear, summarise, type Tally, talliesIn } from '../src/spc/periods.js';
import { hasWeekdayPattern, neighboursOf, warningsOf } from '../src/spc/warnings.js';
import { DAY_MS, HOUR_MS } from '../src/time.js';
import { LONDON } from './london.js';

const utc = (text: string): number => Date.parse(`${text}Z`);
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;

describe('periods of local time', () => {
  test('a day is 23 hours when the clocks go forward, 25 when they go back', () => {
    const lengths = ['2026-03-29T12:00', '2026-10-25T12:00', '2026-07-01T12:00'].map((at) => periodOf(LONDON, 'day', utc(at)));
    expect(lengths.map(({ from, to }) => (to - from) / HOUR_MS)).toEqual([23, 25, 24]);
  });
  test('weeks begin on Monday, shifts at eight', () => {
    expect(periodOf(LONDON, 'week', utc('2026-01-14T09:00'))).toEqual({ from: utc('2026-01-12T00:00'), to: utc('2026-01-19T00:00') });
    expect(periodOf(LONDON, 'shift', utc('2026-01-14T07:59'))).toEqual({ from: utc('2026-01-13T20:00'), to: utc('2026-01-14T08:00') });
    expect(periodOf(LONDON, 'shift', utc('2026-01-14T08:00'))).toEqual({ from: utc('2026-01-14T08:00'), to: utc('2026-01-14T20:00') });
  });
  test('half a day is not a day', () => {
    expect(periodsWithin(LONDON, 'day', utc('2026-01-12T06:00'), utc('2026-01-14T18:00'))).toEqual([
      { from: utc('2026-01-13T00:00'), to: utc('2026-01-14T00:00') },
    ]);
    expect(periodsWithin(LONDON, 'week', utc('2026-01-13T00:00'), utc('2026-01-18T00:00'))).toEqual([]);
  });
  test('periods cover all time, one after the other, at any moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: utc('2025-01-01T00:00'), max: utc('2027-01-01T00:00') }),
        fc.constantFrom('hour', 'shift', 'day', 'week' as const),
        (at, kind) => {
          const { from, to } = periodOf(LONDON, kind, at);
          expect(from <= at && at < to).toBe(true);
          expect(periodOf(LONDON, kind, to).from).toBe(to);
          expect(periodOf(LONDON, kind, to - 1)).toEqual({ from, to });
        },
      ),
    );
  });
  test('the hour of the week is that of the clock on the wall', () => {
    expect(hourOfWeek(LONDON, utc('2026-01-12T00:00'))).toBe(0);
    expect(hourOfWeek(LONDON, utc('2026-07-12T22:30'))).toBe(167);
  });
});

describe('the day of last year', () => {
  test.each([
    ['2026-01-14', '2025-01-15', 'the same weekday of the same ISO week'],
    ['2026-12-30', '2025-12-30', 'between Christmas and New Year: the same date'],
    ['2027-01-04', '2026-01-05', 'after a year of 53 weeks, and not with the days after Christmas'],
    ['2026-04-03', '2025-04-18', 'Good Friday moves'],
    ['2026-04-06', '2025-04-21', 'Easter Monday moves'],
    ['2026-12-22', '2025-12-23', 'an ordinary Tuesday of week 52'],
    ['2026-04-17', '2025-04-11', 'an ordinary Friday is not compared with Good Friday'],
  ])('%s is compared with %s: %s', (day, last) => {
    expect(new Date(sameDayLastYear(dayOf(day)) * DAY_MS).toISOString().slice(0, 10)).toBe(last);
  });
  test('the calendar is that of the machine, on any day of two centuries', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayOf('1950-01-01'), max: dayOf('2150-01-01') }), (day) => {
        const thursday = new Date((day - ((((day + 3) % 7) + 7) % 7) + 3) * DAY_MS);
        expect(isoWeek(day).year).toBe(thursday.getUTCFullYear());
        expect(isoWeek(day).week).toBe(Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / DAY_MS / 7) + 1);
        const date = new Date(day * DAY_MS).toISOString();
        if (date.slice(5, 10) >= '12-24' || date.slice(5, 10) <= '01-02')
          expect(new Date(sameDayLastYear(day) * DAY_MS).toISOString()).toBe(`${Number(date.slice(0, 4)) - 1}${date.slice(4)}`);
      }),
      { numRuns: 2_000 },
    );
  });
  test('Easter and ISO weeks of known years', () => {
    expect([2024, 2025, 2026, 2027, 2038].map((year) => new Date(easterSunday(year) * DAY_MS).toISOString().slice(5, 10))).toEqual([
      '03-31',
      '04-20',
      '04-05',
      '03-28',
      '04-25',
    ]);
    expect(isoWeek(dayOf('2026-12-31'))).toEqual({ year: 2026, week: 53 });
    expect(isoWeek(dayOf('2027-01-03'))).toEqual({ year: 2026, week: 53 });
    expect(isoWeek(dayOf('2027-01-04'))).toEqual({ year: 2027, week: 1 });
  });
});

describe('summaries', () => {
  const tally = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 });
  test('of tallies are those of the readings themselves', () => {
    fc.assert(
      fc.property(fc.array(tally, { minLength: 1, maxLength: 30 }), (hours) => {
        const tallies = hours.map((values, i): Tally => ({
          at: i * HOUR_MS,
          n: values.length,
          sum: values.reduce((a, b) => a + b, 0),
          min: Math.min(...values),
          max: Math.max(...values),
          last: values.at(-1)!,
        }));
        const all = hours.flat();
        const sum = all.reduce((a, b) => a + b, 0);
        expect(['mean', 'sum', 'min', 'max', 'last'].map((how) => summarise(tallies, how as 'mean'))).toEqual([
          sum / all.length,
          sum,
          Math.min(...all),
          Math.max(...all),
          all.at(-1),
        ]);
      }),
    );
  });
  test('a tally belongs to one period, and nothing is nothing', () => {
    const tallies = [1, 5, 30].map((hour): Tally => ({ at: hour * HOUR_MS, n: 1, sum: 1, min: 1, max: 1, last: 1 }));
    const periods = [0, 24, 48].map((hour) => ({ from: hour * HOUR_MS, to: (hour + 24) * HOUR_MS }));
    expect(talliesIn(periods, tallies).map((own) => own.length)).toEqual([2, 1, 0]);
    expect(summarise([], 'sum')).toBeNull();
  });
  test('quantiles lie between neighbours', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantileOf([4, 1, 3, 2], share))).toEqual([1, 1.75, 2.5, 4]);
  });
});

describe('days between rare events', () => {
  const START = utc('2026-01-01T00:00');
  const eventsOf = (days: number[]): number[] => days.reduce<number[]>((all, days) => [...all, all.at(-1)! + days * DAY_MS], [START]);

  test('days come back as days; the lower limit is not under 0', () => {
    const chart = daysBetween({ events: eventsOf([10, 20, 15, 5, 30]), improvement: 'increase' }, START + 90 * DAY_MS);
    expect(chart.points.map(({ value }) => Number(value!.toFixed(6)))).toEqual([10, 20, 15, 5, 30]);
    expect(chart.sinceLast).toBe(10);
    expect(chart.groups[0]!.lpl).toBeGreaterThanOrEqual(0);
    expect(chart.trial).toBe(true);
  });
  test('Nelson’s transform: the centre of 10 and 20 lies where the powers meet', () => {
    const { mean } = daysBetween({ events: eventsOf([10, 20]), improvement: 'increase' }, START).groups[0]!;
    expect(mean).toBeCloseTo(((10 ** (1 / 3.6) + 20 ** (1 / 3.6)) / 2) ** 3.6, 9);
  });
  test('a very long time without one is good news, and a signal', () => {
    const usual = [9, 11, 10, 12, 8, 9, 11, 10, 12, 8, 10, 11];
    const chart = daysBetween({ events: eventsOf([...usual, 60]), improvement: 'increase', fixAfter: 12 }, START);
    expect(chart.variation).toMatchObject({ icon: 'improvement-high', cause: 'outside' });
  });
  test('two at the same moment are 0 days apart, and both are there', () => {
    const chart = daysBetween({ events: [START, START, START + DAY_MS], improvement: 'increase' }, START);
    expect(chart.points.map(({ value }) => value)).toEqual([0, 1]);
  });
});

/** Evenly spread, the same in every run. */
function noiseOf(n: number, seed: number): number[] {
  const next = dice(seed);
  return Array.from({ length: n }, () => next() - 0.5);
}
const daily = (values: readonly number[]): { at: number; value: number }[] => values.map((value, i) => ({ at: utc('2026-01-05T12:00') + i * DAY_MS, value }));

describe('warnings', () => {
  test('a weekday pattern is seen, its absence too', () => {
    const noise = noiseOf(56, 7);
    expect(hasWeekdayPattern(daily(noise.map((value, i) => value + (i % 7 === 0 ? 4 : i % 7 > 4 ? -4 : 0))), LONDON)).toBe(true);
    expect(hasWeekdayPattern(daily(noise), LONDON)).toBe(false);
    expect(hasWeekdayPattern(daily(noise.map(() => 3)), LONDON)).toBe(false);
  });
  test('a wandering figure is alike with itself', () => {
    let place = 0;
    const wandering = daily(noiseOf(60, 3).map((value) => (place += value)));
    expect(neighboursOf(wandering)).toBe('alike');
    expect(neighboursOf(daily(noiseOf(60, 3)))).toBe('free');
    expect(warningsOf(wandering, LONDON, false)).toEqual(['autocorrelated']);
    const byTurns = daily(noiseOf(28, 5).map((value, i) => value + (i % 2) * 5));
    expect(warningsOf(byTurns, LONDON, false)).toEqual(['alternating']);
  });
});

describe('before and after', () => {
  test('Welch’s interval where neighbours are not alike', () => {
    // Both sides: sd of 1,2,1,3,2,3,2 = 0.8165, neighbours not positively alike; t(12) = 2.179.
    const side = [1, 3, 2, 3, 1, 2, 2];
    const { difference, low, high, verdict } = beforeAfter(
      side,
      side.map((value) => value + 5),
    );
    expect(difference).toBeCloseTo(5, 12);
    expect([low, high].map((value) => value!.toFixed(2))).toEqual(['4.05', '5.95']);
    expect(verdict).toBe('higher');
  });
  test('no difference, and too few, are said to be that', () => {
    expect(beforeAfter(noiseOf(14, 1), noiseOf(14, 2)).verdict).toBe('cannot-tell');
    expect(beforeAfter([1, 2, 3], noiseOf(14, 2))).toMatchObject({ verdict: 'too-few', difference: null });
    expect(beforeAfter([null, 1, 2, 3, 4, 5, 6], noiseOf(7, 2)).verdict).toBe('too-few');
  });
  test('alike neighbours widen the interval', () => {
    const steps = [1, 1, 1, 1, 5, 5, 5, 5, 1, 1, 1, 1, 5, 5];
    const mixed = [1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 1];
    const wide = beforeAfter(steps, steps);
    const narrow = beforeAfter(mixed, mixed);
    expect(wide.high! - wide.low!).toBeGreaterThan(1.2 * (narrow.high! - narrow.low!));
  });
});

describe('lead and lag', () => {
  const HOURS = 21 * 24;
  const hours = Array.from({ length: HOURS }, (_, i) => i % 168);
  /** The rhythm that all figures of a day share. */
  const rhythm = hours.map((hour) => 10 * Math.sin((2 * Math.PI * (hour % 24)) / 24));
  const steps = (seed: number): number[] => {
    let place = 0;
    return noiseOf(HOURS, seed).map((value) => (place += value));
  };
  const with_ = (own: readonly number[]): number[] => own.map((value, i) => value + rhythm[i]!);

  test('what follows three hours later is said to follow three hours later', () => {
    const a = steps(5);
    const b = a.map((_, i) => (a[i - 3] ?? 0) + 0.1 * noiseOf(HOURS, 9)[i]!);
    const found = leadLag({ a: with_(a), b: with_(b), hours, most: 12, seed: 1 });
    expect(found).toMatchObject({ verdict: 'a-first', best: { lag: 3, lagLow: 3, lagHigh: 3 } });
    expect(leadLag({ a: with_(b), b: with_(a), hours, most: 12, seed: 1 })).toMatchObject({ verdict: 'b-first', best: { lag: -3 } });
  });
  test('the same rhythm alone is no relation: of twenty unrelated pairs none is said to come first', () => {
    const verdicts = Array.from({ length: 20 }, (_, i) => leadLag({ a: with_(steps(100 + i)), b: with_(steps(900 + i)), hours, most: 12, seed: i }).verdict);
    expect(verdicts.filter((verdict) => verdict !== 'cannot-tell').length).toBeLessThanOrEqual(1);
    expect(verdicts).not.toContain('a-first');
    expect(verdicts).not.toContain('b-first');
  });
  test('too little is too little, and gaps are borne', () => {
    const a = steps(5);
    expect(leadLag({ a: a.slice(0, 100), b: a.slice(0, 100), hours: hours.slice(0, 100), most: 12, seed: 1 })).toMatchObject({
      verdict: 'cannot-tell',
      best: null,
    });
    const holed = a.map((value, i) => (i % 10 === 0 ? null : value));
    expect(leadLag({ a: holed, b: a, hours, most: 6, seed: 1 })).toMatchObject({ verdict: 'together', best: { lag: 0 } });
  });
  test('a figure that begins late is judged by what there is of it', () => {
    const a = steps(5);
    const b = a.map((_, i) => (i < HOURS / 2 ? null : (a[i - 3] ?? 0)));
    expect(leadLag({ a, b, hours, most: 6, seed: 1 })).toMatchObject({ verdict: 'a-first', best: { lag: 3 } });
  });
  test('the same seed says the same', () => {
    const input = { a: steps(5), b: steps(6), hours, most: 6, seed: 4 };
    expect(leadLag(input)).toEqual(leadLag(input));
  });
});
