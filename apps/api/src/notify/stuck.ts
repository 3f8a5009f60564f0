/**
 * Puts what nobody got onto the board, and takes it off when it got through after all. What the board shows is the journal's
 * word alone, so nothing is remembered here: a process that dies anywhere in a round has lost nothing.
 */
import type { BoardEvent } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import type { DataSource } from 'typeorm';
import type { BoardKeeper } from '../keeper/board-keeper.js';
import type { Keepers } from '../keeper/keepers.js';
import * as sql from './outbox.sql.js';

interface StuckRow {
  id: string;
  group: string;
  channel: string;
  about: string;
  since: number;
  detail: string;
}

export class StuckMessages {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(
    private readonly database: DataSource,
    private readonly keepers: Pick<Keepers, 'all'>,
    private readonly stuckMs: number,
    private readonly report: (message: string) => void,
  ) {}

  start(everyMs: number): void {
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  look(): void {
    this.#again = true;
    if (this.#round || this.#stopped) return;
    this.#round = this.round()
      .catch((error: unknown) => this.report(`Undelivered messages cannot be looked for (${error instanceof Error ? error.message : String(error)}).`))
      .finally(() => {
        this.#round = undefined;
        if (this.#again) this.look();
      });
  }

  async round(): Promise<void> {
    this.#again = false;
    for (const keeper of this.keepers.all()) {
      const shown = Object.keys(keeper.snapshot.state.stuck);
      const stuck = await this.database.query<StuckRow[]>(sql.STUCK, [keeper.board, shown, this.stuckMs]);
      for (const { id, ...row } of stuck) await journal(keeper, (state) => (state.stuck[id] ? undefined : { kind: 'MessageStuck', message: id, ...row }));
      if (shown.length === 0) continue;
      const mended = await this.database.query<{ id: string }[]>(sql.MENDED, [keeper.board, shown]);
      for (const { id } of mended) await journal(keeper, (state) => (state.stuck[id] ? { kind: 'MessageMended', message: id } : undefined));
    }
  }
}

/** Another process may have been faster: decided on the state, it happens once. */
async function journal(keeper: BoardKeeper, decide: (state: BoardState) => BoardEvent | undefined): Promise<void> {
  await keeper.submit({
    source: 'notify',
    decide: (state) => {
      const event = decide(state);
      return { events: event ? [event] : [], outcome: null };
    },
  });
}
