/**
 * Parts of a screen that many screens never show: fetched when a board or a person asks for them. A part that does not come (the
 * server is away, or was renewed and has another build's files) leaves no hole: what is on the screen stays, the screen says that a
 * part is missing, asks for it again, and takes the next quiet moment to load itself anew.
 */
import type { Component } from 'svelte';

const AGAIN_MS = 5_000;
const parts: Part<never>[] = [];
let missing = $state.raw(0);
/** Something that should be on the screen did not come. */
export const isPartMissing = (): boolean => missing > 0;

/** Once the picture stands the rest is fetched too, so that a press is answered although the server may be gone by then. */
export function fetchAhead(): void {
  for (const part of parts) void part.fetch();
}

export class Part<Props extends object> {
  /** Undefined until it has come. */
  here = $state.raw<Component<Props>>();
  readonly #load: () => Promise<{ default: Component<Props> }>;

  constructor(load: () => Promise<{ default: Component<Props> }>) {
    this.#load = load;
    parts.push(this as Part<never>);
  }

  /** Whether it is here now. */
  async fetch(): Promise<boolean> {
    try {
      this.here ??= (await this.#load()).default;
      return true;
    } catch {
      return false;
    }
  }

  /** Asks for it as long as it is wanted and has not come. To be said while a component is made. */
  wantedWhile(isWanted: () => boolean): void {
    const wanted = $derived(isWanted() && !this.here);
    $effect(() => {
      if (!wanted) return;
      let counted = 0;
      let over = false;
      const ask = async (): Promise<void> => {
        const failed = Number(!(await this.fetch()) && !over);
        missing += failed - counted;
        counted = failed;
      };
      void ask();
      const timer = setInterval(() => void ask(), AGAIN_MS);
      return () => {
        over = true;
        clearInterval(timer);
        missing -= counted;
        counted = 0;
      };
    });
  }
}
