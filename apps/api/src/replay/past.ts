/**
 * Any moment of a board's past. What was shown is a waypoint and the events after it: read, proved by the hash chain, and either
 * handed on as text for others to fold, or folded here. What is known now is that with the late readings in their place.
 */
import { createHash } from 'node:crypto';
import type { BoardDefinition, BoardId } from '@comm-cell/board/definition';
import type { Entry } from '@comm-cell/board/events';
import { Fold, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, stateText } from '@comm-cell/board/state';
import { LEAD_MS, seriesFor, underToday } from '@comm-cell/board/decide/under-today';
import { differencesBetween, knownState, neededFor } from '@comm-cell/board/known';
import { parseEvent } from '@comm-cell/contract/journal';
import type { EntriesAnswer, ReadAs, SeekAnswer, Span, StateAnswer } from '@comm-cell/contract/replay';
import { Refusal } from '../access/refusal.js';
import type { BoardQuery, BoardReads } from '../database/scoped.js';
import { genesis, link } from '../journal/chain.js';
import { type StoredHead, StoreDown } from '../journal/journal.js';
import * as sql from '../journal/journal.sql.js';
import { readingsBetween } from '../journal/readings-between.js';
import { Lately, Turns } from './turns.js';
import { assertInChain, BadWaypoint, bodyAt, stateIn, type WaypointRow, type Waypoints } from './waypoints.js';

/** A moment is named by itself, or by a place in the journal. */
export type When = { at: number } | { seq: number };

interface EntryRow {
  seq: string;
  at: number;
  kind: string;
  source: string;
  body: string;
  hash: Buffer;
}

/** What leads to a moment, unread. `start` undefined: from the very beginning. */
interface Way {
  epoch: string;
  seq: number;
  at: number;
  start: { seq: number; at: number; body: string } | undefined;
  entries: EntryRow[];
  drawn: SeekAnswer['drawn'];
  chainHash: Buffer;
}

export interface Shown {
  epoch: string;
  seq: number;
  at: number;
  state: BoardState;
  hash: string;
  chainHash: Buffer;
}

const AT_ONCE = 2;
/** Texts of waypoints kept at hand, characters. */
const TEXTS_KEPT = 16 * 1024 * 1024;
/** Folded moments kept at hand: people look at the same moment together, and at two in turn. */
const MOMENTS_KEPT = 6;
/** More events than this between a waypoint and a moment, and the way is laid first. */
const FAR_ENTRIES = 10_000;
const SPELL_MS = 6;
/** What screens reported earlier than this before a moment does not speak for it. */
const DRAWN_MS = 2 * 60_000;

export class Past {
  #turns = new Turns(AT_ONCE);
  #texts = new Lately<string>(TEXTS_KEPT);
  #moments = new Lately<Shown & { drawn: SeekAnswer['drawn'] }>(MOMENTS_KEPT);
  /** Questions under way: whoever asks the same gets the same answer. */
  #asked = new Map<string, Promise<unknown>>();

  constructor(
    private readonly reads: BoardReads,
    private readonly waypoints: Waypoints,
  ) {}

