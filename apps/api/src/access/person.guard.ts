import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ProviderId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Command } from '@comm-cell/contract/desk';
import type { FastifyRequest } from 'fastify';
import { commandsOf } from './desk-roles.js';
import { DeskSessions } from './desk-sessions.js';
import { Displays } from './displays.js';
import type { Grant } from './people.js';
import { Refusal } from './refusal.js';

type DeskRequest = FastifyRequest<{ Params: { board: string } }> & { person?: Person; grant?: Grant };

/** What a route does, for the table of roles. A route without it only reads. */
export const Needs = Reflector.createDecorator<Command>();

/**
 * Routes of one board: reading is for displays that may watch and for people of the board; everything else is for a person
 * whose role on this board allows the command. A changing route that names no command is open to nobody.
 */
@Injectable()
export class PersonGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: DeskSessions,
    private readonly displays: Displays,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeskRequest>();
    const command = this.reflector.get(Needs, context.getHandler()) as Command | undefined;
    const { headers, params } = request;
    const reads = request.method === 'GET' && command === undefined;
    if (!reads) assertOwnPage(this.displays, headers);
    if (reads && this.displays.mayWatch(headers.cookie, headers.host)) return true;
    const person = await this.sessions.holder(headers);
    if (!person) throw new Refusal(401, 'not-signed-in', 'Nobody is signed in at this desk.', 'Sign in with your personal desk token.');
    const grant = person.grants.get(params.board);
    if (grant === undefined)
      throw new Refusal(403, 'other-board', `${person.name} has no part in board "${params.board.slice(0, 60)}".`, 'Ask its administrator.');
    if (!reads && (command === undefined || !commandsOf(grant.role).includes(command)))
      throw new Refusal(403, 'role', `The role "${grant.role}" does not allow this.`, 'Ask somebody whose role does, or the administrator of the board.');
    request.person = { id: person.id, name: person.name };
    request.grant = grant;
    return true;
  }
}

/** Browsers name the page a request comes from; only pages of this server may change anything. */
export function assertOwnPage(displays: Displays, headers: FastifyRequest['headers']): void {
  if (displays.isOwnOrigin(headers.origin, headers.host)) return;
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
