/** What people owe each other: numbers are given once, nothing open is lost, one figure has one concern; and a box a day. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeAction, closeAction, progressAction, raiseAction } from '../src/decide/actions.js';
import { closeConcern, copyConcern, declineConcern, DECLINED_LONGEST_MS, raiseConcern } from '../src/decide/concerns.js';
import type { Decision } from '../src/decide/decision.js';
import { defineBoard } from '../src/decide/define-board.js';
import { answerIdea, proposeIdea } from '../src/decide/ideas.js';
import { comeDue } from '../src/decide/react.js';
import type { BoardDefinition } from '../src/definition.js';
import type { BoardEvent } from '../src/events.js';
import { Fold } from '../src/evolve.js';
import { periodsWithin, type Tally } from '../src/spc/periods.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { DAY_MS, HOUR_MS, isoDate, localDay, momentOfLocal } from '../src/time.js';
import { concernsView } from '../src/views/concerns.js';
import { dayRows, valueOver } from '../src/views/days.js';
import { boardOf } from './board.js';

const START = Date.parse('2026-01-16T08:00:00Z');
const by = { id: 'x', name: 'X' };
const FIGURES = ['ed.waiting@north', 'ed.waiting@south', 'beds@north'];
const sketch = boardOf({
  feeds: { north: { every: '1h', grace: '30m', limit: '4h' }, south: { every: '1h', grace: '30m', limit: '4h' } },
  series: { 'ed.waiting@north': { feed: 'north' }, 'ed.waiting@south': { feed: 'south' }, 'beds@north': { feed: 'north' } },
  rollups: { 'ed.waiting@system': { how: 'sum', of: ['ed.waiting@north', 'ed.waiting@south'] } },
  rules: { 'crowded@north': { when: { line: 'ed.waiting@north', is: 'over 60' } } },
  cell: { times: [{ at: '08:15' }], measures: { 'ed.waiting@system': 'under 50', 'beds@north': 'at least 10' } },
});

class Board {
  state: BoardState = emptyBoard;
  now = START;
  readonly events: BoardEvent[] = [];

  constructor() {
    this.do((state) => defineBoard(state, sketch));
  }
  do<Outcome>(decide: (state: BoardState, at: number) => Decision<Outcome>): Outcome {
    const fold = new Fold(this.state);
    this.events.push(...comeDue(fold, this.now));
    const { events, outcome } = decide(fold.peek, this.now);
    for (const event of events) fold.apply(event, this.now);
    this.events.push(...events);
    this.state = fold.finish();
    return outcome;
  }
}

const number = fc.integer({ min: 1, max: 12 });
const figure = fc.option(fc.constantFrom(...FIGURES), { nil: undefined });
const hours = fc.integer({ min: 1, max: 60 });
type Deed = (board: Board) => unknown;
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ owner: fc.constantFrom('duty', 'Sam'), hours }).map(
    ({ owner, hours: ahead }): Deed =>
      (board) =>
        board.do((state, at) => raiseAction(state, { what: 'w', owner, due: at + ahead * HOUR_MS, by }, at)),
  ),
  number.map(
    (no): Deed =>
      (board) =>
        board.do((state) => closeAction(state, { no, result: 'r', by })),
  ),
  number.map(
    (no): Deed =>
      (board) =>
        board.do((state) => progressAction(state, { no, quarters: 2, by })),
  ),
  fc.record({ no: number, hours }).map(
    ({ no, hours: ahead }): Deed =>
      (board) =>
        board.do((state, at) => changeAction(state, { no, due: at + ahead * HOUR_MS, reason: 'r', by }, at)),
  ),
  figure.map(
    (one): Deed =>
      (board) =>
        board.do((state, at) => raiseConcern(state, { text: 't', about: one === undefined ? {} : { figure: one }, by }, at)),
  ),
  number.map(
    (no): Deed =>
      (board) =>
        board.do((state) => closeConcern(state, { no, result: 'r', tags: ['t'], by })),
  ),
  number.map(
    (no): Deed =>
      (board) =>
        board.do((state) => copyConcern(state, { from: { board: 'other', no }, text: 't', cause: 'c', by })),
  ),
  fc.constantFrom(...FIGURES).map(
    (one): Deed =>
      (board) =>
        board.do((state, at) => declineConcern(state, { figure: one, reason: 'r', until: at + DECLINED_LONGEST_MS, by }, at)),
  ),
  fc.constant<Deed>((board) => board.do((state) => proposeIdea(state, { text: 't', by }))),
  number.map(
    (no): Deed =>
      (board) =>
        board.do((state) => answerIdea(state, { no, accepted: false, answer: 'a', by })),
  ),
  fc.integer({ min: 1, max: 40 }).map(
    (ahead): Deed =>
      (board) =>
        (board.now += ahead * HOUR_MS),
  ),
  fc.constant<Deed>((board) => board.do((state) => defineBoard(state, sketch))),
);

/** Numbers as the journal gave them, and which of them are still open: a count of its own, from events alone. */
function ledger(events: readonly BoardEvent[]): { given: Record<string, number[]>; open: Record<string, number[]> } {
  const given: Record<string, number[]> = { action: [], concern: [], idea: [] };
  const closed: Record<string, number[]> = { action: [], concern: [] };
  for (const event of events) {
    if (event.kind === 'ActionRaised') given['action']!.push(event.no);
    if (event.kind === 'ConcernRaised') given['concern']!.push(event.no);
    if (event.kind === 'IdeaProposed') given['idea']!.push(event.no);
    if (event.kind === 'ActionClosed') closed['action']!.push(event.no);
    if (event.kind === 'ConcernClosed') closed['concern']!.push(event.no);
  }
  const open = Object.fromEntries(Object.entries(closed).map(([kind, over]) => [kind, given[kind]!.filter((no) => !over.includes(no))]));
  return { given, open };
}

