import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DeskSessions } from './desk-sessions.js';
import { Displays } from './displays.js';
import { Refusal } from './refusal.js';

/** Board content is for displays that may watch, and for people who have a part in the board. */
@Injectable()
export class WatchGuard implements CanActivate {
  constructor(
    private readonly displays: Displays,
    private readonly sessions: DeskSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { board?: string } }>>();
    if (this.displays.mayWatch(request.headers.cookie, request.headers.host)) return true;
    const person = await this.sessions.holder(request.headers);
    const { board } = request.params;
    if (person && (board === undefined || person.grants.has(board))) return true;
    throw new Refusal(401, 'needs-token', 'This screen may not watch yet.', 'Open a wall page on it and enter the display token.');
  }
}
