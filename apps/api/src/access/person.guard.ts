import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ProviderId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Command } from '@comm-cell/contract/desk';
import { FOR_PERSON } from '@comm-cell/contract/for-person';
import type { FastifyRequest } from 'fastify';
import { owesSecondFactor } from './accounts.js';
import { Deeds } from './deeds.js';
import { DeskSessions, type Seated } from './desk-sessions.js';
import { Displays } from './displays.js';
import { commandsOf, needsFreshProof, needsWholeBoard } from './matrix.js';
import type { Grant } from './people.js';
import { Refusal } from './refusal.js';

type DeskRequest = FastifyRequest<{ Params: { board: string } }> & { person?: Person; grant?: Grant; seated?: Seated };

/** What a route does, for the matrix. A route without it only reads. */
export const Needs = Reflector.createDecorator<Command>();

/** Who proved themselves so long ago does it again before people or rules are changed. */
const FRESH_MS = 30 * 60_000;
/** The same refusal of the same person is told to the auditor once in this time. */
const TOLD_AGAIN_MS = 60_000;

/**
 * Routes of one board: reading is for displays that may watch and for people of the board; everything else is for a person
 * whose role on this board allows the command. A changing route that names no command is open to nobody.
 */
@Injectable()
export class PersonGuard implements CanActivate {
  readonly #told = new Map<string, number>();

  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: DeskSessions,
    private readonly displays: Displays,
    private readonly deeds: Deeds,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeskRequest>();
    const command = this.reflector.get(Needs, context.getHandler()) as Command | undefined;
    const { headers, params } = request;
    const reads = request.method === 'GET' && command === undefined;
    if (reads && (await this.displays.watches(headers, params.board))) return true;
    const seated = reads ? await this.sessions.holder(headers) : await assertAtDesk(this.sessions, headers);
    if (!seated) throw notSignedIn();
    const grant = seated.grants.get(params.board);
    if (grant === undefined)
      throw new Refusal(403, 'other-board', `${seated.name} has no part in board "${params.board.slice(0, 60)}".`, 'Ask its administrator.');
    if (!reads) {
      if (seated.owes) throw owesSecondFactor();
      if (command === undefined || !commandsOf(grant.role).includes(command)) {
        await this.#tell(params.board, seated, command ?? 'undeclared');
        throw new Refusal(403, 'role', `The role "${grant.role}" does not allow this.`, 'Ask somebody whose role does, or the administrator of the board.');
      }
      if (grant.providers !== null && needsWholeBoard(command)) {
        await this.#tell(params.board, seated, command);
        throw new Refusal(
          403,
          'whole-board',
          'This is about the board as a whole, and your part is limited to some organisations.',
          'Ask somebody whose part is the whole board.',
        );
      }
      if (needsFreshProof(command)) assertFresh(seated);
    }
    request.person = { id: seated.id, name: seated.name };
    request.grant = grant;
    request.seated = seated;
    return true;
  }

  async #tell(board: string, { id, name }: Seated, command: string): Promise<void> {
    const now = performance.now();
    const what = `${board} ${id} ${command}`;
    for (const [one, at] of this.#told) if (now - at > TOLD_AGAIN_MS) this.#told.delete(one);
    if (this.#told.has(what)) return;
    this.#told.set(what, now);
    await this.deeds.tell([board], { deed: 'refused', by: { id, name }, about: command });
  }
}

/** Routes about oneself: for anybody who is signed in, whatever their boards. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(private readonly sessions: DeskSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeskRequest>();
    const seated = await assertAtDesk(this.sessions, request.headers);
    request.person = { id: seated.id, name: seated.name };
    request.seated = seated;
    return true;
  }
}

/** Somebody who is signed in and was not away for too long. */
async function assertAtDesk(sessions: DeskSessions, headers: FastifyRequest['headers']): Promise<Seated> {
  const seated = await sessions.holder(headers);
  if (!seated) throw notSignedIn();
  const shownTo = headers[FOR_PERSON];
  if (shownTo !== undefined && shownTo !== seated.id)
    throw new Refusal(
      401,
      'another-person',
      `${seated.name} is signed in on this device now, and this page is somebody else's.`,
      'Load the page again; nothing was done.',
    );
  if (seated.idle) throw new Refusal(401, 'away', 'You have been away for more than half an hour.', 'Sign in again; nothing was done.');
  await sessions.touch(seated);
  return seated;
}

/** Demo people prove nothing when they sign in, so they need not do it again. */
export function assertFresh({ via, provedAt }: Pick<Seated, 'via' | 'provedAt'>): void {
  if (via === 'demo' || (provedAt !== null && Date.now() - provedAt.getTime() < FRESH_MS)) return;
  throw new Refusal(401, 'sign-in-again', 'This needs a fresh sign-in.', 'Sign in again, then repeat it; nothing was done.');
}

function notSignedIn(): Refusal {
  return new Refusal(401, 'not-signed-in', 'Nobody is signed in at this desk.', 'Sign in on the page /sign-in.');
}

/** Browsers name the page a request comes from; only pages of this server may change anything. */
export function assertOwnPage(displays: Displays, headers: FastifyRequest['headers']): void {
  const crosses = headers.origin === undefined && ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));
  if (!crosses && displays.isOwnOrigin(headers.origin, headers.host)) return;
  throw new Refusal(403, 'foreign-page', 'This page belongs to another site.', 'Open the desk at its own address.');
}

/** Who sent the request; only on routes that need a command. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const { person } = context.switchToHttp().getRequest<DeskRequest>();
  if (!person) throw new Error('A route asked who it is without needing a command.');
  return person;
});

/** What the sender is on this board; only on routes that need a command. */
export const Granted = createParamDecorator((_: unknown, context: ExecutionContext): Grant => {
  const { grant } = context.switchToHttp().getRequest<DeskRequest>();
  if (!grant) throw new Error('A route asked what somebody may do without needing a command.');
  return grant;
});

/** The sender and how they are signed in; only behind PersonGuard (with a command) or SignedInGuard. */
export const AtDesk = createParamDecorator((_: unknown, context: ExecutionContext): Seated => {
  const { seated } = context.switchToHttp().getRequest<DeskRequest>();
  if (!seated) throw new Error('A route asked how somebody is signed in without a guard that knows.');
  return seated;
});

/** Somebody limited to some providers has no business with the others'. */
export function assertProvider(grant: Grant, provider: ProviderId): void {
  if (grant.providers === null || grant.providers.includes(provider)) return;
  throw new Refusal(
    403,
    'other-provider',
    `Your role on this board does not cover "${provider.slice(0, 60)}".`,
    'Ask somebody of that organisation, or the administrator of the board.',
  );
}
