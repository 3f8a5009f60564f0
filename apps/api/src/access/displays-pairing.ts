/**
 * Letting a screen in by a code (RFC 8628, section 5.1, 5.2). Nobody can guess one in time: a code lives ten minutes and is good
 * for one screen; a person gets ten wrong tries in that time and all together a hundred; and five that begin like a code without
 * being it end that code.
 */
import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import { CODE_LENGTH, CODE_LETTERS, type DisplayView, type Pairing, type WaitingScreen } from '@comm-cell/contract/displays';
import { DataSource, type EntityManager } from 'typeorm';
import { Deeds } from './deeds.js';
import { newScreenSecret, PairedDisplays, screenSecret } from './displays-paired.js';
import { digestOf } from './people.js';
import { Refusal } from './refusal.js';

const CODE_MS = 10 * 60_000;
/** Wrong tries that begin like a code end it. */
const TRIES_A_CODE = 5;
const TRIES_A_PERSON = 10;
const TRIES_OF_ALL = 100;
/** Codes that are open at the same time, and those of one address. */
const OPEN_CODES = 20;
const OPEN_CODES_OF_ONE = 10;
/** The letters by which a code is found; the others have to be known. */
const MARK_LENGTH = 3;
/** Tries are counted one after the other, however many come at once. */
const PAIRING_LOCK = 4_216_002;

interface OpenCode {
  code_hash: Buffer;
  device_hash: Buffer;
  asked_at: Date;
  expires_at: Date;
  address: string;
  agent: string;
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
}

/** A code is over before a thief of the table has found it out. */
function codeHash(code: string): Buffer {
  return digestOf(`pairing ${code}`);
}

@Injectable()
export class DisplayPairing {
  constructor(
    private readonly database: DataSource,
    private readonly paired: PairedDisplays,
    private readonly deeds: Deeds,
  ) {}

