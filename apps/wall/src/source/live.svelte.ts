/**
 * The live board. Three rules carry it: nothing is shown as live without a verified beat in the last 15 seconds;
 * whenever in doubt, cover first and ask afterwards; server time is the only time.
 */
import { UnknownEvent } from '@comm-cell/board/evolve';
import type { BoardState } from '@comm-cell/board/state';
import {
  COVER_AFTER_MS,
  PROTOCOL,
  type BatchMessage,
  type BeatMessage,
  type ClientMessages,
  type JoinAnswer,
  type ServerMessages,
} from '@comm-cell/contract/live';
import { Manager, type Socket } from 'socket.io-client';
import { tick } from 'svelte';
import type { BoardSource, Link, Reason } from './board-source.js';
import { Follower, unpack, type Unpacked } from './follower.js';
import { type Heard, heardNow, msSince, ServerClock } from './server-clock.js';

const SECOND_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;
const AHEAD_FOR_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15_000;
/** Ages do not follow a clock jump before the server had a chance to say what time it is. */
const JUMP_GRACE_MS = 3_000;
/** Redrawing is held to ten times a second when batches come faster. */
const DRAW_EVERY_MS = 100;
/** Batches that overtake the answer to a join wait for it. */
const MOST_WAITING = 200;

export class LiveSource implements BoardSource {
  state = $state.raw<BoardState>();
  epoch = $state.raw('');
  seq = $state.raw(0);
  link = $state.raw<Link>('connecting');
  reason = $state.raw<Reason | undefined>('no-connection');
  since = $state.raw<number>();
  now = $state.raw(0);
  quietMs = $state.raw(0);
  proofs = $state.raw(0);
  deviceOffMs = $state.raw(0);
  /** Build of the server as its last beat named it. */
  serverBuild = $state.raw('');

  readonly #board: string;
  readonly #build: string;
  readonly #socket: Socket<ServerMessages, ClientMessages>;
  readonly #follower = new Follower();
  readonly #clock = new ServerClock();
  readonly #stops = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #drawTimer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #asked = 0;
  /** The join that is under way, by its number; 0 = none. */
  #joining = 0;
  #waiting: BatchMessage[] = [];
  /** The newest beat that came while a join was under way, which is mostly the proof of what that brings, and when it was heard. */
  #early: { beat: BeatMessage; heard: Heard } | undefined;
  #provenAt: Heard = { monotonic: 0, wall: 0 };
  #aheadSince: number | undefined;
  #jumpedAt: number | undefined;
  #drawnAt = 0;
  /** Set for good once the server speaks of things this build does not know: only a reload helps. */
  #outdated = false;

