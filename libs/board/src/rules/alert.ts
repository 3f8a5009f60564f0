/**
 * The steps of one alert's life, after ISA-18.2: normal → pending → firing → acknowledged → actioning → easing → stood down.
 * `withTurn` is the one place that says what a turn does; `whenJudged` says which turns a judged condition leads to, and
 * `dwellEnds`, `holdEnds` and `climbsAt` when time alone brings one about. The fold, the live rules and the back-test share them.
 */
import type { BoardEvent } from '../events.js';
import type { GroupDefinition } from '../response.js';
import type { Rule, Turn } from '../rule.js';
import type { Alert, AlertPhase, RuleState } from '../state.js';
import { isIdle, type Judged } from './condition.js';

export type AlertTurned = Extract<BoardEvent, { kind: 'AlertTurned' }>;

const RANK = { watch: 0, act: 1, critical: 2 } as const;

export function isRaised(alert: Pick<Alert, 'phase'>): boolean {
  return alert.phase !== 'pending';
}

/** Nobody has acknowledged it or taken it. */
export function isUnowned(alert: Alert): boolean {
  return isRaised(alert) && !alert.acknowledged && !alert.owner;
}

function drop<K extends keyof Alert>(alert: Alert, ...keys: K[]): void {
  for (const key of keys) delete (alert as Partial<Alert>)[key];
}

/** The ladder begins anew, for whoever is told now. */
function ask(alert: Alert, from: number): void {
  alert.climbFrom = from;
  alert.climbed = 0;
}

/** The phase it is in, or will be in again when it relapses. */
function setPhase(alert: Alert, phase: AlertPhase): void {
  if (alert.phase === 'easing') alert.back = phase;
  else alert.phase = phase;
}

function forget(alert: Alert): void {
  drop(alert, 'acknowledged', 'owner');
  setPhase(alert, alert.actions > 0 ? 'actioning' : 'firing');
}

/** The alert after a turn; undefined when it is over. The alert it starts from stays as it was. */
export function withTurn(before: Alert | undefined, event: AlertTurned, rule: RuleState | undefined): Alert | undefined {
  const { turn, due, by } = event;
  if (turn === 'opened') {
    const alert: Alert = {
      no: event.no,
      rule: event.rule,
      ruleVersion: rule?.version ?? 0,
      version: 1,
      turnedAt: due,
      phase: 'pending',
      severity: event.severity ?? rule?.rule?.severity ?? 'watch',
      since: due,
      value: event.value ?? null,
      seen: 1,
      group: event.group ?? rule?.rule?.owner ?? '',
      climbed: 0,
      actions: 0,
    };
    if (event.seenAt !== undefined) alert.seenAt = event.seenAt;
    return alert;
  }
  if (!before) return undefined;
  const alert: Alert = { ...before, version: before.version + 1, turnedAt: Math.max(before.turnedAt ?? due, due) };
  switch (turn) {
    case 'counted':
      alert.seen++;
      alert.seenAt = event.seenAt!;
      break;
    case 'raised':
      alert.phase = 'firing';
      alert.firedAt = due;
      if (event.value !== undefined) alert.value = event.value;
      ask(alert, due);
      break;
    case 'acknowledged':
      alert.acknowledged = { by: by!, at: due };
      if ((alert.back ?? alert.phase) === 'firing') setPhase(alert, 'acknowledged');
      break;
    case 'taken':
      alert.owner = { by: by!, at: due };
      break;
    case 'handed-over':
      alert.group = event.group!;
      forget(alert);
      ask(alert, due);
      break;
    case 'climbed':
      alert.climbed++;
      break;
    case 'acting':
      setPhase(alert, 'actioning');
      break;
    case 'eased':
      alert.back = alert.phase;
      alert.phase = 'easing';
      alert.easingSince = due;
      alert.seen = 1;
      if (event.seenAt !== undefined) alert.seenAt = event.seenAt;
      break;
    case 'relapsed':
      alert.phase = alert.back ?? 'firing';
      drop(alert, 'back', 'easingSince');
      break;
    case 'superseded':
      alert.behind = event.behind!;
      break;
    case 'released':
      drop(alert, 'behind');
      if (isUnowned(alert)) ask(alert, due);
      break;
    case 'data-lost':
      alert.lostSince = due;
      break;
    case 'data-back':
      drop(alert, 'lostSince');
      break;
    case 'rule-changed': {
      alert.changedFrom = before.ruleVersion;
      alert.ruleVersion = rule?.version ?? before.ruleVersion;
      const severity = event.severity ?? before.severity;
      alert.severity = severity;
      if (RANK[severity] > RANK[before.severity] && isRaised(before)) {
        forget(alert);
        ask(alert, due);
      }
      // Its hold under the old lines says nothing about the new ones.
      if (alert.phase === 'easing') {
        alert.easingSince = due;
        alert.seen = 0;
      }
      break;
    }
    case 'dropped':
    case 'stood-down':
    case 'closed':
      return undefined;
    default:
      turn satisfies never;
  }
  return alert;
}

