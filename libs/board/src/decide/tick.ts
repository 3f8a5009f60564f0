/** What only time brings about. The server's clock asks every few seconds; no tick is journaled, only its effects. */
import type { BoardEvent } from '../events.js';
import { isCurrent, judgeFreshness, worseFreshness, type Freshness } from '../rules/freshness.js';
import type { BoardState } from '../state.js';
import type { Decision } from './decision.js';

export function tick(state: BoardState, at: number): Decision<null> {
  const events: BoardEvent[] = [];
  const definition = state.definition;
  if (!definition) return { events, outcome: null };
  for (const feed of Object.values(definition.feeds)) {
    const known = state.feeds[feed.id];
    if (!known) continue;
    if (known.suspended && at >= known.suspended.until) events.push({ kind: 'FeedResumed', feed: feed.id });
    let freshest: Freshness = 'never';
    let since = -Infinity;
    for (const id of feed.series) {
      const judged = judgeFreshness(feed, definition.zone, state.series[id], known.suspended, at);
      if (worseFreshness(judged.freshness, freshest) === freshest) freshest = judged.freshness;
      if (judged.expectedAt !== undefined) since = Math.max(since, judged.expectedAt + feed.graceMs);
    }
    const silent = freshest === 'late' || freshest === 'expired';
    if (silent && known.silentSince === undefined) events.push({ kind: 'FeedFellSilent', feed: feed.id, since: Math.min(since, at) });
    if (isCurrent(freshest) && known.silentSince !== undefined) events.push({ kind: 'FeedHeardAgain', feed: feed.id });
  }
  for (const [place, { until }] of Object.entries(state.closures)) if (at >= until) events.push({ kind: 'PlaceOpened', place });
  return { events, outcome: null };
}

/** A jump of the server's clock against its own running time. */
export function clockStepped(byMs: number): Decision<null> {
  return { events: [{ kind: 'ClockStepped', byMs }], outcome: null };
}
