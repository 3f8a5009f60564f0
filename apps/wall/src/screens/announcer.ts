/**
 * What a screen reader is told, at most once in ten seconds: alerts that were raised or are over, critical ones first; on a
 * board without rules, what began or ceased to need acting upon.
 */
import type { AttentionView, BoardView } from '@comm-cell/board/views/board';
import { valueText } from '../notation.js';
import type { Preferences } from '../preferences.svelte.js';

const EVERY_MS = 10_000;
const MOST = 5;

export class Announcer {
  #known: Map<string, string> | undefined;
  #nextAt = 0;

  /** Undefined while there is nothing to say. */
  consider(view: BoardView, preferences: Preferences): string | undefined {
    if (view.now < this.#nextAt) return undefined;
    this.#nextAt = view.now + EVERY_MS;
    const { words } = preferences;
    const name = ({ title, label, place }: AttentionView): string =>
      [preferences.label(title), label.en === title.en ? '' : preferences.label(label), place && preferences.label(place)].filter(Boolean).join(', ');

    /** What stands now: by its key, how it is called, and the words for its beginning. */
    const standing = view.alerts
      ? view.alerts.open
          .filter(({ severity }) => severity !== 'watch')
          .map(({ no, label, place, severity }) => {
            const called = `${preferences.label(label)}, ${preferences.label(place)}`;
            return { key: `${no} ${severity}`, called, begins: severity === 'critical' ? words.criticalRaised(called) : words.alertRaised(called) };
          })
      : view.attention
          .filter(({ figure }) => figure.status === 'act')
          .map((one) => ({
            key: one.figure.figure,
            called: name(one),
            begins: words.nowAct(`${name(one)} ${valueText(one.figure.value, one.figure.metric)}`),
          }));
    const ends = view.alerts ? words.alertOver : words.backInLine;

    const known = new Map(standing.map(({ key, called }) => [key, called]));
    const before = this.#known;
    this.#known = known;
    if (!before) return undefined;
    const said = [
      ...standing.filter(({ key }) => !before.has(key)).map(({ begins }) => begins),
      ...[...before].filter(([key]) => !known.has(key)).map(([, called]) => ends(called)),
    ];
    if (said.length === 0) return undefined;
    return said.slice(0, MOST).join('. ') + (said.length > MOST ? `. ${words.more(said.length - MOST)}` : '');
  }
}
