/** What makes a control chart say more than it knows, looked for before people believe it. */
import { localDay, weekday, type Zone } from '../time.js';
import { meanOf } from './mean.js';
import type { SpcPoint } from './xmr.js';

export type Warning = 'weekday-pattern' | 'autocorrelated' | 'alternating';

/** Upper 1 % of chi-squared with 6 degrees of freedom. */
const SEVEN_DAYS_99 = 16.812;
/** Two of every weekday. */
const WEEKDAYS_NEED = 14;
const NEIGHBOURS_NEED = 12;

/**
 * Whether some weekdays lie regularly above others: then Monday is a special cause of being Monday, and weeks or one weekday
 * alone should be charted. Source: Kruskal & Wallis, JASA 47 (1952), with the correction for ties, at 1 %.
 */
export function hasWeekdayPattern(points: readonly SpcPoint[], zone: Zone): boolean {
  const reported = points.filter((point): point is { at: number; value: number } => point.value !== null);
  const n = reported.length;
  if (n < WEEKDAYS_NEED) return false;
  const sorted = reported.toSorted((a, b) => a.value - b.value);
  const ranks = Array.from({ length: 7 }, () => ({ sum: 0, n: 0 }));
  let ties = 0;
  for (let i = 0; i < n;) {
    let end = i;
    while (end < n && sorted[end]!.value === sorted[i]!.value) end++;
    ties += (end - i) ** 3 - (end - i);
    for (const { at } of sorted.slice(i, end)) {
      const day = ranks[weekday(localDay(zone, at)) - 1]!;
      day.sum += (i + 1 + end) / 2;
      day.n++;
    }
    i = end;
  }
  if (ranks.some((day) => day.n < 2)) return false;
  const raw = (12 / (n * (n + 1))) * ranks.reduce((sum, day) => sum + day.sum ** 2 / day.n, 0) - 3 * (n + 1);
  const spread = 1 - ties / (n ** 3 - n);
  return spread > 0 && raw / spread > SEVEN_DAYS_99;
}

/**
 * Correlation of each point with the next; null when it cannot be told. Source: Box & Jenkins, "Time Series Analysis", 2.1.5.
 */
export function neighbourCorrelation(values: readonly (number | null)[]): number | null {
  const mean = meanOf(values.filter((value) => value !== null));
  if (mean === null) return null;
  let own = 0;
  let next = 0;
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    own += (value - mean) ** 2;
    const after = values[i + 1] ?? null;
    if (after !== null) next += (value - mean) * (after - mean);
  }
  return own > 0 ? next / own : null;
}

/**
 * Whether neighbours are so alike that moving ranges are too small and limits too narrow, or so regularly different, as day and
 * night are, that limits are too wide and hide what should be seen. Source: the bound of Bartlett (1946), 1.96/√n; its effect on
 * moving ranges in Montgomery, "Statistical Quality Control", ch. 10.
 */
export function neighboursOf(points: readonly SpcPoint[]): 'alike' | 'alternating' | 'free' {
  const values = points.map(({ value }) => value);
  const n = values.filter((value) => value !== null).length;
  const r = neighbourCorrelation(values);
  if (n < NEIGHBOURS_NEED || r === null || Math.abs(r) <= 1.96 / Math.sqrt(n)) return 'free';
  return r > 0 ? 'alike' : 'alternating';
}

/** Everything a reader of the chart should know before believing it. `daily`: the points are whole days. */
export function warningsOf(points: readonly SpcPoint[], zone: Zone, daily: boolean): Warning[] {
  const neighbours = neighboursOf(points);
  return [
    ...(daily && hasWeekdayPattern(points, zone) ? ['weekday-pattern' as const] : []),
    ...(neighbours === 'alike' ? ['autocorrelated' as const] : neighbours === 'alternating' ? ['alternating' as const] : []),
  ];
}
