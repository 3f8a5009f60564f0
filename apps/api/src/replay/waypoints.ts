/**
 * Stored states along the way of a journal, so that any moment of it is near one. They are laid from the journal itself, apart
 * from the live path and in small pieces: a server that has just come to an old journal, or to a new reducer, lays them all
 * again. A waypoint is handed on as text, unread; whoever takes it checks its place in the hash chain and its own hash first.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardId } from '@comm-cell/board/definition';
import { Fold, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, wholeState } from '@comm-cell/board/state';
import type { BoardQuery } from '../database/scoped.js';
import { genesis, link } from '../journal/chain.js';
import { type Journal, type StoredHead, StoreDown } from '../journal/journal.js';
import * as sql from '../journal/journal.sql.js';

/** Text of the journal between two waypoints, bytes: about ten thousand readings. It bounds what a seek reads and folds. */
const APART = 512 * 1024;
const PAGE = 500;
/** Folding gives way to everything else after so long. */
const SPELL_MS = 8;
/** Laid in the background, folding takes no more than a fifth of a processor. */
const REST_MS = 32;

/** A waypoint whose place or content does not agree with its hashes. It is never used. */
export class BadWaypoint extends Error {}

export interface Laid {
  /** Last seq that was folded. */
  seq: number;
  laid: number;
}

interface Standing {
  state: BoardState;
  seq: number;
  hash: Buffer;
}

export class Waypoints {
  #laying = new Map<BoardId, Promise<Laid>>();
  /** Boards that somebody waits for. */
  #hurried = new Set<BoardId>();
  #stopped = false;

  constructor(
    private readonly journal: Journal,
    private readonly report: (message: string) => void,
    private readonly apart = APART,
  ) {}

  /** What is being laid stays as far as it is. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Lays what is missing up to `upTo`, one after the other for a board. `hurry`: somebody waits for it. Throws StoreDown while
   * the database does not answer.
   */
  async lay(board: BoardId, upTo: number, hurry: boolean): Promise<Laid> {
    if (hurry) this.#hurried.add(board);
    for (let running = this.#laying.get(board); running; running = this.#laying.get(board)) {
      const done = await running;
      if (done.seq >= upTo) return done;
    }
    const laying = this.#lay(board, upTo).finally(() => {
      this.#laying.delete(board);
      this.#hurried.delete(board);
    });
    this.#laying.set(board, laying);
    return laying;
  }

  /** Whether enough has been journaled behind the newest waypoint for another one. */
  async isDue(board: BoardId): Promise<boolean> {
    const head = await this.journal.head(board);
    if (!head) return false;
    const newest = await this.#newest(board, head.epoch);
    const [row] = await this.#rows<{ bytes: number }>(sql.TEXT_AFTER, [board, newest]);
    return row!.bytes >= this.apart;
  }

  /** What a seek has found is not as it was laid: it goes, and the next round lays it again. */
  async lift(board: BoardId, epoch: string, seq: number, why: string): Promise<void> {
    this.report(`Board ${board}: waypoint ${seq} is not used (${why}); the journal is folded from an earlier one.`);
    await this.#rows(sql.LIFT_WAYPOINT, [board, epoch, REDUCER_VERSION, seq]);
  }

  async #newest(board: BoardId, epoch: string): Promise<number> {
    const [row] = await this.#rows<{ seq: string | null }>(sql.NEWEST_WAYPOINT, [board, epoch, REDUCER_VERSION]);
    return Number(row!.seq ?? 0);
  }

  async #lay(board: BoardId, upTo: number): Promise<Laid> {
    const head = await this.journal.head(board);
    if (!head) return { seq: 0, laid: 0 };
    await this.#rows(sql.CLEAR_WAY, [board, head.epoch, REDUCER_VERSION]);
    let { state, seq, hash } = await this.#standing(board, head);
    const end = Math.min(upTo, head.seq);
    let fold = new Fold(state);
    let text = 0;
    let laid = 0;
    let began = performance.now();
    while (seq < end && !this.#stopped) {
      const rows = await this.journal.rowsAfter(board, seq, Math.min(PAGE, end - seq));
      if (rows.length === 0) break;
      for (const row of rows) {
        hash = link(hash, row.seq, row.at, row.source, row.body);
        if (row.seq !== seq + 1 || !hash.equals(row.hash)) throw new Error(`The journal of board ${board} is broken at ${seq + 1}: run "npm run verify".`);
        seq = row.seq;
        text += Buffer.byteLength(row.body);
        fold.apply(this.journal.toEntry(row).event, row.at);
        if (text >= this.apart) {
          state = fold.finish();
          fold = new Fold(state);
          text = 0;
          const body = JSON.stringify(state);
          // Another process that is at the same work has laid this one already: what follows is left to it, unless somebody waits.
          const fresh = await this.#put([board, head.epoch, REDUCER_VERSION, seq, row.at, hash, hashOf(body), body]);
          if (!fresh && !this.#hurried.has(board)) return { seq, laid };
          laid += Number(fresh);
        }
        if (performance.now() - began > SPELL_MS) {
          await (this.#hurried.has(board) ? new Promise((resolve) => setImmediate(resolve)) : sleep(REST_MS));
          began = performance.now();
        }
      }
    }
    return { seq, laid };
  }

  /** The newest waypoint that can be proved, read; else the very beginning. */
  async #standing(board: BoardId, head: StoredHead): Promise<Standing> {
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const [row] = await this.#rows<WaypointRow>(sql.WAYPOINT_AT, [board, head.epoch, REDUCER_VERSION, LAST_MOMENT, before]);
      if (!row) return { state: structuredClone(emptyBoard), seq: 0, hash: genesis(board, head.firstEpoch) };
      const seq = Number(row.seq);
      try {
        assertInChain(row);
        return { state: stateIn(await bodyAt(this.journal.pool, board, head.epoch, seq, row.body_hash)), seq, hash: row.chain_hash };
      } catch (error) {
        if (!(error instanceof BadWaypoint)) throw error;
        await this.lift(board, head.epoch, seq, error.message);
        before = seq - 1;
      }
    }
  }

  async #put(values: unknown[]): Promise<boolean> {
    try {
      return (await this.journal.pool.query(sql.LAY_WAYPOINT, values)).rowCount === 1;
    } catch (error) {
      throw new StoreDown(error);
    }
  }

  async #rows<Row>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.journal.pool.query(text, values)).rows as Row[];
    } catch (error) {
      throw new StoreDown(error);
    }
  }
}

export interface WaypointRow {
  seq: string;
  at: number;
  chain_hash: Buffer;
  body_hash: Buffer;
  /** Hash of the journal row it claims to follow; null when there is no such row. */
  journal_hash: Buffer | null;
}

/** The last moment that Postgres and JavaScript agree on, roughly. */
const LAST_MOMENT = Date.UTC(9999, 0);

export function assertInChain(row: WaypointRow): void {
  if (!row.journal_hash?.equals(row.chain_hash)) throw new BadWaypoint('its place in the journal does not match');
}

/** The text of a waypoint, checked. */
export async function bodyAt(query: BoardQuery, board: BoardId, epoch: string, seq: number, bodyHash: Buffer): Promise<string> {
  const { rows } = await query.query<{ body: string }>({ name: 'waypoint-body', text: sql.WAYPOINT_BODY, values: [board, epoch, REDUCER_VERSION, seq] });
  if (!rows[0] || !hashOf(rows[0].body).equals(bodyHash)) throw new BadWaypoint('its content does not match its hash');
  return rows[0].body;
}

export function stateIn(body: string): BoardState {
  return wholeState(JSON.parse(body) as BoardState);
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
