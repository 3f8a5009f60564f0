/**
 * Batches on their way to the server. Each is kept on the device before anything else is done with it, sent again until there is
 * an answer, and under the name of whoever entered it alone. To send one twice does no harm: the server knows it by its id.
 */
import type { Person } from '@comm-cell/board/events';
import type { FiguresBody } from '@comm-cell/contract/console';
import { FOR_PERSON } from '@comm-cell/contract/for-person';
import type { Receipt } from '@comm-cell/contract/feed';
import { type Answer, ask } from '../client.js';
import type { Batch, Store } from './store.js';

/** In a corridor a request may hang for minutes: what has no answer by then is tried again. */
const PATIENCE_MS = 15_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

/** Not of `crypto.randomUUID`, which pages without TLS do not have. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function inTime<Body>(request: Promise<Answer<Body>>): Promise<Answer<Body>> {
  const late = new Promise<Answer<Body>>((resolve) => setTimeout(() => resolve({ ok: false, problem: undefined }), PATIENCE_MS));
  return Promise.race([request, late]);
}

export class Outbox {
  batches = $state.raw<readonly Batch[]>([]);
  /** The batch the server is being told of. */
  sending = $state.raw<string>();
  #person: Person | undefined;
  #running: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waitMs = FIRST_RETRY_MS;

  constructor(
    readonly board: string,
    private readonly store: Store,
    /** Told of every answer, so that the screen asks for the new picture; and whether the same person is still signed in. */
    private readonly answered: () => void,
  ) {}

  /** Whose batches may be sent; nobody's while nobody is signed in. */
  async sendAs(person: Person | undefined, now: number): Promise<void> {
    this.#person = person;
    await this.#running;
    this.batches = await this.store.batches(this.board, now);
    if (person) await this.send();
  }

  async add(person: Person, body: FiguresBody, enteredAt: number): Promise<void> {
    const batch: Batch = { id: newId(), board: this.board, person, body, enteredAt, state: 'waiting' };
    await this.#put(batch);
    void this.send();
  }

  async remove(id: string): Promise<void> {
    await this.store.remove(id);
    this.batches = this.batches.filter((one) => one.id !== id);
  }

  /** Sends what waits, the oldest first. One at a time, however often it is asked. */
  send(): Promise<void> {
    clearTimeout(this.#retry);
    this.#running ??= this.#sendAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#person = undefined;
  }

  async #sendAll(): Promise<void> {
    const address = `/v1/boards/${encodeURIComponent(this.board)}/console/figures`;
    for (;;) {
      const next = this.batches.find(({ state, person }) => state === 'waiting' && person.id === this.#person?.id);
      if (!next) return;
      this.sending = next.id;
      const answer = await inTime(ask<Receipt>('POST', address, next.body, { 'idempotency-key': next.id, [FOR_PERSON]: next.person.id }));
      this.sending = undefined;
      const problem = answer.ok ? undefined : answer.problem;
      if (answer.ok) await this.#put({ ...next, state: 'sent', receipt: answer.body });
      else if (problem?.status === 401) return this.answered();
      else if (!problem || problem.status === 429 || problem.status >= 500) return this.#later();
      else
        await this.#put({
          ...next,
          state: 'refused',
          refusal: [problem.title, problem.detail].filter((one, i, all) => one && all.indexOf(one) === i).join(' '),
        });
      this.#waitMs = FIRST_RETRY_MS;
      this.answered();
    }
  }

  #later(): void {
    this.#retry = setTimeout(() => void this.send(), this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_RETRY_MS);
  }

  async #put(batch: Batch): Promise<void> {
    // Plain data: what the screen watches cannot be stored.
    await this.store.put($state.snapshot(batch) as Batch);
    this.batches = [...this.batches.filter(({ id }) => id !== batch.id), batch].sort((a, b) => a.enteredAt - b.enteredAt);
  }
}
