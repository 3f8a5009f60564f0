/**
 * A backup: every table as it stood at one moment, compressed, beside a manifest that says what is in it and how it is proved.
 * Restoring refuses whatever does not agree with its manifest, goes on under a new epoch (so that no display continues an old
 * place in a journal that has been cut), and proves the journal from its first event.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { canonical } from '@comm-cell/board/canonical';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { z } from 'zod';
import { connectOwner, DatabaseError, ensurePartitions, MIGRATIONS_TABLE, prepareDatabase, schemaSteps, shownAddress } from '../database/schema.js';
import { Journal } from '../journal/journal.js';
import { type Verdict, verifyBoard } from '../verify.js';

const FORMAT = 1;
const MANIFEST = 'manifest.json';
/** What a history is called in it may only be these: they go into statements. */
const NAME = /^[a-z_][a-z0-9_]*$/;

const manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** RFC 3339, and versions of what wrote it. */
  at: z.string(),
  postgres: z.string(),
  /** Migrations the database had seen, in their order. */
  schema: z.array(z.string()).min(1),
  boards: z.array(z.strictObject({ board: z.string(), epoch: z.string(), seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** Observed moments of the oldest and newest reading, RFC 3339; null without any. */
  readings: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
  tables: z.array(
    z.strictObject({
      table: z.string().regex(NAME),
      columns: z.array(z.string().regex(NAME)).min(1),
      rows: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest proves the files; this proves the manifest against accidents. Whoever means harm is found by the hash chain and its anchors. */
function sealOf(made: Manifest): string {
  return createHash('sha256').update(canonical(made)).digest('hex');
}

const fileOf = (table: string): string => `${table}.copy.gz`;

/** Writes a backup into `folder`, which must not exist yet. A folder without a manifest is no backup: it is written last. */
export async function backup(url: string, folder: string, now: Date): Promise<Manifest> {
  const client = await connectOwner(url);
  try {
    await mkdir(folder, { recursive: false }).catch((error: unknown) => {
      throw new DatabaseError(
        `The folder ${folder} cannot be made for the backup (${(error as { code?: string }).code ?? 'unknown reason'}): name one that is not there yet.`,
      );
    });
    await client.query('begin isolation level repeatable read read only');
    // A policy that hid rows from this user would make a backup that looks whole: it is to fail instead.
    await client.query('set local row_security = off');
    const tables: Manifest['tables'] = [];
    for (const { table, columns } of await tablesOf(client)) {
      const digest = createHash('sha256');
      const hashing = new PassThrough().on('data', (chunk: Buffer) => digest.update(chunk));
      const copy = client.query(copyTo(`copy (select ${columns.join(', ')} from ${table}) to stdout`));
      await pipeline(copy, createGzip(), hashing, createWriteStream(path.join(folder, fileOf(table)), { mode: 0o600, flush: true }));
      tables.push({ table, columns, rows: copy.rowCount, sha256: digest.digest('hex') });
    }
    const boards = await client.query<{ board: string; epoch: string; seq: string; hash: string }>(
      `select board_id as board, epoch, seq, encode(hash, 'hex') as hash from board_head order by board_id`,
    );
    const stretch = await client.query<{ from: Date | null; to: Date | null }>('select min(observed_at) as from, max(observed_at) as to from readings');
    const version = await client.query<{ server_version: string }>('show server_version');
    const { from, to } = stretch.rows[0]!;
    const made: Manifest = {
      format: FORMAT,
      at: now.toISOString(),
      postgres: version.rows[0]!.server_version,
      schema: await schemaSteps(client),
      boards: boards.rows.map((row) => ({ ...row, seq: Number(row.seq) })),
      readings: from && to ? { from: from.toISOString(), to: to.toISOString() } : null,
      tables,
    };
    await client.query('commit');
    const fresh = path.join(folder, `${MANIFEST}.new`);
    await writeFile(fresh, `${JSON.stringify({ ...made, seal: sealOf(made) }, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(fresh, path.join(folder, MANIFEST));
    return made;
  } finally {
    await client.end();
  }
}

/** Reads the manifest and holds every file against it. Throws a sentence that names what does not agree. */
export async function checkBackup(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, MANIFEST), 'utf8').catch(() => {
    throw new DatabaseError(`There is no ${MANIFEST} in ${folder}: this is no backup, or one that was not finished.`);
  });
  let found: Manifest;
  try {
    const { seal, ...rest } = JSON.parse(text) as Manifest & { seal: unknown };
    found = manifest.parse(rest);
    if (seal !== sealOf(found)) throw new Error('changed');
  } catch {
    throw new DatabaseError(`The ${MANIFEST} in ${folder} cannot be read: it is damaged, or of a release that is not this one's. Nothing was restored.`);
  }
  for (const { table, sha256 } of found.tables) {
    const digest = createHash('sha256');
    try {
      for await (const chunk of createReadStream(path.join(folder, fileOf(table)))) digest.update(chunk as Buffer);
    } catch {
      throw new DatabaseError(`The file ${fileOf(table)} of the backup is missing or cannot be read. Nothing was restored.`);
    }
    if (digest.digest('hex') !== sha256)
      throw new DatabaseError(`The file ${fileOf(table)} of the backup was changed or damaged after it was written. Nothing was restored.`);
  }
  return found;
}

/** Restores into an empty database and proves every board. The epoch of each is new; the hashes are those of the manifest. */
export async function restore(url: string, folder: string, now: Date): Promise<{ manifest: Manifest; verdicts: Verdict[] }> {
  const found = await checkBackup(folder);
  await assertEmpty(url);
  await prepareDatabase(url, now, found.schema);
  const client = await connectOwner(url);
  try {
    for (const month of monthsOf(found)) await ensurePartitions(client, month);
    await client.query('begin');
    for (const { table, columns, rows } of found.tables) {
      const copy = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
      await pipeline(createReadStream(path.join(folder, fileOf(table))), createGunzip(), copy);
      if (copy.rowCount !== rows)
        throw new DatabaseError(`Of table ${table} ${copy.rowCount} rows could be read, the manifest names ${rows}. Nothing was restored.`);
    }
    await beginEpochs(client);
    await client.query('commit');
    await client.query('analyze');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
  await prepareDatabase(url, now);
  return { manifest: found, verdicts: await prove(url, found) };
}

/** Restores into a database of its own on the same server, proves it, and removes it again. */
export async function testRestore(url: string, folder: string, now: Date): Promise<{ manifest: Manifest; verdicts: Verdict[] }> {
  const scratch = `commcell_restore_test_${randomUUID().slice(0, 8)}`;
  const client = await connectOwner(url);
  try {
    await client.query(`create database ${scratch}`);
    const there = new URL(url);
    there.pathname = `/${scratch}`;
    return await restore(there.href, folder, now);
  } finally {
    await client.query(`drop database if exists ${scratch} with (force)`).catch(() => undefined);
    await client.end();
  }
}

async function prove(url: string, { boards }: Manifest): Promise<Verdict[]> {
  const journal = new Journal(url);
  try {
    const verdicts: Verdict[] = [];
    for (const { board, seq, hash } of boards) {
      const verdict = await verifyBoard(journal, board);
      if (verdict.faults.length === 0 && (verdict.seq !== seq || verdict.hash !== hash))
        verdict.faults.push(`it ends at ${verdict.seq} with another hash than the manifest names for ${seq}`);
      verdicts.push(verdict);
    }
    return verdicts;
  } finally {
    await journal.close();
  }
}

async function tablesOf(client: pg.Client): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1
     group by c.relname order by c.relname`,
    [MIGRATIONS_TABLE],
  );
  return rows;
}

async function assertEmpty(url: string): Promise<void> {
  const client = await connectOwner(url);
  try {
    const { rows } = await client.query(`select to_regclass('public.board_head') as there`);
    const boards = rows[0].there === null ? 0 : (await client.query('select from board_head limit 1')).rowCount;
    if (boards)
      throw new DatabaseError(`The database at ${shownAddress(url)} has boards already: restore into an empty one (an empty DATA_DIR, or a new database).`);
  } finally {
    await client.end();
  }
}

function monthsOf({ readings }: Manifest): Date[] {
  if (!readings) return [];
  const months: Date[] = [];
  const month = new Date(`${readings.from.slice(0, 7)}-01T00:00:00Z`);
  for (; month <= new Date(readings.to); month.setUTCMonth(month.getUTCMonth() + 1)) months.push(new Date(month));
  return months;
}

/** Whatever names the epoch of its board is of the new one now: it was proved to belong to the same events. */
async function beginEpochs(client: pg.Client): Promise<void> {
  await client.query('update board_head set epoch = gen_random_uuid()');
  const { rows } = await client.query<{ table: string; type: string }>(
    `select c.relname as table, format_type(e.atttypid, null) as type from pg_class c
     join pg_attribute e on e.attrelid = c.oid and e.attname = 'epoch' join pg_attribute b on b.attrelid = c.oid and b.attname = 'board_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'board_head'`,
  );
  for (const { table, type } of rows) await client.query(`update ${table} t set epoch = h.epoch::${type} from board_head h where h.board_id = t.board_id`);
  const numbered = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column, pg_get_serial_sequence(c.relname, a.attname) as sequence from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and pg_get_serial_sequence(c.relname, a.attname) is not null`,
  );
  for (const { table, column, sequence } of numbered.rows)
    await client.query(`select setval($1, coalesce(max(${column}), 0) + 1, false) from ${table}`, [sequence]);
}
