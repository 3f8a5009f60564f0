/**
 * Deny by default: a route or a socket message that does not say whom it is for is open to nobody, whatever it does. The guards
 * that stand at the doors say it (`PersonGuard` with `@Needs`, `WatchGuard`, `FeedKeyGuard`); the few doors without one say why
 * they are open. And nothing is changed for a page of another site, whoever is signed in.
 */
import { type CanActivate, type ExecutionContext, Injectable, RequestMethod, type Type } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import type { Command } from '@comm-cell/contract/desk';
import type { FastifyRequest } from 'fastify';
import { Displays } from './displays.js';
import { FeedKeyGuard } from './feed-key.guard.js';
import type { Door } from './matrix.js';
import { assertOwnPage, Needs, PersonGuard, SignedInGuard } from './person.guard.js';
import { Refusal } from './refusal.js';
import { WatchGuard } from './watch.guard.js';

/** Open to everybody; the reason stands in docs/access-matrix.md. What is asked for in the body or the address is checked inside. */
export const Open = Reflector.createDecorator<string>();
/** A socket message for those the handshake let in. */
export const ForWatchers = Reflector.createDecorator<true>();

type Handler = (...args: never[]) => unknown;

/** Whom a route or message is for; undefined when it does not say, or says it without the guard that would keep it. */
export function doorOf(reflector: Pick<Reflector, 'get'>, controller: Type, handler: Handler): Door | undefined {
  const guards = [controller, handler].flatMap((part) => (Reflect.getMetadata(GUARDS_METADATA, part) as unknown[] | undefined) ?? []);
  const command = reflector.get(Needs, handler) as Command | undefined;
  if (command !== undefined) return guards.includes(PersonGuard) ? { kind: 'command', command } : undefined;
  if (guards.includes(FeedKeyGuard)) return { kind: 'feed' };
  if (guards.includes(SignedInGuard)) return { kind: 'person' };
  if (guards.includes(WatchGuard) || reflector.get(ForWatchers, handler)) return { kind: 'watch' };
  if (guards.includes(PersonGuard)) return Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET ? { kind: 'watch' } : undefined;
  const why = (reflector.get(Open, handler) ?? reflector.get(Open, controller)) as string | undefined;
  return why === undefined ? undefined : { kind: 'open', why };
}

@Injectable()
export class Gate implements CanActivate {
  /** Doors do not change: each is looked at once. */
  readonly #doors = new Map<Type, Map<Handler, Door | undefined>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly displays: Displays,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const door = this.#doorOf(context.getClass(), context.getHandler() as Handler);
    if (!door)
      throw new Refusal(
        403,
        'undeclared',
        'This door does not say whom it is for, so it is open to nobody.',
        'It is a fault of this server: tell those who run it.',
      );
    // Feeds are programs with a key of their own; whatever browsers send carries cookies, so it must come from a page of this server.
    if (context.getType() === 'http' && door.kind !== 'feed') {
      const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
      if (method !== 'GET') assertOwnPage(this.displays, headers);
    }
    return true;
  }

  #doorOf(controller: Type, handler: Handler): Door | undefined {
    const known = this.#doors.get(controller) ?? new Map<Handler, Door | undefined>();
    this.#doors.set(controller, known);
    if (!known.has(handler)) known.set(handler, doorOf(this.reflector, controller, handler));
    return known.get(handler);
  }
}