  async span(board: BoardId): Promise<Span> {
    return this.#scoped(board, async (query) => {
      const head = await headOf(query, board);
      const { rows } = await query.query<{ first_at: number; last_at: number }>(sql.SPAN, [board]);
      if (!rows[0]) throw nothingYet();
      return { epoch: head.epoch, from: rows[0].first_at, to: rows[0].last_at, seq: head.seq };
    });
  }

  /** The answer of `replay/seek` as JSON text: neither the waypoint nor the events are parsed. */
  seek(board: BoardId, when: When): Promise<string> {
    return this.#once(`seek ${board} ${JSON.stringify(when)}`, async () => seekText(await this.#way(board, when)));
  }

  /** What the board stood at, folded, with the hash of it. */
  async shown(board: BoardId, when: When): Promise<Shown> {
    return this.#once(`shown ${board} ${JSON.stringify(when)}`, () => this.#fold(board, when));
  }

  /** `today`: the state at the head, for its definition and rules. */
  async state(board: BoardId, when: When, as: ReadAs, today: BoardState): Promise<StateAnswer> {
    return this.#once(`${as} ${board} ${JSON.stringify(when)}`, async () => {
      const { drawn, ...shown } = await this.#fold(board, when);
      const { epoch, seq, at, hash, state } = shown;
      const isToday = as === 'today';
      if (as === 'shown') return { epoch, seq, at, as, hash, drawn: await this.#agreed(board, shown, drawn), state, under: underOf(state, false) };
      if (isToday && !today.definition) throw nothingYet();
      const known = await this.#known(board, shown, isToday ? today.definition : state.definition);
      const told = isToday ? await this.#underToday(board, known, today, at) : known;
      return { epoch, seq, at, as, hash: null, drawn: null, state: told, differences: differencesBetween(state, told), under: underOf(told, isToday) };
    });
  }

  /** Events after a seq, as JSON text. */
  async entries(board: BoardId, { after, until, most }: { after: number; until: number; most: number }): Promise<string> {
    return this.#scoped(board, async (query) => {
      const head = await headOf(query, board);
      const { rows } = await query.query<EntryRow>({ name: 'entries-until', text: sql.ENTRIES_UNTIL, values: [board, after, until, most] });
      const to = rows.length > 0 ? Number(rows.at(-1)!.seq) : after;
      // Fewer than were asked for: the moment or the head has been reached.
      const more = rows.length === most && to < head.seq;
      const answer: Omit<EntriesAnswer, 'entries'> = { epoch: head.epoch, to, more };
      return `${JSON.stringify(answer).slice(0, -1)},"entries":[${entriesText(rows)}]}`;
    });
  }

  async #known(board: BoardId, { seq, at, state }: Shown, definition: BoardDefinition | null): Promise<BoardState> {
    if (!definition) return state;
    const needs = neededFor(state, definition, at);
    const { bucketMs, buckets } = definition.trend;
    const readings = await this.#scoped(board, async (query) => {
      const { rows: brought } = await query.query<{ seq: string }>(sql.BROUGHT_IN, [board, seq]);
      const { rows } = await query.query<LateRow>(sql.LATE_READINGS, [
        board,
        needs.map(({ series }) => series),
        needs.map(({ since }) => since),
        at,
        seq,
        brought.map((one) => one.seq),
        needs.map(({ anew }) => anew),
        bucketMs * buckets,
      ]);
      return rows;
    });
    return knownState(
      state,
      definition,
      needs,
      readings.map(({ series_id, at: observedAt, revision, value, words, recorded_at }) => ({
        series: series_id,
        at: observedAt,
        value: words ?? value,
        recordedAt: recorded_at,
        ...(revision === 0 ? {} : { rev: revision }),
      })),
    );
  }

  async #underToday(board: BoardId, known: BoardState, today: BoardState, at: number): Promise<BoardState> {
    const lines = await this.#scoped(board, (query) => readingsBetween(query, today.definition!, seriesFor(today), at - LEAD_MS, at + 1));
    const work = underToday(known, today, at, lines);
    for (let began = performance.now(); ;) {
      const step = work.next();
      if (step.done) return step.value;
      if (performance.now() - began < SPELL_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
  }

  /** How many of the screens that reported had drawn what the journal folds to. */
  async #agreed(board: BoardId, shown: Shown, drawn: SeekAnswer['drawn']): Promise<StateAnswer['drawn']> {
    if (!drawn) return null;
    const { hash } = drawn.seq === shown.seq ? shown : await this.#fold(board, { seq: drawn.seq });
    const displays = drawn.reports.reduce((sum, report) => sum + report.displays, 0);
    const agreed = drawn.reports.find((report) => report.hash === hash)?.displays ?? 0;
    return { minute: drawn.minute, seq: drawn.seq, displays, agreed, different: displays - agreed };
  }

  async #fold(board: BoardId, when: When): Promise<Shown & { drawn: SeekAnswer['drawn'] }> {
    const way = await this.#way(board, when);
    const key = `${board} ${way.epoch} ${way.seq}`;
    const kept = this.#moments.get(key);
    if (kept) return { ...kept, at: way.at, drawn: way.drawn };
    const fold = Fold.inPlace(way.start ? stateIn(way.start.body) : structuredClone(emptyBoard));
    let began = performance.now();
    for (const { body, at } of way.entries) {
      fold.apply(parseEvent(body), at);
      if (performance.now() - began < SPELL_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    const state = fold.finish();
    const { epoch, seq, at, drawn, chainHash } = way;
    const folded = { epoch, seq, at, drawn, chainHash, state, hash: createHash('sha256').update(stateText(state)).digest('hex') };
    this.#moments.set(key, folded, 1);
    return folded;
  }

  /** Finds the way to a moment; a waypoint that is not as it was laid is lifted, and a way that is too long is laid first. */
  async #way(board: BoardId, when: When): Promise<Way> {
    for (let laid = false; ;) {
      const found = await this.#scoped(board, (query) => this.#look(query, board, when));
      if ('bad' in found) await this.waypoints.lift(board, found.epoch, found.bad, found.why);
      else if (!('far' in found)) return found;
      else if (laid) throw new Refusal(503, 'not-ready', 'The past of this board is not ready to be looked at.', 'Try again in a minute.', undefined, {}, 60);
      else {
        await this.waypoints.lay(board, found.far, true);
        laid = true;
      }
    }
  }

  async #look(query: BoardQuery, board: BoardId, when: When): Promise<Way | { far: number } | { bad: number; epoch: string; why: string }> {
    const head = await headOf(query, board);
    const bySeq = 'seq' in when;
    if (bySeq && when.seq > head.seq) throw nothingYet();
    const upTo = bySeq ? when.seq : head.seq;
    // What lies ahead has not been shown; a screen's clock may be a little before this one.
    const at = bySeq ? await recordedAt(query, board, upTo) : Math.min(when.at, Date.now());
    const bounds = [board, head.epoch, REDUCER_VERSION, at, upTo];
    // Sent together: the answers come one after the other on the one connection.
    const [near, stretch] = await Promise.all([
      query.query<WaypointRow>({ name: 'waypoint-at', text: sql.WAYPOINT_AT, values: bounds }),
      query.query<EntryRow>({ name: 'entries-to', text: sql.ENTRIES_TO, values: [...bounds, FAR_ENTRIES + 1] }),
    ]);
    const [waypoint] = near.rows;
    const entries = stretch.rows;
    if (entries.length > FAR_ENTRIES) return { far: upTo };
    const from = waypoint ? Number(waypoint.seq) : 0;
    const seq = from + entries.length;
    if (seq === 0) throw nothingYet();
    try {
      if (waypoint) assertInChain(waypoint);
      const start = waypoint && { seq: from, at: waypoint.at, body: await this.#text(query, board, head.epoch, from, waypoint.body_hash) };
      const chainHash = proveChain(from, waypoint?.chain_hash ?? genesis(board, head.firstEpoch), entries);
      return { epoch: head.epoch, seq, at, start, entries, chainHash, drawn: await drawnAt(query, board, seq, at) };
    } catch (error) {
      if (!(error instanceof BadWaypoint)) throw error;
      return { bad: from, epoch: head.epoch, why: error.message };
    }
  }

  async #text(query: BoardQuery, board: BoardId, epoch: string, seq: number, bodyHash: Buffer): Promise<string> {
    const key = `${board} ${epoch} ${seq}`;
    const kept = this.#texts.get(key);
    if (kept !== undefined) return kept;
    const body = await bodyAt(query, board, epoch, seq, bodyHash);
    this.#texts.set(key, body, body.length);
    return body;
  }

  async #once<Result>(question: string, work: () => Promise<Result>): Promise<Result> {
    const asked = this.#asked.get(question);
    if (asked) return asked as Promise<Result>;
    const answer = this.#turns.take(work).finally(() => this.#asked.delete(question));
    this.#asked.set(question, answer);
    return answer;
  }

  async #scoped<Result>(board: BoardId, work: (query: BoardQuery) => Promise<Result>): Promise<Result> {
    try {
      return await this.reads.scoped(board, work);
    } catch (error) {
      if (error instanceof Refusal || error instanceof TypeError) throw error;
      throw new StoreDown(error);
    }
  }
}

