import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../src/canonical.js';
import {
  FUTURE_LIMIT_MS,
  lateRows,
  readingKey,
  recordReadings,
  type CandidateRow,
  type ReadingsOutcome,
  type RejectedRow,
} from '../src/decide/record-readings.js';
import type { BoardEvent } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import type { BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { SERIES, SMALL, SMALL_STATE, START, deepFreeze, moment, state } from './arbitraries.js';

const NOW = START + 12 * HOUR_MS;
const row = (of: Partial<CandidateRow>): CandidateRow => ({ row: 0, series: 'ed.waiting@north', at: NOW, value: 38, rev: 0, ...of });
const send = (before: BoardState, rows: CandidateRow[], at = NOW, known = new Map<string, number | string | null>()) =>
  recordReadings(before, { feed: 'north', batch: 'b', rows, unreadable: [] }, known, at);
const fold = (before: BoardState, events: BoardEvent[], at = NOW): BoardState =>
  evolveAll(
    before,
    events.map((event) => ({ event, at })),
  );
const sent = (before: BoardState, rows: CandidateRow[], at = NOW): BoardState => fold(before, send(before, rows, at).events, at);
const verdict = ({ accepted, duplicate, rejected, quarantined }: ReadingsOutcome): string =>
  [
    ...Array<string>(accepted).fill('accepted'),
    ...Array<string>(duplicate).fill('duplicate'),
    ...rejected.map(({ code }) => code),
    ...quarantined.map(({ reason }) => reason),
  ].join(' ');

/** What an adapter may hand over, and worse: unknown series, other feeds, words for numbers, infinities, the future. */
const anyRow: fc.Arbitrary<CandidateRow> = fc.record(
  {
    row: fc.nat(20),
    series: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...SERIES) },
      { weight: 1, arbitrary: fc.constantFrom('ed.nothing@north', 'constructor', '__proto__', '') },
    ),
    at: fc.oneof({ weight: 6, arbitrary: moment }, { weight: 1, arbitrary: fc.integer({ min: NOW, max: NOW + 10 * MINUTE_MS }) }),
    value: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -5, max: 150 }) },
      { weight: 2, arbitrary: fc.constantFrom(null, 'north is full', '', 12.5, 9_999, NaN, Infinity, -Infinity, -0) },
    ),
    rev: fc.constantFrom(0, 0, 0, 1, 2),
    unit: fc.constantFrom('patients', 'minutes'),
    why: fc.constant('system down'),
  },
  { requiredKeys: ['row', 'series', 'at', 'value', 'rev'] },
);
const anyRows = fc.array(anyRow, { maxLength: 25 });
const unreadable = fc.array(fc.constant<RejectedRow>({ row: 1, field: 'value', code: 'not-a-number', detail: 'x' }), { maxLength: 3 });
const feed = fc.constantFrom(...Object.keys(SMALL.feeds));
const command = fc.record({ feed, batch: fc.constant('b'), rows: anyRows, unreadable });

