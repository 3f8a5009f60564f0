/** What a person chose for this screen: from the address, else remembered, else the default. */
import type { Label } from '@comm-cell/board/definition';
import type { Density } from '@comm-cell/board/views/board';
import { createContext } from 'svelte';
import { en, type Tongue, type Words } from './words.js';

const OFFERED = { density: ['overview', 'detail'], lang: ['en', 'cy', 'both'], theme: ['dark', 'light'] } as const;
type Offered = typeof OFFERED;
type Name = keyof Offered;

function chosen<N extends Name>(name: N): Offered[N][number] {
  const offered: readonly string[] = OFFERED[name];
  const asked = [new URLSearchParams(location.search).get(name), remembered(name)];
  return (asked.find((one) => one !== null && offered.includes(one)) ?? OFFERED[name][0]) as Offered[N][number];
}

const AGAIN_MS = 10_000;

/** Kiosks and private windows may refuse storage; the screen works without. */
function remembered(name: Name): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export class Preferences {
  density = $state.raw<Density>(chosen('density'));
  lang = $state.raw<Tongue | 'both'>(chosen('lang'));
  theme = $state.raw<'dark' | 'light'>(chosen('theme'));
  /** Which of the two is up while both take turns. */
  turn = $state.raw<Tongue>('en');

  /** Until they are here the screen speaks English: one language at a time, and whole. */
  #welsh = $state.raw<Words>();

  readonly tongue: Tongue = $derived(this.#welsh === undefined ? 'en' : this.lang === 'both' ? this.turn : this.lang);
  readonly words: Words = $derived(this.tongue === 'cy' ? this.#welsh! : en);

  /** Fetches the words of the other language; where that fails, again and again. */
  async learn(): Promise<void> {
    try {
      this.#welsh ??= (await import('./words-cy.js')).words.cy;
    } catch {
      setTimeout(() => void this.learn(), AGAIN_MS);
    }
  }

  /** The address may name other choices after a move within the page. */
  read(): void {
    this.density = chosen('density');
    this.lang = chosen('lang');
    this.theme = chosen('theme');
    if (this.lang !== 'en') void this.learn();
  }

  label(label: Label): string {
    return label[this.tongue];
  }

  /** The next choice in turn; the address says it too, so that it can be bookmarked for a kiosk. */
  next(name: Name): void {
    const offered: readonly string[] = OFFERED[name];
    const value = offered[(offered.indexOf(this[name]) + 1) % offered.length]!;
    (this[name] as string) = value;
    if (this.lang !== 'en') void this.learn();
    try {
      localStorage.setItem(name, value);
    } catch {
      // Remembered by the address alone.
    }
    const address = new URL(location.href);
    address.searchParams.set(name, value);
    history.replaceState(history.state, '', address);
  }
}

export const [getPreferences, setPreferences] = createContext<Preferences>();
