/**
 * `npm start` with a database of its own: the first time, and every other time. What is built is built already. An empty system is
 * what runs in earnest: ready means that it says so and that its start page answers. A demo has its two weeks of past, and a wall.
 */
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

const LOAD = 'embedded PostgreSQL';
const CONTENDERS = [
  { kind: 'npm start, empty system', demo: 'off', isReady: async (address) => (await said(`${address}/health/ready`)) && (await said(`${address}/start`)) },
  {
    kind: 'npm start, demo',
    demo: 'on',
    // Ready means that there are boards, too.
    isReady: async (address) => (await said(`${address}/health/ready`))?.includes('"buckinghamshire"'),
  },
];

export async function measure({ runs, tell }) {
  const results = await alternate(CONTENDERS, Math.min(runs, 5), once);
  for (const { kind } of CONTENDERS) tell({ load: LOAD, kind, ...summarise(results[kind]) });
}

async function once(contender) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'comm-cell-start-'));
  const port = await freePort();
  const others = watchOthers();
  try {
    const first = await start(contender, dataDir, port);
    const warm = await start(contender, dataDir, port);
    const ready = { firstReadyMs: first.readyMs, warmReadyMs: warm.readyMs };
    return { foreign: others(), ...ready, ...(contender.demo === 'on' && { firstLiveMs: first.liveMs, warmLiveMs: warm.liveMs }) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function start({ demo, isReady }, dataDir, port) {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, PORT: String(port), DEMO: demo },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    while (!(await isReady(`http://127.0.0.1:${port}`))) {
      if (performance.now() - began > LIMIT_MS) throw new Error(`npm start was not ready within ${LIMIT_MS / 1000} s.`);
      await sleep(10);
    }
    const readyMs = performance.now() - began;
    if (demo === 'off') return { readyMs };
    const { browser } = await openWall(port, 'buckinghamshire');
    const liveMs = performance.now() - began;
    await browser.close();
    return { readyMs, liveMs };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** What is answered there; nothing while there is nobody, or nothing good, to answer. */
const said = (address) =>
  fetch(address).then(
    (response) => (response.ok ? response.text() : undefined),
    () => undefined,
  );

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
