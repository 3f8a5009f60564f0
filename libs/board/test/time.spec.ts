import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, localDay, minuteOfDay, momentOfLocal, offsetMsAt, weekday } from '../src/time.js';
import { LONDON } from './london.js';

const at = (text: string): number => Date.parse(text);
const dayOf = (text: string): number => Math.floor(at(`${text}T00:00:00Z`) / DAY_MS);
/** Any minute of 2026, both clock changes included. */
const minute2026 = fc.integer({ min: 0, max: 365 * 1440 - 1 }).map((n) => at('2026-01-01T00:00:00Z') + n * MINUTE_MS);

describe('the zone table', () => {
  const platform = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    day: '2-digit',
    hourCycle: 'h23',
  });
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

  test('agrees with the platform on clock time, date and weekday', () => {
    fc.assert(
      fc.property(minute2026, (moment) => {
        const parts = Object.fromEntries(platform.formatToParts(moment).map(({ type, value }) => [type, value]));
        const local = new Date(moment + offsetMsAt(LONDON, moment));
        expect([local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes()]).toEqual([
          Number(parts['day']),
          Number(parts['hour']),
          Number(parts['minute']),
        ]);
        expect(names[weekday(localDay(LONDON, moment)) - 1]).toBe(parts['weekday']);
      }),
    );
  });

  test.each([
    ['the minute before summer time', '2026-03-29T00:59:00Z', 0],
    ['the first moment of summer time', '2026-03-29T01:00:00Z', HOUR_MS],
    ['the last minute of summer time', '2026-10-25T00:59:00Z', HOUR_MS],
    ['the first moment of winter time', '2026-10-25T01:00:00Z', 0],
    ['before the table begins: its first offset', '2001-07-01T00:00:00Z', 0],
  ])('%s', (_name, moment, offset) => {
    expect(offsetMsAt(LONDON, at(moment))).toBe(offset);
  });

  test('a zone without a table is UTC', () => {
    expect(offsetMsAt({ name: 'UTC', offsets: [] }, at('2026-07-01T00:00:00Z'))).toBe(0);
  });
});

describe('momentOfLocal', () => {
  test.each([
    ['a winter morning', '2026-01-16', '09:00', '2026-01-16T09:00:00Z'],
    ['a summer morning', '2026-07-16', '09:00', '2026-07-16T08:00:00Z'],
    ['the morning after the spring change', '2026-03-29', '09:00', '2026-03-29T08:00:00Z'],
    ['the hour before the spring change', '2026-03-29', '00:30', '2026-03-29T00:30:00Z'],
    ['a clock time the spring change skips: just after the change', '2026-03-29', '01:30', '2026-03-29T01:00:00Z'],
    ['the first clock time after the skipped hour', '2026-03-29', '02:00', '2026-03-29T01:00:00Z'],
    ['a clock time the autumn change repeats: the first time', '2026-10-25', '01:30', '2026-10-25T00:30:00Z'],
    ['the first clock time after the repeated hour', '2026-10-25', '02:00', '2026-10-25T02:00:00Z'],
    ['the evening of the autumn change', '2026-10-25', '22:00', '2026-10-25T22:00:00Z'],
    ['midnight of the autumn change', '2026-10-25', '00:00', '2026-10-24T23:00:00Z'],
    ['midnight of the spring change', '2026-03-29', '00:00', '2026-03-29T00:00:00Z'],
  ])('%s', (_name, day, clock, moment) => {
    expect(new Date(momentOfLocal(LONDON, dayOf(day), minuteOfDay(clock))).toISOString()).toBe(new Date(at(moment)).toISOString());
  });

  test('there and back: every minute that the clock shows once', () => {
    fc.assert(
      fc.property(minute2026, (moment) => {
        const local = moment + offsetMsAt(LONDON, moment);
        const day = Math.floor(local / DAY_MS);
        const back = momentOfLocal(LONDON, day, (local - day * DAY_MS) / MINUTE_MS);
        const repeated = moment >= at('2026-10-25T01:00:00Z') && moment < at('2026-10-25T02:00:00Z');
        expect(back).toBe(repeated ? moment - HOUR_MS : moment);
      }),
      { numRuns: 2_000 },
    );
  });

  test('later clock times are never earlier moments', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayOf('2026-01-01'), max: dayOf('2026-12-31') }), fc.nat(1439), fc.nat(1439), (day, a, b) => {
        expect(momentOfLocal(LONDON, day, Math.min(a, b))).toBeLessThanOrEqual(momentOfLocal(LONDON, day, Math.max(a, b)));
      }),
    );
  });
});
