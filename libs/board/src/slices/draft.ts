import type { BoardState } from '../state.js';

type Slice = 'numbers' | 'series' | 'held' | 'feeds' | 'statuses';

/**
 * A state in the making. Each slice is copied once, when it is first written, so folding a thousand events
 * costs one copy and the state it started from stays as it was. Entries inside a slice are replaced, never
 * changed in place.
 */
export class Draft {
  #owned = new Set<Slice>();
  state: BoardState;

  constructor(start: BoardState) {
    this.state = { ...start };
  }

  own<S extends Slice>(slice: S): BoardState[S] {
    if (!this.#owned.has(slice)) {
      this.#owned.add(slice);
      this.state[slice] = { ...this.state[slice] };
    }
    return this.state[slice];
  }

  /** The state so far; what is written afterwards goes into fresh copies. */
  finish(): BoardState {
    const done = this.state;
    this.#owned.clear();
    this.state = { ...done };
    return done;
  }
}
