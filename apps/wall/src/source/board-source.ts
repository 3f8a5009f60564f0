/** Where a screen gets its board from: the live socket or a replay. Screens know this and nothing more. */
import type { BoardState } from '@comm-cell/board/state';

/** `replay`: a moment of the past, which says nothing of the present. */
export type Link = 'connecting' | 'live' | 'covered' | 'replay';

/** Why the picture may not be trusted, or why there is none. */
export type Reason =
  | 'no-connection'
  /** Connected, but nothing proves that the picture is right: no beat, or a state that is still being checked. */
  | 'unproven'
  | 'clock-jumped'
  | 'needs-token'
  | 'update-required'
  | 'unknown-board'
  | 'not-ready';

export interface BoardSource {
  /** Replaced as a whole, never changed in place. */
  readonly state: BoardState | undefined;
  readonly epoch: string;
  readonly seq: number;
  readonly link: Link;
  readonly reason: Reason | undefined;
  /** Server time of the last proof that the picture is right. */
  readonly since: number | undefined;
  /** Server time, renewed at least once a second; of a replay, the moment that is shown. */
  readonly now: number;
  /** Milliseconds since the last proof. */
  readonly quietMs: number;
  /** Rises with every proof: re-arms the cover that works without script. */
  readonly proofs: number;
  /** How far the device's own clock is off; it is never used for ages. */
  readonly deviceOffMs: number;
  serverNow(): number;
  /** Try again at once, e.g. after a token was accepted. */
  retry(): void;
  stop(): void;
}
