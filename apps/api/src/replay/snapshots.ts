/**
 * Named, frozen moments that people cite. The event in the journal is the truth of it (name, author, hash); the state is stored
 * beside it, so that it opens the same in years, whatever folds by then. Links are secrets: only their hash is kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardEvent, Person } from '@comm-cell/board/events';
import { type BoardState, stateText } from '@comm-cell/board/state';
import { parseEvent } from '@comm-cell/contract/journal';
import {
  type FreezeBody,
  LINK_LONGEST_MS,
  type LinkAnswer,
  type LinkBody,
  type SharedSnapshot,
  type Snapshot,
  type SnapshotHead,
  type SnapshotLink,
  type SnapshotProof,
} from '@comm-cell/contract/replay';
import { Deeds } from '../access/deeds.js';
import { Refusal } from '../access/refusal.js';
import { type BoardQuery, BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { putBy } from '../desk/freeze.js';
import { patiently } from '../desk/patience.js';
import { Journal, StoreDown } from '../journal/journal.js';
import * as sql from '../journal/journal.sql.js';
import { Past } from './past.js';
import { redacted } from './redacted.js';
import { stateIn } from './waypoints.js';

type Frozen = Extract<BoardEvent, { kind: 'SnapshotFrozen' }>;
const STORED = `select seq, chain_hash, state_hash, body from snapshots where board_id = $1 and snapshot_id = $2`;
const LINK_COLUMNS = `no, redacted, (extract(epoch from until) * 1000)::float8 as until, (extract(epoch from made_at) * 1000)::float8 as made_at, made_by,
  (extract(epoch from ended_at) * 1000)::float8 as ended_at, opened, (extract(epoch from opened_at) * 1000)::float8 as opened_at`;
const LINKS = `select ${LINK_COLUMNS} from snapshot_links where board_id = $1 and snapshot_id = $2 order by no`;
const MAKE_LINK = `
insert into snapshot_links (board_id, snapshot_id, no, secret_hash, redacted, until, made_by)
select $1, $2, coalesce(max(no), 0) + 1, $3, $4, to_timestamp($5::float8 / 1000), $6 from snapshot_links where board_id = $1 and snapshot_id = $2
returning no`;
const END_LINK = `update snapshot_links set ended_at = now() where board_id = $1 and snapshot_id = $2 and no = $3 and ended_at is null`;
/** Counted where it is still open; found in any case, so that one that is over can say so to whoever holds it. */
const OPEN_LINK = `
update snapshot_links set opened = opened + (ended_at is null and until > now())::int,
  opened_at = case when ended_at is null and until > now() then now() else opened_at end
where board_id = $1 and snapshot_id = $2 and secret_hash = $3
returning redacted, (extract(epoch from until) * 1000)::float8 as until, ended_at is null and until > now() as open`;

@Injectable()
export class Snapshots {
  constructor(
    private readonly journal: Journal,
    private readonly reads: BoardReads,
    private readonly boards: DeskBoards,
    private readonly past: Past,
    private readonly deeds: Deeds,
  ) {}

  /** The newest first. */
  async list(board: BoardId): Promise<SnapshotHead[]> {
    const { rows } = await this.#scoped(board, (query) => query.query<{ at: number; body: string }>(sql.SNAPSHOTS_FROZEN, [board]));
    return rows.map(({ at, body }) => headOf(parseEvent(body) as Frozen, at));
  }

  async freeze(board: BoardId, by: Person, { name, note, at, seq }: FreezeBody): Promise<SnapshotHead> {
    // Whoever presses "freeze" in a meeting may wait for a busy database; the keeper waits for itself.
    const shown = await patiently(() => this.past.shown(board, seq === undefined ? { at: Date.parse(at!) } : { seq }));
    const of = { seq: shown.seq, at: shown.at, hash: shown.hash };
    const snapshot = await putBy(this.journal, board, shown);
    const event: Frozen = { kind: 'SnapshotFrozen', snapshot, name, of, by, ...(note === undefined ? {} : { note }) };
    const { outcome } = await this.boards.submit<{ frozenAt: number }>(board, by, (_state, frozenAt) => ({ events: [event], outcome: { frozenAt } }));
    return headOf(event, outcome.frozenAt);
  }

