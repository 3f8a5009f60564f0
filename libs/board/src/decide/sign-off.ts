import type { ProviderId } from '../definition.js';
import type { Person, SignedFigure } from '../events.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

export interface SignOffFigures {
  provider: ProviderId;
  /** What the duty director saw, value by value: nobody stands behind a figure they have not seen. */
  seen: readonly Pick<SignedFigure, 'series' | 'at' | 'rev'>[];
  note?: string;
  by: Person;
}
export type SignOffOutcome = { provider: ProviderId; figures: number } | { refused: Refused };

/** The provider's present figures; those that never had a reading are none. */
export function presentFigures(state: BoardState, provider: ProviderId): SignedFigure[] {
  const definition = state.definition;
  return Object.values(definition?.series ?? {}).flatMap(({ id, feed }) => {
    const known = state.series[id];
    if (!known || definition!.feeds[feed]?.provider !== provider) return [];
    return [{ series: id, at: known.at, value: known.value, ...(known.rev > 0 && { rev: known.rev }) }];
  });
}

export function signOff(state: BoardState, { provider, seen, note, by }: SignOffFigures): Decision<SignOffOutcome> {
  const refuse = (field: string, code: string, detail: string): Decision<SignOffOutcome> => ({ events: [], outcome: { refused: { field, code, detail } } });
  if (!state.definition?.providers[provider]) return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  const figures = presentFigures(state, provider);
  if (figures.length === 0) return refuse('provider', 'nothing-to-sign', 'This provider has not reported anything yet.');
  const looked = new Map(seen.map((one) => [one.series, one]));
  const moved = figures.filter(({ series, at, rev = 0 }) => looked.get(series)?.at !== at || (looked.get(series)?.rev ?? 0) !== rev);
  if (moved.length > 0) return refuse('seen', 'moved-on', `Changed since you looked: ${moved.map(({ series }) => series).join(', ')}.`);
  return { events: [{ kind: 'FiguresSignedOff', provider, figures, by, ...(note !== undefined && { note }) }], outcome: { provider, figures: figures.length } };
}
