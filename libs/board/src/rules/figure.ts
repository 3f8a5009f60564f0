/** A figure as it is at a moment: its value, and whether that may be believed. No more than judging needs; views add the rest. */
import type { BoardDefinition, FeedDefinition, FeedId, FigureId, RollupDefinition, SeriesDefinition, SeriesId } from '../definition.js';
import type { Usual } from '../events.js';
import type { BoardState, TrendPoint } from '../state.js';
import type { Zone } from '../time.js';
import { expectedAfter, isCurrent, judgeFreshness } from './freshness.js';

export interface FigureNow {
  value: number | null;
  /** Current (fresh or due), numeric and not held back; a roll-up: all of its parts are. */
  current: boolean;
  /** Roll-ups: only what may be believed is in the value, but something is missing. */
  partial: boolean;
  /** Observed moment; of a roll-up the newest of its parts. */
  seenAt?: number;
  /** Why it is not current. */
  why?: 'never' | 'late' | 'suspended' | 'not-reported' | 'held' | 'incomplete' | 'unknown';
}

export function combine(how: RollupDefinition['how'], values: readonly number[], over: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((a, b) => a + b, 0);
  switch (how) {
    case 'sum':
      return sum;
    case 'mean':
      return sum / values.length;
    case 'max':
      return Math.max(...values);
    case 'min':
      return Math.min(...values);
    case 'ratio': {
      const whole = over.reduce((a, b) => a + b, 0);
      return whole > 0 ? (100 * sum) / whole : null;
    }
    default:
      return how satisfies never;
  }
}

/** What judging looks at: the board as it is, or its recorded past as a back-test plays it. */
export interface Sight {
  definition: BoardDefinition;
  series(series: SeriesDefinition, at: number): FigureNow;
  /** The last moment at which the newest reading of a series is current; undefined when there is none. */
  losesAt(series: SeriesId): number | undefined;
  /** The newest readings of a series, as far back as the slope needs them, or farther. */
  window(series: SeriesId, overMs: number): readonly TrendPoint[];
  usual(figure: FigureId): Pick<Usual, 'hours'> | undefined;
  suspendedUntil(feed: FeedId): number | undefined;
}

/** The last moment at which a reading is current, by the contract of its feed. */
export function currentUntil(feed: FeedDefinition, zone: Zone, reading: { at: number; recordedAt: number }): number {
  const basis = Math.min(reading.at, reading.recordedAt);
  return Math.min(expectedAfter(feed, zone, basis + feed.lagMs) + feed.graceMs, basis + feed.limitMs);
}

/** The board as it is. */
export function sightOf(state: BoardState): Sight {
  const definition = state.definition!;
  return {
    definition,
    series(series, at) {
      const known = state.series[series.id];
      const judged = judgeFreshness(definition.feeds[series.feed]!, definition.zone, known, state.feeds[series.feed]?.suspended, at);
      const now: FigureNow = { value: typeof known?.value === 'number' ? known.value : null, current: false, partial: false };
      if (known) now.seenAt = known.at;
      if (!isCurrent(judged.freshness)) now.why = judged.freshness === 'never' || judged.freshness === 'suspended' ? judged.freshness : 'late';
      else if (now.value === null) now.why = 'not-reported';
      else if (state.held[series.id]) now.why = 'held';
      else now.current = true;
      return now;
    },
    losesAt(id) {
      const known = state.series[id];
      const feed = definition.feeds[definition.series[id]?.feed ?? ''];
      return known && feed && currentUntil(feed, definition.zone, known);
    },
    window: (id) => state.windows[id] ?? [],
    usual: (figure) => state.usuals[figure],
    suspendedUntil: (feed) => state.feeds[feed]?.suspended?.until,
  };
}

const UNKNOWN: FigureNow = { value: null, current: false, partial: false, why: 'unknown' };

function rollupNow(sight: Sight, rollup: RollupDefinition, at: number): FigureNow {
  const part = (id: string): FigureNow => {
    const series = sight.definition.series[id];
    return series ? sight.series(series, at) : UNKNOWN;
  };
  const parts = rollup.of.map(part);
  const wholes = (rollup.over ?? []).map(part);
  const values: number[] = [];
  const over: number[] = [];
  let seenAt = -Infinity;
  for (const [i, one] of parts.entries()) {
    const whole = wholes[i];
    seenAt = Math.max(seenAt, one.seenAt ?? -Infinity, whole?.seenAt ?? -Infinity);
    if (!one.current || (rollup.how === 'ratio' && !whole?.current)) continue;
    values.push(one.value!);
    over.push(whole?.value ?? 0);
  }
  const value = combine(rollup.how, values, over);
  const complete = values.length === parts.length && wholes.every(({ current }) => current);
  const now: FigureNow = { value: value === null ? null : Number(value.toFixed(6)), current: complete && value !== null, partial: !complete && value !== null };
  if (seenAt > -Infinity) now.seenAt = seenAt;
  if (!complete) now.why = parts.length === 1 ? (parts[0]!.why ?? 'incomplete') : 'incomplete';
  else if (value === null) now.why = 'not-reported';
  return now;
}

export function figureNow(sight: Sight, figure: FigureId, at: number): FigureNow {
  const series = sight.definition.series[figure];
  if (series) return sight.series(series, at);
  const rollup = sight.definition.rollups[figure];
  return rollup ? rollupNow(sight, rollup, at) : UNKNOWN;
}
