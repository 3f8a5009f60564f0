/** The client package and the copy-paste examples, against a real api; an example whose interpreter is not at hand is skipped and says so. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FeedClient, FeedProblem, NoAnswer } from '@comm-cell/client/feed-client';
import type { Receipt } from '@comm-cell/contract/feed';
import { feedMap } from '@comm-cell/contract/feeds';
import { dataSource } from '@comm-cell/api/database/schema';
import { Api, prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const EXAMPLES = fileURLToPath(new URL('../../../docs/examples/', import.meta.url));
let postgres: TestPostgres;
let url: string;
let api: Api;
let key: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  key = (await prepareBoard(url, smallBoard())).keys.ed!;
  const database = await dataSource(url, []).initialize();
  const map = feedMap.parse({ columns: [{ name: 'In', series: 'm.2@here' }], time: { zone: 'UTC' }, layout: { form: 'wide', date: 'Date' } });
  await database.query(`insert into feed_maps (board_id, feed_id, map, person_id, person_name) values ('small', 'ed', $1, 'p', 'Duty manager')`, [
    JSON.stringify(map),
  ]);
  await database.destroy();
  api = await Api.start({ DATABASE_URL: url });
});
afterAll(async () => {
  for (const close of closing) await close();
  await api.stop();
  await postgres.stop();
});

let clock = Date.now() - 3_600_000;
const moment = (): string => new Date((clock += 1_000)).toISOString();

/** Stands before the api and spoils the first answers: breaks them off, or asks for patience. The body gets through all the same. */
async function spoiler(spoil: readonly ('break' | 429 | 503)[]): Promise<{ address: string; seen: string[] }> {
  const left = [...spoil];
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(String(request.headers['idempotency-key']));
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)),
      ) as Record<string, string>;
      void api.request<unknown>(request.url!, { method: request.method!, headers, body: Buffer.concat(chunks) }).then(({ status, body }) => {
        const how = left.shift();
        if (how === 'break') response.destroy();
        else if (how) response.writeHead(how, { 'retry-after': '0', 'content-type': 'application/problem+json' }).end('{}');
        else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('the client', () => {
  const client = (address = api.address): FeedClient => new FeedClient({ address, feed: 'ed', key, pauseMs: 1 });

  test('pushes, tries again with one key, and the readings count once', async () => {
    const { address, seen } = await spoiler(['break', 503, 429]);
    const receipt = await client(address).push([{ series: 'm.1@here', observedAt: moment(), value: 5 }]);
    expect(receipt).toMatchObject({ received: 1, accepted: 1 });
    expect([seen.length, new Set(seen).size]).toEqual([4, 1]);
  });

  test('says what is wrong, row by row, and does not try that again', async () => {
    const { address, seen } = await spoiler([]);
    const error: unknown = await client(address)
      .push([{ series: 'm.1@nowhere', observedAt: moment(), value: 5 }])
      .catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(FeedProblem);
    expect((error as FeedProblem).problem).toMatchObject({ status: 422, code: 'nothing-usable', errors: [{ row: 0, code: 'unknown-series' }] });
    expect(String(error)).not.toContain(key);
    expect(seen).toHaveLength(1);
  });

  test('gives up with the key in hand when nobody answers', async () => {
    const error: unknown = await new FeedClient({ address: 'http://127.0.0.1:1', feed: 'ed', key, pauseMs: 1, tries: 2 })
      .push([], { key: 'mine' })
      .catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(NoAnswer);
    expect((error as NoAnswer).key).toBe('mine');
  });

  test('files, history, other types, status, a planned silence', async () => {
    const ours = client();
    const file = `Date,In\n${moment()},4\n`;
    expect(await ours.pushFile(file, { dryRun: true })).toMatchObject({ dryRun: true, rows: [{ row: 2, verdict: 'stored', value: 4 }] });
    const first = await ours.pushFile(file);
    expect([first.accepted, await ours.pushFile(file)]).toEqual([1, first]);
    expect(await ours.pushRaw('text/plain; version=0.0.4', `m_1{place="here"} 6 ${Date.parse(moment())}\n`)).toMatchObject({ accepted: 1 });
    expect(await ours.pushHistory([{ series: 'm.1@here', observedAt: '2025-01-16T14:30:00Z', value: 6 }])).toMatchObject({ accepted: 1 });
    expect(await ours.postStatus({ text: 'all well' })).toMatchObject({ provider: 'acute' });
    expect(await ours.suspend({ until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'upgrade' })).toHaveProperty('until');
    await ours.resume();
  });
});

describe('examples', () => {
  const has = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;
  const run = (program: string, args: string[], more: Record<string, string> = {}): Promise<{ code: number | null; out: string; error: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, BASE: api.address, FEED: 'ed', KEY: key, SERIES: 'm.3@here', VALUE: '7', ...more };
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, error] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      child.on('close', (code) => resolve({ code, out, error }));
    });
  const example = (name: string): string => path.join(EXAMPLES, name);

  const PUSHES: [name: string, program: string, args: string[], there: boolean][] = [
    ['push.sh', 'sh', [example('push.sh')], has('curl', '--version')],
    ['push.py', 'python3', [example('push.py')], has('python3', '--version')],
    ['push.R', 'Rscript', [example('push.R')], has('Rscript', '-e', 'library(httr2)')],
    ['push.ps1', 'pwsh', ['-NoProfile', '-File', example('push.ps1')], has('pwsh', '-NoProfile', '-Command', 'exit 0')],
  ];
  for (const [name, program, args, there] of PUSHES) {
    (there ? test : test.skip)(`${name}${there ? '' : ` (skipped: ${program} is not on this machine)`}`, async () => {
      const pushed = await run(program, args);
      expect([pushed.code, pushed.error]).toEqual([0, '']);
      expect(JSON.parse(pushed.out) as Receipt).toMatchObject({ received: 1, rejected: [] });
      const refused = await run(program, args, { SERIES: 'm.9@nowhere' });
      expect(refused.code).not.toBe(0);
      expect(refused.out + refused.error).toContain('unknown-series');
    });
  }

  (has('curl', '--version') ? test : test.skip)('push-file.sh', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-file-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'figures.csv');
    writeFileSync(file, `Date,In\n${moment()},9\n`);
    const { code, out } = await run('sh', [example('push-file.sh'), file]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { accepted: 1 }]);
  });
});