  /** A screen asks to be let in: it gets a code to show and a secret to keep. One that is in already stays in. */
  async begin(cookie: string | undefined, address: string, agent: string): Promise<{ pairing: Pairing; secret?: string }> {
    const known = screenSecret(cookie)?.secret;
    const before = await this.#paired(known);
    if (before) return { pairing: before };
    const secret = newScreenSecret();
    let code = newCode();
    const expiresAt = new Date(Date.now() + CODE_MS);
    await this.#alone(async (query) => {
      await query(`delete from pairings where expires_at <= now() or device_hash = $1`, [digestOf(known ?? secret)]);
      const [open] = await query<{ all: number; own: number }>(`select count(*)::int as all, count(*) filter (where address = $1)::int as own from pairings`, [
        address,
      ]);
      if (open!.all >= OPEN_CODES || open!.own >= OPEN_CODES_OF_ONE)
        throw new Refusal(
          429,
          'too-many-screens',
          'Too many screens are waiting to be paired.',
          'Pair or switch off those that show a code; codes run out after ten minutes.',
          undefined,
          {},
          60,
        );
      // Two codes that begin alike could not be told apart by a wrong try.
      const marks = new Set((await query<{ mark: string }>(`select mark from pairings`, [])).map(({ mark }) => mark));
      while (marks.has(code.slice(0, MARK_LENGTH))) code = newCode();
      await query(`insert into pairings (code_hash, mark, device_hash, expires_at, address, agent) values ($1, $2, $3, $4, $5, $6)`, [
        codeHash(code),
        code.slice(0, MARK_LENGTH),
        digestOf(secret),
        expiresAt,
        address,
        agent,
      ]);
    });
    return { pairing: { state: 'waiting', code, expiresAt: expiresAt.getTime() }, secret };
  }

  /** What has become of a screen's code. */
  async state(cookie: string | undefined): Promise<Pairing> {
    const secret = screenSecret(cookie)?.secret;
    if (secret === undefined) return { state: 'over' };
    const paired = await this.#paired(secret);
    if (paired) return paired;
    const [open] = await this.database.query<{ expires_at: Date }[]>(`select expires_at from pairings where device_hash = $1 and expires_at > now()`, [
      digestOf(secret),
    ]);
    return open ? { state: 'open', expiresAt: open.expires_at.getTime() } : { state: 'over' };
  }

  /** Which screen shows this code; it is not let in by asking. */
  async look(board: BoardId, by: Person, code: string): Promise<WaitingScreen> {
    const { asked_at, expires_at, address, agent } = await this.#tried(board, by, code, async () => {});
    return { askedAt: asked_at.getTime(), expiresAt: expires_at.getTime(), address, agent };
  }

  /** Lets the screen that shows this code watch the board, from the named place. */
  async approve(board: BoardId, by: Person, code: string, place: string): Promise<DisplayView> {
    const { device_hash } = await this.#tried(board, by, code, async (query, open) => {
      await query(`delete from pairings where code_hash = $1`, [open.code_hash]);
    });
    // Told first: a screen that watches without a trace would be worse than a trace of one that does not.
    await this.deeds.tell([board], { deed: 'display-paired', by, about: place });
    const id = await this.paired.add(board, place, device_hash, by.name);
    return { id, place, pairedBy: by.name, pairedAt: Date.now(), there: false };
  }

  /** Finds a code, or counts a wrong try; all who try wait for each other, so that none can slip past the count. */
  async #tried(board: BoardId, by: Person, code: string, found: (query: Query, open: OpenCode) => Promise<void>): Promise<OpenCode> {
    const outcome = await this.#alone(async (query): Promise<OpenCode | 'too-many' | 'last' | 'wrong'> => {
      await query(`delete from pairing_tries where at < now() - $1::float8 * interval '1 ms'`, [CODE_MS]);
      const [tries] = await query<{ own: number; all: number }>(
        `select count(*) filter (where person_id = $1)::int as own, count(*)::int as all from pairing_tries`,
        [by.id],
      );
      if (tries!.own >= TRIES_A_PERSON || tries!.all >= TRIES_OF_ALL) return 'too-many';
      const [open] = await query<OpenCode>(`select * from pairings where code_hash = $1 and expires_at > now()`, [codeHash(code)]);
      if (open) {
        await found(query, open);
        return open;
      }
      await query(`insert into pairing_tries (person_id) values ($1)`, [by.id]);
      await query(`update pairings set wrong = wrong + 1 where mark = $1`, [code.slice(0, MARK_LENGTH)]);
      await query(`delete from pairings where wrong >= $1`, [TRIES_A_CODE]);
      return tries!.own + 1 === TRIES_A_PERSON || tries!.all + 1 === TRIES_OF_ALL ? 'last' : 'wrong';
    });
    if (typeof outcome === 'object') return outcome;
    // Once, when the tries are used up: a thousand more must not fill the journal.
    if (outcome === 'last') await this.deeds.tell([board], { deed: 'refused', by, about: 'pairing code', detail: 'too many wrong tries' });
    if (outcome === 'too-many')
      throw new Refusal(
        429,
        'too-many-tries',
        'Too many wrong codes were tried.',
        'Wait ten minutes, let the screen show a new code, and try again.',
        undefined,
        {},
        CODE_MS / 1_000,
      );
    throw new Refusal(404, 'unknown-code', 'No screen shows this code.', 'Look at the screen again: a code is good for ten minutes and for one screen.', [
      { field: 'code', code: 'unknown-code', detail: 'No screen shows this code; look at it again.' },
    ]);
  }

  async #paired(secret: string | undefined): Promise<Pairing | undefined> {
    if (secret === undefined) return undefined;
    // Asked of the database itself: another process may have let it in a moment ago.
    const [row] = await this.database.query<{ board: string }[]>(`select board_id as board from displays where secret_hash = $1 and revoked_at is null`, [
      digestOf(secret),
    ]);
    return row && { state: 'paired', board: row.board };
  }

  #alone<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    return this.database.transaction(async (manager) => {
      const query: Query = (text, values) => rowsOf(manager, text, values);
      await query('select pg_advisory_xact_lock($1)', [PAIRING_LOCK]);
      return work(query);
    });
  }
}

type Query = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

async function rowsOf<Row>(manager: EntityManager, text: string, values: unknown[]): Promise<Row[]> {
  return manager.query<Row[]>(text, values);
}
