/**
 * What all ways of signing in end with: the old session of this browser ends, a new one begins, the audit trail says so, and the
 * browser gets its cookies.
 */
import { Injectable } from '@nestjs/common';
import type { Person } from '@comm-cell/board/events';
import type { Session } from '@comm-cell/contract/desk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Accounts } from './accounts.js';
import { Deeds } from './deeds.js';
import type { ProvedBy } from './desk-session.entity.js';
import { cookieFor, cookieIn, deskCookie, DeskSessions, isSafe, type Seated } from './desk-sessions.js';
import { mayOf } from './matrix.js';
import type { PersonOfDesk } from './people.js';
import { People } from './people.js';
import { Refusal } from './refusal.js';

/** Tells a browser somebody has signed in with before from one that nobody knows (budgets); it opens nothing. */
const DEVICE = 'commcell_device';
const DEVICE_S = 400 * 24 * 3_600;

@Injectable()
export class SignIn {
  constructor(
    private readonly people: People,
    private readonly accounts: Accounts,
    private readonly sessions: DeskSessions,
    private readonly deeds: Deeds,
  ) {}

  deviceOf({ headers }: FastifyRequest): string | undefined {
    return cookieIn(DEVICE, headers);
  }

  /** `provedAt`: when they proved who they are; null when nobody can say. */
  async enter(person: Person, via: ProvedBy, provedAt: Date | null, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const safe = assertSafe(request);
    await this.#tell(person, { deed: 'signed-in', by: { id: person.id, name: person.name }, detail: via });
    await this.sessions.end(request.headers);
    const { secret } = await this.sessions.open(person, via, request.headers['user-agent'], provedAt);
    const cookies = [deskCookie(secret, safe)];
    if (via === 'password' || via === 'organisation')
      cookies.push(cookieFor(DEVICE, await this.accounts.remember(this.deviceOf(request), person.id), DEVICE_S, safe));
    // Whoever reads the answer within the same request finds the new session.
    request.headers.cookie = cookies.map((cookie) => cookie.split(';', 1)[0]!).join('; ');
    void reply.header('set-cookie', cookies);
  }

  async leave(seated: Seated, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#tell(seated, { deed: 'signed-out', by: { id: seated.id, name: seated.name } });
    await this.sessions.end(request.headers);
    void reply.header('set-cookie', deskCookie('', assertSafe(request)));
  }

  /** Somebody tried to come in as this person and could not. */
  async turnedAway(person: Person, why: string): Promise<void> {
    await this.#tell(person, { deed: 'sign-in-refused', by: null, about: person.id, detail: why });
  }

  async #tell(person: Person, deed: Parameters<Deeds['tell']>[1]): Promise<void> {
    const known = await this.people.byId(person.id);
    await this.deeds.tell([...(known?.grants.keys() ?? [])], deed);
  }
}

export function sessionOf({ id, name, grants, expiresAt, owes }: PersonOfDesk & Pick<Seated, 'expiresAt' | 'owes'>): Session {
  return {
    person: { id, name },
    boards: [...grants].map(([board, grant]) => ({
      board,
      role: grant.role,
      providers: grant.providers && [...grant.providers],
      may: [...mayOf(grant)],
    })),
    expiresAt: expiresAt.getTime(),
    ...(owes ? { owes: 'second-factor' as const } : {}),
  };
}

/** Passwords and cookies travel over https; in the open only on the machine itself. */
export function assertSafe(request: FastifyRequest): 'https' | 'loopback' {
  const safe = isSafe(request);
  if (safe) return safe;
  throw new Refusal(
    403,
    'not-safe',
    'Nobody can sign in over plain http.',
    'Open the board at its https address; behind a proxy that ends https set TRUST_PROXY=on.',
  );
}
