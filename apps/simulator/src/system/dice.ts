/**
 * Repeatable randomness. Every part of a system throws its own dice, laid out afresh for each step from
 * (seed, part, step): the same minute draws the same numbers whenever the simulation was started, so a
 * simulator that is started again tomorrow continues the same story.
 */
// The innermost loop of everything: the look-up of `Math` is worth saving.
const { imul, log, sqrt, cos, exp, floor, PI } = Math;

function scramble(n: number): number {
  let x = n | 0;
  x = imul(x ^ (x >>> 16), 0x85ebca6b);
  x = imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export function hash(text: string, seed = 0): number {
  let x = seed | 0x9e3779b9;
  for (let i = 0; i < text.length; i++) x = imul(x ^ text.charCodeAt(i), 0x01000193);
  return scramble(x ^ scramble(seed));
}

/** A number in [0, 1) that belongs to `key` and `n` for ever. */
export function fixed(key: number, n: number): number {
  return scramble(key ^ scramble(n + 0x51ed27)) / 2 ** 32;
}

export class Dice {
  readonly #key: number;
  #state = 0;

  constructor(seed: number, part: string) {
    this.#key = hash(part, seed);
  }

  layOut(step: number): void {
    this.#state = scramble(this.#key ^ scramble(step + 0x2545f4));
  }

  /** In [0, 1): mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** How many events happen when `mean` are expected. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    const floor = exp(-mean);
    let product = this.next();
    let n = 0;
    while (product > floor) {
      product *= this.next();
      n++;
    }
    return n;
  }

  exponential(mean: number): number {
    return -mean * log(1 - this.next());
  }

  /** Right-skewed, as durations of care are: half of them under `median`. */
  lognormal(median: number, spread: number): number {
    const normal = sqrt(-2 * log(1 - this.next())) * cos(2 * PI * this.next());
    return median * exp(spread * normal);
  }

  /** The index of a weighted choice. */
  pick(weights: readonly number[]): number {
    let left = this.next() * weights.reduce((sum, w) => sum + w, 0);
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
}

/** A slow wander in [-1, 1] around 0 that belongs to `key`: smooth over `periodMs`, the same for everyone who asks. */
export function wander(key: number, at: number, periodMs: number): number {
  const place = at / periodMs;
  const from = floor(place);
  const part = place - from;
  const ease = part * part * (3 - 2 * part);
  return 2 * (fixed(key, from) * (1 - ease) + fixed(key, from + 1) * ease) - 1;
}
