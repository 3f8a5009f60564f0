/**
 * Passing between cells: a concern or an action up, word for all down, a question for help sideways; and the answer back. The
 * two boards have a journal each, so each half is decided on its own: what arrives twice is journaled once (docs/adr/0026).
 */
import type { About, Answer, CellReport, ComeIn, PassedOn, Way } from '../cell.js';
import type { BoardId, Label } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import { ANSWERS, LONGEST_MS, TYPES, USUALLY_MS } from '../rules/passing.js';
import type { BoardState } from '../state.js';
import { MINUTE_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });
const led = (...events: BoardEvent[]): Decision<object> => ({ events, outcome: {} });
const NOTHING = led();

/** The cells around one, by way, with what they are called. Only to these anything is passed. */
export type Neighbours = Readonly<Record<Way, Readonly<Record<BoardId, Label>>>>;

export interface PassOn {
  way: Way;
  /** Left out: all of them that way. */
  to?: BoardId;
  type: string;
  /** Up: why; down: the message; sideways: what is needed. */
  text: string;
  about?: Pick<About, 'concern' | 'action'>;
  answerBy?: number;
  by: Person;
}

/** `nos`: what each is known by here, in the order of the neighbours. */
export function passOn(state: BoardState, command: PassOn, neighbours: Neighbours, at: number): Decision<{ nos: number[] } | { refused: Refused }> {
  const { way, to, type, text, about = {}, answerBy = at + USUALLY_MS[way], by } = command;
  const there = neighbours[way];
  const boards = to === undefined ? Object.keys(there) : [to];
  if (boards.length === 0) return refuse('way', 'nobody-there', `This board has no cell to pass anything ${way} to; its definition says which there are.`);
  const stranger = boards.find((board) => !Object.hasOwn(there, board));
  if (stranger !== undefined) return refuse('to', 'no-neighbour', `"${stranger}" is no cell ${NAMES[way]} this board.`);
  if (!Object.hasOwn(TYPES[way], type)) return refuse('type', 'unknown-type', `Choose one of: ${Object.keys(TYPES[way]).join(', ')}.`);
  if (answerBy <= at) return refuse('answerBy', 'already-over', 'The moment for the answer is in the past.');
  if (answerBy > at + LONGEST_MS) return refuse('answerBy', 'too-long', 'Ask for an answer within seven days.');
  const what = subject(state, about);
  if (way === 'up' && Object.keys(about).length === 0) return refuse('about', 'missing', 'Say which concern or action is passed up.');
  if (what === undefined && Object.keys(about).length > 0) return refuse('about', 'not-open', 'Name one open concern or one open action of this board.');
  const open = Object.values(state.passed).find((one) => !one.answer && boards.includes(one.to) && isSame(one, command));
  if (open) return refuse('about', 'waits-already', `It was passed there as number ${open.no} and waits for its answer.`);
  const first = (state.counts.passed ?? 0) + 1;
  const events = boards.map((board, i): BoardEvent => ({
    kind: 'Passed',
    no: first + i,
    way,
    to: board,
    name: there[board]!,
    type,
    text,
    ...(what === undefined ? {} : { about, what }),
    answerBy,
    by,
  }));
  return { events, outcome: { nos: boards.map((_, i) => first + i) } };
}

const NAMES: Readonly<Record<Way, string>> = { up: 'above', down: 'below', sideways: 'beside' };

/** The one open thing it is about, as it was written down. */
function subject(state: BoardState, { concern, action }: Pick<About, 'concern' | 'action'>): string | undefined {
  if (concern !== undefined && action !== undefined) return undefined;
  return concern === undefined ? state.actions[action ?? 0]?.what : state.concerns[concern]?.text;
}

/** Of something with a number the number counts; of a word or a question its text. */
function isSame(one: PassedOn, { way, type, text, about = {} }: PassOn): boolean {
  if (one.way !== way) return false;
  if (Object.keys(about).length === 0) return one.about === undefined && one.type === type && one.text === text;
  return one.about?.concern === about.concern && one.about?.action === about.action;
}

/** What another cell has passed here comes in, once. */
export function takeIn(state: BoardState, from: BoardId, name: Label | undefined, passed: PassedOn): Decision<object> {
  if (state.arrived[`${from}:${passed.no}`]) return NOTHING;
  const { no, way, type, text, what, answerBy, by } = passed;
  return led({
    kind: 'Arrived',
    from,
    ...(name && { name }),
    no,
    way,
    type,
    text,
    ...(what === undefined ? {} : { what }),
    ...(answerBy === undefined ? {} : { answerBy }),
    by,
  });
}

export interface AnswerPassed {
  from: BoardId;
  no: number;
  answer: Answer;
  text: string;
  by: Person;
}

/** Once and for all: who thinks better of it says so with a message of their own. */
export function answerPassed(state: BoardState, { from, no, answer, text, by }: AnswerPassed): Decision<{ no: number } | { refused: Refused }> {
  const one = state.arrived[`${from}:${no}`];
  if (!one) return refuse('no', 'unknown-passed', `Nothing came from "${from}" under number ${no}.`);
  if (one.answer) return refuse('no', 'answered', `${one.answer.by.name} has answered it: ${one.answer.answer}.`);
  if (!ANSWERS[one.way].includes(answer)) return refuse('answer', 'no-such-answer', `Answer with one of: ${ANSWERS[one.way].join(', ')}.`);
  if (text === '' && answer !== 'noted') return refuse('text', 'missing', answer === 'yes' ? 'Say what will be done, and when.' : 'Say why not.');
  return { events: [{ kind: 'Answered', from, no, answer, text, by }], outcome: { no } };
}

/** The answer comes back to where it was asked, once. */
export function takeBack(state: BoardState, from: BoardId, { no, answer }: ComeIn): Decision<object> {
  const passed = state.passed[no];
  if (!answer || !passed || passed.to !== from || passed.answer) return NOTHING;
  return led({ kind: 'AnswerArrived', no, answer: answer.answer, text: answer.text, by: answer.by });
}

/** A report that says nothing new is journaled so often, for its silence to show. */
export const REPORTED_EVERY_MS = 5 * MINUTE_MS;

/** How a cell below stands. `null`: it is below no longer. Who read an older state of it than was told already is not heard. */
export function takeReport(state: BoardState, from: BoardId, report: CellReport | null, at: number): Decision<object> {
  const known = state.below[from];
  if (!report) return known ? led({ kind: 'CellReported', from, report: null }) : NOTHING;
  if (known && known.of.epoch === report.of.epoch && report.of.seq < known.of.seq) return NOTHING;
  if (known && at - known.at < REPORTED_EVERY_MS && says(known) === says(report)) return NOTHING;
  return led({ kind: 'CellReported', from, report });
}

function says({ name, tier, level, open }: CellReport): string {
  return JSON.stringify([name, tier, level?.mark, level?.indicative, level?.calculated, level?.declared, open]);
}
