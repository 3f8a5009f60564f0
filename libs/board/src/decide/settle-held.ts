/** A person looks at a reading that was held back: it is believed after all, or it is not. */
import type { SeriesId } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';
import { type CandidateRow, type KnownReadings, readingKey } from './record-readings.js';

export interface SettleHeld {
  series: SeriesId;
  /** What was seen: another one may have taken its place since. */
  at: number;
  value: number | string | null;
  released: boolean;
  reason: string;
  by: Person;
}

/** The highest revision of a moment that can be told apart. */
const MOST_REVISIONS = 32;

/** The revisions of a held moment, for the keeper to look up: a released value goes behind the last of them. */
export function revisionsOf({ series, at, value }: SettleHeld): CandidateRow[] {
  return Array.from({ length: MOST_REVISIONS }, (_, rev) => ({ row: 0, series, at, value, rev }));
}

export function settleHeld(state: BoardState, command: SettleHeld, known: KnownReadings, now: number): Decision<{ released: boolean } | { refused: Refused }> {
  const { series, at, value, released, reason, by } = command;
  const held = state.held[series];
  const definition = state.definition?.series[series];
  const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({
    events: [],
    outcome: { refused: { field, code, detail } },
  });
  if (!definition) return refuse('series', 'unknown-series', `This board has no series "${series}".`);
  if (!held || held.at !== at || held.value !== value) return refuse('series', 'moved-on', 'This reading is no longer held back, or another one is now.');
  let rev = 0;
  const current = state.series[series];
  const taken = (one: number): boolean => known.has(readingKey(series, at, one)) || (current?.at === at && current.rev === one);
  while (rev < MOST_REVISIONS && taken(rev)) rev++;
  if (rev === MOST_REVISIONS)
    return refuse('series', 'too-many-revisions', 'This moment was corrected too often already; the provider has to send it again with a higher revision.');
  const settled: BoardEvent = { kind: 'HeldSettled', series, at, value, released, reason, by };
  if (!released) return { events: [settled], outcome: { released } };
  const reading = { series, at, value, ...(rev === 0 ? {} : { rev }) };
  const batch = `settled-${series}-${at}-${now}`;
  return {
    events: [rev === 0 ? settled : { ...settled, rev }, { kind: 'ReadingsRecorded', feed: definition.feed, batch, readings: [reading], by, reason }],
    outcome: { released },
  };
}
