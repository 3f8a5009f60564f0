/**
 * The append-only, gapless, ordered list of everything that happened on a board. The order is a counter row
 * (the board's head), never a sequence: a reader of a sequence skips rows that commit late.
 */
import { randomUUID } from 'node:crypto';
import type { BoardEvent, Entry, Reading } from '@comm-cell/board/events';
import { type KnownReadings, readingKey } from '@comm-cell/board/decide/record-readings';
import { parseEvent } from '@comm-cell/contract/journal';
import pg from 'pg';
import { APP_ROLE } from '../database/schema.js';
import { steadyPool } from '../database/steady-client.js';
import { genesis, link } from './chain.js';
import { crashpoint } from './crashpoint.js';
import { textOf } from './event-text.js';
import { Lane } from './lane.js';
import * as sql from './journal.sql.js';
import { type Told, tellValues } from './tell.sql.js';

export interface Head {
  epoch: string;
  seq: number;
  hash: Buffer;
}

/** As it stands in the database. A restored journal goes on under a new epoch; its chain began with the first one. */
export interface StoredHead extends Head {
  firstEpoch: string;
}

export interface NewReceipt {
  feed: string;
  key: string;
  bodyHash: Buffer;
  status: number;
  text: string;
}

export interface StoredReceipt {
  feed: string;
  key: string;
  bodyHash: Buffer;
  status: number;
  text: string;
}

/** One group of events, made ready for the statement: seqs, texts and the hash chain are fixed by the head. */
export interface PreparedAppend {
  board: string;
  /** What it continues. */
  head: Head;
  next: Head;
  entries: Entry[];
  /** Values of `APPEND`, or of `APPEND_AND_TELL` when somebody is told. */
  values: unknown[];
  tells: boolean;
}

export interface Checkpoint {
  seq: number;
  epoch: string;
  reducerVersion: number;
  chainHash: Buffer;
  stateHash: string;
  body: string;
  /** Hash of the journal row the checkpoint claims to follow; null when there is no such row. */
  journalHash: Buffer | null;
}

export interface JournalRow {
  seq: number;
  at: number;
  source: string;
  body: string;
  hash: Buffer;
}

/** The store cannot be reached or refuses to work: nothing may be acknowledged. */
export class StoreDown extends Error {
  constructor(cause: unknown) {
    super(`The journal's database does not answer (${cause instanceof Error ? cause.message : String(cause)}).`);
    this.name = 'StoreDown';
  }
}

/**
 * A group of events in the making. Each is numbered, written out and chained when it comes, so that hardly anything is left to do
 * when the group's turn has come: the database waits for that.
 */
export class Appending {
  readonly entries: Entry[] = [];
  #hash: Buffer;
  #kinds: string[] = [];
  #sources: string[] = [];
  #bodies: string[] = [];
  #hashes: Buffer[] = [];
  #series = { no: [] as number[], id: [] as string[] };
  /** By event, its readings ready for an array literal. */
  #readings = { no: [] as string[], at: [] as string[], value: [] as string[], seq: [] as string[] };
  #revs: number[] = [];
  #words: (string | null)[] = [];

  constructor(
    readonly board: string,
    readonly head: Head,
    readonly at: number,
  ) {
    this.#hash = head.hash;
  }

  /** `source`: who or what caused them: a feed, `clock`, `admin`. `numbers`: those of the series, as the events find them. */
  add(events: readonly BoardEvent[], source: string, numbers: Readonly<Record<string, number>>): this {
    for (const event of events) {
      const seq = this.head.seq + this.entries.length + 1;
      const body = textOf(event);
      this.#hash = link(this.#hash, seq, this.at, source, body);
      this.entries.push({ seq, at: this.at, event });
      this.#kinds.push(event.kind);
      this.#sources.push(source);
      this.#bodies.push(body);
      this.#hashes.push(this.#hash);
      if (event.kind === 'ReadingsRecorded' && event.readings.length > 0) this.#addReadings(event.readings, seq, numbers);
      else if (event.kind === 'BoardDefined') {
        for (const { no, id } of Object.values(event.definition.series)) {
          this.#series.no.push(no);
          this.#series.id.push(id);
        }
      }
    }
    return this;
  }

