/** A provider's voice: it renews its words every few hours, and when its level changes. */
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { ProviderDefinition } from '@comm-cell/board/definition';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { Scenario } from '../scenarios/scenario.js';
import { wordsOf } from '../statuses.js';
import { fixed, hash } from '../system/dice.js';
import type { System } from '../system/system.js';

export interface Said {
  text: string;
  level?: number;
  /** Epoch ms. */
  until: number;
}

export class Voice {
  readonly #key: number;
  #turn = 0;
  #level: number | undefined;
  #renewAt = 0;

  constructor(
    readonly provider: ProviderDefinition,
    private readonly board: ProposedDefinition,
    private readonly scenario: Scenario,
    private readonly startedAt: number,
  ) {
    this.#key = hash(provider.id);
  }

  /** What it says at a moment, if anything. */
  speak(system: System, now: number): Said | undefined {
    const key = this.#key;
    const words = this.scenario.status?.(this.provider.kind, system, now, this.startedAt) ?? wordsOf(this.provider, system);
    if (now < this.#renewAt && words.level === this.#level) return undefined;
    this.#level = words.level;
    this.#renewAt = now + (2 + 2 * fixed(key, this.#turn)) * HOUR_MS;
    // On a board of both languages some write in one and some in the other, as they do.
    const text = this.board.languages[0] === 'cy' && fixed(key, Math.floor(now / DAY_MS)) < 0.5 ? words.cy : words.en;
    const until = now + Math.round((4 + 4 * fixed(key, this.#turn + 1)) * HOUR_MS);
    return words.level === undefined ? { text, until } : { text, level: words.level, until };
  }

  /** How long until it thinks about it again, ms. */
  pause(): number {
    return (10 + 10 * fixed(this.#key, this.#turn++)) * MINUTE_MS;
  }
}
