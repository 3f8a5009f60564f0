/** Asks the server for the past of one board. An answer that nobody waits for any more is given up. */
import type { EntriesAnswer, ReadAs, SeekAnswer, Span, StateAnswer } from '@comm-cell/contract/replay';

/** The server's refusal in its own words; `undefined`: it did not answer. */
export class NotTold extends Error {
  constructor(readonly problem: { status: number; code: string; title: string; detail: string } | undefined) {
    super(problem?.title ?? 'No answer from the server.');
  }
}

export interface ReplayJournal {
  span(signal: AbortSignal): Promise<Span>;
  state(at: number, as: ReadAs, signal: AbortSignal): Promise<StateAnswer>;
  /** What was shown, as a state somewhat earlier and the entries from there to the moment. */
  seek(at: number, signal: AbortSignal): Promise<SeekAnswer>;
  /** Entries after a seq that were recorded until a moment, oldest first. */
  entries(after: number, until: number, signal: AbortSignal): Promise<EntriesAnswer>;
}

/** Folded in one go when they arrive: no frame is lost over so many. */
const PAGE = 1_000;

export function journalOf(board: string): ReplayJournal {
  async function get<Body>(what: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Body> {
    const address = `/v1/boards/${encodeURIComponent(board)}/replay/${what}?${new URLSearchParams(query)}`;
    let answer: Response;
    try {
      answer = await fetch(address, { signal, cache: 'no-store', headers: { accept: 'application/json' } });
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TypeError ? new NotTold(undefined) : error;
    }
    const body: unknown = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined;
    if (!answer.ok) throw new NotTold(body as NotTold['problem']);
    return body as Body;
  }
  return {
    span: (signal) => get('span', {}, signal),
    state: (at, as, signal) => get('state', { at: new Date(at).toISOString(), as }, signal),
    seek: (at, signal) => get('seek', { at: new Date(at).toISOString() }, signal),
    entries: (after, until, signal) => get('entries', { after: String(after), until: new Date(until).toISOString(), most: String(PAGE) }, signal),
  };
}
