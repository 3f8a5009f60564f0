import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DeskSessions } from './desk-sessions.js';
import { Displays } from './displays.js';
import { Refusal } from './refusal.js';

/** `watched`: the boards whoever asks may watch; left out: all. */
export type WatchRequest = FastifyRequest<{ Params: { board?: string } }> & { watched?: ReadonlySet<string> };

/** Board content is for displays that may watch, and for people who have a part in the board. */
@Injectable()
export class WatchGuard implements CanActivate {
  constructor(
    private readonly displays: Displays,
    private readonly sessions: DeskSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WatchRequest>();
    const { board } = request.params;
    const screen = await this.displays.boardOf(request.headers);
    if (screen === 'all') return true;
    const person = await this.sessions.holder(request.headers);
    const boards = new Set([...(screen === undefined ? [] : [screen]), ...(person?.grants.keys() ?? [])]);
    request.watched = boards;
    if (board === undefined ? boards.size > 0 : boards.has(board)) return true;
    throw new Refusal(401, 'needs-token', 'This screen may not watch yet.', 'Open a wall page on it and pair it.');
  }
}
