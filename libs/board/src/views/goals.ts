/**
 * Goals as a screen shows them, and what their trend says in plain words. Good news is earned: a goal counts as reached only when
 * several of its latest points together are there, and never on old data; one good day is none.
 */
import type { Goal } from '../cell.js';
import { ENOUGH, type JudgedPoint, type SpcPoint, xmr } from '../spc/xmr.js';
import { meanOf } from '../spc/mean.js';
import type { BoardState } from '../state.js';
import { DAY_MS, localDay, momentOfLocal } from '../time.js';
import { figureView, type FigureView } from './figure.js';

/** What people said of it last, unless it is time that they look again. */
export type GoalStanding = 'agreed' | 'on-track' | 'off-track' | 'cannot-tell' | 'review-due';

export interface GoalView extends Pick<Goal, 'no' | 'title' | 'unit' | 'target' | 'baseline' | 'due' | 'owner' | 'reviewDays' | 'agreedAt'> {
  /** Measured by a figure of the board. `now` is missing when the board has it no more. */
  figure?: { id: string; now?: FigureView };
  /** Entered by hand: the latest. */
  latest?: { at: number; value: number };
  review?: { at: number; onTrack: 'yes' | 'no' | 'cannot-tell'; note: string; by: string };
  /** Beginning of the local day on which it is to be looked at again. */
  reviewDue: number;
  standing: GoalStanding;
  /** 0 while there is time. */
  overdueMs: number;
  /** Open actions that were raised for it. */
  actions: number[];
}

const SAID = { yes: 'on-track', no: 'off-track', 'cannot-tell': 'cannot-tell' } as const;

/** In the order in which they were agreed. */
export function goalViews(state: BoardState, now: number): GoalView[] {
  const { definition } = state;
  if (!definition) return [];
  return Object.values(state.goals)
    .sort((a, b) => a.no - b.no)
    .map(({ figure, by: _by, measured, review, ...goal }): GoalView => {
      const reviewDue = momentOfLocal(definition.zone, localDay(definition.zone, review?.at ?? goal.agreedAt) + goal.reviewDays, 0);
      const [at, value] = measured.at(-1) ?? [];
      const shown = figure === undefined ? undefined : figureView(state, figure, now);
      return {
        ...goal,
        ...(figure === undefined ? {} : { figure: { id: figure, ...(shown && { now: shown }) } }),
        ...(at === undefined || value === undefined ? {} : { latest: { at, value } }),
        ...(review && { review: { ...review, by: review.by.name } }),
        reviewDue,
        standing: now >= reviewDue ? 'review-due' : review ? SAID[review.onTrack] : 'agreed',
        overdueMs: Math.max(0, now - goal.due),
        actions: Object.values(state.actions).flatMap((action) => (action.goal === goal.no ? [action.no] : [])),
      };
    });
}

/** Days, weeks where days differ by their weekday, or what was entered by hand. */
export type GoalPeriod = 'day' | 'week' | 'hand';
/** Against the baseline; no-news: what is known is too old to say anything about now. */
export type GoalChange = 'better' | 'worse' | 'no-change' | 'too-early' | 'no-news';

export interface GoalTrend {
  by: GoalPeriod;
  points: JudgedPoint[];
  baseline: { mean: number | null; n: number };
  /** Over the latest points after the baseline, at most `LATEST` of them. */
  now: { mean: number | null; n: number };
  change: GoalChange;
  /** undefined: cannot be told yet, or any more. */
  reached?: boolean;
}

/** So many points together say where it stands now. */
const LATEST: Readonly<Record<GoalPeriod, number>> = { day: 7, week: 4, hand: 3 };

/**
 * Points begin with the baseline and ascend. Limits come from the baseline where it has points enough, so that what has changed
 * since shows against it; else from all. Which way is better says the target, not the figure.
 * Source: NHS England, "Making Data Count" (limits fixed on a baseline; twelve points at least).
 */
export function goalTrend(goal: Pick<Goal, 'baseline' | 'target' | 'reviewDays'>, points: readonly SpcPoint[], by: GoalPeriod, now: number): GoalTrend {
  const reported = points.filter((point): point is { at: number; value: number } => point.value !== null);
  const within = points.filter(({ at }) => at < goal.baseline.to);
  const before = reported.filter(({ at }) => at < goal.baseline.to);
  const after = reported.filter(({ at }) => at >= goal.baseline.to);
  const chart = xmr({
    points,
    improvement: 'atMost' in goal.target ? 'decrease' : 'increase',
    ...(before.length >= ENOUGH ? { fixAfter: within.length } : {}),
  });
  const latest = after.slice(-LATEST[by]).map(({ value }) => value);
  const isOld = now - (after.at(-1)?.at ?? goal.baseline.to) > oldAfter(by, goal.reviewDays);
  const trend: GoalTrend = {
    by,
    points: chart.points,
    baseline: { mean: meanOf(before.map(({ value }) => value)), n: before.length },
    now: { mean: meanOf(latest), n: latest.length },
    change: 'too-early',
  };
  if (isOld) return { ...trend, change: 'no-news' };
  if (reported.length >= ENOUGH && after.length > 0)
    trend.change = chart.variation!.kind === 'special_cause_improvement' ? 'better' : chart.variation!.kind === 'special_cause_concern' ? 'worse' : 'no-change';
  if (latest.length === LATEST[by]) trend.reached = isReached(goal.target, trend.now.mean!);
  return trend;
}

/** A day's point stands at its beginning, so that yesterday's is up to two days old. By hand: two reviews long. */
function oldAfter(by: GoalPeriod, reviewDays: number): number {
  return by === 'day' ? 4 * DAY_MS : by === 'week' ? 21 * DAY_MS : 2 * reviewDays * DAY_MS;
}

function isReached(target: Goal['target'], value: number): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}
