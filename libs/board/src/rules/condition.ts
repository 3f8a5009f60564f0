/**
 * Does a condition hold? Judged on current values only: what is late, paused, not reported, held back or incomplete is not
 * judged, which is neither good nor bad. A line over parts of which some are missing counts only where the missing ones
 * could not make it better, so that time alone never makes a figure bad.
 */
import type { Band, FeedId, FigureId, RollupDefinition } from '../definition.js';
import type { Condition, PlainCondition, Rule } from '../rule.js';
import type { TrendPoint } from '../state.js';
import { HOUR_MS, localDay, MINUTE_MS, momentOfLocal, offsetMsAt, type Zone } from '../time.js';
import { combine, figureNow, type FigureNow, type Sight } from './figure.js';
import { inBand } from './threshold.js';
import { figuresOf, plainParts, seriesOf } from './watched.js';

/**
 * `too-few`: under the least denominator. `not-learned`: nothing is known to be usual. `no-slope`: too few readings for one.
 * `not-expected`: a feed that is paused, or of which nothing has come yet, cannot be late.
 */
type Why = NonNullable<FigureNow['why']> | 'too-few' | 'not-learned' | 'no-slope' | 'not-expected';

export interface Judged {
  judged: boolean;
  holds: boolean;
  /** Beyond the easier line, and known to be. */
  clear: boolean;
  /** What is compared with the band: the value, per cent, change an hour, what it will be; composite: how many parts hold. */
  value: number | null;
  why?: Why;
  /** Observed moment of the newest figure in it. */
  seenAt?: number;
  /** reach: when the line is (or was found to be) crossed. */
  reachAt?: number;
}

/** The rule itself says not to judge now: that is no loss of data. */
export function isIdle({ why }: Judged): boolean {
  return why === 'too-few' || why === 'not-learned' || why === 'not-expected';
}

function unjudged(why: Why, seenAt: number | undefined): Judged {
  return seenAt === undefined
    ? { judged: false, holds: false, clear: false, value: null, why }
    : { judged: false, holds: false, clear: false, value: null, why, seenAt };
}

/** `easier`: where it is clear; left out: wherever it is not bad. */
export function judgeValue(value: number, band: Band, easier: Band | undefined, seenAt: number | undefined): Judged {
  const holds = inBand(value, band);
  const judged: Judged = { judged: true, holds, clear: !holds && (easier === undefined || inBand(value, easier)), value };
  if (seenAt !== undefined) judged.seenAt = seenAt;
  return judged;
}

/** Change a millisecond of the line of least squares. Needs three readings over at least half of the time. */
export function slopeOf(points: readonly (readonly [at: number, value: number])[], overMs: number): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (points.length < 3 || !first || !last || last[0] - first[0] < overMs / 2) return undefined;
  // Counted from the last point: sums of squares of epoch moments would lose the digits that matter.
  let sumT = 0;
  let sumV = 0;
  for (const [at, value] of points) {
    sumT += at - last[0];
    sumV += value;
  }
  const meanT = sumT / points.length;
  const meanV = sumV / points.length;
  let above = 0;
  let below = 0;
  for (const [at, value] of points) {
    const t = at - last[0] - meanT;
    above += t * (value - meanV);
    below += t * t;
  }
  return above / below;
}

export function judgeReach(value: number, slope: number, withinMs: number, band: Band, easier: Band | undefined, seenAt: number): Judged {
  const then = value + slope * withinMs;
  const now = inBand(value, band);
  const holds = now || inBand(then, band);
  const clear = !holds && (easier === undefined || (inBand(value, easier) && inBand(then, easier)));
  const judged: Judged = { judged: true, holds, clear, value: then, seenAt };
  if (now) judged.reachAt = seenAt;
  else if (holds) {
    const line = slope > 0 ? Math.min(band.over ?? Infinity, band.atLeast ?? Infinity) : Math.max(band.under ?? -Infinity, band.atMost ?? -Infinity);
    judged.reachAt = Math.round(seenAt + (line - value) / slope);
  }
  return judged;
}

/** 0 = Monday 00:00 of the board's zone. */
export function hourOfWeek(zone: Zone, moment: number): number {
  const local = moment + offsetMsAt(zone, moment);
  // 1970-01-01 was a Thursday.
  return (Math.floor(local / HOUR_MS) + 3 * 24) % (7 * 24);
}

