/** Moments as the clock on the board's wall showed them, in the zone that the board carries with it. */
import { DAY_MS, HOUR_MS, MINUTE_MS, localDay, minuteOfDay, momentOfLocal, offsetMsAt, weekday, type Zone } from '@comm-cell/board/time';
import { clockText, dateText } from '../../notation.js';
import type { Words } from '../../words.js';

export const ZOOMS = ['hour', 'day', 'week', 'month'] as const;
export type Zoom = (typeof ZOOMS)[number];

export interface Stretch {
  from: number;
  to: number;
}

/**
 * The moments at which the clock showed `date` ("2025-10-26") and `clock` ("01:30"): one; two in the hour that autumn repeats;
 * none in the hour that spring skips.
 */
export function momentsOfLocal(zone: Zone, date: string, clock: string): number[] {
  const asIfUtc = Date.parse(`${date}T00:00:00Z`) + minuteOfDay(clock) * MINUTE_MS;
  const found = [...new Set(zone.offsets.map(([, minutes]) => minutes))].flatMap((minutes) => {
    const moment = asIfUtc - minutes * MINUTE_MS;
    return offsetMsAt(zone, moment) === minutes * MINUTE_MS ? [moment] : [];
  });
  return found.sort((a, b) => a - b);
}

/** As date and time fields want it. */
export function localFields(zone: Zone, moment: number): { date: string; clock: string } {
  const local = new Date(moment + offsetMsAt(zone, moment)).toISOString();
  return { date: local.slice(0, 10), clock: local.slice(11, 16) };
}

/** The same time of the clock, so many days away. */
export function daysAway(zone: Zone, moment: number, days: number): number {
  const { clock } = localFields(zone, moment);
  const seconds = moment % MINUTE_MS;
  return momentOfLocal(zone, localDay(zone, moment) + days, minuteOfDay(clock)) + seconds;
}

/** 18:00 of the day before, and the like. */
export function clockOn(zone: Zone, moment: number, days: number, clock: string): number {
  return momentOfLocal(zone, localDay(zone, moment) + days, minuteOfDay(clock));
}

/** The hour, calendar day, week (from Monday) or month around a moment. */
export function windowOf(zone: Zone, moment: number, zoom: Zoom): Stretch {
  if (zoom === 'hour') {
    const from = Math.floor(moment / HOUR_MS) * HOUR_MS;
    return { from, to: from + HOUR_MS };
  }
  const day = localDay(zone, moment);
  let [first, end] = [day, day + 1];
  if (zoom === 'week') {
    first = day - weekday(day) + 1;
    end = first + 7;
  } else if (zoom === 'month') {
    const date = new Date(day * DAY_MS);
    first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
    end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
  }
  return { from: momentOfLocal(zone, first, 0), to: momentOfLocal(zone, end, 0) };
}

/** Where the timeline is marked, and with what. */
export function ticksOf(zone: Zone, { from, to }: Stretch, zoom: Zoom, words: Words, narrow: boolean): { at: number; text: string }[] {
  if (zoom === 'hour' || zoom === 'day') {
    const [step, apart] = zoom === 'hour' ? [MINUTE_MS, (narrow ? 15 : 5) * MINUTE_MS] : [HOUR_MS, (narrow ? 6 : 2) * HOUR_MS];
    const ticks = [];
    for (let at = from; at < to; at += step) {
      const local = at + offsetMsAt(zone, at);
      if ((local % DAY_MS) % apart === 0) ticks.push({ at, text: clockText(at, offsetMsAt(zone, at)) });
    }
    return ticks;
  }
  const ticks = [];
  for (let day = localDay(zone, from); day < localDay(zone, to); day++) {
    const at = momentOfLocal(zone, day, 0);
    const text = dateText(at, offsetMsAt(zone, at), words);
    if (zoom === 'week') ticks.push({ at, text: narrow ? text.split(' ')[0]! : text });
    else if (!narrow || weekday(day) === 1) ticks.push({ at, text: text.split(' ')[1]! });
  }
  return ticks;
}

/** "Tue 18 Nov 2025 14:05", with seconds if wanted. */
export function longMoment(zone: Zone, moment: number, words: Words, seconds = false): string {
  const offset = offsetMsAt(zone, moment);
  const local = new Date(moment + offset);
  const rest = seconds ? `:${String(local.getUTCSeconds()).padStart(2, '0')}` : '';
  return `${dateText(moment, offset, words)} ${local.getUTCFullYear()} ${clockText(moment, offset)}${rest}`;
}
