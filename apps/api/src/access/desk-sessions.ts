/**
 * Who is signed in at which desk. The cookie is looked up for every request: the desk is used by dozens, not by thousands,
 * and a person who is removed is out at once (invariant I46 allows 5 s).
 *
 * A desk that is left alone goes on showing the board, which is what it is for; it changes nothing any more until somebody signs
 * in again.
 */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { isLoopback } from '../config.js';
import { DeskSession, type ProvedBy } from './desk-session.entity.js';
import { Displays } from './displays.js';
import { needsSecondFactor } from './matrix.js';
import { digestOf, People, type PersonOfDesk, storeDown } from './people.js';

const NAME = 'commcell_desk';
/** One shift: whoever comes for the next one signs in. */
export const SESSION_MS = 12 * 3_600_000;
/** After so long without doing anything, a session changes nothing any more. */
const IDLE_MS = 30 * 60_000;
/** It is written down no more often than this. */
const TOUCH_MS = 30_000;
/** Ended sessions are kept so long for questions, then removed. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The headers that tell who asks, and by which name they reached this server. */
export interface Caller {
  cookie?: string | undefined;
  host?: string | undefined;
}

/** A person in a session. */
export interface Seated extends PersonOfDesk {
  /** The session's number, and when it ends. */
  no: string;
  expiresAt: Date;
  seenAt: Date;
  via: ProvedBy;
  provedAt: Date | null;
  /** They have done nothing for so long that they must sign in again before they change something. */
  idle: boolean;
  /** Their role needs a second factor and they have none. */
  owes: boolean;
}

@Injectable()
export class DeskSessions {
  constructor(
    private readonly database: DataSource,
    private readonly people: People,
    private readonly displays: Displays,
  ) {}

  /** Anybody on the machine itself may watch a demo; the same are those who may sign in there by name. */
  isOpenDemo({ host }: Caller): boolean {
    return this.displays.mayWatch(undefined, host);
  }

  /** Answers the secret of the cookie. `provedAt`: when they proved who they are, when that is known. */
  async open(person: { id: string }, via: ProvedBy, agent: string | undefined, provedAt: Date | null): Promise<{ secret: string; expiresAt: Date }> {
    const secret = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await this.#sessions.insert({
      sessionHash: digestOf(secret),
      sessionNo: randomBytes(6).toString('hex'),
      personId: person.id,
      expiresAt,
      via,
      agent: agent?.replace(/[^\x20-\x7e]/g, '').slice(0, 200) ?? null,
      provedAt,
      endedAt: null,
    });
    await this.#sessions.delete({ expiresAt: LessThan(new Date(Date.now() - KEPT_MS)) });
    return { secret, expiresAt };
  }

  /** Whoever the cookie belongs to; undefined for every cookie that is wrong, over or ended. */
  async holder(caller: Caller): Promise<Seated | undefined> {
    const secret = secretIn(caller);
    if (secret === undefined) return undefined;
    const session = await this.#sessions.findOneBy({ sessionHash: digestOf(secret), endedAt: IsNull(), expiresAt: MoreThan(new Date()) }).catch(() => {
      throw storeDown();
    });
    if (!session) return undefined;
    const account = await this.#accountOf(session.personId);
    const person = (await this.people.byId(session.personId)) ?? account?.bare;
    // The database of a demo may be opened by a server that is none.
    if (!person || (person.demo && !this.isOpenDemo(caller))) return undefined;
    const { sessionNo: no, expiresAt, seenAt, via, provedAt } = session;
    const owes = via === 'password' && !account?.secondFactor && [...person.grants.values()].some(({ role }) => needsSecondFactor(role));
    return { ...person, no, expiresAt, seenAt, via, provedAt, idle: Date.now() - seenAt.getTime() > IDLE_MS, owes };
  }

  /** The person has done something. */
  async touch({ no, seenAt }: Seated): Promise<void> {
    if (Date.now() - seenAt.getTime() < TOUCH_MS) return;
    await this.#sessions.update({ sessionNo: no }, { seenAt: new Date() });
  }

  async end(caller: Caller): Promise<void> {
    const secret = secretIn(caller);
    if (secret !== undefined) await this.#sessions.update({ sessionHash: digestOf(secret), endedAt: IsNull() }, { endedAt: new Date() });
  }

  /** Ends a person's sessions: one of them, or all but the one they are in, or all. Answers how many. */
  async endOf(personId: string, which: { no: string } | { but: string } | 'all'): Promise<number> {
    const of = which === 'all' ? {} : { sessionNo: 'no' in which ? which.no : Not(which.but) };
    const { affected } = await this.#sessions.update({ personId, ...of, endedAt: IsNull() }, { endedAt: new Date() });
    return affected ?? 0;
  }

  async openOf(personIds: readonly string[]): Promise<DeskSession[]> {
    return this.#sessions.find({ where: { personId: In([...personIds]), endedAt: IsNull(), expiresAt: MoreThan(new Date()) }, order: { openedAt: 'DESC' } });
  }

  /** An account without a board can still be looked after: its first board may not exist yet. */
  async #accountOf(personId: string): Promise<{ secondFactor: boolean; bare: PersonOfDesk } | undefined> {
    const [row] = await this.database
      .query<{ name: string; twice: boolean }[]>('select name, totp_secret is not null as twice from accounts where person_id = $1 and ended_at is null', [
        personId,
      ])
      .catch(() => {
        throw storeDown();
      });
    return row && { secondFactor: row.twice, bare: { id: personId, name: row.name, grants: new Map(), demo: false } };
  }

  get #sessions() {
    return this.database.getRepository(DeskSession);
  }
}

/** Plain http is for the machine itself; anywhere else the cookie would travel in the open. */
export function isSafe({ protocol, headers }: { protocol: string; headers: Caller }): 'https' | 'loopback' | false {
  if (protocol === 'https') return 'https';
  return isLoopbackName(headers.host) && 'loopback';
}

/**
 * A cookie of this server; `secret` empty takes it away. Browsers keep one named `__Host-` to this very host, sent over https
 * alone: no neighbouring host can set it.
 */
export function cookieFor(name: string, secret: string, maxAgeS: number, safe: 'https' | 'loopback', sameSite: 'Strict' | 'Lax' = 'Strict'): string {
  const [full, secure] = safe === 'https' ? [`__Host-${name}`, '; Secure'] : [name, ''];
  return `${full}=${secret}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeS}${secure}`;
}

/** What the cookie of this name says. The plain one counts on the machine itself alone. */
export function cookieIn(name: string, { cookie, host }: Caller): string | undefined {
  const parts = cookie?.split(';').map((part) => part.trim()) ?? [];
  const named = (full: string): string | undefined => parts.find((part) => part.startsWith(`${full}=`))?.slice(full.length + 1);
  return named(`__Host-${name}`) ?? (isLoopbackName(host) ? named(name) : undefined);
}

export function deskCookie(secret: string, safe: 'https' | 'loopback'): string {
  return cookieFor(NAME, secret, secret === '' ? 0 : SESSION_MS / 1_000, safe);
}

function secretIn(caller: Caller): string | undefined {
  return cookieIn(NAME, caller);
}

function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && isLoopback(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
}
