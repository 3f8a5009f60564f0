/** History waits its turn: one batch at a time, only while nothing live is under way, and no faster than walls can bear. */
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../access/refusal.js';

/** Every wall is sent what is journaled, so so many readings a second leave room for the live ones. */
const READINGS_A_SECOND = 10_000;
const MOST_WAITING = 8;
/** Live traffic that never pauses must not hold history back for ever. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 20;

@Injectable()
export class HistoryLane {
  #live = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #freeAt = 0;

  async live<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#live++;
    try {
      return await work();
    } finally {
      this.#live--;
    }
  }

  async history<Result>(readings: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MOST_WAITING)
      throw new Refusal(
        503,
        'history-busy',
        'Enough history is waiting already; nothing was acknowledged.',
        'Send the same request with the same Idempotency-Key again.',
        undefined,
        {},
        2,
      );
    this.#waiting++;
    const turn = this.#last.then(async () => {
      const patience = performance.now() + PATIENCE_MS;
      while ((this.#live > 0 && performance.now() < patience) || performance.now() < this.#freeAt) await pause(LOOK_MS);
      this.#freeAt = performance.now() + (readings / READINGS_A_SECOND) * 1000;
      return work();
    });
    this.#last = turn.catch(() => {});
    return turn.finally(() => this.#waiting--);
  }
}
