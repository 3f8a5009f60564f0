import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defineBoard } from '../src/decide/define-board.js';
import type { FeedDefinition } from '../src/definition.js';
import { FRESHNESS, isCurrent, judgeFreshness, worseFreshness, type Freshness } from '../src/rules/freshness.js';
import { emptyBoard } from '../src/state.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, momentOfLocal } from '../src/time.js';
import { boardOf, type FeedSketch } from './board.js';
import { LONDON } from './london.js';

function feed(sketch: FeedSketch): FeedDefinition {
  const { events } = defineBoard(emptyBoard, boardOf({ feeds: { one: sketch }, series: {} }));
  return events.flatMap((event) => (event.kind === 'BoardDefined' ? [event.definition.feeds['one']!] : []))[0]!;
}
const at = (text: string): number => Date.parse(text);
const judge = (one: FeedDefinition, observed: string, now: string, recorded = observed): Freshness =>
  judgeFreshness(one, LONDON, { at: at(observed), recordedAt: at(recorded) }, undefined, at(now)).freshness;

const QUARTER_HOURLY = feed({ every: '15m', grace: '5m', limit: '1h' });
const WEEKDAYS_AT_NINE = feed({ at: ['09:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri'], grace: '2h', limit: '4d' });
const NINE_AND_FOUR = feed({ at: ['16:00', '09:00'], grace: '30m', limit: '2d' });
const YESTERDAY_AT_TEN = feed({ at: ['10:00'], grace: '1h', limit: '3d', lag: '24h' });

describe('a feed every 15 minutes, grace 5, limit 1 hour', () => {
  test.each([
    ['at once', '14:00:00', 'fresh'],
    ['until the next is expected', '14:14:59', 'fresh'],
    ['when it is expected', '14:15:00', 'due'],
    ['to the end of its grace', '14:20:00', 'due'],
    ['after its grace', '14:20:01', 'late'],
    ['up to its limit', '15:00:00', 'late'],
    ['beyond its limit', '15:00:01', 'expired'],
  ] as const)('%s (%s): %s', (_name, now, freshness) => {
    expect(judge(QUARTER_HOURLY, '2026-01-16T14:00:00Z', `2026-01-16T${now}Z`)).toBe(freshness);
  });

  test('a source whose clock runs ahead ages from the moment it was recorded', () => {
    expect(judge(QUARTER_HOURLY, '2026-01-16T14:02:00Z', '2026-01-16T14:16:00Z', '2026-01-16T14:00:00Z')).toBe('due');
  });

  test('a reading that came late ages from the moment it was observed', () => {
    expect(judge(QUARTER_HOURLY, '2026-01-16T14:00:00Z', '2026-01-16T14:21:00Z', '2026-01-16T14:19:00Z')).toBe('late');
  });

  test('an hour is an hour through both clock changes', () => {
    expect(judge(QUARTER_HOURLY, '2026-10-25T00:50:00Z', '2026-10-25T01:04:00Z')).toBe('fresh');
    expect(judge(QUARTER_HOURLY, '2026-10-25T00:50:00Z', '2026-10-25T01:51:00Z')).toBe('expired');
    expect(judge(QUARTER_HOURLY, '2026-03-29T00:50:00Z', '2026-03-29T01:04:00Z')).toBe('fresh');
    expect(judge(QUARTER_HOURLY, '2026-03-29T00:50:00Z', '2026-03-29T01:11:00Z')).toBe('late');
  });
});

describe('a feed at 09:00 on weekdays, grace 2 hours', () => {
  test.each([
    ['Thursday’s is fresh on Friday before nine', '2026-01-15T09:00:00Z', '2026-01-16T08:59:00Z', 'fresh'],
    ['Thursday’s is due on Friday at nine', '2026-01-15T09:00:00Z', '2026-01-16T09:00:00Z', 'due'],
    ['Friday’s is fresh all Saturday', '2026-01-16T09:00:00Z', '2026-01-17T23:00:00Z', 'fresh'],
    ['Friday’s is fresh on Monday before nine', '2026-01-16T09:00:00Z', '2026-01-19T08:59:00Z', 'fresh'],
    ['Friday’s is late on Monday after eleven', '2026-01-16T09:00:00Z', '2026-01-19T11:00:01Z', 'late'],
    ['Friday’s expires on Tuesday', '2026-01-16T09:00:00Z', '2026-01-20T09:00:01Z', 'expired'],
    ['before the autumn change nine is at eight UTC', '2026-10-22T08:00:00Z', '2026-10-23T07:59:00Z', 'fresh'],
    ['before the autumn change it is due at eight UTC', '2026-10-22T08:00:00Z', '2026-10-23T08:00:00Z', 'due'],
    ['over the autumn change nine moves to nine UTC', '2026-10-23T08:00:00Z', '2026-10-26T08:59:00Z', 'fresh'],
    ['over the autumn change it is due at nine UTC', '2026-10-23T08:00:00Z', '2026-10-26T09:00:00Z', 'due'],
    ['over the spring change it is due at eight UTC', '2026-03-27T09:00:00Z', '2026-03-30T08:00:00Z', 'due'],
    ['over the spring change it is late after ten UTC', '2026-03-27T09:00:00Z', '2026-03-30T10:00:01Z', 'late'],
  ] as const)('%s', (_name, observed, now, freshness) => {
    expect(judge(WEEKDAYS_AT_NINE, observed, now)).toBe(freshness);
  });
});

