import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CellReport } from '../src/cell.js';
import type { Decision } from '../src/decide/decision.js';
import { answerPassed, passOn, takeBack, takeIn, takeReport } from '../src/decide/pass-on.js';
import type { BoardEvent } from '../src/events.js';
import { evolve } from '../src/evolve.js';
import type { BoardState } from '../src/state.js';
import { MINUTE_MS } from '../src/time.js';
import { changesBetween } from '../src/views/changes.js';
import { reportOf, tiersView, UNHEARD_MS } from '../src/views/tiers.js';
import { SMALL_STATE, START } from './arbitraries.js';

const by = { id: 'lead', name: 'Lead' };
const label = (text: string): { en: string; cy: string } => ({ en: text, cy: text });
const AROUND = { up: {}, down: { ward: label('Ward') }, sideways: { next: label('Next door') } };

type Step = 'pass' | 'carry' | 'answer' | 'bring back';
const steps = fc.array(fc.constantFrom<Step>('pass', 'carry', 'answer', 'bring back'), { maxLength: 40 });

/** Two boards and a carrier that may come at any time, or several of them one after the other. */
class Pair {
  asking: BoardState = SMALL_STATE;
  answering: BoardState = SMALL_STATE;
  readonly journal: BoardEvent[] = [];
  #at = START;

