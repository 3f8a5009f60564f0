/**
 * The api dies a hundred times under load: at every named place of the journal's way and at any moment, two processes on one
 * Postgres. Nothing acknowledged may be lost or doubled, nothing half written, nothing shown that is not journaled (I1–I5, I14).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Entry } from '@comm-cell/board/events';
import { Api, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { faultsOf, Ledger } from '../support/crash.js';
import { Display } from '../support/display.js';
import { deaths, Lane, PLACES } from '../support/lane.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { Proxy } from '../support/proxy.js';

const ROUNDS = 100;
const SEED = 20261122;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

test(`${ROUNDS} deaths: everything acknowledged is there exactly once, and no display saw what is not journaled`, async () => {
  const url = await postgres.database();
  const key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const lanes = [new Lane(url, key), new Lane(url, key)];
  const ledgers = lanes.flatMap((_, i) => [new Ledger(`a${i}`, SEED + i), new Ledger(`b${i}`, SEED + 10 + i)]);
  const proxies = await Promise.all(lanes.map((lane) => Proxy.to(() => lane.api?.port ?? 1)));
  const displays = proxies.map((proxy) => new Display({ address: proxy.address, board: 'small' }));

  const waiting = deaths(ROUNDS, SEED);
  const writing = ledgers.map((ledger, i) => ledger.write(lanes[i >> 1]!.send, 5));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let death = waiting.pop(); death; death = waiting.pop()) await lane.die(death);
    }),
  );
  for (const ledger of ledgers) ledger.end();
  await Promise.all(writing);

  const survivor = (lanes[0]!.api = lanes[1]!.api = await Api.start({ DATABASE_URL: url }));
  const faults = (): ReturnType<typeof faultsOf> =>
    faultsOf(
      postgres,
      url,
      ledgers,
      displays.flatMap((one) => one.seen),
    );
  expect(await faults()).toEqual([]);
  for (const ledger of ledgers) await ledger.settle(lanes[0]!.send);
  const { seq } = await survivor.board<{ seq: number }>('small');
  await Promise.all(displays.map((one) => one.provenAt(seq)));
  expect(await faults()).toEqual([]);
  expect(displays.map(({ different, wentBack }) => ({ different, wentBack }))).toEqual([
    { different: 0, wentBack: false },
    { different: 0, wentBack: false },
  ]);

  // What the proof rests on: every kind of death happened, batches met them, displays watched.
  const died = Object.keys({ ...lanes[0]!.died, ...lanes[1]!.died }).join();
  for (const name of [...Object.keys(PLACES), 'any moment', 'starting']) expect(died).toContain(name);
  expect(
    Object.values(lanes[0]!.died)
      .concat(Object.values(lanes[1]!.died))
      .reduce((a, b) => a + b),
  ).toBe(ROUNDS);
  expect(ledgers.reduce((sum, ledger) => sum + ledger.acked.length, 0)).toBeGreaterThan(ROUNDS);
  expect(ledgers.reduce((sum, ledger) => sum + ledger.retried, 0)).toBeGreaterThan(ROUNDS / 4);
  expect(displays.reduce((sum, one) => sum + one.seen.length, 0)).toBeGreaterThan(ROUNDS);

  for (const one of displays) one.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await survivor.stop();
}, 600_000);

test('positive control: a server that acknowledges before the commit is caught by the same checker', async () => {
  const url = await postgres.database();
  const key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const api = await Api.start({ DATABASE_URL: url });
  const hasty = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
      setTimeout(() => void api.post('ed', key, Buffer.concat(parts), { id: String(request.headers['idempotency-key']) }).catch(() => {}), 30);
    });
  });
  await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
  const ledger = new Ledger('hasty');
  const writing = ledger.write(async (id, body) => {
    const answer = await fetch(`http://127.0.0.1:${(hasty.address() as AddressInfo).port}/`, {
      method: 'POST',
      headers: { 'idempotency-key': id },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as never };
  });
  await until(() => ledger.acked.length > 20, 'some batches are acknowledged');
  await api.kill9();
  ledger.end();
  await writing;
  await new Promise((resolve) => hasty.close(resolve));
  expect((await faultsOf(postgres, url, [ledger])).join()).toContain('was acknowledged and is lost');
});

test('positive control: a doubled, a lost, a changed and an invented event are caught by the same checker', async () => {
  const url = await postgres.database();
  const key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const api = await Api.start({ DATABASE_URL: url });
  const ledger = new Ledger('plain');
  const writing = ledger.write((id, body) => api.post('ed', key, body, { id }));
  await until(() => ledger.acked.length > 10, 'some batches are acknowledged');
  ledger.end();
  await writing;
  await api.stop();
  expect(await faultsOf(postgres, url, [ledger])).toEqual([]);
  const invented: Entry = { seq: 3, at: 1, event: { kind: 'ClockStepped', byMs: 1 } };
  expect(await faultsOf(postgres, url, [ledger], [invented])).toEqual([expect.stringContaining('a display was shown event 3')]);
  const harm = (text: string): Promise<unknown> => postgres.sql(url, `set session_replication_role = replica; ${text}`);
  await harm(`delete from readings where seq = 4`);
  expect((await faultsOf(postgres, url, [ledger])).join()).toContain('in the projection as undefined');
  await harm(`delete from journal where seq = 5`);
  expect((await faultsOf(postgres, url, [ledger])).join()).toMatch(/event 5 is missing.*was acknowledged and is lost/);
  await harm(
    `insert into journal (board_id, seq, recorded_at, kind, source, body, hash) select board_id, 5, recorded_at, kind, source, body, hash from journal where seq = 6`,
  );
  expect((await faultsOf(postgres, url, [ledger])).join()).toMatch(/in the journal 2 times/);
});
