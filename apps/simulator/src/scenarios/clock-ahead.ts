import { MINUTE_MS } from '@comm-cell/board/time';
import type { Scenario } from './scenario.js';
import { winterMonday } from './winter-monday.js';

export const clockAhead: Scenario = {
  about: 'The clock of the urgent treatment centres runs ten minutes ahead: the server refuses what seems to come from the future.',
  pressure: winterMonday.pressure,
  feed: (feed, observedAt, startedAt) => (observedAt > startedAt && feed.series.some((id) => id.startsWith('utc.')) ? { aheadMs: 10 * MINUTE_MS } : 'speaks'),
};
