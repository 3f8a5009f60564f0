/**
 * Rules of a board: what counts as wrong, for how long, who owns it and what is to be done. Rules are data; they are agreed
 * by events, versioned, and an alert is judged by the version in force (domain: life cycle after ISA-18.2).
 */
import type { Band, CardId, FeedId, FigureId, GroupId, Label, PlaceId, RuleId } from './names.js';

export type { RuleId } from './names.js';

/** watch is for looking, act is for doing, critical is for doing now. */
export type Severity = 'watch' | 'act' | 'critical';

/** What one figure, or two, must look like. A condition is only ever judged on current values. */
export type PlainCondition =
  /** The value itself. */
  | { kind: 'line'; figure: FigureId; band: Band }
  /** 100 × figure ÷ `of`, e.g. of its own capacity. Not judged while `of` is below `least`. */
  | { kind: 'share'; figure: FigureId; of: FigureId; least: number; band: Band }
  /** Change an hour, as the line of least squares through the readings of the last `overMs`. */
  | { kind: 'rate'; figure: FigureId; overMs: number; band: Band }
  /** At the slope of the last `overMs` the value will be in the band within `withinMs` (or is already). */
  | { kind: 'reach'; figure: FigureId; overMs: number; withinMs: number; band: Band }
  /** Per cent of what is usual at this hour of the week; not judged until that has been learned. */
  | { kind: 'usual'; figure: FigureId; band: Band }
  /** figure − `less`. */
  | { kind: 'difference'; figure: FigureId; less: FigureId; band: Band }
  /** The feed is past its grace: the only condition that is about missing data. */
  | { kind: 'late'; feed: FeedId };

export type Condition = PlainCondition | { kind: 'composite'; of: readonly PlainCondition[]; atLeast: number };

/** Clock times of the board's zone; `to` before `from` goes over midnight. Days: 1 = Monday … 7 = Sunday. */
export interface Hours {
  days: readonly number[];
  from: string;
  to: string;
}

/** A story the rule must tell: minutes from the start, values of the figures, and the turns expected. */
export interface RuleTest {
  title: string;
  /** `{ 0: { 'handover@north': 50 } }`: values that are sent, by minute. A figure keeps coming with its last value every `everyMs`. */
  readings: readonly { minute: number; values: Readonly<Record<FigureId, number | null>> }[];
  minutes: number;
  /** In order; e.g. `{ minute: 15, turn: 'raised' }`. */
  expect: readonly { minute: number; turn: Turn }[];
}

export interface Rule {
  id: RuleId;
  label: Label;
  /** Where it is wrong: shown beside the alert, and what a flood is grouped by. */
  place: PlaceId;
  severity: Severity;
  when: Condition;
  /** The condition must hold for so long, and in so many readings, before the alert fires. */
  forMs: number;
  forReadings: number;
  /** Clear is what lies in this easier band, e.g. under 30 (left out: whatever is not bad), held for so long and so many good readings. */
  clear: { band?: Band; forMs: number; readings: number };
  /** Not judged while the figure (a denominator) is under `atLeast`. */
  least?: { figure: FigureId; atLeast: number };
  /** Opens alerts only in these hours; what is open stays open. */
  active?: Hours;
  owner: GroupId;
  card: CardId;
  /** While this one is firing, alerts of these rules stand behind it. */
  supersedes?: readonly RuleId[];
  tests: readonly RuleTest[];
}

/** The steps of an alert's life. */
export type Turn =
  | 'opened' // pending: the condition holds, its time runs
  | 'counted' // one more bad (pending) or good (easing) reading
  | 'raised' // firing
  | 'dropped' // was over before it fired
  | 'acknowledged'
  | 'taken' // somebody is its owner
  | 'handed-over' // to another group, which is told
  | 'climbed' // nobody answered: the next group is told
  | 'acting' // the first action was raised
  | 'eased' // beyond the easier line, its time runs
  | 'relapsed'
  | 'stood-down'
  | 'superseded'
  | 'released'
  | 'data-lost'
  | 'data-back'
  | 'rule-changed'
  | 'closed'; // its rule is gone and a person has closed it
