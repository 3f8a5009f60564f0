/** Goals and the charter: what may be agreed, and a verdict that is never better than the data. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acceptCharter, writeCharter } from '../src/decide/charter.js';
import type { Decision } from '../src/decide/decision.js';
import { defineBoard } from '../src/decide/define-board.js';
import { type AgreeGoal, agreeGoal, closeGoal, measureGoal, reviewGoal } from '../src/decide/goals.js';
import { Fold } from '../src/evolve.js';
import type { SpcPoint } from '../src/spc/xmr.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { DAY_MS } from '../src/time.js';
import { charterView } from '../src/views/charter.js';
import { type GoalPeriod, type GoalTrend, goalTrend, goalViews } from '../src/views/goals.js';
import { boardOf, label } from './board.js';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const by = { id: 'x', name: 'X' };
const definition = boardOf({
  feeds: { north: { every: '1h', grace: '30m', limit: '4h' }, south: { every: '1h', grace: '30m', limit: '4h' } },
  series: { 'ed.waiting@north': { feed: 'north' }, 'note.text@south': { feed: 'south', unit: 'words' } },
  cell: { times: [{ at: '08:15' }] },
});

class Board {
  state: BoardState = emptyBoard;
  constructor() {
    this.do((state) => defineBoard(state, definition));
  }
  do<Outcome>(decide: (state: BoardState) => Decision<Outcome>, at = NOW): Outcome {
    const { events, outcome } = decide(this.state);
    const fold = new Fold(this.state);
    for (const event of events) fold.apply(event, at);
    this.state = fold.finish();
    return outcome;
  }
}
const code = (outcome: object): string => ('refused' in outcome ? (outcome.refused as { code: string }).code : 'done');
const goal: AgreeGoal = {
  title: label('Fewer waiting'),
  figure: 'ed.waiting@north',
  baseline: { from: NOW - 28 * DAY_MS, to: NOW - 14 * DAY_MS },
  target: { atMost: 20 },
  due: NOW + 60 * DAY_MS,
  owner: 'Chief operating officer',
  reviewDays: 14,
  by,
};

describe('what may be agreed', () => {
  test.each<[string, Partial<AgreeGoal>]>([
    ['one-measure', { unit: 'people' }],
    ['unknown-figure', { figure: 'ed.waiting@moon' }],
    ['not-a-number', { figure: 'note.text@south' }],
    ['not-over', { baseline: { from: NOW - 14 * DAY_MS, to: NOW + 1 } }],
    ['length', { baseline: { from: NOW - 3 * DAY_MS, to: NOW } }],
    ['already-over', { due: NOW }],
    ['too-far', { due: NOW + 2000 * DAY_MS }],
  ])('%s', (expected, wrong) => {
    expect(code(agreeGoal(new Board().state, { ...goal, ...wrong }, NOW).outcome)).toBe(expected);
  });

  test('a target on the bad side is refused: more people waiting is no success', () => {
    const board = new Board();
    const state = (direction: 'higher-is-worse' | 'lower-is-worse' | 'neutral'): BoardState => {
      const { metric } = board.state.definition!.series['ed.waiting@north']!;
      const metrics = { ...board.state.definition!.metrics, [metric]: { ...board.state.definition!.metrics[metric]!, direction } };
      return { ...board.state, definition: { ...board.state.definition!, metrics } };
    };
    const said = (direction: Parameters<typeof state>[0], target: AgreeGoal['target']): string =>
      code(agreeGoal(state(direction), { ...goal, target }, NOW).outcome);
    expect([said('higher-is-worse', { atLeast: 20 }), said('lower-is-worse', { atMost: 20 })]).toEqual(['wrong-way', 'wrong-way']);
    expect([said('higher-is-worse', { atMost: 20 }), said('lower-is-worse', { atLeast: 20 }), said('neutral', { atLeast: 20 })]).toEqual([
      'done',
      'done',
      'done',
    ]);
  });

  test('by hand: values in any order, the later word for a moment counts; not of a figure, not ahead of time', () => {
    const board = new Board();
    const { figure: _figure, ...byHand } = goal;
    board.do((state) => agreeGoal(state, { ...byHand, unit: 'people' }, NOW));
    board.do((state) => agreeGoal(state, goal, NOW));
    const measured = (no: number, at: number, value: number): string => code(board.do((state) => measureGoal(state, { no, at, value, by }, NOW)));
    expect([measured(1, NOW, 7), measured(1, NOW - DAY_MS, 9), measured(1, NOW, 8)]).toEqual(['done', 'done', 'done']);
    expect([measured(1, NOW + 1, 1), measured(1, NOW - 90 * DAY_MS, 1), measured(2, NOW, 1), measured(3, NOW, 1)]).toEqual([
      'in-the-future',
      'too-early',
      'measured-by-feed',
      'unknown-goal',
    ]);
    expect(board.state.goals['1']!.measured).toEqual([
      [NOW - DAY_MS, 9],
      [NOW, 8],
    ]);
    expect(goalViews(board.state, NOW)[0]!.latest).toEqual({ at: NOW, value: 8 });
  });

  test('what people said stands until it is time to look again; a closed goal is gone', () => {
    const board = new Board();
    board.do((state) => agreeGoal(state, goal, NOW));
    const standing = (days: number): string => goalViews(board.state, NOW + days * DAY_MS)[0]!.standing;
    expect([standing(0), standing(13.9), standing(14)]).toEqual(['agreed', 'agreed', 'review-due']);
    board.do((state) => reviewGoal(state, { no: 1, onTrack: 'no', note: 'n', by }), NOW + 15 * DAY_MS);
    expect([standing(15), standing(29)]).toEqual(['off-track', 'review-due']);
    expect(goalViews(board.state, NOW + 61 * DAY_MS)[0]!.overdueMs).toBe(DAY_MS);
    expect(code(board.do((state) => closeGoal(state, { no: 1, reached: true, note: 'n', by })))).toBe('done');
    expect(goalViews(board.state, NOW)).toEqual([]);
    expect(code(board.do((state) => reviewGoal(state, { no: 1, onTrack: 'yes', note: 'n', by })))).toBe('unknown-goal');
  });
});

/** Days from 28 days before NOW, fourteen of them the baseline. */
const days = (values: readonly (number | null)[]): SpcPoint[] => values.map((value, i) => ({ at: goal.baseline.from + i * DAY_MS, value }));
const around = (middle: number, n: number): number[] => Array.from({ length: n }, (_, i) => middle + (i % 2 === 0 ? 1 : -1));
type Judge = (target: AgreeGoal['target'], points: readonly SpcPoint[], period?: GoalPeriod) => GoalTrend;
const judge: Judge = (target, points, period = 'day') => goalTrend({ ...goal, target }, points, period, NOW);
/** The seeded fault: whatever the target, fewer is better. */
const wrongWay: Judge = (target, points, period = 'day') =>
  goalTrend({ ...goal, target: { atMost: 'atMost' in target ? target.atMost : target.atLeast } }, points, period, NOW);

