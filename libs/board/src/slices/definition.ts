import type { BoardEvent } from '../events.js';
import type { Draft } from './draft.js';

export function definitionSlice(draft: Draft, event: BoardEvent, at: number): void {
  if (event.kind === 'BoardDefined') {
    draft.state.definition = event.definition;
    draft.state.definedAt = at;
    draft.state.definedBy = event.by ?? null;
    const numbers = draft.own('numbers');
    for (const series of Object.values(event.definition.series)) numbers[series.id] = series.no;
  } else if (event.kind === 'ClockStepped') {
    draft.state.clock = { at, byMs: event.byMs };
  }
}
