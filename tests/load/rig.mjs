/** What the measurements run against: one PostgreSQL, the product and the floors as processes of their own, and displays. */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import pg from 'pg';
import { FeedKey } from '@comm-cell/api/access/feed-key.entity';
import { FeedKeys } from '@comm-cell/api/access/feed-keys';
import { startEmbedded } from '@comm-cell/api/database/embedded/supervisor';
import { dataSource, prepareDatabase } from '@comm-cell/api/database/schema';
import { Journal } from '@comm-cell/api/journal/journal';
import { Keepers } from '@comm-cell/api/keeper/keepers';
import { SERVER_FLAGS } from '../../apps/launcher/part.mjs';
import { READINGS_TABLE } from './floor/group-commit.mjs';
import { cpuOf, residentOf } from './machine.mjs';

const TOKEN = 'a-token-of-the-benchmarks-0123456789';
export const COOKIE = `commcell_display=${TOKEN}`;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** The boards of the tests. They are TypeScript that imports types alone, so what is left of it stands by itself. */
export const { smallBoard } = await (() => {
  const { code } = transformSync(readFileSync(here('../support/boards.ts'), 'utf8'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
})();

/** A child that talks over IPC. */
export class Process {
  constructor(file, args = [], { env = {}, execArgv = [], cpu } = {}) {
    const pinned = cpu !== undefined && os.cpus().length > 1 && process.platform === 'linux';
    // Server and displays on a CPU each, as on two machines: otherwise the scheduler is measured.
    const launch = pinned ? { execPath: 'taskset', execArgv: ['-c', String(cpu), process.execPath, ...execArgv] } : { execArgv };
    this.child = fork(file, args, { env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], ...launch });
    this.printed = '';
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.printed = (this.printed + text).slice(-5_000)));
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  get pid() {
    return this.child.pid;
  }
  get cpu() {
    return cpuOf(this.pid);
  }
  get resident() {
    return residentOf(this.pid);
  }

  /** The next message that has `field`. */
  message(field) {
    return new Promise((resolve, reject) => {
      const hear = (message) => {
        if (!(field in message)) return;
        this.child.off('message', hear);
        resolve(message);
      };
      this.child.on('message', hear);
      void this.exited.then(() => reject(new Error(`${this.child.spawnargs.at(-1)} ended: ${this.printed}`)));
    });
  }

  async ask(field) {
    const answer = this.message(field);
    this.child.send({ [field]: true });
    return (await answer)[field];
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    await this.exited;
  }
}

export class Rig {
  #names = 0;
  #templates = new Map();

  static async start() {
    const rig = new Rig();
    rig.dataDir = mkdtempSync(path.join(os.tmpdir(), 'comm-cell-bench-'));
    rig.postgres = await startEmbedded({ dataDir: rig.dataDir });
    return rig;
  }

  async stop() {
    await this.postgres.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  addressOf(name) {
    const url = new URL(this.postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async sql(url, text, values) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** A database of its own; a copy of `template` when given. What was written before is on disk when it is answered. */
  async database(template) {
    const name = `bench_${this.#names++}`;
    await this.sql(this.postgres.url, `create database ${name} ${template === undefined ? '' : `template ${template}`}`);
    await this.sql(this.postgres.url, 'checkpoint');
    return this.addressOf(name);
  }

  async drop(url) {
    await this.sql(this.postgres.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
  }

  async floorDatabase() {
    const url = await this.database();
    await this.sql(url, READINGS_TABLE);
    return url;
  }

  /**
   * A database with one board, and a key for all its feeds. `fill(keeper)` may put a past into it. It is made once for each
   * `name` and copied after that.
   */
  async boardDatabase(name, definition, fill = async () => {}) {
    if (!this.#templates.has(name)) this.#templates.set(name, await this.#prepare(definition, fill));
    const { template, key } = this.#templates.get(name);
    return { url: await this.database(template), key };
  }

  async #prepare(definition, fill) {
    const url = await this.database();
    await prepareDatabase(url, new Date());
    const journal = new Journal(url);
    const keepers = new Keepers(journal, url, console.error, console.error);
    const database = await dataSource(url, [FeedKey]).initialize();
    await keepers.define(definition, 'bench');
    const [provider] = Object.keys(definition.providers);
    const key = await new FeedKeys(database).create(definition.id, provider, Object.keys(definition.feeds), 'bench', 'demo');
    await fill(keepers.get(definition.id));
    await keepers.stop();
    await journal.close();
    await database.destroy();
    return { template: new URL(url).pathname.slice(1), key };
  }

  /** The product as it is delivered, but for a gauge of its memory. */
  async product(url, { port = 0, cpu, inspect = [] } = {}) {
    const env = { DATABASE_URL: url, PORT: String(port), HOST: '127.0.0.1', KEY_RATE: '0', DISPLAY_TOKENS: TOKEN, DATA_DIR: this.dataDir };
    return this.#listening(here('../../apps/api/dist/main.js'), [], {
      env,
      cpu,
      execArgv: [...SERVER_FLAGS, ...inspect, '--expose-gc', '--import', here('./gauge.mjs')],
    });
  }

  /** `ws`, `socket.io` or `typical`. */
  async floor(kind, url, { cpu } = {}) {
    const file = kind === 'typical' ? './floor/typical.mjs' : './floor/bare.mjs';
    return this.#listening(here(file), [kind], { env: { DATABASE_URL: url }, cpu, execArgv: ['--expose-gc', '--import', here('./gauge.mjs')] });
  }

  async #listening(file, args, options) {
    const server = new Process(file, args, options);
    server.port = (await server.message('port')).port;
    return server;
  }

  /** N displays in a process; they stand when this answers. */
  async displays(settings, { cpu } = {}) {
    const displays = new Process(here('./displays.mjs'), [JSON.stringify({ cookie: COOKIE, ...settings })], { cpu });
    const { connected, connectMs } = await displays.message('connected');
    if (connected !== settings.count) throw new Error(`${connected} of ${settings.count} displays could connect to ${settings.kind}.`);
    return Object.assign(displays, { connectMs });
  }
}

/** Memory settles after the garbage of connecting is gone. */
export async function settledMemory(server) {
  await sleep(500);
  await server.ask('gauge');
  await sleep(200);
  return server.ask('gauge');
}
