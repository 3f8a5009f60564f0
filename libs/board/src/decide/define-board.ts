import { canonical } from '../canonical.js';
import type { BoardDefinition, SeriesDefinition } from '../definition.js';
import type { BoardState } from '../state.js';
import type { Decision } from './decision.js';

/** A definition as its file gives it: the series have no numbers yet. */
export type ProposedDefinition = Omit<BoardDefinition, 'series'> & { series: Readonly<Record<string, Omit<SeriesDefinition, 'no'>>> };

/** Nothing happens when the board is defined like this already. Known series keep their number, for ever. */
export function defineBoard(state: BoardState, proposed: ProposedDefinition): Decision<{ changed: boolean }> {
  let highest = Math.max(0, ...Object.values(state.numbers));
  const series: Record<string, SeriesDefinition> = {};
  for (const [id, one] of Object.entries(proposed.series)) {
    series[id] = { ...one, no: state.numbers[id] ?? ++highest };
  }
  const definition: BoardDefinition = { ...proposed, series };
  if (state.definition && canonical(state.definition) === canonical(definition)) return { events: [], outcome: { changed: false } };
  return { events: [{ kind: 'BoardDefined', definition }], outcome: { changed: true } };
}
