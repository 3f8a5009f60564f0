/** Moments as machines and files write them. What does not exist, or exists twice, is refused with the reason; nothing is guessed. */
import type { FeedMap } from '@comm-cell/contract/feeds';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

export type Moment = { at: number } | { fault: string };
type LocalTime = FeedMap['time'];

const rfc3339 = z.iso.datetime({ offset: true });
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

export function rfcMoment(text: string): Moment {
  return rfc3339.safeParse(text).success
    ? { at: Date.parse(text) }
    : { fault: 'write the moment as RFC 3339 with an offset, e.g. 2026-01-16T14:30:00Z; the day must exist' };
}

export interface LocalParts {
  year: number;
  month: number;
  day: number;
  /** Left out: a bare day. */
  hour?: number;
  minute?: number;
  second?: number;
}

/** A local day and time of the zone. `twice`: whether it may be one of the two hours that the autumn change repeats. */
export function localMoment(parts: LocalParts, { zone, at, dayBefore }: LocalTime): Moment {
  const { hour, minute = 0, second = 0, ...day } = parts;
  let date: Temporal.PlainDate;
  try {
    date = Temporal.PlainDate.from(day, { overflow: 'reject' });
  } catch {
    return { fault: 'there is no such day in the calendar' };
  }
  if (hour === undefined && at === undefined) return { fault: 'it is a day without a time; say in the feed’s map which time of day its figures are of' };
  const [clockHour, clockMinute] = hour === undefined ? at!.split(':').map(Number) : [hour, minute];
  if (clockHour! > 23 || clockMinute! > 59 || second > 59) return { fault: 'there is no such time of day' };
  if (dayBefore) date = date.subtract({ days: 1 });
  const local = date.toPlainDateTime({ hour: clockHour!, minute: clockMinute!, second: hour === undefined ? 0 : second });
  try {
    return { at: local.toZonedDateTime(zone, { disambiguation: 'reject' }).epochMilliseconds };
  } catch {
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) => local.toZonedDateTime(zone, { disambiguation }));
    return {
      fault: earlier!.toPlainDateTime().equals(later!.toPlainDateTime())
        ? `this local time happens twice on that night in ${zone}; send it with its offset`
        : `this local time does not exist on that night in ${zone}: the clocks go forward over it`,
    };
  }
}

export function isZone(zone: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** A FHIR dateTime: with a time and an offset, or a bare day of which the feed's map knows the time. */
export function fhirMoment(text: string, time: LocalTime | undefined): Moment {
  const day = DAY.exec(text);
  if (!day) return rfcMoment(text);
  if (!time) return { fault: 'it is a bare day; save a map of the feed that says which time of day its figures are of' };
  return localMoment({ year: Number(day[1]), month: Number(day[2]), day: Number(day[3]) }, time);
}

/** Whole units since 1970, `perMs` of them a millisecond: seconds are 0.001. More than milliseconds is cut off. */
export function epochMoment(token: string, unit: 's' | 'ms' | 'us' | 'ns'): Moment {
  const parts = /^(\d{1,19})(?:\.(\d{1,9}))?$/.exec(token);
  if (!parts || (parts[2] !== undefined && unit !== 's')) return { fault: `"${token.slice(0, 30)}" is not a moment in ${unit} since 1970` };
  const at =
    unit === 's'
      ? Number(parts[1]) * 1000 + Number((parts[2] ?? '').slice(0, 3).padEnd(3, '0'))
      : Number(BigInt(parts[1]!) / { ms: 1n, us: 1_000n, ns: 1_000_000n }[unit]);
  // Seconds sent as milliseconds, or the other way round, fall out of this window.
  return at >= Date.UTC(2000) && at < Date.UTC(2100)
    ? { at }
    : { fault: `"${token.slice(0, 30)}" in ${unit} since 1970 is not a moment of this century; check the precision of the timestamps` };
}
