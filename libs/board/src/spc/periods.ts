/**
 * Stretches of local time that readings are summarised over: control charts stand on days, shifts or weeks, never on readings of
 * every quarter of an hour, whose neighbours are nearly the same (Montgomery, "Statistical Quality Control", ch. 10).
 */
import { HOUR_MS, localDay, minuteOfDay, momentOfLocal, weekday, type Zone } from '../time.js';
import { sumOf } from './mean.js';

export type PeriodKind = 'hour' | 'day' | 'shift' | 'week';
export const HOWS = ['mean', 'last', 'max', 'min', 'sum'] as const;
/** last: the newest reading of the period. */
export type How = (typeof HOWS)[number];

export interface Period {
  from: number;
  /** The next one's beginning. */
  to: number;
}

/** Local clock times at which the day and the night shift begin. */
export const SHIFTS = ['08:00', '20:00'] as const;

/** The period a moment lies in: weeks begin on Monday, days at local midnight (23 or 25 hours when the clocks change). */
export function periodOf(zone: Zone, kind: PeriodKind, at: number): Period {
  if (kind === 'hour') {
    const from = Math.floor(at / HOUR_MS) * HOUR_MS;
    return { from, to: from + HOUR_MS };
  }
  const day = localDay(zone, at);
  if (kind === 'shift') {
    const begins = [day - 1, day, day + 1].flatMap((one) => SHIFTS.map((clock) => momentOfLocal(zone, one, minuteOfDay(clock))));
    const next = begins.findIndex((begin) => begin > at);
    return { from: begins[next - 1]!, to: begins[next]! };
  }
  const first = kind === 'week' ? day - weekday(day) + 1 : day;
  return { from: momentOfLocal(zone, first, 0), to: momentOfLocal(zone, first + (kind === 'week' ? 7 : 1), 0) };
}

/** All periods that lie wholly within the stretch: half a day is not a day. */
export function periodsWithin(zone: Zone, kind: PeriodKind, from: number, to: number): Period[] {
  const periods: Period[] = [];
  let period = periodOf(zone, kind, from);
  if (period.from < from) period = periodOf(zone, kind, period.to);
  for (; period.to <= to; period = periodOf(zone, kind, period.to)) periods.push(period);
  return periods;
}

/** Readings of one hour, or of any stretch, as they are kept. */
export interface Tally {
  /** Beginning of the hour. */
  at: number;
  /** Readings with a value. */
  n: number;
  sum: number;
  min: number;
  max: number;
  /** The newest value. */
  last: number;
}

/** A tally of which only what a method needs was read: see `NEEDS`. */
export interface Told {
  at: number;
  n: number;
  value: number;
}

/** What of a tally each method goes by. */
export const NEEDS = { mean: 'sum', last: 'last', max: 'max', min: 'min', sum: 'sum' } as const satisfies Record<How, keyof Tally>;

/** One number for all readings of the tallies, which ascend by time; null for none. Source: the named method, over the readings themselves. */
export function summarise(tallies: readonly Tally[], how: How): number | null {
  return summaryOf(
    tallies.map((tally): Told => ({ at: tally.at, n: tally.n, value: tally[NEEDS[how]] })),
    how,
  );
}

/** The same of what was read for this very method. */
export function summaryOf(told: readonly Told[], how: How): number | null {
  if (told.length === 0) return null;
  switch (how) {
    case 'mean':
      return sumOf(told.map(({ value }) => value)) / told.reduce((all, { n }) => all + n, 0);
    case 'sum':
      return sumOf(told.map(({ value }) => value));
    case 'max':
      return Math.max(...told.map(({ value }) => value));
    case 'min':
      return Math.min(...told.map(({ value }) => value));
    case 'last':
      return told.at(-1)!.value;
    default:
      return how satisfies never;
  }
}

/** The tallies of each period; both ascend by time. */
export function talliesIn<Each extends Pick<Tally, 'at'>>(periods: readonly Period[], tallies: readonly Each[]): Each[][] {
  let i = 0;
  return periods.map(({ from, to }) => {
    while (i < tallies.length && tallies[i]!.at < from) i++;
    const begin = i;
    while (i < tallies.length && tallies[i]!.at < to) i++;
    return tallies.slice(begin, i);
  });
}

