/**
 * Sends every event of a board to every display of it. A batch is built and encoded once for all sockets.
 * It leaves at once when the last one is some milliseconds old, else together with what follows: an idle board
 * has no delay, and a busy one sends no more than half of the time, however many displays it has.
 */
import type { Entry } from '@comm-cell/board/events';
import { BEAT_MS, type BeatMessage, type ClientMessages, PROTOCOL, type ServerMessages } from '@comm-cell/contract/live';
import type { Server, Socket } from 'socket.io';
import type { BoardKeeper } from '../keeper/board-keeper.js';

export type LiveServer = Server<ClientMessages, ServerMessages, Record<string, never>, DisplayData>;
export type LiveSocket = Socket<ClientMessages, ServerMessages, Record<string, never>, DisplayData>;
export interface DisplayData {
  /** Boards a person or a paired screen may watch; whoever has none of these may watch all. */
  boards?: ReadonlySet<string>;
  /** A paired screen, and the build of the page it runs. */
  display?: { board: string; display: string };
  build?: string;
  board?: string;
  /** Since when the socket has been too slow for deltas (performance.now). */
  behindSince?: number;
}

/** From the start of one batch to the next: twice what a batch takes, within these bounds. */
const GAP_TIMES = 2;
const GAP_LEAST_MS = 2;
const GAP_MOST_MS = 50;
/** More than this unsent for one display and it gets no more deltas until it has read what there is. */
const UNSENT_LIMIT = 256 * 1024;
const BEHIND_CHECK_MS = 500;
const BEHIND_LIMIT_MS = 30_000;

interface Outgoing {
  pending: Entry[];
  sentAt: number;
  gapMs: number;
  timer: NodeJS.Timeout | undefined;
  /** No display has more bytes than this unsent: what the last look found, and all that was sent since. */
  unsentMost: number;
}

export function roomOf(board: string): string {
  return `board:${board}`;
}

/**
 * What people did that changes no picture is for the auditor: a wall in a corridor needs its place in the order, not who signed
 * in from where.
 */
export function forWalls(entries: Entry[]): Entry[] {
  if (!entries.some(({ event }) => event.kind === 'DeedDone')) return entries;
  return entries.map((entry) => (entry.event.kind === 'DeedDone' ? { ...entry, event: { kind: 'DeedDone', deed: entry.event.deed, by: null } } : entry));
}

/** Bytes that wait for this one reader, in engine.io's queue and in the socket's own. */
export function unsentBytes(socket: LiveSocket): number {
  const { writeBuffer, transport } = socket.conn as unknown as {
    writeBuffer: { data?: string | Buffer }[];
    transport: { socket?: { bufferedAmount?: number } };
  };
  return writeBuffer.reduce((sum, packet) => sum + (packet.data?.length ?? 0), transport.socket?.bufferedAmount ?? 0);
}