/** The readings a slope is taken of: of a roll-up, its value at each moment at which all parts are known. */
function pointsOf(sight: Sight, figure: FigureId, overMs: number): Point[] {
  const { definition } = sight;
  const rollup = definition.rollups[figure];
  const points = rollup ? rollupPoints(sight, rollup, overMs) : numeric(sight.window(figure, overMs));
  const newest = points.at(-1)?.[0] ?? 0;
  // A count since midnight falls to 0 at midnight; that is no slope.
  const metric = definition.metrics[rollup?.metric ?? definition.series[figure]?.metric ?? ''];
  const midnight = metric?.kind === 'since-midnight' ? momentOfLocal(definition.zone, localDay(definition.zone, newest), 0) : -Infinity;
  const first = Math.max(newest - overMs, midnight);
  return points.length > 0 && points[0]![0] >= first ? points : points.filter(([at]) => at >= first);
}

type Point = readonly [at: number, value: number];

function numeric(line: readonly TrendPoint[]): Point[] {
  const points: Point[] = [];
  for (const point of line) if (point[1] !== null) points.push(point as unknown as Point);
  return points;
}

function rollupPoints(sight: Sight, { of, over, how }: RollupDefinition, overMs: number): Point[] {
  const lines = [...of, ...(over ?? [])].map((id) => numeric(sight.window(id, overMs)));
  const moments = [...new Set(lines.flatMap((line) => line.map(([at]) => at)))].sort((a, b) => a - b);
  const places = lines.map(() => -1);
  return moments.flatMap((at): Point[] => {
    const values = lines.map((line, i) => {
      while ((line[places[i]! + 1]?.[0] ?? Infinity) <= at) places[i]!++;
      return line[places[i]!]?.[1];
    });
    if (values.includes(undefined)) return [];
    const known = values as number[];
    const value = combine(how, known.slice(0, of.length), known.slice(of.length));
    return value === null ? [] : [[at, value]];
  });
}

/** Missing parts can only make it worse. */
function isBadAnyway(sight: Sight, figure: FigureId, value: number, band: Band): boolean {
  const rollup = sight.definition.rollups[figure];
  if (!rollup) return false;
  const high = (band.over !== undefined && value > band.over) || (band.atLeast !== undefined && value >= band.atLeast);
  const low = (band.under !== undefined && value < band.under) || (band.atMost !== undefined && value <= band.atMost);
  if (rollup.how === 'max') return high;
  if (rollup.how === 'min') return low;
  return rollup.how === 'sum' && high && rollup.of.every((id) => (sight.definition.series[id]?.range.min ?? -1) >= 0);
}

/** Since when a feed is late, or will be; undefined: nothing has come of it yet. */
export function lateSince(sight: Sight, feed: FeedId): number | undefined {
  const contract = sight.definition.feeds[feed];
  let since: number | undefined;
  for (const id of contract?.series ?? []) {
    const moment = sight.losesAt(id);
    if (moment !== undefined && (since === undefined || moment > since)) since = moment;
  }
  const until = sight.suspendedUntil(feed);
  return since === undefined || until === undefined ? since : Math.max(since, until);
}

const NONE: readonly number[] = [];

/** The moments after which parts of what a rule watches are no longer current, up to `at`. */
export function lossesUpTo(sight: Sight, rule: Rule, at: number): readonly number[] {
  let moments: number[] | undefined;
  const look = (figure: FigureId): void => {
    const rollup = sight.definition.rollups[figure];
    for (const id of rollup ? seriesOf(sight.definition, figure) : [figure]) {
      const moment = sight.losesAt(id);
      if (moment !== undefined && moment < at) (moments ??= []).push(moment);
    }
  };
  const { when, least } = rule;
  if (when.kind === 'line') look(when.figure);
  else for (const figure of figuresOf(when)) look(figure);
  if (least) look(least.figure);
  return moments ?? NONE;
}

function judgeLate(sight: Sight, id: FeedId, at: number): Judged {
  const feed = sight.definition.feeds[id];
  if (!feed) return unjudged('unknown', undefined);
  const since = lateSince(sight, id);
  if (since === undefined || at < (sight.suspendedUntil(id) ?? -Infinity)) return unjudged('not-expected', undefined);
  const holds = at > since;
  const seenAt = Math.max(...feed.series.map((series) => sight.series(sight.definition.series[series]!, at).seenAt ?? -Infinity));
  // In minutes, for whoever looks: how long it has been late.
  return { judged: true, holds, clear: !holds, value: holds ? Math.floor((at - since) / MINUTE_MS) : 0, seenAt };
}

