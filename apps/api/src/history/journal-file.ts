/**
 * A board's whole journal as a file of lines (NDJSON): a head, every event as it was recorded with its place and hash, a tail.
 * Read on another machine it folds to the same states and carries the same hashes; a line that was changed, left out or put
 * elsewhere is found before anything is stored.
 */
import { createReadStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { z } from 'zod';
import { connectOwner, DatabaseError, ensurePartitions } from '../database/schema.js';
import { genesis, link } from '../journal/chain.js';
import type { Journal } from '../journal/journal.js';

const PAGE = 2_000;
const FORMAT = 1;

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const headLine = z.strictObject({
  commCell: z.literal('journal'),
  format: z.literal(FORMAT),
  board: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  firstEpoch: z.uuid(),
  /** Epoch ms. */
  writtenAt: z.number(),
});
const eventLine = z.strictObject({ seq: z.int().min(1), at: z.number(), source: z.string(), hash: hex, body: z.string() });
const tailLine = z.strictObject({ end: z.literal(true), seq: z.int().min(0), hash: hex });

/** The lines of the file, up to where the journal stood when it was begun. */
export async function* journalLines(journal: Journal, board: string, now: number): AsyncGenerator<string> {
  const head = await journal.head(board);
  if (!head) throw new DatabaseError(`There is no board "${board}".`);
  yield `${JSON.stringify({ commCell: 'journal', format: FORMAT, board, firstEpoch: head.firstEpoch, writtenAt: now })}\n`;
  for (let seq = 0; seq < head.seq;) {
    const rows = await journal.rowsAfter(board, seq, Math.min(PAGE, head.seq - seq));
    if (rows.length === 0) throw new DatabaseError(`Events ${seq + 1} to ${head.seq} of board "${board}" are missing: run npm run verify.`);
    yield rows.map((row) => `${JSON.stringify({ seq: row.seq, at: row.at, source: row.source, hash: row.hash.toString('hex'), body: row.body })}\n`).join('');
    seq = rows.at(-1)!.seq;
  }
  yield `${JSON.stringify({ end: true, seq: head.seq, hash: head.hash.toString('hex') })}\n`;
}

/**
 * Takes a journal file in as a board that is not there yet, under an epoch of its own. Everything or nothing.
 * Throws a sentence that names the line which does not fit.
 */
export async function importJournal(url: string, file: string): Promise<{ board: string; seq: number; hash: string }> {
  const client = await connectOwner(url);
  try {
    await client.query('begin');
    const reader = new JournalReader(file);
    const { board, firstEpoch } = await reader.head();
    const there = await client.query('select from board_head where board_id = $1', [board]);
    if (there.rowCount) throw new DatabaseError(`There is a board "${board}" already: a journal is taken in where there is none.`);
    const copy = client.query(copyFrom(`copy journal (board_id, seq, recorded_at, kind, source, body, hash) from stdin`));
    await pipeline(Readable.from(reader.rows()), copy);
    await client.query('insert into board_head (board_id, epoch, first_epoch, seq, hash) values ($1, $2, $3, $4, $5)', [
      board,
      randomUUID(),
      firstEpoch,
      reader.seq,
      reader.hash,
    ]);
    await project(client, board);
    await client.query('commit');
    return { board, seq: reader.seq, hash: reader.hash.toString('hex') };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
}

/** What stands beside the journal follows from it: numbers of series, and the readings. */
async function project(client: pg.Client, board: string): Promise<void> {
  await client.query(
    `insert into series (board_id, series_no, series_id)
     select distinct $1, (s.value ->> 'no')::int, s.key from journal j, jsonb_each(j.body::jsonb -> 'definition' -> 'series') as s
     where j.board_id = $1 and j.kind = 'BoardDefined' on conflict do nothing`,
    [board],
  );
  const months = await client.query<{ month: Date }>(
    `select distinct date_trunc('month', to_timestamp((r ->> 'at')::float8 / 1000)) as month
     from journal j, jsonb_array_elements(j.body::jsonb -> 'readings') as r where j.board_id = $1 and j.kind = 'ReadingsRecorded' order by 1`,
    [board],
  );
  for (const { month } of months.rows) await ensurePartitions(client, month);
  await client.query(
    `insert into readings (board_id, series_no, observed_at, revision, value, words, seq)
     select $1, s.series_no, to_timestamp((r ->> 'at')::float8 / 1000), coalesce((r ->> 'rev')::smallint, 0),
       case when jsonb_typeof(r -> 'value') = 'number' then (r ->> 'value')::float8 end, case when jsonb_typeof(r -> 'value') = 'string' then r ->> 'value' end, j.seq
     from journal j, jsonb_array_elements(j.body::jsonb -> 'readings') as r join series s on s.board_id = $1 and s.series_id = r ->> 'series'
     where j.board_id = $1 and j.kind = 'ReadingsRecorded'`,
    [board],
  );
}

class JournalReader {
  seq = 0;
  hash: Buffer = Buffer.alloc(0);
  #line = 0;
  #board = '';
  #lines: AsyncIterator<string>;

  constructor(readonly file: string) {
    this.#lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })[Symbol.asyncIterator]();
  }

  async head(): Promise<z.infer<typeof headLine>> {
    const head = this.#parse(headLine, await this.#next(), 'This is no journal file, or one of another release');
    this.#board = head.board;
    this.hash = genesis(head.board, head.firstEpoch);
    return head;
  }

  /** Rows for COPY, each proved by the hash of the one before. */
  async *rows(): AsyncGenerator<string> {
    for (;;) {
      const text = await this.#next();
      if (text === undefined) throw new DatabaseError(`The file ends after line ${this.#line}, in the middle: it was cut. Nothing was taken in.`);
      if (text.startsWith('{"end"')) return this.#end(text);
      const { seq, at, source, hash, body } = this.#parse(eventLine, text, 'This is no event');
      this.hash = link(this.hash, seq, at, source, body);
      if (seq !== this.seq + 1 || this.hash.toString('hex') !== hash)
        throw new DatabaseError(
          `Line ${this.#line} of the file does not follow from the line before: something was changed, left out or moved. Nothing was taken in.`,
        );
      this.seq = seq;
      const kind = (JSON.parse(body) as { kind: string }).kind;
      yield `${[this.#board, seq, new Date(at).toISOString(), kind, source, body, `\\x${hash}`].map(escaped).join('\t')}\n`;
    }
  }

  #end(text: string): void {
    const tail = this.#parse(tailLine, text, 'This is no end of a journal file');
    if (tail.seq !== this.seq || tail.hash !== this.hash.toString('hex'))
      throw new DatabaseError(`The file names ${tail.seq} events and holds ${this.seq}. Nothing was taken in.`);
  }

  async #next(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next().catch((error: unknown) => {
      throw new DatabaseError(`The file ${this.file} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
    });
    this.#line++;
    return done ? undefined : (value as string);
  }

  #parse<T>(codec: z.ZodType<T>, text: string | undefined, fault: string): T {
    try {
      return codec.parse(JSON.parse(text ?? ''));
    } catch {
      throw new DatabaseError(`${fault} (line ${this.#line} of ${this.file}). Nothing was taken in.`);
    }
  }
}

/** COPY's text form: a backslash stands before what would end a field or a line. */
function escaped(value: string | number): string {
  return String(value).replace(/[\\\n\r\t]/g, (char) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[char]!);
}
