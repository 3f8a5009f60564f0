/** `npm start` with a database of its own: the first time, and every other time. What is built is built already. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openWall } from '../browser.mjs';
import { alternate, summarise, watchOthers } from '../machine.mjs';

const MAIN = fileURLToPath(new URL('../../../apps/launcher/main.cjs', import.meta.url));
const LIMIT_MS = 60_000;

export async function measure({ runs, tell }) {
  const results = await alternate([{ kind: 'npm start' }], Math.min(runs, 5), once);
  tell({ load: 'embedded PostgreSQL, demo boards', kind: 'npm start', ...summarise(results['npm start']) });
}

async function once() {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'comm-cell-start-'));
  const port = await freePort();
  const others = watchOthers();
  try {
    const first = await start(dataDir, port);
    const warm = await start(dataDir, port);
    return { foreign: others(), firstReadyMs: first.readyMs, firstLiveMs: first.liveMs, warmReadyMs: warm.readyMs, warmLiveMs: warm.liveMs };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function start(dataDir, port) {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, PORT: String(port) },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await ready(`http://127.0.0.1:${port}/health/ready`, began);
    const readyMs = performance.now() - began;
    const { browser } = await openWall(port, 'buckinghamshire');
    const liveMs = performance.now() - began;
    await browser.close();
    return { readyMs, liveMs };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Ready means that there are boards, too. */
async function ready(address, began) {
  while (performance.now() - began < LIMIT_MS) {
    const answer = await fetch(address).then(
      (response) => (response.ok ? response.json() : undefined),
      () => undefined,
    );
    if (answer && 'buckinghamshire' in answer.boards) return;
    await sleep(10);
  }
  throw new Error(`npm start was not ready within ${LIMIT_MS / 1000} s.`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
