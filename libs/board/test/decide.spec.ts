import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defineBoard, type ProposedDefinition } from '../src/decide/define-board.js';
import { STATUS_DEFAULT_MS, STATUS_LONGEST_MS, postStatus } from '../src/decide/post-status.js';
import { SUSPENSION_LONGEST_MS, resumeFeed, suspendFeed } from '../src/decide/suspend-feed.js';
import { clockStepped, tick } from '../src/decide/tick.js';
import type { BoardEvent } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { SMALL, SMALL_STATE, START, deepFreeze, now, state } from './arbitraries.js';

const fold = (before: BoardState, at: number, ...events: BoardEvent[]): BoardState =>
  evolveAll(
    before,
    events.map((event) => ({ event, at })),
  );
const heard = (at: number, ...series: string[]): BoardEvent => ({
  kind: 'ReadingsRecorded',
  feed: 'north',
  batch: 'b',
  readings: series.map((one) => ({ series: one, at, value: 40 })),
});

describe('defineBoard', () => {
  const proposed: ProposedDefinition = SMALL;
  const only = (...ids: string[]): ProposedDefinition => ({ ...proposed, series: Object.fromEntries(ids.map((id) => [id, SMALL.series[id]!])) });

  test('the same definition again is nothing new', () => {
    expect(defineBoard(SMALL_STATE, proposed)).toEqual({ events: [], outcome: { changed: false } });
  });

  test('numbers are given once: kept through changes, never reused, unique', () => {
    let before = emptyBoard;
    const given = new Map<string, number>();
    for (const ids of [
      ['ed.waiting@north', 'ed.wait@north'],
      ['ed.wait@north'],
      ['ed.waiting@south', 'ed.wait@north'],
      ['ed.waiting@north', 'ed.waiting@south'],
    ]) {
      const { events } = defineBoard(before, only(...ids));
      before = fold(before, START, ...events);
      for (const { id, no } of Object.values(before.definition!.series)) {
        expect(given.get(id) ?? no).toBe(no);
        given.set(id, no);
      }
    }
    expect(new Set(given.values()).size).toBe(given.size);
    expect([...given.values()].every((no) => Number.isInteger(no) && no > 0)).toBe(true);
  });
});

describe('postStatus', () => {
  const post = (until?: number) => postStatus(SMALL_STATE, { feed: 'north', text: 'busy', level: 3, ...(until !== undefined && { until }) }, START);

  test('stands for twelve hours unless told otherwise', () => {
    expect(post().events).toEqual([{ kind: 'StatusPosted', provider: 'north', feed: 'north', text: 'busy', level: 3, until: START + STATUS_DEFAULT_MS }]);
    expect(post(START + HOUR_MS).outcome).toEqual({ provider: 'north', until: START + HOUR_MS });
    expect(post(START + STATUS_LONGEST_MS).outcome).toEqual({ provider: 'north', until: START + STATUS_LONGEST_MS });
  });

  test.each([
    ['now', START, 'already-over'],
    ['in the past', START - 1, 'already-over'],
    ['after more than a week', START + STATUS_LONGEST_MS + 1, 'too-long'],
  ])('an end %s is refused', (_name, until, code) => {
    expect(post(until)).toMatchObject({ events: [], outcome: { refused: { field: 'until', code } } });
  });

  test('is taken only from a feed of the board', () => {
    expect(() => postStatus(SMALL_STATE, { feed: 'nobody', text: 'x' }, START)).toThrow('nobody');
  });
});

