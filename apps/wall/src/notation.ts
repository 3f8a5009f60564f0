/** How figures, ages and moments are written. Pure: the time zone comes as an offset with the view. */
import type { Band, Metric, Target, Thresholds } from '@comm-cell/board/definition';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { Words } from './words.js';

const formats = new Map<number, Intl.NumberFormat>();
function plain(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value).replace('-', '−');
}

const two = (n: number): string => String(n).padStart(2, '0');

function sixties(value: number, unitsPerMinute: number): string {
  const total = Math.round(Math.abs(value) * unitsPerMinute);
  return `${value < 0 && total > 0 ? '−' : ''}${Math.floor(total / 60)}:${two(total % 60)}`;
}

export function valueText(value: number | string | null, { notation, decimals }: Pick<Metric, 'notation' | 'decimals'>): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  if (notation === 'mm:ss') return sixties(value, 60);
  if (notation === 'h:mm') return sixties(value, 1);
  return plain(value, decimals);
}

/** A value with its unit. Clock notations need none; "%" and "/h" stand close. */
export function measureText(value: number | string | null, metric: Pick<Metric, 'notation' | 'decimals'>, unit: string): string {
  const text = valueText(value, metric);
  if (typeof value !== 'number' || metric.notation !== 'number' || unit === '') return text;
  return unit === '%' || unit.startsWith('/') ? text + unit : `${text} ${unit}`;
}

/** A line needs no decimals it does not have: "≤ 30", not "≤ 30.0". */
function lineText(value: number, metric: Pick<Metric, 'notation' | 'decimals'>): string {
  return metric.notation === 'number' && Number.isInteger(value) ? plain(value, 0) : valueText(value, metric);
}

export function bandText(band: Band | undefined, metric: Metric): string {
  if (!band) return '';
  if (band.over !== undefined) return `> ${lineText(band.over, metric)}`;
  if (band.atLeast !== undefined) return `≥ ${lineText(band.atLeast, metric)}`;
  if (band.under !== undefined) return `< ${lineText(band.under, metric)}`;
  return band.atMost === undefined ? '' : `≤ ${lineText(band.atMost, metric)}`;
}

export function targetText(target: Target, metric: Metric): string {
  return 'atMost' in target ? `≤ ${lineText(target.atMost, metric)}` : `≥ ${lineText(target.atLeast, metric)}`;
}

/** The good side of a line: what is watched over 45 is good at 45 or less. */
function inverse(band: Band, metric: Metric): string {
  if (band.over !== undefined) return `≤ ${lineText(band.over, metric)}`;
  if (band.atLeast !== undefined) return `< ${lineText(band.atLeast, metric)}`;
  if (band.under !== undefined) return `≥ ${lineText(band.under, metric)}`;
  return band.atMost === undefined ? '' : `> ${lineText(band.atMost, metric)}`;
}

interface Measured {
  target?: Target;
  thresholds?: Thresholds;
  metric: Metric;
}

/** Where the figure should be, in signs: its target, else the good side of its line. */
export function goalText({ target, thresholds, metric }: Measured): string {
  if (target) return targetText(target, metric);
  const band = thresholds?.watch ?? thresholds?.act;
  return band ? inverse(band, metric) : '';
}

/** The same with a word for what kind of goal it is. */
export function againstText(measured: Measured, words: Words): string {
  const goal = goalText(measured);
  return goal && `${measured.target ? words.target : words.line} ${goal}`;
}

export function ageText(ageMs: number, words: Words): string {
  if (ageMs < MINUTE_MS) return words.justNow;
  return spanText(ageMs, words);
}

export function spanText(ms: number, words: Words): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) return words.minutes(minutes);
  if (ms < DAY_MS) return words.hours(Math.floor(minutes / 60), minutes % 60);
  return ms < 2 * DAY_MS ? words.hours(Math.floor(ms / HOUR_MS), 0) : words.daysOld(Math.floor(ms / DAY_MS));
}

/** "14:05"; with the day when it is not today: "Fri 14:05", "12 Nov 14:05". */
export function momentText(at: number, now: number, zoneOffsetMs: number, words: Pick<Words, 'days' | 'months'>): string {
  const local = at + zoneOffsetMs;
  const clock = clockText(at, zoneOffsetMs);
  const days = Math.floor((now + zoneOffsetMs) / DAY_MS) - Math.floor(local / DAY_MS);
  if (days === 0) return clock;
  const date = new Date(local);
  const day = Math.abs(days) < 7 ? words.days[date.getUTCDay()] : `${date.getUTCDate()} ${words.months[date.getUTCMonth()]}`;
  return `${day} ${clock}`;
}

export function clockText(at: number, zoneOffsetMs: number): string {
  const minutes = Math.floor((at + zoneOffsetMs) / MINUTE_MS) % (24 * 60);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

export function dateText(at: number, zoneOffsetMs: number, words: Words): string {
  const date = new Date(at + zoneOffsetMs);
  return `${words.days[date.getUTCDay()]} ${date.getUTCDate()} ${words.months[date.getUTCMonth()]}`;
}
