/**
 * The sound of a critical alert: once for each, never repeated, silent until somebody at this screen has allowed it, and
 * muted there by the same key. Everything it says is also written: the banner, the rail and the spoken line.
 */
import type { AlertsView } from '@comm-cell/board/views/alerts';

const STORED = 'sound';
const TONES = [
  [880, 0],
  [660, 0.28],
] as const;
const LENGTH_S = 0.26;
const LOUD = 0.25;
const MOST_KNOWN = 400;

export class Chime {
  /** `waits`: allowed once, but the browser wants another press since the page was loaded. */
  mode = $state.raw<'off' | 'on' | 'waits'>('off');
  /** Rises with every sound, for tests and for those who watch. */
  played = $state.raw(0);
  #context: AudioContext | undefined;
  #known: ReadonlySet<number> | undefined;

  constructor() {
    if (!remembered()) return;
    this.#context = new AudioContext();
    this.mode = this.#context.state === 'running' ? 'on' : 'waits';
  }

  /** Must be called by a press: browsers allow sound only then. */
  async toggle(): Promise<void> {
    const on = this.mode !== 'on';
    try {
      localStorage.setItem(STORED, on ? 'on' : 'off');
    } catch {
      // Remembered for this visit alone.
    }
    if (!on) {
      this.mode = 'off';
      await this.#context?.suspend();
      return;
    }
    this.#context ??= new AudioContext();
    await this.#context.resume();
    this.mode = this.#context.state === 'running' ? 'on' : 'waits';
    this.#play();
  }

  /** Any press on the page is enough for a browser that waits. */
  async pressed(): Promise<void> {
    if (this.mode !== 'waits') return;
    await this.#context?.resume();
    if (this.#context?.state === 'running') this.mode = 'on';
  }

  consider(alerts: AlertsView): void {
    const critical = alerts.open.filter(({ severity }) => severity === 'critical');
    const known: Set<number> = new Set(this.#known ?? critical.map(({ no }) => no));
    // What was there when the screen was switched on is old news.
    const news = critical.filter(({ no, unowned }) => unowned && !known.has(no));
    for (const { no } of news) known.add(no);
    // Numbers only rise: the oldest may be forgotten.
    this.#known = known.size > MOST_KNOWN ? new Set([...known].slice(-MOST_KNOWN / 2)) : known;
    if (news.length === 0) return;
    this.played++;
    if (this.mode === 'on') this.#play();
  }

  #play(): void {
    const context = this.#context;
    if (!context || context.state !== 'running') return;
    for (const [hertz, after] of TONES) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const start = context.currentTime + after;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUD, start + 0.02);
      gain.gain.linearRampToValueAtTime(0, start + LENGTH_S);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + LENGTH_S);
    }
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(STORED) === 'on';
  } catch {
    return false;
  }
}
