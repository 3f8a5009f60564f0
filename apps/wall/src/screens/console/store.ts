/**
 * What the console keeps on the device: batches until the server has them, what is being entered, and the last picture of one's
 * work, so that a phone in a corridor can go on and a page that was dropped by the lock screen comes back as it was. Aggregate
 * figures alone: no cookie, no token, nobody's data but that of who entered it.
 */
import type { Person } from '@comm-cell/board/events';
import type { ConsoleAnswer, FiguresBody } from '@comm-cell/contract/console';
import type { Receipt } from '@comm-cell/contract/feed';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface Batch {
  /** Made here once; the server takes a batch of this id once. */
  id: string;
  board: string;
  person: Person;
  body: FiguresBody;
  /** Server time at which it was entered, epoch ms. */
  enteredAt: number;
  state: 'waiting' | 'sent' | 'refused';
  /** The server's words for refusing it. */
  refusal?: string;
  receipt?: Receipt;
}

/** A value that a person has confirmed or changed and not sent yet. `value: null`: there is none, and `why`. */
export interface Draft {
  value: number | string | null;
  why?: string;
  /** When it was entered, on the server's clock. */
  at: number;
}
export type Drafts = Record<string, Draft>;

/** The last picture, and whose. `deviceAt`: what this device's clock showed then. */
export interface Kept {
  board: string;
  person: Person;
  deviceAt: number;
  answer: ConsoleAnswer;
}

interface Schema extends DBSchema {
  batches: { key: string; value: Batch };
  drafts: { key: [board: string, person: string]; value: Drafts };
  kept: { key: string; value: Kept };
}

/** Nobody needs a bed count that is older. */
const BATCHES_KEPT_MS = 7 * 86_400_000;

export class Store {
  /** False where the browser refuses: then everything is in memory, and the screen says so. */
  readonly durable: Promise<boolean>;
  readonly #database: Promise<IDBPDatabase<Schema> | undefined>;
  readonly #memory = new Map<string, Batch>();

  constructor() {
    this.#database = openDB<Schema>('comm-cell-console', 1, {
      upgrade(database) {
        database.createObjectStore('batches', { keyPath: 'id' });
        database.createObjectStore('drafts');
        database.createObjectStore('kept', { keyPath: 'board' });
      },
    }).catch(() => undefined);
    this.durable = this.#database.then((database) => database !== undefined);
  }

  async batches(board: string, now: number): Promise<Batch[]> {
    const database = await this.#database;
    const all = database ? await database.getAll('batches') : [...this.#memory.values()];
    const old = all.filter(({ enteredAt, state }) => enteredAt < now - (state === 'sent' ? BATCHES_KEPT_MS / 14 : BATCHES_KEPT_MS));
    for (const { id } of old) await this.remove(id);
    return all.filter((one) => one.board === board && !old.includes(one)).sort((a, b) => a.enteredAt - b.enteredAt);
  }

  /** Resolves once it would survive the end of the page. */
  async put(batch: Batch): Promise<void> {
    const database = await this.#database;
    if (database) await database.put('batches', batch, undefined);
    else this.#memory.set(batch.id, batch);
  }

  async remove(id: string): Promise<void> {
    this.#memory.delete(id);
    await (await this.#database)?.delete('batches', id);
  }

  async drafts(board: string, person: string): Promise<Drafts> {
    return (await (await this.#database)?.get('drafts', [board, person])) ?? {};
  }

  async putDrafts(board: string, person: string, drafts: Drafts): Promise<void> {
    const put = (await this.#database)?.transaction('drafts', 'readwrite');
    if (!put) return;
    const stored = put.store.put(drafts, [board, person]);
    // At once: what waits for an answer first is undone when the page goes.
    put.commit();
    await Promise.all([stored, put.done]);
  }

  async kept(board: string): Promise<Kept | undefined> {
    return (await this.#database)?.get('kept', board);
  }

  async keep(kept: Kept): Promise<void> {
    await (await this.#database)?.put('kept', kept);
  }

  async forget(board: string): Promise<void> {
    await (await this.#database)?.delete('kept', board);
  }
}
