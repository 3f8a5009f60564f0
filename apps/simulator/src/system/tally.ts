/** Counts of what happened since local midnight and in the last hour. */
import { HOUR_MS } from '@comm-cell/board/time';
import { STEP_MS, type Calendar } from './calendar.js';

const STEPS_AN_HOUR = HOUR_MS / STEP_MS;

export class Tally {
  today = 0;
  yesterday = 0;
  lastHour = 0;
  readonly #ring = new Float64Array(STEPS_AN_HOUR);
  #slot = 0;

  tick(calendar: Calendar): void {
    if (calendar.newDay) {
      this.yesterday = this.today;
      this.today = 0;
    }
    this.#slot = calendar.step % STEPS_AN_HOUR;
    this.lastHour -= this.#ring[this.#slot]!;
    if (this.lastHour < 1e-9) this.lastHour = 0;
    this.#ring[this.#slot] = 0;
  }

  add(amount = 1): void {
    this.today += amount;
    this.lastHour += amount;
    this.#ring[this.#slot]! += amount;
  }
}

/** A mean or a share since midnight and over the last hour; undefined while nothing was counted. */
export class Average {
  readonly sum = new Tally();
  readonly count = new Tally();

  tick(calendar: Calendar): void {
    this.sum.tick(calendar);
    this.count.tick(calendar);
  }

  add(value: number): void {
    this.sum.add(value);
    this.count.add();
  }

  get today(): number | undefined {
    return this.count.today === 0 ? undefined : this.sum.today / this.count.today;
  }

  get yesterday(): number | undefined {
    return this.count.yesterday === 0 ? undefined : this.sum.yesterday / this.count.yesterday;
  }

  get lastHour(): number | undefined {
    return this.count.lastHour === 0 ? undefined : this.sum.lastHour / this.count.lastHour;
  }
}

/** All values since midnight, for medians and centiles; days are short enough to keep them. */
export class Spread {
  #values: number[] = [];
  #sorted = true;
  /** The 95th centile of the last whole day. */
  yesterday95: number | undefined;

  tick(calendar: Calendar): void {
    if (!calendar.newDay) return;
    this.yesterday95 = this.at(0.95);
    this.#values = [];
  }

  add(value: number): void {
    this.#values.push(value);
    this.#sorted = false;
  }

  /** `share` 0.5 = the median; undefined while there is nothing. */
  at(share: number): number | undefined {
    if (!this.#sorted) this.#values.sort((a, b) => a - b);
    this.#sorted = true;
    return this.#values[Math.min(this.#values.length - 1, Math.floor(share * this.#values.length))];
  }
}
