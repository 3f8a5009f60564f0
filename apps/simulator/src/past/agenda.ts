/** What is still to happen, by its moment; of one moment, in the order in which it was thought of. Moments are whole milliseconds. */
export class Agenda {
  /** The soonest last, where it is cheap to take. */
  readonly #waiting: { at: number; run(at: number): void }[] = [];

  add(moment: number, run: (at: number) => void): void {
    const at = Math.round(moment);
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#waiting[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, { at, run });
  }

  /** Lets everything up to this moment happen, and what comes of it. */
  runUntil(end: number): void {
    for (let next = this.#waiting.at(-1); next && next.at <= end; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      next.run(next.at);
    }
  }
}
