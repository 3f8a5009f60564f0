/** At most so many at once, the others in their order: looking back must not starve the live path. */
import { Refusal } from '../access/refusal.js';

const WAITING_MOST = 50;

export class Turns {
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Throws a Refusal (503) when too many wait already. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else {
      if (this.#waiting.length >= WAITING_MOST)
        throw new Refusal(503, 'busy', 'Too many people are looking back at this moment.', 'Try again in a few seconds.', undefined, {}, 3);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

/** So much of what was used last, by weight. */
export class Lately<Value> {
  #kept = new Map<string, { value: Value; weight: number }>();
  #weight = 0;

  constructor(private readonly most: number) {}

  get(key: string): Value | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  set(key: string, value: Value, weight: number): void {
    this.delete(key);
    this.#kept.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#kept.keys()) {
      if (this.#weight <= this.most) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#weight -= this.#kept.get(key)?.weight ?? 0;
    this.#kept.delete(key);
  }
}
