/**
 * Goals the cell agrees on: what is measured, from where, to where, by when, who answers for it, and how often it is looked at.
 * A goal is on the board until it is closed with its result; whether it was reached is said by people, beside what the trend says.
 */
import type { Goal } from '../cell.js';
import type { FigureId, Label, Metric } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** A baseline shorter than a week knows some weekdays only; one longer than this is about another winter. */
const BASELINE_LEAST_MS = 7 * DAY_MS;
const BASELINE_MOST_MS = 400 * DAY_MS;
const AHEAD_LONGEST_MS = 3 * 366 * DAY_MS;

export type GoalOutcome = { no: number } | { refused: Refused };

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });

export interface AgreeGoal {
  title: Label;
  /** A figure of the board, or … */
  figure?: FigureId;
  /** … what is entered by hand is counted in. */
  unit?: string;
  baseline: { from: number; to: number };
  target: Goal['target'];
  due: number;
  owner: string;
  reviewDays: number;
  by: Person;
}

export function agreeGoal(state: BoardState, command: AgreeGoal, at: number): Decision<GoalOutcome> {
  const { figure, unit, baseline, target, due } = command;
  if ((figure === undefined) === (unit === undefined))
    return refuse('figure', 'one-measure', 'Name a figure of the board, or the unit of what is entered by hand; not both.');
  const metric = figure === undefined ? undefined : metricOf(state, figure);
  if (figure !== undefined && !metric) return refuse('figure', 'unknown-figure', `This board has no figure "${figure}".`);
  if (metric?.kind === 'text') return refuse('figure', 'not-a-number', `"${figure}" is words, not a number.`);
  if (metric && isAgainst(metric, target))
    return refuse(
      'target',
      'wrong-way',
      `For this figure ${metric.direction === 'higher-is-worse' ? 'lower' : 'higher'} is better; the target says the opposite.`,
    );
  const length = baseline.to - baseline.from;
  if (baseline.to > at) return refuse('baseline', 'not-over', 'The baseline lies in the past: what is to be improved on must be known.');
  if (length < BASELINE_LEAST_MS || length > BASELINE_MOST_MS) return refuse('baseline', 'length', 'A baseline is a week to 400 days long.');
  if (due <= at) return refuse('due', 'already-over', 'The moment by which it is to be reached is in the past.');
  if (due > at + AHEAD_LONGEST_MS) return refuse('due', 'too-far', 'A goal is agreed for three years at most.');
  const no = (state.counts.goals ?? 0) + 1;
  return { events: [{ kind: 'GoalAgreed', no, ...command }], outcome: { no } };
}

function metricOf({ definition }: BoardState, figure: FigureId): Metric | undefined {
  return definition?.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
}

/** Would more patients waiting be a success? */
function isAgainst({ direction }: Metric, target: Goal['target']): boolean {
  return direction === ('atMost' in target ? 'lower-is-worse' : 'higher-is-worse');
}

export interface MeasureGoal {
  no: number;
  /** When it was so. */
  at: number;
  value: number;
  by: Person;
}

/** A second value for the same moment takes the place of the first; both stand in the journal. */
export function measureGoal(state: BoardState, { no, at: observed, value, by }: MeasureGoal, at: number): Decision<GoalOutcome> {
  const goal = state.goals[no];
  if (!goal) return unknown(no);
  if (goal.figure !== undefined) return refuse('no', 'measured-by-feed', `Goal ${no} is measured by "${goal.figure}"; correct that figure instead.`);
  if (observed > at) return refuse('at', 'in-the-future', 'Nothing can be measured ahead of time.');
  if (observed < goal.baseline.from) return refuse('at', 'too-early', 'That is before the baseline of this goal.');
  return { events: [{ kind: 'GoalMeasured', no, at: observed, value, by }], outcome: { no } };
}

export interface ReviewGoal {
  no: number;
  onTrack: 'yes' | 'no' | 'cannot-tell';
  note: string;
  by: Person;
}

export function reviewGoal(state: BoardState, { no, onTrack, note, by }: ReviewGoal): Decision<GoalOutcome> {
  if (!state.goals[no]) return unknown(no);
  return { events: [{ kind: 'GoalReviewed', no, onTrack, note, by }], outcome: { no } };
}

export function closeGoal(state: BoardState, { no, reached, note, by }: { no: number; reached: boolean; note: string; by: Person }): Decision<GoalOutcome> {
  if (!state.goals[no]) return unknown(no);
  return { events: [{ kind: 'GoalClosed', no, reached, note, by }], outcome: { no } };
}

function unknown(no: number): Decision<{ refused: Refused }> {
  return refuse('no', 'unknown-goal', `There is no open goal ${no}; it may be closed.`);
}
