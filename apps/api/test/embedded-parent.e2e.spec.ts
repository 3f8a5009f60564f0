import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startEmbedded } from '@comm-cell/api/database/embedded/supervisor';
import pg from 'pg';

/** What only a parent process of its own can show: its death by kill -9, and a fight for one folder. */
const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-parent-'));
const builtOf = (name: string) => pathToFileURL(path.resolve('apps/api/dist/database/embedded', name)).href;
const built = builtOf('supervisor.js');

/** A process that starts the database, prints what it got and stays. */
async function parent(dataDir: string): Promise<{ process: ChildProcess; said: string; url: string; pid: number }> {
  const script = `const { startEmbedded } = await import(${JSON.stringify(built)});
    try { const { url, pid } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} }); console.log(JSON.stringify({ url, pid })); setInterval(() => {}, 1000); }
    catch (error) { console.log(JSON.stringify({ said: error.message })); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  return { process: child, said: '', url: '', pid: 0, ...(JSON.parse(line) as object) };
}

function alive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(50);
}

/** The shell that waits for the parent's death. */
function leashOf(postmaster: number): number {
  const command = (pid: string) => (alive(Number(pid)) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '');
  return Number(
    readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && command(pid).startsWith('/bin/sh\0-c\0read') && command(pid).endsWith(`\0${postmaster}\0`)),
  );
}

async function rows(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('select n from kept');
  await client.end();
  return rows as unknown[];
}

beforeAll(() => chmodSync(folder, 0o711));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a parent killed with -9', () => {
  const dataDir = path.join(folder, 'data');

  it('takes its database with it', async () => {
    const first = await parent(dataDir);
    const client = new pg.Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table kept as select 1 as n');
    first.process.kill('SIGKILL');
    await until(() => !alive(first.pid));
    await client.end().catch(() => undefined);
    expect(existsSync(path.join(dataDir, 'postgres.lock'))).toBe(true);
  });

  it('leaves an orphan when even the leash is gone, and the next start ends it and keeps the data', async () => {
    const first = await parent(dataDir);
    const leash = leashOf(first.pid);
    expect(leash).toBeGreaterThan(1);
    process.kill(leash, 'SIGKILL');
    await until(() => !alive(leash));
    first.process.kill('SIGKILL');
    await until(() => first.process.signalCode !== null);
    await sleep(300);
    expect(alive(first.pid)).toBe(true);

    const lines: string[] = [];
    const next = await startEmbedded({ dataDir, log: (line) => lines.push(line) });
    try {
      expect(lines).toContain('stopping a database that an earlier run left behind');
      expect(alive(first.pid)).toBe(false);
      expect(next.pid).not.toBe(first.pid);
      expect(await rows(next.url)).toEqual([{ n: 1 }]);
    } finally {
      await next.stop();
    }
  });
});

describe('two parents at once', () => {
  it('one wins, the other says so', async () => {
    const dataDir = path.join(folder, 'fought-over');
    const both = await Promise.all([parent(dataDir), parent(dataDir)]);
    const winners = both.filter(({ url }) => url !== '');
    const losers = both.filter(({ said }) => said !== '');
    for (const { process: child } of both) child.kill('SIGKILL');
    await until(() => winners.every(({ pid }) => !alive(pid)));
    expect(winners).toHaveLength(1);
    expect(losers.map(({ said }) => said)).toEqual([expect.stringMatching(/^Another Comm Cell \(process \d+\) is already running on the data folder/)]);
  });
});

describe('the lock of a folder', () => {
  const ROUNDS = 60;
  const APART_MS = 20;

  /** A process that reaches for every lock at the moment agreed on for it, and says which it got. */
  async function reacher(files: string[], begin: number): Promise<boolean[]> {
    const script = `const { takeLock } = await import(${JSON.stringify(builtOf('lock.js'))});
      const got = ${JSON.stringify(files)}.map((file, round) => {
        while (Date.now() < ${begin} + round * ${APART_MS});
        try { takeLock(file, 'data'); return true; } catch { return false; }
      });
      console.log(JSON.stringify(got)); process.stdin.resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    reachers.push(child);
    const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    return JSON.parse(line) as boolean[];
  }
  const reachers: ChildProcess[] = [];
  afterAll(() => reachers.forEach((child) => child.kill('SIGKILL')));

  it('goes to one alone of those who reach for it at once, whether it is new or a dead parent’s', async () => {
    const files = Array.from({ length: ROUNDS }, (_, round) => path.join(folder, `${round}.lock`));
    for (const [round, file] of files.entries()) if (round % 2 === 0) writeFileSync(file, JSON.stringify({ pid: 4_194_000, birth: '1' }));
    const begin = Date.now() + 1_000;
    const got = await Promise.all(Array.from({ length: 4 }, () => reacher(files, begin)));
    expect(files.map((_, round) => got.filter((taken) => taken[round]).length)).toEqual(files.map(() => 1));
    expect(readdirSync(folder).filter((name) => /\.lock\./.test(name))).toEqual([]);
  });
});
