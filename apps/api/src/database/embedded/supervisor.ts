/** Runs the real PostgreSQL of the npm package inside a data folder, as a child of this process. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { give, giveTree, isRoot, placeCluster, type Account } from './account.js';
import { takeLock } from './lock.js';
import { LogFile } from './log-file.js';
import { birthOf, commandOf, isTaken } from './processes.js';
import { packagedPrograms, preparePrograms, program, versionOf } from './programs.js';
import { codeOf, connect, mayPass } from './reach.js';
import { portTaken, sentence, stillHeld } from './trouble.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}
export interface Embedded {
  url: string;
  port: number;
  pid: number;
  /** Settles when PostgreSQL has ended, asked or not. */
  exited: Promise<Exit>;
  /** Fast shutdown: open transactions are rolled back, everything acknowledged is on disk. */
  stop(): Promise<void>;
}

const WINDOWS = process.platform === 'win32';
export const OWNER = 'comm_cell';
export const DATABASE = 'comm_cell';
/** How long a passing hindrance (an orphan that is going, a lost race for a port) may last. */
const PATIENCE_MS = 15_000;

const SETTINGS = [
  // An acknowledged reading survives a power cut: these three are PostgreSQL's own defaults, said aloud so that
  // no edited postgresql.conf can take them away.
  'fsync=on',
  'full_page_writes=on',
  'synchronous_commit=on',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'shared_buffers=256MB',
  'max_wal_size=2GB',
  'wal_compression=on',
  'timezone=UTC',
  'log_timezone=UTC',
  'logging_collector=off',
];

export async function startEmbedded({ dataDir: given, log = () => undefined }: { dataDir: string; log?: (line: string) => void }): Promise<Embedded> {
  const dataDir = path.resolve(given);
  try {
    makeDataDir(dataDir);
    const release = takeLock(path.join(dataDir, 'postgres.lock'), dataDir);
    try {
      const { cluster, account } = placeCluster(dataDir);
      const native = preparePrograms(packagedPrograms(), account, isRoot() ? '/var/cache/comm-cell' : dataDir);
      await createCluster(native, dataDir, cluster, account, log);
      return await run(native, dataDir, cluster, account, log, release);
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    // System errors say ENOSPC or EACCES with a path; everything else here is a sentence already.
    throw codeOf(error) ? new Error(sentence(`${codeOf(error)} ${(error as Error).message}`, dataDir), { cause: error }) : error;
  }
}

function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Root's database runs as another user, who must pass through here; what lies inside guards itself (0600, 0700).
  if (isRoot() && statSync(dataDir).uid === 0) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
}

/** Made under another name and renamed when complete, so that a first start cut short leaves no half a database. */
async function createCluster(native: string, dataDir: string, cluster: string, account: Account, log: (line: string) => void): Promise<void> {
  const secret = path.join(dataDir, 'postgres.secret');
  const exists = existsSync(cluster);
  if (exists && !existsSync(secret) && existsSync(`${secret}.new`)) renameSync(`${secret}.new`, secret);
  if (exists) {
    checkVersion(dataDir, cluster);
    if (!existsSync(secret)) throw new Error(`The database in ${cluster} has lost its password file ${secret}; put it back from a backup.`);
    giveTree(cluster, account);
    return;
  }
  if (existsSync(secret))
    throw new Error(
      `The database folder ${cluster} is gone although this data folder had one; put it back (is a disk missing?), or delete ${secret} to begin anew.`,
    );

  log('creating the database');
  const draft = `${cluster}.new`;
  const pwfile = `${cluster}.password`;
  const password = randomBytes(24).toString('base64url');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  give(draft, account);
  try {
    writeFileSync(`${secret}.new`, password, { mode: 0o600, flush: true });
    rmSync(pwfile, { force: true });
    writeFileSync(pwfile, password, { mode: 0o600, flag: 'wx' });
    give(pwfile, account);
    await promisify(execFile)(
      program(native, 'initdb'),
      ['-D', draft, '-U', OWNER, '-A', 'scram-sha-256', `--pwfile=${pwfile}`, '-E', 'UTF8', '--no-locale', '--data-checksums', '--no-instructions'],
      { ...account, cwd: path.parse(cluster).root, env: environment() },
    );
    renameSync(draft, cluster);
    renameSync(`${secret}.new`, secret);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr;
    if (!said) throw error;
    new LogFile(path.join(dataDir, 'postgres.log')).write(said);
    throw new Error(sentence(said, dataDir), { cause: error });
  } finally {
    rmSync(pwfile, { force: true });
  }
}

function checkVersion(dataDir: string, cluster: string): void {
  const ours = versionOf(packagedPrograms()).split('.')[0];
  let theirs: string;
  try {
    theirs = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new Error(
      `The database in ${cluster} is damaged (${readdirSync(cluster).length === 0 ? 'it is empty' : 'its PG_VERSION is missing'}); put back a backup, or choose another folder with DATA_DIR.`,
    );
  }
  if (theirs !== ours)
    throw new Error(
      `The database in ${cluster} was made by PostgreSQL ${/^\d+$/.test(theirs) ? theirs : 'of an unknown version'} and this is PostgreSQL ${ours}; start the version of Comm Cell that made it, or choose another folder with DATA_DIR (${dataDir} stays untouched).`,
    );
}