export class FanOut {
  #boards = new Map<string, Outgoing>();
  #behind = new Set<LiveSocket>();
  #timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly server: LiveServer,
    private readonly build: string,
    private readonly keepers: () => readonly BoardKeeper[],
    /** Resolves when the board's journal answers: no proof, no beat. */
    private readonly prove: (keeper: BoardKeeper) => Promise<void>,
  ) {
    this.#timers.push(setInterval(() => this.#beatAll(), BEAT_MS));
    this.#timers.push(setInterval(() => this.#checkBehind(), BEHIND_CHECK_MS));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { timer } of this.#boards.values()) clearTimeout(timer);
  }

  follow(keeper: BoardKeeper): void {
    const outgoing: Outgoing = { pending: [], sentAt: -Infinity, gapMs: GAP_LEAST_MS, timer: undefined, unsentMost: Infinity };
    this.#boards.set(keeper.board, outgoing);
    keeper.subscribe((entries) => {
      outgoing.pending.push(...entries);
      const wait = outgoing.sentAt + outgoing.gapMs - performance.now();
      if (wait <= 0) this.flush(keeper.board);
      else outgoing.timer ??= setTimeout(() => this.flush(keeper.board), wait);
    });
  }

  /** Sends what is pending; before a join or a beat, so that their seq and the batches cannot cross. */
  flush(board: string): void {
    const outgoing = this.#boards.get(board);
    if (!outgoing) return;
    clearTimeout(outgoing.timer);
    outgoing.timer = undefined;
    const events = outgoing.pending;
    const from = events[0]?.seq;
    const to = events.at(-1)?.seq;
    if (from === undefined || to === undefined) return;
    outgoing.pending = [];
    outgoing.sentAt = performance.now();
    if (!this.#watched(board)) return;
    // To look at every display takes a tenth of what it takes to send; mostly nobody can be that far behind.
    if (outgoing.unsentMost > UNSENT_LIMIT) outgoing.unsentMost = this.#dropSlow(board);
    outgoing.unsentMost += this.#bytesOf(board, () => this.server.to(roomOf(board)).emit('board:batch', { board, from, to, events: forWalls(events) }));
    const wanted = GAP_TIMES * (performance.now() - outgoing.sentAt);
    // A moving mean: one hiccup of the machine is no reason to slow down.
    outgoing.gapMs = Math.min(Math.max(outgoing.gapMs + (wanted - outgoing.gapMs) / 4, GAP_LEAST_MS), GAP_MOST_MS);
  }

  /** The display gets every batch from here on. What it was answered with may be unsent still. */
  join(socket: LiveSocket, board: string): void {
    void socket.join(roomOf(board));
    const outgoing = this.#boards.get(board);
    if (outgoing) outgoing.unsentMost = Infinity;
  }

  /** How large the message is that `send` sends to all of a board, as the first of its displays is given it; Infinity if it is given none. */
  #bytesOf(board: string, send: () => void): number {
    const [first] = this.server.sockets.adapter.rooms.get(roomOf(board)) ?? [];
    const display = first === undefined ? undefined : this.server.sockets.sockets.get(first)?.conn;
    let bytes = Infinity;
    const hear = ({ data }: { data?: string }): void => void (bytes = Buffer.byteLength(data ?? ''));
    display?.once('packetCreate', hear);
    send();
    display?.off('packetCreate', hear);
    return bytes;
  }

  #watched(board: string): boolean {
    return this.server.sockets.adapter.rooms.has(roomOf(board));
  }

  beatOf(keeper: BoardKeeper): BeatMessage {
    const { head } = keeper.snapshot;
    return { board: keeper.board, protocol: PROTOCOL, epoch: head.epoch, seq: head.seq, hash: keeper.stateHash(), serverTime: Date.now(), build: this.build };
  }

  #beatAll(): void {
    for (const keeper of this.keepers()) {
      if (!this.#watched(keeper.board)) continue;
      // A store that does not answer means no beat: the walls cover themselves.
      this.prove(keeper).then(
        () => {
          this.flush(keeper.board);
          this.#dropSlow(keeper.board);
          this.server.to(roomOf(keeper.board)).emit('board:beat', this.beatOf(keeper));
        },
        () => {},
      );
    }
  }

  /** Whoever is too far behind gets no more deltas. Answers the bytes that wait for the slowest of those that stay. */
  #dropSlow(board: string): number {
    const room = this.server.sockets.adapter.rooms.get(roomOf(board));
    let most = 0;
    for (const id of room ?? []) {
      const socket = this.server.sockets.sockets.get(id);
      if (!socket) continue;
      const unsent = unsentBytes(socket);
      if (unsent <= UNSENT_LIMIT) {
        most = Math.max(most, unsent);
        continue;
      }
      void socket.leave(roomOf(board));
      socket.data.behindSince = performance.now();
      this.#behind.add(socket);
    }
    return most;
  }

  #checkBehind(): void {
    for (const socket of this.#behind) {
      if (!socket.connected) {
        this.#behind.delete(socket);
      } else if (unsentBytes(socket) === 0) {
        this.#behind.delete(socket);
        delete socket.data.behindSince;
        if (socket.data.board !== undefined) socket.emit('board:behind', { board: socket.data.board });
      } else if (performance.now() - (socket.data.behindSince ?? 0) > BEHIND_LIMIT_MS) {
        this.#behind.delete(socket);
        socket.disconnect(true);
      }
    }
  }
}
