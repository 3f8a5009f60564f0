/** Brings a database to the schema of this build, once, however many processes start together. */
import type pg from 'pg';
import { DataSource, type EntityTarget } from 'typeorm';
import { wallBoards } from './board-wall.js';
import { Journal1763800000001 } from './migrations/1-journal.js';
import { Messages1763800000002 } from './migrations/2-messages.js';
import { People1763800000003 } from './migrations/3-people.js';
import { Accounts1763800000004 } from './migrations/4-accounts.js';
import { Feeds1763800000005 } from './migrations/5-feeds.js';
import { Replay1763800000006 } from './migrations/6-replay.js';
import { Trends1763800000007 } from './migrations/7-trends.js';
import { Displays1763800000008 } from './migrations/8-displays.js';
import { History1763800000009 } from './migrations/9-history.js';
import { Packs1763800000010 } from './migrations/10-packs.js';
import { Huddle1763800000011 } from './migrations/11-huddle.js';
import { SteadyClient } from './steady-client.js';

/** Everything the api does after start-up, it does as this role, which may not change or delete history. */
export const APP_ROLE = 'commcell_app';
/** Reads on a person's behalf: one board at a time (database/scoped). */
export const READER_ROLE = 'commcell_reader';
const MIGRATIONS = [
  Journal1763800000001,
  Messages1763800000002,
  People1763800000003,
  Accounts1763800000004,
  Feeds1763800000005,
  Replay1763800000006,
  Trends1763800000007,
  Displays1763800000008,
  History1763800000009,
  Packs1763800000010,
  Huddle1763800000011,
];
/** Where the migrations that were run stand. */
export const MIGRATIONS_TABLE = 'schema_steps';
const MIGRATION_LOCK = 4_216_001;
/** Months of readings that get a partition of their own ahead of time. */
const MONTHS_AHEAD = 3;
const MONTHS_BACK = 2;

export class DatabaseError extends Error {}
export type Entity = Extract<EntityTarget<object>, new (...args: never[]) => unknown>;

/** The address without the password, for people. */
export function shownAddress(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

export async function connectOwner(url: string): Promise<pg.Client> {
  const client = new SteadyClient({ connectionString: url, application_name: 'comm-cell schema', connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseError(`No connection to the database at ${shownAddress(url)} (${reason(error)}): start it, or set DATABASE_URL right.`);
  }
  return client;
}

function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return message || code || 'unknown reason';
}

/** Durability is the promise behind every receipt: a server that does not keep it is refused. */
export async function assertDurable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'server_version_num')`,
  );
  const setting = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
  const faults: string[] = [];
  for (const name of ['fsync', 'full_page_writes']) if (setting[name] !== 'on') faults.push(`${name} is ${setting[name]}, must be on`);
  if (setting.synchronous_commit === 'off') faults.push('synchronous_commit is off, must be on');
  if (Number(setting.server_version_num) < 150_000) faults.push(`the server is version ${setting.server_version_num}, must be 15 or newer`);
  const standby = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
  if (standby.rows[0]!.standby) faults.push('it is a standby; the journal is only read and written on the primary');
  if (faults.length > 0) throw new DatabaseError(`The database does not keep what it acknowledges: ${faults.join('; ')}.`);
}

async function ensureRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (rows.length === 0) {
    try {
      await client.query(`create role ${role} nologin`);
    } catch (error) {
      throw new DatabaseError(
        `The role ${role} is missing and this user may not create it (${reason(error)}): run "create role ${role} nologin" as an administrator and grant it to this user.`,
      );
    }
  }
  const member = await client.query<{ member: boolean }>(`select pg_has_role(current_user, $1, 'member') as member`, [role]);
  if (!member.rows[0]!.member) await client.query(`grant ${role} to current_user`);
  await client.query(`grant usage on schema public to ${role}`);
}

/** A partition a month. What lies outside the prepared months goes into the default partition, never lost. */
export async function ensurePartitions(client: pg.Client, now: Date): Promise<void> {
  for (let ahead = -MONTHS_BACK; ahead <= MONTHS_AHEAD; ahead++) {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1));
    const name = `readings_${from.toISOString().slice(0, 7).replace('-', '_')}`;
    const { rows } = await client.query('select to_regclass($1) as there', [name]);
    if (rows[0].there !== null) continue;
    const taken = await client.query('select 1 from readings_other where observed_at >= $1 and observed_at < $2 limit 1', [from, to]);
    if (taken.rows.length > 0) continue;
    await client.query(`create table if not exists ${name} partition of readings for values from ('${from.toISOString()}') to ('${to.toISOString()}')`);
  }
}

/** The plain tables. Each is owned by the module that hands in its entity. */
export function dataSource(url: string, entities: readonly Entity[]): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...entities],
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    applicationName: 'comm-cell',
    poolSize: 4,
    connectTimeoutMS: 3_000,
    extra: { Client: SteadyClient, query_timeout: 6_000, keepAlive: true, options: `-c role=${APP_ROLE} -c statement_timeout=5000` },
  });
}

/** The migrations a database has seen, in their order. */
export async function schemaSteps(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE} order by timestamp`);
  return rows.map(({ name }) => name);
}

/**
 * Checks the server, then migrates under a lock, so that processes starting together do it once. `steps`: only as far as these,
 * for content that was written when there were no more.
 */
export async function prepareDatabase(url: string, now: Date, steps?: readonly string[]): Promise<void> {
  const wanted = steps ? MIGRATIONS.slice(0, steps.length) : MIGRATIONS;
  if (steps?.some((name, i) => wanted[i]?.name !== name))
    throw new DatabaseError(
      'This was written by another release, with steps of the schema that this one does not know: restore it with that release or a newer one.',
    );
  const client = await connectOwner(url);
  try {
    await assertDurable(client);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    for (const role of [APP_ROLE, READER_ROLE]) await ensureRole(client, role);
    const migrator = new DataSource({
      type: 'postgres',
      url,
      migrations: wanted,
      migrationsTableName: MIGRATIONS_TABLE,
      migrationsTransactionMode: 'each',
      synchronize: false,
      poolSize: 1,
    });
    await migrator.initialize();
    try {
      await migrator.runMigrations();
    } finally {
      await migrator.destroy();
    }
    await wallBoards(client, APP_ROLE, READER_ROLE);
    await ensurePartitions(client, now);
  } finally {
    await client.end();
  }
}
