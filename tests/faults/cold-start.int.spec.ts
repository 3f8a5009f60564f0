/** A start with a long history folds from the newest checkpoint, not from the beginning, and stands at the same state (I14, I16). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BoardEvent } from '@comm-cell/board/events';
import { Appending, Journal } from '@comm-cell/api/journal/journal';
import { BoardKeeper } from '@comm-cell/api/keeper/board-keeper';
import { verifyBoard } from '@comm-cell/api/verify';
import { prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const EVENTS = 60;
const READINGS = 5_000;
const SERIES = 50;
const CHECKPOINT_AFTER = 48;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

/** A keeper that has just started, and from where on it asked for events. */
async function start(url: string): Promise<{ keeper: BoardKeeper; journal: Journal; asked: number[]; told: string[] }> {
  const journal = new Journal(url);
  const asked: number[] = [];
  const told: string[] = [];
  const rowsAfter = journal.rowsAfter.bind(journal);
  journal.rowsAfter = (board, seq, most) => {
    asked.push(seq);
    return rowsAfter(board, seq, most);
  };
  const { board, ...head } = (await journal.heads())[0]!;
  const keeper = new BoardKeeper(board, journal, head);
  await keeper.load((message) => told.push(message));
  return { keeper, journal, asked, told };
}

test(`${(EVENTS * READINGS).toLocaleString('en')} readings: the checkpoint is where the fold begins; without it the same state is reached from the first event`, async () => {
  const url = await postgres.database();
  await prepareBoard(url, smallBoard({ series: SERIES }));
  const writer = await start(url);
  const { state } = writer.keeper.snapshot;
  const from = Date.now() - EVENTS * (READINGS / SERIES) * 60_000;
  for (let event = 0; event < EVENTS; event++) {
    const readings = Array.from({ length: READINGS }, (_, i) => {
      const minute = event * (READINGS / SERIES) + Math.floor(i / SERIES);
      return { series: `m.${1 + (i % SERIES)}@here`, at: from + minute * 60_000, value: (minute * 7 + i * 13) % 997 };
    });
    const recorded: BoardEvent = { kind: 'ReadingsRecorded', feed: 'ed', batch: `history-${event}`, readings };
    const head = (await writer.journal.head('small'))!;
    const prepared = new Appending('small', head, from + (event + 1) * 6_000_000).add([recorded], 'ed', state.numbers).finish();
    expect(await writer.journal.append(prepared)).toBe('done');
    if (event === CHECKPOINT_AFTER) {
      await writer.keeper.refresh();
      await writer.keeper.checkpoint();
    }
  }
  await writer.keeper.refresh();
  const { seq } = writer.keeper.snapshot.head;
  const [{ checkpoint }] = (await postgres.sql<{ checkpoint: string }>(url, 'select max(seq) as checkpoint from checkpoints')) as [{ checkpoint: string }];
  expect(Number(checkpoint)).toBeGreaterThan(CHECKPOINT_AFTER);
  expect(Number(checkpoint)).toBeLessThan(seq);

  const cold = await start(url);
  expect(cold.told).toEqual([]);
  expect(Math.min(...cold.asked)).toBe(Number(checkpoint));
  expect(cold.keeper.snapshot.head.seq).toBe(seq);
  expect(cold.keeper.stateHash()).toBe(writer.keeper.stateHash());

  // Positive control: the same look tells a fold from the beginning.
  await postgres.sql(url, 'delete from checkpoints');
  const slow = await start(url);
  expect(Math.min(...slow.asked)).toBe(0);
  expect(slow.keeper.stateHash()).toBe(writer.keeper.stateHash());

  expect(await verifyBoard(writer.journal, 'small')).toMatchObject({ seq, readings: EVENTS * READINGS, faults: [] });
  for (const { journal } of [writer, cold, slow]) await journal.close();
}, 240_000);
