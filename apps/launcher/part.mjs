/** A program that the launcher keeps running: the API, the simulator. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LEASH = new URL('./leash.mjs', import.meta.url).href;
/** A part that ran for so long is taken to be well; its next crash is a new one. */
const WELL_MS = 60_000;
const STOP_MS = 10_000;
/**
 * How Node runs the API. The objects of a batch are many and short-lived: with more room for young ones they are gone before
 * anybody has to copy them.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=32'];

export class Part {
  #child;
  #stopping = false;
  #crashes = 0;
  #timer;

  /** The process has said so itself; the API does once its demo boards and keys exist. */
  ready = false;
  /** Secret of the set-up address, while a system has no administrator: it comes by this way because the output goes to a file. */
  setUp;

  /** @param {{ name: string, file: string, flags?: string[], env: NodeJS.ProcessEnv, output: { tail: string, write(text: string): void }, tell(line: string): void }} options */
  constructor(options) {
    this.options = options;
  }

  /** Settles when the process has ended. */
  start() {
    const { file, flags = [], env, output } = this.options;
    output.tail = '';
    const began = Date.now();
    const child = spawn(process.execPath, [...flags, '--enable-source-maps', '--import', LEASH, file], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its own group: Ctrl-C in a terminal must reach the launcher alone, which stops the parts in order.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    child.on('message', (message) => {
      this.ready ||= message?.ready === true;
      this.setUp = message?.setUp;
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.write(text));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: error.message, lasted: 0 }));
      child.once('close', (code, signal) => resolve({ code, signal, lasted: Date.now() - began }));
    });
  }

  /** Starts it again whenever it ends without being asked, soon at first and then ever later. `ended`: from `start`. */
  async keep(ended) {
    const { code, signal, lasted } = await ended;
    if (this.#stopping) return;
    this.#crashes = lasted > WELL_MS ? 1 : this.#crashes + 1;
    const wait = Math.min(15_000, 250 * 2 ** this.#crashes);
    this.options.tell(`${this.options.name} ended (${signal ?? `exit ${code}`}: ${this.lastWords()}); starting it again in ${wait / 1000} s`);
    this.#timer = setTimeout(() => void this.keep(this.start()), wait);
  }

  /** Its own sentence about why it ended; what Node prints around an uncaught error says less. */
  lastWords() {
    const lines = this.options.output.tail.split('\n').map((line) => line.trim());
    const error = lines.findLast((line) => /^\w*Error: /.test(line));
    return error?.replace(/^\w*Error: /, '') ?? lines.findLast((line) => !/^(at .*|Node\.js v.*|[{}^~\]]*)$/.test(line)) ?? 'it said nothing';
  }

  /** Something that it was started before is there now; `env`: what it needs to know of it. Started again, it finds it there. */
  made(what, env = {}) {
    const awaits = this.options.env.COMM_CELL_AWAITS.split(',').filter((one) => one !== what);
    Object.assign(this.options.env, env, { COMM_CELL_AWAITS: awaits.join(',') });
    if (this.#child?.connected) this.#child.send({ made: what, env });
  }

  /** Ends it so that `keep` starts it anew with the environment as it is now. */
  restart() {
    this.#child?.kill('SIGTERM');
  }

  async stop() {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await closed;
    clearTimeout(force);
  }

  kill() {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }
}

export const scriptOf = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
