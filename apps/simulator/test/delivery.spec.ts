import { describe, expect, it } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import { expectedAfter } from '@comm-cell/board/rules/freshness';
import { batches } from '../src/delivery/sending.js';
import { delayMs, nextObservation, observations } from '../src/delivery/schedule.js';
import { scenarios } from '../src/scenarios/named.js';
import { systems } from '../src/systems/named.js';
import { DAY_MS, reporter } from './stories.js';

describe.each(Object.keys(systems))('the feeds of %s', (id) => {
  const board = loadBoard(id);

  // Three weeks around each change of the clocks, weekends included.
  it.each([
    ['spring', Date.UTC(2026, 2, 15)],
    ['autumn', Date.UTC(2026, 9, 11)],
  ])('are on time by their own contract in %s', (_season, from) => {
    for (const feed of Object.values(board.feeds)) {
      const looks = [...observations(feed, board.zone, from, from + 21 * DAY_MS)];
      expect(looks.length).toBeGreaterThan(10);
      const late = looks.slice(1).filter((at, i) => {
        const sent = at + delayMs(feed, at);
        return sent < at || sent > expectedAfter(feed, board.zone, looks[i]! + feed.lagMs) + feed.graceMs || sent - looks[i]! > feed.limitMs;
      });
      expect(late.map((at) => `${feed.id} ${new Date(at).toISOString()}`)).toEqual([]);
      expect(nextObservation(feed, board.zone, looks[3]!)).toBe(looks[4]);
    }
  });
});

describe('batches', () => {
  const rows = Array.from({ length: 23 }, (_, i) => ({ series: `s${i}`, observedAt: new Date(Math.floor(i / 4) * 60_000).toISOString() }));

  it('hold everything once, in order, no more than the server takes, and do not cut a moment in two', () => {
    const cut = [...batches(rows, 10)];
    expect(cut.flat()).toEqual(rows);
    expect(cut.map((batch) => batch.length)).toEqual([8, 8, 7]);
  });

  it('cut a moment that is too large by itself', () => {
    expect(
      [
        ...batches(
          rows.map((row) => ({ ...row, observedAt: rows[0]!.observedAt })),
          10,
        ),
      ].map((batch) => batch.length),
    ).toEqual([10, 10, 3]);
  });
});

describe('scenarios do what they say', () => {
  const start = 1463 * 14 * DAY_MS + DAY_MS / 2;
  const teller = (scenario: string) => {
    const one = reporter('buckinghamshire', scenario, start, start);
    return (feed: string, minutes: number) => one.report(one.board.feeds[feed]!, start + minutes * 60_000);
  };

  it('has a sentence about each', () => {
    for (const { about } of Object.values(scenarios)) expect(about).toMatch(/^[A-Z].+\.$/);
  });

  it('feed-dies: the hospice is silent, the emergency department falls silent', () => {
    const say = teller('feed-dies');
    expect(say('hospice', -25 * 60).length).toBeGreaterThan(0);
    expect(say('hospice', -60)).toEqual([]);
    expect(say('stoke-ed', 5).length).toBeGreaterThan(0);
    expect(say('stoke-ed', 15)).toEqual([]);
    expect(say('wycombe-ed', 15).length).toBeGreaterThan(0);
  });

  it('clock-ahead: one feed claims to be from the future', () => {
    const say = teller('clock-ahead');
    const seconds = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
    expect(say('urgent-treatment', -1)[0]!.observedAt).toBe(seconds(-1));
    expect(say('urgent-treatment', 1)[0]!.observedAt).toBe(seconds(11));
    expect(say('stoke-ed', 1)[0]!.observedAt).toBe(seconds(1));
  });

  it('site-closes: the closed site reports no figure, and the other takes its patients', () => {
    const say = teller('site-closes');
    expect(say('wycombe-ed', -30).every(({ notReported }) => notReported !== 'site closed')).toBe(true);
    const closed = say('wycombe-ed', 30);
    expect(closed.length).toBeGreaterThan(10);
    expect(closed.every(({ value, notReported }) => value === undefined && notReported === 'site closed')).toBe(true);
    const attendances = (rows: ReturnType<typeof say>): number => Number(rows.find(({ series }) => series.startsWith('ed.attendances@'))!.value);
    expect(attendances(say('stoke-ed', 9 * 60))).toBeGreaterThan(attendances(teller('winter-monday')('stoke-ed', 9 * 60)) + 10);
  });
});