  async open(board: BoardId, snapshot: string): Promise<Snapshot> {
    const links = await this.#scoped(board, (query) => query.query<LinkRow>(LINKS, [board, snapshot]));
    return { board, ...(await this.#opened(board, snapshot)), links: links.rows.map(linkOf) };
  }

  async share(board: BoardId, snapshot: string, by: Person, { until: written, redact }: LinkBody): Promise<LinkAnswer> {
    const until = Date.parse(written);
    const now = Date.now();
    if (until <= now || until > now + LINK_LONGEST_MS)
      throw new Refusal(422, 'until', 'A link ends within 90 days from now.', 'Name a moment ahead, at most 90 days.', [
        { field: 'until', code: 'until', detail: 'must lie ahead, at most 90 days' },
      ]);
    if (!(await this.list(board)).some((one) => one.snapshot === snapshot)) throw unknown();
    const secret = randomBytes(32).toString('base64url');
    const [row] = await this.#write<{ no: number }>(MAKE_LINK, [board, snapshot, digest(secret), redact, until, by.name]);
    const { no } = row!;
    await this.deeds.tell([board], {
      deed: 'snapshot-shared',
      by,
      about: snapshot,
      detail: `link ${no}, until ${new Date(until).toISOString()}${redact ? ', redacted' : ''}`,
    });
    return { no, link: `/snapshot/${board}.${snapshot}#${secret}`, until, redacted: redact };
  }

  async endLink(board: BoardId, snapshot: string, no: number, by: Person): Promise<void> {
    const { rowCount } = await this.#carryOut(END_LINK, [board, snapshot, no]);
    if (rowCount === 0) throw new Refusal(404, 'unknown-link', 'There is no such open link of this snapshot.', 'Look at its list of links again.');
    await this.deeds.tell([board], { deed: 'snapshot-link-ended', by, about: snapshot, detail: `link ${no}` });
  }

  /** `id`: board and snapshot as they stand in the link. Whoever guesses learns nothing: every wrong one gets the same answer. */
  async shared(id: string, secret: string | undefined): Promise<SharedSnapshot> {
    const [board = '', snapshot = ''] = id.split('.');
    const [link] =
      secret === undefined ? [] : await this.#write<{ redacted: boolean; until: number; open: boolean }>(OPEN_LINK, [board, snapshot, digest(secret)]);
    if (!link)
      throw new Refusal(404, 'unknown-link', 'This link does not lead to a snapshot.', 'Ask whoever gave it to you for the whole link, up to its last sign.');
    if (!link.open) throw new Refusal(410, 'link-over', 'This link has ended.', 'Ask whoever gave it to you for a new one.');
    const { name, note, of, frozenAt, by, proof, state } = await this.#opened(board, snapshot);
    const common = { board, snapshot, of, frozenAt, proof, redacted: link.redacted, until: link.until, name };
    if (link.redacted) return { ...common, state: redacted(state) };
    return { ...common, state, by: by.name, ...(note === undefined ? {} : { note }) };
  }

  /** Opening is proving: the stored state against its hash, its hash against the journal, its place against the chain. */
  async #opened(board: BoardId, snapshot: string): Promise<SnapshotHead & { state: BoardState; proof: SnapshotProof }> {
    const [frozen, stored, place] = await this.#scoped(board, async (query) => {
      const { rows } = await query.query<{ at: number; body: string }>(sql.SNAPSHOTS_FROZEN, [board]);
      const found = rows.map(({ at, body }) => headOf(parseEvent(body) as Frozen, at)).find((one) => one.snapshot === snapshot);
      const { rows: bodies } = await query.query<StoredRow>(STORED, [board, snapshot]);
      const { rows: places } = await query.query<{ hash: Buffer }>(sql.RECORDED_AT, [board, found?.of.seq ?? 0]);
      return [found, bodies[0], places[0]] as const;
    });
    if (!frozen || !stored) throw unknown();
    const state = stateIn(stored.body);
    const hash = createHash('sha256').update(stateText(state)).digest('hex');
    const content = hash === stored.state_hash;
    const journaled = frozen.of.hash === stored.state_hash && frozen.of.seq === Number(stored.seq);
    const chain = place !== undefined && place.hash.equals(stored.chain_hash);
    return { ...frozen, state, proof: { whole: content && journaled && chain, content, journaled, chain } };
  }

  async #scoped<Result>(board: BoardId, work: (query: BoardQuery) => Promise<Result>): Promise<Result> {
    return this.reads.scoped(board, work).catch((error: unknown) => {
      throw new StoreDown(error);
    });
  }

  async #write<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await this.#carryOut(text, values)).rows as Row[];
  }

  async #carryOut(text: string, values: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }> {
    return this.journal.pool.query(text, values).catch((error: unknown) => {
      throw new StoreDown(error);
    });
  }
}

interface StoredRow {
  seq: string;
  chain_hash: Buffer;
  state_hash: string;
  body: string;
}
interface LinkRow {
  no: number;
  redacted: boolean;
  until: number;
  made_at: number;
  made_by: string;
  ended_at: number | null;
  opened: number;
  opened_at: number | null;
}

function linkOf({ no, redacted: isRedacted, until, made_at, made_by, ended_at, opened, opened_at }: LinkRow): SnapshotLink {
  return {
    no,
    until,
    redacted: isRedacted,
    madeAt: made_at,
    by: made_by,
    opened,
    ...(ended_at === null ? {} : { endedAt: ended_at }),
    ...(opened_at === null ? {} : { openedAt: opened_at }),
  };
}

function headOf({ snapshot, name, note, of, by }: Frozen, frozenAt: number): SnapshotHead {
  return { snapshot, name, of, frozenAt, by, ...(note === undefined ? {} : { note }) };
}

function unknown(): Refusal {
  return new Refusal(404, 'unknown-snapshot', 'There is no such snapshot of this board.', 'The list of snapshots has their ids.');
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
