import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../src/canonical.js';
import type { BoardEvent, Reading } from '../src/events.js';
import { Fold, UnknownEvent, evolve, evolveAll } from '../src/evolve.js';
import { emptyBoard, stateText, wholeState, type BoardState, type SeriesState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { SMALL, SMALL_STATE, START, deepFreeze, event, history, moment, readings } from './arbitraries.js';

const recorded = (...some: Reading[]): BoardEvent => ({ kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: some });
const after = (...batches: Reading[][]): SeriesState =>
  evolveAll(
    SMALL_STATE,
    batches.map((some, i) => ({ at: START + i, event: recorded(...some) })),
  ).series['ed.waiting@north']!;
const waiting = (minutes: number, value: number | null, rev?: number): Reading => ({
  series: 'ed.waiting@north',
  at: START + minutes * MINUTE_MS,
  value,
  ...(rev !== undefined && { rev }),
});

/** What a tile shows of a series; when it was recorded is another matter. */
const shown = (state: BoardState): unknown =>
  Object.fromEntries(Object.entries(state.series).map(([id, { at, rev, value, why, trend }]) => [id, { at, rev, value, why, trend }]));

/** The same readings in another order, some of them twice, cut into other batches. */
const disturbed = readings.chain((some) =>
  fc
    .tuple(
      fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
      fc.subarray(some),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: some.length * 2, maxLength: some.length * 2 }),
    )
    .map(([order, again, cuts]) => {
      const left = [...order, ...again];
      const batches: Reading[][] = [];
      for (const cut of cuts) if (left.length > 0) batches.push(left.splice(0, cut));
      return { some, batches: [...batches, left] };
    }),
);

describe('the same readings give the same board (I10)', () => {
  test('in any order, cut into any batches, however often repeated', () => {
    fc.assert(
      fc.property(disturbed, ({ some, batches }) => {
        const once = evolve(SMALL_STATE, { at: START, event: recorded(...some) });
        const other = evolveAll(
          SMALL_STATE,
          batches.map((batch) => ({ at: START, event: recorded(...batch) })),
        );
        expect(shown(other)).toEqual(shown(once));
      }),
      { numRuns: 500 },
    );
  });

  test('without corrections, the value kept beside "not reported" too', () => {
    fc.assert(
      fc.property(disturbed, ({ some, batches }) => {
        const first = (one: Reading): boolean => one.rev === undefined;
        const once = evolve(SMALL_STATE, { at: START, event: recorded(...some.filter(first)) });
        const other = evolveAll(
          SMALL_STATE,
          batches.map((batch) => ({ at: START, event: recorded(...batch.filter(first)) })),
        );
        for (const [id, series] of Object.entries(once.series)) if (series.value === null) expect(other.series[id]!.last).toEqual(series.last);
      }),
    );
  });

  test('control: with two values for one moment the order does show', () => {
    expect(after([waiting(0, 40)], [waiting(0, 41)]).value).not.toBe(after([waiting(0, 41)], [waiting(0, 40)]).value);
  });
});

describe('a tile never goes back (I11)', () => {
  test('moment and revision of what is shown only grow', () => {
    fc.assert(
      fc.property(history, (entries) => {
        let state = SMALL_STATE;
        for (const entry of entries) {
          const next = evolve(state, entry);
          for (const [id, before] of Object.entries(state.series)) {
            const now = next.series[id]!;
            expect(now.at > before.at || (now.at === before.at && now.rev >= before.rev)).toBe(true);
          }
          state = next;
        }
      }),
    );
  });
});

describe('a checkpoint is as good as the whole journal', () => {
  test('folded in one go, or on from a stored state at any place', () => {
    fc.assert(
      fc.property(history, fc.nat(), (entries, place) => {
        const cut = place % (entries.length + 1);
        const stored = JSON.parse(JSON.stringify(evolveAll(SMALL_STATE, entries.slice(0, cut)))) as BoardState;
        const whole = canonical(evolveAll(SMALL_STATE, entries));
        expect(canonical(evolveAll(stored, entries.slice(cut)))).toBe(whole);
        expect(canonical(entries.reduce((state, entry) => evolve(state, entry), SMALL_STATE))).toBe(whole);
      }),
    );
  });

  test('a fold can go on after it was looked at, and what it gave stays as it was', () => {
    fc.assert(
      fc.property(history, fc.nat(), (entries, place) => {
        const cut = place % (entries.length + 1);
        const fold = new Fold(SMALL_STATE);
        for (const { event, at } of entries.slice(0, cut)) fold.apply(event, at);
        const halfway = deepFreeze(fold.finish());
        const text = canonical(halfway);
        for (const { event, at } of entries.slice(cut)) fold.apply(event, at);
        expect(canonical(halfway)).toBe(text);
        expect(canonical(fold.finish())).toBe(canonical(evolveAll(SMALL_STATE, entries)));
      }),
    );
  });
});

