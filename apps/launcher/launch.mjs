/** `npm start`: from a fresh clone to running walls, with one command. README.md tells the order. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBuild } from './build.mjs';
import { Part, scriptOf, SERVER_FLAGS } from './part.mjs';
import { bold, dim, green, red, welcome } from './welcome.mjs';

const began = performance.now();
const seconds = (since = began) => ((performance.now() - since) / 1000).toFixed(1);

/** What runs, in the order in which it is stopped. */
const running = { past: undefined, simulator: undefined, api: undefined, database: undefined };
/** A database that is being started cannot be stopped yet; stopping waits for it. */
let startingDatabase;
let stoppingSince = 0;

export async function launch() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
  // A terminal that was closed must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    await start(settings(process.env));
  } catch (error) {
    if (stoppingSince > 0) return;
    console.error(`\n${red('Comm Cell could not start.')} ${error.message}`);
    await stop(1);
  }
}

function settings(env) {
  const port = Number(env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`PORT is "${env.PORT}"; it must be a whole number from 1 to 65535.`);
  const demo = env.DEMO || (env.DATABASE_URL ? 'off' : 'on');
  if (demo !== 'on' && demo !== 'off') throw new Error(`DEMO is "${env.DEMO}"; it must be "on" or "off".`);
  return { port, host: env.HOST || '127.0.0.1', dataDir: path.resolve(env.DATA_DIR || '.data'), databaseUrl: env.DATABASE_URL, demo: demo === 'on' };
}

async function start({ port, host, dataDir, databaseUrl, demo }) {
  console.log(`${bold('Comm Cell')} is starting …`);
  await assertPortFree(port, host);
  makeFolder(dataDir);
  const step = performance.now();
  const { id, stale, code, server, page, whole } = startBuild();
  if (stale.length > 0) doing(`building ${stale.length} parts (only when something has changed)`);
  await code;
  if (stoppingSince > 0) return;
  // Built by now, so no earlier import is possible.
  const { LogFile } = await import('@comm-cell/api/database/embedded/log-file');
  const logOf = (name) => new LogFile(path.join(dataDir, `${name}.log`));

  const address = `http://${urlHost(host)}:${port}`;
  const env = { PORT: String(port), HOST: host, DATA_DIR: dataDir, DEMO: demo ? 'on' : 'off', COMM_CELL_BUILD: id, NODE_ENV: 'production' };
  // The server reads its code while the rest is still being made: each waits for what it needs.
  const awaits = { COMM_CELL_AWAITS: 'database,past,page' };
  const api = new Part({
    name: 'The server',
    file: scriptOf('apps/api/dist/main.js'),
    flags: SERVER_FLAGS,
    env: { ...env, ...awaits },
    output: logOf('api'),
    tell,
  });
  const everything = Promise.all([
    openDatabase(databaseUrl, dataDir).then((url) => api.made('database', { DATABASE_URL: url })),
    (demo ? writePast(dataDir) : Promise.resolve()).then(() => api.made('past')),
    page.then(() => api.made('page')),
    whole.then(() => stale.length > 0 && done('built', step)),
  ]);
  await Promise.all([everything, server.then(() => untilReady(api, address, everything))]);
  if (stoppingSince > 0) return;

  if (demo && existsSync(scriptOf('apps/simulator/dist/main.js'))) {
    const simulator = (running.simulator = new Part({
      name: 'The simulator',
      file: scriptOf('apps/simulator/dist/main.js'),
      env: { ...env, DATABASE_URL: api.options.env.DATABASE_URL },
      output: logOf('simulator'),
      tell,
    }));
    void simulator.keep(simulator.start());
    done('simulated hospitals send their readings');
  }
  const access = demo ? demoAccess(dataDir) : undefined;
  const boards = await namesOf(address, access?.boards ?? []);
  const sandboxKey = access?.boards.find(({ id }) => id === 'sandbox')?.keys.find(({ feeds }) => feeds.includes('sandbox'))?.key;
  const where = databaseUrl ? 'as DATABASE_URL says' : `PostgreSQL on port ${running.database.port}`;
  const setUp = api.setUp === undefined ? undefined : offerSetUp(`${address}/start#${api.setUp}`, dataDir);
  console.log(welcome({ address, dataDir, boards, database: where, seconds: seconds(), sandboxKey, setUp }));
}

async function openDatabase(databaseUrl, dataDir) {
  const step = performance.now();
  const url = databaseUrl ? await useDatabase(databaseUrl) : await keepDatabase(dataDir);
  done(databaseUrl ? 'database answers' : 'database runs', step);
  return url;
}

/**
 * A cell that has never met would show a newcomer an empty room: before the server runs here for the first time, two weeks are
 * written for it to begin with. Without them it begins today.
 */
async function writePast(dataDir) {
  const file = scriptOf('apps/simulator/dist/past.js');
  if (!existsSync(file) || existsSync(path.join(dataDir, 'demo-access.json'))) return;
  const step = performance.now();
  // What a start that was broken off has left ends earlier than today.
  rmSync(path.join(dataDir, 'past'), { recursive: true, force: true });
  const output = { tail: '', write: (text) => (output.tail += text) };
  const past = (running.past = new Part({ name: 'The past', file, env: { DATA_DIR: dataDir }, output, tell }));
  const { code } = await past.start();
  if (code === 0) done('two weeks of the cell are written', step);
  else if (stoppingSince === 0) tell(`The past of the demo is left out: ${past.lastWords()}`);
}

