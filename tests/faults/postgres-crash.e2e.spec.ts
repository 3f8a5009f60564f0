/**
 * Postgres dies forty times under load, the postmaster and every backend at once, and comes back on the same folder. The api
 * processes stay up throughout; nothing they acknowledged may be gone (I1, I2, I50).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordReadings, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { startEmbedded, type Embedded } from '@comm-cell/api/database/embedded/supervisor';
import { steadyPool } from '@comm-cell/api/database/steady-client';
import { Journal } from '@comm-cell/api/journal/journal';
import { BoardKeeper } from '@comm-cell/api/keeper/board-keeper';
import type { Receipt } from '@comm-cell/contract/feed';
import { Api, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { faultsOf, killTree, Ledger, randomOf, type Send } from '../support/crash.js';
import { Display } from '../support/display.js';
import { sql } from '../support/postgres.js';
import { Proxy } from '../support/proxy.js';

const ROUNDS = 40;

const dataDir = mkdtempSync(path.join(tmpdir(), 'comm-cell-crash-'));
let database: Embedded;
/** The address the api processes know. The database itself may have to move: any process may have taken its port meanwhile. */
let address: Proxy;
const postgres = { sql };
async function fresh(name: string): Promise<string> {
  await postgres.sql(database.url, `create database ${name}`);
  const url = new URL(database.url);
  url.port = String(address.port);
  url.pathname = name;
  return url.href;
}
async function crash(): Promise<void> {
  killTree(database.pid);
  await database.exited;
  database = await startEmbedded({ dataDir });
}

beforeAll(async () => {
  database = await startEmbedded({ dataDir });
  address = await Proxy.to(() => database.port);
});
afterAll(async () => {
  await address.close();
  await database.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test(`${ROUNDS} crashes: everything acknowledged is there exactly once`, async () => {
  const url = await fresh('crashes');
  const key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const apis = await Promise.all([1, 2].map(() => Api.start({ DATABASE_URL: url })));
  const display = new Display({ address: apis[1]!.address, board: 'small' });
  const sendTo =
    (api: Api): Send =>
    (id, body) =>
      api.post('ed', key, body, { id, signal: AbortSignal.timeout(20_000) });
  const ledgers = apis.flatMap((_, i) => [new Ledger(`c${i}`, 7 + i), new Ledger(`d${i}`, 17 + i)]);
  const writing = ledgers.map((ledger, i) => ledger.write(sendTo(apis[i >> 1]!), 3));
  const random = randomOf(20261122);
  let before = 0;
  let busy = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // Into running work, not into the silence after the last crash.
    const acked = (): number => ledgers.reduce((sum, ledger) => sum + ledger.acked.length, 0);
    for (let waited = 0; acked() < before + 12 && waited < 5_000; waited += 20) await pause(20);
    await pause(random() * 120);
    if (acked() > before) busy++;
    before = acked();
    await crash();
  }
  for (const ledger of ledgers) ledger.end();
  await Promise.all(writing);
  // One that is gone would make the senders below try for hours.
  expect(apis.flatMap((api) => (api.running ? [] : [api.printed.slice(-5_000)]))).toEqual([]);
  expect(await faultsOf(postgres, url, ledgers, display.seen)).toEqual([]);
  for (const [i, ledger] of ledgers.entries()) await ledger.settle(sendTo(apis[i % 2]!));
  const { seq } = await apis[0]!.board<{ seq: number }>('small');
  await display.provenAt(seq);
  expect(await faultsOf(postgres, url, ledgers, display.seen)).toEqual([]);
  expect([display.different, display.wentBack]).toEqual([0, false]);
  expect(apis.map((api) => api.running)).toEqual([true, true]);
  expect(busy).toBeGreaterThan(ROUNDS / 2);
  expect(ledgers.reduce((sum, ledger) => sum + ledger.retried, 0)).toBeGreaterThan(ROUNDS / 4);
  display.close();
  await Promise.all(apis.map((api) => api.stop()));
}, 600_000);

test('positive control: with synchronous_commit off the same crash loses what was acknowledged, and the checker says so', async () => {
  let faults: string[] = [];
  for (let round = 0; round < 10 && faults.length === 0; round++) {
    const url = await fresh(`control_${round}`);
    await prepareBoard(url, smallBoard());
    const journal = new Journal(url);
    await journal.pool.end();
    const careless = steadyPool({ connectionString: url, options: '-c synchronous_commit=off' });
    Object.assign(journal, { pool: careless });
    const { board, ...head } = (await journal.heads())[0]!;
    const keeper = new BoardKeeper(board, journal, head);
    await keeper.load(() => {});
    const ledger = new Ledger(`off${round}`, round + 1);
    const writing = ledger.write(async (id, { readings }) => {
      const rows = (readings as { series: string; observedAt: string; value: number }[]).map(({ series, observedAt, value }, row) => ({
        row,
        series,
        at: Date.parse(observedAt),
        value,
        rev: 0,
      }));
      const answer = await keeper.submit<ReadingsOutcome>({
        source: 'ed',
        decide: (state, known, at) => recordReadings(state, { feed: 'ed', batch: id, rows, unreadable: [] }, known, at),
      });
      if (answer.repeated) throw new Error('there is no receipt to repeat');
      return { status: 201, body: { ...answer.placed, accepted: answer.outcome.accepted } as Receipt };
    });
    await pause(300 + 37 * round);
    ledger.end();
    await crash();
    await writing.catch(() => {});
    await careless.end();
    faults = (await faultsOf(postgres, url, [ledger])).filter((fault) => fault.endsWith('was acknowledged and is lost'));
  }
  expect(faults.length).toBeGreaterThan(0);
});
