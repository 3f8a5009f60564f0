import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Displays } from './displays.js';
import { Refusal } from './refusal.js';

/** Board content is for displays that may watch. */
@Injectable()
export class WatchGuard implements CanActivate {
  constructor(private readonly displays: Displays) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.displays.mayWatch(request.headers.cookie, request.headers.host)) return true;
    throw new Refusal(401, 'needs-token', 'This screen may not watch yet.', 'Open a wall page on it and enter the display token.');
  }
}
