/**
 * `npm run verify`: reads every board's journal from the first event and proves that it is whole: gapless, the
 * hash chain unbroken up to the head, every checkpoint equal to a fold from the beginning, every recorded
 * reading in the projection. Prints the head hash: kept somewhere else, it also proves a rewritten history.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Fold, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { emptyBoard, stateText } from '@comm-cell/board/state';
import { openDatabaseUrl } from './database/address.js';
import { genesis, link } from './journal/chain.js';
import { Journal } from './journal/journal.js';

const PAGE = 5_000;

export interface Verdict {
  board: string;
  seq: number;
  hash: string;
  /** SHA-256 (hex) of the state folded from the first event to the head. */
  stateHash: string;
  readings: number;
  checkpoints: number;
  faults: string[];
}

export async function verifyBoard(journal: Journal, board: string): Promise<Verdict> {
  const head = await journal.head(board);
  if (!head) return { board, seq: 0, hash: '', stateHash: '', readings: 0, checkpoints: 0, faults: ['there is no such board'] };
  const faults: string[] = [];
  const checkpoints = new Map((await journal.checkpoints(board)).map((one) => [one.seq, one]));
  const fold = Fold.inPlace(structuredClone(emptyBoard));
  let seq = 0;
  let hash = genesis(board, head.firstEpoch);
  let readings = 0;
  let compared = 0;
  while (faults.length === 0 && seq < head.seq) {
    const rows = await journal.rowsAfter(board, seq, Math.min(PAGE, head.seq - seq));
    if (rows.length === 0) faults.push(`events ${seq + 1} to ${head.seq} are missing`);
    for (const row of rows) {
      if (row.seq !== seq + 1) {
        faults.push(row.seq === seq + 2 ? `event ${seq + 1} is missing` : `events ${seq + 1} to ${row.seq - 1} are missing`);
        break;
      }
      hash = link(hash, row.seq, row.at, row.source, row.body);
      if (!hash.equals(row.hash)) {
        faults.push(`event ${row.seq} was changed after it was recorded`);
        break;
      }
      seq = row.seq;
      const { event, at } = journal.toEntry(row);
      fold.apply(event, at);
      if (event.kind === 'ReadingsRecorded') readings += event.readings.length;
      const checkpoint = checkpoints.get(seq);
      if (checkpoint?.reducerVersion === REDUCER_VERSION) {
        compared++;
        const state = createHash('sha256').update(stateText(fold.finish())).digest('hex');
        if (state !== checkpoint.stateHash || !checkpoint.chainHash.equals(hash)) faults.push(`checkpoint ${seq} differs from a fold of the journal`);
      }
    }
  }
  if (faults.length === 0 && !hash.equals(head.hash)) faults.push('the head does not carry the hash of the last event');
  if (faults.length === 0 && (await journal.rowsAfter(board, head.seq, 1)).length > 0 && (await journal.head(board))!.seq === head.seq)
    faults.push('there are events behind the head');
  if (faults.length === 0) {
    const stored = await journal.countReadings(board, seq);
    if (stored !== readings) faults.push(`the journal has ${readings} readings, the projection ${stored}`);
  }
  const stateHash = createHash('sha256').update(stateText(fold.finish())).digest('hex');
  return { board, seq, hash: hash.toString('hex'), stateHash, readings, checkpoints: compared, faults };
}

async function main(): Promise<void> {
  const journal = new Journal(openDatabaseUrl(process.env));
  try {
    let broken = 0;
    for (const { board } of await journal.heads()) {
      const { seq, hash, readings, checkpoints, faults } = await verifyBoard(journal, board);
      broken += faults.length;
      process.stdout.write(
        faults.length === 0
          ? `${board}: whole. ${seq} events, ${readings} readings, ${checkpoints} checkpoints agree; head ${hash}\n`
          : `${board}: NOT WHOLE. ${faults.join('; ')}.\n`,
      );
    }
    process.exitCode = broken === 0 ? 0 : 1;
  } finally {
    await journal.close();
  }
}

if (process.argv[1]?.endsWith('verify.js')) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  });
}
