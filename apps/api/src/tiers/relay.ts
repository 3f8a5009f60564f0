/**
 * Carries what cells say to each other from one journal to the next. Nothing is remembered here: what is to be carried is the
 * difference between two boards as they stand, so a process that dies anywhere has lost nothing, and of several the first one
 * does it (docs/adr/0026).
 */
import type { Decision } from '@comm-cell/board/decide/decision';
import { takeBack, takeIn, takeReport } from '@comm-cell/board/decide/pass-on';
import type { BoardEvent } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { reportOf } from '@comm-cell/board/views/tiers';
import { StoreDown } from '../journal/journal.js';
import type { BoardKeeper } from '../keeper/board-keeper.js';
import type { Keepers } from '../keeper/keepers.js';
import { aboveOf } from './tree.js';

const LOOK_EVERY_MS = 1_000;
const CARRIED: ReadonlySet<BoardEvent['kind']> = new Set(['Passed', 'Answered', 'LevelTurned', 'LevelDeclared', 'BoardDefined']);

export class Relay {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(
    private readonly keepers: Pick<Keepers, 'get' | 'all'>,
    private readonly report: (message: string) => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  /** The timer finds everything; this only saves its second. */
  heard(entries: readonly { event: BoardEvent }[]): void {
    if (entries.some(({ event }) => CARRIED.has(event.kind))) this.look();
  }

  look(): void {
    this.#again = true;
    if (this.#round || this.#stopped) return;
    this.#round = this.round()
      .catch((error: unknown) => {
        // A store that is away is come back to.
        if (!(error instanceof StoreDown))
          this.report(`What cells pass to each other cannot be carried (${error instanceof Error ? error.message : String(error)}).`);
      })
      .finally(() => {
        this.#round = undefined;
        if (this.#again) this.look();
      });
  }

  /** Answers first: with something new, a board drops what it answered a week ago, which must be back by then. */
  async round(): Promise<void> {
    this.#again = false;
    const all = this.keepers.all();
    for (const answering of all)
      for (const one of Object.values(answering.snapshot.state.arrived))
        if (one.answer) await this.#journal(this.keepers.get(one.from), (state) => takeBack(state, answering.board, one));
    for (const asking of all) {
      const { passed, definition } = asking.snapshot.state;
      for (const one of Object.values(passed))
        if (!one.answer) await this.#journal(this.keepers.get(one.to), (state) => takeIn(state, asking.board, definition?.name, one));
    }
    for (const below of all) await this.#reportUp(below);
    for (const above of all)
      for (const board of Object.keys(above.snapshot.state.below))
        if (this.keepers.get(board) && aboveOf(this.keepers, board) !== above.board)
          await this.#journal(above, (state, at) => takeReport(state, board, null, at));
  }

  async #reportUp({ board, snapshot: { state, head } }: BoardKeeper): Promise<void> {
    const above = aboveOf(this.keepers, board);
    const report = above === undefined ? undefined : reportOf(state, { epoch: head.epoch, seq: head.seq }, Date.now());
    if (above !== undefined && report) await this.#journal(this.keepers.get(above), (there, at) => takeReport(there, board, report, at));
  }

  /** Decided on what is known here first, for most rounds find nothing; then by the keeper, whose word counts. */
  async #journal(keeper: BoardKeeper | undefined, decide: (state: BoardState, at: number) => Decision<object>): Promise<void> {
    if (!keeper?.snapshot.state.definition || decide(keeper.snapshot.state, Date.now()).events.length === 0) return;
    await keeper.submit({ source: 'tiers', decide: (state, _known, at) => decide(state, at) });
  }
}
