/** Pushes to one feed of a Comm Cell. */
import type { Problem, ReadingRow, Receipt, StatusBody, SuspensionBody } from '@comm-cell/contract/feed';
import type { FileReceipt } from '@comm-cell/contract/feeds';

export interface FeedSettings {
  /** Where the server is, e.g. `https://wall.example.nhs.uk`. */
  address: string;
  feed: string;
  /** The feed's key; it is sent in a header and never stands in an address or an error. */
  key: string;
  /** How often a request is tried in all. Default 6. */
  tries?: number;
  /** The first pause between two tries, ms; it doubles. Default 500. */
  pauseMs?: number;
  /** How long one try may take, ms. Default 30 000. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export interface PushOptions {
  /** The same content under the same key is counted once, for ever. Made anew for each push when left out. */
  key?: string;
  /** Judge everything, store nothing. */
  dryRun?: boolean;
}

/** The server said no, and saying it again would not help: `problem` says what, where and how to mend it. */
export class FeedProblem extends Error {
  constructor(readonly problem: Problem & { code: string } & Partial<Receipt>) {
    super(`${problem.title} ${problem.detail}`);
    this.name = 'FeedProblem';
  }
}

/** No answer, or only "later": it is not known whether anything was stored. Push again with the same key. */
export class NoAnswer extends Error {
  constructor(
    readonly key: string | undefined,
    tries: number,
    override readonly cause: unknown,
  ) {
    super(`No usable answer after ${tries} tries; send the same content with the same key again.`);
    this.name = 'NoAnswer';
  }
}

const LATER = new Set([408, 429, 502, 503, 504]);
const LONGEST_PAUSE_MS = 60_000;

export class FeedClient {
  readonly #settings: Required<FeedSettings>;

  constructor(settings: FeedSettings) {
    this.#settings = { tries: 6, pauseMs: 500, timeoutMs: 30_000, fetch: globalThis.fetch.bind(globalThis), ...settings };
  }

  /** At most 5,000 readings. Resolves with the receipt once they are durable. */
  push(readings: readonly ReadingRow[], options?: PushOptions): Promise<Receipt> {
    return this.#deliver('batches', 'application/json', JSON.stringify({ readings }), options);
  }

  /** A body as it is, of any type that the feed's door reads. */
  pushRaw(contentType: string, body: string | Uint8Array<ArrayBuffer>, options?: PushOptions): Promise<Receipt> {
    return this.#deliver('batches', contentType, body, options);
  }

  /** A CSV or .xlsx file, read by the feed's saved map. Without a key the same file is counted once anyway. `observedAt`: of files whose rows have no moments. */
  pushFile(file: string | Uint8Array<ArrayBuffer>, options: PushOptions & { observedAt?: string } = {}): Promise<FileReceipt> {
    const isBook = typeof file !== 'string' && file[0] === 0x50 && file[1] === 0x4b;
    const type = isBook ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'text/csv';
    return this.#deliver('files', type, file, { key: '', ...options }, options.observedAt === undefined ? {} : { 'observed-at': options.observedAt });
  }

  /** Older readings with their original times: for trends, no tile moves and no alert fires. */
  pushHistory(readings: readonly ReadingRow[], options?: PushOptions): Promise<Receipt> {
    return this.#deliver('history', 'application/json', JSON.stringify({ readings }), options);
  }

  /** The provider's own words for the wall. */
  postStatus(status: StatusBody): Promise<{ provider: string; until: string }> {
    return this.#ask('POST', 'status', { 'content-type': 'application/json' }, JSON.stringify(status));
  }

  suspend(suspension: SuspensionBody): Promise<{ until: string }> {
    return this.#ask('PUT', 'suspension', { 'content-type': 'application/json' }, JSON.stringify(suspension));
  }

  async resume(): Promise<void> {
    await this.#ask('DELETE', 'suspension', {});
  }

  #deliver<Given extends Receipt>(
    door: string,
    contentType: string,
    body: string | Uint8Array<ArrayBuffer>,
    { key = crypto.randomUUID(), dryRun = false }: PushOptions = {},
    more: Record<string, string> = {},
  ): Promise<Given> {
    return this.#ask(
      'POST',
      `${door}${dryRun ? '?dryRun=true' : ''}`,
      { 'content-type': contentType, ...more, ...(key === '' ? {} : { 'idempotency-key': key }) },
      body,
    );
  }

  async #ask<Given>(method: string, route: string, headers: Record<string, string>, body?: string | Uint8Array<ArrayBuffer>): Promise<Given> {
    const { address, feed, key, tries, pauseMs, timeoutMs, fetch } = this.#settings;
    let last: unknown;
    for (let attempt = 1; attempt <= tries; attempt++) {
      let asked: number | undefined;
      try {
        const answer = await fetch(`${address.replace(/\/$/, '')}/v1/feeds/${encodeURIComponent(feed)}/${route}`, {
          method,
          headers: { ...headers, authorization: `Bearer ${key}` },
          signal: AbortSignal.timeout(timeoutMs),
          ...(body === undefined ? {} : { body }),
        });
        const text = await answer.text();
        const given: unknown = text !== '' && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
        if (answer.ok) return given as Given;
        if (!LATER.has(answer.status))
          throw new FeedProblem(
            (given ?? { type: 'about:blank', code: 'unknown', title: `Status ${answer.status}.`, status: answer.status, detail: '' }) as FeedProblem['problem'],
          );
        last = new Error(`status ${answer.status}`);
        asked = retryAfterMs(answer.headers.get('retry-after'));
      } catch (error) {
        if (error instanceof FeedProblem) throw error;
        // The connection broke, or the answer did: whatever was stored, the same key finds it.
        last = error;
      }
      if (attempt < tries) await new Promise((resolve) => setTimeout(resolve, asked ?? Math.random() * Math.min(pauseMs * 2 ** attempt, LONGEST_PAUSE_MS)));
    }
    throw new NoAnswer(headers['idempotency-key'], tries, last);
  }
}

function retryAfterMs(header: string | null): number | undefined {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : undefined;
}
