/** What a screen reader is told: what began or ceased to need acting upon, at most once in ten seconds. */
import type { AttentionView, BoardView } from '@comm-cell/board/views/board';
import { valueText } from '../notation.js';
import type { Preferences } from '../preferences.svelte.js';

const EVERY_MS = 10_000;
const MOST = 5;

export class Announcer {
  #acting: Map<string, string> | undefined;
  #nextAt = 0;

  /** Undefined while there is nothing to say. */
  consider(view: BoardView, preferences: Preferences): string | undefined {
    if (view.now < this.#nextAt) return undefined;
    this.#nextAt = view.now + EVERY_MS;
    const name = ({ title, label, place }: AttentionView): string =>
      [preferences.label(title), label.en === title.en ? '' : preferences.label(label), place && preferences.label(place)].filter(Boolean).join(', ');
    const acting = new Map(view.attention.filter(({ figure }) => figure.status === 'act').map((one) => [one.figure.figure, name(one)]));
    const before = this.#acting;
    this.#acting = acting;
    if (!before) return undefined;
    const { words } = preferences;
    const said = [
      ...view.attention
        .filter(({ figure }) => acting.has(figure.figure) && !before.has(figure.figure))
        .map((one) => words.nowAct(`${name(one)} ${valueText(one.figure.value, one.figure.metric)}`)),
      ...[...before].filter(([figure]) => !acting.has(figure)).map(([, what]) => words.backInLine(what)),
    ];
    if (said.length === 0) return undefined;
    return said.slice(0, MOST).join('. ') + (said.length > MOST ? `. ${words.more(said.length - MOST)}` : '');
  }
}
