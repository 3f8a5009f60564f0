/**
 * Who is signed in at which desk. The cookie is looked up for every request: the desk is used by dozens, not by thousands,
 * and a person whose token is revoked is out at once (invariant I46 allows 5 s).
 */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, MoreThan } from 'typeorm';
import { DeskSession } from './desk-session.entity.js';
import { Displays } from './displays.js';
import { digestOf, People, type PersonOfDesk, storeDown } from './people.js';

export const DESK_COOKIE = 'commcell_desk';
/** One shift: whoever comes for the next one signs in. */
export const SESSION_MS = 12 * 3_600_000;
/** Ended sessions are kept so long for questions, then removed. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The headers that tell who asks, and by which name they reached this server. */
export interface Caller {
  cookie?: string | undefined;
  host?: string | undefined;
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

  /** Answers the secret of the cookie. */
  async open(person: PersonOfDesk): Promise<{ secret: string; expiresAt: Date }> {
    const secret = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await this.#sessions.insert({ sessionHash: digestOf(secret), personId: person.id, expiresAt, endedAt: null });
    await this.#sessions.delete({ expiresAt: LessThan(new Date(Date.now() - KEPT_MS)) });
    return { secret, expiresAt };
  }

  async holder(caller: Caller): Promise<(PersonOfDesk & { expiresAt: Date }) | undefined> {
    const secret = secretIn(caller.cookie);
    if (secret === undefined) return undefined;
    const session = await this.#sessions.findOneBy({ sessionHash: digestOf(secret), endedAt: IsNull(), expiresAt: MoreThan(new Date()) }).catch(() => {
      throw storeDown();
    });
    const person = session && (await this.people.byId(session.personId));
    // The database of a demo may be opened by a server that is none.
    if (!person || (person.demo && !this.isOpenDemo(caller))) return undefined;
    return { ...person, expiresAt: session.expiresAt };
  }

  async end({ cookie }: Caller): Promise<void> {
    const secret = secretIn(cookie);
    if (secret !== undefined) await this.#sessions.update({ sessionHash: digestOf(secret), endedAt: IsNull() }, { endedAt: new Date() });
  }

  get #sessions() {
    return this.database.getRepository(DeskSession);
  }
}

function secretIn(cookie: string | undefined): string | undefined {
  return cookie
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${DESK_COOKIE}=`))
    ?.slice(DESK_COOKIE.length + 1);
}
