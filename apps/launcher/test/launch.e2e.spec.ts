import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `npm start` as a person meets it. */
const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-launch-'));
const dataDir = path.join(folder, 'data');
let port: number;
const started: ChildProcess[] = [];

interface Run {
  process: ChildProcess;
  said(): string;
  /** What it printed when everything runs; fails with what it printed instead. */
  ready: Promise<void>;
  ended: Promise<number | null>;
}

function start(env: Record<string, string> = {}): Run {
  const { DATABASE_URL: _unset, ...inherited } = process.env;
  const child = spawn(process.execPath, ['apps/launcher/main.cjs'], {
    env: { ...inherited, NO_COLOR: '1', DATA_DIR: dataDir, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  let arrived: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Ctrl-C stops everything')) arrived();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    arrived = resolve;
    void ended.then(() => reject(new Error(said)));
  });
  ready.catch(() => undefined);
  return { process: child, said: () => said, ready, ended };
}

/** Living processes whose command or environment names our data folder. */
function left(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const [command, env] = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
        return command!.includes(dataDir) || env!.includes(`DATA_DIR=${dataDir}\0`) ? [command!.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

async function untilNothingIsLeft(): Promise<void> {
  while (left().length > 0) await sleep(100);
}

const sentence = (run: Run): string => /Comm Cell could not start\. (.*)/.exec(run.said())?.[1] ?? run.said();

beforeAll(async () => {
  chmodSync(folder, 0o711);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await untilNothingIsLeft();
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('shows where the walls are, takes the reading of its own example, and leaves nothing running', async () => {
    const run = start();
    await run.ready;
    expect(run.said()).toContain(`http://127.0.0.1:${port}/wall/sandbox?density=detail`);
    expect(await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json()).toMatchObject({ status: 'ready' });

    const example = /^curl[\s\S]*?unit":"patients"}]}'$/m.exec(run.said())![0];
    const shell = spawn('/bin/sh', ['-c', example.replace('curl -sS', 'curl -sS --noproxy "*"')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const answer = await new Promise<string>((resolve) => shell.stdout.setEncoding('utf8').once('data', resolve));
    expect(JSON.parse(answer)).toMatchObject({ received: 1, accepted: 1 });

    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(left()).toEqual([]);
  });

  it('starts the server again when it crashes, and its database too, and says so when started twice', async () => {
    const run = start();
    await run.ready;
    const twice = start({ PORT: String(port === 65_535 ? 1_025 : port + 1) });
    expect(await twice.ended).toBe(1);
    expect(sentence(twice)).toMatch(/^Another Comm Cell \(process \d+\) is already running on the data folder .*\.$/);

    const children = readFileSync(`/proc/${run.process.pid}/task/${run.process.pid}/children`, 'utf8').trim().split(' ').map(Number);
    const commands = children.map((pid) => ({ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }));
    for (const name of ['apps/api/dist/main.js', '/bin/postgres']) {
      const victim = commands.find(({ command }) => command.includes(name))!.pid;
      process.kill(victim, 'SIGKILL');
      await sleep(500);
      while (
        !(await fetch(`http://127.0.0.1:${port}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ))
      )
        await sleep(100);
    }
    expect(run.said()).toMatch(/The server ended \(SIGKILL/);
    expect(run.said()).toMatch(/The database ended/);

    run.process.kill('SIGKILL');
    await run.ended;
    await untilNothingIsLeft();
  });
});

describe('what is wrong is said in one sentence', () => {
  it('a port that is taken', async () => {
    const taken: Server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const run = start({ PORT: String((taken.address() as AddressInfo).port) });
    expect(await run.ended).toBe(1);
    expect(sentence(run)).toMatch(/^Port \d+ on 127\.0\.0\.1 is taken .*; choose another, for instance PORT=\d+ npm start\.$/);
    taken.close();
  });

  it.each([
    [{ PORT: 'ninety' }, 'PORT is "ninety"; it must be a whole number from 1 to 65535.'],
    [{ DEMO: 'yes' }, 'DEMO is "yes"; it must be "on" or "off".'],
    [
      { DATABASE_URL: 'postgresql://ward:very-secret@nowhere.invalid/cell' },
      'Cannot use the database "cell" on nowhere.invalid:5432: no such host is known; check DATABASE_URL and that this server is running.',
    ],
  ])('%j', async (env, expected) => {
    const run = start(env);
    expect(await run.ended).toBe(1);
    expect(sentence(run)).toBe(expected);
  });
});