async function run(native: string, dataDir: string, cluster: string, account: Account, log: (line: string) => void, release: () => void): Promise<Embedded> {
  const password = readFileSync(path.join(dataDir, 'postgres.secret'), 'utf8').trim();
  const output = new LogFile(path.join(dataDir, 'postgres.log'));
  const portFile = path.join(dataDir, 'postgres.port');
  const address = (port: number, database: string) => `postgresql://${OWNER}:${password}@127.0.0.1:${port}/${database}`;

  for (const until = Date.now() + PATIENCE_MS; ; await sleep(300)) {
    await endOrphan(cluster, log);
    // The same port as last time if it is free, so that an API that outlived its database finds it again.
    const port = await freePort(existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0);
    const child = spawn(program(native, 'postgres'), ['-D', cluster, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])], {
      ...account,
      cwd: path.parse(cluster).root,
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C in a terminal reaches every process of the group; the database must be the last to go.
      detached: !WINDOWS,
      windowsHide: true,
    });
    output.tail = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.write(text));
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.on('error', (error) => {
        output.write(`${error.message}\n`);
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
    });
    const leash = holdLeash(child, account);
    try {
      writeFileSync(portFile, String(port), { mode: 0o600 });
      await untilReady(exited, address(port, 'postgres'), log);
    } catch (error) {
      leash();
      if (error !== ENDED) await end(native, cluster, child, exited);
      if (error !== ENDED) throw error;
      if ((portTaken(output.tail) || stillHeld(output.tail)) && Date.now() < until) continue;
      throw new Error(sentence(output.tail, dataDir));
    }
    void exited.then(() => {
      leash();
      release();
    });
    return { url: address(port, DATABASE), port, pid: child.pid!, exited, stop: () => end(native, cluster, child, exited) };
  }
}

const ENDED = new Error('PostgreSQL ended before it was ready');

/** Ready is when it answers, not what it prints. Recovery after a crash may take minutes; while it answers "starting up" we wait. */
async function untilReady(exited: Promise<Exit>, url: string, log: (line: string) => void): Promise<void> {
  let ended = false;
  const end = exited.then(() => (ended = true));
  const began = Date.now();
  for (let told = 0; ; await Promise.race([end, sleep(20)])) {
    if (ended) throw ENDED;
    try {
      const client = await connect(url);
      const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`create database ${DATABASE}`);
      await client.end();
      return;
    } catch (error) {
      if (codeOf(error) === '28P01') throw new Error('The database refused the password in postgres.secret; put the file back from a backup.');
      if (!mayPass(error) && !(await Promise.race([end, sleep(200)]))) throw error;
    }
    const seconds = Math.floor((Date.now() - began) / 1000);
    if (seconds >= told + 10) log(`the database is still recovering (${(told = seconds)} s)`);
  }
}

async function end(native: string, cluster: string, child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  const gone = exited.then(() => true);
  // Windows has no signals: there PostgreSQL's own tool asks.
  if (WINDOWS) await promisify(execFile)(program(native, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast']).catch(() => undefined);
  // SIGINT: fast. SIGQUIT: at once, with recovery at the next start; nothing acknowledged is lost.
  for (const [signal, patience] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!WINDOWS || signal === 'SIGKILL') child.kill(signal);
    const timer = new AbortController();
    const over = await Promise.race([gone, sleep(patience, false, { signal: timer.signal, ref: false }).catch(() => false)]);
    timer.abort();
    if (over) return;
  }
}

/**
 * If this process is killed with -9 nothing here runs any more. A shell waits on a pipe whose other end dies with
 * us, and then asks PostgreSQL to stop. What even that misses, endOrphan finds at the next start.
 */
function holdLeash(child: ChildProcess, account: Account): () => void {
  if (WINDOWS || child.pid === undefined) return () => undefined;
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(child.pid)], {
    ...account,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => undefined);
  shell.unref();
  return () => shell.kill('SIGKILL');
}

/** A postmaster of this cluster whose parent was killed goes on alone; we hold the lock, so it is nobody's. */
async function endOrphan(cluster: string, log: (line: string) => void): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  if (!lstatSync(file, { throwIfNoEntry: false })) return;
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0 || !isTaken(pid)) return;
  const birth = birthOf(pid);
  if (WINDOWS || !birth || !commandOf(pid).includes(cluster)) {
    // The number belongs to another process by now (or to a dead one), and PostgreSQL would refuse to start.
    // It takes its own parent's number as proof that the file is old, and still checks the shared memory.
    if (!WINDOWS) writeFileSync(file, [process.pid, ...rest].join('\n'));
    return;
  }
  log('stopping a database that an earlier run left behind');
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(50)) if (birthOf(pid) !== birth) return;
  }
  throw new Error(`A database left behind by an earlier run (process ${pid}) does not stop; end it by hand and start again.`);
}

/** `wanted` if nobody listens there, else one the system chooses. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Without the PG… variables of whoever started us, and with messages in the language that `sentence` reads. */
function environment(): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))), LC_ALL: 'C' };
}