  do(step: Step): void {
    this.#at += 1_000;
    const at = this.#at;
    if (step === 'pass') this.#asks((state) => passOn(state, { way: 'sideways', type: 'beds', text: `bed ${state.counts.passed ?? 0}`, by }, AROUND, at));
    if (step === 'carry') for (const one of Object.values(this.asking.passed)) if (!one.answer) this.#answers((state) => takeIn(state, 'asks', undefined, one));
    const open = Object.values(this.answering.arrived).find(({ answer }) => !answer);
    if (step === 'answer' && open)
      this.#answers((state) => answerPassed(state, { from: open.from, no: open.no, answer: open.no % 2 ? 'yes' : 'no', text: `${open.no}`, by }));
    if (step === 'bring back') for (const one of Object.values(this.answering.arrived)) this.#asks((state) => takeBack(state, 'next', one));
  }
  #asks(decide: (state: BoardState) => Decision<object>): void {
    this.asking = this.#journal(this.asking, decide(this.asking).events);
  }
  #answers(decide: (state: BoardState) => Decision<object>): void {
    this.answering = this.#journal(this.answering, decide(this.answering).events);
  }
  #journal(state: BoardState, events: readonly BoardEvent[]): BoardState {
    this.journal.push(...events);
    return events.reduce((now, event) => evolve(now, { at: this.#at, event }), state);
  }
  numbers(kind: BoardEvent['kind']): number[] {
    return this.journal.flatMap((event) => (event.kind === kind && 'no' in event ? [event.no] : [])).sort((a, b) => a - b);
  }
}

describe('what is passed between two cells', () => {
  test('arrives once and is answered once, whenever and however often it is carried', () => {
    fc.assert(
      fc.property(steps, (some) => {
        const pair = new Pair();
        for (const step of some) pair.do(step);
        const passed = pair.numbers('Passed');
        for (const step of ['carry', ...passed.map(() => 'answer'), 'bring back', 'carry', 'bring back'] as Step[]) pair.do(step);
        for (const kind of ['Arrived', 'Answered', 'AnswerArrived'] as const) expect(pair.numbers(kind)).toEqual(passed);
        expect(tiersView(pair.asking, START).waiting).toEqual([]);
      }),
    );
  });

  test('control: a carrier that does not look what is there already doubles', () => {
    const pair = new Pair();
    pair.do('pass');
    pair.do('carry');
    const [one] = Object.values(pair.asking.passed);
    expect(takeIn({ ...pair.answering, arrived: {} }, 'asks', undefined, one!).events).toHaveLength(1);
    expect(takeIn(pair.answering, 'asks', undefined, one!).events).toEqual([]);
  });

  test('word for all goes to each cell below under a number of its own', () => {
    const around = { ...AROUND, down: { a: label('A'), b: label('B') } };
    const { events, outcome } = passOn(SMALL_STATE, { way: 'down', type: 'information', text: 'Snow tonight', by }, around, START);
    expect(outcome).toEqual({ nos: [1, 2] });
    expect(events.map((event) => event.kind === 'Passed' && [event.to, event.no])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });
});

describe('a cell below', () => {
  const report = (high: number, seq: number): CellReport => ({
    name: label('Ward'),
    tier: 1,
    of: { epoch: 'a', seq },
    level: {
      mark: 'OPEL',
      indicative: false,
      calculated: { low: 1, high, look: high === 1 ? 'ok' : 'act', since: START, known: 1, of: 1 },
      declared: { n: 1, look: 'ok', at: START, reviewBy: START + 5 * MINUTE_MS },
    },
  });
  const heard = (one: CellReport, at: number, state = SMALL_STATE): BoardState =>
    takeReport(state, 'ward', one, at).events.reduce((now, event) => evolve(now, { at, event }), state);

  test('looks as bad as the worst it may be', () => {
    expect(tiersView(heard(report(3, 1), START), START).below[0]!.level!.look).toBe('act');
    expect(tiersView(heard(report(1, 1), START), START).below[0]!.level!.look).toBe('ok');
  });

  test('never looks good once it is not heard, nor by a word whose time is over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * MINUTE_MS }), (later) => {
        const [cell] = tiersView(heard(report(1, 1), START), START + later).below;
        expect(cell!.unheard).toBe(later > UNHEARD_MS);
        if (later > UNHEARD_MS) expect(cell!.level!.look).toBe('none');
        expect(cell!.level!.overdue).toBe(later > 5 * MINUTE_MS);
      }),
    );
    const { calculated: _none, ...declared } = report(1, 1).level!;
    const said = heard({ ...report(1, 1), level: declared }, START);
    expect(tiersView(said, START).below[0]!.level!.look).toBe('ok');
    expect(tiersView(said, START + 6 * MINUTE_MS).below[0]!.level!.look).toBe('none');
  });

  test('is journaled when it says something new, and every five minutes', () => {
    const state = heard(report(1, 10), START);
    expect(takeReport(state, 'ward', report(1, 12), START + 4 * MINUTE_MS).events).toEqual([]);
    expect(takeReport(state, 'ward', report(1, 12), START + 5 * MINUTE_MS).events).toHaveLength(1);
    expect(takeReport(state, 'ward', report(2, 12), START + 1).events).toHaveLength(1);
    // An older state of it, told by a process that lags behind.
    expect(takeReport(state, 'ward', report(2, 9), START + 1).events).toEqual([]);
    // A history that was restored begins anew.
    expect(takeReport(state, 'ward', { ...report(2, 3), of: { epoch: 'b', seq: 3 } }, START + 1).events).toHaveLength(1);
  });

  test('a board without a cell reports nothing', () => {
    expect(reportOf(SMALL_STATE, { epoch: 'a', seq: 1 }, START)).toBeUndefined();
  });
});

test('what changed says that an answer has not come, and that a cell below is heard no more', () => {
  const report: CellReport = {
    name: label('Ward'),
    tier: 1,
    of: { epoch: 'a', seq: 1 },
    level: { mark: 'OPEL', indicative: false, declared: { n: 1, look: 'ok', at: START, reviewBy: START + 1 } },
  };
  const { events } = passOn(SMALL_STATE, { way: 'sideways', type: 'beds', text: 'Two beds', by }, AROUND, START);
  const state = [...events, ...takeReport(SMALL_STATE, 'ward', report, START).events].reduce((now, event) => evolve(now, { at: START, event }), SMALL_STATE);
  const changes = changesBetween(state, START, state, START + 40 * MINUTE_MS).filter(({ kind }) => kind === 'passed' || kind === 'below');
  expect(changes).toMatchObject([
    { kind: 'below', before: { low: 1, high: 1 }, after: null, worse: true },
    { kind: 'passed', before: 'waiting', after: 'missed', worse: true },
  ]);
});
