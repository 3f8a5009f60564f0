/** Two api processes on one Postgres: one order, one receipt, and a display that changes over without a gap (I2, I3, I14). */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Journal } from '@comm-cell/api/journal/journal';
import { verifyBoard } from '@comm-cell/api/verify';
import type { Receipt } from '@comm-cell/contract/feed';
import { Api, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { Display } from '../support/display.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { Proxy } from '../support/proxy.js';

let postgres: TestPostgres;
let url: string;
let key: string;
let a: Api;
let b: Api;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  key = (await prepareBoard(url, smallBoard())).keys.ed!;
});
afterAll(async () => {
  await postgres.stop();
});
/** Processes of their own for each test, so that one may be killed. */
async function startBoth(): Promise<void> {
  [a, b] = await Promise.all([Api.start({ DATABASE_URL: url }), Api.start({ DATABASE_URL: url })]);
}
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await Promise.all([a.stop(), b.stop()]);
});

function display(address: string): Display {
  const one = new Display({ address, board: 'small' });
  closing.push(() => one.close());
  return one;
}
const START = Date.now() - 3_600_000;
let moment = START;
function reading(value: number, series = 'm.1@here'): { readings: object[] } {
  return { readings: [{ series, observedAt: new Date((moment += 100)).toISOString(), value }] };
}
async function seq(): Promise<number> {
  return Number((await postgres.sql<{ seq: string }>(url, 'select seq from board_head'))[0]!.seq);
}

test('what is written to one is seen at the other, in one order', async () => {
  await startBoth();
  const [atA, atB] = [display(a.address), display(b.address)];
  await until(() => atA.joins.state === 1 && atB.joins.state === 1, 'both displays have joined');
  await Promise.all(
    [a, b].map(async (api) => {
      for (let i = 0; i < 60; i++) await Promise.all([0, 1, 2].map((n) => api.post('ed', key, reading(i, `m.${n + 1}@here`))));
    }),
  );
  const head = await seq();
  await Promise.all([atA.provenAt(head), atB.provenAt(head)]);
  expect(atA.seen.map((entry) => entry.seq)).toEqual(atB.seen.map((entry) => entry.seq));
  expect(atA.seen.map((entry) => JSON.stringify(entry))).toEqual(atB.seen.map((entry) => JSON.stringify(entry)));
  expect(atA.seen.filter(({ event }) => event.kind === 'ReadingsRecorded')).toHaveLength(360);
  expect([atA.different, atB.different]).toEqual([0, 0]);
  const journal = new Journal(url);
  closing.push(() => journal.close());
  expect((await verifyBoard(journal, 'small')).faults).toEqual([]);
});

test('one Idempotency-Key sent to both at once is one batch and one receipt', async () => {
  await startBoth();
  for (let i = 0; i < 30; i++) {
    const body = reading(i);
    const answers = await Promise.all([a, b, a, b].map((api) => api.post('ed', key, body, { id: `both-${i}` })));
    const receipts = new Set(answers.map(({ body: receipt }) => JSON.stringify(receipt)));
    expect([...receipts]).toHaveLength(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  }
  expect(await postgres.sql(url, `select 1 from receipts where idempotency_key like 'both-%'`)).toHaveLength(30);
});

test('a display whose process dies goes on at the other one by (epoch, seq), without a gap and without the whole state', async () => {
  await startBoth();
  let target = a.port;
  const proxy = await Proxy.to(() => target);
  closing.push(() => proxy.close());
  const moving = display(proxy.address);
  const steady = display(b.address);
  await until(() => moving.joins.state === 1 && steady.joins.state === 1, 'both displays have joined');
  for (let i = 0; i < 20; i++) await a.post('ed', key, reading(i));
  target = b.port;
  await a.kill9();
  const answers: Receipt[] = [];
  for (let i = 0; i < 20; i++) answers.push((await b.post('ed', key, reading(100 + i))).body);
  const head = await seq();
  await Promise.all([moving.provenAt(head), steady.provenAt(head)]);
  expect(moving.joins).toEqual({ state: 1, events: 1, refused: 0 });
  expect(moving.seen.map((entry) => JSON.stringify(entry))).toEqual(steady.seen.map((entry) => JSON.stringify(entry)));
  expect(moving.seen.at(-1)!.seq).toBe(head);
  expect(moving.wentBack).toBe(false);
});
