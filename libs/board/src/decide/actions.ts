/** Actions (who does what by when), how far they are, and the steps of action cards. */
import type { FigureId, ProviderId } from '../definition.js';
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
  /** … from a figure, a concern or a goal, or from nothing that is on the board. */
  figure?: FigureId;
  concern?: number;
  goal?: number;
  /** Whose organisation it is in. */
  provider?: ProviderId;
  by: Person;
}

export function raiseAction(
  state: BoardState,
  { what, owner, due, alert: alertNo, figure, concern, goal, provider, by }: RaiseAction,
  at: number,
): Decision<{ no: number } | { refused: Refused }> {
  if (due <= at) return refuse('due', 'already-over', 'The moment by which it is to be done is in the past.');
  const { definition } = state;
  if (figure !== undefined && !definition?.series[figure] && !definition?.rollups[figure])
    return refuse('figure', 'unknown-figure', `This board has no figure "${figure}".`);
  if (concern !== undefined && !state.concerns[concern]) return refuse('concern', 'unknown-concern', `There is no open concern ${concern}; it may be closed.`);
  if (goal !== undefined && !state.goals[goal]) return refuse('goal', 'unknown-goal', `There is no open goal ${goal}; it may be closed.`);
  if (provider !== undefined && !definition?.providers[provider]) return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  const no = state.counts.actions + 1;
  const alert = alertNo === undefined ? undefined : Object.values(state.alerts).find((one) => one.no === alertNo);
  if (alertNo !== undefined && !alert)
    return refuse('alert', 'unknown-alert', `There is no open alert ${alertNo}; it may be over. The action can be raised from its figure.`);
  const raised: BoardEvent = { kind: 'ActionRaised', no, what, owner, due, by };
  if (figure !== undefined) raised.figure = figure;
  if (concern !== undefined) raised.concern = concern;
  if (goal !== undefined) raised.goal = goal;
  if (provider !== undefined) raised.provider = provider;
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

export interface ProgressAction {
  no: number;
  /** Left out: as far as it was, and only a word about it. */
  quarters?: Quarters;
  note?: string;
  by: Person;
}
export type Quarters = 0 | 1 | 2 | 3 | 4;

/** How far it is. Four quarters are not yet a closed action: that needs its result. */
export function progressAction(state: BoardState, { no, quarters, note, by }: ProgressAction): Decision<{ no: number } | { refused: Refused }> {
  const action = state.actions[no];
  if (!action) return refuse('no', 'unknown-action', `There is no open action ${no}; it may be closed.`);
  if (quarters === undefined && note === undefined) return refuse('quarters', 'nothing-said', 'Say how far it is, or write a word about it.');
  const event: BoardEvent = { kind: 'ActionProgressed', no, quarters: quarters ?? action.quarters ?? 0, by };
  return { events: [note === undefined ? event : { ...event, note }], outcome: { no } };
}

export interface ChangeAction {
  no: number;
  owner?: string;
  provider?: ProviderId;
  due?: number;
  reason: string;
  by: Person;
}

/** Another owner or another moment is agreed, with the reason why; the chasing begins anew with a new moment. */
export function changeAction(
  state: BoardState,
  { no, owner, provider, due, reason, by }: ChangeAction,
  at: number,
): Decision<{ no: number } | { refused: Refused }> {
  const action = state.actions[no];
  if (!action) return refuse('no', 'unknown-action', `There is no open action ${no}; it may be closed.`);
  if (provider !== undefined && !state.definition?.providers[provider])
    return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  if (due !== undefined && due <= at) return refuse('due', 'already-over', 'The moment by which it is to be done is in the past.');
  const event: Extract<BoardEvent, { kind: 'ActionChanged' }> = { kind: 'ActionChanged', no, reason, by };
  if (owner !== undefined && owner !== action.owner) event.owner = owner;
  if (provider !== undefined && provider !== action.provider) event.provider = provider;
  if (due !== undefined && due !== action.due) event.due = due;
  if (event.owner === undefined && event.provider === undefined && event.due === undefined)
    return refuse('owner', 'nothing-new', 'Name another owner, another organisation or another moment.');
  return { events: [event], outcome: { no } };
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
