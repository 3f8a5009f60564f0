/** What the board is after folding the journal up to a seq. Plain JSON: it is stored, sent and hashed as it is. */
import { canonical } from './canonical.js';
import type { BoardDefinition, FeedId, ProviderId, SeriesId } from './definition.js';
import type { HoldReason } from './events.js';

/** A point of the day line: the newest reading of its bucket. `rev` is left out when 0. */
export type TrendPoint = [at: number, value: number | null, rev?: number];

export interface SeriesState {
  /** The newest reading by (observed at, revision). */
  at: number;
  rev: number;
  value: number | string | null;
  why?: string;
  /** When the newest reading was recorded, epoch ms. */
  recordedAt: number;
  /** The newest reading that had a value; absent while that is the newest of all. */
  last?: { at: number; value: number | string };
  /** Ascending by time, at most one point a bucket, not longer than the definition's day line. */
  trend: TrendPoint[];
}

/** A reading held back that no newer good reading has overtaken. */
export interface Held {
  at: number;
  value: number | string | null;
  reason: HoldReason;
  recordedAt: number;
}

export interface FeedState {
  /** When a batch with anything usable in it last arrived, epoch ms. */
  heardAt?: number;
  /** Readings held back so far. */
  held: number;
  /** The last refusal, until a batch is accepted again. */
  refused?: { at: number; count: number; code: string; detail: string };
  suspended?: { since: number; until: number; reason: string };
  silentSince?: number;
}

/** The provider's own words, shown until they expire. */
export interface ProviderStatus {
  text: string;
  level?: number;
  at: number;
  until: number;
}

export interface BoardState {
  definition: BoardDefinition | null;
  definedAt: number;
  /** Numbers of all series there ever were; a number is never given twice. */
  numbers: Record<SeriesId, number>;
  series: Record<SeriesId, SeriesState>;
  held: Record<SeriesId, Held>;
  feeds: Record<FeedId, FeedState>;
  statuses: Record<ProviderId, ProviderStatus>;
  /** The last jump of the server's clock. */
  clock: { at: number; byMs: number } | null;
}

export const emptyBoard: BoardState = {
  definition: null,
  definedAt: 0,
  numbers: {},
  series: {},
  held: {},
  feeds: {},
  statuses: {},
  clock: null,
};

const texts = new WeakMap<object, string>();

function remembered(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = canonical(value)));
  return text;
}

/**
 * The canonical text of a state, equal to `canonical(state)`. The definition and the entries of a state are
 * replaced, never changed in place, so their texts are remembered: only what has changed is written anew.
 */
export function stateText(state: BoardState): string {
  const parts: string[] = [];
  for (const key of Object.keys(state).sort() as (keyof BoardState)[]) {
    const slice = state[key];
    let text: string;
    if (key === 'definition') text = slice === null ? 'null' : remembered(slice as object);
    else if (key === 'series')
      text = `{${Object.keys(state.series)
        .sort()
        .map((id) => `${JSON.stringify(id)}:${remembered(state.series[id]!)}`)
        .join(',')}}`;
    else text = canonical(slice);
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}
