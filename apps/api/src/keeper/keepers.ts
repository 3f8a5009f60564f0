/** The keepers of all boards, and the pulse that drives them: wake-ups, polling, the clock, checkpoints. */
import type { BoardDefinition, BoardId } from '@comm-cell/board/definition';
import { defineBoard, type ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { clockStepped, tick } from '@comm-cell/board/decide/tick';
import { UnknownEvent } from '@comm-cell/board/evolve';
import { type Head, type Journal, StoreDown } from '../journal/journal.js';
import { WakeUp } from '../journal/wake-up.js';
import { BoardKeeper, BrokenChain } from './board-keeper.js';

const POLL_MS = 1_000;
const TICK_MS = 2_000;
/** A store that takes longer than this to answer is not one to vouch for. */
const PROOF_MS = 2_000;
const CHECKPOINT_MS = 5 * 60_000;
/** A clock that moved by more than this against the running time was stepped. */
const STEP_MS = 2_000;

export class Keepers {
  #boards = new Map<BoardId, BoardKeeper>();
  #timers: NodeJS.Timeout[] = [];
  #onBoard = new Set<(keeper: BoardKeeper) => void>();
  #wakeUp: WakeUp;
  #storeSeenAt = performance.now();
  #polling = false;

  constructor(
    private readonly journal: Journal,
    url: string,
    private readonly report: (message: string) => void,
    /** Called when a journal is not the one this process has folded: the process must not go on. */
    private readonly onBroken: (error: Error) => void,
  ) {
    this.#wakeUp = new WakeUp(
      url,
      (board, seq) =>
        void this.#boards
          .get(board)
          ?.refresh(seq)
          .catch((error: unknown) => this.#judge(error)),
    );
  }

  async start(): Promise<void> {
    await this.#openNewBoards();
    await this.#wakeUp.start();
    this.#every(POLL_MS, () => this.#poll());
    this.#every(TICK_MS, () => this.#tick());
    this.#every(CHECKPOINT_MS, () => Promise.all([...this.#boards.values()].map((keeper) => keeper.checkpoint())));
    this.#watchClock();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#wakeUp.close();
    // A parting checkpoint makes the next start quick; without one it only folds longer.
    await Promise.all([...this.#boards.values()].map((keeper) => keeper.checkpoint().catch(() => {})));
  }

  get(board: BoardId): BoardKeeper | undefined {
    return this.#boards.get(board);
  }

  all(): BoardKeeper[] {
    return [...this.#boards.values()];
  }

  /** Tells of every board there is, now and later. */
  onBoard(listener: (keeper: BoardKeeper) => void): void {
    this.#onBoard.add(listener);
    for (const keeper of this.#boards.values()) listener(keeper);
  }

  /** Resolves when the store answers now and this process stands where the board's head is: then a beat may go out. */
  async prove(keeper: BoardKeeper): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StoreDown(new Error('no answer in time'))), PROOF_MS);
    });
    try {
      const before = keeper.snapshot.head;
      const head = await Promise.race([this.journal.head(keeper.board), late]);
      await Promise.race([this.#reach(keeper, before, head), late]);
      // Not taken on trust: a beat from behind the head would vouch for an old board.
      if (!head || keeper.snapshot.head.seq < head.seq) throw new StoreDown(new Error(`board ${keeper.board} is behind its journal`));
      this.#storeSeenAt = performance.now();
    } finally {
      clearTimeout(timer);
    }
  }

  /** How long ago the store last answered, ms. */
  storeSilenceMs(): number {
    return performance.now() - this.#storeSeenAt;
  }

  /** Creates the board if need be and brings its definition to this one, unless people have changed it on screen. */
  async define(proposed: ProposedDefinition, source: string): Promise<{ changed: boolean }> {
    const keeper = await this.open(proposed.id);
    const submitted = await keeper.submit({ source, decide: (state) => defineBoard(state, proposed) });
    if (submitted.repeated) return { changed: false };
    const { keptFor } = submitted.outcome;
    if (keptFor) this.report(`Board ${proposed.id} stays as ${keptFor.name} changed it on screen; its file says otherwise and is not followed.`);
    return submitted.outcome;
  }

  /** The keeper of a board, which is created if need be: without a definition, until somebody defines it. */
  async open(board: BoardId): Promise<BoardKeeper> {
    if (!this.#boards.has(board)) {
      await this.journal.createBoard(board);
      await this.#openNewBoards();
    }
    return this.#boards.get(board)!;
  }

  /** The definition a board stands at now. */
  async definitionOf(board: BoardId): Promise<BoardDefinition | null> {
    await this.#openNewBoards();
    return this.#boards.get(board)?.snapshot.state.definition ?? null;
  }

  async #openNewBoards(): Promise<void> {
    for (const { board, ...head } of await this.journal.heads()) {
      if (this.#boards.has(board)) continue;
      const keeper = new BoardKeeper(board, this.journal, head);
      await keeper.load(this.report);
      // Two callers may have opened it at the same time; the first one stays.
      if (this.#boards.has(board)) continue;
      this.#boards.set(board, keeper);
      for (const listener of this.#onBoard) listener(keeper);
    }
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      const before = new Map([...this.#boards].map(([board, keeper]) => [board, keeper.snapshot.head]));
      for (const head of await this.journal.heads()) {
        const keeper = this.#boards.get(head.board);
        if (!keeper) await this.#openNewBoards();
        else await this.#reach(keeper, before.get(head.board) ?? head, head).catch((error: unknown) => this.#judge(error));
      }
      this.#storeSeenAt = performance.now();
    } finally {
      this.#polling = false;
    }
  }

  /** `head` was read after this process stood at `before`: if it lies behind that, the journal has to be looked at closely. */
  #reach(keeper: BoardKeeper, before: Head, head: Head | undefined): Promise<void> {
    const continues = head?.epoch === before.epoch && head.seq >= before.seq;
    return keeper.refresh(continues ? head.seq : Infinity);
  }

  async #tick(): Promise<void> {
    await Promise.all(this.all().map((keeper) => keeper.submit({ source: 'clock', decide: (state, _known, at) => tick(state, at) })));
  }

  #watchClock(): void {
    let wall = Date.now();
    let running = performance.now();
    this.#every(1_000, async () => {
      const stepMs = Date.now() - wall - (performance.now() - running);
      wall = Date.now();
      running = performance.now();
      if (Math.abs(stepMs) <= STEP_MS) return;
      this.report(`The clock of this machine was set by ${Math.round(stepMs / 1000)} s.`);
      await Promise.all(this.all().map((keeper) => keeper.submit({ source: 'clock', decide: () => clockStepped(Math.round(stepMs)) })));
    });
  }

  #every(ms: number, work: () => Promise<unknown>): void {
    this.#timers.push(setInterval(() => void work().catch((error: unknown) => this.#judge(error)), ms));
  }

  /** A store that is away is waited for; a journal that does not fit is the end of this process. */
  #judge(error: unknown): void {
    if (error instanceof BrokenChain || error instanceof UnknownEvent) this.onBroken(error);
    else if (!(error instanceof StoreDown)) this.report(`Unexpected fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
