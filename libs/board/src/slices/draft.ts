import type { SeriesId } from '../definition.js';
import type { BoardState, SeriesState } from '../state.js';

type Slice = Exclude<keyof BoardState, 'definition' | 'definedAt' | 'definedBy' | 'series' | 'clock'>;

/**
 * A state in the making. A small slice is copied once, when it is first written. The series are many, and copying them costs more
 * than all the rest of a batch: what is written lies in a layer over them until the fold is finished, and the state it started from
 * stays as it was. A layer makes every look at a series dearer, so the one owner of a state may have them written in place.
 * Entries inside a slice are replaced, never changed in place.
 */
export class Draft {
  #owned = new Set<Slice>();
  #layered = false;
  /** The series below the layer. */
  #below: BoardState['series'];
  /** The series written in place, if they are. */
  readonly written: Map<SeriesId, SeriesState> | undefined;
  state: BoardState;

  constructor(start: BoardState, inPlace: boolean) {
    this.state = { ...start };
    this.#below = start.series;
    this.written = inPlace ? new Map() : undefined;
  }

  own<S extends Slice>(slice: S): BoardState[S] {
    if (!this.#owned.has(slice)) {
      this.#owned.add(slice);
      this.state[slice] = { ...this.state[slice] };
    }
    return this.state[slice];
  }

  putSeries(id: SeriesId, series: SeriesState): void {
    if (this.written) {
      this.state.series[id] = series;
      this.written.set(id, series);
      return;
    }
    if (!this.#layered) {
      this.#layered = true;
      this.state.series = Object.create(this.#below) as BoardState['series'];
    }
    // Defined, not assigned: an assignment would fail where the entry below is frozen.
    Object.defineProperty(this.state.series, id, { value: series, writable: true, enumerable: true, configurable: true });
  }

  /** The state so far; what is written afterwards goes into fresh copies, but for series that are written in place. */
  finish(): BoardState {
    if (this.#layered) this.state.series = { ...this.#below, ...this.state.series };
    this.#layered = false;
    const done = this.state;
    this.#owned.clear();
    this.#below = done.series;
    this.state = { ...done };
    return done;
  }
}
