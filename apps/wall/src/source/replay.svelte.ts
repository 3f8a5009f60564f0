/**
 * The board of the past, for the same screens as the live one. Three rules carry it: picture and clock always belong together
 * (what is asked for and not yet here stands apart, in `sought`); nothing of the present is ever mixed in; a picture that was
 * folded here is compared with the journal's own hash as soon as it rests.
 */
import { UnknownEvent } from '@comm-cell/board/evolve';
import type { Entry } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { HOUR_MS, SECOND_MS } from '@comm-cell/board/time';
import type { Difference } from '@comm-cell/board/known';
import type { Drawn, ReadAs, Span } from '@comm-cell/contract/replay';
import type { BoardSource, Link, Reason } from './board-source.js';
import { stateHash } from './follower.js';
import { Past, type Still } from './past.js';
import { NotTold, type ReplayJournal } from './replay-journal.js';

/** Times as fast as it happened. */
export const SPEEDS = [1, 10, 60, 300, 900, 3_600] as const;

/** Thirty frames a second are asked of a projector; more would only cost. */
const FRAME_MS = 28;
/** A page that was asleep does not leap on. */
const MOST_ELAPSED_MS = 250;
/** So many seconds of playing are fetched ahead. */
const AHEAD_S = 10;
const AHEAD_LEAST_MS = HOUR_MS;
const REST_MS = 350;
/** Pages of entries that are remembered around a moment that is looked at. */
const MOST_PAGES = 24;
/** How far a step back looks at first for something that happened; then twice as far each time. */
const BACK_MS = HOUR_MS;

/** The picture as it was shown, and as the journal has it, are one. */
export interface Proof {
  /** Of the journal, which also counts what changed no picture. */
  seq: number;
  hash: string;
  /** What displays reported to have drawn in that minute; null: none did. */
  drawn: Drawn | null;
}

export class ReplaySource implements BoardSource {
  state = $state.raw<BoardState>();
  epoch = $state.raw('');
  seq = $state.raw(0);
  link = $state.raw<Link>('connecting');
  reason = $state.raw<Reason>();
  now = $state.raw(0);
  // A replay proves nothing about the present: these stay as they are.
  readonly since = undefined;
  readonly quietMs = 0;
  readonly proofs = 0;
  readonly deviceOffMs = 0;

  span = $state.raw<Span>();
  as = $state.raw<ReadAs>('shown');
  speed = $state.raw<number>(60);
  playing = $state.raw(false);
  /** The moment that was asked for, while its picture is not here yet. */
  sought = $state.raw<number>();
  /** Why something could not be had; null: all is well. */
  trouble = $state.raw<NotTold['problem'] | null>(null);
  /** Absent until the picture rests and was compared. */
  proof = $state.raw<Proof>();
  /** Known and today: what differs from what was shown. */
  differences = $state.raw<readonly Difference[]>([]);

  readonly #journal: ReplayJournal;
  #past = new Past();
  /** Ends all that is under way when the screen is left. */
  readonly #stops = new AbortController();
  /** The picture that is being fetched. */
  #fetching: AbortController | undefined;
  /** Entries that are being fetched for later. */
  #gathering: AbortController | undefined;
  #fetchingAhead = false;
  /** The exact moment; `now` follows it in whole seconds. */
  #at = 0;
  #stamp: number | undefined;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** The stretch a person may soon look at: the day on the timeline. */
  #near: { from: number; to: number } | undefined;

  constructor(journal: ReplayJournal, { at, as, speed }: { at?: number | undefined; as?: ReadAs | undefined; speed?: number | undefined } = {}) {
    this.#journal = journal;
    if (as) this.as = as;
    if (speed !== undefined) this.speed = speed;
    void this.#begin(at);
  }

  serverNow(): number {
    return this.#at;
  }

  retry(): void {
    void this.#begin(this.sought ?? (this.state ? this.#at : undefined));
  }

