/**
 * A delivery that should not have come is taken back whole. Nothing is erased: each of its readings gets a higher revision that
 * says what was there before it, or that there is no value and why. What somebody has corrected since is left as it was corrected.
 */
import type { FeedId } from '../definition.js';
import type { Person, Reading } from '../events.js';
import type { BoardState } from '../state.js';
import type { Decision } from './decision.js';
import { type CandidateRow, type KnownReadings, readingKey } from './record-readings.js';

export interface TakeBack {
  feed: FeedId;
  /** The name of the delivery, and what it recorded. */
  batch: string;
  readings: readonly Reading[];
  /** It was brought in as history. */
  history: boolean;
  reason: string;
  by: Person;
}
/** `kept`: corrected since by somebody else. */
export interface TakenBack {
  taken: number;
  kept: number;
}

/** What has to be known of the past: the revision before each reading, and whether there is one after it. */
export function takeBackRows(readings: readonly Reading[]): CandidateRow[] {
  return readings.flatMap(({ series, at, rev = 0 }) =>
    [rev - 1, rev + 1].filter((one) => one >= 0).map((one) => ({ row: 0, series, at, rev: one, value: null })),
  );
}

export function takeBack(state: BoardState, command: TakeBack, known: KnownReadings): Decision<TakenBack> {
  const { feed, batch, reason, by } = command;
  const valueOf = ({ series, at }: Reading, rev: number): number | string | null | undefined => {
    const now = state.series[series];
    return now?.at === at && now.rev === rev ? now.value : known.get(readingKey(series, at, rev));
  };
  const corrected = (reading: Reading): boolean => {
    const [now, rev] = [state.series[reading.series], (reading.rev ?? 0) + 1];
    return valueOf(reading, rev) !== undefined || (now?.at === reading.at && now.rev >= rev);
  };
  const mine = command.readings.filter((reading) => !corrected(reading));
  const readings = mine.map((reading): Reading => {
    const { series, at, rev = 0 } = reading;
    const before = rev > 0 ? valueOf(reading, rev - 1) : undefined;
    const back = { series, at, value: before ?? null, rev: rev + 1 };
    return back.value === null ? { ...back, why: reason } : back;
  });
  const kept = command.readings.length - readings.length;
  if (readings.length === 0) return { events: [], outcome: { taken: 0, kept } };
  return {
    events: [{ kind: 'ReadingsRecorded', feed, batch: `taken-back-${batch}`, readings, by, reason, ...(command.history ? { history: true as const } : {}) }],
    outcome: { taken: readings.length, kept },
  };
}
