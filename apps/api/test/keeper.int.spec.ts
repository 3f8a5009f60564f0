/** Journal and keeper on a real Postgres: order, durability of receipts, checkpoints, tampering (I1–I7, I14, I16). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import { recordReadings, type CandidateRow, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { BoardKeeper, type Submission } from '../src/keeper/board-keeper.js';
import { Keepers } from '../src/keeper/keepers.js';
import { prepareDatabase } from '../src/database/schema.js';
import { Journal } from '../src/journal/journal.js';
import { verifyBoard } from '../src/verify.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

let postgres: TestPostgres;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await postgres.stop();
});

async function freshBoard(): Promise<{ url: string; journal: Journal }> {
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  closing.push(() => journal.close());
  const keepers = quietKeepers(journal, url);
  await keepers.define(smallBoard(), 'test');
  await keepers.stop();
  return { url, journal };
}

function quietKeepers(journal: Journal, url: string): Keepers {
  return new Keepers(
    journal,
    url,
    () => {},
    (error) => {
      throw error;
    },
  );
}

async function keeperOf(url: string, journal = new Journal(url)): Promise<BoardKeeper> {
  const { board, ...head } = (await journal.heads())[0]!;
  const keeper = new BoardKeeper(board, journal, head);
  await keeper.load(() => {});
  return keeper;
}

async function processOf(url: string): Promise<BoardKeeper> {
  const journal = new Journal(url);
  closing.push(() => journal.close());
  return keeperOf(url, journal);
}

function batch(key: string, values: [at: number, value: number][], series = 'm.1@here'): Submission<ReadingsOutcome> {
  const rows: CandidateRow[] = values.map(([at, value], row) => ({ row, series, at, value, rev: 0 }));
  return {
    source: 'ed',
    rows: rows.length,
    decide: (state, known, at) => recordReadings(state, { feed: 'ed', batch: key, rows, unreadable: [] }, known, at),
    late: () => rows,
    receipt: {
      feed: 'ed',
      key,
      bodyHash: Buffer.from(key.padEnd(32).slice(0, 32)),
      write: (outcome, placed) => ({ status: 201, text: JSON.stringify({ ...placed, accepted: outcome.accepted }) }),
    },
  };
}

const START = Date.now() - 6 * 3_600_000;

describe('one process', () => {
  test('shares one statement between submissions and answers each its own place', async () => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    const before = keeper.snapshot.head.seq;
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => keeper.submit(batch(`b${i}`, [[START + i * 1000, i]]))));
    const places = answers.map((answer) => (answer.repeated ? null : answer.placed.fromSeq));
    expect(places).toEqual(Array.from({ length: 50 }, (_, i) => before + 1 + i));
    const [{ commits }] = (await postgres.sql<{ commits: string }>(
      url,
      `select count(distinct xmin::text) as commits from journal where kind = 'ReadingsRecorded'`,
    )) as [{ commits: string }];
    expect(Number(commits)).toBeLessThan(10);
    expect((await verifyBoard(journal, 'small')).faults).toEqual([]);
  });

  test('gives the same key the same receipt for ever, also after a restart (I2)', async () => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    const first = await keeper.submit(batch('same', [[START, 5]]));
    const [again, together] = await Promise.all([keeper.submit(batch('same', [[START, 5]])), (await processOf(url)).submit(batch('same', [[START, 5]]))]);
    const later = await (await processOf(url)).submit(batch('same', [[START, 5]]));
    expect(first.repeated).toBe(false);
    for (const answer of [again, together, later]) {
      expect(answer.repeated && JSON.parse(answer.receipt.text)).toEqual({ ...(!first.repeated && first.placed), accepted: 1 });
    }
    expect(await postgres.sql(url, `select 1 from readings`)).toHaveLength(1);
  });

  test('knows older twins that are not in the state any more, and calls another value a conflict', async () => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    await keeper.submit(batch('old', [[START, 1]]));
    await keeper.submit(batch('new', [[START + 3_600_000, 2]]));
    const twin = await keeper.submit(batch('twin', [[START, 1]]));
    const conflict = await keeper.submit(batch('conflict', [[START, 9]]));
    expect(!twin.repeated && twin.outcome).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(!conflict.repeated && conflict.outcome.quarantined).toMatchObject([{ reason: 'conflict' }]);
  });

  test('a submission that cannot be decided fails alone', async () => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    const bad = keeper.submit({
      source: 'x',
      decide: () => {
        throw new Error('no');
      },
    });
    const good = keeper.submit(batch('good', [[START, 1]]));
    await expect(bad).rejects.toThrow('no');
    await expect(good).resolves.toMatchObject({ repeated: false });
  });
});

describe('several processes on one database', () => {
  test('keep one gapless order and fold to one state (I3, I4, I5, I14)', async () => {
    const { url, journal } = await freshBoard();
    const keepers = await Promise.all([1, 2, 3, 4].map(() => processOf(url)));
    const seen = keepers.map(() => [] as number[]);
    keepers.forEach((keeper, i) => keeper.subscribe((entries) => seen[i]!.push(...entries.map((entry) => entry.seq))));
    // A reader that polls with "greater than the last seen" must not miss a row, whoever wrote it.
    const polled: number[] = [];
    let writing = true;
    const poller = (async () => {
      const client = new Journal(url);
      for (let last = 1; writing || polled.at(-1) !== (await client.head('small'))!.seq;) {
        for (const row of await client.rowsAfter('small', last, 500)) polled.push((last = row.seq));
      }
      await client.close();
    })();
    await Promise.all(
      keepers.map(async (keeper, k) => {
        for (let i = 0; i < 40; i++) {
          await Promise.all([0, 1, 2].map((j) => keeper.submit(batch(`k${k}-${i}-${j}`, [[START + (k * 1000 + i * 3 + j) * 100, i]], `m.${j + 1}@here`))));
        }
      }),
    );
    writing = false;
    await poller;
    await Promise.all(keepers.map((keeper) => keeper.refresh()));
    const head = (await journal.head('small'))!;
    expect(head.seq).toBe(1 + 4 * 40 * 3);
    const whole = Array.from({ length: head.seq - 1 }, (_, i) => i + 2);
    expect(polled).toEqual(whole);
    for (const numbers of seen) expect(numbers).toEqual(whole);
    expect(new Set(keepers.map((keeper) => keeper.stateHash())).size).toBe(1);
    expect(await verifyBoard(journal, 'small')).toMatchObject({ faults: [], readings: 480 });
  });

  test('a notification without a seq is only a reason to look: what is written afterwards is taken in, and proved', async () => {
    const { url, journal } = await freshBoard();
    const keepers = quietKeepers(journal, url);
    closing.push(() => keepers.stop());
    await keepers.start();
    await postgres.sql(url, `notify journal, 'small'; notify journal, 'small x'`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await (await processOf(url)).submit(batch('later', [[START, 5]]));
    const here = keepers.get('small')!;
    await keepers.prove(here);
    expect(here.snapshot.head.seq).toBe((await journal.head('small'))!.seq);
  });

  test('positive control: ordering by a sequence, the same poller misses rows', async () => {
    const url = await postgres.database();
    await postgres.sql(url, 'create table by_sequence (id bigserial primary key)');
    const seen = new Set<number>();
    let writing = true;
    let last = 0;
    const poll = async (): Promise<void> => {
      for (const { id } of await postgres.sql<{ id: string }>(url, 'select id from by_sequence where id > $1 order by id', [last]))
        seen.add((last = Number(id)));
    };
    const poller = (async () => {
      while (writing) await poll();
      await poll();
    })();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 15; i++) await postgres.sql(url, `do $$ begin insert into by_sequence default values; perform pg_sleep(random() * 0.02); end $$`);
      }),
    );
    writing = false;
    await poller;
    expect(seen.size).toBeLessThan(120);
  });
});

describe('checkpoints (I16)', () => {
  async function withCheckpoint(): Promise<{ url: string; journal: Journal; hash: string }> {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    for (let i = 0; i < 20; i++) await keeper.submit(batch(`a${i}`, [[START + i * 60_000, i]]));
    await keeper.checkpoint();
    for (let i = 20; i < 25; i++) await keeper.submit(batch(`a${i}`, [[START + i * 60_000, i]]));
    return { url, journal, hash: keeper.stateHash() };
  }
  const load = async (url: string): Promise<{ hash: string; told: string[] }> => {
    const journal = new Journal(url);
    closing.push(() => journal.close());
    const told: string[] = [];
    const { board, ...head } = (await journal.heads())[0]!;
    const keeper = new BoardKeeper(board, journal, head);
    await keeper.load((message) => told.push(message));
    return { hash: keeper.stateHash(), told };
  };

  test('a good one is used; deleting it changes nothing but the way', async () => {
    const { url, hash } = await withCheckpoint();
    expect(await load(url)).toEqual({ hash, told: [] });
    await postgres.sql(url, 'delete from checkpoints');
    expect(await load(url)).toEqual({ hash, told: [] });
  });

  test('the parts of a board keep their order over a restart: places on the wall are fixed', async () => {
    const { url, journal } = await withCheckpoint();
    const first = journal.toEntry((await journal.rowsAfter('small', 0, 1))[0]!).event;
    const loaded = await processOf(url);
    expect(JSON.stringify(loaded.snapshot.state.definition)).toBe(JSON.stringify(first.kind === 'BoardDefined' && first.definition));
  });

  test.each([
    ['a flipped character', `update checkpoints set body = overlay(body placing '7' from length(body) / 2)`, /does not match its hash|cannot be read/],
    ['a truncated body', `update checkpoints set body = left(body, 100)`, /cannot be read/],
    ['another reducer version', `update checkpoints set reducer_version = 999`, /folded by version 999/],
    ['another history', `update checkpoints set epoch = gen_random_uuid()`, /another history/],
    ['another place', `update checkpoints set seq = seq - 1`, /place in the journal/],
  ])('%s is noticed, said and refolded', async (_name, damage, said) => {
    const { url, hash } = await withCheckpoint();
    await postgres.sql(url, damage);
    const { hash: after, told } = await load(url);
    expect(after).toBe(hash);
    expect(told).toHaveLength(told.length > 0 ? told.length : 1);
    for (const message of told) expect(message).toMatch(said);
    expect(told.length).toBeGreaterThan(0);
  });

  test('folding from the checkpoint equals folding from the beginning', async () => {
    const { url, journal } = await withCheckpoint();
    const rows = await journal.rowsAfter('small', 0, 1000);
    const folded = evolveAll(
      emptyBoard,
      rows.map((row) => journal.toEntry(row)),
    );
    expect(canonical((await processOf(url)).snapshot.state)).toBe(canonical(folded));
  });
});

describe('history cannot be changed (I6, I45)', () => {
  const asApp = (text: string): string => `set role commcell_app; ${text}`;
  test.each(['update journal set body = body', 'delete from journal', 'truncate journal', 'delete from readings', 'update receipts set receipt = receipt'])(
    'the application may not: %s',
    async (text) => {
      const { url } = await freshBoard();
      await expect(postgres.sql(url, asApp(text))).rejects.toThrow(/permission denied|append-only/);
      await expect(postgres.sql(url, text)).rejects.toThrow(/append-only/);
    },
  );

  test.each([
    ['an edited event', `update journal set body = replace(body, '"value":3', '"value":4') where seq = 5`, /event 5 was changed/],
    ['a deleted event', `delete from journal where seq = 5`, /event 5 is missing/],
    ['a cut tail', `delete from journal where seq > 8`, /missing/],
    [
      'two events swapped',
      `update journal set seq = case seq when 5 then 1006 when 6 then 1005 end where seq in (5, 6); update journal set seq = seq - 1000 where seq > 1000`,
      /event 5 was changed/,
    ],
    ['a cut tail with a moved head', `delete from journal where seq > 8; update board_head set seq = 8`, /head does not carry/],
    ['a reading gone from the projection', `delete from readings where seq = 5`, /the projection/],
  ])('verify finds %s', async (_name, damage, said) => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    for (let i = 0; i < 10; i++) await keeper.submit(batch(`v${i}`, [[START + i * 60_000, i]]));
    expect((await verifyBoard(journal, 'small')).faults).toEqual([]);
    await postgres.sql(url, `set session_replication_role = replica; ${damage}`);
    expect((await verifyBoard(journal, 'small')).faults.join()).toMatch(said);
  });

  test('a running process refuses to go on over a journal that was restored behind its back', async () => {
    const { url, journal } = await freshBoard();
    const keeper = await keeperOf(url, journal);
    for (let i = 0; i < 5; i++) await keeper.submit(batch(`r${i}`, [[START + i * 60_000, i]]));
    await postgres.sql(
      url,
      `set session_replication_role = replica; delete from journal where seq > 3; update board_head set seq = 3, hash = (select hash from journal where seq = 3)`,
    );
    await expect(keeper.refresh()).rejects.toThrow(/not the one this process knows/);
  });
});

// A desk session belongs to a person of several boards: it is the server's, like the steps of its schema.
/** No board data: people across boards, and what is found by a secret before any board is known. Small tables, kept in one place. */
const OF_NO_BOARD = ['schema_steps', 'desk_sessions', 'accounts', 'invitations', 'known_devices', 'sign_in_budgets', 'oidc_errands', 'pairings'];