  constructor(board: string, build: string) {
    this.#board = board;
    this.#build = build;
    // Past `io`, whose cache of connections would be of no use. The address is said: of an IPv6 host `location` alone is misread.
    this.#socket = new Manager(location.origin, { transports: ['websocket'], reconnection: false, autoConnect: false }).socket('/');
    this.#socket.on('connect', () => this.#join());
    this.#socket.on('connect_error', (error) => this.#refused(error));
    this.#socket.on('disconnect', () => this.#lost());
    this.#socket.on('board:batch', (batch) => this.#batch(batch));
    this.#socket.on('board:beat', (beat) => this.#beat(beat));
    this.#socket.on('board:behind', ({ board: id }) => id === this.#board && this.#join());
    this.#timer = setInterval(() => this.#tick(), SECOND_MS);

    // Whatever the page slept through, it must not come back with an old picture that looks live.
    const { signal } = this.#stops;
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#awake(), { signal });
    document.addEventListener('resume', () => this.#awake(), { signal });
    addEventListener('pageshow', (event) => event.persisted && this.#awake(), { signal });
    addEventListener('online', () => this.retry(), { signal });
    this.#socket.connect();
  }

  serverNow(): number {
    return this.#clock.known ? this.#clock.now() : 0;
  }

  retry(): void {
    this.#attempts = 0;
    clearTimeout(this.#retryTimer);
    if (this.#socket.connected) this.#join();
    else this.#socket.connect();
  }

  stop(): void {
    this.#stops.abort();
    clearInterval(this.#timer);
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#drawTimer);
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #cover(reason: Reason): void {
    if (reason === 'update-required') this.#outdated = true;
    this.reason = this.#outdated ? 'update-required' : reason;
    if (this.link === 'live') this.link = 'covered';
  }

  #awake(): void {
    this.#cover('unproven');
    this.retry();
  }

  /** Asks for what is missing; with `whole`, for the state itself. */
  #join(whole = false): void {
    if (whole) this.#follower.forget();
    if (!this.#socket.connected || this.#outdated) return;
    const mine = (this.#joining = ++this.#asked);
    this.#waiting = [];
    this.#early = undefined;
    this.#aheadSince = undefined;
    const known = this.#follower.state && { epoch: this.#follower.epoch, since: this.#follower.seq };
    this.#socket
      .timeout(ANSWER_WITHIN_MS)
      .emitWithAck('board:join', { protocol: PROTOCOL, board: this.#board, ...(this.#build && { build: this.#build }), ...known })
      .then((answer) => (answer.ok ? unpack(answer) : answer))
      .then(
        (answer) => mine === this.#joining && this.#joined(answer),
        () => mine === this.#joining && this.#again(),
      );
  }

  #joined(answer: Unpacked | Extract<JoinAnswer, { ok: false }>): void {
    this.#joining = 0;
    if (!answer.ok) {
      this.#cover(answer.code === 'bad-request' ? 'update-required' : answer.code);
      this.#again();
      return;
    }
    this.#guard(() => {
      if (!this.#follower.take(answer)) return this.#join(true);
      this.#clock.set(answer.serverTime);
      this.#jumpedAt = undefined;
      for (const batch of this.#waiting.splice(0)) {
        if (this.#follower.apply(batch) === 'gap') return this.#join();
      }
      this.#draw();
      const early = this.#early;
      this.#early = undefined;
      if (early) this.#beat(early.beat, early.heard);
    });
  }

  #batch(batch: BatchMessage): void {
    if (batch.board !== this.#board || this.#outdated) return;
    if (this.#joining) {
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push(batch);
      return;
    }
    this.#guard(() => {
      const outcome = this.#follower.apply(batch);
      if (outcome === 'gap') this.#join();
      else if (outcome === 'applied') this.#draw();
    });
  }

  #beat(beat: BeatMessage, heard: Heard = heardNow()): void {
    if (beat.board !== this.#board) return;
    this.serverBuild = beat.build;
    if (beat.protocol !== PROTOCOL) return this.#cover('update-required');
    if (this.#outdated) return;
    if (this.#joining) {
      this.#early = { beat, heard };
      return;
    }
    const verdict = this.#follower.check(beat);
    if (verdict !== 'ahead') this.#aheadSince = undefined;
    switch (verdict) {
      case 'verified':
        this.#proven(beat, heard);
        return;
      case 'ahead':
        this.#aheadSince ??= performance.now();
        if (performance.now() - this.#aheadSince <= AHEAD_FOR_MS) return;
        break;
      case 'past':
        return;
      case 'different':
      case 'other-epoch':
        break;
      default:
        verdict satisfies never;
    }
    this.#cover('unproven');
    this.#join(true);
  }

  #proven(beat: BeatMessage, heard: Heard): void {
    // Proof that is as old as that is none.
    if (msSince(heard) > COVER_AFTER_MS) return;
    this.#attempts = 0;
    this.#clock.set(beat.serverTime, heard);
    this.#provenAt = heard;
    this.#jumpedAt = undefined;
    this.#drawNow();
    this.since = beat.serverTime;
    this.deviceOffMs = this.#clock.deviceOffMs();
    this.quietMs = 0;
    this.reason = undefined;
    this.link = 'live';
    this.proofs++;
    const { epoch, seq, hash } = beat;
    void tick().then(() => this.#socket.emit('board:drawn', { board: this.#board, epoch, seq, hash, at: this.serverNow() }));
  }

  #tick(): void {
    if (this.#clock.jumped()) {
      this.#cover('clock-jumped');
      this.#jumpedAt = performance.now();
      this.retry();
    }
    this.quietMs = msSince(this.#provenAt);
    if (this.link === 'live' && this.quietMs > COVER_AFTER_MS) this.#cover(this.#socket.connected ? 'unproven' : 'no-connection');
    const waits = this.#jumpedAt !== undefined && performance.now() - this.#jumpedAt < JUMP_GRACE_MS;
    if (this.#clock.known && !waits) this.now = this.#clock.now();
  }

  /** The first change is drawn at once, a flood of changes a few times a second. */
  #draw(): void {
    const waitMs = this.#drawnAt + DRAW_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#drawNow();
    else this.#drawTimer ??= setTimeout(() => this.#drawNow(), waitMs);
  }

  #drawNow(): void {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    this.#drawnAt = performance.now();
    this.state = this.#follower.state;
    this.epoch = this.#follower.epoch;
    this.seq = this.#follower.seq;
    this.now = this.#clock.now();
  }

  /** An event this build does not know would make every later picture wrong. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof UnknownEvent)) throw error;
      this.#follower.forget();
      this.#cover('update-required');
    }
  }

  #refused(error: Error & { data?: { code?: string } }): void {
    if (error.data?.code === 'needs-token') {
      this.#cover('needs-token');
      return;
    }
    if (this.link !== 'live') this.#cover('no-connection');
    this.#again();
  }

  #lost(): void {
    this.#joining = 0;
    this.#waiting = [];
    // A short break does not cover: the 15 seconds without proof decide.
    if (this.link !== 'live') this.#cover('no-connection');
    this.#again();
  }

  /** Full jitter, for ever: thousands of walls must not come back in step. */
  #again(): void {
    clearTimeout(this.#retryTimer);
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.#attempts++);
    this.#retryTimer = setTimeout(
      () => (this.#socket.connected ? this.#join() : this.#socket.connect()),
      RETRY_FIRST_MS + Math.random() * (most - RETRY_FIRST_MS),
    );
  }
}
