/** The second wall: what the database itself shows to a read on a person's behalf (I13, I38). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { UNWALLED } from '../src/database/board-wall.js';
import { dataSource, prepareDatabase } from '../src/database/schema.js';
import { BoardReads } from '../src/database/scoped.js';
import { prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

let postgres: TestPostgres;
let url: string;
let database: DataSource;
let reads: BoardReads;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  for (const id of ['small', 'other']) await prepareBoard(url, smallBoard({ id }));
  database = await dataSource(url, []).initialize();
  reads = new BoardReads({ DATABASE_URL: url }, database);
});
afterAll(async () => {
  await reads.onModuleDestroy();
  await database.destroy();
  await postgres.stop();
});

/** Tables the reader was granted, and the boards it sees in each. */
async function seen(board: string): Promise<Record<string, string[]>> {
  return reads.scoped(board, async (query) => {
    const { rows: tables } = await query.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'board_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select') order by 1`,
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await query.query<{ board_id: string }>(`select distinct board_id from ${name}`);
      found[name] = rows.map((row) => row.board_id);
    }
    return found;
  });
}

test('a read sees its own board and no other, in every table it may read', async () => {
  for (const board of ['small', 'other']) {
    const tables = await seen(board);
    expect(Object.keys(tables)).toEqual(expect.arrayContaining(['board_head', 'checkpoints', 'journal', 'readings', 'series']));
    expect(tables['journal']).toEqual([board]);
    expect(tables['series']).toEqual([board]);
    for (const boards of Object.values(tables)) expect([[], [board]]).toContainEqual(boards);
  }
  expect((await seen('nowhere'))['journal']).toEqual([]);
  expect((await seen(`small' or 'a' = 'a`))['journal']).toEqual([]);
});

test('asking for another board by name, or by any trick of the query, shows nothing', async () => {
  await reads.scoped('small', async (query) => {
    expect((await query.query('select 1 from journal where board_id = $1', ['other'])).rows).toEqual([]);
    expect((await query.query('select 1 from journal where board_id <> $1', ['small'])).rows).toEqual([]);
  });
});

test('without a board there is nothing to see, also on a connection that had one before', async () => {
  const client = new pg.Client({ connectionString: url, options: '-c role=commcell_reader' });
  await client.connect();
  try {
    const count = async (): Promise<unknown> => (await client.query('select count(*)::int as n from journal')).rows[0];
    expect(await count()).toEqual({ n: 0 });
    await client.query('begin');
    await client.query(`set local commcell.board = 'small'`);
    expect(await count()).toEqual({ n: expect.any(Number) });
    expect(await count()).not.toEqual({ n: 0 });
    await client.query('commit');
    expect(await count()).toEqual({ n: 0 });
  } finally {
    await client.end();
  }
});

test('it reads and does nothing else; secrets are out of its reach', async () => {
  for (const statement of [
    'insert into series values ($1, 999, $1)',
    'update board_head set seq = 0 where board_id = $1',
    'delete from journal where board_id = $1',
    'select secret_hash from feed_keys where board_id = $1',
    'select token_hash from people where board_id = $1',
    'select address from contacts where board_id = $1',
    'select password_hash from accounts where name = $1',
    'select session_hash from desk_sessions where person_id = $1',
  ])
    await expect(reads.scoped('small', (query) => query.query(statement, ['small']))).rejects.toThrow(/permission denied|read-only transaction/);
});

test('work that fails leaves no board behind on the connection', async () => {
  await expect(reads.scoped('other', (query) => query.query('select 1/0'))).rejects.toThrow('division by zero');
  for (let i = 0; i < 4; i++) expect((await seen('small'))['journal']).toEqual(['small']);
});

test('the server itself still sees all boards, and still may not change the journal', async () => {
  const rows = await database.query<{ board_id: string }[]>('select distinct board_id from journal order by 1');
  expect(rows.map((row) => row.board_id)).toEqual(['other', 'small']);
  await expect(database.query(`update journal set body = '{}'`)).rejects.toThrow('permission denied');
});

test('every table with board data has the wall; one that was made without gets it at the next start', async () => {
  expect(await postgres.sql(url, UNWALLED)).toEqual([]);
  await postgres.sql(url, 'create table forgotten (board_id text not null primary key)');
  await postgres.sql(url, `insert into forgotten values ('small'), ('other')`);
  await postgres.sql(url, 'grant select on forgotten to commcell_reader');
  // The fault that the wall is there for: a new table, granted, without a policy.
  expect((await seen('small'))['forgotten']).toEqual(['small', 'other']);
  expect(await postgres.sql(url, UNWALLED)).toEqual([{ table: 'forgotten' }]);
  await prepareDatabase(url, new Date());
  expect((await seen('small'))['forgotten']).toEqual(['small']);
  await postgres.sql(url, 'drop table forgotten');
});
