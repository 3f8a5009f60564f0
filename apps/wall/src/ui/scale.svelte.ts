/** One picture for every screen: all lengths on the wall are multiples of `u`, which makes it fill the screen. */
import { innerHeight, innerWidth } from 'svelte/reactivity/window';

export type Layout = 'landscape' | 'portrait' | 'phone';

const NARROW_PX = 700;

export class Scale {
  readonly #width = $derived(innerWidth.current ?? 1920);
  readonly #height = $derived(innerHeight.current ?? 1080);
  readonly layout: Layout = $derived(this.#width < NARROW_PX ? 'phone' : this.#width < this.#height ? 'portrait' : 'landscape');
  /** Pixels. On a phone type has its own sizes and `u` is fixed. */
  readonly u: number = $derived(
    this.layout === 'phone'
      ? 0.75
      : this.layout === 'portrait'
        ? Math.min(this.#width / 1080, this.#height / 1920)
        : Math.min(this.#width / 1920, this.#height / 1080),
  );
}
