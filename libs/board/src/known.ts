/**
 * A past moment as it is known now: what was shown, with late, corrected and brought-in readings in their place. It goes by the
 * moment a reading was observed, so it never stood on a wall, and nothing of it is to be mixed with what did.
 */
import type { FigureId, SeriesId } from './definition.js';
import type { Reading } from './events.js';
import { Fold } from './evolve.js';
import type { BoardState, SeriesState } from './state.js';

/** A reading and when it was recorded, epoch ms. */
export interface LateReading extends Reading {
  recordedAt: number;
}

/** From where on readings are needed to set a series right. `anew`: all there are in its day line; nothing shown of it is used. */
export interface Need {
  series: SeriesId;
  since: number;
  anew: boolean;
}

/**
 * Which readings `knownState` needs: per series its day line, as of `at`. `definition` says which series, and how long the line
 * is. What was shown of a series is of no use when it was observed after `at` (a source whose clock runs ahead), or when its line
 * is drawn in other steps.
 */
export function neededFor(shown: BoardState, definition: NonNullable<BoardState['definition']>, at: number): Need[] {
  const { bucketMs, buckets } = definition.trend;
  const otherLine = shown.definition?.trend.bucketMs !== bucketMs || shown.definition.trend.buckets !== buckets;
  return Object.keys(definition.series).map((series): Need => {
    const known = shown.series[series];
    if (!known || known.at > at || otherLine) return { series, since: 0, anew: true };
    const lineStart = (Math.floor(known.at / bucketMs) - buckets + 1) * bucketMs;
    return { series, since: Math.min(lineStart, known.last?.at ?? Infinity), anew: false };
  });
}

/** `readings`: all that `needs` ask for and that `shown` has not, in the order they were recorded. */
export function knownState(
  shown: BoardState,
  definition: NonNullable<BoardState['definition']>,
  needs: readonly Need[],
  readings: readonly LateReading[],
): BoardState {
  const series: BoardState['series'] = {};
  for (const need of needs) if (!need.anew && shown.series[need.series]) series[need.series] = shown.series[need.series]!;
  const fold = new Fold({ ...shown, definition, series });
  for (const { recordedAt, ...reading } of readings) fold.apply({ kind: 'ReadingsRecorded', feed: '', batch: '', readings: [reading] }, recordedAt);
  // When a feed was heard is a fact of that time, not of the readings.
  return { ...fold.finish(), feeds: shown.feeds };
}

export interface Difference {
  figure: FigureId;
  shown: { at: number; value: number | string | null; rev: number } | null;
  known: { at: number; value: number | string | null; rev: number } | null;
  /** Points of the day line that differ. */
  points: number;
}

/** Series that are not known as they were shown, in the order of their names. */
export function differencesBetween(shown: BoardState, known: BoardState): Difference[] {
  return [...new Set([...Object.keys(shown.series), ...Object.keys(known.series)])].sort().flatMap((figure): Difference[] => {
    const [was, is] = [shown.series[figure], known.series[figure]];
    const points = pointsApart(was, is);
    const same = was?.at === is?.at && was?.rev === is?.rev && was?.value === is?.value;
    return same && points === 0 ? [] : [{ figure, shown: brief(was), known: brief(is), points }];
  });
}

function brief(series: SeriesState | undefined): Difference['shown'] {
  return series ? { at: series.at, value: series.value, rev: series.rev } : null;
}

function pointsApart(was: SeriesState | undefined, is: SeriesState | undefined): number {
  if (was === is) return 0;
  const key = ([at, value, rev = 0]: SeriesState['trend'][number]): string => `${at} ${value} ${rev}`;
  const [before, after] = [new Set(was?.trend.map(key)), new Set(is?.trend.map(key))];
  return Math.max([...before].filter((one) => !after.has(one)).length, [...after].filter((one) => !before.has(one)).length);
}
