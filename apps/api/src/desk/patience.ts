/** A person who presses once should not have to press again because the store was busy for a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../access/refusal.js';
import { StoreDown } from '../journal/journal.js';
import { Overloaded } from '../keeper/board-keeper.js';

/** Longer than a pool waits for a connection and a statement for a lock together; shorter than people wait. */
const GIVE_UP_MS = 12_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_500;

/**
 * Tries `work` again while it is refused for lack of room or because the database did not answer in time. Only for work that does
 * no harm when it is done twice; `again` says that an earlier try may have been carried out.
 */
export async function patiently<Result>(work: (again: boolean) => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt > 0);
    } catch (error) {
      const passes = error instanceof StoreDown || error instanceof Overloaded || (error instanceof Refusal && error.status === 503);
      if (!passes || performance.now() > giveUpAt) throw error;
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }
}
