/** Where an api process stands and dies, again and again, while others send to whoever stands there. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Crashpoint } from '@comm-cell/api/journal/crashpoint';
import { Api, ApiEnded } from './api.js';
import { randomOf, type Send } from './crash.js';

/** How a process is to die: at the nth pass of a place, at some moment after it was ready, or while it starts. */
export type Death = { at: Crashpoint; pass: number } | { afterMs: number } | { startingMs: number };

/** Where a process can be told to die, and at which passes. */
export const PLACES: Record<Crashpoint, readonly number[]> = {
  'append.before': [1, 2, 5, 9],
  'append.after-commit': [1, 2, 5, 9],
  'append.after-evolve': [1, 2, 5, 9],
  'publish.after': [1, 2, 5, 9],
  'receipt.before-answer': [1, 2, 5, 9],
  'checkpoint.after': [1, 1],
};

/** So many deaths, at every named place, twice where there is room, and the rest at any moment; in an order drawn by the seed. */
export function deaths(rounds: number, seed: number): Death[] {
  const random = randomOf(seed);
  const named = Object.entries(PLACES).flatMap(([at, passes]) => passes.map((pass) => ({ at: at as Crashpoint, pass })));
  const again = named.filter(({ at }) => at !== 'checkpoint.after').slice(0, Math.max(0, rounds - 2 * named.length));
  const all: Death[] = [...named, ...again];
  while (all.length < rounds) all.push(all.length % 6 === 0 ? { startingMs: random() * 900 } : { afterMs: random() * 250 });
  return all
    .map((death) => [random(), death] as const)
    .sort(([a], [b]) => a - b)
    .map(([, death]) => death);
}

/** One place for an api: whoever sends here reaches the process that stands there now. */
export class Lane {
  api: Api | undefined;
  readonly died: Record<string, number> = {};
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  readonly send: Send = (id, body) => {
    if (!this.api?.running) throw new Error('nobody is there');
    return this.api.post('ed', this.key, body, { id, signal: AbortSignal.timeout(15_000) });
  };

  async die(death: Death): Promise<void> {
    let name: string = 'at' in death ? death.at : 'afterMs' in death ? 'any moment' : 'starting';
    try {
      this.api = await Api.start(
        { DATABASE_URL: this.url, ...('at' in death ? { CRASHPOINT: `${death.at}:${death.pass}` } : {}) },
        'startingMs' in death ? death.startingMs : undefined,
      );
      if ('afterMs' in death) {
        await pause(death.afterMs);
        await this.api.kill9();
      } else if ('at' in death && death.at === 'checkpoint.after') {
        // The checkpoint that is sure to come is the parting one.
        await pause(150);
        await this.api.stop();
      }
      const { signal } = await this.api.exited;
      if (signal !== 'SIGKILL') throw new Error(`It was to die at ${name} and ended by ${signal}.\n${this.api.printed}`);
    } catch (error) {
      if (!(error instanceof ApiEnded)) throw error;
      name += ' (starting)';
    }
    this.died[name] = (this.died[name] ?? 0) + 1;
  }
}
