/** Reads the trail, and proves that nobody has been at it. */
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';
import type { AuditEntry, AuditPage, AuditQuery, Proof } from '@comm-cell/contract/audit';
import { parseEvent } from '@comm-cell/contract/journal';
import { BoardReads } from '../database/scoped.js';
import { genesis, link } from '../journal/chain.js';
import { Journal, type JournalRow, StoreDown } from '../journal/journal.js';
import { doingOf } from './trail.js';
import { TRAIL } from './trail.sql.js';

/** A file has so many rows at most; what is older is asked for with `before`. */
const FILE_MOST = 50_000;
const FILE_PAGE = 2_000;
/** Events of one answer of the proof, and of one look at the database. */
const PROOF_MOST = 20_000;
const PROOF_PAGE = 2_000;

interface TrailRow {
  seq: string;
  at: number;
  kind: BoardEvent['kind'];
  body: string;
  hash: Buffer;
}

@Injectable()
export class AuditTrail {
  constructor(
    private readonly journal: Journal,
    private readonly reads: BoardReads,
  ) {}

  async page(board: BoardId, { before, kind, person }: AuditQuery, most: number): Promise<AuditPage> {
    const asked = [board, before ?? Number.MAX_SAFE_INTEGER, kind ?? null, person ?? null, most + 1];
    const { rows } = await this.reads
      .scoped(board, (scoped) => scoped.query<TrailRow>(TRAIL, asked))
      .catch((error: unknown) => {
        throw new StoreDown(error);
      });
    const shown = rows.slice(0, most);
    const last = shown.at(-1);
    return { entries: shown.flatMap(entryOf), ...(rows.length > most && last ? { before: Number(last.seq) } : {}) };
  }

  async all(board: BoardId, query: AuditQuery): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    let before = query.before;
    do {
      const page = await this.page(board, { ...query, ...(before === undefined ? {} : { before }) }, FILE_PAGE);
      entries.push(...page.entries);
      before = page.before;
    } while (before !== undefined && entries.length < FILE_MOST);
    return entries;
  }

  /**
   * The chain from event `from` on, worked out from the stored texts. It leans on the stored hash before `from`: a proof that began
   * at 1 and went on from stretch to stretch leans on nothing but the name of the board and its first epoch.
   */
  async prove(board: BoardId, from: number): Promise<Proof> {
    const head = (await this.journal.head(board))!;
    const proof = (to: number, fault?: Proof['fault']): Proof => ({
      from,
      to,
      holds: fault === undefined,
      ...(fault && { fault }),
      head: { seq: head.seq, hash: head.hash.toString('hex') },
      ...(fault === undefined && to < head.seq ? { next: to + 1 } : {}),
    });
    let seq = Math.max(1, from) - 1;
    const [before] = seq === 0 ? [] : await this.journal.rowsAfter(board, seq - 1, 1);
    if (seq > 0 && before?.seq !== seq) return proof(seq, { seq, what: 'missing' });
    let hash: Buffer = before?.hash ?? genesis(board, head.firstEpoch);
    const end = Math.min(head.seq, seq + PROOF_MOST);
    while (seq < end) {
      const rows: JournalRow[] = await this.journal.rowsAfter(board, seq, Math.min(PROOF_PAGE, end - seq));
      if (rows.length === 0) return proof(seq, { seq: seq + 1, what: 'missing' });
      for (const row of rows) {
        if (row.seq !== seq + 1) return proof(seq, { seq: seq + 1, what: 'missing' });
        hash = link(hash, row.seq, row.at, row.source, row.body);
        if (!hash.equals(row.hash)) return proof(row.seq, { seq: row.seq, what: 'changed' });
        seq = row.seq;
      }
      // Hashing a long history must not keep the walls waiting.
      await setImmediate();
    }
    return seq === head.seq && !hash.equals(head.hash) ? proof(seq, { seq, what: 'head' }) : proof(seq);
  }
}

function entryOf({ seq, at, kind, body, hash }: TrailRow): AuditEntry[] {
  const doing = doingOf(parseEvent(body));
  return doing ? [{ seq: Number(seq), at, kind, ...doing, hash: hash.toString('hex') }] : [];
}
