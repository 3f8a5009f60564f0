import type { FeedId, ProviderId } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** Words that nobody renews may stand for one shift; nobody may ask for more than a week. */
export const STATUS_DEFAULT_MS = 12 * HOUR_MS;
export const STATUS_LONGEST_MS = 7 * DAY_MS;

/** Said through a feed of the provider, or by a person. */
export type PostStatus = { text: string; level?: number; until?: number } & ({ feed: FeedId } | { provider: ProviderId; by: Person });
export type StatusOutcome = { provider: ProviderId; until: number } | { refused: Refused };

export function postStatus(state: BoardState, command: PostStatus, at: number): Decision<StatusOutcome> {
  const refuse = (field: string, code: string, detail: string): Decision<StatusOutcome> => ({ events: [], outcome: { refused: { field, code, detail } } });
  const feed = 'feed' in command ? state.definition?.feeds[command.feed] : undefined;
  if ('feed' in command && !feed) throw new Error(`A board takes status only from its own feeds, and "${command.feed}" is none.`);
  const provider = 'feed' in command ? feed!.provider : command.provider;
  if (!state.definition?.providers[provider]) return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  const until = command.until ?? at + STATUS_DEFAULT_MS;
  if (until <= at) return refuse('until', 'already-over', 'The end of the status is in the past; give a later moment or leave it out (12 hours).');
  if (until > at + STATUS_LONGEST_MS) return refuse('until', 'too-long', 'A status may stand for seven days at most; renew it when it is still true.');
  const said = { text: command.text, until, ...(command.level !== undefined && { level: command.level }) };
  const from = 'feed' in command ? { feed: command.feed } : { by: command.by };
  return { events: [{ kind: 'StatusPosted', provider, ...from, ...said }], outcome: { provider, until } };
}
