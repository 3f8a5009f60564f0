/**
 * The state of a board as it is sent to those who join: gzipped JSON, made once for all who come at about the same time. Whoever
 * comes a little later gets the same bytes and the events since: when a thousand walls come back together, the work of one is done.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { BoardKeeper } from '../keeper/board-keeper.js';

const zipped = promisify(gzip);
/** With more events than this behind it, a packed state is made anew. */
const EVENTS_BEHIND = 200;

export interface Packed {
  epoch: string;
  seq: number;
  bytes: Uint8Array;
}

export class Packing {
  #kept = new WeakMap<BoardKeeper, Packed>();
  #making = new WeakMap<BoardKeeper, Promise<Packed>>();

  /** A packed state of this board that the keeper's recent events continue. */
  async of(keeper: BoardKeeper): Promise<Packed> {
    const kept = this.#kept.get(keeper);
    const since = kept && kept.epoch === keeper.snapshot.head.epoch ? keeper.recentAfter(kept.seq) : undefined;
    if (kept && since && since.length <= EVENTS_BEHIND) return kept;
    const making = this.#making.get(keeper);
    if (making) return making;
    const made = this.#make(keeper).finally(() => this.#making.delete(keeper));
    this.#making.set(keeper, made);
    return made;
  }

  async #make(keeper: BoardKeeper): Promise<Packed> {
    const { state, head } = keeper.snapshot;
    // The text is taken at once: a state is written into while the journal goes on.
    const bytes = await zipped(JSON.stringify(state));
    const packed = { epoch: head.epoch, seq: head.seq, bytes };
    this.#kept.set(keeper, packed);
    return packed;
  }
}
