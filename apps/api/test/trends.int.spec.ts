/** The hourly roll-ups against the readings they are made of, and the answers of the trends, on a real Postgres. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BoardEvent, Reading } from '@comm-cell/board/events';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { spcQuery, trendsQuery } from '@comm-cell/contract/trends';
import fc from 'fast-check';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { BoardReads } from '../src/database/scoped.js';
import { DeskBoards } from '../src/desk/desk-boards.js';
import { Appending, Journal } from '../src/journal/journal.js';
import { Keepers } from '../src/keeper/keepers.js';
import { hours, ROLL_UP } from '../src/trends/hours.sql.js';
import { RollUps, rollUp } from '../src/trends/roll-up.js';
import { isRolledUp } from '../src/trends/rolled-up.js';
import { spcCsv } from '../src/trends/spc-csv.js';
import { Trends } from '../src/trends/trends.service.js';
import { prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

/** A Monday in winter: local time is UTC. */
const MONDAY = Date.UTC(2026, 0, 5);
const NUMBERS = { 'm.1@here': 1, 'm.2@here': 2, 'm.3@here': 3 };
const DEFINITION = {
  ...smallBoard(),
  rollups: {
    'm.1@both': { id: 'm.1@both', metric: 'm.1', how: 'sum', of: ['m.1@here', 'm.2@here'] },
    'm.2@share': { id: 'm.2@share', metric: 'm.2', how: 'ratio', of: ['m.1@here'], over: ['m.2@here'] },
  },
} as const;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

/** A board of its own with its journal; readings are written as a keeper writes them. */
async function open(): Promise<{ url: string; journal: Journal; write: typeof write; tidy(): Promise<void> }> {
  const url = await postgres.database();
  await prepareBoard(url, DEFINITION);
  const journal = new Journal(url);
  async function write(event: BoardEvent, at = MONDAY + 90 * DAY_MS): Promise<void> {
    const head = (await journal.head('small'))!;
    expect(await journal.append(new Appending('small', head, at).add([event], 'test', NUMBERS).finish())).toBe('done');
  }
  return { url, journal, write, tidy: () => journal.close() };
}
const recorded = (readings: Reading[], more: object = {}): BoardEvent => ({ kind: 'ReadingsRecorded', feed: 'ed', batch: 'b', readings, ...more });
async function rollUpAll(journal: Journal): Promise<void> {
  for (let stands = await rollUp(journal.pool, 'small'); stands.seq < stands.head; stands = await rollUp(journal.pool, 'small'));
}

/** The same tallies, counted in the test from what was written. */
interface Written extends Reading {
  rev: number;
  value: number | null;
  history: boolean;
  seq: number;
}
function tallied(written: readonly Written[], as: 'known' | 'shown'): Record<string, number[]> {
  const chosen = new Map<string, Written>();
  for (const reading of written) {
    if (as === 'shown' && reading.history) continue;
    const key = `${reading.series} ${reading.at}`;
    const other = chosen.get(key);
    const wins = !other || (as === 'known' ? reading.rev > other.rev : reading.seq < other.seq || (reading.seq === other.seq && reading.rev < other.rev));
    if (wins) chosen.set(key, reading);
  }
  const hours: Record<string, number[]> = {};
  for (const { series, at, value } of [...chosen.values()].sort((a, b) => a.at - b.at)) {
    if (value === null) continue;
    const hour = `${NUMBERS[series as keyof typeof NUMBERS]} ${Math.floor(at / HOUR_MS)}`;
    const [n = 0, sum = 0, min = Infinity, max = -Infinity] = hours[hour] ?? [];
    hours[hour] = [n + 1, sum + value, Math.min(min, value), Math.max(max, value), value];
  }
  return hours;
}
async function stored(journal: Journal, shown: boolean): Promise<Record<string, number[]>> {
  const told: Record<string, number[]> = {};
  for (const column of ['sum', 'min', 'max', 'last'] as const) {
    const { rows } = await journal.pool.query<Record<'hour' | 'n' | 'value', number[]> & { no: number }>(hours(column), ['small', [1, 2, 3], 0, 1e9, shown]);
    for (const { no, hour, n, value } of rows) hour.forEach((one, i) => (told[`${no} ${one}`] ??= [n[i]!]).push(value[i]!));
  }
  return told;
}

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: PlanNode[];
}
/** How many rows all nodes of a plan handed on or threw away. */
function rowsOf(node: PlanNode): number {
  const rows = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
  return (node.Plans ?? []).reduce((sum, below) => sum + rowsOf(below), rows * node['Actual Loops']);
}

