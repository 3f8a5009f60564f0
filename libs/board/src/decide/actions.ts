/** Actions (who does what by when) and the steps of action cards. */
import type { FigureId } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { CardId } from '../response.js';
import { isRaised, turned } from '../rules/alert.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

function refuse(field: string, code: string, detail: string): Decision<{ refused: Refused }> {
  return { events: [], outcome: { refused: { field, code, detail } } };
}

export interface RaiseAction {
  what: string;
  owner: string;
  due: number;
  /** From an alert, by its number … */
  alert?: number;
  /** … from a figure, or from nothing that is on the board. */
  figure?: FigureId;
  by: Person;
}

export function raiseAction(
  state: BoardState,
  { what, owner, due, alert: alertNo, figure, by }: RaiseAction,
  at: number,
): Decision<{ no: number } | { refused: Refused }> {
  if (due <= at) return refuse('due', 'already-over', 'The moment by which it is to be done is in the past.');
  const { definition } = state;
  if (figure !== undefined && !definition?.series[figure] && !definition?.rollups[figure])
    return refuse('figure', 'unknown-figure', `This board has no figure "${figure}".`);
  const no = state.counts.actions + 1;
  const alert = alertNo === undefined ? undefined : Object.values(state.alerts).find((one) => one.no === alertNo);
  if (alertNo !== undefined && !alert)
    return refuse('alert', 'unknown-alert', `There is no open alert ${alertNo}; it may be over. The action can be raised from its figure.`);
  const raised: BoardEvent = { kind: 'ActionRaised', no, what, owner, due, by };
  if (figure !== undefined) raised.figure = figure;
  if (!alert) return { events: [raised], outcome: { no } };
  raised.rule = alert.rule;
  raised.alert = alert.no;
  const isFirst = isRaised(alert) && (alert.back ?? alert.phase) !== 'actioning';
  return { events: [raised, ...(isFirst ? [turned(alert, 'acting', at, { by })] : [])], outcome: { no } };
}

export function closeAction(
  state: BoardState,
  { no, result, by }: { no: number; result: string; by: Person },
): Decision<{ no: number } | { refused: Refused }> {
  if (!state.actions[no]) return refuse('no', 'unknown-action', `There is no open action ${no}; it may be closed.`);
  return { events: [{ kind: 'ActionClosed', no, result, by }], outcome: { no } };
}

export interface TickStep {
  card: CardId;
  run: string;
  step: string;
  /** Why it cannot be done. */
  cannot?: string;
  by: Person;
}

/** The card that may be begun for `run` now: that of an open alert, or of a level that holds. */
function mayBegin(state: BoardState, card: CardId, run: string): boolean {
  const response = state.definition?.response;
  const [kind, id = '', n, from] = run.split(':');
  if (kind === 'alert') {
    const alert = Object.values(state.alerts).find(({ no }) => String(no) === id);
    const of = alert && state.rules[alert.rule];
    return alert !== undefined && isRaised(alert) && (of?.rule ?? of?.was)?.card === card;
  }
  const level = response?.cards[card]?.level;
  if (kind !== 'level' || !level || level.scheme !== response?.levels[id]?.scheme || String(level.n) !== n) return false;
  const declared = state.declared[id];
  const worked = state.levels[id];
  return (declared?.n === level.n && String(declared.at) === from) || (worked?.high === level.n && String(worked.since) === from);
}

/** A step that could not be done may be done after all; one that is done stays done. */
export function tickStep(state: BoardState, { card, run, step, cannot, by }: TickStep): Decision<{ changed: boolean } | { refused: Refused }> {
  const known = state.definition?.response?.cards[card];
  if (!known) return refuse('card', 'unknown-card', `This board has no action card "${card}".`);
  if (!known.steps.some(({ id }) => id === step)) return refuse('step', 'unknown-step', `The card "${card}" has no step "${step}".`);
  const begun = state.cards[run];
  if (begun ? begun.card !== card : !mayBegin(state, card, run))
    return refuse('run', 'unknown-run', `The card "${card}" is not in use for "${run}"; that may be over.`);
  const before = begun?.steps[step];
  if (before && (before.cannot === undefined || before.cannot === cannot)) return { events: [], outcome: { changed: false } };
  const event = { kind: 'CardStepTicked' as const, card, run, step, by };
  return { events: [cannot === undefined ? event : { ...event, cannot }], outcome: { changed: true } };
}
