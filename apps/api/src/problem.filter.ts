/** Every error leaves this server as application/problem+json: what, where, how to mend it, and never a secret. */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Overloaded } from './keeper/board-keeper.js';
import { StoreDown } from './journal/journal.js';
import { Refusal } from './access/refusal.js';

interface Answer {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryAfterS?: number;
  extra?: Readonly<Record<string, unknown>>;
}

function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) {
    const answer: Answer = {
      status: error.status,
      code: error.code,
      title: error.title,
      detail: error.mend,
      extra: { ...error.extra, ...(error.errors ? { errors: error.errors } : {}) },
    };
    if (error.retryAfterS !== undefined) answer.retryAfterS = error.retryAfterS;
    return answer;
  }
  if (error instanceof StoreDown) {
    return {
      status: 503,
      code: 'store-down',
      title: 'The journal cannot be written at the moment; nothing was acknowledged.',
      detail: 'Send the same request with the same Idempotency-Key again.',
      retryAfterS: 2,
    };
  }
  if (error instanceof Overloaded) {
    return {
      status: 503,
      code: 'overloaded',
      title: 'Too much is waiting to be written; nothing was acknowledged.',
      detail: 'Send the same request with the same Idempotency-Key again.',
      retryAfterS: 1,
    };
  }
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  if (status === 404) return { status, code: 'not-found', title: 'There is nothing at this address.', detail: 'The addresses are listed at /docs.' };
  if (status === 405) return { status, code: 'method', title: 'This address does not take that method.', detail: 'The addresses are listed at /docs.' };
  if (status === 413)
    return { status, code: 'too-large', title: 'The body is too large.', detail: 'At most 1 MB and 5,000 readings a batch: send several batches.' };
  if (status === 415)
    return {
      status,
      code: 'media-type',
      title: 'This content type is not understood.',
      detail: 'Send application/json or text/csv, in UTF-8 and not compressed.',
    };
  if (status === 429)
    return { status, code: 'too-many', title: 'Too many requests.', detail: 'Wait as long as Retry-After says, then send the same request again.' };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: 'bad-request', title: 'The request cannot be read.', detail: error instanceof Error ? error.message : 'See /docs.' };
  }
  return {
    status: 500,
    code: 'fault',
    title: 'This server made a mistake.',
    detail: 'Nothing was acknowledged. Try again; if it stays, tell the administrator the time of this answer.',
  };
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, code, title, detail, retryAfterS, extra } = answerTo(error);
    if (status === 500) this.#log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply
      .status(status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify({ type: `/docs#${code}`, code, title, status, detail, instance: request.url.split('?')[0], ...extra }));
  }
}
