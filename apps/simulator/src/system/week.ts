/** How many people come at which hour of the week: counted in a real emergency department (see data/README.md). */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

const DATA = new URL('../../data/', import.meta.url);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function table(name: string): Record<string, string>[] {
  return parse(readFileSync(new URL(name, DATA)), { columns: true, skip_empty_lines: true });
}

/** 168 shares around 1, Monday 00:00 first. */
export const arrivalWeek: readonly number[] = (() => {
  const week = new Array<number>(168).fill(0);
  for (const row of table('hour-of-week-profile.csv')) week[WEEKDAYS.indexOf(row['weekday']!) * 24 + Number(row['hour'])] = Number(row['mean_arrivals']);
  const mean = week.reduce((sum, n) => sum + n, 0) / week.length;
  return week.map((n) => n / mean);
})();

/** What people who are admitted at each hour of the day are admitted for. */
export const admissionMix: readonly { medical: number; surgical: number; haem_onc: number; paediatric: number; other: number }[] = table(
  'admission-mix.csv',
).map((row) => ({
  medical: Number(row['medical']),
  surgical: Number(row['surgical']),
  haem_onc: Number(row['haem_onc']),
  paediatric: Number(row['paediatric']),
  other: Number(row['other']),
}));

/** The share of the mean week at a local moment, drawn as a line between the middles of the hours. */
export function atHourOfWeek(week: readonly number[], weekday: number, hour: number): number {
  const place = (weekday - 1) * 24 + hour - 0.5 + week.length;
  const from = Math.floor(place);
  const part = place - from;
  return week[from % week.length]! * (1 - part) + week[(from + 1) % week.length]! * part;
}

/** The same for a day of 24 values. */
export function atHourOfDay(day: readonly number[], hour: number): number {
  return atHourOfWeek(day, 1, hour);
}