interface LateRow {
  series_id: string;
  at: number;
  revision: number;
  value: number | null;
  words: string | null;
  recorded_at: number;
}

function nothingYet(): Refusal {
  return new Refusal(404, 'nothing-yet', 'Nothing has happened on this board at that moment.', 'Ask for a moment within replay/span.');
}

async function headOf(query: BoardQuery, board: BoardId): Promise<StoredHead> {
  const { rows } = await query.query<{ epoch: string; first_epoch: string; seq: string; hash: Buffer }>({ name: 'head', text: sql.HEAD, values: [board] });
  const [row] = rows;
  if (!row) throw nothingYet();
  return { epoch: row.epoch, firstEpoch: row.first_epoch, seq: Number(row.seq), hash: row.hash };
}

async function recordedAt(query: BoardQuery, board: BoardId, seq: number): Promise<number> {
  const { rows } = await query.query<{ at: number }>(sql.RECORDED_AT, [board, seq]);
  if (!rows[0]) throw nothingYet();
  return rows[0].at;
}

/** What is replayed is what was journaled: every event follows from the one before. Answers the hash at the last of them. */
function proveChain(from: number, hash: Buffer, entries: readonly EntryRow[]): Buffer {
  let seq = from;
  for (const row of entries) {
    seq++;
    hash = link(hash, seq, row.at, row.source, row.body);
    if (Number(row.seq) !== seq || !hash.equals(row.hash))
      throw new Refusal(
        500,
        'broken-journal',
        `The journal of this board is broken at event ${seq}.`,
        'Tell those who run the server: "npm run verify" says more.',
      );
  }
  return hash;
}

