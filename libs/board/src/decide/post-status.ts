import type { FeedId } from '../definition.js';
import type { BoardState } from '../state.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import type { Decision } from './decision.js';

/** Words that nobody renews may stand for one shift; nobody may ask for more than a week. */
export const STATUS_DEFAULT_MS = 12 * HOUR_MS;
export const STATUS_LONGEST_MS = 7 * DAY_MS;

export interface PostStatus {
  feed: FeedId;
  text: string;
  level?: number;
  until?: number;
}
export type StatusOutcome = { provider: string; until: number } | { refused: { field: string; code: string; detail: string } };

export function postStatus(state: BoardState, command: PostStatus, at: number): Decision<StatusOutcome> {
  const feed = state.definition?.feeds[command.feed];
  if (!feed) throw new Error(`A board takes status only from its own feeds, and "${command.feed}" is none.`);
  const until = command.until ?? at + STATUS_DEFAULT_MS;
  if (until <= at)
    return {
      events: [],
      outcome: {
        refused: { field: 'until', code: 'already-over', detail: 'The end of the status is in the past; give a later moment or leave it out (12 hours).' },
      },
    };
  if (until > at + STATUS_LONGEST_MS)
    return {
      events: [],
      outcome: { refused: { field: 'until', code: 'too-long', detail: 'A status may stand for seven days at most; renew it when it is still true.' } },
    };
  const event = { kind: 'StatusPosted' as const, provider: feed.provider, feed: feed.id, text: command.text, until };
  return { events: [command.level === undefined ? event : { ...event, level: command.level }], outcome: { provider: feed.provider, until } };
}
