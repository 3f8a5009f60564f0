/** Rare events: a chart of the days between them, because counts that are mostly 0 make no XmR chart. */
import { DAY_MS } from '../time.js';
import { type JudgedPoint, type Rebase, type SpcChart, xmr } from './xmr.js';

/** Makes exponential waiting times near normal. Source: L. S. Nelson, Journal of Quality Technology 26(3), 1994, 239–240. */
const POWER = 3.6;

export interface DaysBetweenInput {
  /** When each event happened, epoch ms, in any order; the same moment may stand twice. */
  events: readonly number[];
  /** Whether it is good that they are far apart (harm) or close together. */
  improvement: 'increase' | 'decrease';
  screen?: boolean;
  fixAfter?: number;
  rebase?: readonly Rebase[];
  /** A wished-for number of days between two events. */
  target?: number;
}

export interface DaysBetween extends SpcChart {
  /** Whole and part days since the last event, up to `now`. */
  sinceLast: number | null;
}

/**
 * T chart: points are the events from the second on, values the days since the one before; limits are worked out on
 * t^(1/3.6) and brought back, so they lie unevenly around the centre; a lower limit under 0 is 0. Two events at the same moment
 * are 0 days apart and told apart by a millisecond. Source: Nelson 1994; Provost & Murray, "The Health Care Data Guide", ch. 7.
 * @throws RangeError as `xmr`.
 */
export function daysBetween({ events, improvement, screen, fixAfter, rebase, target }: DaysBetweenInput, now: number): DaysBetween {
  const sorted = events.toSorted((a, b) => a - b);
  const points: { at: number; value: number }[] = [];
  for (const [i, at] of sorted.entries()) {
    if (i === 0) continue;
    const value = ((at - sorted[i - 1]!) / DAY_MS) ** (1 / POWER);
    points.push({ at: Math.max(at, (points.at(-1)?.at ?? -Infinity) + 1), value });
  }
  const chart = xmr({
    points,
    improvement,
    ...(screen === undefined ? {} : { screen }),
    ...(fixAfter === undefined ? {} : { fixAfter }),
    ...(rebase === undefined ? {} : { rebase }),
    ...(target === undefined ? {} : { target: Math.max(target, 0) ** (1 / POWER) }),
  });
  const back = (value: number | null): number | null => (value === null ? null : Math.max(value, 0) ** POWER);
  return {
    ...chart,
    points: chart.points.map((point): JudgedPoint => ({
      ...point,
      value: back(point.value),
      mean: back(point.mean),
      upl: back(point.upl),
      lpl: back(point.lpl),
      nearUpper: back(point.nearUpper),
      nearLower: back(point.nearLower),
    })),
    groups: chart.groups.map((group) => ({ ...group, mean: back(group.mean), upl: back(group.upl), lpl: back(group.lpl) })),
    variation: chart.variation && { ...chart.variation, value: back(chart.variation.value)! },
    sinceLast: sorted.length === 0 ? null : (now - sorted.at(-1)!) / DAY_MS,
  };
}