/** Local hour of the week: 0 = Monday 00:00. */
export function hourOfWeek(zone: Zone, at: number): number {
  const day = localDay(zone, at);
  // Counted from local midnight: on the days when the clocks change, hours 23 and 24 fall together with their neighbour.
  const hour = Math.min(23, Math.floor((at - momentOfLocal(zone, day, 0)) / HOUR_MS));
  return (weekday(day) - 1) * 24 + hour;
}

/**
 * The day of last year to compare a local day with (days since 1970-01-01): the same weekday of the same ISO week; around
 * Easter the same distance from Easter Sunday, which moves; from 24 December to 2 January the same date. An ordinary day is not
 * compared with one of these: then the week beside it is taken.
 * Source: ISO 8601 weeks; Easter by the anonymous Gregorian algorithm (Nature, 20 April 1876).
 */
export function sameDayLastYear(day: number): number {
  const year = yearOf(day);
  if (isAroundEaster(day)) return easterSunday(year - 1) + day - easterSunday(year);
  // Days are counted from 1 March, so that the leap day is the last of its year and moves nothing before it.
  if (isAroundChristmas(day)) return firstOfMarch(marchYear(day) - 1) + day - firstOfMarch(marchYear(day));
  const { year: isoYear, week } = isoWeek(day);
  const same = firstMonday(isoYear - 1) + (Math.min(week, weeksIn(isoYear - 1)) - 1) * 7 + weekday(day) - 1;
  const weeks = day - firstOfJanuary(year) < 31 ? [0, 7, -7] : [0, -7, 7];
  return weeks.map((by) => same + by).find((one) => !isAroundEaster(one) && !isAroundChristmas(one)) ?? same;
}

/** From Thursday before to Monday after. */
function isAroundEaster(day: number): boolean {
  const from = day - easterSunday(yearOf(day));
  return from >= -3 && from <= 1;
}

/** 24 December, the 298th day after 1 March, to 2 January. */
function isAroundChristmas(day: number): boolean {
  const ofYear = day - firstOfMarch(marchYear(day));
  return ofYear >= 298 && ofYear <= 307;
}

/** Day of 1 March of a year. Source: the Gregorian calendar, a leap year every 4, but not every 100, but every 400. */
function firstOfMarch(year: number): number {
  return 365 * (year - 1970) + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) - 477 + 59;
}

/** The year whose 1 March is the last one before the day, or the day itself. */
function marchYear(day: number): number {
  const guess = 1970 + Math.floor((day - 59) / 365.2425);
  return [guess + 1, guess, guess - 1].find((year) => firstOfMarch(year) <= day)!;
}

/** 306 days after 1 March comes the next year. */
function yearOf(day: number): number {
  const year = marchYear(day);
  return day - firstOfMarch(year) >= 306 ? year + 1 : year;
}

function firstOfJanuary(year: number): number {
  return firstOfMarch(year - 1) + 306;
}

/** Monday of ISO week 1: the week with 4 January. */
function firstMonday(year: number): number {
  const fourth = firstOfJanuary(year) + 3;
  return fourth - weekday(fourth) + 1;
}

function weeksIn(year: number): number {
  return (firstMonday(year + 1) - firstMonday(year)) / 7;
}

/** Source: ISO 8601: a week belongs to the year of its Thursday. */
export function isoWeek(day: number): { year: number; week: number } {
  const year = yearOf(day - weekday(day) + 4);
  return { year, week: Math.floor((day - firstMonday(year)) / 7) + 1 };
}

/** Day of Easter Sunday. Source: the anonymous Gregorian algorithm (Nature, 20 April 1876). */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  // Month n ÷ 31 (3 or 4), day n mod 31 + 1.
  return firstOfMarch(year) + (Math.floor(n / 31) - 3) * 31 + (n % 31);
}
