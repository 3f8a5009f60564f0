import { createHash } from 'node:crypto';

/** The hash before the first event of a history. */
export function genesis(board: string, epoch: string): Buffer {
  return createHash('sha256').update(`comm-cell journal\n${board}\n${epoch}`).digest();
}

/** h(n) = SHA-256(h(n-1), n, recorded at, source, event text): editing, dropping or reordering any event shows. */
export function link(previous: Uint8Array, seq: number, recordedAt: number, source: string, body: string): Buffer {
  return createHash('sha256').update(previous).update(`\n${seq}\n${recordedAt}\n${source}\n${body}`).digest();
}
