/** The past on a real Postgres: replay at n is the state at n, whatever became of the waypoints and in whatever order (I14–I16). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { evolve, evolveAll, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, stateText } from '@comm-cell/board/state';
import type { EntriesAnswer, SeekAnswer } from '@comm-cell/contract/replay';
import { dataSource, prepareDatabase } from '../src/database/schema.js';
import { BoardReads } from '../src/database/scoped.js';
import { putBy } from '../src/desk/freeze.js';
import { Appending, Journal } from '../src/journal/journal.js';
import { Drawn } from '../src/live/drawn.js';
import { marksBetween } from '../src/replay/marks.js';
import { Past } from '../src/replay/past.js';
import { Waypoints } from '../src/replay/waypoints.js';
import { dayOf, playDay, weatherOf } from '../../../tests/support/days.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const hashOf = (state: BoardState): string => createHash('sha256').update(stateText(state)).digest('hex');

let postgres: TestPostgres;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await postgres.stop();
});

interface Recorded {
  url: string;
  board: string;
  journal: Journal;
  reads: BoardReads;
  entries: Entry[];
  /** Hash of the state after each event: `hashes[seq]`. */
  hashes: string[];
  reported: string[];
  past(apart?: number): Past;
  waypoints(apart?: number): Waypoints;
}

/** Writes events under the moments they were recorded at, as the keeper does. */
async function recorded(events: readonly Pick<Entry, 'at' | 'event'>[]): Promise<Recorded> {
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  const database = await dataSource(url, []).initialize();
  const reads = new BoardReads({ DATABASE_URL: url }, database);
  closing.push(
    () => journal.close(),
    () => database.destroy(),
    () => reads.onModuleDestroy(),
  );
  const board = 'small';
  await journal.createBoard(board);
  let head = (await journal.head(board))!;
  let state = emptyBoard;
  const entries: Entry[] = [];
  const hashes = [hashOf(emptyBoard)];
  for (let i = 0; i < events.length;) {
    const { at } = events[i]!;
    const group: BoardEvent[] = [];
    for (; i < events.length && events[i]!.at === at; i++) {
      const { event } = events[i]!;
      group.push(event);
      state = evolve(state, { at, event });
      entries.push({ seq: entries.length + 1, at, event });
      hashes.push(hashOf(state));
    }
    const prepared = new Appending(board, head, at).add(group, 'test', state.numbers).finish();
    expect(await journal.append(prepared)).toBe('done');
    head = { ...head, ...prepared.next };
  }
  const reported: string[] = [];
  const waypoints = (apart?: number): Waypoints => new Waypoints(journal, (message) => reported.push(message), apart);
  return { url, board, journal, reads, entries, hashes, reported, waypoints, past: (apart) => new Past(reads, waypoints(apart)) };
}

/** A day of readings, alerts, people's answers, silences; about a thousand events. */
function aDay(seed: number): Promise<Recorded> {
  const day = dayOf(seed);
  return recorded(playDay(day, weatherOf(day, 1)).journal);
}

