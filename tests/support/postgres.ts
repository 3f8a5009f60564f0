/** A real Postgres for a test file: DATABASE_URL when given, else the embedded one in a throwaway folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbedded } from '@comm-cell/api/database/embedded/supervisor';
import pg from 'pg';

export interface TestPostgres {
  /** An empty database of its own. */
  database(): Promise<string>;
  /** Runs SQL as the owner. */
  sql: typeof sql;
  pid: number | undefined;
  dataDir: string | undefined;
  stop(): Promise<void>;
}

let counter = 0;

/** Runs SQL on a connection of its own. */
export async function sql<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.DATABASE_URL;
  const dataDir = given ? undefined : mkdtempSync(path.join(tmpdir(), 'comm-cell-test-'));
  const embedded = dataDir === undefined ? undefined : await startEmbedded({ dataDir });
  const root = given ?? embedded!.url;
  return {
    sql,
    pid: embedded?.pid,
    dataDir,
    async database() {
      const name = `test_${process.pid}_${Date.now()}_${counter++}`;
      await sql(root, `create database ${name}`);
      const url = new URL(root);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await embedded?.stop();
      if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