export type Turning = Pick<AlertTurned, 'turn' | 'due' | 'value' | 'severity' | 'seenAt'>;

/** What a board knows of the rule's alert: an open one, or none. */
export type Course = Pick<Alert, 'phase' | 'since' | 'seen' | 'seenAt' | 'easingSince' | 'lostSince'>;

/**
 * The turns to which the condition, judged at `at`, leads. Nothing is ever over because a value is missing: what cannot be
 * judged only adds a mark (invariant I31).
 */
export function whenJudged(rule: Rule, alert: Course | undefined, judged: Judged, at: number, mayOpen: boolean): Turning[] {
  const { value } = judged;
  const seen = judged.seenAt === undefined ? {} : { seenAt: judged.seenAt };
  if (!alert) {
    if (!judged.holds || !mayOpen) return [];
    const opened: Turning = { turn: 'opened', due: at, value, severity: rule.severity, ...seen };
    return rule.forMs <= 0 && rule.forReadings <= 1 ? [opened, { turn: 'raised', due: at, value, severity: rule.severity }] : [opened];
  }
  const raised: Turning = { turn: 'raised', due: at, value, severity: rule.severity };
  const turns: Turning[] = [];
  if (!judged.judged && !isIdle(judged)) {
    if (alert.lostSince !== undefined) return [];
    if (alert.phase === 'easing') turns.push({ turn: 'relapsed', due: at });
    turns.push({ turn: 'data-lost', due: at });
    // Readings that are missing cannot be counted, and must not keep a warning back.
    if (alert.phase === 'pending' && at >= alert.since + rule.forMs) turns.push({ turn: 'raised', due: at, severity: rule.severity });
    return turns;
  }
  if (alert.lostSince !== undefined) turns.push({ turn: 'data-back', due: at });
  const isNew = judged.seenAt !== undefined && judged.seenAt > (alert.seenAt ?? -Infinity);
  const enough = (needed: number): boolean => {
    if (isNew && alert.seen < needed) turns.push({ turn: 'counted', due: at, ...seen });
    return alert.seen + (isNew ? 1 : 0) >= needed;
  };
  switch (alert.phase) {
    case 'pending':
      if (judged.judged && !judged.holds) turns.push({ turn: 'dropped', due: at, value });
      else if (judged.holds && enough(rule.forReadings) && at >= alert.since + rule.forMs) turns.push(raised);
      break;
    case 'easing':
      if (!judged.clear) turns.push({ turn: 'relapsed', due: at, value });
      else if (enough(rule.clear.readings) && at >= alert.easingSince! + rule.clear.forMs) turns.push({ turn: 'stood-down', due: at, value });
      break;
    default:
      if (!judged.clear) break;
      turns.push({ turn: 'eased', due: at, value, ...seen });
      if (rule.clear.forMs <= 0 && rule.clear.readings <= 1) turns.push({ turn: 'stood-down', due: at, value });
  }
  return turns;
}

/** When a pending alert fires by time alone. */
export function dwellEnds(rule: Rule, alert: Course): number | undefined {
  if (alert.phase !== 'pending') return undefined;
  if (alert.seen >= rule.forReadings) return alert.since + rule.forMs;
  return alert.lostSince === undefined ? undefined : Math.max(alert.since + rule.forMs, alert.lostSince);
}

/** When an easing alert stands down by time alone, if its values stay current until then. */
export function holdEnds(rule: Rule, alert: Course): number | undefined {
  if (alert.phase !== 'easing' || alert.easingSince === undefined) return undefined;
  return alert.seen >= rule.clear.readings ? alert.easingSince + rule.clear.forMs : undefined;
}

/** When the next group of the ladder is told, and which. */
export function climbsAt(alert: Alert, group: GroupDefinition | undefined): { at: number; group: string } | undefined {
  const step = group?.climb[alert.climbed];
  if (
    !step ||
    alert.severity === 'watch' ||
    alert.behind !== undefined ||
    alert.climbFrom === undefined ||
    (alert.back ?? alert.phase) !== 'firing' ||
    alert.owner
  )
    return undefined;
  return { at: alert.climbFrom + step.afterMs, group: step.group };
}

/** Turns that a person, the clock or another rule brings about: no condition is judged for them. */
export function turned(alert: Pick<Alert, 'rule' | 'no'>, turn: Turn, due: number, more: Omit<Partial<AlertTurned>, 'kind'> = {}): AlertTurned {
  return { kind: 'AlertTurned', rule: alert.rule, no: alert.no, turn, due, ...more };
}
