import type { SeriesId } from '../definition.js';
import type { BoardState, SeriesState } from '../state.js';

type Slice = Exclude<keyof BoardState, 'definition' | 'definedAt' | 'definedBy' | 'series' | 'clock'>;

/**
 * A state in the making. A small slice is copied once, when it is first written. The series are many, and copying
 * them costs more than all the rest of a batch: what is written lies in a layer over them until the fold is finished.
 * The state it started from stays as it was. Entries inside a slice are replaced, never changed in place.
 */
export class Draft {
  #owned = new Set<Slice>();
  #layered = false;
  /** The series below the layer. */
  #below: BoardState['series'];
  state: BoardState;

  constructor(start: BoardState) {
    this.state = { ...start };
    this.#below = start.series;
  }

  own<S extends Slice>(slice: S): BoardState[S] {
    if (!this.#owned.has(slice)) {
      this.#owned.add(slice);
      this.state[slice] = { ...this.state[slice] };
    }
    return this.state[slice];
  }

  putSeries(id: SeriesId, series: SeriesState): void {
    if (!this.#layered) {
      this.#layered = true;
      this.state.series = Object.create(this.#below) as BoardState['series'];
    }
    // Defined, not assigned: an assignment would fail where the entry below is frozen.
    Object.defineProperty(this.state.series, id, { value: series, writable: true, enumerable: true, configurable: true });
  }

  /** The state so far; what is written afterwards goes into fresh copies. */
  finish(): BoardState {
    return this.#finishWith(() => ({ ...this.#below, ...this.state.series }));
  }

  /** The state so far, its series written into those it started from: for the one owner of that state. */
  finishInPlace(): BoardState {
    return this.#finishWith(() => Object.assign(this.#below, this.state.series));
  }

  #finishWith(merge: () => BoardState['series']): BoardState {
    if (this.#layered) this.state.series = merge();
    this.#layered = false;
    const done = this.state;
    this.#owned.clear();
    this.#below = done.series;
    this.state = { ...done };
    return done;
  }
}
