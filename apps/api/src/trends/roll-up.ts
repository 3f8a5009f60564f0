/**
 * Keeps the hourly roll-ups by a cursor of their own over the journal: no reading is slower for them, and whatever stops the job,
 * the next look goes on where they stand. Several processes may look; one works, the others wait for the row.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { RolledUp } from '@comm-cell/contract/trends';
import type pg from 'pg';
import { Journal, StoreDown } from '../journal/journal.js';
import { Keepers } from '../keeper/keepers.js';
import { checkedOut } from '../database/checked-out.js';
import * as sql from './hours.sql.js';

const LOOK_MS = 10_000;
const STEP_EVENTS = 400;
const STEP_CHARACTERS = 2_000_000;

/** Takes the roll-ups of a board one step on. Answers where they stand then. */
export async function rollUp(pool: pg.Pool, board: BoardId): Promise<RolledUp> {
  return checkedOut(pool, async (client, doubt) => {
    try {
      // Mostly there is nothing to be done: then nobody waits for a row or a disk.
      const [stands] = (await client.query<RolledUp>(sql.STANDS, [board])).rows;
      if (stands && stands.seq >= stands.head) return stands;
      await client.query('begin');
      const { rows } = await client.query<RolledUp>(sql.TAKE, [board]);
      if (!rows[0]) {
        await client.query('rollback');
        return { seq: 0, head: 0 };
      }
      const { seq, head } = rows[0];
      const end = (await client.query<{ seq: number | null }>(sql.STEP_END, [board, seq, head, STEP_EVENTS, STEP_CHARACTERS])).rows[0]!.seq;
      if (end !== null) {
        await client.query(sql.NOTE_BROUGHT_IN, [board, seq, end]);
        await client.query(sql.ROLL_UP, [board, seq, end]);
        await client.query(sql.MOVE_ON, [board, end]);
      }
      await client.query('commit');
      return { seq: end ?? seq, head };
    } catch (error) {
      await client.query('rollback').catch(doubt);
      throw new StoreDown(error);
    }
  });
}

@Injectable()
export class RollUps implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('RollUps');
  #timer: NodeJS.Timeout | undefined;
  #running = new Map<BoardId, Promise<void>>();
  #closed = false;

  constructor(
    private readonly journal: Journal,
    private readonly keepers: Keepers,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    void this.#look();
  }

  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.allSettled(this.#running.values());
  }

  /** Brings the roll-ups of a board to where its journal stood when this was called; whoever comes meanwhile waits for the same. */
  catchUp(board: BoardId): Promise<void> {
    const running = this.#running.get(board);
    if (running) return running;
    const run = this.#run(board).finally(() => this.#running.delete(board));
    this.#running.set(board, run);
    return run;
  }

  async #run(board: BoardId): Promise<void> {
    let until: number | undefined;
    while (!this.#closed) {
      const { seq, head } = await rollUp(this.journal.pool, board);
      until ??= head;
      if (seq >= until) return;
    }
  }

  async #look(): Promise<void> {
    for (const { board } of this.keepers.all()) {
      // They can wait; the next look tries again.
      await this.catchUp(board).catch((error: unknown) => this.#log.warn(`Board ${board}: ${String(error)}`));
    }
  }
}
