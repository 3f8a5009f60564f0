/** The clock on the wall of the system, moved on step by step. */
import { HOUR_MS, localDay, MINUTE_MS, offsetMsAt, weekday, type Zone } from '@comm-cell/board/time';

export const STEP_MS = MINUTE_MS;

export class Calendar {
  /** The moment of the step, epoch ms, and its number since 1970. */
  now = 0;
  step = 0;
  /** Local calendar. `hour` has a fraction, 1 = Monday. */
  day = 0;
  hour = 0;
  weekday = 1;
  /** True in the first step of a local day. */
  newDay = false;
  #offset = 0;
  #offsetGoodUntil = -Infinity;

  constructor(readonly zone: Zone) {}

  moveTo(now: number): void {
    this.now = now;
    this.step = Math.round(now / STEP_MS);
    if (now >= this.#offsetGoodUntil) {
      // Clocks change on the full hour only, so asking once an hour is enough.
      this.#offset = offsetMsAt(this.zone, now);
      this.#offsetGoodUntil = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
    }
    const day = localDay(this.zone, now);
    this.newDay = day !== this.day;
    this.day = day;
    this.weekday = weekday(day);
    this.hour = ((now + this.#offset) % (24 * HOUR_MS)) / HOUR_MS;
  }
}
