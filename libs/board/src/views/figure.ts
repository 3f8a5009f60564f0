/**
 * One figure as a screen shows it: value, status, freshness, target, day line. A pure function of (state, now).
 * Status is `none` unless the value is numeric, current, complete and not in doubt: green is earned (invariant I22).
 */
import type { FigureId, Metric, RollupDefinition, SeriesDefinition, Target, Thresholds, Unit } from '../definition.js';
import type { HoldReason } from '../events.js';
import { combine } from '../rules/figure.js';
import { isCurrent, judgeFreshness, worseFreshness, type Freshness } from '../rules/freshness.js';
import { statusOf, type Status } from '../rules/threshold.js';
import type { BoardState, TrendPoint } from '../state.js';
import { DAY_MS, HOUR_MS } from '../time.js';

export interface FigureView {
  figure: FigureId;
  /** The place the figure belongs to: the part after `@`. */
  place: string;
  metric: Metric;
  unit: Unit;
  value: number | string | null;
  status: Status;
  freshness: Freshness;
  /** Observed moment of what is shown (of the oldest part of a roll-up), epoch ms. */
  at?: number;
  /** Age at `now`, ms. */
  ageMs?: number;
  /** When the next value was or is expected. */
  expectedAt?: number;
  /** The provider's words for "not reported". */
  why?: string;
  /** Shown dimmed beside "not reported". */
  last?: { at: number; value: number | string };
  /** A newer value is held back: what is shown is in doubt. */
  held?: { at: number; value: number | string | null; reason: HoldReason };
  thresholds?: Thresholds;
  target?: Target;
  /** Roll-ups: how many of the parts are current. */
  parts?: { current: number; of: number };
  trend: readonly TrendPoint[];
  /** Against the value about an hour before (or the one before, for daily figures); absent when unknown. */
  change?: { by: number; overMs: number };
}

/** The number a threshold line is drawn at on the day line: where watch begins, else act, else the target. */
export function lineOf(view: Pick<FigureView, 'thresholds' | 'target'>): number | undefined {
  const band = view.thresholds?.watch ?? view.thresholds?.act;
  if (band) return band.over ?? band.atLeast ?? band.under ?? band.atMost;
  return view.target && ('atMost' in view.target ? view.target.atMost : view.target.atLeast);
}

function changeOf(trend: readonly TrendPoint[], at: number, value: number): FigureView['change'] {
  let before: TrendPoint | undefined;
  for (const point of trend) {
    if (point[0] >= at || point[1] === null) continue;
    if (before && point[0] > at - HOUR_MS / 2 - 1) break;
    before = point;
  }
  return before ? { by: value - (before[1] as number), overMs: at - before[0] } : undefined;
}

function placeOf(figure: FigureId): string {
  return figure.slice(figure.lastIndexOf('@') + 1);
}

function seriesView(state: BoardState, series: SeriesDefinition, now: number): FigureView {
  const definition = state.definition!;
  const metric = definition.metrics[series.metric]!;
  const known = state.series[series.id];
  const feed = definition.feeds[series.feed]!;
  const judged = judgeFreshness(feed, definition.zone, known, state.feeds[feed.id]?.suspended, now);
  const held = state.held[series.id];
  const view: FigureView = {
    figure: series.id,
    place: series.place,
    metric,
    unit: definition.units[metric.unit]!,
    value: known?.value ?? null,
    status: 'none',
    freshness: judged.freshness,
    trend: known?.trend ?? [],
  };
  if (series.thresholds) view.thresholds = series.thresholds;
  if (series.target) view.target = series.target;
  if (judged.expectedAt !== undefined) view.expectedAt = judged.expectedAt;
  if (held) view.held = { at: held.at, value: held.value, reason: held.reason };
  if (!known) return view;
  view.at = known.at;
  view.ageMs = judged.ageMs;
  if (known.why !== undefined) view.why = known.why;
  if (known.last) view.last = known.last;
  if (typeof known.value === 'number') {
    const change = changeOf(known.trend, known.at, known.value);
    if (change) view.change = change;
    if (isCurrent(judged.freshness)) view.status = statusOf(known.value, series.thresholds);
    if (held && view.status === 'ok') view.status = 'none';
  }
  return view;
}