describe('what was shown', () => {
  let day: Recorded;
  const APART = 4_000;
  beforeAll(async () => {
    day = await aDay(7);
    await day.waypoints(APART).lay(day.board, Infinity, true);
  });
  const laid = async (): Promise<number[]> =>
    (await postgres.sql<{ seq: string }>(day.url, 'select seq from waypoints order by seq')).map(({ seq }) => Number(seq));

  test('there are waypoints, the same whoever lays them and however often', async () => {
    const seqs = await laid();
    expect(seqs.length).toBeGreaterThan(5);
    expect(await day.waypoints(APART).lay(day.board, Infinity, true)).toMatchObject({ laid: 0 });
    const bodies = await postgres.sql<{ seq: string; body: string }>(day.url, 'select seq, body from waypoints');
    for (const { seq, body } of bodies) expect(hashOf(JSON.parse(body) as BoardState)).toBe(day.hashes[Number(seq)]);
  });

  test('at every seq is the state at that seq, in any order of asking', async () => {
    const past = day.past(APART);
    const seqs = day.entries.map(({ seq }) => seq);
    const order = fc.sample(fc.shuffledSubarray(seqs, { minLength: seqs.length }), 1)[0]!;
    for (const seq of order) expect((await past.shown(day.board, { seq })).hash).toBe(day.hashes[seq]);
  });

  test('at every moment is the state after the last event recorded by then', async () => {
    const past = day.past(APART);
    const { at: first } = day.entries[0]!;
    const last = day.entries.at(-1)!.at;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: first, max: last + 60_000 }), async (at) => {
        const seq = day.entries.findLastIndex((entry) => entry.at <= at) + 1;
        expect(await past.shown(day.board, { at })).toMatchObject({ seq, at, hash: day.hashes[seq] });
      }),
      { numRuns: 100 },
    );
  });

  test('folds the same in a reader that is handed the texts', async () => {
    const past = day.past(APART);
    for (let seq = 1; seq <= day.entries.length; seq += 37) {
      const answer = JSON.parse(await past.seek(day.board, { seq })) as SeekAnswer;
      expect([answer.seq, answer.start.seq + answer.entries.length]).toEqual([seq, seq]);
      expect(hashOf(evolveAll(answer.start.state, answer.entries))).toBe(day.hashes[seq]);
    }
  });

  test('is proved by the chain: the hash it names is that of the journal', async () => {
    const seq = day.entries.length >> 1;
    const [row] = await postgres.sql<{ hash: Buffer }>(day.url, 'select hash from journal where seq = $1', [seq]);
    expect((await day.past(APART).shown(day.board, { seq })).chainHash).toEqual(row!.hash);
  });

  test('events for playing come gapless, page by page, up to the moment', async () => {
    const past = day.past(APART);
    const until = day.entries[day.entries.length >> 1]!.at;
    let after = 0;
    const got: Entry[] = [];
    for (let more = true; more;) {
      const page = JSON.parse(await past.entries(day.board, { after, until, most: 100 })) as EntriesAnswer;
      got.push(...page.entries);
      ({ to: after, more } = page);
    }
    expect(got).toEqual(day.entries.filter(({ at }) => at <= until));
  });

  test('before the first event, and behind the last, there is nothing to be shown', async () => {
    const past = day.past(APART);
    await expect(past.shown(day.board, { at: day.entries[0]!.at - 1 })).rejects.toMatchObject({ status: 404, code: 'nothing-yet' });
    await expect(past.shown(day.board, { seq: day.entries.length + 1 })).rejects.toMatchObject({ status: 404 });
    await expect(past.shown(day.board, { seq: 0 })).rejects.toMatchObject({ status: 404 });
  });

  test('the same question at the same time is answered once; a crowd gets its answers two at a time', async () => {
    const past = day.past(APART);
    const [one, two] = await Promise.all([past.shown(day.board, { seq: 99 }), past.shown(day.board, { seq: 99 })]);
    expect(one.state).toBe(two.state);
    const crowd = await Promise.all(Array.from({ length: 30 }, (_, i) => past.shown(day.board, { seq: 100 + i })));
    expect(crowd.map(({ hash }) => hash)).toEqual(day.hashes.slice(100, 130));
  });

  describe('whatever became of the waypoints (I16)', () => {
    const DAMAGES: Record<string, string> = {
      deleted: 'delete from waypoints where seq = $1',
      'with another state': `update waypoints set body = replace(body, '"counts"', '"Counts"') where seq = $1`,
      'cut short': 'update waypoints set body = left(body, 1000) where seq = $1',
      'of another place': `update waypoints set chain_hash = sha256('x') where seq = $1`,
      'of another reducer': `update waypoints set reducer_version = ${REDUCER_VERSION + 1} where seq = $1`,
      'of another history': `update waypoints set epoch = gen_random_uuid() where seq = $1`,
    };

    test.each(Object.entries(DAMAGES))('%s', async (_name, damage) => {
      const seqs = await laid();
      const seq = seqs[seqs.length >> 1]!;
      await postgres.sql(day.url, damage, [seq]);
      const past = day.past(APART);
      for (const n of [seq - 1, seq, seq + 1, seq + 9]) expect((await past.shown(day.board, { seq: n })).hash).toBe(day.hashes[n]);
      // What can be seen to be damaged is told, and all of it is laid again.
      const visible = damage.startsWith('update') && !damage.includes('reducer') && !damage.includes('epoch');
      expect(day.reported.splice(0).filter((line) => line.includes(`waypoint ${seq} is not used`)).length > 0).toBe(visible);
      await postgres.sql(day.url, 'delete from waypoints where seq > $1', [seq]);
      await day.waypoints(APART).lay(day.board, Infinity, true);
      expect((await laid()).filter((one) => one <= seqs.at(-1)!).at(-1)).toBeGreaterThan(seq);
    });

    test('all of them gone: the way is folded from the beginning', async () => {
      await postgres.sql(day.url, 'delete from waypoints');
      const past = day.past(APART);
      for (const n of [1, 50, day.entries.length]) expect((await past.shown(day.board, { seq: n })).hash).toBe(day.hashes[n]);
      await day.waypoints(APART).lay(day.board, Infinity, true);
    });

    test('control: a waypoint that lies with a hash of its own would be seen by these very comparisons', async () => {
      const seqs = await laid();
      const seq = seqs[1]!;
      await postgres.sql(
        day.url,
        `update waypoints set body = lie, body_hash = sha256(convert_to(lie, 'UTF8')) from (select replace(body, '"alerts":', '"alerts":{},"other":') as lie from waypoints where seq = $1) l where seq = $1`,
        [seq],
      );
      const past = day.past(APART);
      expect((await past.shown(day.board, { seq: seq + 1 })).hash).not.toBe(day.hashes[seq + 1]);
      await postgres.sql(day.url, 'delete from waypoints where seq = $1', [seq]);
    });
  });

  test('a journal that was tampered with is not replayed', async () => {
    const other = await recorded(day.entries.slice(0, 60));
    await postgres.sql(
      other.url,
      `alter table journal disable trigger user; update journal set body = replace(body, '"value":4', '"value":5') where seq between 20 and 40`,
    );
    await expect(other.past().shown(other.board, { seq: 50 })).rejects.toMatchObject({ status: 500, code: 'broken-journal' });
    expect((await other.past().shown(other.board, { seq: 10 })).hash).toBe(other.hashes[10]);
  });
});

