/** A delivery taken back whole: the board is as it was before, nothing is erased, and what was corrected since stays. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readingKey, recordReadings } from '../src/decide/record-readings.js';
import { takeBack, takeBackRows } from '../src/decide/take-back.js';
import type { BoardEvent, Reading } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import type { BoardState } from '../src/state.js';
import { MINUTE_MS } from '../src/time.js';
import { SMALL, SMALL_STATE, START } from './arbitraries.js';

const BY = { id: 'p1', name: 'Somebody' };
const SERIES = Object.keys(SMALL.series).filter((id) => SMALL.series[id]!.feed === 'north');

/** Every value there ever was, by series, moment and revision. */
function storeOf(events: readonly BoardEvent[]): Map<string, Reading> {
  const readings = events.flatMap((event) => (event.kind === 'ReadingsRecorded' ? event.readings : []));
  return new Map(readings.map((one) => [readingKey(one.series, one.at, one.rev ?? 0), one]));
}
/** What is known today of each moment: its highest revision. */
function present(events: readonly BoardEvent[]): Record<string, number | string | null> {
  const newest = new Map<string, Reading>();
  for (const one of storeOf(events).values()) {
    const key = `${one.series} ${one.at}`;
    if ((newest.get(key)?.rev ?? 0) <= (one.rev ?? 0)) newest.set(key, one);
  }
  return Object.fromEntries([...newest].filter(([, { value }]) => value !== null).map(([key, { value }]) => [key, value]));
}
const known = (events: readonly BoardEvent[]) => new Map([...storeOf(events)].map(([key, { value }]) => [key, value]));
const fold = (state: BoardState, events: readonly BoardEvent[]) =>
  evolveAll(
    state,
    events.map((event) => ({ event, at: START })),
  );

const delivery = fc.uniqueArray(
  fc.record({
    series: fc.constantFrom(...SERIES),
    minute: fc.integer({ min: 0, max: 5 }),
    value: fc.integer({ min: 40, max: 42 }),
    rev: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 8, selector: ({ series, minute }) => `${series} ${minute}` },
);

test('whatever came before, each moment is afterwards what it was, and every event of before still stands', () => {
  fc.assert(
    fc.property(delivery, delivery, (first, second) => {
      const record = (state: BoardState, before: BoardEvent[], batch: string, rows: typeof first): BoardEvent[] => [
        ...before,
        ...recordReadings(
          state,
          { feed: 'north', batch, rows: rows.map(({ minute, ...one }, row) => ({ row, ...one, at: START - minute * MINUTE_MS })), unreadable: [], by: BY },
          known(before),
          START,
        ).events,
      ];
      const before = record(SMALL_STATE, [], 'first', first);
      const after = record(fold(SMALL_STATE, before), before, 'second', second);
      const readings = after.slice(before.length).flatMap((event) => (event.kind === 'ReadingsRecorded' ? event.readings : []));
      const { events, outcome } = takeBack(
        fold(SMALL_STATE, after),
        { feed: 'north', batch: 'second', readings, history: false, reason: 'wrong file', by: BY },
        known(after),
      );
      const back = [...after, ...events];
      // A revision that skipped some says nothing of what it stood for: such a moment has no value then.
      const skipped = new Set(
        readings.filter(({ series, at, rev = 0 }) => rev > 0 && !known(before).has(readingKey(series, at, rev - 1))).map(({ series, at }) => `${series} ${at}`),
      );
      const same = (store: Record<string, unknown>) => Object.fromEntries(Object.entries(store).filter(([key]) => !skipped.has(key)));
      expect(outcome.taken + outcome.kept).toBe(readings.length);
      if (outcome.kept === 0) expect(same(present(back))).toEqual(same(present(before)));
      expect(back.slice(0, after.length)).toEqual(after);
      expect(events.every((event) => event.kind === 'ReadingsRecorded' && event.reason === 'wrong file' && event.by === BY)).toBe(true);
    }),
  );
});

test('a figure that somebody corrected since stays as it was corrected; twice is once', () => {
  const at = START - MINUTE_MS;
  const [one, other] = SERIES as [string, string];
  const came: BoardEvent = {
    kind: 'ReadingsRecorded',
    feed: 'north',
    batch: 'b',
    readings: [
      { series: one, at, value: 41 },
      { series: other, at, value: 42 },
    ],
  };
  const corrected: BoardEvent = {
    kind: 'ReadingsRecorded',
    feed: 'north',
    batch: 'c',
    readings: [{ series: one, at, value: 44, rev: 1 }],
    by: BY,
    reason: 'typed wrongly',
  };
  const state = fold(SMALL_STATE, [came, corrected]);
  const command = { feed: 'north', batch: 'b', readings: came.readings, history: false, reason: 'wrong file', by: BY };
  const { events, outcome } = takeBack(state, command, known([came, corrected]));
  expect(outcome).toEqual({ taken: 1, kept: 1 });
  const after = fold(state, events);
  expect(after.series[one]).toMatchObject({ value: 44, rev: 1 });
  expect(after.series[other]).toMatchObject({ value: null, why: 'wrong file', rev: 1 });
  expect(takeBack(after, command, known([came, corrected, ...events]))).toEqual({ events: [], outcome: { taken: 0, kept: 2 } });
  expect(takeBackRows(came.readings)).toHaveLength(2);
});
