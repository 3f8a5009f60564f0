import { describe, expect, it } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import { HOUR_MS, localDay, MINUTE_MS, momentOfLocal } from '@comm-cell/board/time';
import { statusOf } from '@comm-cell/board/rules/threshold';
import { systems } from '../src/systems/named.js';
import { DAY_MS, reporter, story, tell, valuesOf } from './stories.js';

const NOON = Date.UTC(2026, 0, 19, 12);
/** Right after a chapter of the story begins: the least to be played before. */
const EARLY = 1463 * 14 * DAY_MS;

/** The moments at which a rule does not hold; one comparison for many, as each costs the test runner dearly. */
function fails(values: ReadonlyMap<number, number>, holds: (at: number, value: number) => boolean): string[] {
  return [...values].filter(([at, value]) => !holds(at, value)).map(([at]) => new Date(at).toISOString());
}

describe('a story', () => {
  it('says the same again with the same seed, and something else with another', () => {
    const [one, again, other] = [
      tell('buckinghamshire', 'winter-monday', EARLY, EARLY + DAY_MS),
      tell('buckinghamshire', 'winter-monday', EARLY, EARLY + DAY_MS),
      tell('buckinghamshire', 'winter-monday', EARLY, EARLY + DAY_MS, 2),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('continues the story of yesterday when it is started again', () => {
    const whole = [...tell('buckinghamshire', 'winter-monday', EARLY, EARLY + 2 * DAY_MS).values()].flat();
    const later = [...tell('buckinghamshire', 'winter-monday', EARLY + DAY_MS, EARLY + 2 * DAY_MS).values()].flat();
    const known = new Map(whole.map((row) => [`${row.series} ${row.observedAt}`, row]));
    expect(later.length).toBeGreaterThan(3_000);
    expect(later.every((row) => JSON.stringify(known.get(`${row.series} ${row.observedAt}`)) === JSON.stringify(row))).toBe(true);
  });
});

describe.each(Object.keys(systems))('%s', (id) => {
  const board = loadBoard(id);
  const hospitals = Object.keys(systems[id]!.hospitals);
  /** The cell of one hospital shows a few figures of its system, whose sums are looked at on the board of the whole. */
  const whole = hospitals.every((place) => board.places[place]);

  it('has a source for every series of the board', () => {
    const { system } = reporter(id, 'winter-monday', NOON - DAY_MS, NOON);
    expect(Object.values(board.series).filter(({ metric, place }) => !system.knows(metric, place))).toEqual([]);
  });

  describe.each(id === 'buckinghamshire' ? ['winter-monday', 'quiet-tuesday'] : ['winter-monday'])('scenario %s over 14 days', (scenario) => {
    const feeds = story(id, scenario, NOON - 14 * DAY_MS, NOON);

    it('reports every series, in its unit, within its range', () => {
      const seen = new Set<string>();
      const wrong: unknown[] = [];
      for (const rows of feeds.values()) {
        for (const row of rows) {
          const series = board.series[row.series]!;
          const metric = board.metrics[series.metric]!;
          if (row.value !== undefined) seen.add(row.series);
          if (row.unit !== metric.unit) wrong.push(row);
          if (metric.kind === 'text' ? row.value !== undefined && typeof row.value !== 'string' : typeof row.value === 'string') wrong.push(row);
          if (typeof row.value === 'number' && (row.value < series.range.min || row.value > series.range.max || !Number.isFinite(row.value))) wrong.push(row);
          if ((row.value === undefined) === (row.notReported === undefined)) wrong.push(row);
        }
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(Object.keys(board.series).filter((series) => !seen.has(series))).toEqual([]);
    });
  });

  if (!whole) return;

  describe('on winter Mondays', () => {
    const feeds = story(id, 'winter-monday', NOON - 14 * DAY_MS, NOON);
    const all = [...feeds.values()];

    it.each(hospitals)('adds up at %s', (place) => {
      const of = (metric: string): Map<number, number> => valuesOf(all, `${metric}@${place}`);
      const [inside, short, middle, long] = [of('ed.in-department'), of('ed.under-4h'), of('ed.4-to-12h'), of('ed.over-12h')];
      expect(inside.size).toBeGreaterThan(1000);
      expect(fails(inside, (at, people) => short.get(at)! + middle.get(at)! + long.get(at)! === people)).toEqual([]);
      const [departures, inTime, waits] = [of('ed.departures'), of('ed.departures-in-4h'), of('ed.bed-waits')];
      expect(fails(departures, (at, n) => inTime.get(at)! <= n)).toEqual([]);
      expect(fails(waits, (at, n) => n <= inside.get(at)!)).toEqual([]);
      const [occupied, open, free] = [of('beds.occupied'), of('beds.open'), of('beds.free')];
      expect(occupied.size).toBeGreaterThan(300);
      expect(fails(occupied, (at, beds) => free.get(at) === open.get(at)! - beds)).toEqual([]);
      expect(fails(of('beds.occupancy'), (at, share) => Math.abs(share - (100 * occupied.get(at)!) / open.get(at)!) < 0.06)).toEqual([]);
      expect(fails(of('ed.four-hour'), (at, share) => Math.abs(share - (100 * inTime.get(at)!) / departures.get(at)!) < 0.06)).toEqual([]);
      // Nobody appears or vanishes: who came is gone again or still here, over any day.
      const came = of('ed.attendances');
      const next = (at: number): number => at + 15 * MINUTE_MS;
      const within = new Map([...came].filter(([at]) => came.has(next(at)) && localDay(board.zone, at) === localDay(board.zone, next(at))));
      expect(within.size).toBeGreaterThan(1000);
      expect(
        fails(within, (at, n) => inside.get(next(at))! - inside.get(at)! === came.get(next(at))! - n - (departures.get(next(at))! - departures.get(at)!)),
      ).toEqual([]);
    });

    it('never falls within a day what counts since midnight, and begins again at every local midnight', () => {
      for (const series of Object.values(board.series).filter(
        ({ metric }) => board.metrics[metric]!.kind === 'since-midnight' && board.units[board.metrics[metric]!.unit]!.quantity === 'count',
      )) {
        let before: { day: number; value: number } | undefined;
        const fell: string[] = [];
        for (const [at, value] of valuesOf(all, series.id)) {
          const day = localDay(board.zone, at);
          if (before?.day === day && value < before.value) fell.push(`${series.id} at ${new Date(at).toISOString()}`);
          before = { day, value };
        }
        expect(fell).toEqual([]);
      }
    });

    it('keeps to the believable steps of the board', () => {
      for (const { id: series, maxJump } of Object.values(board.series)) {
        if (maxJump === undefined) continue;
        const values = [...valuesOf(all, series).values()];
        const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
        expect(Math.max(0, ...steps)).toBeLessThanOrEqual(maxJump);
      }
    });

    it('shows a wall that is mostly calm, with some to watch and some to act on', () => {
      const counts = { ok: 0, watch: 0, act: 0, none: 0 };
      for (const rows of all) {
        for (const { series, value } of rows) if (typeof value === 'number') counts[statusOf(value, board.series[series]!.thresholds)]++;
      }
      const judged = counts.ok + counts.watch + counts.act;
      expect(counts.ok / judged).toBeGreaterThan(0.5);
      expect(counts.watch / judged).toBeGreaterThan(0.08);
      expect(counts.act / judged).toBeGreaterThan(0.03);
      expect(counts.act / judged).toBeLessThan(0.25);
    });
  });
});

describe('the clocks of spring and autumn', () => {
  it.each([
    ['spring', Date.UTC(2026, 2, 29), 23],
    ['autumn', Date.UTC(2026, 9, 25), 25],
  ])('in %s the day is counted from local midnight to local midnight', (_name, utcDay, hours) => {
    const { zone } = loadBoard('buckinghamshire');
    const day = localDay(zone, utcDay + 12 * HOUR_MS);
    const [from, to] = [momentOfLocal(zone, day, 0), momentOfLocal(zone, day + 1, 0)];
    expect((to - from) / HOUR_MS).toBe(hours);
    const all = [...story('buckinghamshire', 'quiet-tuesday', from - DAY_MS, to + DAY_MS).values()];
    let before = -1;
    let resets = 0;
    for (const [at, value] of valuesOf(all, 'ed.attendances@stoke-mandeville')) {
      if (value < before) {
        resets++;
        expect(localDay(zone, at)).toBe(localDay(zone, at - 15 * MINUTE_MS) + 1);
      }
      before = value;
    }
    expect(resets).toBe(2);
  });
});

describe('what drives what', () => {
  it('a full hospital makes ambulances wait, and callers with them', () => {
    const stories: Record<string, ReturnType<typeof story>> = {
      'winter-monday': story('buckinghamshire', 'winter-monday', NOON - 14 * DAY_MS, NOON),
      'quiet-tuesday': story('buckinghamshire', 'quiet-tuesday', NOON - 14 * DAY_MS, NOON),
    };
    const mean = (scenario: string, series: string): number => {
      const values = [...valuesOf(stories[scenario]!.values(), series).values()];
      return values.reduce((sum, n) => sum + n, 0) / values.length;
    };
    expect(mean('winter-monday', 'beds.occupancy@stoke-mandeville')).toBeGreaterThan(mean('quiet-tuesday', 'beds.occupancy@stoke-mandeville') + 1);
    expect(mean('winter-monday', 'ambulance.hours-lost@stoke-mandeville')).toBeGreaterThan(2 * mean('quiet-tuesday', 'ambulance.hours-lost@stoke-mandeville'));
    expect(mean('winter-monday', '999.cat-2@ambulance-999')).toBeGreaterThan(mean('quiet-tuesday', '999.cat-2@ambulance-999') + 2);
    expect(mean('winter-monday', 'ed.four-hour@stoke-mandeville')).toBeLessThan(mean('quiet-tuesday', 'ed.four-hour@stoke-mandeville') - 8);
  });
});