const batches = fc.array(
  fc.record({
    history: fc.boolean(),
    readings: fc.uniqueArray(
      fc.record({
        series: fc.constantFrom('m.1@here', 'm.2@here'),
        // Few enough moments that corrections, late and repeated ones meet.
        at: fc.integer({ min: 0, max: 11 }).map((quarter) => MONDAY + quarter * 15 * MINUTE_MS),
        rev: fc.integer({ min: 0, max: 2 }),
        value: fc.option(fc.integer({ min: -20, max: 20 }), { freq: 4 }),
      }),
      { minLength: 1, maxLength: 8, selector: ({ series, at, rev }) => `${series} ${at} ${rev}` },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('roll-ups', () => {
  test('agree with the readings, in whatever order these come, are corrected or are brought in later, and however often the job looks', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), async (given, looks) => {
        const { journal, write, tidy } = await open();
        try {
          const written: Written[] = [];
          const known = new Set<string>();
          for (const [i, { history, readings }] of given.entries()) {
            const fresh = readings.filter(({ series, at, rev }) => !known.has(`${series} ${at} ${rev}`));
            for (const { series, at, rev } of fresh) known.add(`${series} ${at} ${rev}`);
            if (fresh.length === 0) continue;
            await write(recorded(fresh, history ? { history: true } : {}));
            written.push(...fresh.map((reading) => ({ ...reading, history, seq: i })));
            if (looks[i]) await rollUp(journal.pool, 'small');
          }
          await rollUpAll(journal);
          expect(await stored(journal, false)).toEqual(tallied(written, 'known'));
          expect(await stored(journal, true)).toEqual(tallied(written, 'shown'));
        } finally {
          await tidy();
        }
      }),
      { numRuns: 12 },
    );
  });

  test('a job that skips what is late would be found out', async () => {
    const { url, journal, write, tidy } = await open();
    await write(recorded([{ series: 'm.1@here', at: MONDAY, value: 5 }]));
    await rollUpAll(journal);
    await write(recorded([{ series: 'm.1@here', at: MONDAY, value: 9, rev: 1 }]));
    // The seeded fault: the cursor is moved past the correction.
    await postgres.sql(url, 'update reading_hours_head set seq = seq + 1');
    await rollUpAll(journal);
    const wrong = await stored(journal, false);
    await postgres.sql(url, 'update reading_hours_head set seq = seq - 1');
    await rollUpAll(journal);
    const hour = `1 ${MONDAY / HOUR_MS}`;
    expect([wrong[hour]![1], (await stored(journal, false))[hour]![1]]).toEqual([5, 9]);
    await tidy();
  });

  test('a step goes over its readings a few times, not once for each, even while the planner knows nothing of them', async () => {
    const { url, journal, write, tidy } = await open();
    const many = 400;
    const head = (await journal.head('small'))!;
    await write(recorded(Array.from({ length: many }, (_, hour) => ({ series: 'm.1@here', at: MONDAY + hour * HOUR_MS, value: hour }))));
    const step = ROLL_UP.replaceAll('$1', "'small'")
      .replaceAll('$2', String(head.seq))
      .replaceAll('$3', String(head.seq + 1));
    const [answer] = await postgres.sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(url, `explain (analyze, format json) ${step}`);
    expect(rowsOf(answer!['QUERY PLAN'][0].Plan)).toBeLessThan(40 * many);
    expect(Object.keys(await stored(journal, false))).toHaveLength(many);
    await tidy();
  });

  test('hours of a retired month stay, and none is retired before it is rolled up', async () => {
    const { url, journal, write, tidy } = await open();
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await write(recorded([{ series: 'm.1@here', at: MONDAY, value: 5 }]));
    const [from, to] = [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 1, 1))];
    expect(await isRolledUp(owner, from, to)).toBe(false);
    await rollUpAll(journal);
    expect(await isRolledUp(owner, from, to)).toBe(true);
    await owner.query(`insert into readings_retired (board_id, month, readings) values ('small', '2026-01-01', 1)`);
    await write(recorded([{ series: 'm.1@here', at: MONDAY + MINUTE_MS, value: 900 }]));
    await rollUpAll(journal);
    expect((await stored(journal, false))[`1 ${MONDAY / HOUR_MS}`]).toEqual([1, 5, 5, 5, 5]);
    await owner.end();
    await tidy();
  });
});

