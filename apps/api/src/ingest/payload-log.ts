/**
 * What came in lately by each feed, and what its sender was told: for the people who look after feeds, not for the record (that is
 * the journal). Nobody waits for it: payloads are put aside and written together, and a feed that pushes faster than that keeps its
 * refused ones and some of the others. A log that cannot be written loses lines, never readings.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { BoardId, FeedId } from '@comm-cell/board/definition';
import type { PayloadLine, PayloadVerdict } from '@comm-cell/contract/feeds';
import { DataSource } from 'typeorm';
import type { RawBody } from './raw-body.js';

export const PAYLOADS_KEPT = 50;
const KEPT_DAYS = 14;
const WRITE_MS = 2_000;
/** A larger body is logged without itself: it can be looked at in its receipt, not replayed. */
const BODY_KEPT = 262_144;
/** Put aside between two writings: accepted ones of one feed, and all together. */
const ACCEPTED_KEPT = 5;
const WAITING_KEPT = 400;
const WAITING_BYTES = 16 * 1_048_576;
const PRUNE_EVERY = 1_800;

export interface Delivered {
  board: BoardId;
  feed: FeedId;
  door: PayloadLine['door'];
  body: RawBody;
  sender: string;
  batch: string | null;
  status: number;
  verdict: PayloadVerdict;
  told: Record<string, unknown>;
}
export type StoredPayload = PayloadLine & { headers: Record<string, string>; body: Buffer | null };

interface Row {
  payload_id: string;
  received_at: Date;
  door: PayloadLine['door'];
  content_type: string;
  headers: Record<string, string>;
  sender: string;
  batch: string | null;
  size: number;
  status: number;
  verdict: PayloadVerdict;
  told: Record<string, unknown>;
  kept: boolean;
  body?: Buffer | null;
}

const COLUMNS = `payload_id, received_at, door, content_type, headers, sender, batch, size, status, verdict, told, body is not null as kept`;

const lineOf = (row: Row): PayloadLine => ({
  id: row.payload_id,
  at: row.received_at.getTime(),
  door: row.door,
  contentType: row.content_type,
  size: row.size,
  sender: row.sender,
  batch: row.batch,
  status: row.status,
  verdict: row.verdict,
  told: row.told,
  kept: row.kept,
});

@Injectable()
export class PayloadLog implements OnModuleDestroy {
  readonly #log = new Logger('PayloadLog');
  #waiting: (Delivered & { at: number })[] = [];
  #accepted = new Map<string, number>();
  #bytes = 0;
  #writes = 0;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout;

  constructor(private readonly database: DataSource) {
    this.#timer = setInterval(() => void this.write(), WRITE_MS);
    this.#timer.unref();
  }

  /** Puts a delivery aside. The body is kept by reference until it is written. */
  keep(delivered: Delivered): void {
    const feed = `${delivered.board} ${delivered.feed}`;
    const accepted = this.#accepted.get(feed) ?? 0;
    const isPlain = delivered.verdict === 'accepted' || delivered.verdict === 'repeated';
    const isFull = this.#waiting.length >= WAITING_KEPT || this.#bytes > WAITING_BYTES;
    if (isFull || (isPlain && accepted >= ACCEPTED_KEPT)) return;
    if (isPlain) this.#accepted.set(feed, accepted + 1);
    this.#bytes += delivered.body.bytes.length;
    this.#waiting.push({ ...delivered, at: Date.now() });
  }

  /** Resolves when all that was put aside is written, or given up. */
  async write(): Promise<void> {
    await this.#writing;
    const rows = this.#waiting;
    this.#waiting = [];
    this.#accepted.clear();
    this.#bytes = 0;
    if (rows.length === 0) return;
    this.#writing = this.#insert(rows)
      .catch((error: unknown) => this.#log.warn(`${rows.length} payloads were not logged (${error instanceof Error ? error.message : 'unknown reason'}).`))
      .finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #insert(rows: readonly (Delivered & { at: number })[]): Promise<void> {
    const column = <Value>(of: (row: Delivered & { at: number }) => Value): Value[] => rows.map(of);
    await this.database.query(
      `insert into feed_payloads (board_id, feed_id, payload_id, received_at, door, content_type, headers, sender, batch, size, status, verdict, told, body)
       select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::jsonb[], $8::text[], $9::text[],
                            $10::int[], $11::smallint[], $12::text[], $13::jsonb[], $14::bytea[])`,
      [
        column((row) => row.board),
        column((row) => row.feed),
        column(() => randomUUID()),
        column((row) => new Date(row.at)),
        column((row) => row.door),
        column((row) => row.body.contentType),
        column((row) => JSON.stringify(row.body.headers)),
        column((row) => row.sender),
        column((row) => row.batch),
        column((row) => row.body.bytes.length),
        column((row) => row.status),
        column((row) => row.verdict),
        // Postgres keeps no zero characters in its JSON; somebody's text may hold one.
        column((row) => JSON.stringify(row.told).replaceAll('\\u0000', '\\ufffd')),
        column((row) => (row.body.bytes.length <= BODY_KEPT ? row.body.bytes : null)),
      ],
    );
    const feeds = new Map(rows.map((row) => [`${row.board} ${row.feed}`, row]));
    await this.database.query(
      `delete from feed_payloads p using (
         select board_id, feed_id, payload_id from (
           select board_id, feed_id, payload_id, row_number() over (partition by board_id, feed_id order by received_at desc) as nth
           from feed_payloads where (board_id, feed_id) in (select * from unnest($1::text[], $2::text[]))
         ) as counted where nth > $3) as old
       where p.board_id = old.board_id and p.feed_id = old.feed_id and p.payload_id = old.payload_id`,
      [[...feeds.values()].map((row) => row.board), [...feeds.values()].map((row) => row.feed), PAYLOADS_KEPT],
    );
    if (this.#writes++ % PRUNE_EVERY === 0)
      await this.database.query(`delete from feed_payloads where received_at < now() - make_interval(days => $1)`, [KEPT_DAYS]);
  }

  /** Newest first. */
  async newest(board: BoardId, feed: FeedId): Promise<PayloadLine[]> {
    await this.write();
    const rows = await this.database.query<Row[]>(
      `select ${COLUMNS} from feed_payloads where board_id = $1 and feed_id = $2 order by received_at desc limit $3`,
      [board, feed, PAYLOADS_KEPT],
    );
    return rows.map(lineOf);
  }

  async find(board: BoardId, feed: FeedId, id: string): Promise<StoredPayload | undefined> {
    if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
    const [row] = await this.database.query<Row[]>(
      `select ${COLUMNS}, body from feed_payloads where board_id = $1 and feed_id = $2 and payload_id::text = $3`,
      [board, feed, id],
    );
    return row && { ...lineOf(row), headers: row.headers, body: row.body ?? null };
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.write();
  }
}