function holds({ state, events }: Pick<Board, 'state' | 'events'>): void {
  const { given, open } = ledger(events);
  for (const numbers of Object.values(given)) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  expect(Object.keys(state.actions).map(Number)).toEqual(open['action']);
  expect(Object.keys(state.concerns).map(Number)).toEqual(open['concern']);
  const figures = Object.values(state.concerns).flatMap(({ about }) => about.figure ?? []);
  expect(new Set(figures).size).toBe(figures.length);
}

describe('whatever is raised, moved and closed in whatever order', () => {
  test('numbers are given once, in order; what is not closed is there; a figure has one open concern', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const board = new Board();
        for (const one of deeds) one(board);
        holds(board);
      }),
    );
  });

  test('an action is told of beforehand at most once a promise, and chased only when it is late', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const board = new Board();
        for (const one of deeds) one(board);
        const due = new Map<number, number>();
        const reminded = new Set<number>();
        for (const event of board.events) {
          if (event.kind === 'ActionRaised') due.set(event.no, event.due);
          if (event.kind === 'ActionChanged' && event.due !== undefined) {
            due.set(event.no, event.due);
            reminded.delete(event.no);
          }
          if (event.kind === 'ActionReminded') {
            expect(reminded.has(event.no)).toBe(false);
            reminded.add(event.no);
          }
          if (event.kind === 'ActionChased' || event.kind === 'ActionEscalated') expect(due.get(event.no)!).toBeLessThanOrEqual(board.now);
        }
      }),
    );
  });

  test('control: a fold that loses an action as the day turns, or gives a number twice, is found', () => {
    const board = new Board();
    board.do((state, at) => raiseAction(state, { what: 'w', owner: 'duty', due: at + HOUR_MS, by }, at));
    board.do((state, at) => raiseAction(state, { what: 'w', owner: 'duty', due: at + HOUR_MS, by }, at));
    holds(board);
    const { 1: _lost, ...left } = board.state.actions;
    expect(() => holds({ state: { ...board.state, actions: left }, events: board.events })).toThrow();
    expect(() => holds({ state: board.state, events: [...board.events, board.events.at(-1)!] })).toThrow();
  });
});

describe('what cannot be judged is never counted as good', () => {
  test('a measure without data stands apart from those on target', () => {
    const { offTarget, unjudged } = concernsView(new Board().state, START);
    expect(offTarget).toEqual([]);
    expect(unjudged.map(({ figure: one }) => one).sort()).toEqual(['beds@north', 'ed.waiting@north', 'ed.waiting@south', 'ed.waiting@system']);
  });
});

describe('day boxes', () => {
  const definition = new Board().state.definition as BoardDefinition;
  const { zone } = definition;
  const tally = (at: number, value: number): Tally => ({ at, n: 1, sum: value, min: value, max: value, last: value });

  test('one a local day, over the hour that is left out in spring; half a roll-up is no data', () => {
    const first = localDay(zone, Date.parse('2026-03-28T12:00:00Z'));
    const days = periodsWithin(zone, 'day', momentOfLocal(zone, first, 0), momentOfLocal(zone, first + 3, 0));
    expect(days.map(({ from, to }) => (to - from) / HOUR_MS)).toEqual([24, 23, 24]);
    const at = days.map(({ from }) => from + 12 * HOUR_MS);
    const hoursOf = new Map([
      ['ed.waiting@north', [tally(at[0]!, 20), tally(at[1]!, 40), tally(at[2]!, 10)]],
      ['ed.waiting@south', [tally(at[0]!, 20), tally(at[1]!, 20)]],
      ['beds@north', [tally(days[1]!.to - HOUR_MS, 10)]],
    ]);
    const [system, beds] = dayRows(definition, days, hoursOf, days[2]!.from + 1);
    expect(system!.boxes.map(({ day, value, verdict, running }) => [day, value, verdict, running ?? false])).toEqual([
      ['2026-03-28', 40, 'good', false],
      ['2026-03-29', 60, 'not-good', false],
      ['2026-03-30', null, 'no-data', true],
    ]);
    expect(beds!.boxes.map(({ verdict }) => verdict)).toEqual(['no-data', 'good', 'no-data']);
  });

  test('the greatest of a sum is looked for hour by hour: parts need not peak together', () => {
    const hoursOf = new Map([
      ['ed.waiting@north', [tally(0, 50), tally(HOUR_MS, 10)]],
      ['ed.waiting@south', [tally(0, 5), tally(HOUR_MS, 40)]],
    ]);
    expect(valueOver(definition, 'ed.waiting@system', hoursOf, 'max')).toBe(55);
    expect(valueOver(definition, 'gone@north', hoursOf, 'mean')).toBeNull();
  });

  test('every box is judged by the band, and a day that has no reading has no data', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 99 })), { minLength: 1, maxLength: 40 }), (values) => {
        const first = localDay(zone, START);
        const days = periodsWithin(zone, 'day', momentOfLocal(zone, first, 0), momentOfLocal(zone, first + values.length, 0));
        const tallies = values.flatMap((value, i) => (value === null ? [] : [tally(days[i]!.from + HOUR_MS, value)]));
        const boxes = dayRows(definition, days, new Map([['beds@north', tallies]]), START + 365 * DAY_MS)[1]!.boxes;
        expect(boxes.map(({ verdict }) => verdict)).toEqual(values.map((value) => (value === null ? 'no-data' : value >= 10 ? 'good' : 'not-good')));
        expect(boxes.map(({ day }) => day)).toEqual(values.map((_, i) => isoDate(first + i)));
      }),
    );
  });
});
