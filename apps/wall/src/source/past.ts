/**
 * What a replay remembers: stretches of the journal, and states laid along them, so that any moment of them is drawn without
 * asking the server. Pure: no clock, no requests. Bounded: what was looked at longest ago goes first.
 */
import { Fold } from '@comm-cell/board/evolve';
import type { Entry } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';

/** The board as it stands after `seq`. */
export interface Still {
  seq: number;
  state: BoardState;
}

/** A state is laid down after so many entries: a jump folds no more than this, about two milliseconds. */
const APART = 256;
/** A stretch that has grown so long is continued by another, so that its older part can be forgotten. */
const LONGEST = 8_000;
/** Entries that are remembered in all; their states stand `APART` apart and share what did not change. */
const MOST_ENTRIES = 40_000;

/** One unbroken stretch of the journal, known from a moment until a moment. */
class Stretch {
  readonly entries: Entry[] = [];
  /** After so many entries the board stood like this; ascending, the first is the beginning. */
  #laid: { count: number; state: BoardState }[];
  /** Where it was folded to last: playing goes on from there. */
  #last: { count: number; state: BoardState };

  constructor(
    readonly from: number,
    /** Every entry recorded up to this moment is here. */
    public until: number,
    readonly firstSeq: number,
    /** The journal was read up to here. What changes no picture is left out of `entries`, so their seqs may have gaps. */
    public lastSeq: number,
    state: BoardState,
  ) {
    this.#last = { count: 0, state };
    this.#laid = [this.#last];
  }

  /** How many entries were recorded up to and at `moment`. */
  count(moment: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle]!.at <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  still(count: number): Still {
    let start = this.#laid[Math.min(this.#laid.length - 1, Math.floor(count / APART))]!;
    if (this.#last.count <= count && this.#last.count > start.count) start = this.#last;
    let { state } = start;
    for (let done = start.count; done < count;) {
      const next = Math.min(count, (Math.floor(done / APART) + 1) * APART);
      const fold = new Fold(state);
      for (; done < next; done++) fold.apply(this.entries[done]!.event, this.entries[done]!.at);
      state = fold.finish();
      if (done === this.#laid.length * APART) this.#laid.push({ count: done, state });
    }
    this.#last = { count, state };
    return { seq: this.entries[count - 1]?.seq ?? this.firstSeq, state };
  }
}

export class Past {
  #epoch: string | undefined;
  /** The one looked at last stands first. */
  #stretches: Stretch[] = [];

  /** A history that was restored from a copy is another one: nothing of the old may be mixed in. */
  begin(epoch: string, from: number, seq: number, state: BoardState): void {
    if (epoch !== this.#epoch) this.#stretches = [];
    this.#epoch = epoch;
    this.#stretches.unshift(new Stretch(from, from, seq, seq, state));
    this.#trim();
  }

  /**
   * What was recorded after the stretch that holds `moment`: the journal from `after` to `to`, which is all there is up to
   * `until`. False when it does not continue the stretch.
   */
  extend(
    moment: number,
    { epoch, after, to, entries, until }: { epoch: string; after: number; to: number; entries: readonly Entry[]; until: number },
  ): boolean {
    const stretch = this.#holding(moment);
    if (!stretch || epoch !== this.#epoch || after > stretch.lastSeq) return false;
    const fresh = entries.filter(({ seq }) => seq > stretch.lastSeq);
    if (fresh.some(({ seq }, i) => i > 0 && seq <= fresh[i - 1]!.seq)) return false;
    stretch.entries.push(...fresh);
    stretch.lastSeq = Math.max(stretch.lastSeq, to);
    stretch.until = Math.max(stretch.until, until);
    if (stretch.entries.length >= LONGEST) this.#continue(stretch);
    this.#trim();
    return true;
  }

  /** The board at a moment; undefined when that is not remembered. Throws UnknownEvent. */
  still(moment: number): Still | undefined {
    const stretch = this.#holding(moment);
    return stretch?.still(stretch.count(moment));
  }

  /** Until when, and up to which seq, everything after `moment` is remembered without a gap. */
  end(moment: number): { until: number; seq: number } | undefined {
    let stretch = this.#holding(moment);
    for (let next = stretch; next; next = this.#after(next)) stretch = next;
    return stretch && { until: stretch.until, seq: stretch.lastSeq };
  }

  /** From when on everything up to `moment` is remembered. */
  beginning(moment: number): number | undefined {
    const all = this.#all(moment);
    return all.length === 0 ? undefined : Math.min(...all.map(({ from }) => from));
  }

  /** The nearest moments before and after at which something was recorded. */
  neighbours(moment: number): { before: number | undefined; after: number | undefined } {
    const before = this.#all(moment).flatMap((one) => one.entries.slice(0, one.count(moment)).findLast(({ at }) => at < moment)?.at ?? []);
    let after: number | undefined;
    for (let one = this.#holding(moment); one && after === undefined; one = this.#after(one)) {
      after = one.entries[one.count(moment)]?.at;
    }
    return { before: before.length === 0 ? undefined : Math.max(...before), after };
  }

  /** What was recorded at the newest moment up to `moment`, oldest first. */
  recordedAt(moment: number): Entry[] {
    const stretch = this.#holding(moment);
    if (!stretch) return [];
    const count = stretch.count(moment);
    const at = stretch.entries[count - 1]?.at;
    let first = count;
    while (first > 0 && stretch.entries[first - 1]!.at === at) first--;
    return stretch.entries.slice(first, count);
  }

  #all(moment: number): Stretch[] {
    return this.#stretches.filter(({ from, until }) => from <= moment && moment <= until);
  }

  /** Of those that hold a moment, the one that reaches furthest; of two such, the one that was continued. */
  #holding(moment: number): Stretch | undefined {
    const [best] = this.#all(moment).sort((a, b) => b.until - a.until || b.from - a.from);
    if (best && best !== this.#stretches[0]) this.#stretches = [best, ...this.#stretches.filter((one) => one !== best)];
    return best;
  }

  #continue(stretch: Stretch): void {
    const { until } = stretch;
    const count = stretch.count(until);
    const { seq, state } = stretch.still(count);
    const next = new Stretch(until, until, seq, stretch.lastSeq, state);
    next.entries.push(...stretch.entries.splice(count));
    this.#stretches.unshift(next);
  }

  /** What goes on where a stretch ends. */
  #after(stretch: Stretch): Stretch | undefined {
    return this.#stretches.find(({ from, until }) => from <= stretch.until && until > stretch.until);
  }

  #trim(): void {
    let held = 0;
    this.#stretches = this.#stretches.filter(({ entries }, i) => (held += entries.length + APART) <= MOST_ENTRIES || i === 0);
  }
}
