import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../src/canonical.js';
import { declareLevel } from '../src/decide/declare-level.js';
import { defineBoard, type ProposedDefinition } from '../src/decide/define-board.js';
import { turnLevels } from '../src/decide/turn-levels.js';
import { underToday } from '../src/decide/under-today.js';
import type { BoardEvent } from '../src/events.js';
import { Fold } from '../src/evolve.js';
import { assess, bandOf, levelNow, type Span } from '../src/rules/level.js';
import type { LevelDefinition, Scheme } from '../src/scheme.js';
import { emptyBoard, stateText, type BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { levelViews } from '../src/views/levels.js';
import { boardOf, label } from './board.js';

const START = Date.parse('2026-01-19T08:00:00Z');
const SERIES = ['a@north', 'b@north', 'c@south'] as const;
type LevelTurned = Extract<BoardEvent, { kind: 'LevelTurned' }>;

const bands = [
  { band: { over: 60 }, points: 3 },
  { band: { over: 40 }, points: 2 },
  { band: { over: 20 }, points: 1 },
];
const parameter = (id: string, carryMs: number, pillar?: string) => ({ id, label: label(id), bands, confirmed: true, carryMs, ...(pillar && { pillar }) });

function scheme(id: string, over: Partial<Scheme> = {}): Scheme {
  return {
    id,
    name: label(id),
    mark: 'LEVEL',
    version: '1',
    issuer: 'nobody',
    source: 'this test',
    from: '2020-01-01',
    mode: 'both',
    levels: ([1, 2, 3, 4] as const).map((n) => ({
      n,
      name: label(`Level ${n}`),
      meaning: label('…'),
      look: (['ok', 'watch', 'act', 'critical'] as const)[n - 1]!,
    })),
    parameters: [parameter('a', 30 * MINUTE_MS), parameter('b', 0), parameter('c', 0)],
    cuts: [
      { upTo: 2, level: 1 },
      { upTo: 4, level: 2 },
      { upTo: 6, level: 3 },
      { upTo: 9, level: 4 },
    ],
    how: 'sum',
    hold: { raiseMs: 15 * MINUTE_MS, lowerMs: 60 * MINUTE_MS },
    declaredMs: 24 * HOUR_MS,
    ...over,
  };
}

function boardWith(schemes: readonly Scheme[], levels: readonly Omit<LevelDefinition, 'name'>[]): ProposedDefinition {
  return {
    ...boardOf({
      providers: { north: { scheme: 'LEVEL' }, south: { scheme: 'LEVEL' } },
      feeds: { north: { every: '15m', grace: '5m', limit: '6h' }, south: { every: '30m', grace: '10m', limit: '6h' } },
      series: { 'a@north': { feed: 'north' }, 'b@north': { feed: 'north' }, 'c@south': { feed: 'south' } },
    }),
    response: {
      groups: {},
      holidays: [],
      cards: {},
      schemes: Object.fromEntries(schemes.map((one) => [one.id, one])),
      levels: Object.fromEntries(levels.map((one) => [one.id, { ...one, name: label(one.id) }])),
    },
  };
}

const BOARD = boardWith(
  [scheme('points'), scheme('worst', { how: 'worst', parameters: [], cuts: [] })],
  [
    { id: 'site', scheme: 'points', provider: 'north', parameters: { a: 'a@north', b: 'b@north', c: 'c@south' } },
    { id: 'other', scheme: 'points', provider: 'south' },
    {
      id: 'whole',
      scheme: 'worst',
      of: [
        { level: 'site', weight: 1, from: '2020-01-01' },
        { level: 'other', weight: 1, from: '2020-01-01' },
      ],
    },
  ],
);

/** A board that is kept as the keeper keeps it: what came due, the submission, what follows. */
class Kept {
  readonly turns: LevelTurned[] = [];
  #state: BoardState;

  constructor(board = BOARD, from = START) {
    this.#state = new Fold(emptyBoard).apply(defineBoard(emptyBoard, board).events[0]!, from).finish();
  }

  submit(at: number, ...events: BoardEvent[]): this {
    const fold = new Fold(this.#state);
    this.#turn(turnLevels(fold, at));
    for (const event of events) fold.apply(event, at);
    if (events.length > 0) this.#turn(turnLevels(fold, at));
    this.#state = fold.finish();
    return this;
  }

  send(at: number, values: Partial<Record<(typeof SERIES)[number], number | null>>): this {
    const events = Object.entries(values).map(([series, value]): BoardEvent => {
      const feed = series.slice(series.indexOf('@') + 1);
      return { kind: 'ReadingsRecorded', feed, batch: `${series} ${at}`, readings: [{ series, at, value }] };
    });
    return this.submit(at, ...events);
  }

  /** All that the process remembered is gone; only what was journaled is left. */
  restart(): this {
    this.#state = JSON.parse(JSON.stringify(this.#state)) as BoardState;
    return this;
  }

  get state(): BoardState {
    return this.#state;
  }

  /** `turn low-high @minute` */
  of(level: string): string[] {
    return this.turns
      .filter((turn) => turn.level === level)
      .map(({ turn, low, high, due }) => `${turn} ${low === high ? low : `${low}-${high}`} @${(due - START) / MINUTE_MS}`);
  }

  #turn(events: readonly BoardEvent[]): void {
    for (const event of events) if (event.kind === 'LevelTurned') this.turns.push(event);
  }
}

const minute = (n: number): number => START + n * MINUTE_MS;
/** The same values every ten minutes, as long as they are asked for. */
function steadily(kept: Kept, from: number, to: number, values: Parameters<Kept['send']>[1]): Kept {
  for (let at = from; at <= to; at += 10) kept.send(minute(at), values);
  return kept;
}

it('a level that is worked out afterwards, under the rules of another day that are the same ones, is the one that stood', () => {
  const value = fc.option(fc.integer({ min: 0, max: 80 }), { freq: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 45 }), (rows, after) => {
      const kept = new Kept();
      rows.forEach(([a, b, c], i) => kept.send(minute(10 * (i + 1)), { 'a@north': a, 'b@north': b, 'c@south': c }));
      const at = minute(10 * rows.length + after);
      kept.submit(at);
      const lines = new Map(
        SERIES.map((id, column) => {
          const line = { at: Float64Array.from(rows, (_, i) => minute(10 * (i + 1))), value: Float64Array.from(rows, (row) => row[column] ?? NaN) };
          return [id as string, line];
        }),
      );
      const work = underToday(kept.state, kept.state, at, lines);
      let step = work.next();
      while (!step.done) step = work.next();
      expect(step.value.levels).toEqual(kept.state.levels);
    }),
    { numRuns: 200, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
});

describe('a score', () => {
  const value = fc.integer({ min: 0, max: 80 });
  const how = fc.constantFrom<Scheme['how']>('sum', 'worst', 'worst-pillar');
  /** Values of three parameters, and which of them are missing. */
  const given = fc.record({ how, values: fc.tuple(value, value, value), missing: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) });

  const assessed = ({ how, values, missing }: { how: Scheme['how']; values: readonly number[]; missing: readonly boolean[] }) => {
    const cuts = [
      { upTo: 1, level: 1 },
      { upTo: 3, level: 2 },
      { upTo: 4, level: 3 },
      { upTo: 9, level: 4 },
    ];
    const parameters = ['one', 'two', 'two'].map((pillar, i) => parameter(`p${i}`, 0, pillar));
    const made = scheme('s', { how, parameters, cuts, pillars: { one: { name: label('one'), cuts }, two: { name: label('two'), cuts } } });
    return assess(
      made,
      parameters.map((one, i) => {
        const { points } = bandOf(one, values[i]!);
        return { parameter: one, span: missing[i] ? [0, 3] : [points, points] };
      }),
    );
  };
  const holds = ([low, high]: Span, [from, to]: Span): boolean => low <= from && to <= high;

  it('is a range that contains the truth, whatever the missing values turn out to be', () => {
    fc.assert(
      fc.property(given, (one) => {
        const [ranged, truth] = [assessed(one), assessed({ ...one, missing: [false, false, false] })];
        return holds(ranged.score, truth.score) && holds(ranged.level, truth.level) && truth.level[0] === truth.level[1];
      }),
    );
  });

  it('is never wider for knowing more, and never better for knowing less', () => {
    fc.assert(
      fc.property(given, fc.nat(2), (one, i) => {
        const less = assessed({ ...one, missing: one.missing.map((m, j) => m || i === j) });
        const more = assessed({ ...one, missing: one.missing.map((m, j) => m && i !== j) });
        return holds(less.score, more.score) && holds(less.level, more.level) && less.level[1] >= more.level[1];
      }),
    );
  });
});