function assertPortFree(port, host) {
  return new Promise((resolve, reject) => {
    const other = port === 65_535 ? 3001 : port + 1;
    const mend = `choose another, for instance PORT=${other} npm start`;
    const server = createServer();
    server.once('error', ({ code }) => {
      if (code === 'EADDRINUSE') reject(new Error(`Port ${port} on ${host} is taken (perhaps Comm Cell is running already); ${mend}.`));
      else if (code === 'EACCES') reject(new Error(`Port ${port} may not be used by this user; ${mend}.`));
      else
        reject(
          new Error(
            `HOST is "${host}", which is no address of this machine (${code}); leave it out for this machine alone, or set HOST=0.0.0.0 for all its addresses.`,
          ),
        );
    });
    server.listen(port, host, () => server.close(resolve));
  });
}

async function useDatabase(url) {
  const { assertReachable } = await import('@comm-cell/api/database/embedded/reach');
  await assertReachable(url, 10_000);
  return url;
}

/** The database is this process's child, so that it outlives a crash of the server; it is started again if it ends. */
async function keepDatabase(dataDir) {
  const { startEmbedded } = await import('@comm-cell/api/database/embedded/supervisor');
  const begin = async () => {
    const database = await startEmbedded({ dataDir, log: doing });
    running.database = database;
    if (stoppingSince > 0) {
      await database.stop();
      throw new Error('Comm Cell is stopping.');
    }
    void database.exited.then(again);
    return database.url;
  };
  const again = async () => {
    for (let wait = 500; stoppingSince === 0; wait = Math.min(15_000, wait * 2)) {
      tell(`The database ended (${dataDir}/postgres.log says why); starting it again in ${wait / 1000} s`);
      await sleep(wait);
      if (stoppingSince > 0) return;
      try {
        const before = running.database.url;
        if ((await (startingDatabase = begin())) !== before) {
          tell('The database has another port now; the server is started again to follow it');
          running.api.options.env.DATABASE_URL = running.database.url;
          running.api.restart();
        }
        return;
      } catch (error) {
        tell(error.message);
      }
    }
  };
  return (startingDatabase = begin());
}

function makeFolder(dataDir) {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`The data folder ${dataDir} cannot be made (${error.code}); choose another with DATA_DIR.`, { cause: error });
  }
}

/**
 * A server that ends before it was ever ready has something to say that starting again will not change. `everything`: what it
 * waits for; its own time is counted from there.
 */
async function untilReady(api, address, everything) {
  if (stoppingSince > 0) return;
  running.api = api;
  const ended = api.start();
  const early = ended.then(() => {
    throw new Error(`${api.lastWords()} (${api.options.output.file} says more)`);
  });
  await Promise.race([early, everything]);
  const step = performance.now();
  for (let told = 10; ;) {
    await Promise.race([early, sleep(20)]);
    if (api.ready && (await answersWell(`${address}/health/ready`))) break;
    if (Number(seconds(step)) >= told) {
      doing(`the server is still getting ready (${told} s)`);
      told += 10;
    }
  }
  void api.keep(ended);
  done('server is ready', step);
}

const answersWell = (address) =>
  fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

function demoAccess(dataDir) {
  const file = path.join(dataDir, 'demo-access.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** To a person at a terminal it is shown; an output that somebody keeps is told where it lies, for its owner's eyes alone. */
function offerSetUp(address, dataDir) {
  if (process.stdout.isTTY) return address;
  const file = path.join(dataDir, 'set-up-address');
  writeFileSync(file, `${address}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return `the address in ${file}`;
}

/** Names come from the server; without them (it may want a token) ids must do. */
async function namesOf(address, known) {
  const listed = await fetch(`${address}/v1/boards`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => (answer.ok ? answer.json() : known),
    () => known,
  );
  return listed.map(({ id, name }) => ({ id, name: name?.en ?? id }));
}

async function stop(code) {
  const first = stoppingSince === 0;
  if (!first) {
    // npm passes a Ctrl-C on that the terminal has sent us already; a person's second one comes later.
    if (Date.now() - stoppingSince < 1_000) return;
    console.log('Stopping by force.');
    running.past?.kill();
    running.simulator?.kill();
    running.api?.kill();
    killDatabase();
    process.exit(1);
  }
  stoppingSince = Date.now();
  const step = performance.now();
  if (code === 0) console.log('\nStopping …');
  await running.past?.stop();
  await running.simulator?.stop();
  await running.api?.stop();
  await startingDatabase?.catch(() => undefined);
  await running.database?.stop();
  if (code === 0) done('stopped; all data is kept', step);
  process.exit(code);
}

/** At once, without a last checkpoint: the next start recovers, and nothing acknowledged is lost. */
function killDatabase() {
  try {
    if (running.database) process.kill(running.database.pid, process.platform === 'win32' ? 'SIGKILL' : 'SIGQUIT');
  } catch {
    // It has ended already.
  }
}

const urlHost = (host) => (host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host);
const doing = (line) => console.log(`  ${dim('·')} ${line}`);
const done = (line, since) => console.log(`  ${green('✓')} ${line}${since === undefined ? '' : dim(` (${seconds(since)} s)`)}`);
const tell = (line) => console.log(`${new Date().toISOString().slice(0, 19)}Z  ${line}`);
