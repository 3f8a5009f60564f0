/** How feeds keep their contracts: now, from the state; over the last seven days, from what the clock and people journaled. */
import type { BoardDefinition, FeedId } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';
import { judgeFreshness, worseFreshness, type Freshness } from '@comm-cell/board/rules/freshness';
import type { BoardState } from '@comm-cell/board/state';
import { DAY_MS } from '@comm-cell/board/time';
import type { FeedView, HeldView } from '@comm-cell/contract/feeds';

export const LOOK_BACK_MS = 7 * DAY_MS;

export interface FeedTurn {
  at: number;
  event: Extract<BoardEvent, { kind: 'FeedFellSilent' | 'FeedHeardAgain' | 'FeedSuspended' | 'FeedResumed' }>;
}

type Lapse = FeedView['lapses'][number];

/**
 * Stretches that were not as agreed. One that began before the first known turn began with the look back. Before `heardFrom`
 * (undefined: to this day) nothing had come in: that was not on time, it is not known.
 */
export function lapsesOf(feed: FeedId, turns: readonly FeedTurn[], state: BoardState, heardFrom: number | undefined, from: number, now: number): Lapse[] {
  if (heardFrom === undefined) return [{ from, to: now, kind: 'unknown' }];
  const lapses: Lapse[] = heardFrom > from ? [{ from, to: heardFrom, kind: 'unknown' }] : [];
  const since: Partial<Record<Lapse['kind'], number>> = {};
  const close = (kind: Lapse['kind'], to: number, started: number): void => {
    delete since[kind];
    // History that came in at once is older than the first word from the feed: what it lacks was never late.
    const begun = Math.max(started, from, heardFrom);
    if (to > begun) lapses.push({ from: begun, to, kind });
  };
  const mine = turns.filter(({ event }) => event.feed === feed);
  const seen = new Set<Lapse['kind']>();
  for (const { at, event } of mine) {
    const kind = event.kind === 'FeedFellSilent' || event.kind === 'FeedHeardAgain' ? 'late' : 'paused';
    if (event.kind === 'FeedFellSilent') since.late = event.since;
    else if (event.kind === 'FeedSuspended') since.paused ??= at;
    else if (since[kind] !== undefined) close(kind, at, since[kind]);
    else if (!seen.has(kind)) close(kind, at, from);
    seen.add(kind);
  }
  const { silentSince, suspended } = state.feeds[feed] ?? {};
  if (silentSince !== undefined) close('late', now, since.late ?? silentSince);
  if (suspended && suspended.until > now) close('paused', now, since.paused ?? suspended.since);
  return lapses.sort((a, b) => a.from - b.from);
}

function heldOf(state: BoardState, series: readonly string[]): HeldView[] {
  return series.flatMap((id) => {
    const held = state.held[id];
    const known = state.series[id];
    return held ? [{ series: id, rev: 0, ...held, known: known ? { at: known.at, value: known.value } : null }] : [];
  });
}

export function feedView(
  state: BoardState,
  definition: BoardDefinition,
  feed: FeedId,
  turns: readonly FeedTurn[],
  heardFrom: number | undefined,
  now: number,
): FeedView {
  const { name, provider, owner, expected, graceMs, limitMs, series } = definition.feeds[feed]!;
  let freshness: Freshness = 'fresh';
  let expectedAt: number | null = null;
  const views = series.map((id) => {
    const { metric, place } = definition.series[id]!;
    const known = state.series[id];
    const judged = judgeFreshness(definition.feeds[feed]!, definition.zone, known, state.feeds[feed]?.suspended, now);
    freshness = worseFreshness(freshness, judged.freshness);
    if (judged.expectedAt !== undefined) expectedAt = Math.min(expectedAt ?? Infinity, judged.expectedAt);
    return {
      id,
      label: definition.metrics[metric]!.label,
      place: definition.places[place]!.name,
      unit: definition.metrics[metric]!.unit,
      freshness: judged.freshness,
      at: known?.at ?? null,
      value: known?.value ?? null,
    };
  });
  return {
    feed,
    name,
    provider,
    providerName: definition.providers[provider]!.name,
    owner,
    expected,
    graceMs,
    limitMs,
    state: state.feeds[feed] ?? { held: 0 },
    freshness: series.length === 0 ? 'never' : freshness,
    expectedAt,
    series: views,
    held: heldOf(state, series),
    lapses: lapsesOf(feed, turns, state, heardFrom, now - LOOK_BACK_MS, now),
  };
}