describe('answers', () => {
  let url: string;
  let journal: Journal;
  let keepers: Keepers;
  let reads: BoardReads;
  let trends: Trends;
  /** m.1 follows the hour; m.2 is 100; on the third day m.2 is missing from noon. */
  const valueAt = (hour: number): number => (hour * 7) % 24;
  const DAYS = 16;

  beforeAll(async () => {
    url = await postgres.database();
    await prepareBoard(url, DEFINITION);
    journal = new Journal(url);
    const head = (await journal.head('small'))!;
    const readings: Reading[] = [];
    for (let hour = 0; hour < DAYS * 24; hour++) {
      const at = MONDAY + hour * HOUR_MS;
      readings.push({ series: 'm.1@here', at, value: valueAt(hour) });
      if (Math.floor(hour / 24) !== 2) readings.push({ series: 'm.2@here', at, value: 100 });
    }
    const by = { id: 'a', name: 'Duty manager' };
    const events: BoardEvent[] = [
      recorded(readings),
      recorded([{ series: 'm.1@here', at: MONDAY, value: 240, rev: 1 }]),
      { kind: 'MomentNoted', about: MONDAY + 5 * DAY_MS, text: 'second ward opened', by },
    ];
    const placed = new Appending('small', head, MONDAY + DAYS * DAY_MS).add(events, 'test', NUMBERS).finish();
    expect(await journal.append(placed)).toBe('done');
    keepers = new Keepers(
      journal,
      url,
      () => undefined,
      (error) => {
        throw error;
      },
    );
    await keepers.start();
    reads = new BoardReads({ DATABASE_URL: url }, new DataSource({ type: 'postgres' }));
    trends = new Trends(new DeskBoards(keepers), reads, new RollUps(journal, keepers));
  });
  afterAll(async () => {
    await keepers.stop();
    await reads.onModuleDestroy();
    await journal.close();
  });

  const STRETCH = { from: new Date(MONDAY).toISOString(), to: new Date(MONDAY + DAYS * DAY_MS).toISOString() };
  const ask = (more: object): ReturnType<Trends['trends']> => trends.trends('small', trendsQuery.parse({ figures: 'm.1@here', ...STRETCH, ...more }));

  test('a day is what its readings are, by each method', async () => {
    const own = Array.from({ length: 24 }, (_, hour) => valueAt(24 + hour));
    const sum = own.reduce((a, b) => a + b, 0);
    const expected = { mean: sum / 24, sum, min: 0, max: 23, last: own.at(-1) };
    for (const [how, value] of Object.entries(expected)) {
      const { trends: answered } = await ask({ by: 'day', how });
      expect(answered[0]).toMatchObject({ of: 1, how });
      expect(answered[0]!.value).toHaveLength(DAYS);
      expect(answered[0]!.value[1]).toBe(value);
    }
  });

  test('known has the correction, shown has what came first', async () => {
    const values = await Promise.all((['known', 'shown'] as const).map(async (as) => (await ask({ by: 'hour', as })).trends[0]!.value[0]));
    expect(values).toEqual([240, valueAt(0)]);
    const raw = await Promise.all((['known', 'shown'] as const).map(async (as) => (await ask({ by: 'raw', as })).trends[0]!.value[0]));
    expect(raw).toEqual([240, valueAt(0)]);
  });

  test('a figure of several is not made of some: k of N stands beside it', async () => {
    const { trends: answered } = await ask({ figures: 'm.1@both,m.2@share', by: 'day' });
    expect(answered.map(({ value }) => value.slice(1, 4).map((one) => one === null))).toEqual([
      [false, true, false],
      [false, true, false],
    ]);
    expect(answered[0]!.known.slice(1, 4)).toEqual([2, 1, 2]);
    // A share of a day is that of the sums.
    const mean = Array.from({ length: 24 }, (_, hour) => valueAt(24 + hour)).reduce((a, b) => a + b, 0) / 24;
    expect(answered[1]!.value[1]).toBeCloseTo(mean, 9);
    await expect(ask({ figures: 'm.1@both', by: 'raw' })).rejects.toMatchObject({ status: 422 });
  });

  test('the greatest of a sum is looked for hour by hour', async () => {
    const { trends: answered } = await ask({ figures: 'm.1@both', by: 'day', how: 'max' });
    expect(answered[0]!.value[1]).toBe(123);
  });

  test('the day that still runs is not looked at', async () => {
    const { spc, to } = await trends.spc(
      'small',
      spcQuery.parse({ figure: 'm.1@here', to: new Date(MONDAY + 4.5 * DAY_MS).toISOString(), from: STRETCH.from }),
    );
    expect(to).toBe(MONDAY + 4.5 * DAY_MS);
    expect(spc.points).toHaveLength(4);
  });

  test('a chart with its rebase, its reason and what people noted', async () => {
    const rebase = `${new Date(MONDAY + 8 * DAY_MS).toISOString()}~second ward ~ opened`;
    const answer = await trends.spc('small', spcQuery.parse({ figure: 'm.1@here', ...STRETCH, rebase, target: '30' }));
    expect(answer).toMatchObject({ how: 'mean', improvement: 'decrease', target: 30, parts: { of: 1 } });
    expect(answer.spc.groups.map(({ reason }) => reason)).toEqual([undefined, 'second ward ~ opened']);
    expect(answer.spc.trial).toBe(true);
    expect(answer.marks).toEqual([{ at: MONDAY + 5 * DAY_MS, kind: 'noted', text: 'second ward opened', by: 'Duty manager' }]);
    expect(answer.rolledUp.seq).toBe(answer.rolledUp.head);
    const csv = spcCsv(keepers.get('small')!.snapshot.state.definition!, answer);
    expect(csv).toContain('second ward ~ opened');
    expect(csv.trimEnd().split('\r\n').at(-1)).toMatch(/^2026-01-20T00:00:00.000Z,11.5,11.5,/);
    expect(spcQuery.safeParse({ figure: 'm.1@here', rebase: '2026-01-08T00:00:00Z' }).success).toBe(false);
  });

  test('the week beside the week before; a year ago nobody was looking', async () => {
    const answer = await trends.compare('small', { figure: 'm.1@here', to: STRETCH.to, as: 'known' });
    expect(answer.at).toHaveLength(168);
    expect(answer.now[5]).toBe(valueAt(9 * 24 + 5));
    expect(answer.lastWeek[5]).toBe(valueAt(2 * 24 + 5));
    expect(answer.lastYear.every((value) => value === null)).toBe(true);
    // Two weeks are no usual.
    expect(answer.middle.every((value) => value === null)).toBe(true);
    expect(answer.weeks).toBe(2);
  });

  test('before and after, and who leads whom, say what they cannot tell', async () => {
    const effect = await trends.effect('small', {
      figure: 'm.1@here',
      about: new Date(MONDAY + 8 * DAY_MS + HOUR_MS).toISOString(),
      days: 7,
      by: 'day',
      as: 'shown',
    });
    expect(effect.points.map(({ side }) => side)).toEqual([...Array(7).fill('before'), ...Array(7).fill('after')]);
    expect(effect.verdict).toBe('cannot-tell');
    const few = await trends.effect('small', { figure: 'm.1@here', about: new Date(MONDAY + 14 * DAY_MS).toISOString(), days: 7, by: 'day', as: 'known' });
    expect(few.verdict).toBe('too-few');
    const leads = await trends.leadLag('small', { a: 'm.1@here', b: 'm.2@here', most: 6, as: 'known', ...STRETCH });
    expect(leads.verdict).toBe('cannot-tell');
  });

  test('what there is not, is said to be missing', async () => {
    await expect(trends.extent('small', 'nothing@here')).rejects.toMatchObject({ status: 404 });
    expect(await trends.extent('small', 'm.3@here')).toEqual({ figure: 'm.3@here', first: null, last: null });
    expect(await trends.extent('small', 'm.1@here')).toEqual({ figure: 'm.1@here', first: MONDAY, last: MONDAY + DAYS * DAY_MS });
    const nothing = await trends.spc('small', spcQuery.parse({ figure: 'm.3@here' }));
    expect(nothing.spc).toMatchObject({ variation: null, assurance: null });
    await expect(ask({ by: 'hour', from: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({ status: 422 });
  });

  test('a year of hours is read along the key, however many other hours there are', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`insert into reading_hours (board_id, series_no, hour, n, missing, sum, min, max, first, last)
      select 'small', s, h, 4, 0, h % 97, h % 13, h % 17, 1, 2 from generate_series(1001, 1060) s, generate_series(480000, 488759) h`);
    await client.query('analyze reading_hours');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain ${hours('sum').replaceAll('$1', "'small'").replaceAll('$2', "'{1030}'").replaceAll('$3', '480000').replaceAll('$4', '488760').replaceAll('$5', 'false')}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index (Only )?Scan|Bitmap Index Scan/);
    expect(plan).not.toContain('Seq Scan');
    await client.end();
  });
});
