/** The audit trail: what people did, in the order of the journal, each with its place in the hash chain. */
import type { BoardEvent, Deed, Person } from '@comm-cell/board/events';
import { z } from 'zod';

export const AUDIT_PAGE = 100;

const number = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a number of the journal')
  .transform(Number);
export const auditQuery = z.strictObject({
  /** Only what stands before this number of the journal. */
  before: number.exactOptional(),
  /** A kind of event, or a deed. */
  kind: z
    .string()
    .regex(/^[A-Za-z-]{1,40}$/)
    .exactOptional(),
  /** The id of a person. */
  person: z.string().min(1).max(120).exactOptional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

export interface AuditEntry {
  seq: number;
  /** Recorded at, epoch ms. */
  at: number;
  kind: BoardEvent['kind'];
  /** What kind of it: a deed, the turn of an alert. */
  what?: Deed | string;
  /** null: nobody was known, as with a refused sign-in. */
  by: Person | null;
  /** What it was done to: ids and numbers of the board, e.g. "north-general" or "alert 147". */
  about: string;
  /** In the words of whoever did it, and the values they gave. */
  detail: string;
  /** Hash of the journal up to here, hex. */
  hash: string;
}
export interface AuditPage {
  entries: AuditEntry[];
  /** There is more before this number. */
  before?: number;
}

export const proofQuery = z.strictObject({ from: number.exactOptional() });
export type ProofQuery = z.infer<typeof proofQuery>;

/** The chain from `from` to `to`, worked out anew. A whole proof begins at 1 and goes on with `next` until there is none. */
export interface Proof {
  from: number;
  to: number;
  holds: boolean;
  /** Where it does not hold, and in which way. */
  fault?: { seq: number; what: 'changed' | 'missing' | 'head' };
  head: { seq: number; hash: string };
  next?: number;
}
