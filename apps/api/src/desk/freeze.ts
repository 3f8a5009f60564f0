/**
 * Puts the state of a moment by, under an id that people can cite. The event that names it comes afterwards: an event without its
 * state could not be opened, a state without its event is just not there.
 */
import { randomInt } from 'node:crypto';
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardState } from '@comm-cell/board/state';
import { type Journal, StoreDown } from '../journal/journal.js';
import { patiently } from './patience.js';

/** Without those that are taken for one another when read out: people cite a snapshot in minutes. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID_LONG = 10;

const STORE = `
insert into snapshots (board_id, snapshot_id, seq, at, chain_hash, state_hash, body)
values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, $7)`;

export interface Shown {
  seq: number;
  at: number;
  state: BoardState;
  /** SHA-256 of the state's text. */
  hash: string;
  chainHash: Buffer;
}

/** SQLSTATE of a key that is there already. */
const THERE = '23505';

/** Answers the id of the snapshot. Waits for a busy store, and keeps the id: whatever becomes of an answer, it is stored once. */
export async function putBy(journal: Pick<Journal, 'pool'>, board: BoardId, { seq, at, state, hash, chainHash }: Shown): Promise<string> {
  const snapshot = Array.from({ length: ID_LONG }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const values = [board, snapshot, seq, at, chainHash, hash, JSON.stringify(state)];
  await patiently(async (again) => {
    await journal.pool.query(STORE, values).catch((error: unknown) => {
      if (!again || (error as { code?: string }).code !== THERE) throw new StoreDown(error);
    });
  });
  return snapshot;
}
