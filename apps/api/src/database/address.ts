import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DATABASE, OWNER } from './embedded/supervisor.js';
import { DatabaseError } from './schema.js';

/** The database of a command-line tool: DATABASE_URL, else the embedded one of a server that runs now. */
export function openDatabaseUrl(env: NodeJS.ProcessEnv): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  const dataDir = env.DATA_DIR ?? '.data';
  const read = (file: string): string => readFileSync(path.join(dataDir, file), 'utf8').trim();
  try {
    return `postgresql://${OWNER}:${encodeURIComponent(read('postgres.secret'))}@127.0.0.1:${read('postgres.port')}/${DATABASE}`;
  } catch {
    throw new DatabaseError(
      `There is no DATABASE_URL and no embedded database was ever started in ${path.resolve(dataDir)}: start one with "npm start", or set DATABASE_URL.`,
    );
  }
}
