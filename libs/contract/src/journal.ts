/**
 * Stored events ↔ events. The body of a stored event is its JSON text, hashed as it stands. This is the place
 * where an old shape would be lifted to the present one; so far there is one shape of each kind.
 *
 * Reading trusts the hash chain for the content (only this product's own writer is behind it) and checks the
 * shape no further than its kind: ten million readings must fold within seconds of a start.
 */
import type { BoardEvent } from '@comm-cell/board/events';

export class UnreadableEvent extends Error {}

export function parseEvent(body: string): BoardEvent {
  const event: unknown = JSON.parse(body);
  if (typeof event !== 'object' || event === null || typeof (event as { kind?: unknown }).kind !== 'string') {
    throw new UnreadableEvent('A stored event has no kind; the journal is damaged or was written by something else.');
  }
  return event as BoardEvent;
}
