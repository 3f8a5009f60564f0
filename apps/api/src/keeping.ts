/**
 * `npm run backup [folder]`: writes a backup (without a folder: DATA_DIR/backups/<moment>).
 * `npm run restore <folder>`: restores it into an empty database and proves it.
 * `npm run restore-test <folder>`: the same into a database of its own, which is removed again.
 * `npm run take-in <file>`: takes in a journal that another machine exported (GET /v1/boards/{board}/export/journal).
 * `npm run retire`: drops months of readings older than two winters whose hours are rolled up; never an event, alert or level.
 * The database is DATABASE_URL, else the embedded one of a server that runs now. Any doubt ends with exit code 1.
 */
import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openDatabaseUrl } from './database/address.js';
import { prepareDatabase } from './database/schema.js';
import { backup, type Manifest, restore, testRestore } from './history/backup.js';
import { importJournal } from './history/journal-file.js';
import { KEPT_MONTHS, retireReadings } from './history/retention.js';
import { isRolledUp } from './trends/rolled-up.js';
import type { Verdict } from './verify.js';

const USAGE = 'Use: npm run backup [folder] | npm run restore <folder> | npm run restore-test <folder> | npm run take-in <file> | npm run retire';

function told({ manifest, verdicts }: { manifest: Manifest; verdicts: Verdict[] }, done: string): string {
  const lines = verdicts.map(({ board, seq, hash, readings, faults }) =>
    faults.length === 0 ? `  ${board}: whole. ${seq} events, ${readings} readings; head ${hash}` : `  ${board}: NOT WHOLE. ${faults.join('; ')}.`,
  );
  if (verdicts.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  return [`The backup of ${manifest.at} ${done}`, ...lines].join('\n');
}

async function main([command, folder]: string[]): Promise<string> {
  const url = openDatabaseUrl(process.env);
  const now = new Date();
  if (command === 'backup') {
    const target = folder ?? path.join(process.env.DATA_DIR ?? '.data', 'backups', now.toISOString().replaceAll(':', '-').slice(0, 19));
    await mkdir(path.dirname(path.resolve(target)), { recursive: true });
    const { boards, tables } = await backup(url, path.resolve(target), now);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return [
      `Backup written to ${target}: ${tables.length} tables, ${rows} rows.`,
      ...boards.map(({ board, seq, hash }) => `  ${board}: ${seq} events; head ${hash}`),
      'It holds hashed keys and the addresses of people: keep it where the database itself may be kept, and try it with npm run restore-test.',
    ].join('\n');
  }
  if (command === 'restore' && folder !== undefined) return told(await restore(url, path.resolve(folder), now), 'is restored, under a new epoch:');
  if (command === 'restore-test' && folder !== undefined)
    return told(await testRestore(url, path.resolve(folder), now), 'can be restored (tried in a database of its own):');
  if (command === 'take-in' && folder !== undefined) {
    await prepareDatabase(url, now);
    const { board, seq, hash } = await importJournal(url, path.resolve(folder));
    return `Board ${board} is taken in: ${seq} events, head ${hash}. Its wall is at /wall/${board}.`;
  }
  if (command === 'retire' && folder === undefined) {
    const retired = await retireReadings(url, now, isRolledUp);
    if (retired.length === 0) return `Nothing to retire: no month is older than ${KEPT_MONTHS} months with all of its hours rolled up.`;
    return retired
      .map(({ month, readings }) => `${month}: ${readings} readings retired. Their hours stand in the roll-ups, their events in the journal.`)
      .join('\n');
  }
  throw new Error(USAGE);
}

main(process.argv.slice(2)).then(
  (text) => process.stdout.write(`${text}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
