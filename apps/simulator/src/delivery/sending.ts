/** Sends what a feed has to say in batches the server takes, in order, and says once what went wrong. */
import { randomUUID } from 'node:crypto';
import { MOST_READINGS, type ReadingRow } from '@comm-cell/contract/feed';
import { Refused, type Provider } from './provider.js';

export type Log = (line: string) => void;

export class Sending {
  #last: Promise<unknown> = Promise.resolve();
  readonly #said = new Set<string>();
  /** The key was refused: this feed has nothing more to say. */
  stopped = false;

  constructor(
    readonly provider: Provider,
    readonly log: Log,
  ) {}

  /** One batch after the other: a feed's readings arrive in the order they were observed. */
  send(rows: readonly ReadingRow[]): Promise<number> {
    const sent = this.#last.then(async () => {
      let accepted = 0;
      for (const batch of batches(rows)) {
        const taken = await this.#push(batch);
        accepted += taken;
      }
      return accepted;
    });
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async #push(batch: readonly ReadingRow[]): Promise<number> {
    if (this.stopped) return 0;
    const { feed } = this.provider.access;
    try {
      const receipt = await this.provider.push(batch, randomUUID());
      const rejected = receipt.rejected[0];
      if (rejected) this.#once(rejected.code, `Feed "${feed}": ${receipt.rejected.length} of ${receipt.received} readings refused. ${rejected.detail}`);
      const held = receipt.quarantined[0];
      if (held) this.#once(held.reason, `Feed "${feed}": ${receipt.quarantined.length} readings held back, first ${held.series}. ${held.detail}`);
      if (!rejected) this.#said.clear();
      return receipt.accepted;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // A bad key will not get better; a refused batch (a clock that runs ahead) may be followed by a good one.
      this.stopped = error.status === 401 || error.status === 403 || error.status === 404;
      this.#once(String(error.status), this.stopped ? `${error.message} It is left out from now on.` : error.message);
      return 0;
    }
  }

  #once(code: string, line: string): void {
    if (this.#said.has(code)) return;
    this.#said.add(code);
    this.log(line);
  }
}

/** Up to the most the server takes; readings of one moment stay together. */
export function* batches(rows: readonly ReadingRow[], most = MOST_READINGS): Generator<readonly ReadingRow[]> {
  for (let from = 0; from < rows.length;) {
    let to = Math.min(rows.length, from + most);
    if (to < rows.length) {
      let cut = to;
      while (cut > from && rows[cut]!.observedAt === rows[cut - 1]!.observedAt) cut--;
      if (cut > from) to = cut;
    }
    yield rows.slice(from, to);
    from = to;
  }
}

/** Works on many things, a few at a time. */
export async function inTurns<One>(things: readonly One[], atOnce: number, work: (one: One) => Promise<unknown>): Promise<void> {
  const left = [...things];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, worker));
}
