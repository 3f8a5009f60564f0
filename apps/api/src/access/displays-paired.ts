/**
 * Screens that were let in, one board each. A screen is known by the secret in its cookie, of which only the hash is kept, from
 * a copy in memory that is never older than a few seconds: a thousand walls that come back together ask the database once.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { DisplayView } from '@comm-cell/contract/displays';
import { DataSource } from 'typeorm';
import { digestOf, storeDown } from './people.js';

/** Over https the browser itself sees to it that the cookie was set by this server alone. */
const COOKIE = 'commcell_screen';
const SECURE_COOKIE = `__Host-${COOKIE}`;
/** The longest that browsers keep a cookie; it is set anew whenever the screen connects, so that it never logs out by itself. */
const COOKIE_S = 400 * 24 * 3600;
/** A copy of this age is renewed, while it goes on answering … */
const RENEW_MS = 1_500;
/** … but not beyond this one: a removed screen is out within it and the round of the sockets (invariant I46 allows 5 s). */
const OLDEST_MS = 2_500;
/** An unknown secret may belong to a screen that was let in a moment ago: look again, but not for every guess. */
const LOOK_AGAIN_MS = 250;
/** That a screen is there is written down this often. */
const SEEN_EVERY_MS = 60_000;
/** And all that are written down together, so much later. */
const GATHER_MS = 500;

export interface DisplayPrincipal {
  board: BoardId;
  display: string;
}

/** The secret a screen sends, and the name it sends it under. */
export function screenSecret(cookie: string | undefined): { name: string; secret: string } | undefined {
  for (const part of cookie?.split(';') ?? []) {
    const [name, secret] = part.trim().split('=', 2) as [string, string?];
    if ((name === SECURE_COOKIE || name === COOKIE) && secret !== undefined && /^[\w-]{43}$/.test(secret)) return { name, secret };
  }
  return undefined;
}

export function screenCookie(secret: string, secure: boolean): string {
  return `${secure ? SECURE_COOKIE : COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_S}${secure ? '; Secure' : ''}`;
}

/** The same cookie for another 400 days. */
export function renewedCookie(cookie: string | undefined): string | undefined {
  const known = screenSecret(cookie);
  return known && screenCookie(known.secret, known.name === SECURE_COOKIE);
}

export function newScreenSecret(): string {
  return randomBytes(32).toString('base64url');
}

@Injectable()
export class PairedDisplays {
  #byHash = new Map<string, DisplayPrincipal>();
  #loadedAt = -Infinity;
  #loading: Promise<void> | undefined;
  #seenAt = new Map<string, number>();
  #toWrite = new Map<string, { board: BoardId; display: string; build: string | undefined; address: string }>();
  #writing: NodeJS.Timeout | undefined;

  constructor(private readonly database: DataSource) {}

  /** The screen that sends this cookie, or undefined for none, a wrong one or one that was removed. */
  async holder(cookie: string | undefined): Promise<DisplayPrincipal | undefined> {
    const known = screenSecret(cookie);
    if (!known) return undefined;
    const hash = digestOf(known.secret).toString('base64');
    const age = performance.now() - this.#loadedAt;
    const isKnown = this.#byHash.has(hash);
    if (age > OLDEST_MS || (!isKnown && age > LOOK_AGAIN_MS)) {
      // A renewal that is under way may have begun before the screen was let in.
      if (!isKnown) await this.#loading?.catch(() => {});
      await this.#load();
    } else if (age > RENEW_MS) this.#load().catch(() => {});
    return this.#byHash.get(hash);
  }

  /** A screen is let in: from now on its secret opens this board. */
  async add(board: BoardId, place: string, secretHash: Buffer, pairedBy: string): Promise<string> {
    const display = randomUUID().slice(0, 8);
    await this.database.query(`insert into displays (board_id, display_id, place, secret_hash, paired_by) values ($1, $2, $3, $4, $5)`, [
      board,
      display,
      place,
      secretHash,
      pairedBy,
    ]);
    this.#loadedAt = -Infinity;
    return display;
  }

  async remove(board: BoardId, display: string): Promise<void> {
    await this.database.query(`update displays set revoked_at = now() where board_id = $1 and display_id = $2 and revoked_at is null`, [board, display]);
    this.#loadedAt = -Infinity;
  }

  async list(board: BoardId): Promise<DisplayView[]> {
    const rows = await this.database.query<
      { id: string; place: string; by: string; pairedAt: Date; seenAt: Date | null; there: boolean | null; build: string | null; address: string | null }[]
    >(
      `select display_id as id, place, paired_by as by, paired_at as "pairedAt", seen_at as "seenAt", build, address,
         seen_at > now() - interval '3 minutes' as there
       from displays where board_id = $1 and revoked_at is null order by place, paired_at`,
      [board],
    );
    return rows.map(({ id, place, by, pairedAt, seenAt, there, build, address }) => ({
      id,
      place,
      pairedBy: by,
      pairedAt: pairedAt.getTime(),
      there: there === true,
      ...(seenAt ? { seenAt: seenAt.getTime() } : {}),
      ...(build === null ? {} : { build }),
      ...(address === null ? {} : { address }),
    }));
  }

  /** The screen is there, with this build of the page. Written down once a minute, for all screens together. */
  saw({ board, display }: DisplayPrincipal, build: string | undefined, address: string): void {
    const id = `${board} ${display}`;
    if (performance.now() - (this.#seenAt.get(id) ?? -Infinity) < SEEN_EVERY_MS) return;
    this.#seenAt.set(id, performance.now());
    this.#toWrite.set(id, { board, display, build, address });
    this.#writing ??= setTimeout(() => {
      const rows = [...this.#toWrite.values()];
      this.#toWrite.clear();
      this.#writing = undefined;
      // Nobody waits for it; a screen that could not be written down is, a minute later.
      this.database
        .query(
          `update displays d set seen_at = now(), build = coalesce(s.build, d.build), address = s.address
           from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as s(board, display, build, address)
           where d.board_id = s.board and d.display_id = s.display`,
          [rows.map((row) => row.board), rows.map((row) => row.display), rows.map((row) => row.build ?? null), rows.map((row) => row.address)],
        )
        .catch(() => {});
    }, GATHER_MS).unref();
  }

  #load(): Promise<void> {
    this.#loading ??= (async () => {
      const started = performance.now();
      const rows = await this.database
        .query<{ board: string; display: string; hash: Buffer }[]>(
          `select board_id as board, display_id as display, secret_hash as hash from displays where revoked_at is null`,
        )
        .catch((): never => {
          throw storeDown();
        });
      this.#byHash = new Map(rows.map(({ board, display, hash }) => [hash.toString('base64'), { board, display }]));
      this.#loadedAt = started;
    })().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }
}