test('every key of board data leads with board_id, so that boards can be spread by it', async () => {
  const { url } = await freshBoard();
  const keys = await postgres.sql<{ name: string; kind: string; first: string }>(
    url,
    `select c.conname as name, c.contype::text as kind, a.attname as first
     from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where n.nspname = 'public' and c.contype in ('p', 'u', 'f') and t.relname <> all($1)`,
    [OF_NO_BOARD],
  );
  expect(keys.length).toBeGreaterThan(8);
  expect(keys.filter((key) => key.first !== 'board_id')).toEqual([]);
  const unique = await postgres.sql<{ name: string; first: string }>(
    url,
    `select i.indexrelid::regclass::text as name, a.attname as first from pg_index i join pg_class t on t.oid = i.indrelid
     join pg_namespace n on n.oid = t.relnamespace join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
     where n.nspname = 'public' and i.indisunique and t.relname <> all($1)`,
    [OF_NO_BOARD],
  );
  expect(unique.filter((index) => index.first !== 'board_id')).toEqual([]);
});

test('three processes that start together migrate once', async () => {
  const url = await postgres.database();
  await Promise.all([1, 2, 3].map(() => prepareDatabase(url, new Date())));
  const steps = (await postgres.sql<{ name: string }>(url, 'select name from schema_steps')).map(({ name }) => name);
  expect(steps).toContain('Journal1763800000001');
  expect(new Set(steps).size).toBe(steps.length);
});
