/** What the clock on the wall shows: hours on some days of the week; a stretch belongs to the day on which it begins. */
import type { Hours } from '../rule.js';
import { HOUR_MS, localDay, minuteOfDay, MINUTE_MS, momentOfLocal, offsetMsAt, weekday, type Zone } from '../time.js';

/** In the hour that the autumn change repeats, both times count. */
export function isWithin({ days, from, to }: Hours, zone: Zone, moment: number): boolean {
  const today = localDay(zone, moment);
  const minute = (moment + offsetMsAt(zone, moment)) / MINUTE_MS - today * 24 * 60;
  const [begin, end] = [minuteOfDay(from), minuteOfDay(to)];
  const on = (day: number): boolean => days.includes(weekday(day));
  if (begin < end) return on(today) && minute >= begin && minute < end;
  return (on(today) && minute >= begin) || (on(today - 1) && minute < end);
}

/** The first beginning after `moment`; undefined when there are no days. A change of the clocks into the hours is one too. */
export function beginAfter(hours: Hours, zone: Zone, moment: number): number | undefined {
  const first = localDay(zone, moment);
  const from = minuteOfDay(hours.from);
  let found: number | undefined;
  for (let day = first; day <= first + 8 && found === undefined; day++) {
    if (!hours.days.includes(weekday(day))) continue;
    const begin = momentOfLocal(zone, day, from);
    const again = begin + HOUR_MS;
    if (begin > moment) found = begin;
    else if (again > moment && offsetMsAt(zone, again) < offsetMsAt(zone, begin)) found = again;
  }
  const change = zone.offsets.find(([at]) => at > moment && at < (found ?? -Infinity) && isWithin(hours, zone, at) && !isWithin(hours, zone, at - 1));
  return change?.[0] ?? found;
}

/** The moment itself, or the end of the quiet hours it lies in. */
export function quietUntil(quiet: Hours | undefined, zone: Zone, at: number): number {
  let until = at;
  // Hours of one day may meet those of the next.
  for (let day = 0; quiet && day < 8; day++) {
    const end = endOfHours(quiet, zone, until);
    if (end === undefined) break;
    until = end;
  }
  return until;
}

/** The end of the hours `at` lies in; undefined outside of them. */
function endOfHours({ days, from, to }: Hours, zone: Zone, at: number): number | undefined {
  const today = localDay(zone, at);
  const overnight = minuteOfDay(to) <= minuteOfDay(from);
  for (const day of overnight ? [today, today - 1] : [today]) {
    if (!days.includes(weekday(day))) continue;
    const end = momentOfLocal(zone, overnight ? day + 1 : day, minuteOfDay(to));
    if (at >= momentOfLocal(zone, day, minuteOfDay(from)) && at < end) return end;
  }
  return undefined;
}
