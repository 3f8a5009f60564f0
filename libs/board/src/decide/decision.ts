import type { BoardEvent } from '../events.js';

/** What a command leads to: the events to journal (none = nothing happened) and the answer to its sender. */
export interface Decision<Outcome> {
  events: BoardEvent[];
  outcome: Outcome;
}