describe('what is known now', () => {
  /** The whole journal's readings up to a moment, whenever they came, folded from nothing. */
  function byObserved({ entries }: Recorded, at: number, definedBy: number): BoardState {
    const definition = entries.findLast(({ seq, event }) => seq <= definedBy && event.kind === 'BoardDefined')!.event;
    const readings = entries.flatMap(({ at: recordedAt, event }) =>
      event.kind === 'ReadingsRecorded'
        ? [{ at: recordedAt, event: { ...event, history: undefined, readings: event.readings.filter((one) => one.at <= at) } as unknown as BoardEvent }]
        : [],
    );
    return evolveAll(evolveAll(emptyBoard, [{ at: 0, event: definition }]), readings);
  }
  const seen = (state: BoardState): unknown =>
    Object.fromEntries(Object.entries(state.series).map(([id, { at, rev, value, trend }]) => [id, { at, rev, value, trend }]));

  test('is every reading in its place, whenever it came', async () => {
    const day = await aDay(11);
    const past = day.past();
    const today = evolveAll(emptyBoard, day.entries);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: day.entries[1]!.at, max: day.entries.at(-1)!.at }), async (at) => {
        const answer = await past.state(day.board, { at }, 'known', today);
        expect(seen(answer.state)).toEqual(seen(byObserved(day, at, answer.seq)));
        expect(answer).toMatchObject({ hash: null, drawn: null, as: 'known' });
      }),
      { numRuns: 60 },
    );
    // Control: the days have late and corrected readings, so the two clocks do differ.
    const halfway = await past.state(day.board, { seq: day.entries.length >> 1 }, 'known', today);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, i) => past.state(day.board, { seq: 20 + i * Math.floor((day.entries.length - 40) / 40) }, 'known', today)),
    );
    expect(halfway.differences).toBeDefined();
    expect(all.some(({ differences }) => differences!.length > 0)).toBe(true);
  });

  test('a late correction and figures brought in years after are listed, and change nothing that was shown', async () => {
    const day = await aDay(3);
    const { definition } = evolveAll(emptyBoard, day.entries);
    const series = 'waiting@south';
    const shownAt = day.entries[day.entries.length >> 1]!.at;
    const state = evolveAll(
      emptyBoard,
      day.entries.filter(({ at }) => at <= shownAt),
    );
    const was = state.series[series]!;
    const later = day.entries.at(-1)!.at + 1_000;
    const { feed } = definition!.series[series]!;
    const gap = was.trend.at(-2)![0] + 1;
    const both = await recorded([
      ...day.entries,
      { at: later, event: { kind: 'ReadingsRecorded', feed, batch: 'late', readings: [{ series, at: was.at, value: 777, rev: was.rev + 1 }] } },
      { at: later + 1, event: { kind: 'ReadingsRecorded', feed, batch: 'h', readings: [{ series, at: gap, value: 5 }], history: true } },
    ]);
    const past = both.past();
    const today = evolveAll(emptyBoard, both.entries);
    const shown = await past.state(both.board, { at: shownAt }, 'shown', today);
    const known = await past.state(both.board, { at: shownAt }, 'known', today);
    expect(shown.hash).toBe(hashOf(state));
    expect(known.state.series[series]).toMatchObject({ at: was.at, value: 777, rev: was.rev + 1 });
    expect(known.state.series[series]!.trend.some(([at, value]) => at === gap && value === 5)).toBe(true);
    expect(known.differences!.find(({ figure }) => figure === series)).toMatchObject({
      shown: { at: was.at, value: was.value },
      known: { at: was.at, value: 777 },
    });
    // A later moment, whose state was folded after both had come, knows of the history too.
    const end = await past.state(both.board, { at: later + 2 }, 'known', today);
    expect(end.state.series[series]!.trend.some(([at, value]) => at === gap && value === 5)).toBe(gap > end.state.series[series]!.trend[0]![0]);
  });

  test('under the rules of today it says so, and takes their thresholds', async () => {
    const day = await aDay(5);
    const before = evolveAll(emptyBoard, day.entries);
    const definition = structuredClone(before.definition!);
    const series = 'waiting@north';
    (definition.series as Record<string, object>)[series] = { ...definition.series[series]!, thresholds: { act: { over: 0 } } };
    const both = await recorded([...day.entries, { at: day.entries.at(-1)!.at + 1, event: { kind: 'BoardDefined', definition } }]);
    const today = evolveAll(emptyBoard, both.entries);
    const at = day.entries[day.entries.length >> 1]!.at;
    const answer = await both.past().state(both.board, { at }, 'today', today);
    expect(answer).toMatchObject({ as: 'today', hash: null, under: { today: true, definedAt: today.definedAt } });
    expect(answer.state.definition!.series[series]!.thresholds).toEqual({ act: { over: 0 } });
    // Over 0 is always act; with the rules of the day its other alerts are there too, worked out anew.
    for (const { since, group, acknowledged } of Object.values(answer.state.alerts)) {
      expect(since).toBeLessThanOrEqual(at);
      expect(group).not.toBe('');
      expect(acknowledged).toBeUndefined();
    }
    expect(Object.keys(answer.state.alerts).length).toBeGreaterThan(0);
    const shown = await both.past().state(both.board, { at }, 'shown', today);
    expect(shown.under).toMatchObject({ today: false });
    expect(shown.state.definition!.series[series]!.thresholds).not.toEqual({ act: { over: 0 } });
  });
});