  #addReadings(readings: readonly Reading[], seq: number, numbers: Readonly<Record<string, number>>): void {
    const columns = this.#readings;
    columns.no.push(listed(readings, ({ series }) => numbers[series]!));
    columns.at.push(listed(readings, ({ at }) => at));
    columns.value.push(listed(readings, ({ value }) => (typeof value === 'number' ? value : null)));
    columns.seq.push(`${`${seq},`.repeat(readings.length - 1)}${seq}`);
    for (const { rev, value } of readings) {
      this.#revs.push(rev ?? 0);
      this.#words.push(typeof value === 'string' ? value : null);
    }
  }

  finish(receipts: readonly NewReceipt[] = [], told: readonly Told[] = []): PreparedAppend {
    const { board, head, at, entries } = this;
    const seq = head.seq + entries.length;
    const readings = this.#readings;
    return {
      board,
      head,
      next: { epoch: head.epoch, seq, hash: this.#hash },
      entries,
      values: [
        board,
        head.epoch,
        head.seq,
        seq,
        this.#hash,
        at,
        numberArray(entries.map((entry) => entry.seq)),
        this.#kinds,
        this.#sources,
        this.#bodies.join(SEPARATOR),
        this.#hashes,
        receipts.map((receipt) => receipt.feed),
        receipts.map((receipt) => receipt.key),
        receipts.map((receipt) => receipt.bodyHash),
        numberArray(receipts.map((receipt) => receipt.status)),
        receipts.map((receipt) => receipt.text).join(SEPARATOR),
        numberArray(this.#series.no),
        this.#series.id,
        numberArray(readings.no),
        numberArray(readings.at),
        // Most are first revisions and numbers: a column of which nothing needs to be said is left out.
        this.#revs.some((rev) => rev !== 0) ? numberArray(this.#revs) : null,
        numberArray(readings.value),
        this.#words.some((word) => word !== null) ? this.#words : null,
        numberArray(readings.seq),
        head.hash,
        ...(told.length > 0 ? tellValues(told, at) : []),
      ],
      tells: told.length > 0,
    };
  }
}

const CHECKPOINTS_KEPT = 5;
/** SQLSTATE classes that mean "this statement was not carried out, another try may be": conflicts with another process. */
const RETRY = new Set(['23505', '40001', '40P01', '55P03', '57014']);

export type AppendResult = 'done' | 'outdated';

export class Journal {
  readonly pool: pg.Pool;
  readonly #lanes = new Map<string, Lane>();

  constructor(url: string) {
    this.pool = steadyPool({
      connectionString: url,
      application_name: 'comm-cell journal',
      max: 8,
      connectionTimeoutMillis: 3_000,
      // The server's own limits do not help when its answers no longer get through.
      query_timeout: 6_000,
      keepAlive: true,
      pipeline: true,
      options: `-c role=${APP_ROLE} -c synchronous_commit=on -c lock_timeout=1500 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=2000 -c tcp_user_timeout=5000`,
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async createBoard(board: string): Promise<void> {
    const epoch = randomUUID();
    await this.#query(sql.CREATE_BOARD, [board, epoch, genesis(board, epoch)]);
  }

  async heads(): Promise<({ board: string } & StoredHead)[]> {
    const { rows } = await this.#query(sql.HEADS, []);
    return rows.map((row) => ({ board: row.board_id, epoch: row.epoch, firstEpoch: row.first_epoch, seq: Number(row.seq), hash: row.hash }));
  }

  async head(board: string): Promise<StoredHead | undefined> {
    const { rows } = await this.#query(sql.HEAD, [board], 'head');
    return rows[0] && { epoch: rows[0].epoch, firstEpoch: rows[0].first_epoch, seq: Number(rows[0].seq), hash: rows[0].hash };
  }

  /**
   * Writes a prepared group. `outdated`: another process was faster (or one of the receipts exists), nothing
   * was written. A group that continues one still under way may follow it at once: those of a board go in the order given. Throws StoreDown when it is not known whether the group was written: see `wasWritten`.
   */
  async append(prepared: PreparedAppend): Promise<AppendResult> {
    crashpoint('append.before');
    try {
      const { rowCount } = await this.#laneOf(prepared.board).query(
        prepared.tells
          ? { name: 'append-and-tell', text: sql.APPEND_AND_TELL, values: prepared.values }
          : { name: 'append', text: sql.APPEND, values: prepared.values },
      );
      crashpoint('append.after-commit');
      return rowCount === 1 ? 'done' : 'outdated';
    } catch (error) {
      if (RETRY.has((error as { code?: string }).code ?? '')) return 'outdated';
      throw new StoreDown(error);
    }
  }

  #laneOf(board: string): Lane {
    const lane = this.#lanes.get(board) ?? new Lane(this.pool);
    this.#lanes.set(board, lane);
    return lane;
  }

  /** Settles an append of unknown outcome: the chain hash at its last seq is there, or it is not. */
  async wasWritten(board: string, prepared: PreparedAppend): Promise<boolean> {
    const { rows } = await this.#query(sql.HASH_AT, [board, prepared.next.seq]);
    return rows[0] !== undefined && (rows[0].hash as Buffer).equals(prepared.next.hash);
  }

  /** Up to `most` events behind `seq`, with their chain hashes checked by the caller. */
  async rowsAfter(board: string, seq: number, most: number): Promise<JournalRow[]> {
    const { rows } = await this.#query(sql.ENTRIES_AFTER, [board, seq, most], 'entries-after');
    return rows.map((row) => ({ seq: Number(row.seq), at: row.at, source: row.source, body: row.body, hash: row.hash }));
  }

  toEntry(row: JournalRow): Entry {
    return { seq: row.seq, at: row.at, event: parseEvent(row.body) };
  }

  async receipts(board: string, wanted: readonly { feed: string; key: string }[]): Promise<StoredReceipt[]> {
    if (wanted.length === 0) return [];
    const { rows } = await this.#query(sql.RECEIPTS, [board, wanted.map((one) => one.feed), wanted.map((one) => one.key)], 'receipts');
    return rows.map((row) => ({ feed: row.feed_id, key: row.idempotency_key, bodyHash: row.body_hash, status: row.status, text: row.receipt }));
  }

  async knownReadings(board: string, wanted: readonly { series: string; at: number; rev: number }[]): Promise<KnownReadings> {
    const known = new Map<string, number | string | null>();
    if (wanted.length === 0) return known;
    const { rows } = await this.#query(
      sql.KNOWN_READINGS,
      [board, wanted.map((one) => one.series), numberArray(wanted.map((one) => one.at)), numberArray(wanted.map((one) => one.rev))],
      'known-readings',
    );
    for (const row of rows) known.set(readingKey(row.series_id, row.at, row.revision), row.words ?? row.value);
    return known;
  }

  async saveCheckpoint(board: string, checkpoint: Omit<Checkpoint, 'journalHash'>): Promise<void> {
    const { seq, epoch, reducerVersion, chainHash, stateHash, body } = checkpoint;
    await this.#query(sql.SAVE_CHECKPOINT, [board, seq, epoch, reducerVersion, chainHash, stateHash, body]);
    await this.#query(sql.KEEP_CHECKPOINTS, [board, CHECKPOINTS_KEPT]);
  }

  /** Newest first. None of them is to be trusted before its hashes have been checked. */
  async checkpoints(board: string): Promise<Checkpoint[]> {
    const { rows } = await this.#query(sql.CHECKPOINTS, [board]);
    return rows.map((row) => ({
      seq: Number(row.seq),
      epoch: row.epoch,
      reducerVersion: row.reducer_version,
      chainHash: row.chain_hash,
      stateHash: row.state_hash,
      body: row.body,
      journalHash: row.journal_hash,
    }));
  }

  /** Readings in the projection that came with events up to `seq`. */
  async countReadings(board: string, seq: number): Promise<number> {
    const { rows } = await this.#query(sql.COUNT_READINGS, [board, seq]);
    return Number(rows[0].n);
  }

  async #query(text: string, values: unknown[], name?: string): Promise<pg.QueryResult> {
    try {
      return await this.pool.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      throw new StoreDown(error);
    }
  }
}

/** JSON text has no control characters of its own, so this one parts it; the driver's quoting would cost as much as the rest of an append. */
const SEPARATOR = '\x1e';

/** Numbers, or lists of them, need no quoting: a ready-made array literal is several times cheaper than the driver's. */
function numberArray(values: readonly (number | string)[]): string {
  return `{${values.join(',')}}`;
}
function listed(readings: readonly Reading[], of: (reading: Reading) => number | null): string {
  return readings.map((reading) => of(reading) ?? 'null').join(',');
}