test('clock times are taken in the order of the day, however they are written', () => {
  expect(judge(NINE_AND_FOUR, '2026-01-16T08:00:00Z', '2026-01-16T09:00:00Z')).toBe('due');
  expect(judge(NINE_AND_FOUR, '2026-01-16T09:00:00Z', '2026-01-16T15:59:00Z')).toBe('fresh');
  expect(judge(NINE_AND_FOUR, '2026-01-16T16:00:00Z', '2026-01-17T09:31:00Z')).toBe('late');
});

test('figures of yesterday are not late on the day they are meant to come', () => {
  expect(judge(YESTERDAY_AT_TEN, '2026-01-15T00:00:00Z', '2026-01-16T09:59:00Z', '2026-01-16T09:00:00Z')).toBe('fresh');
  expect(judge(YESTERDAY_AT_TEN, '2026-01-15T12:00:00Z', '2026-01-17T10:30:00Z', '2026-01-16T09:50:00Z')).toBe('due');
  expect(judge(YESTERDAY_AT_TEN, '2026-01-15T12:00:00Z', '2026-01-17T11:01:00Z', '2026-01-16T09:50:00Z')).toBe('late');
});

describe('whatever the feed', () => {
  const feeds = fc.constantFrom(QUARTER_HOURLY, WEEKDAYS_AT_NINE, NINE_AND_FOUR, YESTERDAY_AT_TEN);
  const moment = fc.integer({ min: at('2026-03-20T00:00:00Z'), max: at('2026-11-05T00:00:00Z') });
  const span = fc.integer({ min: 0, max: 10 * DAY_MS });
  const ORDER: Freshness[] = ['fresh', 'due', 'late', 'expired'];

  test('without a reading: never, or suspended', () => {
    fc.assert(
      fc.property(feeds, moment, span, (one, now, left) => {
        expect(judgeFreshness(one, LONDON, undefined, undefined, now)).toEqual({ freshness: 'never', ageMs: Infinity });
        expect(judgeFreshness(one, LONDON, undefined, { until: now + left + 1 }, now).freshness).toBe('suspended');
      }),
    );
  });

  test('a value never gets fresher by waiting', () => {
    fc.assert(
      fc.property(feeds, moment, span, span, (one, observed, a, b) => {
        const value = { at: observed, recordedAt: observed };
        const sooner = judgeFreshness(one, LONDON, value, undefined, observed + Math.min(a, b));
        const later = judgeFreshness(one, LONDON, value, undefined, observed + Math.max(a, b));
        expect(ORDER.indexOf(later.freshness)).toBeGreaterThanOrEqual(ORDER.indexOf(sooner.freshness));
        expect(later.ageMs).toBeGreaterThanOrEqual(sooner.ageMs);
        expect(later.expectedAt).toBe(sooner.expectedAt);
      }),
    );
  });

  test('nothing older than the limit, or than the expected moment and grace, is current', () => {
    fc.assert(
      fc.property(feeds, moment, fc.integer({ min: -2 * MINUTE_MS, max: HOUR_MS }), span, (one, observed, delay, wait) => {
        const value = { at: observed, recordedAt: observed + delay };
        const now = Math.max(value.at, value.recordedAt) + wait;
        const judged = judgeFreshness(one, LONDON, value, undefined, now);
        if (isCurrent(judged.freshness)) {
          expect(now - Math.min(value.at, value.recordedAt)).toBeLessThanOrEqual(one.limitMs);
          expect(now).toBeLessThanOrEqual(judged.expectedAt! + one.graceMs);
        }
      }),
    );
  });

  test('the next delivery is after the last one, at one of the times of the feed', () => {
    fc.assert(
      fc.property(moment, (observed) => {
        const next = judgeFreshness(WEEKDAYS_AT_NINE, LONDON, { at: observed, recordedAt: observed }, undefined, observed).expectedAt!;
        expect(next).toBeGreaterThan(observed);
        expect(next).toBe(momentOfLocal(LONDON, Math.floor(next / DAY_MS), 9 * 60));
      }),
    );
  });

  test('a suspension covers every state until its end, and not a moment longer', () => {
    fc.assert(
      fc.property(feeds, moment, span, (one, observed, wait) => {
        const value = { at: observed, recordedAt: observed };
        const now = observed + wait;
        expect(judgeFreshness(one, LONDON, value, { until: now + 1 }, now).freshness).toBe('suspended');
        expect(judgeFreshness(one, LONDON, value, { until: now }, now).freshness).not.toBe('suspended');
      }),
    );
  });
});

test('the worse of two states does not depend on their order, and is one of them', () => {
  for (const a of FRESHNESS) {
    for (const b of FRESHNESS) {
      expect(worseFreshness(a, b)).toBe(worseFreshness(b, a));
      expect([a, b]).toContain(worseFreshness(a, b));
      if (isCurrent(worseFreshness(a, b))) expect(isCurrent(a) && isCurrent(b)).toBe(true);
    }
  }
});