describe('whatever is sent', () => {
  test('every row has exactly one fate (I8), and the events tell the same', () => {
    fc.assert(
      fc.property(state, command, (before, one) => {
        const { events, outcome } = recordReadings(before, one, new Map(), NOW);
        const { received, accepted, duplicate, rejected, quarantined } = outcome;
        expect(received).toBe(one.rows.length + one.unreadable.length);
        expect(accepted + duplicate + rejected.length + quarantined.length).toBe(received);
        const count = { ReadingsRecorded: 0, ReadingsQuarantined: 0, ReadingsRefused: 0 };
        for (const event of events) {
          if (event.kind === 'ReadingsRecorded' || event.kind === 'ReadingsQuarantined') count[event.kind] += event.readings.length;
          else if (event.kind === 'ReadingsRefused') count[event.kind] += event.count;
          else throw new Error(`Readings lead to no ${event.kind}.`);
        }
        expect(count).toEqual({ ReadingsRecorded: accepted, ReadingsQuarantined: quarantined.length, ReadingsRefused: rejected.length });
      }),
      { numRuns: 400 },
    );
  });

  test('what is journaled is a finite value or text of the feed’s own series, not from the future (I9, I12)', () => {
    fc.assert(
      fc.property(state, command, (before, one) => {
        for (const event of recordReadings(before, one, new Map(), NOW).events) {
          if (event.kind !== 'ReadingsRecorded' && event.kind !== 'ReadingsQuarantined') continue;
          for (const { series, at, value } of event.readings) {
            expect(SMALL.series[series]?.feed).toBe(one.feed);
            expect(at).toBeLessThanOrEqual(NOW + FUTURE_LIMIT_MS);
            if (value !== null) expect(typeof value).toBe(series === 'ed.note@north' ? 'string' : 'number');
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
            if (typeof value === 'number' && event.kind === 'ReadingsRecorded') {
              const { min, max } = SMALL.series[series]!.range;
              expect(value >= min && value <= max).toBe(true);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('sending it again records nothing new and changes no value', () => {
    fc.assert(
      fc.property(state, command, (before, one) => {
        const known = new Map<string, number | string | null>();
        const first = recordReadings(before, one, known, NOW);
        for (const event of first.events)
          if (event.kind === 'ReadingsRecorded') for (const { series, at, rev, value } of event.readings) known.set(readingKey(series, at, rev ?? 0), value);
        const after = fold(before, first.events);
        const second = recordReadings(after, one, known, NOW);
        const again = second.events.flatMap((event) => (event.kind === 'ReadingsRecorded' ? event.readings : []));
        // Held back at first, a jump may be confirmed by what came after it; nothing else may become new.
        const heldBefore = new Set(first.outcome.quarantined.map(({ series }) => series));
        expect(again.filter(({ series }) => !heldBefore.has(series))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('deciding changes neither the state nor the command, and asks nothing else', () => {
    fc.assert(
      fc.property(state, command, (before, one) => {
        const once = recordReadings(deepFreeze(before), deepFreeze(one), new Map(), NOW);
        expect(canonical(recordReadings(before, one, new Map(), NOW))).toBe(canonical(once));
      }),
    );
  });
});

describe('a row', () => {
  const before = sent(SMALL_STATE, [row({ at: NOW - 15 * MINUTE_MS, value: 40 })], NOW - 15 * MINUTE_MS);

  test.each<[string, Partial<CandidateRow>, string]>([
    ['in its range is accepted', { value: 38 }, 'accepted'],
    ['at the end of its range is accepted', { value: 0 }, 'accepted'],
    ['that says why there is no value is accepted', { value: null, why: 'system down' }, 'accepted'],
    ['sent again is a duplicate', { at: NOW - 15 * MINUTE_MS, value: 40 }, 'duplicate'],
    ['with another value for the same moment and revision is held back', { at: NOW - 15 * MINUTE_MS, value: 41 }, 'conflict'],
    ['taking a value back without a revision is held back', { at: NOW - 15 * MINUTE_MS, value: null }, 'conflict'],
    ['that corrects with a revision is accepted', { at: NOW - 15 * MINUTE_MS, value: 14, rev: 1 }, 'accepted'],
    ['above its range is held back', { value: 1_001 }, 'out-of-range'],
    ['below its range is held back', { value: -1 }, 'out-of-range'],
    ['two minutes ahead is accepted', { at: NOW + FUTURE_LIMIT_MS }, 'accepted'],
    ['further ahead is refused', { at: NOW + FUTURE_LIMIT_MS + 1 }, 'in-the-future'],
    ['of a series this board does not have is refused', { series: 'ed.nothing@north' }, 'unknown-series'],
    ['of another feed is refused', { series: 'ed.waiting@south' }, 'not-of-this-feed'],
    ['in another unit is refused', { unit: 'minutes' }, 'wrong-unit'],
    ['in its own unit is accepted', { unit: 'patients' }, 'accepted'],
    ['with words for a number is refused', { value: '38' }, 'not-a-number'],
    ['with an empty text for a number is refused, not taken for 0', { value: '' }, 'not-a-number'],
    ['that is no number is refused', { value: NaN }, 'not-a-number'],
    ['that is infinite is refused', { value: Infinity }, 'not-a-number'],
    ['with half a patient is refused', { value: 12.5 }, 'not-whole'],
    ['with a part of a minute is accepted', { series: 'ed.wait@north', value: 12.5 }, 'accepted'],
    ['with a number for words is refused', { series: 'ed.note@north', value: 3 }, 'not-a-text'],
    ['with words for words is accepted', { series: 'ed.note@north', value: 'north is full' }, 'accepted'],
  ])('%s', (_name, one, expected) => {
    expect(verdict(send(before, [row(one)]).outcome)).toBe(expected);
  });

  test('whose twin lies in older history is known by looking there', () => {
    const late = row({ at: NOW - HOUR_MS, value: 20 });
    expect(lateRows(before, [row({}), late, row({ at: NOW - 15 * MINUTE_MS, value: 40 }), row({ at: NOW - 15 * MINUTE_MS, rev: 1 })])).toEqual([
      late,
      row({ at: NOW - 15 * MINUTE_MS, rev: 1 }),
    ]);
    const known = new Map([[readingKey(late.series, late.at, 0), 20]]);
    expect(verdict(send(before, [late], NOW, known).outcome)).toBe('duplicate');
    expect(verdict(send(before, [{ ...late, value: 21 }], NOW, known).outcome)).toBe('conflict');
  });
});

describe('a batch', () => {
  const before = sent(SMALL_STATE, [row({ at: NOW - 15 * MINUTE_MS, value: 40 })], NOW - 15 * MINUTE_MS);

  test('without rows says only that the feed is alive', () => {
    expect(send(before, []).events).toEqual([{ kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [] }]);
    expect(sent(before, []).series).toEqual(before.series);
  });

  test('of which nothing is good records nothing: the feed’s light does not go on', () => {
    expect(send(before, [row({ value: 'x' })]).events.map(({ kind }) => kind)).toEqual(['ReadingsRefused']);
  });

  test('that says two things at once about one moment keeps the first and holds back the second', () => {
    expect(verdict(send(before, [row({ value: 41 }), row({ value: 42 }), row({ value: 41 })]).outcome)).toBe('accepted duplicate conflict');
  });

  test('of several moments is judged step by step', () => {
    const climbing = [90, 140, 190].map((value, i) => row({ row: i, at: NOW - (2 - i) * MINUTE_MS, value }));
    expect(verdict(send(before, climbing).outcome)).toBe('accepted accepted accepted');
    expect(verdict(send(before, [climbing[2]!]).outcome)).toBe('jump');
  });

  test('with a late row does not judge the newest by it', () => {
    expect(verdict(send(before, [row({ row: 0, at: NOW - 5 * HOUR_MS, value: 40 }), row({ row: 1, value: 400 })]).outcome)).toBe('accepted jump');
  });

  test('with "not reported" in between still judges what follows', () => {
    expect(verdict(send(before, [row({ row: 0, at: NOW - MINUTE_MS, value: null }), row({ row: 1, value: 400 })]).outcome)).toBe('accepted jump');
  });

  test('of a board that is not defined is an error of the caller', () => {
    expect(() => send({ ...SMALL_STATE, definition: null }, [])).toThrow('without a definition');
  });
});

describe('what is held back', () => {
  const before = sent(SMALL_STATE, [row({ at: NOW, value: 40 })]);
  const later = (minutes: number, value: number): CandidateRow => row({ at: NOW + minutes * MINUTE_MS, value });
  const step = (was: BoardState, minutes: number, value: number): [string, BoardState] => {
    const at = NOW + minutes * MINUTE_MS;
    const { events, outcome } = send(was, [later(minutes, value)], at);
    return [verdict(outcome), fold(was, events, at)];
  };
  const story = (...steps: [minutes: number, value: number][]): string[] => {
    let was = before;
    return steps.map(([minutes, value]) => {
      const [said, after] = step(was, minutes, value);
      was = after;
      return said;
    });
  };

  test('a jump is accepted when the next reading confirms it', () => {
    expect(story([15, 200], [30, 210])).toEqual(['jump', 'accepted']);
  });

  test('a jump up and down again is never shown', () => {
    expect(story([15, 200], [30, 42])).toEqual(['jump', 'accepted']);
  });

  test('two different jumps do not confirm each other', () => {
    expect(story([15, 200], [30, 400], [45, 410])).toEqual(['jump', 'jump', 'accepted']);
  });

  test('repeating a held reading neither counts it twice nor confirms it', () => {
    expect(story([15, 200], [15, 200])).toEqual(['jump', 'duplicate']);
  });

  test('after a silence longer than the limit any level is possible', () => {
    expect(story([61, 400])).toEqual(['accepted']);
  });

  test('an impossible value does not confirm a jump', () => {
    expect(story([15, 1_500], [30, 400])).toEqual(['out-of-range', 'jump']);
  });
});
