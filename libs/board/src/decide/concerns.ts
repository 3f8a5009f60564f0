/**
 * Concerns: what is not as it should be, what contains it, why it is so, and what will end it (concern, cause, countermeasure).
 * Source: the 3C sheet of lean management; one figure has one open concern, so that all that is known of it stands in one place.
 */
import type { About, Concern, ConcernStatus } from '../cell.js';
import type { BoardDefinition, FigureId, ProviderId } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** A measure may go without a concern for so long; then somebody looks again. */
export const DECLINED_LONGEST_MS = 31 * DAY_MS;

export type ConcernOutcome = { no: number } | { refused: Refused };

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });

export interface RaiseConcern {
  text: string;
  /** A tile stands for its headline's figure. */
  about: About;
  provider?: ProviderId;
  owner?: string;
  due?: number;
  containment?: string;
  by: Person;
}

export function raiseConcern(state: BoardState, { about: said, ...command }: RaiseConcern, at: number): Decision<ConcernOutcome> {
  const { definition } = state;
  const headline = said.tile === undefined ? undefined : definition?.tiles[said.tile]?.headline;
  const figure = said.figure ?? headline;
  const about: About = figure === undefined ? said : { ...said, figure };
  const fault = aboutFault(state, about) ?? detailFault(state, command, at);
  if (fault) return fault;
  const open = figure === undefined ? undefined : concernOf(state, figure);
  if (open) return refuse('about.figure', 'has-concern', `Concern ${open.no} is open about this figure; write there what you know.`);
  const no = (state.counts.concerns ?? 0) + 1;
  return { events: [{ kind: 'ConcernRaised', no, about, ...command }], outcome: { no } };
}

/** The open concern of a figure; there is never more than one. */
export function concernOf(state: BoardState, figure: FigureId): Concern | undefined {
  return Object.values(state.concerns).find(({ about }) => about.figure === figure);
}

export interface ChangeConcern {
  no: number;
  status?: ConcernStatus;
  containment?: string;
  cause?: string;
  countermeasure?: string;
  owner?: string;
  provider?: ProviderId;
  due?: number;
  by: Person;
}

/** What each status says must be written down. */
const SAYS = {
  contained: ['containment'],
  'cause-known': ['cause'],
  countermeasure: ['cause', 'countermeasure', 'owner', 'due'],
  checking: ['cause', 'countermeasure', 'owner', 'due'],
} as const satisfies Partial<Record<ConcernStatus, readonly (keyof Concern)[]>>;

export function changeConcern(state: BoardState, { no, by, ...changes }: ChangeConcern, at: number): Decision<ConcernOutcome> {
  const concern = state.concerns[no];
  if (!concern) return unknown(no);
  // A moment that has passed since may stand; a new one lies ahead.
  const fault = detailFault(state, changes.due === concern.due ? { ...changes, due: undefined } : changes, at);
  if (fault) return fault;
  const after = { ...concern, ...changes };
  const missing = after.status === 'open' ? undefined : SAYS[after.status].find((field) => after[field] === undefined);
  if (changes.status !== undefined && missing) return refuse(missing, 'missing', `For "${after.status}" the ${WORDS[missing]} must be written down.`);
  const news = Object.entries(changes).filter(([field, value]) => value !== concern[field as keyof Concern]);
  if (news.length === 0) return { events: [], outcome: { no } };
  return { events: [{ kind: 'ConcernChanged', no, ...(Object.fromEntries(news) as Omit<ChangeConcern, 'no' | 'by'>), by }], outcome: { no } };
}

const WORDS = {
  containment: 'containment',
  cause: 'cause',
  countermeasure: 'countermeasure',
  owner: 'owner',
  due: 'moment by which it is to be done',
} as const;

export interface CloseConcern {
  no: number;
  /** What came of it. */
  result: string;
  /** Under which others will look for it. */
  tags: string[];
  by: Person;
}

