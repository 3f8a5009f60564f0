import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evolve, evolveAll } from '../src/evolve.js';
import type { BoardEvent } from '../src/events.js';
import { isCurrent } from '../src/rules/freshness.js';
import { statusOf } from '../src/rules/threshold.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/time.js';
import { boardView, feedViews } from '../src/views/board.js';
import { figureView, lineOf } from '../src/views/figure.js';
import { FIGURES, SMALL, SMALL_STATE, START, deepFreeze, history, now, state } from './arbitraries.js';

const recorded = (feed: string, values: Record<string, number | null>, at = START): { event: BoardEvent; at: number } => ({
  at,
  event: { kind: 'ReadingsRecorded', feed, batch: 'b', readings: Object.entries(values).map(([series, value]) => ({ series, at, value })) },
});
const both = (north: number | null, south: number | null): BoardState =>
  evolveAll(SMALL_STATE, [recorded('north', { 'ed.waiting@north': north }), recorded('south', { 'ed.waiting@south': south })]);
const figure = (of: BoardState, id: string, at = START) => figureView(of, id, at)!;

describe('green is earned (I21, I22): for any history and any moment', () => {
  test('a status colour stands only on a current number, and green only where nothing is missing or in doubt', () => {
    fc.assert(
      fc.property(state, now, (board, at) => {
        for (const id of FIGURES) {
          const view = figure(board, id, at);
          if (view.status === 'none') continue;
          expect(typeof view.value).toBe('number');
          if (view.parts) expect(view.parts.current).toBeGreaterThan(0);
          else expect(isCurrent(view.freshness)).toBe(true);
          if (view.status !== 'ok') continue;
          expect(Number.isFinite(view.value)).toBe(true);
          expect(isCurrent(view.freshness)).toBe(true);
          expect(view.held).toBeUndefined();
          if (view.parts) expect(view.parts.current).toBe(view.parts.of);
          expect(statusOf(view.value as number, view.thresholds)).toBe('ok');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('control: the states that were drawn do show green, both for a series and for a roll-up', () => {
    const seen = new Set<string>();
    for (const board of fc.sample(state, { numRuns: 400, seed: 7 })) {
      for (const id of FIGURES) if (figure(board, id, START + 6 * HOUR_MS).status === 'ok') seen.add(SMALL.series[id] ? 'series' : 'roll-up');
    }
    expect(both(30, 30)).toBeDefined();
    expect(seen.has('series')).toBe(true);
    expect(figure(both(30, 30), 'ed.waiting@system').status).toBe('ok');
  });

  test('waiting alone never turns a figure green', () => {
    fc.assert(
      fc.property(state, now, fc.integer({ min: 0, max: DAY_MS }), (board, at, wait) => {
        // The end of a suspension may uncover a value that is still current; everything else only gets worse.
        if (Object.values(board.feeds).some(({ suspended }) => suspended)) return;
        for (const id of FIGURES) if (figure(board, id, at + wait).status === 'ok') expect(['ok', 'none']).toContain(figure(board, id, at).status);
      }),
    );
  });
});

describe('a view', () => {
  test('never throws, never changes the state, and counts what it shows', () => {
    fc.assert(
      fc.property(state, now, fc.constantFrom('overview' as const, 'detail' as const), (board, at, density) => {
        const view = boardView(deepFreeze(board), at, density)!;
        const figures = view.columns.flatMap(({ tiles }) => tiles.map(({ headline }) => headline));
        expect(view.figures).toEqual({
          shown: figures.length,
          current: figures.filter(({ freshness }) => isCurrent(freshness)).length,
          held: figures.filter(({ held }) => held).length,
        });
        expect(view.feeds.of).toBe(Object.keys(SMALL.feeds).length);
        expect(view.feeds.onTime).toBe(view.feeds.list.filter(({ freshness }) => isCurrent(freshness)).length);
        expect(view.attention.map(({ figure: { status } }) => status)).toEqual([...view.attention.map(({ figure: { status } }) => status)].sort());
        for (const { status } of view.providers) if (status) expect(status.until).toBeGreaterThan(at);
      }),
    );
  });

  test('is the same whether the state was folded here or came as text', () => {
    fc.assert(
      fc.property(history, now, (entries, at) => {
        const here = evolveAll(SMALL_STATE, entries);
        expect(boardView(JSON.parse(JSON.stringify(here)) as BoardState, at, 'overview')).toEqual(boardView(here, at, 'overview'));
      }),
    );
  });

  test('of a board that is not defined is nothing', () => {
    expect(boardView(emptyBoard, START, 'overview')).toBeUndefined();
    expect(feedViews(emptyBoard, START)).toEqual([]);
    expect(figureView(emptyBoard, 'ed.waiting@north', START)).toBeUndefined();
    expect(figureView(SMALL_STATE, 'ed.nothing@north', START)).toBeUndefined();
  });

  test('refuses a definition that shows what it does not define', () => {
    const tile = SMALL.tiles['ed.waiting@north']!;
    const wrong = { ...SMALL_STATE, definition: { ...SMALL, tiles: { ...SMALL.tiles, 'ed.waiting@north': { ...tile, headline: 'ed.nothing@north' } } } };
    expect(() => boardView(wrong, START, 'overview')).toThrow('ed.nothing@north');
  });
});

describe('a roll-up', () => {
  test.each([
    ['ed.waiting@system', 30, 50, 80, 'ok'],
    ['ed.waiting@system', 30, 51, 81, 'watch'],
    ['ed.longest@system', 30, 70, 70, 'act'],
    ['ed.least@system', 4, 50, 4, 'watch'],
  ])('%s of %d and %d is %d: %s', (id, north, south, value, status) => {
    expect(figure(both(north, south), id)).toMatchObject({ value, status, parts: { current: 2, of: 2 } });
  });

  test.each<[string, number | null, number | null, number | null, string]>([
    ['a part not reported: no green', 30, null, 30, 'none'],
    ['a part not reported: a bad rest stays bad', 130, null, 130, 'act'],
    ['nothing reported: nothing, not 0', null, null, null, 'none'],
  ])('%s', (_name, north, south, value, status) => {
    expect(figure(both(north, south), 'ed.waiting@system')).toMatchObject({ value, status });
  });

  test('is as old as its oldest part and as fresh as its worst', () => {
    const board = evolveAll(SMALL_STATE, [
      recorded('north', { 'ed.waiting@north': 30 }, START),
      recorded('south', { 'ed.waiting@south': 30 }, START + 16 * MINUTE_MS),
    ]);
    expect(figure(board, 'ed.waiting@system', START + 17 * MINUTE_MS)).toMatchObject({ at: START, ageMs: 17 * MINUTE_MS, freshness: 'due', status: 'ok' });
    expect(figure(board, 'ed.waiting@system', START + 21 * MINUTE_MS)).toMatchObject({
      freshness: 'late',
      status: 'none',
      value: 30,
      parts: { current: 1, of: 2 },
    });
  });

  test('a ratio counts only places of which both halves are there, and has none without a whole', () => {
    const halves = (seen: number | null) =>
      evolveAll(SMALL_STATE, [
        recorded('north', { 'ed.waiting@north': 30, 'ed.seen@north': 100 }),
        recorded('south', { 'ed.waiting@south': 50, 'ed.seen@south': seen }),
      ]);
    expect(figure(halves(100), 'ed.share@system')).toMatchObject({ value: 40, status: 'ok' });
    expect(figure(halves(null), 'ed.share@system')).toMatchObject({ value: 30, status: 'none', parts: { current: 1, of: 2 } });
    const none = evolveAll(SMALL_STATE, [
      recorded('north', { 'ed.waiting@north': 0, 'ed.seen@north': 0 }),
      recorded('south', { 'ed.waiting@south': 0, 'ed.seen@south': 0 }),
    ]);
    expect(figure(none, 'ed.share@system')).toMatchObject({ value: null, status: 'none' });
  });

  test('has a day line only where all its parts have one', () => {
    const board = evolveAll(both(30, 50), [recorded('north', { 'ed.waiting@north': 40 }, START + HOUR_MS)]);
    expect(figure(board, 'ed.waiting@system', START + HOUR_MS).trend.map(([, value]) => value)).toEqual([80, 80, 90]);
    expect(figure(evolveAll(SMALL_STATE, [recorded('north', { 'ed.waiting@north': 40 })]), 'ed.waiting@system').trend).toEqual([]);
  });
});

describe('a figure', () => {
  const hours = (...values: (number | null)[]): BoardState =>
    evolveAll(
      SMALL_STATE,
      values.map((value, i) => recorded('north', { 'ed.waiting@north': value }, START + (i * HOUR_MS) / 2)),
    );

  test('says how it changed over about an hour', () => {
    expect(figure(hours(30, 36, 41), 'ed.waiting@north', START + HOUR_MS).change).toEqual({ by: 11, overMs: HOUR_MS });
    expect(figure(hours(30), 'ed.waiting@north').change).toBeUndefined();
    expect(figure(hours(30, null), 'ed.waiting@north', START + HOUR_MS / 2).change).toBeUndefined();
  });

  test('draws its line where watching begins, else where acting does, else at the target', () => {
    expect(lineOf({ thresholds: { watch: { over: 40 }, act: { over: 60 } } })).toBe(40);
    expect(lineOf({ thresholds: { act: { atMost: 5 } } })).toBe(5);
    expect(lineOf({ target: { atMost: 30 } })).toBe(30);
    expect(lineOf({ target: { atLeast: 95 } })).toBe(95);
    expect(lineOf({})).toBeUndefined();
  });

  test('words carry no colour', () => {
    const board = evolve(SMALL_STATE, {
      at: START,
      event: { kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [{ series: 'ed.note@north', at: START, value: 'full' }] },
    });
    expect(figure(board, 'ed.note@north')).toMatchObject({ value: 'full', status: 'none', freshness: 'fresh' });
  });
});

describe('a feed', () => {
  const half = evolveAll(SMALL_STATE, [
    recorded('north', { 'ed.waiting@north': 30, 'ed.wait@north': 20, 'ed.seen@north': 90 }),
    recorded('north', { 'ed.waiting@north': 31 }, START + 10 * MINUTE_MS),
  ]);
  const north = (at: number) => feedViews(half, at).find(({ id }) => id === 'north')!;

  test('is as fresh as its worst series, and expected when the first of them is', () => {
    expect(north(START + 12 * MINUTE_MS)).toMatchObject({ freshness: 'never', expectedAt: START + 15 * MINUTE_MS, heardAt: START + 10 * MINUTE_MS, held: 0 });
  });

  test('is suspended to the end of its suspension', () => {
    const suspended = evolve(half, { at: START, event: { kind: 'FeedSuspended', feed: 'north', until: START + HOUR_MS, reason: 'upgrade' } });
    const seen = (at: number) => feedViews(suspended, at).find(({ id }) => id === 'north')!.suspended;
    expect(seen(START + HOUR_MS - 1)).toEqual({ until: START + HOUR_MS, reason: 'upgrade' });
    expect(seen(START + HOUR_MS)).toBeUndefined();
  });
});

describe('ways between tiles', () => {
  const linked = (north: number, at = START) => {
    const link = {
      from: 'ed.waiting@north',
      to: 'ed.waiting@south',
      volume: { figure: 'ed.waiting@north', low: 10, high: 50 },
      blockedBy: ['ed.waiting@north'],
    };
    const board = evolveAll({ ...SMALL_STATE, definition: { ...SMALL, links: [link] } }, [recorded('north', { 'ed.waiting@north': north })]);
    return boardView(board, at, 'overview')!.links[0]!;
  };

  test.each([
    [10, 'low', false],
    [11, 'usual', false],
    [50, 'high', false],
    [61, 'high', true],
  ] as const)('%d an hour: %s, blocked %s', (north, volume, blocked) => {
    expect(linked(north)).toMatchObject({ volume, blocked, perHour: north });
  });

  test('an old volume says nothing, and blocks nothing', () => {
    const old = linked(61, START + 30 * MINUTE_MS);
    expect(old).toMatchObject({ volume: 'unknown', blocked: false });
    expect(old.perHour).toBeUndefined();
  });
});
