/** A mark of the timeline in words. */
import type { Label } from '@comm-cell/board/definition';
import type { BoardState } from '@comm-cell/board/state';
import type { Mark } from '@comm-cell/contract/replay';
import type { BoardroomWords } from './boardroom-words.js';

export type MarkWriter = (mark: Mark) => string;

export function markWriter(state: BoardState | undefined, label: (label: Label) => string, words: BoardroomWords): MarkWriter {
  /** What it is about, as the board calls it; a thing the board no longer has keeps its id. */
  const nameOf = ({ kind, about }: Mark): string => {
    const definition = state?.definition;
    if (about === undefined || !definition) return '';
    if (kind === 'alert' || kind === 'rules') {
      const { rule, was } = state.rules[about] ?? {};
      const stated = rule ?? was;
      const place = stated && definition.places[stated.place]?.name;
      return stated ? [label(stated.label), place && label(place)].filter(Boolean).join(', ') : about;
    }
    const named = { level: definition.response?.levels, feed: definition.feeds, suspension: definition.feeds, closure: definition.places }[kind as string]?.[
      about
    ];
    return named ? label(named.name) : '';
  };
  return (mark) => {
    const { kind, what, no, level, text, by, count } = mark;
    const known: Readonly<Record<string, string>> = words.mark[kind];
    const title = [known[what] ?? Object.values(known)[0]!, level ?? (no === undefined ? '' : `#${no}`)].filter((one) => one !== '').join(' ');
    return [title, nameOf(mark), text, by?.name, count > 1 ? words.andMore(count - 1) : ''].filter(Boolean).join(' · ');
  };
}
