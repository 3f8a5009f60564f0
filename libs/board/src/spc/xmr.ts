/**
 * The control chart of NHS England's "Making Data Count": XmR with its special-cause rules and its two icons.
 * Source: the reference implementation NHSRplotthedots v0.2.2 (NHS-R Community, MIT), `ptd_spc_standard`,
 * `ptd_calculate_point_type`, `ptd_calculate_assurance_type`; constants from Shewhart's XmR as in Wheeler,
 * "Understanding Variation". Names of point kinds and assurance are the reference's own, so that answers can be laid side by side.
 *
 * Where this differs from the reference, on purpose:
 * - a missing last point leaves the icon with the last point that was reported (the reference then says common cause, which
 *   would turn an icon grey because data stopped);
 * - without limits there is no assurance (the reference says inconsistent);
 * - a rebase takes hold at the first point at or after its date (the reference drops a date no point has);
 * - a missing point within seven is simply no part of a run (the reference stops with an error in some such runs).
 */
import { meanOf } from './mean.js';

export interface SpcPoint {
  /** Epoch ms; moments are unique. */
  at: number;
  /** null: not reported. It takes no part in any rule, and interrupts runs. */
  value: number | null;
}
export type Improvement = 'increase' | 'decrease' | 'neutral';
/** A dated, explained change of the process, from which limits are worked out anew. */
export interface Rebase {
  at: number;
  reason: string;
}

export interface SpcInput {
  points: readonly SpcPoint[];
  improvement: Improvement;
  target?: number;
  /**
   * Leave moving ranges of 3.267 × their mean and more out of the limits. Off as in the official NHS England Excel tool;
   * the R package has it on.
   */
  screen?: boolean;
  /** Work the limits out from the first so many points of each group; at least 12. */
  fixAfter?: number;
  rebase?: readonly Rebase[];
}

export type PointKind = 'common_cause' | 'special_cause_improvement' | 'special_cause_concern' | 'special_cause_neutral_high' | 'special_cause_neutral_low';
/** The rule that speaks for a point: the first of these that applies. */
export type Cause = 'outside' | 'trend' | 'two-of-three' | 'shift';
export type VariationIcon = 'common' | 'improvement-high' | 'improvement-low' | 'concern-high' | 'concern-low' | 'neutral-high' | 'neutral-low';
export type Assurance = 'consistent_pass' | 'consistent_fail' | 'inconsistent';

export interface JudgedPoint extends SpcPoint {
  /** Number of its rebase group, from 0. */
  group: number;
  mean: number | null;
  upl: number | null;
  lpl: number | null;
  nearUpper: number | null;
  nearLower: number | null;
  /** Of the mean: 1 above, −1 below, 0 exactly on it; null for a missing point. */
  side: -1 | 0 | 1 | null;
  kind: PointKind;
  cause: Cause | null;
  toward: 'high' | 'low' | null;
  /** Every rule the point is part of; `near` alone is no special cause. */
  flags: { outside: boolean; near: boolean; trend: boolean; twoOfThree: boolean; shift: boolean };
}

export interface SpcGroup {
  from: number;
  to: number;
  /** Why the limits begin anew here; absent for the first group. */
  reason?: string;
  mean: number | null;
  upl: number | null;
  lpl: number | null;
  /** Mean moving range. */
  amr: number | null;
  /** Reported points the limits come from. */
  baseline: number;
  /** Fewer than 12 of them: the limits are trial limits. */
  trial: boolean;
}

export interface SpcChart {
  points: JudgedPoint[];
  groups: SpcGroup[];
  /** Of the latest reported point; null when nothing was reported. */
  variation: { icon: VariationIcon; kind: PointKind; cause: Cause | null; at: number; value: number } | null;
  /** null: no target, a neutral figure, or no limits. */
  assurance: Assurance | null;
  /** The latest limits are trial limits. */
  trial: boolean;
  screened: boolean;
}

const LIMIT = 2.66;
const NEAR = 2 * (LIMIT / 3);
const SCREEN = 3.267;
const RUN = 7;
/** Fewer points than this make trial limits, and may not be a fixed baseline. */
export const ENOUGH = 12;

