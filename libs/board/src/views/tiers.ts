/**
 * What goes between cells, as a screen shows it: the oldest that waits first, with its age; cells below with the age of what is
 * known of them. A cell that is not heard has no colour: what it was is not what it is.
 */
import type { Answer, CellReport, ComeIn, PassedOn, Way } from '../cell.js';
import type { BoardId, Label } from '../definition.js';
import { declaredNow, levelNow } from '../rules/level.js';
import { TYPES } from '../rules/passing.js';
import type { SchemeLevel } from '../scheme.js';
import type { BoardState } from '../state.js';
import { MINUTE_MS } from '../time.js';
import { isIndicative } from './levels.js';

/** Reports come every five minutes; two of them missing is silence. */
export const UNHEARD_MS = 11 * MINUTE_MS;

export interface PassView {
  /** Passed on from here, or come in. */
  dir: 'out' | 'in';
  /** The other board. */
  board: BoardId;
  name: Label;
  no: number;
  way: Way;
  type: Label;
  /** The concern or action, as it was written down. */
  what?: string;
  text: string;
  by: string;
  at: number;
  ageMs: number;
  answerBy?: number;
  /** 0 while there is time, or it is answered. */
  missedMs: number;
  answer?: { answer: Answer; text: string; at: number; by: string };
}
export interface CellBelowView {
  board: BoardId;
  name: Label;
  tier: number;
  heardAt: number;
  ageMs: number;
  /** Nothing was heard for too long: numbers are of then, and nothing of it has a colour. */
  unheard: boolean;
  level?: NonNullable<CellReport['level']> & {
    /** The worst of what was worked out and declared, none where it is not known now. */
    look: SchemeLevel['look'] | 'none';
    /** What was declared was to be reviewed before now. */
    overdue: boolean;
  };
  open?: { count: number; ageMs: number; missedMs: number };
}
export interface TiersView {
  /** Without an answer: the oldest first. */
  waiting: PassView[];
  /** Answered within the last week: the newest first. */
  answered: PassView[];
  /** Worst first, then by the name of the board. */
  below: CellBelowView[];
}

const LOOKS: readonly (SchemeLevel['look'] | 'none')[] = ['critical', 'act', 'watch', 'none', 'ok'];

export function tiersView(state: BoardState, now: number): TiersView {
  const all = [
    ...Object.values(state.passed).map((one) => passView(one, 'out', one.to, now)),
    ...Object.values(state.arrived).map((one) => passView(one, 'in', one.from, now)),
  ];
  return {
    waiting: all.filter(({ answer }) => !answer).sort((a, b) => a.at - b.at || a.no - b.no),
    answered: all.filter(({ answer }) => answer).sort((a, b) => b.answer!.at - a.answer!.at || b.no - a.no),
    below: Object.entries(state.below)
      .map(([board, one]) => belowView(board, one, now))
      .sort((a, b) => LOOKS.indexOf(a.level?.look ?? 'none') - LOOKS.indexOf(b.level?.look ?? 'none') || Number(a.board > b.board) - Number(a.board < b.board)),
  };
}

function passView(one: PassedOn | ComeIn, dir: PassView['dir'], board: BoardId, now: number): PassView {
  const { no, way, type, text, what, at, answerBy, by, name = { en: board, cy: board }, answer } = one;
  return {
    dir,
    board,
    name,
    no,
    way,
    type: TYPES[way][type] ?? { en: type, cy: type },
    ...(what === undefined ? {} : { what }),
    text,
    by: by.name,
    at,
    ageMs: (answer?.at ?? now) - at,
    ...(answerBy === undefined ? {} : { answerBy }),
    missedMs: answer || answerBy === undefined ? 0 : Math.max(0, now - answerBy),
    ...(answer && { answer: { ...answer, by: answer.by.name } }),
  };
}

function belowView(board: BoardId, { name, tier, at, level, open }: BoardState['below'][string], now: number): CellBelowView {
  const unheard = now - at > UNHEARD_MS;
  const view: CellBelowView = { board, name, tier, heardAt: at, ageMs: now - at, unheard };
  if (level) {
    const overdue = level.declared !== undefined && now > level.declared.reviewBy;
    // A word whose time is over says nothing good any more; what it said of bad stands until somebody looks.
    const looks = [level.calculated?.look, overdue && level.declared?.look === 'ok' ? undefined : level.declared?.look];
    const look = LOOKS.find((one) => looks.includes(one as SchemeLevel['look'])) ?? 'none';
    view.level = { ...level, look: unheard ? 'none' : look, overdue };
  }
  if (open) view.open = { count: open.count, ageMs: now - open.since, missedMs: open.answerBy === undefined ? 0 : Math.max(0, now - open.answerBy) };
  return view;
}

/** What a board says of itself to the cell above. */
export function reportOf(state: BoardState, of: CellReport['of'], now: number): CellReport | undefined {
  const { definition } = state;
  if (!definition?.cell) return undefined;
  const waiting = Object.values(state.passed).filter(({ answer }) => !answer);
  const promised = waiting.flatMap(({ answerBy }) => answerBy ?? []);
  const level = levelOf(state, now);
  return {
    name: definition.name,
    tier: definition.cell.tier,
    of,
    ...(level && { level }),
    ...(waiting.length > 0 && {
      open: {
        count: waiting.length,
        since: Math.min(...waiting.map(({ at }) => at)),
        ...(promised.length > 0 && { answerBy: Math.min(...promised) }),
      },
    }),
  };
}

/** The first level of the whole that says anything, as the header of its own wall has it. */
function levelOf(state: BoardState, now: number): CellReport['level'] {
  const response = state.definition?.response;
  if (!response) return undefined;
  const whole = Object.values(response.levels).filter(({ provider }) => provider === undefined);
  const found = whole.find(({ id }) => state.levels[id]?.high !== undefined || declaredNow(state, id)) ?? whole[0];
  if (!found) return undefined;
  const scheme = response.schemes[found.scheme]!;
  // A number the scheme does not know looks like the worst it has.
  const look = (n: number): SchemeLevel['look'] => scheme.levels.find((one) => one.n === n)?.look ?? 'critical';
  const { low, high, since } = state.levels[found.id] ?? {};
  const worked = levelNow(state, found.id, now);
  const declared = declaredNow(state, found.id);
  return {
    mark: scheme.mark,
    indicative: isIndicative(state, found.id),
    ...(worked &&
      low !== undefined &&
      high !== undefined &&
      since !== undefined && { calculated: { low, high, look: look(high), since, known: worked.known, of: worked.of } }),
    ...(declared && { declared: { n: declared.n, look: look(declared.n), at: declared.at, reviewBy: declared.reviewBy } }),
  };
}
