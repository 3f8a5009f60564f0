/**
 * What crosses the socket. Joining: `board:join` is answered with the state at a seq, or with the events after
 * the seq the display names, if it names the same epoch. Then numbered batches; a display applies a batch only
 * if it starts at its seq + 1 and joins again otherwise. socket.io promises nothing more than at-most-once.
 */
import type { Entry } from '@comm-cell/board/events';
import { z } from 'zod';

/** Raised when a message changes its meaning. A display of another version covers itself and reloads. */
export const PROTOCOL = 2;
/** The server says so often that it is alive. */
export const BEAT_MS = 5_000;
/** Without a verified beat for so long a display covers itself. */
export const COVER_AFTER_MS = 15_000;

export const joinRequest = z.strictObject({
  protocol: z.int(),
  board: z.string().max(60),
  epoch: z.string().max(60).optional(),
  since: z.int().min(0).optional(),
  /** Build of the page that asks, for the ops page. */
  build: z.string().max(80).optional(),
});
export type JoinRequest = z.infer<typeof joinRequest>;

export type JoinAnswer =
  | {
      ok: true;
      epoch: string;
      seq: number;
      serverTime: number;
      build: string;
      /** The state at `packedAt`, as gzipped JSON of a BoardState: made once for all who join at about the same time. */
      packed: Uint8Array | ArrayBuffer;
      packedAt: number;
      /** What came after it, up to `seq`. */
      events: Entry[];
    }
  | { ok: true; epoch: string; from: number; seq: number; serverTime: number; build: string; events: Entry[] }
  | { ok: false; code: 'unknown-board' | 'bad-request' | 'update-required' | 'not-ready'; detail: string };

/** Events `from`..`to`, gapless. */
export interface BatchMessage {
  board: string;
  from: number;
  to: number;
  events: Entry[];
}

/** `hash`: SHA-256 (hex) of the canonical state at `seq`; a display that folded to another hash joins again. */
export interface BeatMessage {
  board: string;
  protocol: number;
  epoch: string;
  seq: number;
  hash: string;
  serverTime: number;
  /** Build of the server; a display of another build reloads at a quiet moment. */
  build: string;
}

export interface ServerMessages {
  'board:batch': (batch: BatchMessage) => void;
  'board:beat': (beat: BeatMessage) => void;
  /** The display fell too far behind to be sent deltas: it should join again. */
  'board:behind': (message: { board: string }) => void;
}
export interface ClientMessages {
  'board:join': (request: JoinRequest, answer: (answer: JoinAnswer) => void) => void;
  /** What the display has drawn: proof for replay, and a sign of life. */
  'board:drawn': (report: { board: string; epoch: string; seq: number; hash: string; at: number }) => void;
}
export const drawnReport = z.strictObject({
  board: z.string().max(60),
  epoch: z.string().max(60),
  seq: z.int().min(0),
  hash: z.string().max(64),
  at: z.number(),
});