/**
 * Under whatever epoch: after a backup was restored, the walls of before may have drawn what is no longer in the journal, and that
 * is to be seen.
 */
const DRAWN_AT = `
select n.seq, (extract(epoch from n.minute) * 1000)::float8 as minute, d.hash, sum(d.displays)::int as displays
from (select seq, minute from drawn where board_id = $1 and seq <= $2 and minute <= to_timestamp($3::float8 / 1000)
  and minute >= to_timestamp($4::float8 / 1000) order by seq desc, minute desc limit 1) n
join drawn d on d.board_id = $1 and d.seq = n.seq and d.minute = n.minute
group by n.seq, n.minute, d.hash order by displays desc, d.hash`;

async function drawnAt(query: BoardQuery, board: BoardId, seq: number, at: number): Promise<SeekAnswer['drawn']> {
  const { rows } = await query.query<{ seq: string; minute: number; hash: string; displays: number }>({
    name: 'drawn-at',
    text: DRAWN_AT,
    values: [board, seq, at, at - DRAWN_MS],
  });
  const [first] = rows;
  return first ? { minute: first.minute, seq: Number(first.seq), reports: rows.map(({ hash, displays }) => ({ hash, displays })) } : null;
}

function underOf(state: BoardState, today: boolean): StateAnswer['under'] {
  return { definedAt: state.definedAt, rulesAt: Math.max(0, ...Object.values(state.rules).map(({ since }) => since)), today };
}

const EMPTY_TEXT = JSON.stringify(emptyBoard);

/** A `SeekAnswer`, put together from texts as they are stored. */
function seekText({ epoch, seq, at, drawn, start, entries }: Way): string {
  const head: Omit<SeekAnswer, 'start' | 'entries'> = { epoch, seq, at, drawn };
  const from = `{"seq":${start?.seq ?? 0},"at":${start?.at ?? 0},"state":${start?.body ?? EMPTY_TEXT}}`;
  return `${JSON.stringify(head).slice(0, -1)},"start":${from},"entries":[${entriesText(entries)}]}`;
}

function entriesText(rows: readonly Pick<EntryRow, 'seq' | 'at' | 'kind' | 'body'>[]): string {
  return rows.map(({ seq, at, kind, body }) => `{"seq":${seq},"at":${at},"event":${kind === 'DeedDone' ? placeOf(body) : body}}`).join(',');
}

/** Who did what behind the scenes is for the auditor; a replay only needs the place. */
function placeOf(body: string): string {
  const event = parseEvent(body) as Extract<Entry['event'], { kind: 'DeedDone' }>;
  return JSON.stringify({ kind: 'DeedDone', deed: event.deed, by: null } satisfies Entry['event']);
}