function judgePlain(sight: Sight, condition: PlainCondition, easier: Band | undefined, at: number): Judged {
  if (condition.kind === 'late') return judgeLate(sight, condition.feed, at);
  const { band } = condition;
  const now = figureNow(sight, condition.figure, at);
  const { value, seenAt } = now;
  if (!now.current || value === null) {
    if (condition.kind === 'line' && now.partial && isBadAnyway(sight, condition.figure, value!, band)) return judgeValue(value!, band, easier, seenAt);
    return unjudged(now.why ?? 'unknown', seenAt);
  }
  switch (condition.kind) {
    case 'line':
      return judgeValue(value, band, easier, seenAt);
    case 'share':
    case 'difference': {
      const other = figureNow(sight, condition.kind === 'share' ? condition.of : condition.less, at);
      const seen = Math.max(seenAt ?? -Infinity, other.seenAt ?? -Infinity);
      if (!other.current || other.value === null) return unjudged(other.why ?? 'unknown', seen);
      if (condition.kind === 'difference') return judgeValue(value - other.value, band, easier, seen);
      if (other.value <= 0 || other.value < condition.least) return unjudged('too-few', seen);
      return judgeValue((100 * value) / other.value, band, easier, seen);
    }
    case 'rate':
    case 'reach': {
      const slope = slopeOf(pointsOf(sight, condition.figure, condition.overMs), condition.overMs);
      if (slope === undefined) {
        // What is bad already needs no slope.
        if (condition.kind === 'reach' && inBand(value, band)) return judgeReach(value, 0, condition.withinMs, band, easier, seenAt!);
        return unjudged('no-slope', seenAt);
      }
      if (condition.kind === 'rate') return judgeValue(slope * HOUR_MS, band, easier, seenAt);
      return judgeReach(value, slope, condition.withinMs, band, easier, seenAt!);
    }
    case 'usual': {
      const usual = sight.usual(condition.figure)?.hours[hourOfWeek(sight.definition.zone, seenAt!)];
      if (usual === undefined || usual === null || usual <= 0) return unjudged('not-learned', seenAt);
      return judgeValue((100 * value) / usual, band, easier, seenAt);
    }
    default:
      return condition satisfies never;
  }
}

/** A composite of parts: unknown ones count on neither side. */
export function compose(parts: readonly Judged[], atLeast: number): Judged {
  const bad = parts.filter(({ judged, holds }) => judged && holds).length;
  const unknown = parts.filter(({ judged }) => !judged);
  const holds = bad >= atLeast;
  const clear = bad + unknown.length < atLeast;
  const judged: Judged = { judged: holds || clear, holds, clear, value: bad };
  if (!judged.judged) {
    judged.value = null;
    // Data that is missing weighs more than a rule that does not want to be judged.
    const why = (unknown.find((part) => !isIdle(part)) ?? unknown[0])?.why;
    if (why) judged.why = why;
  }
  const seen = parts.flatMap(({ seenAt }) => (seenAt === undefined ? [] : [seenAt]));
  if (seen.length > 0) judged.seenAt = Math.max(...seen);
  return judged;
}

export function judgeCondition(sight: Sight, when: Condition, easier: Band | undefined, at: number): Judged {
  if (when.kind !== 'composite') return judgePlain(sight, when, easier, at);
  return compose(
    plainParts(when).map((part) => judgePlain(sight, part, undefined, at)),
    when.atLeast,
  );
}

/** A denominator that nobody knows hides nothing and clears nothing. */
export function judge(sight: Sight, rule: Rule, at: number): Judged {
  const judged = judgeCondition(sight, rule.when, rule.clear.band, at);
  if (!rule.least || !judged.judged) return judged;
  const least = figureNow(sight, rule.least.figure, at);
  if (!least.current || least.value === null) return judged.holds ? judged : unjudged(least.why ?? 'unknown', judged.seenAt);
  return least.value < rule.least.atLeast ? unjudged('too-few', judged.seenAt) : judged;
}
