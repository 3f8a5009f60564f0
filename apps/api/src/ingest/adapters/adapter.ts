import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';
import type { NameBook } from '../name-book.js';

/** What an adapter makes of a body: rows to be judged, and rows it could not even read. */
export interface Payload {
  rows: CandidateRow[];
  unreadable: RejectedRow[];
}

/** A body as an adapter reads it: its text, the headers that say something about it, and what the feed calls its series. */
export interface Sent {
  contentType: string;
  text: string;
  /** By name in small letters: `ce-…`, `content-type`, `reading-count`, `observed-at`, `time-precision`. */
  headers: Readonly<Record<string, string | undefined>>;
  names: NameBook;
}

/**
 * One way of writing a batch. Adding a kind: one folder beside this file and one line in the registry. An
 * adapter only reads; judging, storing and the receipt are the same for all.
 */
export interface Adapter {
  /** The types it is sent as, without parameters. */
  contentTypes: readonly string[];
  /** Where a type alone does not tell: whether this body is one of its own. */
  takes?(sent: Pick<Sent, 'contentType' | 'headers'>): boolean;
  /** Throws a Refusal when the body as a whole cannot be read. */
  read(sent: Sent): Payload;
  /** A name that the sender gave to this very message, used when there is no Idempotency-Key. */
  nameOf?(sent: Sent): string | undefined;
}
