/**
 * A board's whole journal as a file of lines (NDJSON): a head, every event as it was recorded with its place and hash, a tail.
 * Read on another machine it folds to the same states and carries the same hashes; a line that was changed, left out or put
 * elsewhere is found before anything is stored. A story (libs/contract/src/story.ts) is taken in the same way: it has no place or
 * hash of its own yet, and gets them here.
 */
import { createReadStream } from 'node:fs';
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BoardEvent } from '@comm-cell/board/events';
import { type StoryState, storyEvent, storyHead, storyState, storyTail } from '@comm-cell/contract/story';
import { z } from 'zod';
import { connectOwner, DatabaseError, ensurePartitions } from '../database/schema.js';
import { genesis, link } from '../journal/chain.js';
import type { Journal } from '../journal/journal.js';

const PAGE = 2_000;
/** Characters of rows that go to the database at once. */
const PIECE = 65_536;
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
 * Takes a journal file or a story in as a board that is not there yet, under an epoch of its own. Everything or nothing.
 * Nobody is told of anything in it: messages belong to the moment they were about. Throws a sentence that names the line which
 * does not fit.
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
    await pipeline(Readable.from(gathered(journalRows(reader, board))), copy);
    const epoch = randomUUID();
    await client.query('insert into board_head (board_id, epoch, first_epoch, seq, hash) values ($1, $2, $3, $4, $5)', [
      board,
      epoch,
      firstEpoch,
      reader.seq,
      reader.hash,
    ]);
    await project(client, file, reader);
    for (const { state, seq, chainHash } of reader.states) {
      const kept = [board, seq, chainHash, state.hash, state.body];
      await (state.snapshot === null
        ? client.query(CHECKPOINT, [...kept, epoch, reader.reducer])
        : client.query(SNAPSHOT, [...kept, state.snapshot, state.at]));
    }
    await client.query('commit');
    return { board, seq: reader.seq, hash: reader.hash.toString('hex') };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
}

const CHECKPOINT = `insert into checkpoints (board_id, seq, chain_hash, state_hash, body, epoch, reducer_version) values ($1, $2, $3, $4, $5, $6, $7)`;
const SNAPSHOT = `
insert into snapshots (board_id, seq, chain_hash, state_hash, body, snapshot_id, at) values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000))`;

async function* journalRows(reader: JournalReader, board: string): AsyncGenerator<string> {
  for await (const { seq, at, kind, source, body, hash } of reader.rows())
    yield `${[board, seq, new Date(at).toISOString(), kind, source, body, `\\x${hash.toString('hex')}`].map(escaped).join('\t')}\n`;
}

/** What stands beside the journal follows from it: numbers of series, and the readings, for which the file is read once more. */
async function project(client: pg.Client, file: string, { board, series, months }: JournalReader): Promise<void> {
  await client.query('insert into series (board_id, series_no, series_id) select $1, no, id from unnest($2::int[], $3::text[]) as s(no, id)', [
    board,
    [...series.values()],
    [...series.keys()],
  ]);
  for (const month of [...months].sort((a, b) => a - b)) await ensurePartitions(client, new Date(month));
  const again = new JournalReader(file);
  await again.head();
  const copy = client.query(copyFrom('copy readings (board_id, series_no, observed_at, revision, value, words, seq) from stdin'));
  await pipeline(Readable.from(gathered(readingRows(again, series))), copy);
}

async function* readingRows(reader: JournalReader, numbers: ReadonlyMap<string, number>): AsyncGenerator<string> {
  for await (const { seq, event } of reader.rows()) {
    if (event.kind !== 'ReadingsRecorded') continue;
    yield event.readings
      .map(({ series, at, rev = 0, value }) => {
        const no = numbers.get(series);
        if (no === undefined) throw new DatabaseError(`Event ${seq} of the file has a reading of "${series}", which it never defines. Nothing was taken in.`);
        const [number, words] = typeof value === 'string' ? ['\\N', escaped(value)] : [value ?? '\\N', '\\N'];
        return `${reader.board}\t${no}\t${new Date(at).toISOString()}\t${rev}\t${number}\t${words}\t${seq}\n`;
      })
      .join('');
  }
}

