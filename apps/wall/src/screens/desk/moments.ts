/** Moments as the server wants them, on the server's clock: the device's own is never asked. Whole minutes, for people. */
import { MINUTE_MS } from '@comm-cell/board/time';

export function inFuture(now: number, ms: number): string {
  return new Date(Math.floor((now + ms) / MINUTE_MS) * MINUTE_MS).toISOString();
}
