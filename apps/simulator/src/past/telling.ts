/** What every part of the story shares: the board, its moments, whose deed it is, and dice that belong to the board for ever. */
import type { Label, ProviderId } from '@comm-cell/board/definition';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { fixed, hash } from '../system/dice.js';
import { Agenda } from './agenda.js';
import type { Chronicle } from './chronicle.js';

/** Offices, not persons: those that the demo's server lets people sign in as. */
export const OFFICES = {
  duty: { id: 'demo-duty-manager', name: 'Duty manager' },
  site: { id: 'demo-site-manager', name: 'Site manager' },
  lead: { id: 'demo-system-lead', name: 'System lead' },
} as const satisfies Record<string, Person>;

export class Telling {
  readonly agenda = new Agenda();
  readonly #key: number;

  constructor(
    readonly board: ProposedDefinition,
    readonly chronicle: Chronicle,
    /** Where the story begins and ends, epoch ms. */
    readonly from: number,
    readonly until: number,
    seed: number,
  ) {
    this.#key = seed ^ hash(`past of ${board.id}`);
  }

  get state(): BoardState {
    return this.chronicle.state;
  }

  /** A number in [0, 1) that belongs to this board, to `what` and to `n`. */
  share(what: string, n = 0): number {
    return fixed(hash(what, this.#key), n);
  }

  /** A part of a stretch, ms. */
  some(ms: number, what: string, n = 0): number {
    return Math.round(ms * this.share(what, n));
  }

  pick<One>(many: readonly One[], what: string, n = 0): One {
    return many[Math.floor(this.share(what, n) * many.length)]!;
  }

  /** On a board of both languages some write in one and some in the other; of one `matter` all is in one language. */
  say({ en, cy }: Label, matter = en): string {
    return this.board.languages[0] === 'cy' && this.share(matter) < 0.6 ? cy : en;
  }

  /** A person's deed. */
  does<Outcome extends object>(at: number, by: Person, decide: (state: BoardState, at: number) => Decision<Outcome>): Outcome {
    return this.chronicle.submit(at, `person:${by.id}`, decide);
  }

  /** The organisation a figure comes from; undefined: this board has no such figure. */
  providerOf(figure: string): ProviderId | undefined {
    const { series, rollups, feeds } = this.board;
    const one = series[figure] ?? series[rollups[figure]?.of[0] ?? ''];
    return one && feeds[one.feed]?.provider;
  }

  /** The office an organisation sends to the cell. */
  officeOf(provider: ProviderId | undefined): Label | undefined {
    return this.board.cell?.members.find((member) => member.provider === provider)?.office;
  }
}