export function closeConcern(state: BoardState, { no, result, tags, by }: CloseConcern): Decision<ConcernOutcome> {
  if (!state.concerns[no]) return unknown(no);
  const known = [...new Set(tags.map((tag) => tag.trim().toLowerCase()).filter(Boolean))];
  if (known.length === 0) return refuse('tags', 'missing', 'Give at least one word under which others will find it.');
  return { events: [{ kind: 'ConcernClosed', no, result, tags: known, by }], outcome: { no } };
}

export interface DeclineConcern {
  figure: FigureId;
  reason: string;
  until: number;
  by: Person;
}

/** An off-target measure that needs no concern for now, and why. */
export function declineConcern(state: BoardState, command: DeclineConcern, at: number): Decision<{ done: true } | { refused: Refused }> {
  const { figure, until } = command;
  if (!isFigure(state.definition, figure)) return refuse('figure', 'unknown-figure', `This board has no figure "${figure}".`);
  const open = concernOf(state, figure);
  if (open) return refuse('figure', 'has-concern', `Concern ${open.no} is open about this figure.`);
  if (until <= at) return refuse('until', 'already-over', 'The end is in the past.');
  if (until > at + DECLINED_LONGEST_MS) return refuse('until', 'too-long', 'A reason holds for 31 days at most; then look again.');
  return { events: [{ kind: 'ConcernDeclined', ...command }], outcome: { done: true } };
}

/** A closed concern of another cell, to be gone on with here. */
export interface CopiedConcern {
  from: { board: string; no: number };
  text: string;
  cause?: string;
  countermeasure?: string;
  by: Person;
}

/** It begins anew here with what was learned there: no figure, owner or moment of another cell comes with it. */
export function copyConcern(state: BoardState, { from, text, cause, countermeasure, by }: CopiedConcern): Decision<ConcernOutcome> {
  const no = (state.counts.concerns ?? 0) + 1;
  const raised: BoardEvent = { kind: 'ConcernRaised', no, text: `${text} (${from.board} ${from.no})`, about: {}, by };
  const known = { ...(cause === undefined ? {} : { cause }), ...(countermeasure === undefined ? {} : { countermeasure }) };
  return { events: Object.keys(known).length === 0 ? [raised] : [raised, { kind: 'ConcernChanged', no, ...known, by }], outcome: { no } };
}

function unknown(no: number): Decision<{ refused: Refused }> {
  return refuse('no', 'unknown-concern', `There is no open concern ${no}; it may be closed.`);
}

function isFigure(definition: BoardDefinition | null, figure: FigureId): boolean {
  return definition?.series[figure] !== undefined || definition?.rollups[figure] !== undefined;
}

function aboutFault(state: BoardState, { figure, tile, alert, action, goal, concern }: About): Decision<{ refused: Refused }> | undefined {
  if (tile !== undefined && !state.definition?.tiles[tile]) return refuse('about.tile', 'unknown-tile', `This board has no tile "${tile}".`);
  if (figure !== undefined && !isFigure(state.definition, figure)) return refuse('about.figure', 'unknown-figure', `This board has no figure "${figure}".`);
  if (alert !== undefined && !Object.values(state.alerts).some(({ no }) => no === alert))
    return refuse('about.alert', 'unknown-alert', `There is no open alert ${alert}; it may be over.`);
  if (action !== undefined && !state.actions[action]) return refuse('about.action', 'unknown-action', `There is no open action ${action}.`);
  if (goal !== undefined && !state.goals[goal]) return refuse('about.goal', 'unknown-goal', `There is no open goal ${goal}.`);
  if (concern !== undefined && !state.concerns[concern]) return refuse('about.concern', 'unknown-concern', `There is no open concern ${concern}.`);
  return undefined;
}

function detailFault(
  state: BoardState,
  { provider, due }: { provider?: ProviderId; due?: number | undefined },
  at: number,
): Decision<{ refused: Refused }> | undefined {
  if (provider !== undefined && !state.definition?.providers[provider])
    return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  if (due !== undefined && due <= at) return refuse('due', 'already-over', 'The moment by which it is to be done is in the past.');
  return undefined;
}
