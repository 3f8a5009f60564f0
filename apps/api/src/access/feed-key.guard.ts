import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';
import { FeedKeys, type FeedPrincipal } from './feed-keys.js';

type KeyedRequest = FastifyRequest<{ Params: { feed: string } }> & { holder?: FeedPrincipal };

/** A bearer key that belongs to the feed in the address; everything else is turned away. */
@Injectable()
export class FeedKeyGuard implements CanActivate {
  constructor(private readonly keys: FeedKeys) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const [scheme, key, ...more] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !key || more.length > 0) {
      throw new Refusal(401, 'no-key', 'No feed key came with the request.', 'Send the header "Authorization: Bearer <feed key>".');
    }
    const holder = await this.keys.holder(key);
    if (!holder)
      throw new Refusal(
        401,
        'unknown-key',
        'This feed key is not known, revoked or expired.',
        "Ask the board's administrator for a new key; check that the whole key was copied.",
      );
    if (!holder.feeds.includes(request.params.feed)) {
      throw new Refusal(403, 'other-feed', `This key does not open feed "${request.params.feed}".`, `It opens: ${holder.feeds.join(', ')}.`);
    }
    request.holder = holder;
    return true;
  }
}

/** The holder of the key that opened the route; only on routes behind FeedKeyGuard. */
export const Holder = createParamDecorator((_: unknown, context: ExecutionContext): FeedPrincipal => {
  const { holder } = context.switchToHttp().getRequest<KeyedRequest>();
  if (!holder) throw new Error('A route asked for the holder of a key without the guard.');
  return holder;
});