describe('what screens reported (I15)', () => {
  test('a moment says how many of them had drawn what is replayed, and how many something else', async () => {
    const day = await recorded((await aDay(9)).entries.slice(0, 120));
    const drawn = new Drawn(day.journal);
    const { epoch } = (await day.journal.head(day.board))!;
    const seq = 100;
    const { at } = day.entries[seq - 1]!;
    const report = { board: day.board, epoch, seq, hash: day.hashes[seq]! };
    for (const display of ['a', 'b', 'b', 'c']) drawn.take({ ...report, display });
    drawn.take({ ...report, display: 'liar', hash: day.hashes[seq - 1]! });
    drawn.take({ ...report, display: 'nonsense', hash: 'x' });
    await drawn.write(at);
    await drawn.write(at);
    const past = day.past();
    const today = evolveAll(emptyBoard, day.entries);
    const answer = await past.state(day.board, { seq }, 'shown', today);
    expect(answer.drawn).toMatchObject({ seq, displays: 4, agreed: 3, different: 1 });
    const { drawn: reports } = JSON.parse(await past.seek(day.board, { seq })) as SeekAnswer;
    expect(reports).toMatchObject({
      seq,
      reports: [
        { hash: day.hashes[seq], displays: 3 },
        { hash: day.hashes[seq - 1], displays: 1 },
      ],
    });
    // Just after it, the last report still speaks; long before it there is none.
    expect((await past.state(day.board, { at: at + 1 }, 'shown', today)).drawn).toMatchObject({ agreed: 3 });
    expect((await past.state(day.board, { seq: 2 }, 'shown', today)).drawn).toBeNull();
  });
});

