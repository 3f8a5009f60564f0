import type { FeedId } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** A planned silence always has an end (invariant I35). */
export const SUSPENSION_LONGEST_MS = 7 * DAY_MS;

/** `by` left out: the feed announced it itself. */
export interface SuspendFeed {
  feed: FeedId;
  until: number;
  reason: string;
  by?: Person;
}
export type SuspensionOutcome = { until: number } | { refused: Refused };

export function suspendFeed(state: BoardState, command: SuspendFeed, at: number): Decision<SuspensionOutcome> {
  if (!state.definition?.feeds[command.feed]) throw new Error(`There is no feed "${command.feed}" on this board.`);
  const { until } = command;
  if (until <= at) return { events: [], outcome: { refused: { field: 'until', code: 'already-over', detail: 'The end of the suspension is in the past.' } } };
  if (until > at + SUSPENSION_LONGEST_MS)
    return { events: [], outcome: { refused: { field: 'until', code: 'too-long', detail: 'A feed may be suspended for seven days at most.' } } };
  return { events: [{ kind: 'FeedSuspended', ...command }], outcome: { until } };
}

export function resumeFeed(state: BoardState, command: { feed: FeedId; by?: Person }): Decision<{ resumed: boolean }> {
  const suspended = state.feeds[command.feed]?.suspended !== undefined;
  return { events: suspended ? [{ kind: 'FeedResumed', ...command }] : [], outcome: { resumed: suspended } };
}
