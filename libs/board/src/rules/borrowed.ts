/**
 * Deliveries that are well-formed and somebody else's, or of another time: another organisation's file under one's own name, and
 * yesterday's file sent again as today's (reliability.md, rows 11 and 12). Chance makes single figures alike; it does not make a
 * whole delivery alike. What is weighed is how many significant figures agree while none disagrees.
 */
import type { BoardDefinition, FeedId, MetricId, SeriesDefinition } from '../definition.js';
import type { BoardState, TrendPoint } from '../state.js';
import { HOUR_MS } from '../time.js';

/** So many significant figures of two organisations, or of two days, do not agree by chance: with less nobody is suspected. */
const ENOUGH = 10;
/** A feed is often near what it was some hours ago: so many, of all its moments of a day. */
const ENOUGH_OF_A_DAY = 20;
/** Intervals looked back at, so that a feed of few figures is found after some of them. */
const BACK = 3;
/** What stands so short a time apart is one and the same delivery, or a quiet hour. */
const APART_MS = HOUR_MS;

export interface Brought {
  series: string;
  at: number;
  value: number;
}
/** `of`: whose figures they are. */
export type Borrowed = { reason: 'mix-up'; of: FeedId } | { reason: 'resent' };

/** 118 has three, 62.5 three, 40 one, 0 none: a nought tells feeds apart least of all. */
function figures(value: number): number {
  return String(Math.abs(value)).replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
}

const byMetric = new WeakMap<BoardDefinition, ReadonlyMap<MetricId, readonly SeriesDefinition[]>>();
function seriesOf(definition: BoardDefinition, metric: MetricId): readonly SeriesDefinition[] {
  let known = byMetric.get(definition);
  if (!known) {
    const grouped = new Map<MetricId, SeriesDefinition[]>();
    for (const series of Object.values(definition.series)) grouped.set(series.metric, [...(grouped.get(series.metric) ?? []), series]);
    byMetric.set(definition, (known = grouped));
  }
  return known.get(metric) ?? [];
}

/**
 * `rows`: the numbers of one delivery that are newer than what is known, one a series. Most are cleared by their first figure, so
 * the others are looked at only when they are needed.
 */
export function borrowed(state: BoardState, feed: FeedId, rows: Iterable<Brought>): Borrowed | undefined {
  const of = feedItMatches(state, feed, rows);
  if (of !== undefined) return { reason: 'mix-up', of };
  if (!isResent(state, rows)) return undefined;
  const weight = [...rows].reduce((sum, { value }) => sum + figures(value), 0);
  const enough = 'at' in state.definition!.feeds[feed]!.expected ? ENOUGH : ENOUGH_OF_A_DAY;
  return weight >= enough ? { reason: 'resent' } : undefined;
}

function feedItMatches(state: BoardState, feed: FeedId, rows: Iterable<Brought>): FeedId | undefined {
  const definition = state.definition!;
  const own = definition.feeds[feed]!;
  /** Feeds that agree in every figure so far, and how much that weighs. */
  let weights: ReadonlyMap<FeedId, number> | undefined;
  for (const row of rows) {
    const agreed = new Map<FeedId, number>();
    for (const other of seriesOf(definition, definition.series[row.series]!.metric)) {
      if (weights && !weights.has(other.feed)) continue;
      const theirs = definition.feeds[other.feed];
      if (!theirs || theirs.provider === own.provider || own.sameAs?.includes(other.feed) || theirs.sameAs?.includes(feed)) continue;
      const weight = agreement(state, row, other);
      if (weight !== undefined) agreed.set(other.feed, Math.max(weight + (weights?.get(other.feed) ?? 0), agreed.get(other.feed) ?? 0));
    }
    // One figure that is not theirs, and it is not their delivery.
    if (agreed.size === 0) return undefined;
    weights = agreed;
  }
  return [...(weights ?? [])].find(([, weight]) => weight >= ENOUGH)?.[0];
}

/** A day line said this value so near to a moment: its points ascend, so the search begins at the newest. */
function saidNear(trend: readonly TrendPoint[], value: number, at: number, bucketMs: number, apart: number): boolean {
  const bucket = Math.floor(at / bucketMs);
  for (let i = trend.length - 1; i >= 0; i--) {
    const [moment, said] = trend[i]!;
    const later = Math.floor(moment / bucketMs) - bucket;
    if (later < -apart) return false;
    if (later <= apart && said === value) return true;
  }
  return false;
}

/** Significant figures that agree, now and in the intervals before; undefined when the present value is another. */
function agreement(state: BoardState, { series, at, value }: Brought, other: SeriesDefinition): number | undefined {
  const theirs = state.series[other.id];
  if (!theirs) return undefined;
  const { bucketMs } = state.definition!.trend;
  const isNow = theirs.value === value && Math.abs(Math.floor(theirs.at / bucketMs) - Math.floor(at / bucketMs)) <= 1;
  if (!isNow && !saidNear(theirs.trend, value, at, bucketMs, 1)) return undefined;
  let weight = figures(value);
  let last: number | null = value;
  for (const [moment, before] of (state.series[series]?.trend ?? []).slice(-BACK).reverse()) {
    if (before === null || before === last) continue;
    if (!saidNear(theirs.trend, before, moment, bucketMs, 0)) break;
    weight += figures(before);
    last = before;
  }
  return weight;
}

/** Every figure is the one of some earlier moment, the same moment for all, and not the one of now. */
function isResent(state: BoardState, rows: Iterable<Brought>): boolean {
  const definition = state.definition!;
  const { bucketMs } = definition.trend;
  /** Moments at which all figures so far were what they are now; mostly there are none after the first. */
  let moments: ReadonlySet<number> | undefined;
  let unchanged = true;
  for (const { series, at, value } of rows) {
    const known = state.series[series];
    if (!known) return false;
    const atTimes = 'at' in definition.feeds[definition.series[series]!.feed]!.expected;
    const left = new Set<number>();
    const look = ([moment, before]: readonly [number, unknown, number?]): void => {
      // What comes once a day is new every time; what comes all day long may well be as it was a moment ago.
      if (before !== value || !(atTimes ? moment < at : at - moment > APART_MS)) return;
      const bucket = Math.floor(moment / bucketMs);
      if (moments?.has(bucket) ?? true) left.add(bucket);
    };
    known.trend.forEach(look);
    look([known.at, known.value]);
    if (left.size === 0) return false;
    moments = left;
    unchanged &&= known.value === value && !atTimes;
  }
  return !unchanged;
}