/** A roll-up is as fresh as its oldest part and never good with a part missing (invariant I21). */
function rollupView(state: BoardState, rollup: RollupDefinition, now: number): FigureView {
  const definition = state.definition!;
  const metric = definition.metrics[rollup.metric]!;
  const parts = rollup.of.map((id) => seriesView(state, definition.series[id]!, now));
  const wholes = (rollup.over ?? []).map((id) => seriesView(state, definition.series[id]!, now));
  const usable = (view: FigureView | undefined): view is FigureView & { value: number } =>
    view !== undefined && typeof view.value === 'number' && isCurrent(view.freshness);
  // A ratio uses only places of which both halves are there, or the missing half would tilt it.
  const pairs = parts.map((part, i) => ({ part, whole: wholes[i] })).filter(({ part, whole }) => usable(part) && (rollup.how !== 'ratio' || usable(whole)));
  const all = [...parts, ...wholes];
  const value = combine(
    rollup.how,
    pairs.map(({ part }) => part.value as number),
    pairs.map(({ whole }) => (whole?.value as number) ?? 0),
  );
  const complete = pairs.length === parts.length;
  const view: FigureView = {
    figure: rollup.id,
    place: placeOf(rollup.id),
    metric,
    unit: definition.units[metric.unit]!,
    value: value === null ? null : Number(value.toFixed(6)),
    status: 'none',
    freshness: all.reduce<Freshness>((worst, part) => worseFreshness(worst, part.freshness), 'fresh'),
    parts: { current: pairs.length, of: parts.length },
    trend: [],
  };
  if (rollup.thresholds) view.thresholds = rollup.thresholds;
  if (rollup.target) view.target = rollup.target;
  const ats = all.flatMap((part) => (part.at === undefined ? [] : [part.at]));
  if (ats.length > 0) view.at = Math.min(...ats);
  const ages = all.flatMap((part) => (part.ageMs === undefined ? [] : [part.ageMs]));
  if (ages.length > 0) view.ageMs = Math.max(...ages);
  const doubted = all.find((part) => part.held);
  if (doubted?.held) view.held = doubted.held;
  view.trend = rollupTrend(state, rollup);
  if (view.value !== null) {
    const status = statusOf(view.value as number, rollup.thresholds);
    view.status = (!complete || view.held || !isCurrent(view.freshness)) && status === 'ok' ? 'none' : status;
    const newest = view.trend.at(-1);
    if (newest && complete) {
      const change = changeOf(view.trend, newest[0], view.value as number);
      if (change) view.change = change;
    }
  }
  return view;
}

/** The day line of a roll-up: only buckets in which every part has a point. */
function rollupTrend(state: BoardState, rollup: RollupDefinition): TrendPoint[] {
  const { bucketMs, buckets } = state.definition!.trend;
  const lines = [...rollup.of, ...(rollup.over ?? [])].map((id) => carried(state.series[id]?.trend ?? [], bucketMs));
  const newest = Math.max(...lines.map((line) => line.newest));
  if (!Number.isFinite(newest)) return [];
  const out: TrendPoint[] = [];
  for (let bucket = newest - buckets + 1; bucket <= newest; bucket++) {
    const values = lines.map((line) => line.value(bucket));
    if (values.some((value) => value === undefined)) continue;
    const parts = values.slice(0, rollup.of.length) as number[];
    const value = combine(rollup.how, parts, values.slice(rollup.of.length) as number[]);
    if (value !== null) out.push([bucket * bucketMs, value]);
  }
  return out;
}

/** Figures that come less often than a bucket stand for so long in a roll-up's day line. */
const CARRIED_MS = DAY_MS;

/** A part's value of a bucket. */
function carried(trend: readonly TrendPoint[], bucketMs: number): { newest: number; value(bucket: number): number | undefined } {
  const points = trend.map(([at, value]) => [Math.floor(at / bucketMs), value] as const);
  return {
    newest: points.at(-1)?.[0] ?? -Infinity,
    value(bucket) {
      for (let i = points.length - 1; i >= 0; i--) {
        const [at, value] = points[i]!;
        if (at <= bucket) return value === null || bucket - at > CARRIED_MS / bucketMs ? undefined : value;
      }
      return undefined;
    },
  };
}

/** Undefined only for a figure the board does not define. */
export function figureView(state: BoardState, figure: FigureId, now: number): FigureView | undefined {
  const definition = state.definition;
  if (!definition) return undefined;
  const series = definition.series[figure];
  if (series) return seriesView(state, series, now);
  const rollup = definition.rollups[figure];
  return rollup && rollupView(state, rollup, now);
}