  stop(): void {
    this.pause();
    clearTimeout(this.#rest);
    this.#fetching?.abort();
    this.#gathering?.abort();
    this.#stops.abort();
  }

  play(): void {
    if (this.playing || !this.span || this.#at >= this.span.to) return;
    this.playing = true;
    this.#stamp = undefined;
    clearTimeout(this.#rest);
    this.#frame = requestAnimationFrame((stamp) => this.#onFrame(stamp));
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.now = this.#at;
    cancelAnimationFrame(this.#frame);
    this.#settle();
  }

  /** `dragging`: more will follow at once, so a picture that is under way may still come and be shown as what it is. */
  seek(moment: number, dragging = false): void {
    if (!this.span) return;
    const at = Math.min(Math.max(moment, this.span.from), this.span.to);
    if (!dragging) this.#fetching?.abort();
    if (this.as === 'shown') {
      const still = this.#guard(() => this.#past.still(at));
      if (still) {
        this.sought = undefined;
        this.#draw(at, still);
        return this.#settle();
      }
    }
    this.sought = at;
    void this.#fetch();
  }

  show(as: ReadAs): void {
    if (as === this.as) return;
    this.as = as;
    this.differences = [];
    this.proof = undefined;
    this.seek(this.sought ?? this.#at);
  }

  /** To the next, or the last, moment at which something was recorded that people can see. False: there is none. */
  async step(direction: 1 | -1): Promise<boolean> {
    if (!this.span) return false;
    this.pause();
    const from = this.sought ?? this.#at;
    const { signal } = this.#stops;
    try {
      for (let reach = BACK_MS; ; reach *= 2) {
        const { before, after } = this.#past.neighbours(from);
        const found = direction > 0 ? after : before;
        if (found !== undefined) {
          this.seek(found);
          return true;
        }
        const beginning = this.#past.beginning(from);
        if (direction > 0 && beginning !== undefined) {
          if (!(await this.#extend(from, this.span.to, signal))) return false;
        } else {
          const start = direction > 0 ? from : Math.max(this.span.from, from - reach);
          if (beginning !== undefined && direction < 0 && beginning <= this.span.from) return false;
          await this.#load(start, signal);
          // What came before `from` is now a stretch of its own, walked to its end.
          while ((this.#past.end(start)?.until ?? from) < from && (await this.#extend(start, from, signal)));
          if (direction < 0 && start === this.span.from && this.#past.neighbours(from).before === undefined) return false;
        }
      }
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** What was recorded at the newest moment that is drawn. */
  happened(): Entry[] {
    return this.#past.recordedAt(this.#at);
  }

  /** Where a person may soon look; it is fetched while nothing else is going on. */
  near(from: number, to: number): void {
    this.#near = { from, to };
    if (!this.playing && this.link === 'replay') this.#settle();
  }

  async #begin(at: number | undefined): Promise<void> {
    this.trouble = null;
    try {
      this.span = await this.#journal.span(this.#stops.signal);
      this.epoch = this.span.epoch;
      this.seek(at ?? this.span.to);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** One picture at a time; when it is here and another is wanted by then, that one. */
  async #fetch(): Promise<void> {
    if (this.#fetching && !this.#fetching.signal.aborted) return;
    const fetching = (this.#fetching = new AbortController());
    try {
      for (let at = this.sought; at !== undefined && !fetching.signal.aborted; at = this.sought) {
        const { as } = this;
        const answer: (Still & { differences?: readonly Difference[] }) | undefined =
          as === 'shown' ? await this.#load(at, fetching.signal) : await this.#journal.state(at, as, fetching.signal);
        // Meanwhile another picture may have been wanted and found in memory: what comes late changes nothing.
        if (as !== this.as || this.sought === undefined || !answer) continue;
        this.trouble = null;
        if (this.sought === at) this.sought = undefined;
        this.differences = answer.differences ?? [];
        this.#draw(at, answer);
      }
      this.#settle();
    } catch (error) {
      if (!fetching.signal.aborted) this.#failed(error);
    } finally {
      if (this.#fetching === fetching) this.#fetching = undefined;
    }
  }

  #draw(at: number, { seq, state }: Pick<Still, 'seq' | 'state'>): void {
    this.#at = at;
    if (this.state !== state) this.proof = undefined;
    this.seq = seq;
    this.state = state;
    this.now = this.playing ? Math.floor(at / SECOND_MS) * SECOND_MS : at;
    this.link = 'replay';
    this.reason = undefined;
  }

  #onFrame(stamp: number): void {
    if (!this.playing || !this.span) return;
    this.#frame = requestAnimationFrame((next) => this.#onFrame(next));
    const elapsed = stamp - (this.#stamp ?? stamp);
    if (this.#stamp !== undefined && elapsed < FRAME_MS) return;
    // Waiting for a picture is no time that passed in it.
    if (this.sought !== undefined) return;
    this.#stamp = stamp;
    const target = Math.min(this.#at + Math.min(elapsed, MOST_ELAPSED_MS) * this.speed, this.span.to);
    if (this.as !== 'shown') {
      this.sought = target;
      void this.#fetch();
    } else {
      const end = this.#past.end(this.#at);
      if (!end) return this.seek(this.#at);
      const reach = Math.min(target, end.until);
      const still = this.#guard(() => this.#past.still(reach));
      if (!still) return;
      this.#draw(reach, still);
      if (end.until < this.span.to && end.until - reach < this.speed * AHEAD_S * SECOND_MS) void this.#ahead();
    }
    if (this.#at >= this.span.to) this.pause();
  }

  async #ahead(): Promise<void> {
    if (this.#fetchingAhead || !this.span) return;
    this.#fetchingAhead = true;
    try {
      const until = Math.min(this.span.to, this.#at + Math.max(AHEAD_LEAST_MS, 2 * this.speed * AHEAD_S * SECOND_MS));
      await this.#extend(this.#at, until, this.#stops.signal);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#fetchingAhead = false;
    }
  }

  /** One more page of what follows a moment. False when there is nothing more to fetch. */
  async #extend(moment: number, until: number, signal: AbortSignal): Promise<boolean> {
    const end = this.#past.end(moment);
    if (!end || end.until >= until) return false;
    const { epoch, to, entries, more } = await this.#journal.entries(end.seq, until, signal);
    // The last moment of a page may go on in the next one: only what lies before it is known to be whole.
    const whole = more ? (entries.at(-1)?.at ?? end.until + 1) - 1 : until;
    return this.#past.extend(end.until, { epoch, after: end.seq, to, entries, until: Math.max(end.until, whole) });
  }

  async #load(at: number, signal: AbortSignal): Promise<Still | undefined> {
    const { epoch, seq, start, entries } = await this.#journal.seek(at, signal);
    // Before anything was recorded there is nothing to start from but the emptiness itself.
    const from = Math.min(start.at || at, at);
    this.#past.begin(epoch, from, start.seq, start.state);
    this.#past.extend(from, { epoch, after: start.seq, to: seq, entries, until: at });
    return this.#guard(() => this.#past.still(at));
  }

  /** When nothing has moved for a moment: is the picture true, and what may be looked at next? */
  #settle(): void {
    clearTimeout(this.#rest);
    if (this.playing || this.#stops.signal.aborted) return;
    this.#rest = setTimeout(() => void this.#resting(), REST_MS);
  }

  async #resting(): Promise<void> {
    this.#gathering?.abort();
    const gathering = (this.#gathering = new AbortController());
    const { signal } = gathering;
    try {
      const at = this.#at;
      if (this.as === 'shown' && !this.proof) {
        const { seq, hash, drawn } = await this.#journal.state(at, 'shown', signal);
        if (hash !== null && at === this.#at && !signal.aborted && !this.#prove({ seq, hash, drawn })) return;
      }
      const { from, to } = this.#wanted();
      const known = this.#past.beginning(this.#at);
      if (known === undefined || known > from) await this.#load(from, signal);
      for (let pages = 0; pages < MOST_PAGES && !signal.aborted && (await this.#extend(from, to, signal)); pages++);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  #wanted(): { from: number; to: number } {
    const { from, to } = this.span!;
    const near = this.#near && this.#near.from <= this.#at && this.#at <= this.#near.to ? this.#near : { from: this.#at - BACK_MS, to: this.#at + BACK_MS };
    return { from: Math.min(Math.max(near.from, from), this.#at), to: Math.max(Math.min(near.to, to), this.#at) };
  }

  /** The fold on this screen and the journal's own hash must agree; a picture that fails that is covered. */
  #prove(proof: Proof): boolean {
    if (!this.state || this.as !== 'shown') return true;
    if (stateHash(this.state) === proof.hash) {
      this.proof = proof;
      return true;
    }
    this.pause();
    this.#past = new Past();
    this.link = 'covered';
    this.reason = 'unproven';
    return false;
  }

  #failed(error: unknown): void {
    if (this.#stops.signal.aborted) return;
    if (error instanceof UnknownEvent) return this.#outdated();
    if (!(error instanceof NotTold)) throw error;
    this.pause();
    clearTimeout(this.#rest);
    this.sought = undefined;
    this.trouble = error.problem;
  }

  /** An event this build does not know would make every later picture wrong. */
  #guard<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof UnknownEvent)) throw error;
      this.#outdated();
      return undefined;
    }
  }

  #outdated(): void {
    this.pause();
    this.state = undefined;
    this.link = 'covered';
    this.reason = 'update-required';
  }
}
