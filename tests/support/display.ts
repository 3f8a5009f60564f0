/**
 * A model display: what libs/contract live asks of one, in the plainest way, over a real socket. It is not the page's code,
 * so that a fault of the protocol and a fault of the page cannot hide each other.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { canonical } from '@comm-cell/board/canonical';
import type { Entry } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, wholeState, type BoardState } from '@comm-cell/board/state';
import { type BatchMessage, type BeatMessage, type ClientMessages, type JoinAnswer, PROTOCOL, type ServerMessages } from '@comm-cell/contract/live';
import { io, type Socket } from 'socket.io-client';
import { DISPLAY_COOKIE, until } from './api.js';
import { randomOf } from './crash.js';

/** What happens to a message between the socket and the fold; `deliver` may be called never, late or twice. */
export type Line = (deliver: () => void) => void;

export interface DisplaySettings {
  address: string;
  board: string;
  line?: Line;
  cookie?: string;
  origin?: string;
  /** A seeded fault for the positive controls: applies whatever comes, without looking at its seq. */
  careless?: boolean;
}

/** Slices that hold nothing are not part of what is hashed. */
export function hashOf(state: BoardState): string {
  const held = Object.entries(state).filter(([, slice]) => slice === null || typeof slice !== 'object' || Object.keys(slice as object).length > 0);
  return createHash('sha256')
    .update(canonical(Object.fromEntries(held)))
    .digest('hex');
}

export function unpacked(packed: Uint8Array | ArrayBuffer): BoardState {
  return wholeState(JSON.parse(gunzipSync(packed).toString('utf8')) as BoardState);
}

export class Display {
  readonly socket: Socket<ServerMessages, ClientMessages>;
  state: BoardState = emptyBoard;
  epoch = '';
  seq = 0;
  /** Everything this display was ever given as an event: what people may have seen. */
  readonly seen: Entry[] = [];
  joins = { state: 0, events: 0, refused: 0 };
  /** The seq of the newest beat whose hash agreed. */
  verified = 0;
  different = 0;
  /** True if the seq ever went back within one history. */
  wentBack = false;
  /** Number of the newest join, and whether its answer is still to come. */
  #asked = 0;
  #joining = false;
  #epochs = new Map<string, number>();

  constructor(private readonly settings: DisplaySettings) {
    const { address, cookie = DISPLAY_COOKIE, origin, line = (deliver) => deliver() } = settings;
    this.socket = io(address, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
      extraHeaders: { ...(cookie ? { cookie } : {}), ...(origin === undefined ? {} : { origin }) },
    });
    this.socket.on('connect', () => this.join());
    this.socket.on('disconnect', () => (this.#joining = false));
    this.socket.on('board:batch', (batch) => line(() => this.#batch(batch)));
    this.socket.on('board:beat', (beat) => line(() => this.#beat(beat)));
    this.socket.on('board:behind', () => this.join());
  }

  /** Joins as this display stands, or as told. */
  join({ since, epoch }: { since?: number; epoch?: string } = {}): void {
    const mine = ++this.#asked;
    this.#joining = true;
    const known = epoch !== undefined ? { epoch, since: since ?? 0 } : this.epoch ? { epoch: this.epoch, since: this.seq } : {};
    this.socket.timeout(5_000).emit('board:join', { protocol: PROTOCOL, board: this.settings.board, ...known }, (error: Error | null, answer: JoinAnswer) => {
      if (mine !== this.#asked) return;
      this.#joining = false;
      if (error) {
        if (this.socket.connected) this.join();
      } else if (!answer.ok) {
        this.joins.refused++;
      } else if ('packed' in answer) {
        this.joins.state++;
        this.#stand(answer.epoch, answer.seq, evolveAll(unpacked(answer.packed), answer.events));
      } else {
        this.joins.events++;
        this.#apply(answer.from, answer.seq, answer.events);
      }
    });
  }

  close(): void {
    this.socket.disconnect();
  }

  /** The next beat whose hash agrees at `seq` or later. */
  async provenAt(seq: number, withinMs = 60_000): Promise<void> {
    await until(() => this.verified >= seq, `a display verified at ${seq} (it stands at ${this.seq}, verified ${this.verified})`, withinMs);
  }

  #stand(epoch: string, seq: number, state: BoardState): void {
    if (seq < (this.#epochs.get(epoch) ?? 0)) this.wentBack = true;
    this.#epochs.set(epoch, seq);
    this.epoch = epoch;
    this.seq = seq;
    this.state = state;
  }

  #apply(from: number, to: number, events: readonly Entry[]): void {
    if (to <= this.seq && !this.settings.careless) return;
    if (from !== this.seq + 1 && !this.settings.careless) return this.join();
    this.seen.push(...events);
    this.#stand(this.epoch, to, evolveAll(this.state, events));
  }

  #batch({ from, to, events }: BatchMessage): void {
    // What overtakes the answer to a join is in the answer, or shows as a gap afterwards.
    if (this.epoch && !this.#joining) this.#apply(from, to, events);
  }

  #beat({ epoch, seq, hash }: BeatMessage): void {
    if (this.#joining) return;
    if (epoch !== this.epoch) return this.join({ epoch: '' });
    if (seq > this.seq) return this.settings.careless ? undefined : this.join();
    if (seq < this.seq) return;
    if (hash === hashOf(this.state)) {
      this.verified = seq;
      return;
    }
    this.different++;
    if (!this.settings.careless) this.join({ epoch: '' });
  }
}

/** A line that loses, doubles and delays messages, the same way for the same seed. */
export function badLine(seed: number, share: number): Line {
  const random = randomOf(seed);
  return (deliver) => {
    if (random() < share) return;
    if (random() < share) setTimeout(deliver, random() * 300);
    else deliver();
    if (random() < share) setTimeout(deliver, random() * 300);
  };
}
