/** Durations and expectations as people write them. */
import type { Expected, FeedDefinition } from '@comm-cell/board/definition';
import { DAY_MS, HOUR_MS, MINUTE_MS, minuteOfDay, SECOND_MS } from '@comm-cell/board/time';
import type { BoardFile } from '@comm-cell/contract/definition';

const UNIT_MS: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

export function milliseconds(duration: string): number {
  return Math.round(Number(duration.slice(0, -1)) * UNIT_MS[duration.slice(-1)]!);
}

/** The other way round, in the largest unit that needs no fraction: 90 minutes are "90m". */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(UNIT_MS)
    .reverse()
    .find(([, size]) => ms > 0 && ms % size === 0) ?? ['s', SECOND_MS];
  return `${ms / size}${unit}`;
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export function expectedOf(expected: BoardFile['feeds'][string]['expected']): Expected {
  if ('every' in expected) return { everyMs: milliseconds(expected.every) };
  return { at: [...expected.at].sort(), days: weekdays(expected.days) };
}

/** Left out: every day. */
export function weekdays(days: readonly (typeof WEEK)[number][] = WEEK): number[] {
  return WEEK.flatMap((day, i) => (days.includes(day) ? [i + 1] : []));
}

export function weekdayNames(days: readonly number[]): (typeof WEEK)[number][] {
  return WEEK.filter((_, i) => days.includes(i + 1));
}

/** The longest wait between two deliveries; by the clock an hour more, for the night the clocks go back. */
function longestWaitMs(expected: Expected): number {
  if ('everyMs' in expected) return expected.everyMs;
  const moments = expected.days.flatMap((day) => expected.at.map((clock) => day * DAY_MS + minuteOfDay(clock) * MINUTE_MS));
  return Math.max(...moments.map((moment, i) => (moments[i + 1] ?? moments[0]! + 7 * DAY_MS) - moment)) + HOUR_MS;
}

/** A feed that keeps its word must never lose its values. */
export function faultOfLimit({ expected, graceMs, lagMs, limitMs }: Pick<FeedDefinition, 'expected' | 'graceMs' | 'lagMs' | 'limitMs'>): string | undefined {
  const least = longestWaitMs(expected) + graceMs + lagMs;
  if (limitMs >= least) return undefined;
  return `must be at least ${durationText(least)} (longest wait, grace and lag together), or values are withdrawn before they are late`;
}
