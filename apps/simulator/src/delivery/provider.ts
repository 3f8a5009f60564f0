/**
 * A provider's side of the public HTTP API: what any trust could write in an afternoon. A batch is sent until it
 * is answered, always with the key it was first sent with, so that a lost answer never doubles a reading.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Receipt, ReadingRow, StatusBody } from '@comm-cell/contract/feed';
import type { FeedKey } from './access.js';

const LONGEST_PAUSE_MS = 30_000;

/** What the API says about a feed to the provider that owns it. */
export interface FeedAnswer {
  board: string;
  feed: string;
  provider: string;
  series: readonly { id: string; unit: string; newestAt: string | null; newestValue: number | string | null }[];
}

/** The server answered, and the answer will not get better by asking again. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly feed: string,
    detail: string,
  ) {
    super(`The server refused feed "${feed}" (${status}): ${detail}`);
    this.name = 'Refused';
  }
}

export class Provider {
  constructor(
    readonly address: string,
    readonly access: FeedKey,
    readonly signal: AbortSignal,
  ) {}

  newest(): Promise<FeedAnswer> {
    return this.#ask('GET', '');
  }

  push(readings: readonly ReadingRow[], idempotencyKey: string): Promise<Receipt> {
    return this.#ask('POST', '/batches', { readings }, { 'idempotency-key': idempotencyKey });
  }

  say(status: StatusBody): Promise<unknown> {
    return this.#ask('POST', '/status', status);
  }

  async #ask<Answer>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const { feed, key } = this.access;
    const request: RequestInit = { method, signal: this.signal, headers: { authorization: `Bearer ${key}`, ...headers } };
    if (body !== undefined) {
      request.body = JSON.stringify(body);
      request.headers = { ...request.headers, 'content-type': 'application/json' };
    }
    for (let attempt = 0; ; attempt++) {
      let wait = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt);
      try {
        const response = await fetch(`${this.address}/v1/feeds/${encodeURIComponent(feed)}${path}`, request);
        if (response.ok) return (await response.json()) as Answer;
        if (response.status < 500 && response.status !== 429 && response.status !== 408) throw new Refused(response.status, feed, await problemOf(response));
        await response.body?.cancel();
        wait = retryAfter(response.headers.get('retry-after')) ?? wait;
      } catch (error) {
        if (error instanceof Refused || this.signal.aborted) throw error;
      }
      await pause(wait, undefined, { signal: this.signal });
    }
  }
}

/** RFC 9110: seconds or a date; never longer than it would be sensible to wait. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, ms)) : undefined;
}

async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? text;
  } catch {
    return text.slice(0, 200) || response.statusText;
  }
}