/** Limits of one group. Source: NHSRplotthedots `ptd_spc_standard`. A missing point leaves out both of its moving ranges. */
function limitsOf(baseline: readonly (number | null)[], screen: boolean): { mean: number | null; amr: number | null } {
  const reported = baseline.filter((value) => value !== null);
  const ranges = baseline.flatMap((value, i) => {
    const before = baseline[i - 1] ?? null;
    return value === null || before === null ? [] : [Math.abs(value - before)];
  });
  const amr = meanOf(ranges);
  const kept = screen && amr !== null ? ranges.filter((range) => range < SCREEN * amr) : ranges;
  return { mean: meanOf(reported), amr: meanOf(kept) };
}

/** Whether each point is part of seven in a row of which all the windows `holds` is true. */
function partOfSeven(length: number, holds: (first: number) => boolean): boolean[] {
  const part = new Array<boolean>(length).fill(false);
  for (let first = 0; first + RUN <= length; first++) if (holds(first)) part.fill(true, first, first + RUN);
  return part;
}

/** Direction of the step between two neighbours; 0 where they are equal or one is missing. */
function step(values: readonly (number | null)[], from: number): number {
  const [a, b] = [values[from] ?? null, values[from + 1] ?? null];
  return a === null || b === null ? 0 : Math.sign(b - a);
}

/**
 * Which way a point of a trend points: the step behind it, or where the trend goes on, the step before it.
 * Source: NHSRplotthedots `ptd_special_cause_type` (a peak belongs to the falling trend that begins there).
 */
function trendToward(values: readonly (number | null)[], trend: readonly boolean[], i: number): 'high' | 'low' {
  const onward = trend[i + 1] === true;
  return step(values, onward ? i : i - 1) === 1 ? 'high' : 'low';
}

interface Limits {
  mean: number | null;
  upl: number | null;
  lpl: number | null;
  nearUpper: number | null;
  nearLower: number | null;
}

/** Special causes of one group. Source: NHSRplotthedots `ptd_special_cause_type`; precedence as there. */
function judgeGroup(points: readonly SpcPoint[], group: number, limits: Limits, improvement: Improvement): JudgedPoint[] {
  const { mean, upl, lpl, nearUpper, nearLower } = limits;
  const values = points.map(({ value }) => value);
  const side = values.map((value) => (value === null || mean === null ? null : (Math.sign(value - mean) as -1 | 0 | 1)));
  const outside = values.map((value) => value !== null && upl !== null && lpl !== null && (value > upl || value < lpl));
  const near = values.map((value, i) => value !== null && !outside[i] && nearUpper !== null && nearLower !== null && (value > nearUpper || value < nearLower));
  const shift = partOfSeven(values.length, (first) => {
    const which = side[first] ?? 0;
    return which !== 0 && side.slice(first, first + RUN).every((one) => one === which);
  });
  const trend = partOfSeven(values.length, (first) => {
    const way = step(values, first);
    return way !== 0 && Array.from({ length: RUN - 1 }, (_, i) => step(values, first + i)).every((one) => one === way);
  });
  const twoOfThree = new Array<boolean>(values.length).fill(false);
  for (let first = 0; first + 3 <= values.length; first++) {
    const three = [first, first + 1, first + 2];
    if (side[first] === 0 || side[first] === null || three.some((i) => side[i] !== side[first])) continue;
    if (three.filter((i) => near[i]).length >= 2) for (const i of three) if (near[i]) twoOfThree[i] = true;
  }
  return points.map(({ at, value }, i) => {
    const flags = { outside: outside[i]!, near: near[i]!, trend: trend[i]!, twoOfThree: twoOfThree[i]!, shift: shift[i]! };
    const cause: Cause | null = flags.outside ? 'outside' : flags.trend ? 'trend' : flags.twoOfThree ? 'two-of-three' : flags.shift ? 'shift' : null;
    const toward = cause === null ? null : cause === 'trend' ? trendToward(values, trend, i) : side[i] === 1 ? 'high' : 'low';
    return { at, value, group, ...limits, side: side[i]!, kind: kindOf(toward, improvement), cause, toward, flags };
  });
}

