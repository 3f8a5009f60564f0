/**
 * What people do with an alert. Each answer names the version of the alert that the person saw: when it has moved on
 * meanwhile nothing is done, so that nobody acknowledges something worse than they know of (invariant I32).
 */
import type { BoardEvent, Person } from '../events.js';
import type { GroupId } from '../response.js';
import type { RuleId } from '../rule.js';
import { isRaised, turned } from '../rules/alert.js';
import type { Alert, BoardState } from '../state.js';
import { HOUR_MS } from '../time.js';
import type { Decision } from './decision.js';

/** Nobody may silence a rule for longer than a shift (invariant I35). */
export const SHELF_LONGEST_MS = 12 * HOUR_MS;

export interface Refused {
  field: string;
  /** `moved-on`: `version` is the present one. */
  code: string;
  detail: string;
  version?: number;
}
export interface AnswerAlert {
  /** The number of the alert. */
  no: number;
  version: number;
  by: Person;
}
export type AnswerOutcome = { no: number; rule: RuleId; version: number } | { refused: Refused };

function refuse(field: string, code: string, detail: string, version?: number): Decision<{ refused: Refused }> {
  return { events: [], outcome: { refused: version === undefined ? { field, code, detail } : { field, code, detail, version } } };
}

function answer(
  state: BoardState,
  { no, version }: AnswerAlert,
  how: (alert: Alert) => BoardEvent[] | Decision<{ refused: Refused }>,
): Decision<AnswerOutcome> {
  const alert = Object.values(state.alerts).find((one) => one.no === no);
  if (!alert) return refuse('no', 'unknown-alert', `There is no open alert ${no}; it may be over.`);
  if (alert.version !== version)
    return refuse('version', 'moved-on', `Alert ${no} has moved on since it was looked at; look again and answer then.`, alert.version);
  const events = how(alert);
  return Array.isArray(events) ? { events, outcome: { no, rule: alert.rule, version: version + events.length } } : events;
}

/** For answers that only make sense once people have been told. */
function answerRaised(state: BoardState, command: AnswerAlert, how: (alert: Alert) => BoardEvent[] | Decision<{ refused: Refused }>): Decision<AnswerOutcome> {
  return answer(state, command, (alert) =>
    isRaised(alert) ? how(alert) : refuse('no', 'not-raised', `Alert ${alert.no} has not been raised yet: its condition must hold for longer first.`),
  );
}

export function acknowledge(state: BoardState, command: AnswerAlert, at: number): Decision<AnswerOutcome> {
  return answerRaised(state, command, (alert) => (alert.acknowledged ? [] : [turned(alert, 'acknowledged', at, { by: command.by })]));
}

/** Whoever takes it has acknowledged it. */
export function take(state: BoardState, command: AnswerAlert, at: number): Decision<AnswerOutcome> {
  const { by } = command;
  return answerRaised(state, command, (alert) => {
    if (alert.owner?.by.id === by.id) return [];
    return [...(alert.acknowledged ? [] : [turned(alert, 'acknowledged', at, { by })]), turned(alert, 'taken', at, { by })];
  });
}

/** Another group has it now, is told, and is asked to acknowledge. */
export function handOver(state: BoardState, command: AnswerAlert & { group: GroupId; reason?: string }, at: number): Decision<AnswerOutcome> {
  const { group, by, reason } = command;
  return answerRaised(state, command, (alert) => {
    if (!state.definition?.response?.groups[group]) return refuse('group', 'unknown-group', `This board has no group "${group}".`);
    if (alert.group === group) return refuse('group', 'same-group', 'It is with this group already.');
    return [turned(alert, 'handed-over', at, reason === undefined ? { group, by } : { group, by, reason })];
  });
}

/** An alert whose rule has been retired is over when a person says so. */
export function closeAlert(state: BoardState, command: AnswerAlert & { reason: string }, at: number): Decision<AnswerOutcome> {
  const { by, reason } = command;
  return answer(state, command, (alert) =>
    state.rules[alert.rule]?.rule
      ? refuse('no', 'rule-in-force', 'Its rule is in force and will stand it down; only an alert whose rule is gone is closed by hand.')
      : [turned(alert, 'closed', at, { by, reason })],
  );
}

export interface ShelveRule {
  rule: RuleId;
  until: number;
  reason: string;
  by: Person;
  /** Of the open alert, when it is shelved from there. */
  version?: number;
}
export type ShelfOutcome = { rule: RuleId; until: number } | { refused: Refused };

/** Shelved again with another end: that one counts. */
export function shelveRule(state: BoardState, { rule, until, reason, by, version }: ShelveRule, at: number): Decision<ShelfOutcome> {
  if (!state.rules[rule]?.rule) return refuse('rule', 'unknown-rule', `This board has no rule "${rule}" in force.`);
  const alert = state.alerts[rule];
  if (version !== undefined && version !== alert?.version)
    return refuse('version', 'moved-on', 'The alert has moved on since it was looked at; look again.', alert?.version);
  if (until <= at) return refuse('until', 'already-over', 'The end of the shelving is in the past.');
  if (until > at + SHELF_LONGEST_MS) return refuse('until', 'too-long', 'A rule may be shelved for twelve hours at most.');
  return { events: [{ kind: 'RuleShelved', rule, until, reason, by }], outcome: { rule, until } };
}

export function unshelveRule(state: BoardState, { rule, by }: { rule: RuleId; by: Person }, at: number): Decision<{ rule: RuleId } | { refused: Refused }> {
  const shelf = state.shelves[rule];
  if (!shelf || shelf.until <= at) return refuse('rule', 'not-shelved', `Rule "${rule}" is not shelved.`);
  return { events: [{ kind: 'RuleUnshelved', rule, by }], outcome: { rule } };
}
