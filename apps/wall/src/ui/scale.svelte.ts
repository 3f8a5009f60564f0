/** One picture for every screen: all lengths on the wall are multiples of `u`, which makes it fill the screen. */
import { innerHeight, innerWidth } from 'svelte/reactivity/window';

export type Layout = 'landscape' | 'portrait' | 'phone';

const NARROW_PX = 700;

export class Scale {
  readonly #room: (() => { width: number; height: number }) | undefined;
  readonly #width = $derived.by(() => this.#room?.().width ?? innerWidth.current ?? 1920);
  readonly #height = $derived.by(() => this.#room?.().height ?? innerHeight.current ?? 1080);
  /** A small box on a large screen shows the picture small; only a small screen gets the list. */
  readonly layout: Layout = $derived((innerWidth.current ?? 1920) < NARROW_PX ? 'phone' : this.#width < this.#height ? 'portrait' : 'landscape');
  /** Pixels. On a phone type has its own sizes and `u` is fixed. */
  readonly u: number = $derived(
    this.layout === 'phone'
      ? 0.75
      : this.layout === 'portrait'
        ? Math.min(this.#width / 1080, this.#height / 1920)
        : Math.min(this.#width / 1920, this.#height / 1080),
  );

  /** `room`: the box that is filled, in pixels; left out, the whole screen. */
  constructor(room?: () => { width: number; height: number }) {
    this.#room = room;
  }
}
