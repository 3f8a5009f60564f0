/**
 * A Postgres that dies the moment a connection is ready: its last words come in one piece with the ready sign, before whoever
 * asked for the connection has it. The api must outlive it, and work as soon as the database is back (I50).
 */
import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Api, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const READY = Buffer.from('5a0000000549', 'hex');
/** FATAL 57P01, as a backend says it whose postmaster is gone. */
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0');
const LAST_WORDS = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), FIELDS]);
LAST_WORDS.writeInt32BE(FIELDS.length + 4, 1);

let postgres: TestPostgres;
let proxy: Server;
let dying = false;
let died = 0;
const open = new Set<Socket>();

beforeAll(async () => {
  postgres = await startPostgres();
  const { hostname, port } = new URL(await postgres.database());
  proxy = createServer((client) => {
    const server = connect({ host: hostname, port: Number(port) });
    open.add(client);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    } // prettier-ignore
    client.on('close', () => open.delete(client)).on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      if (!dying || !chunk.subarray(-READY.length).equals(READY)) return client.write(chunk);
      died++;
      client.end(Buffer.concat([chunk, LAST_WORDS]));
      return server.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  proxy.close();
  await postgres.stop();
});

async function throughProxy(): Promise<string> {
  const url = new URL(await postgres.database());
  url.port = String((proxy.address() as { port: number }).port);
  return url.href;
}

test('the api outlives a database that dies as soon as a connection is ready', async () => {
  const url = await throughProxy();
  const key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const api = await Api.start({ DATABASE_URL: url });
  const post = (value: number) =>
    api.post('ed', key, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value }] }, { signal: AbortSignal.timeout(20_000) });
  expect((await post(1)).status).toBe(201);
  dying = true;
  for (const socket of open) socket.destroy();
  // Whatever opens connections by itself has its turn, and what is pushed meanwhile.
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => pause(500 * i).then(() => post(2 + i))));
  expect(died).toBeGreaterThan(10);
  expect(api.running ? '' : api.printed.slice(-3_000)).toBe('');
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  dying = false;
  let status = 503;
  for (let i = 0; i < 100 && status === 503; i++) status = (await pause(100).then(() => post(50))).status;
  expect(status).toBe(201);
  await api.stop();
}, 90_000);

test('positive control: a plain pool that is asked by promise dies of it', async () => {
  const url = await throughProxy();
  dying = true;
  const script = `const { default: pg } = await import('pg'); const pool = new pg.Pool({ connectionString: ${JSON.stringify(url)} }); pool.on('error', () => {});
    const client = await pool.connect(); client.on('error', () => {}); setTimeout(() => process.exit(0), 500);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  dying = false;
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("Unhandled 'error' event") });
});
