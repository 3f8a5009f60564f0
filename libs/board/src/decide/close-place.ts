import type { PlaceId } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** A closed place always has an end: whoever is still closed then says so again. */
export const CLOSURE_LONGEST_MS = 7 * DAY_MS;

export interface ClosePlace {
  place: PlaceId;
  until: number;
  reason: string;
  by: Person;
}
export type ClosureOutcome = { until: number } | { refused: Refused };

/** Also puts another end or reason to a place that is closed. */
export function closePlace(state: BoardState, { place, until, reason, by }: ClosePlace, at: number): Decision<ClosureOutcome> {
  const refuse = (field: string, code: string, detail: string): Decision<ClosureOutcome> => ({ events: [], outcome: { refused: { field, code, detail } } });
  if (!state.definition?.places[place]) return refuse('place', 'unknown-place', `This board has no place "${place}".`);
  if (reason.trim() === '') return refuse('reason', 'missing', 'Say why, for those who have to send people elsewhere.');
  if (until <= at) return refuse('until', 'already-over', 'The end of the closure is in the past.');
  if (until > at + CLOSURE_LONGEST_MS)
    return refuse('until', 'too-long', 'A place may be closed for seven days at most; close it again when it is still closed then.');
  return { events: [{ kind: 'PlaceClosed', place, until, reason: reason.trim(), by }], outcome: { until } };
}

export function openPlace(state: BoardState, { place, by }: { place: PlaceId; by: Person }): Decision<{ opened: boolean }> {
  const closed = state.closures[place] !== undefined;
  return { events: closed ? [{ kind: 'PlaceOpened', place, by }] : [], outcome: { opened: closed } };
}