describe('freezing a moment while the store is busy', () => {
  test('waits, and stores it once under the one id; a single try would have failed', async () => {
    const day = await aDay(17);
    const shown = await day.past().shown(day.board, { seq: 40 });
    const blocker = new pg.Client({ connectionString: day.url });
    await blocker.connect();
    await blocker.query('begin; lock table snapshots in access exclusive mode');
    let failed = (_error: Error): void => {};
    const first = new Promise<Error>((resolve) => (failed = resolve));
    const pool = {
      query: (...asked: Parameters<Journal['pool']['query']>) =>
        (day.journal.pool.query(...asked) as unknown as Promise<unknown>).catch((error: Error) => {
          failed(error);
          throw error;
        }),
    } as unknown as Journal['pool'];
    const frozen = putBy({ pool }, day.board, shown);
    // The lock stays until a try has failed for it.
    expect((await first).message).toContain('lock timeout');
    await blocker.query('rollback');
    await blocker.end();
    const snapshot = await frozen;
    const { rows } = await day.journal.pool.query('select snapshot_id, state_hash from snapshots');
    expect(rows).toEqual([{ snapshot_id: snapshot, state_hash: shown.hash }]);
  });

  test('an answer that got lost does not store it twice', async () => {
    const day = await aDay(17);
    const shown = await day.past().shown(day.board, { seq: 40 });
    let lost = 0;
    const pool = {
      query: async (...asked: Parameters<Journal['pool']['query']>) => {
        await (day.journal.pool.query(...asked) as unknown as Promise<unknown>);
        if (lost++ === 0) throw new Error('Connection terminated');
      },
    } as unknown as Journal['pool'];
    const snapshot = await putBy({ pool }, day.board, shown);
    expect((await day.journal.pool.query('select snapshot_id from snapshots')).rows).toEqual([{ snapshot_id: snapshot }]);
  });
});

describe('marks', () => {
  test('say what happened, and how many when there are too many to be told apart', async () => {
    const day = await aDay(13);
    const from = day.entries[0]!.at;
    const to = day.entries.at(-1)!.at;
    const all = await day.reads.scoped(day.board, (query) => marksBetween(query, day.board, from, to));
    const raised = day.entries.filter(({ event }) => event.kind === 'AlertTurned' && event.turn === 'raised');
    expect(all.marks.filter(({ kind, what }) => kind === 'alert' && what === 'raised').map(({ seq }) => seq)).toEqual(raised.map(({ seq }) => seq));
    expect(all.of).toBe(all.marks.length);
    expect(all.marks.map(({ at }) => at)).toEqual(all.marks.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(all.marks.map(({ kind }) => kind))).toEqual(new Set([...new Set(all.marks.map(({ kind }) => kind)), 'alert', 'definition', 'rules']));
    const note: BoardEvent = { kind: 'MomentNoted', about: from + 1, text: 'here it began', by: { id: 'p', name: 'P' } };
    const frozen: BoardEvent = { kind: 'SnapshotFrozen', snapshot: 'abc', name: 'Board', of: { seq: 1, at: to, hash: 'x' }, by: { id: 'p', name: 'P' } };
    const many = Array.from({ length: 900 }, (_, i): Pick<Entry, 'at' | 'event'> => ({
      at: to + i * 1_000,
      event: { kind: 'FeedFellSilent', feed: 'north', since: to },
    }));
    const by = { id: 'p', name: 'P' };
    const met: BoardEvent[] = [
      { kind: 'HuddleOpened', no: 1, lead: 'a', scribe: 'b', by },
      { kind: 'ConcernRaised', no: 1, text: 'no beds', about: {}, by },
      { kind: 'HuddleClosed', no: 1, of: { seq: 1, hash: 'x' }, by },
    ];
    const more = await recorded([...day.entries, { at: to, event: note }, { at: to, event: frozen }, ...met.map((event) => ({ at: to, event })), ...many]);
    const told = await more.reads.scoped(more.board, (query) => marksBetween(query, more.board, from, to + 900_000));
    expect(told.of).toBeGreaterThan(900);
    expect(told.marks.length).toBeLessThan(told.of);
    expect(told.marks.reduce((sum, { count }) => sum + count, 0)).toBe(told.of);
    expect(told.marks.find(({ kind }) => kind === 'note')).toMatchObject({ at: from + 1, text: 'here it began' });
    expect(told.marks.find(({ kind }) => kind === 'snapshot')).toMatchObject({ at: to, about: 'abc', text: 'Board' });
    expect(told.marks.filter(({ kind }) => kind === 'huddle' || kind === 'concern').map(({ what, no }) => `${what} ${no}`)).toEqual([
      'opened 1',
      'raised 1',
      'closed 1',
    ]);
  });
});