/** Source: NHSRplotthedots `ptd_point_type`. */
function kindOf(toward: 'high' | 'low' | null, improvement: Improvement): PointKind {
  if (toward === null) return 'common_cause';
  if (improvement === 'neutral') return `special_cause_neutral_${toward}`;
  return (toward === 'high') === (improvement === 'increase') ? 'special_cause_improvement' : 'special_cause_concern';
}

function iconOf({ kind, toward }: JudgedPoint): VariationIcon {
  if (toward === null) return 'common';
  if (kind === 'special_cause_improvement') return `improvement-${toward}`;
  return kind === 'special_cause_concern' ? `concern-${toward}` : `neutral-${toward}`;
}

/** Source: NHSRplotthedots `ptd_calculate_assurance_type`; a target exactly on a limit is inconsistent. */
function assuranceOf(target: number | undefined, improvement: Improvement, { upl, lpl }: Pick<SpcGroup, 'upl' | 'lpl'>): Assurance | null {
  if (target === undefined || improvement === 'neutral' || upl === null || lpl === null) return null;
  const upIsGood = improvement === 'increase';
  if (target > upl) return upIsGood ? 'consistent_fail' : 'consistent_pass';
  if (target < lpl) return upIsGood ? 'consistent_pass' : 'consistent_fail';
  return 'inconsistent';
}

/**
 * The whole chart. Points may come in any order and leave it by their moment. Values are in the figure's own unit and are never
 * clipped here: see `shownWithin` for drawing shares.
 * @throws RangeError for two points of one moment, a baseline under 12 points, or a rebase without a reason.
 * Source: NHSRplotthedots v0.2.2 `ptd_spc`.
 */
export function xmr({ points, improvement, target, screen = false, fixAfter, rebase = [] }: SpcInput): SpcChart {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  if (sorted.some(({ at }, i) => at === sorted[i - 1]?.at)) throw new RangeError('Two points of a control chart have the same moment.');
  if (fixAfter !== undefined && !(fixAfter >= ENOUGH)) throw new RangeError(`A fixed baseline needs at least ${ENOUGH} points.`);
  if (rebase.some(({ reason }) => reason.trim() === '')) throw new RangeError('Limits begin anew only for a reason.');

  const chart: SpcChart = { points: [], groups: [], variation: null, assurance: null, trial: true, screened: screen };
  const changes = rebase.toSorted((a, b) => a.at - b.at);
  let first = 0;
  let reason: string | undefined;
  for (let begun = 0; first < sorted.length;) {
    while (begun < changes.length && changes[begun]!.at <= sorted[first]!.at) reason = changes[begun++]!.reason;
    const until = begun < changes.length ? sorted.findIndex(({ at }) => at >= changes[begun]!.at) : -1;
    const own = sorted.slice(first, until < 0 ? undefined : until);
    const baseline = own.slice(0, fixAfter).map(({ value }) => value);
    const { mean, amr } = limitsOf(baseline, screen);
    const off = (times: number): number | null => (mean === null || amr === null ? null : mean + times * amr);
    const limits = { mean, upl: off(LIMIT), lpl: off(-LIMIT), nearUpper: off(NEAR), nearLower: off(-NEAR) };
    const reported = baseline.filter((value) => value !== null).length;
    chart.points.push(...judgeGroup(own, chart.groups.length, limits, improvement));
    chart.groups.push({
      from: own[0]!.at,
      to: own.at(-1)!.at,
      ...(reason === undefined ? {} : { reason }),
      mean,
      upl: limits.upl,
      lpl: limits.lpl,
      amr,
      baseline: reported,
      trial: reported < ENOUGH,
    });
    first += own.length;
  }
  const latest = chart.points.findLast(({ value }) => value !== null);
  if (latest) chart.variation = { icon: iconOf(latest), kind: latest.kind, cause: latest.cause, at: latest.at, value: latest.value! };
  const last = chart.groups.at(-1);
  if (last) {
    chart.assurance = assuranceOf(target, improvement, last);
    chart.trial = last.trial;
  }
  return chart;
}

/** A limit as it is drawn: a share does not go below 0 or above 100 on paper. The rules never see this. Source: Making Data Count, "percentages near 0 or 100". */
export function shownWithin(limit: number | null, bounds: { min: number; max: number | null } | null): number | null {
  return limit === null || bounds === null ? limit : Math.min(bounds.max ?? Infinity, Math.max(bounds.min, limit));
}
