/**
 * What a display does with what it is told: the fold and its proof, without sockets and timers. A batch counts
 * only if it starts at seq + 1; a state counts as true only once a beat of the same seq names the same hash.
 */
import { evolveAll } from '@comm-cell/board/evolve';
import { type BoardState, stateText, wholeState } from '@comm-cell/board/state';
import type { BatchMessage, BeatMessage, JoinAnswer } from '@comm-cell/contract/live';
import { sha256 } from '@noble/hashes/sha2.js';

export type Verdict =
  | 'verified'
  /** The beat is ahead of this display: something may have been lost. */
  | 'ahead'
  /** The beat is older than what is remembered: proves nothing. */
  | 'past'
  /** Same seq, other board: never show it. */
  | 'different'
  | 'other-epoch';

/** How many earlier states a beat may still prove: a busy board moves on while the server takes its hash. */
const REMEMBERED = 16;

/** SHA-256 (hex) of the canonical text of a state, as the server's beats and its journal name it. */
export function stateHash(state: BoardState): string {
  return Array.from(sha256(new TextEncoder().encode(stateText(state))), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

type Joined = Extract<JoinAnswer, { ok: true }>;
type Packed = Extract<Joined, { packed: unknown }>;
export type Unpacked = Exclude<Joined, Packed> | (Omit<Packed, 'packed'> & { state: BoardState });

/** Takes the state out of the answer's packet. A packet that cannot be read rejects. */
export async function unpack(answer: Joined): Promise<Unpacked> {
  if (!('packed' in answer)) return answer;
  const { packed, ...rest } = answer;
  const text = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  return { ...rest, state: wholeState((await new Response(text).json()) as BoardState) };
}

export class Follower {
  epoch = '';
  seq = 0;
  state: BoardState | undefined;
  #earlier: { seq: number; state: BoardState }[] = [];
  #hashed: { state: BoardState; hash: string } | undefined;

  /** Forget the board, so that the next join brings it whole. */
  forget(): void {
    this.epoch = '';
    this.seq = 0;
    this.state = undefined;
    this.#earlier = [];
    this.#hashed = undefined;
  }

  /** False when the answer does not continue what is known. */
  take(answer: Unpacked): boolean {
    if ('state' in answer) {
      this.#earlier = [];
      this.epoch = answer.epoch;
      this.#advance(answer.seq, evolveAll(answer.state, answer.events));
      return true;
    }
    if (answer.epoch !== this.epoch || !this.state) return false;
    if (answer.events.length === 0) return answer.seq === this.seq;
    return this.apply({ from: answer.from, to: answer.seq, events: answer.events }) !== 'gap';
  }

  /** Throws UnknownEvent when the batch holds something this build cannot draw. */
  apply({ from, to, events }: Pick<BatchMessage, 'from' | 'to' | 'events'>): 'applied' | 'known' | 'gap' {
    if (!this.state) return 'gap';
    if (to <= this.seq) return 'known';
    if (from !== this.seq + 1 || events.length !== to - from + 1 || events.some((entry, i) => entry.seq !== from + i)) return 'gap';
    this.#advance(to, evolveAll(this.state, events));
    return 'applied';
  }

  check(beat: Pick<BeatMessage, 'epoch' | 'seq' | 'hash'>): Verdict {
    if (!this.state || beat.epoch !== this.epoch) return 'other-epoch';
    if (beat.seq > this.seq) return 'ahead';
    const meant = this.#earlier.find((one) => one.seq === beat.seq);
    if (!meant) return 'past';
    return this.hashOf(meant.state) === beat.hash ? 'verified' : 'different';
  }

  hashOf(state: BoardState): string {
    if (this.#hashed?.state !== state) this.#hashed = { state, hash: stateHash(state) };
    return this.#hashed.hash;
  }

  #advance(seq: number, state: BoardState): void {
    this.seq = seq;
    this.state = state;
    this.#earlier = [...this.#earlier.slice(1 - REMEMBERED), { seq, state }];
  }
}
