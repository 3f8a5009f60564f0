/** What providers say beside their figures: never more claimed than offered, closures that end, sign-offs that stay as they were. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CLOSURE_LONGEST_MS, closePlace } from '../src/decide/close-place.js';
import { claimCapacity, OFFER_LONGEST_MS, offerCapacity, withdrawCapacity } from '../src/decide/offer-capacity.js';
import { correctFigure, pushFigures } from '../src/decide/push-figures.js';
import { type CandidateRow, readingKey } from '../src/decide/record-readings.js';
import { presentFigures, signOff } from '../src/decide/sign-off.js';
import { tick } from '../src/decide/tick.js';
import type { BoardEvent, Person, Reading } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import type { BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { boardView } from '../src/views/board.js';
import { consoleView } from '../src/views/console.js';
import { offerViews, signOffView } from '../src/views/provided.js';
import { FEEDS, reading, SMALL, SMALL_STATE, START } from './arbitraries.js';

const by: Person = { id: 'p', name: 'Somebody' };
const folded = (state: BoardState, events: readonly BoardEvent[], at: number): BoardState =>
  evolveAll(
    state,
    events.map((event) => ({ event, at })),
  );

type Deal = { kind: 'claim' | 'withdraw'; no: number; provider: string; count: number };
const deal: fc.Arbitrary<Deal> = fc.record({
  kind: fc.constantFrom('claim', 'claim', 'claim', 'withdraw'),
  no: fc.integer({ min: 1, max: 3 }),
  provider: fc.constantFrom(...FEEDS),
  count: fc.integer({ min: 1, max: 4 }),
});
const offered = fc.array(fc.record({ provider: fc.constantFrom(...FEEDS), count: fc.integer({ min: 1, max: 6 }) }), { minLength: 1, maxLength: 3 });

/** `claim`: the decision under test, for the control to put another in its place. */
function dealt(offers: readonly { provider: string; count: number }[], deals: readonly Deal[], claim: typeof claimCapacity): BoardState {
  let state = SMALL_STATE;
  for (const offer of offers) state = folded(state, offerCapacity(state, { ...offer, what: 'slots', until: START + HOUR_MS, by }, START).events, START);
  for (const { kind, ...one } of deals)
    state = folded(state, (kind === 'claim' ? claim(state, { ...one, by }, START) : withdrawCapacity(state, { no: one.no, by }, START)).events, START);
  return state;
}
function overclaimed(state: BoardState): boolean {
  return Object.values(state.offers).some(({ count, left, claims }) => left < 0 || claims.reduce((sum, one) => sum + one.count, 0) + left > count);
}

describe('spare capacity', () => {
  test('in whatever order providers reach for it, never more is claimed than was offered', () => {
    fc.assert(fc.property(offered, fc.array(deal, { maxLength: 20 }), (offers, deals) => !overclaimed(dealt(offers, deals, claimCapacity))));
  });

  test('control: a decision that does not look at what is left is caught', () => {
    const blind: typeof claimCapacity = (_state, command) => ({ events: [{ kind: 'CapacityClaimed', ...command }], outcome: { no: command.no, left: 0 } });
    const { failed } = fc.check(fc.property(offered, fc.array(deal, { maxLength: 20 }), (offers, deals) => !overclaimed(dealt(offers, deals, blind))));
    expect(failed).toBe(true);
  });

  test('is over at its moment, whether or not the clock has ticked, and for 24 hours at most', () => {
    const offer = (until: number) => offerCapacity(SMALL_STATE, { provider: 'north', what: 'slots', count: 1, until, by }, START);
    expect(offer(START + OFFER_LONGEST_MS + 1).outcome).toMatchObject({ refused: { code: 'too-long' } });
    const state = folded(SMALL_STATE, offer(START + HOUR_MS).events, START);
    expect(offerViews(state, START + HOUR_MS - 1)).toHaveLength(1);
    expect(offerViews(state, START + HOUR_MS)).toHaveLength(0);
    expect(claimCapacity(state, { no: 1, provider: 'south', count: 1, by }, START + HOUR_MS).outcome).toMatchObject({ refused: { code: 'unknown-offer' } });
  });
});

describe('a closed place', () => {
  const close = (until: number) => closePlace(SMALL_STATE, { place: 'north', until, reason: 'flood', by }, START);

  test('has an end, opens by itself, and until then marks its tile and takes no colour from it', () => {
    expect(close(START + CLOSURE_LONGEST_MS + 1).outcome).toMatchObject({ refused: { code: 'too-long' } });
    const state = folded(SMALL_STATE, close(START + HOUR_MS).events, START);
    const tiles = (now: number) => boardView(state, now, 'overview')!.columns.flatMap((column) => column.tiles);
    for (const tile of tiles(START)) expect([tile.placeId, tile.closed !== undefined]).toEqual([tile.placeId, tile.placeId === 'north']);
    expect(tiles(START + HOUR_MS).some(({ closed }) => closed)).toBe(false);
    const open = boardView(SMALL_STATE, START, 'overview')!.columns.flatMap((column) => column.tiles.map(({ headline }) => headline));
    expect(tiles(START).map(({ headline }) => headline)).toEqual(open);
    expect(tick(state, START + HOUR_MS - 1).events).toEqual([]);
    expect(tick(state, START + HOUR_MS).events).toEqual([{ kind: 'PlaceOpened', place: 'north' }]);
  });
});

