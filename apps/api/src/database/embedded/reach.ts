/** Connecting to a PostgreSQL, and saying in one sentence why it does not work, never with the password. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Answers of a server that may still be starting, or of a name or port that may still appear (containers). */
const MAY_PASS = new Set(['57P03', '53300', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'ETIMEDOUT']);

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // An idle connection that breaks raises 'error'; the next query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

export const mayPass = (error: unknown): boolean => MAY_PASS.has(codeOf(error)) || /timeout/i.test((error as Error).message);

/** For a database that somebody else runs. */
export async function assertReachable(url: string, patienceMs: number): Promise<void> {
  let where: string;
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError('another scheme');
    const { host, port, database } = new pg.Client({ connectionString: url });
    where = `the database "${database}" on ${host}:${port}`;
  } catch {
    throw new Error('DATABASE_URL is not an address of a database; write it as postgresql://user:password@host:5432/name.');
  }
  for (const until = Date.now() + patienceMs; ; await sleep(250)) {
    try {
      await (await connect(url)).end();
      return;
    } catch (error) {
      if (!mayPass(error) || Date.now() > until) throw new Error(`Cannot use ${where}: ${why(error)}; check DATABASE_URL and that this server is running.`);
    }
  }
}

export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

function why(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host is known';
    case '28P01':
    case '28000':
      return 'it refused the user or the password';
    case '3D000':
      return 'it has no database of this name';
    default:
      return (error as Error).message || codeOf(error) || 'it did not answer';
  }
}
