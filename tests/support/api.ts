/** A real api process for tests, started as the launcher starts it: `node apps/api/dist/main.js` with an IPC channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Receipt } from '@comm-cell/contract/feed';
import { FeedKeys } from '@comm-cell/api/access/feed-keys';
import { FeedKey } from '@comm-cell/api/access/feed-key.entity';
import { dataSource, prepareDatabase } from '@comm-cell/api/database/schema';
import { Journal } from '@comm-cell/api/journal/journal';
import { Keepers } from '@comm-cell/api/keeper/keepers';

const MAIN = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url));
/** Lets displays of the tests watch a server that is not in demo mode. */
export const DISPLAY_TOKEN = 'a-token-of-the-tests-0123456789';
export const DISPLAY_COOKIE = `commcell_display=${DISPLAY_TOKEN}`;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Answer<Body = Receipt> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Any more settings of apps/api config. */
export type ApiSettings = { DATABASE_URL: string } & Record<string, string>;

export class Api {
  readonly exited: Promise<Exit>;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly output: { text: string },
    /** Secret of the set-up address, while the system has no administrator. */
    readonly setUp: string | undefined,
  ) {
    this.exited = exitOf(child);
  }

  /** Resolves when the process says that it is ready; rejects with what it printed if it ends before. `dieAfterMs`: it is killed then, ready or not. */
  static async start(settings: ApiSettings, dieAfterMs?: number): Promise<Api> {
    const dataDir = settings.DATA_DIR ?? mkdtempSync(path.join(tmpdir(), 'comm-cell-api-'));
    const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', KEY_RATE: '0', DISPLAY_TOKENS: DISPLAY_TOKEN, DATA_DIR: dataDir, ...settings };
    const child = fork(MAIN, [], { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const death = dieAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), dieAfterMs);
    const output = { text: '' };
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (output.text = (output.text + text).slice(-1_000_000)));
    const { port, setUp } = await new Promise<{ port: number; setUp?: string }>((resolve, reject) => {
      child.once('message', (message: { ready: true; port: number; setUp?: string }) => resolve(message));
      void exitOf(child).then(({ code, signal }) => {
        clearTimeout(death);
        if (settings.DATA_DIR === undefined) rmSync(dataDir, { recursive: true, force: true });
        reject(new ApiEnded(`The api ended (${signal ?? code}) before it was ready.\n${output.text}`));
      });
    });
    return new Api(child, port, output, setUp);
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get pid(): number {
    return this.child.pid!;
  }
  /** The last of what the process printed. */
  get printed(): string {
    return this.output.text;
  }
  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async request<Body = unknown>(route: string, init: RequestInit = {}): Promise<Answer<Body>> {
    const response = await fetch(this.address + route, init);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as Body };
  }

  /** Pushes a batch. A string goes out as it is, everything else as JSON. */
  post<Body = Receipt>(
    feed: string,
    key: string,
    body: unknown,
    { id, type = 'application/json', query = '', signal }: { id?: string; type?: string; query?: string; signal?: AbortSignal } = {},
  ): Promise<Answer<Body>> {
    return this.request<Body>(`/v1/feeds/${feed}/batches${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type, ...(id === undefined ? {} : { 'idempotency-key': id }) },
      body: typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  }

  /** The board as a screen shows it. */
  async board<Body = Record<string, unknown>>(board: string): Promise<Body> {
    return (await this.request<Body>(`/v1/boards/${board}`, { headers: { cookie: DISPLAY_COOKIE } })).body;
  }

  /** Resident memory, bytes. */
  memory(): number {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) * 1024;
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }
  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async kill9(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  async stop(): Promise<Exit> {
    this.thaw();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

export class ApiEnded extends Error {}

function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

/** Prepares an empty database with one board; answers a key for each feed. The way of `npm run admin`, without a process. */
export async function prepareBoard(url: string, definition: ProposedDefinition): Promise<{ keys: Record<string, string>; epoch: string }> {
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  const keepers = new Keepers(
    journal,
    url,
    () => {},
    (error) => {
      throw error;
    },
  );
  const database = await dataSource(url, [FeedKey]).initialize();
  try {
    await keepers.define(definition, 'test');
    const feedKeys = new FeedKeys(database);
    const keys: Record<string, string> = {};
    for (const feed of Object.values(definition.feeds)) keys[feed.id] = await feedKeys.create(definition.id, feed.provider, [feed.id], 'test', 'demo');
    return { keys, epoch: (await journal.head(definition.id))!.epoch };
  } finally {
    await keepers.stop();
    await journal.close();
    await database.destroy();
  }
}

/** Waits for something to become true, with a limit that only a fault reaches. */
export async function until(what: () => boolean | Promise<boolean>, name: string, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`It did not come to this within ${withinMs / 1000} s: ${name}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