function bothWays(said: Judge): void {
  const down = days([...around(40, 14), ...around(18, 14)]);
  const up = days([...around(18, 14), ...around(40, 14)]);
  expect(said({ atMost: 20 }, down)).toMatchObject({ change: 'better', reached: true, baseline: { mean: 40, n: 14 } });
  expect(said({ atMost: 20 }, up)).toMatchObject({ change: 'worse', reached: false });
  expect(said({ atLeast: 38 }, up)).toMatchObject({ change: 'better', reached: true });
  expect(said({ atLeast: 38 }, down)).toMatchObject({ change: 'worse', reached: false });
}

describe('the verdict', () => {
  test('better and worse are those of the target, either way round', () => bothWays(judge));
  test('the same test finds a verdict that only knows one way', () => expect(() => bothWays(wrongWay)).toThrow());

  test('no change is said to be none', () => {
    expect(judge({ atMost: 20 }, days(around(40, 28)))).toMatchObject({ change: 'no-change', reached: false });
  });

  test('too early with few points; reached of a few good days cannot be told', () => {
    expect(judge({ atMost: 20 }, days([...Array<null>(20).fill(null), ...around(10, 8)])).change).toBe('too-early');
    const three = judge({ atMost: 20 }, days([...around(40, 14), ...Array<null>(11).fill(null), 10, 10, 10]));
    expect([three.now.n, three.reached]).toEqual([3, undefined]);
  });

  test('one good day does not reach a goal', () => {
    expect(judge({ atMost: 20 }, days([...around(40, 27), 5])).reached).toBe(false);
  });

  test('old data says nothing about now, however good it was', () => {
    const silent = judge({ atMost: 20 }, days([...around(40, 14), ...around(10, 9), ...Array<null>(5).fill(null)]));
    expect(silent.change).toBe('no-news');
    expect(silent.reached).toBeUndefined();
    expect(judge({ atMost: 20 }, []).change).toBe('no-news');
  });

  test('turned upside down it says the same; what is missing never makes it better', () => {
    const value = fc.option(fc.integer({ min: 0, max: 60 }), { nil: null, freq: 8 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 28 }), fc.integer({ min: 5, max: 55 }), (values, line) => {
        const straight = judge({ atMost: line }, days(values));
        const mirrored = judge({ atLeast: -line }, days(values.map((one) => (one === null ? null : -one))));
        expect([mirrored.change, mirrored.reached]).toEqual([straight.change, straight.reached]);
        const cut = judge({ atMost: line }, days(values.map((one, i) => (i < 14 ? one : null))));
        expect([cut.change, cut.reached]).toEqual(['no-news', undefined]);
      }),
    );
  });
});

describe('the charter', () => {
  test('each organisation accepts the words that stand; new words need it anew; two writers do not undo each other', () => {
    const board = new Board();
    const write = (version: number, text: string): string => code(board.do((state) => writeCharter(state, { version, text: label(text), by })));
    const accept = (version: number, provider: string): string =>
      code(board.do((state) => acceptCharter(state, { version, provider, name: 'Chief executive', by })));
    expect(accept(1, 'north')).toBe('no-charter');
    expect([write(0, 'We begin on time.'), write(0, 'We begin early.')]).toEqual(['done', 'moved-on']);
    expect([accept(1, 'north'), accept(1, 'moon'), accept(2, 'south')]).toEqual(['done', 'unknown-provider', 'moved-on']);
    expect(charterView(board.state)).toMatchObject({ version: 1, accepted: 1 });
    expect(charterView(board.state)!.members.map(({ provider, accepted }) => [provider, accepted?.name])).toEqual([
      ['north', 'Chief executive'],
      ['south', undefined],
    ]);
    expect([write(1, 'We begin on time.'), charterView(board.state)!.version]).toEqual(['done', 1]);
    expect(write(1, 'We begin on time and end on time.')).toBe('done');
    expect(charterView(board.state)).toMatchObject({ version: 2, accepted: 0 });
  });
});