describe('a held level', () => {
  it('is set at once when it is first known', () => {
    // 3 + 0 + 0 = 3: level 2.
    expect(new Kept().send(minute(0), { 'a@north': 70, 'b@north': 5, 'c@south': 5 }).of('site').at(-1)).toBe('set 2 @0');
  });

  it('is set as a range while parameters are missing, and narrows as they come', () => {
    const kept = new Kept().send(minute(0), { 'a@north': 70 }).send(minute(1), { 'b@north': 70 }).send(minute(2), { 'c@south': 5 });
    // 3 + 0…6: level 2 to 4 · 6 + 0…3: 3 to 4 · 6: 3.
    expect(kept.of('site')).toEqual(['set 2-4 @0', 'set 3-4 @1', 'set 3 @2']);
  });

  it('rises after 15 minutes and falls after 60', () => {
    const kept = new Kept();
    steadily(kept, 0, 20, { 'a@north': 70, 'b@north': 5, 'c@south': 5 });
    steadily(kept, 30, 90, { 'a@north': 70, 'b@north': 70, 'c@south': 5 });
    steadily(kept, 100, 180, { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
    expect(kept.of('site').slice(-4)).toEqual(['rising 3 @30', 'set 3 @45', 'falling 1 @100', 'set 1 @160']);
    expect(levelViews(kept.state, minute(180))[0]!.calculated).toMatchObject({ low: 1, high: 1, direction: 'down', since: minute(160), known: 3, of: 3 });
  });

  it('does not flicker with figures that go up and down', () => {
    const kept = steadily(new Kept(), 0, 0, { 'a@north': 70, 'b@north': 5, 'c@south': 5 });
    for (let at = 10; at < 300; at += 20) {
      kept.send(minute(at), { 'a@north': 70, 'b@north': 70, 'c@south': 5 });
      kept.send(minute(at + 10), { 'a@north': 70, 'b@north': 5, 'c@south': 5 });
    }
    expect(kept.of('site').filter((turn) => turn.startsWith('set') && !turn.endsWith('@0'))).toEqual([]);
    expect(kept.state.levels['site']).toMatchObject({ low: 2, high: 2 });
  });

  it('is not kept from rising by figures that waver above it', () => {
    const kept = steadily(new Kept(), 0, 0, { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
    kept.send(minute(10), { 'a@north': 70, 'b@north': 70, 'c@south': 5 });
    kept.send(minute(20), { 'a@north': 70, 'b@north': 70, 'c@south': 70 });
    kept.submit(minute(30));
    expect(kept.of('site').slice(-3)).toEqual(['rising 3 @10', 'rising 4 @20', 'set 4 @25']);
  });

  it('falls no further than the worst that was seen meanwhile', () => {
    const kept = steadily(new Kept(), 0, 0, { 'a@north': 70, 'b@north': 70, 'c@south': 70 });
    steadily(kept, 10, 30, { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
    steadily(kept, 40, 50, { 'a@north': 70, 'b@north': 70, 'c@south': 5 });
    steadily(kept, 60, 140, { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
    expect(kept.of('site').slice(-5)).toEqual(['falling 1 @10', 'falling 3 @40', 'set 3 @70', 'falling 1 @70', 'set 1 @130']);
  });

  it('never becomes better by silence', () => {
    const kept = steadily(new Kept(), 0, 0, { 'a@north': 70, 'b@north': 70, 'c@south': 5 });
    kept.submit(minute(600));
    // Until 20: 3 + 3 + 0 = 6. b is missing: 3…6. From 40 c is, too: 3…9. From 50 a is no longer carried: 0…9.
    expect(
      kept
        .of('site')
        .slice(-5)
        .map((turn) => turn.replace(/\.0000\d+$/, '+')),
    ).toEqual(['set 3 @0', 'falling 2-3 @20+', 'rising 2-4 @40+', 'rising 1-4 @50+', 'set 1-4 @55+']);
  });
});

describe('turns of levels', () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('send' as const), series: fc.constantFrom(...SERIES), value: fc.constantFrom(0, 30, 50, 70, 70, null) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('suspend' as const), feed: fc.constantFrom('north', 'south'), minutes: fc.integer({ min: 5, max: 90 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const), feed: fc.constantFrom('north', 'south') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('say' as const), n: fc.integer({ min: 1, max: 4 }), minutes: fc.integer({ min: 5, max: 90 }) }) },
  );
  const story = fc.array(fc.record({ after: fc.integer({ min: 1, max: 25 }), step }), { maxLength: 25 });

  type Told = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function eventOf(told: Told, at: number): BoardEvent {
    switch (told.do) {
      case 'send':
        return {
          kind: 'ReadingsRecorded',
          feed: told.series.slice(2),
          batch: String(at),
          readings: [{ series: told.series, at, value: told.value }],
        };
      case 'suspend':
        return { kind: 'FeedSuspended', feed: told.feed, until: at + told.minutes * MINUTE_MS, reason: 'works' };
      case 'resume':
        return { kind: 'FeedResumed', feed: told.feed };
      case 'say':
        return { kind: 'StatusPosted', provider: 'south', feed: 'south', text: 'as it is', level: told.n, until: at + told.minutes * MINUTE_MS };
    }
  }

  function play(told: readonly { after: number; step: Told }[], ticks: readonly number[], restarts: boolean): Kept {
    const kept = new Kept();
    let at = START;
    const waiting = [...ticks].sort((a, b) => a - b).map((n) => START + n);
    for (const one of told) {
      at += one.after * MINUTE_MS;
      while (waiting[0] !== undefined && waiting[0] < at) {
        if (restarts) kept.restart();
        kept.submit(waiting.shift()!);
      }
      if (restarts) kept.restart();
      kept.submit(at, eventOf(one.step, at));
    }
    return kept.submit(START + 24 * HOUR_MS);
  }

  it('happen at the same moments whenever the clock ticks, and after any restart', () => {
    fc.assert(
      fc.property(story, fc.array(fc.integer({ min: 0, max: 12 * HOUR_MS }), { maxLength: 40 }), (told, ticks) => {
        const calm = play(told, [], false);
        const busy = play(told, ticks, true);
        const inOrder = (kept: Kept): string[] => kept.turns.map((turn) => canonical(turn)).sort();
        expect(inOrder(busy)).toEqual(inOrder(calm));
        expect(canonical(busy.state.levels)).toBe(canonical(calm.state.levels));
      }),
      { numRuns: 400 },
    );
  });

  it('come in the order in which they are due, and leave the held range only after its time', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { turns } = play(told, [], false);
        for (const level of ['site', 'whole']) {
          const mine = turns.filter((turn) => turn.level === level);
          let held: LevelTurned | undefined;
          let runs: LevelTurned | undefined;
          for (const [i, turn] of mine.entries()) {
            expect(turn.due).toBeGreaterThanOrEqual(mine[i - 1]?.due ?? 0);
            if (turn.turn === 'steady') runs = undefined;
            else if (turn.turn !== 'set') runs = runs?.turn === turn.turn ? runs : turn;
            else {
              const narrows = held === undefined || (turn.low >= held.low && turn.high <= held.high);
              if (!narrows) expect(turn.due - runs!.due).toBe((runs!.turn === 'rising' ? 15 : 60) * MINUTE_MS);
              held = turn;
              runs = undefined;
            }
          }
        }
      }),
    );
  });

  it('fold to the same state from what is stored', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { state } = play(told, [], false);
        const again = JSON.parse(JSON.stringify(state)) as BoardState;
        expect(stateText(again)).toBe(stateText(state));
        expect(levelViews(again, START + 3 * HOUR_MS)).toEqual(levelViews(state, START + 3 * HOUR_MS));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a declared level', () => {
  const by = { id: 'p1', name: 'Site director' };
  const { state } = new Kept().send(minute(0), { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
  const declare = (over: Partial<Parameters<typeof declareLevel>[1]>) => declareLevel(state, { level: 'site', n: 3, reason: 'Flood', by, ...over }, minute(10));

  it.each([
    ['an unknown level', { level: 'nowhere' }, 'unknown-level'],
    ['a number the scheme does not have', { n: 5 }, 'no-such-level'],
    ['no reason', { reason: '  ' }, 'missing'],
    ['a review in the past', { reviewBy: minute(10) }, 'already-over'],
    ['a review too far away', { reviewBy: minute(10) + 24 * HOUR_MS + 1 }, 'too-late'],
  ])('is refused with %s', (_, over, code) => {
    expect(declare(over)).toMatchObject({ events: [], outcome: { refused: { code } } });
  });

  it('stands beside the calculated one, with its end, and is overdue after it', () => {
    const { events, outcome } = declare({});
    expect(outcome).toEqual({ level: 'site', n: 3, reviewBy: minute(10) + 24 * HOUR_MS });
    const after = new Fold(state).apply(events[0]!, minute(10)).finish();
    const view = (at: number) => levelViews(after, at)[0]!;
    expect(view(minute(20)).declared).toEqual({
      n: 3,
      by: 'Site director',
      at: minute(10),
      reason: 'Flood',
      reviewBy: minute(10) + 24 * HOUR_MS,
      overdue: false,
    });
    expect(view(minute(20)).calculated).toMatchObject({ low: 1, high: 1 });
    expect([view(minute(70)).atOdds, view(minute(71)).atOdds]).toEqual([false, true]);
    expect(view(minute(11) + 24 * HOUR_MS).declared!.overdue).toBe(true);
  });

  it('gives way to what the provider says later by its feed, until that is over', () => {
    const status: BoardEvent = { kind: 'StatusPosted', provider: 'north', feed: 'north', text: 'Better', level: 2, until: minute(60) };
    const after = new Fold(state).apply(declare({}).events[0]!, minute(10)).apply(status, minute(20)).finish();
    expect(levelViews(after, minute(30))[0]!.declared).toMatchObject({ n: 2, by: 'north', reviewBy: minute(60) });
  });

  it('counts in a whole that is the worst of its parts, until its review', () => {
    const kept = new Kept().send(minute(0), { 'a@north': 5, 'b@north': 5, 'c@south': 5 });
    const level = (at: number) => {
      const { low, high } = levelNow(kept.state, 'whole', at)!;
      return [low, high];
    };
    expect(level(minute(0))).toEqual([1, 4]);
    kept.submit(minute(1), declareLevel(kept.state, { level: 'other', n: 3, reason: 'Short of nurses', reviewBy: minute(15), by }, minute(1)).events[0]!);
    expect([level(minute(1)), level(minute(15)), level(minute(15) + 1)]).toEqual([
      [3, 3],
      [3, 3],
      [1, 4],
    ]);
  });
});