/** Each piece is a write to the database's socket: a row by itself costs more to send than to prove. */
async function* gathered(rows: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const row of rows) {
    text += row;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

interface Row {
  seq: number;
  at: number;
  kind: string;
  source: string;
  body: string;
  hash: Buffer;
  event: BoardEvent;
}

/** Reads either kind of file from its head to its tail, and proves it on the way. */
class JournalReader {
  board = '';
  seq = 0;
  hash: Buffer = Buffer.alloc(0);
  /** Of a story: the version that folded its states. */
  reducer = 0;
  /** States of a story, each with its place. */
  readonly states: { state: StoryState; seq: number; chainHash: Buffer }[] = [];
  /** Numbers of all series that were ever defined, by their id. */
  readonly series = new Map<string, number>();
  /** First moments of the months (UTC) with readings. */
  readonly months = new Set<number>();
  /** Of a story: of everything read so far. */
  #digest: Hash | undefined;
  #line = 0;
  #lines: AsyncIterator<string>;

  constructor(readonly file: string) {
    this.#lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })[Symbol.asyncIterator]();
  }

  /** A story gets the first epoch of its own; twice the same one would be two boards of one history. */
  async head(): Promise<{ board: string; firstEpoch: string }> {
    const text = await this.#next();
    const head = this.#parse(z.union([headLine, storyHead]), text, 'This is no journal file, or one of another release');
    const firstEpoch = head.commCell === 'story' ? randomUUID() : head.firstEpoch;
    if (head.commCell === 'story') {
      this.reducer = head.reducer;
      this.#digest = createHash('sha256').update(`${text}\n`);
    }
    this.board = head.board;
    this.hash = genesis(head.board, firstEpoch);
    return { board: head.board, firstEpoch };
  }

  /** Each proved by the hash of the one before; those of a story all together, by its tail. */
  async *rows(): AsyncGenerator<Row> {
    for (;;) {
      const text = await this.#next();
      if (text === undefined) throw new DatabaseError(`The file ends after line ${this.#line}, in the middle: it was cut. Nothing was taken in.`);
      if (text.startsWith('{"end"')) return this.#end(text);
      this.#digest?.update(`${text}\n`);
      if (this.#digest && text.startsWith('{"snapshot"')) this.#state(text);
      else yield this.#digest ? this.#told(text) : this.#recorded(text);
    }
  }

  #told(text: string): Row {
    const { at, source, body } = this.#parse(storyEvent, text, 'This is no event');
    return this.#row(this.seq + 1, at, source, body);
  }

  #recorded(text: string): Row {
    const { seq, at, source, hash, body } = this.#parse(eventLine, text, 'This is no event');
    const place = this.seq + 1;
    const row = this.#row(seq, at, source, body);
    if (seq !== place || this.hash.toString('hex') !== hash)
      throw new DatabaseError(
        `Line ${this.#line} of the file does not follow from the line before: something was changed, left out or moved. Nothing was taken in.`,
      );
    return row;
  }

  #row(seq: number, at: number, source: string, body: string): Row {
    this.hash = link(this.hash, seq, at, source, body);
    this.seq = seq;
    const event = JSON.parse(body) as BoardEvent;
    if (event.kind === 'BoardDefined') for (const { id, no } of Object.values(event.definition.series)) this.series.set(id, no);
    if (event.kind === 'ReadingsRecorded') for (const reading of event.readings) this.months.add(monthOf(reading.at));
    return { seq, at, kind: event.kind, source, body, hash: this.hash, event };
  }

  #state(text: string): void {
    const state = this.#parse(storyState, text, 'This is no state of a board');
    this.states.push({ state, seq: this.seq, chainHash: this.hash });
  }

  #end(text: string): void {
    const counted = (events: number): void => {
      if (events !== this.seq) throw new DatabaseError(`The file names ${events} events and holds ${this.seq}. Nothing was taken in.`);
    };
    if (this.#digest) {
      const tail = this.#parse(storyTail, text, 'This is no end of a story');
      counted(tail.events);
      if (tail.sha256 !== this.#digest.digest('hex')) throw new DatabaseError('The story was changed after it was written. Nothing was taken in.');
      return;
    }
    const tail = this.#parse(tailLine, text, 'This is no end of a journal file');
    counted(tail.seq);
    if (tail.hash !== this.hash.toString('hex')) throw new DatabaseError('The end of the file names another event than its last one. Nothing was taken in.');
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

function monthOf(moment: number): number {
  const day = new Date(moment);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}

/** COPY's text form: a backslash stands before what would end a field or a line. */
function escaped(value: string | number): string {
  return String(value).replace(/[\\\n\r\t]/g, (char) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[char]!);
}
