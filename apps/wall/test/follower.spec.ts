import { gzipSync } from 'node:zlib';
import { evolveAll, UnknownEvent } from '@comm-cell/board/evolve';
import type { Entry } from '@comm-cell/board/events';
import { emptyBoard, stateText, type BoardState } from '@comm-cell/board/state';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Follower, unpack } from '../src/source/follower.js';

const entry = (seq: number, value: number): Entry => ({
  seq,
  at: seq * 1_000,
  event: { kind: 'ReadingsRecorded', feed: 'ed', batch: `b${seq}`, readings: [{ series: 'ed.in-department@here', at: seq * 1_000, value }] },
});
const hashOf = (state: BoardState): string => createHash('sha256').update(stateText(state)).digest('hex');
const whole = { ok: true as const, epoch: 'one', seq: 10, serverTime: 0, build: '', packedAt: 10, events: [] as Entry[], state: emptyBoard };

describe('a follower', () => {
  let follower: Follower;
  beforeEach(() => {
    follower = new Follower();
    follower.take(whole);
  });

  it('applies a batch that starts at its seq + 1 and is proven by the server’s own hash', () => {
    const entries = [entry(11, 5), entry(12, 7)];
    expect(follower.apply({ from: 11, to: 12, events: entries })).toBe('applied');
    expect(follower.seq).toBe(12);
    expect(follower.check({ epoch: 'one', seq: 12, hash: hashOf(evolveAll(emptyBoard, entries)) })).toBe('verified');
  });

  it('leaves its state alone when a batch is missing, and ignores one it has', () => {
    const before = follower.state;
    expect(follower.apply({ from: 12, to: 12, events: [entry(12, 7)] })).toBe('gap');
    expect(follower.apply({ from: 10, to: 10, events: [entry(10, 7)] })).toBe('known');
    expect(follower.apply({ from: 11, to: 12, events: [entry(11, 7)] })).toBe('gap');
    expect(follower.apply({ from: 11, to: 12, events: [entry(11, 7), entry(13, 7)] })).toBe('gap');
    expect(follower.state).toBe(before);
  });

  it('lets a beat prove a state it has moved on from', () => {
    const first = [entry(11, 5)];
    follower.apply({ from: 11, to: 11, events: first });
    follower.apply({ from: 12, to: 12, events: [entry(12, 6)] });
    expect(follower.check({ epoch: 'one', seq: 11, hash: hashOf(evolveAll(emptyBoard, first)) })).toBe('verified');
    expect(follower.check({ epoch: 'one', seq: 9, hash: '' })).toBe('past');
  });

  it('tells a beat that is ahead, another board and another history apart', () => {
    expect(follower.check({ epoch: 'one', seq: 11, hash: '' })).toBe('ahead');
    expect(follower.check({ epoch: 'one', seq: 10, hash: 'f'.repeat(64) })).toBe('different');
    expect(follower.check({ epoch: 'two', seq: 10, hash: hashOf(emptyBoard) })).toBe('other-epoch');
  });

  it('takes the events it missed only if they continue what it knows', () => {
    const events = [entry(11, 5)];
    const missed = { ok: true, epoch: 'one', from: 11, seq: 11, serverTime: 0, build: '', events } as const;
    expect(follower.take({ ...missed, events: [...events] })).toBe(true);
    expect(follower.take({ ...missed, epoch: 'two', events: [...events] })).toBe(false);
    expect(follower.take({ ...missed, from: 12, seq: 11, events: [] })).toBe(true);
    expect(follower.take({ ...missed, from: 15, seq: 14, events: [] })).toBe(false);
  });

  it('refuses to go on after an event it does not know', () => {
    const strange = { seq: 11, at: 0, event: { kind: 'SomethingNew' } } as unknown as Entry;
    expect(() => follower.apply({ from: 11, to: 11, events: [strange] })).toThrow(UnknownEvent);
  });
});

describe('a joining display', () => {
  it('takes the state out of its packet, with slices that came later, and what happened since', async () => {
    const { offers: _offers, ...earlier } = emptyBoard;
    const packed = gzipSync(JSON.stringify(earlier));
    const { state: _state, ...answer } = whole;
    const follower = new Follower();
    const taken = await unpack({ ...answer, packed, seq: 12, events: [entry(11, 5), entry(12, 6)] });
    expect(follower.take(taken)).toBe(true);
    expect(follower.seq).toBe(12);
    expect(follower.state?.offers).toEqual({});
  });

  it('cannot be given a damaged packet', async () => {
    const packed = gzipSync(JSON.stringify(emptyBoard));
    packed[20]! ^= 255;
    const { state: _state, ...answer } = whole;
    await expect(unpack({ ...answer, packed })).rejects.toThrow();
  });
});
