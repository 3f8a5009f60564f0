import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { Scenario } from './scenario.js';
import { winterMonday } from './winter-monday.js';

/** Silence is found at each feed's own pace: two returns a day are missed slowly, a live feed within half an hour. */
export const feedDies: Scenario = {
  about: 'The hospice has sent nothing since yesterday; ten minutes after the start the largest emergency department falls silent, too.',
  pressure: winterMonday.pressure,
  feed(feed, observedAt, startedAt) {
    if (feed.series.some((id) => id.startsWith('hospice.')) && observedAt > startedAt - 20 * HOUR_MS) return 'silent';
    const largest = feed.series.some((id) => id.startsWith('ed.in-department@') && !id.endsWith('@wycombe'));
    return largest && observedAt > startedAt + 10 * MINUTE_MS ? 'silent' : 'speaks';
  },
};