describe('suspendFeed', () => {
  const suspend = (until: number) => suspendFeed(SMALL_STATE, { feed: 'north', until, reason: 'upgrade' }, START);

  test('a planned silence has an end, within a week (I35)', () => {
    expect(suspend(START + HOUR_MS).events).toEqual([{ kind: 'FeedSuspended', feed: 'north', until: START + HOUR_MS, reason: 'upgrade' }]);
    expect(suspend(START + SUSPENSION_LONGEST_MS).events).toHaveLength(1);
    expect(suspend(START)).toMatchObject({ events: [], outcome: { refused: { code: 'already-over' } } });
    expect(suspend(START + SUSPENSION_LONGEST_MS + 1)).toMatchObject({ events: [], outcome: { refused: { code: 'too-long' } } });
    expect(() => suspendFeed(SMALL_STATE, { feed: 'nobody', until: START + 1, reason: 'x' }, START)).toThrow('nobody');
  });

  test('is taken back at once, and only when it is there', () => {
    const suspended = fold(SMALL_STATE, START, ...suspend(START + HOUR_MS).events);
    expect(resumeFeed(suspended, { feed: 'north' })).toEqual({ events: [{ kind: 'FeedResumed', feed: 'north' }], outcome: { resumed: true } });
    expect(resumeFeed(SMALL_STATE, { feed: 'north' })).toEqual({ events: [], outcome: { resumed: false } });
  });

  test('ends by itself when its time is over', () => {
    const suspended = fold(SMALL_STATE, START, heard(START, 'ed.waiting@north'), ...suspend(START + HOUR_MS).events);
    expect(tick(suspended, START + HOUR_MS - 1).events).toEqual([]);
    expect(tick(suspended, START + HOUR_MS).events).toContainEqual({ kind: 'FeedResumed', feed: 'north' });
  });
});

describe('tick', () => {
  const GRACE_END = 20 * MINUTE_MS;
  const fresh = fold(SMALL_STATE, START, heard(START, 'ed.waiting@north', 'ed.wait@north'));

  test('notices a silent feed after its grace, once, and dates it to when it became late', () => {
    expect(tick(fresh, START + GRACE_END).events).toEqual([]);
    const [fell] = tick(fresh, START + HOUR_MS).events;
    expect(fell).toEqual({ kind: 'FeedFellSilent', feed: 'north', since: START + GRACE_END });
    expect(tick(fold(fresh, START + HOUR_MS, fell!), START + 2 * HOUR_MS).events).toEqual([]);
  });

  test('a feed is silent only when all its series are, and since the last of them', () => {
    const half = fold(fresh, START + 15 * MINUTE_MS, heard(START + 15 * MINUTE_MS, 'ed.waiting@north'));
    expect(tick(half, START + 30 * MINUTE_MS).events).toEqual([]);
    expect(tick(half, START + 36 * MINUTE_MS).events).toEqual([{ kind: 'FeedFellSilent', feed: 'north', since: START + 15 * MINUTE_MS + GRACE_END }]);
  });

  test('notices that it is heard again', () => {
    const silent = fold(fresh, START + HOUR_MS, ...tick(fresh, START + HOUR_MS).events, heard(START + HOUR_MS, 'ed.waiting@north'));
    expect(tick(silent, START + HOUR_MS + 1).events).toEqual([{ kind: 'FeedHeardAgain', feed: 'north' }]);
  });

  test('a feed that was never heard is waited for, not silent; an empty batch does not make it fresh', () => {
    expect(tick(SMALL_STATE, START + 100 * HOUR_MS).events).toEqual([]);
    const alive = fold(fresh, START + 50 * MINUTE_MS, heard(START + 50 * MINUTE_MS));
    expect(tick(alive, START + 51 * MINUTE_MS).events.map(({ kind }) => kind)).toEqual(['FeedFellSilent']);
  });

  test('what it finds is settled by its own events: a second tick at the same moment finds nothing', () => {
    fc.assert(
      fc.property(state, now, (before, at) => {
        const { events } = tick(deepFreeze(before), at);
        const after = fold(before, at, ...events);
        const again = tick(after, at).events;
        // Only the end of a suspension can uncover a silence, and that one is found by the next tick.
        expect(again.every(({ kind }) => kind === 'FeedFellSilent')).toBe(true);
        expect(tick(fold(after, at, ...again), at).events).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('a silence never begins in the future', () => {
    fc.assert(
      fc.property(state, now, (before, at) => {
        for (const event of tick(before, at).events) if (event.kind === 'FeedFellSilent') expect(event.since).toBeLessThanOrEqual(at);
      }),
    );
  });

  test('a jump of the clock is remembered', () => {
    const { events } = clockStepped(-5_000);
    expect(fold(SMALL_STATE, START, ...events).clock).toEqual({ at: START, byMs: -5_000 });
  });
});
