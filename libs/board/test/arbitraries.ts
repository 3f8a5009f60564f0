/** Boards, readings and histories for property tests. Values are few and times close, so that things meet. */
import fc from 'fast-check';
import { defineBoard } from '../src/decide/define-board.js';
import type { BoardDefinition } from '../src/definition.js';
import type { BoardEvent, Entry, HoldReason, Reading } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { boardOf } from './board.js';

export const START = Date.parse('2026-10-24T12:00:00Z');

/** Two hospitals and a council; counts, times, a share, words, and every way to roll them up. */
export const SMALL = definitionOf({
  feeds: {
    north: { every: '15m', grace: '5m', limit: '1h' },
    south: { every: '30m', grace: '10m', limit: '2h' },
    council: { at: ['09:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri'], grace: '2h', limit: '4d' },
  },
  series: {
    'ed.waiting@north': { feed: 'north', watch: 'over 40', act: 'over 60', jump: 60 },
    'ed.wait@north': { feed: 'north', unit: 'minutes', watch: 'over 30', act: 'over 60' },
    'ed.note@north': { feed: 'north', unit: 'words' },
    'ed.waiting@south': { feed: 'south', watch: 'over 40', act: 'over 60' },
    'ed.seen@north': { feed: 'north' },
    'ed.seen@south': { feed: 'south' },
    'beds.occupancy@south': { feed: 'south', unit: 'percent', range: [0, 130], watch: 'over 92', act: 'over 96' },
    'care.packages@council': { feed: 'council', range: [0, 200], watch: 'under 10', act: 'under 5' },
  },
  rollups: {
    'ed.waiting@system': { how: 'sum', of: ['ed.waiting@north', 'ed.waiting@south'], watch: 'over 80', act: 'over 120' },
    'ed.longest@system': { how: 'max', of: ['ed.waiting@north', 'ed.waiting@south'], watch: 'over 40', act: 'over 60' },
    'ed.least@system': { how: 'min', of: ['ed.waiting@north', 'ed.waiting@south'], watch: 'under 5' },
    'ed.usual@system': { how: 'mean', of: ['ed.waiting@north', 'ed.waiting@south', 'care.packages@council'], watch: 'over 40' },
    'ed.share@system': { how: 'ratio', of: ['ed.waiting@north', 'ed.waiting@south'], over: ['ed.seen@north', 'ed.seen@south'], watch: 'over 50' },
  },
  trend: { bucket: '30m', buckets: 6 },
});

function definitionOf(sketch: Parameters<typeof boardOf>[0]): BoardDefinition {
  const [event] = defineBoard(emptyBoard, boardOf(sketch)).events;
  if (event?.kind !== 'BoardDefined') throw new Error('A first definition always leads to an event.');
  return event.definition;
}

export const SMALL_STATE: BoardState = evolveAll(emptyBoard, [{ at: START, event: { kind: 'BoardDefined', definition: SMALL } }]);

export const SERIES = Object.keys(SMALL.series);
export const FEEDS = Object.keys(SMALL.feeds);
export const FIGURES = [...SERIES, ...Object.keys(SMALL.rollups)];

export const seriesId = fc.constantFrom(...SERIES);
export const feedId = fc.constantFrom(...FEEDS);
/** A moment within a day around the autumn clock change, on a coarse grid so that moments repeat. */
export const moment = fc.integer({ min: 0, max: 24 * 12 }).map((n) => START + n * 5 * MINUTE_MS);
const count = fc.integer({ min: 0, max: 130 });
export const value = fc.oneof({ weight: 6, arbitrary: count }, { weight: 1, arbitrary: fc.constant(null) });

export const reading: fc.Arbitrary<Reading> = fc
  .record({ series: seriesId, at: moment, value, rev: fc.constantFrom(0, 0, 0, 1, 2), why: fc.constantFrom(undefined, 'system down') })
  .map(({ series, at, value, rev, why }) => {
    const words = SMALL.series[series]!.metric === 'ed.note';
    const one: Reading = { series, at, value: words && value !== null ? `note ${value}` : value };
    if (rev > 0) one.rev = rev;
    if (value === null && why !== undefined) one.why = why;
    return one;
  });

/** Readings as a journal may hold them: one value for a series, moment and revision. */
export const readings = fc.uniqueArray(reading, { maxLength: 40, selector: ({ series, at, rev }) => `${series} ${at} ${rev ?? 0}` });

const reason = fc.constantFrom<HoldReason>('out-of-range', 'jump', 'unit-step', 'conflict', 'unchanged', 'resent', 'mix-up');
const batch = fc.constantFrom('b1', 'b2', 'b3');
export const event: fc.Arbitrary<BoardEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ReadingsRecorded' as const), feed: feedId, batch, readings: fc.array(reading, { maxLength: 6 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ReadingsQuarantined' as const),
      feed: feedId,
      batch,
      readings: fc.array(
        fc.tuple(reading, reason).map(([one, why]) => ({ ...one, reason: why })),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
  fc.record({
    kind: fc.constant('ReadingsRefused' as const),
    feed: feedId,
    batch,
    count: fc.integer({ min: 1, max: 9 }),
    code: fc.constant('in-the-future'),
    detail: fc.string(),
  }),
  fc.record({
    kind: fc.constant('StatusPosted' as const),
    provider: feedId,
    feed: feedId,
    text: fc.string(),
    level: fc.integer({ min: 1, max: 5 }),
    until: moment,
  }),
  fc.record({ kind: fc.constant('FeedSuspended' as const), feed: feedId, until: moment, reason: fc.string() }),
  fc.record({ kind: fc.constant('FeedResumed' as const), feed: feedId }),
  fc.record({ kind: fc.constant('FeedFellSilent' as const), feed: feedId, since: moment }),
  fc.record({ kind: fc.constant('FeedHeardAgain' as const), feed: feedId }),
  fc.record({ kind: fc.constant('ClockStepped' as const), byMs: fc.integer() }),
  fc.constant<BoardEvent>({ kind: 'BoardDefined', definition: SMALL }),
);

/** A journal after the definition: recorded moments never go back. */
export const history: fc.Arbitrary<Pick<Entry, 'event' | 'at'>[]> = fc
  .array(fc.record({ event, after: fc.integer({ min: 0, max: HOUR_MS }) }), { maxLength: 25 })
  .map((steps) => {
    let at = START;
    return steps.map((step) => ({ event: step.event, at: (at += step.after) }));
  });

export const state: fc.Arbitrary<BoardState> = history.map((entries) => evolveAll(SMALL_STATE, entries));
/** From a day before anything happened to four days after: all states of freshness. */
export const now = fc.integer({ min: START - 24 * HOUR_MS, max: START + 5 * 24 * HOUR_MS });

export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
