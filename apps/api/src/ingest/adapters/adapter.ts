import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';

/** What an adapter makes of a body: rows to be judged, and rows it could not even read. */
export interface Payload {
  rows: CandidateRow[];
  unreadable: RejectedRow[];
}

/**
 * One way of writing a batch. Adding a kind: one folder beside this file and one line in the registry. An
 * adapter only reads; judging, storing and the receipt are the same for all.
 */
export interface Adapter {
  contentType: string;
  /** Throws a Refusal when the body as a whole cannot be read. */
  read(text: string): Payload;
}