describe('a sign-off', () => {
  test('what is restated is exactly what the newest reading of its moment says otherwise, whatever comes afterwards', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 15 }), fc.array(reading, { maxLength: 15 }), fc.integer({ min: 0, max: 24 }), (before, after, hours) => {
        const at = START + hours * HOUR_MS;
        const unique = (some: readonly Reading[], known: readonly Reading[]): Reading[] => {
          const keys = new Set(known.map((one) => readingKey(one.series, one.at, one.rev ?? 0)));
          return some.filter((one) => {
            const key = readingKey(one.series, one.at, one.rev ?? 0);
            return SMALL.series[one.series]!.feed === 'north' && !keys.has(key) && keys.add(key);
          });
        };
        const first = unique(before, []).filter((one) => one.at <= at);
        const later = unique(after, first);
        const recorded = (readings: Reading[]): BoardEvent => ({ kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings });
        let state = folded(SMALL_STATE, [recorded(first)], at);
        state = folded(state, [{ kind: 'FiguresSignedOff', provider: 'north', figures: presentFigures(state, 'north'), by }], at);
        state = folded(state, [recorded(later)], at + HOUR_MS);
        const newest = (some: readonly Reading[], series: string) =>
          some.filter((one) => one.series === series && one.at <= at).sort((a, b) => b.at - a.at || (b.rev ?? 0) - (a.rev ?? 0))[0]?.value;
        const expected = Object.keys(SMALL.series).flatMap((series) => {
          const [from, to] = [newest(first, series), newest([...first, ...later], series)];
          return to === from || to === undefined ? [] : [[series, from, to]];
        });
        const { restated } = signOffView(state, SMALL.providers['north']!, at + 2 * HOUR_MS)!;
        expect(restated.map(({ series, from, to }) => [series, from, to]).sort()).toEqual(expected.sort());
      }),
    );
  });

  test('stands only behind what was looked at', () => {
    const state = folded(
      SMALL_STATE,
      [{ kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [{ series: 'ed.waiting@north', at: START, value: 38 }] }],
      START,
    );
    expect(signOff(state, { provider: 'north', seen: [{ series: 'ed.waiting@north', at: START, rev: 1 }], by }).outcome).toMatchObject({
      refused: { code: 'moved-on' },
    });
    expect(signOff(state, { provider: 'north', seen: presentFigures(state, 'north'), by }).outcome).toEqual({ provider: 'north', figures: 1 });
    expect(signOff(state, { provider: 'south', seen: [], by }).outcome).toMatchObject({ refused: { code: 'nothing-to-sign' } });
  });
});

describe('figures of a person', () => {
  const row = (series: string, value: number, more: Partial<CandidateRow> = {}): CandidateRow => ({ row: 0, series, at: START, value, rev: 0, ...more });

  test('every row ends in exactly one place, and each feed gets its own', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(reading, fc.constantFrom('north', 'south')), { maxLength: 12 }), ([...some]) => {
        const provider = some[0]?.[1] ?? 'north';
        const rows = some.map(([{ series, at, value, rev = 0 }], i) => ({ row: i, series, at, value, rev }));
        const { events, outcome } = pushFigures(SMALL_STATE, { provider, batch: 'b', rows, by }, new Map(), START + 48 * HOUR_MS);
        expect(outcome.accepted + outcome.duplicate + outcome.rejected.length + outcome.quarantined.length).toBe(rows.length);
        for (const event of events) {
          if (event.kind === 'ReadingsRecorded') expect(event.by).toEqual(by);
          if ('readings' in event) for (const { series } of event.readings) expect(SMALL.series[series]!.feed).toBe(provider);
        }
      }),
    );
  });

  test('a correction of what is not known changes nothing', () => {
    const command = { series: 'ed.waiting@north', at: START, seen: 0, value: 9, reason: 'wrong', batch: 'b', by };
    expect(correctFigure(SMALL_STATE, command, new Map(), START)).toMatchObject({ events: [], outcome: { refused: { code: 'unknown-reading' } } });
    const known = new Map([[readingKey('ed.waiting@north', START, 0), 8]]);
    expect(correctFigure(SMALL_STATE, command, known, START).events).toMatchObject([
      { kind: 'ReadingsRecorded', reason: 'wrong', by, readings: [{ rev: 1, value: 9 }] },
    ]);
    expect(correctFigure(SMALL_STATE, { ...command, series: 'ed.waits@north' }, known, START).outcome).toMatchObject({ refused: { code: 'unknown-series' } });
  });

  test('the console shows one’s own work, what is due longest first and what comes by itself last', () => {
    const { events } = pushFigures(SMALL_STATE, { provider: 'south', batch: 'b', rows: [row('ed.waiting@south', 12)], by }, new Map(), START);
    const state = folded(SMALL_STATE, events, START);
    expect(consoleView(state, ['south'], START)!.providers.map(({ id }) => id)).toEqual(['south']);
    expect(consoleView(state, null, START)!.providers).toHaveLength(3);
    const figure = (now: number) => consoleView(state, ['south'], now)!.providers[0]!.feeds[0]!.figures.find(({ series }) => series === 'ed.waiting@south')!;
    expect(figure(START)).toMatchObject({ freshness: 'fresh', last: { value: 12, at: START, rev: 0 } });
    expect(figure(START + 35 * MINUTE_MS).freshness).toBe('due');
    expect(figure(START + 60 * MINUTE_MS).freshness).toBe('late');
  });
});
