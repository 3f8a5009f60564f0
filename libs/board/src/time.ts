/**
 * Moments are epoch milliseconds (UTC); durations are milliseconds and end in `Ms`.
 *
 * The model never asks the machine for a time zone: a board definition carries its zone as a table of
 * UTC offsets, made once when the definition was journaled. So a replay in ten years uses the rules of
 * the day, and server and browser cannot disagree about a clock change.
 */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Offsets of a time zone: `[from (epoch ms), offset east of UTC (minutes)]`, ascending. */
export interface Zone {
  name: string;
  offsets: readonly (readonly [from: number, offsetMinutes: number])[];
}

/** Offset from UTC in force at `moment`, in milliseconds. */
export function offsetMsAt(zone: Zone, moment: number): number {
  let offset = zone.offsets[0]?.[1] ?? 0;
  for (const [from, minutes] of zone.offsets) {
    if (from > moment) break;
    offset = minutes;
  }
  return offset * MINUTE_MS;
}

/** The local calendar day of `moment`, as whole days since 1970-01-01 of the local calendar. */
export function localDay(zone: Zone, moment: number): number {
  return Math.floor((moment + offsetMsAt(zone, moment)) / DAY_MS);
}

/** Day of the week of a local day: 1 = Monday … 7 = Sunday (ISO 8601). */
export function weekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/**
 * The moment at which the wall clock of the zone shows `minuteOfDay` on local day `day`. A clock time that
 * the spring change skips is taken just after the change; one that the autumn change repeats, the first time.
 */
export function momentOfLocal(zone: Zone, day: number, minuteOfDay: number): number {
  const asIfUtc = day * DAY_MS + minuteOfDay * MINUTE_MS;
  const before = asIfUtc - offsetMsAt(zone, asIfUtc - DAY_MS / 2);
  const after = asIfUtc - offsetMsAt(zone, asIfUtc + DAY_MS / 2);
  if (before === after) return before;
  const change = zone.offsets.find(([from]) => from > asIfUtc - DAY_MS && from <= asIfUtc + DAY_MS)?.[0];
  if (change === undefined) return before;
  if (before < change) return before;
  return after >= change ? after : change;
}

/** "HH:MM" as minutes since local midnight. */
export function minuteOfDay(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

/** A day counted from 1970-01-01 as "2026-12-25": civil_from_days of Howard Hinnant's "chrono-compatible date algorithms". */
export function isoDate(day: number): string {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year}-${two(month)}-${two(ofYear - Math.floor((153 * shifted + 2) / 5) + 1)}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