test('its owner may have series written in place: the same state, and what is new stands apart', () => {
  fc.assert(
    fc.property(history, history, (before, entries) => {
      const start = evolveAll(SMALL_STATE, before);
      const visible = structuredClone(start);
      const fold = Fold.inPlace(structuredClone(start));
      for (const { event, at } of entries) fold.apply(event, at);
      const after = fold.finish();
      const wanted = canonical(evolveAll(start, entries));
      expect(canonical(after)).toBe(wanted);
      expect(canonical({ ...after, series: { ...visible.series, ...Object.fromEntries(fold.written) } })).toBe(wanted);
    }),
  );
});

describe('the text that is hashed', () => {
  const held = (state: BoardState): object =>
    Object.fromEntries(Object.entries(state).filter(([, slice]) => slice === null || typeof slice !== 'object' || Object.keys(slice as object).length > 0));

  test('remembers what did not change, and is the canonical text all the same', () => {
    fc.assert(
      fc.property(history, (entries) => {
        let state = SMALL_STATE;
        for (const entry of entries) {
          state = evolve(state, entry);
          expect(stateText(state)).toBe(canonical(held(state)));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is the same for a state that was stored before a slice came', () => {
    const { offers: _offers, ...earlier } = SMALL_STATE;
    expect(stateText(wholeState(earlier))).toBe(stateText(SMALL_STATE));
  });

  test('of a board that is not defined', () => {
    expect(stateText(emptyBoard)).toBe(canonical(held(emptyBoard)));
  });
});

describe('folding', () => {
  test('never changes the state it started from', () => {
    fc.assert(fc.property(history, history, (before, entries) => void evolveAll(deepFreeze(evolveAll(SMALL_STATE, before)), deepFreeze(entries))));
  });

  test('never throws on an event it knows, not even before the board is defined', () => {
    fc.assert(fc.property(event, moment, (one, at) => void evolve(emptyBoard, { event: one, at })));
  });

  test('refuses what it does not know: a wrong board is worse than none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty')), (kind) => {
        expect(() => evolve(SMALL_STATE, { at: START, event: { kind } as unknown as BoardEvent })).toThrow(UnknownEvent);
      }),
    );
  });
});

describe('a series', () => {
  test('shows the newest reading, and a late one only in its line', () => {
    const series = after([waiting(0, 40), waiting(60, 50)], [waiting(30, 45)]);
    expect(series).toMatchObject({ value: 50, at: START + HOUR_MS });
    expect(series.trend.map(([, value]) => value)).toEqual([40, 45, 50]);
  });

  test('takes a correction of the moment it shows, and ignores an older revision', () => {
    expect(after([waiting(0, 40)], [waiting(0, 14, 1)]).value).toBe(14);
    expect(after([waiting(0, 14, 1)], [waiting(0, 40)]).value).toBe(14);
  });

  test('corrects a point of its line', () => {
    expect(after([waiting(0, 40), waiting(60, 50)], [waiting(0, 14, 1)]).trend.map(([, value]) => value)).toEqual([14, 50]);
  });

  test('keeps the last value beside "not reported", but not one that was taken back', () => {
    expect(after([waiting(0, 40)], [waiting(15, null)]).last).toEqual({ at: START, value: 40 });
    expect(after([waiting(0, 40)], [waiting(0, null, 1)]).last).toBeUndefined();
    expect(after([waiting(0, null, 1)], [waiting(0, 40)]).last).toBeUndefined();
    expect(after([waiting(15, null)], [waiting(0, 40)]).last).toEqual({ at: START, value: 40 });
  });

  test('has one point a bucket, the newest, and no more than the day line is long', () => {
    const { buckets } = SMALL.trend;
    const many = Array.from({ length: 40 }, (_, i) => waiting(i * 10, i));
    const { trend } = after(many);
    expect(trend).toHaveLength(buckets);
    expect(trend.map(([, value]) => value)).toEqual([26, 29, 32, 35, 38, 39]);
  });
});

test('the count of held readings and the last refusal follow the batches of their feed', () => {
  const held: BoardEvent = { kind: 'ReadingsQuarantined', feed: 'north', batch: 'b', readings: [{ ...waiting(0, 900), reason: 'jump' }] };
  const refused: BoardEvent = { kind: 'ReadingsRefused', feed: 'north', batch: 'b', count: 2, code: 'in-the-future', detail: 'x' };
  const at = START;
  const doubtful = evolveAll(SMALL_STATE, [
    { at, event: held },
    { at, event: refused },
  ]);
  expect(doubtful.feeds['north']).toEqual({ held: 1, heardAt: at, refused: { at, count: 2, code: 'in-the-future', detail: 'x' } });
  expect(doubtful.held['ed.waiting@north']).toMatchObject({ value: 900, reason: 'jump' });
  const cleared = evolve(doubtful, { at: at + 1, event: recorded(waiting(5, 50)) });
  expect(cleared.feeds['north']).toEqual({ held: 1, heardAt: at + 1 });
  expect(cleared.held).toEqual({});
});

test('series that leave the definition keep their number for ever', () => {
  const { 'ed.waiting@south': gone, ...rest } = SMALL.series;
  const smaller = evolve(SMALL_STATE, { at: START, event: { kind: 'BoardDefined', definition: { ...SMALL, series: rest } } });
  expect(smaller.numbers['ed.waiting@south']).toBe(gone!.no);
});
