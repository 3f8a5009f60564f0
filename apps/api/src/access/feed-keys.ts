/** Who may write: feed keys, looked up by hash from a copy in memory that is never older than a few seconds. */
import { Injectable } from '@nestjs/common';
import type { BoardId, FeedId, ProviderId } from '@comm-cell/board/definition';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { FeedKey } from './feed-key.entity.js';
import { Refusal } from './refusal.js';
import { hashOf, looksLikeKey, newFeedKey } from './feed-key.js';

/** A copy of this age is renewed, while it goes on answering … */
const RENEW_MS = 2_000;
/** … but not beyond this one: a revoked key stops working within it (invariant I46 allows 5 s). */
const OLDEST_MS = 4_000;
/** An unknown but well-formed key may be brand new: look again, but not for every guess. */
const LOOK_AGAIN_MS = 250;

/** That a key is in use is written down this often, and for all keys together so much later: never a write for each request. */
const USED_EVERY_MS = 60_000;
const GATHER_MS = 1_000;
/** The old key and the new one, while a provider changes over. */
export const KEYS_A_FEED = 2;
/** Keys of one board are made one after the other, so that two administrators cannot both make the second. */
const KEYS_LOCK = 4_216_003;

export interface FeedPrincipal {
  board: BoardId;
  keyId: string;
  provider: ProviderId;
  feeds: readonly FeedId[];
}

interface NewFeedKey {
  board: BoardId;
  provider: ProviderId;
  feeds: readonly FeedId[];
  label: string;
  env: 'live' | 'demo';
  expiresAt: Date | null;
}

async function insert(manager: EntityManager, { board, provider, feeds, label, env, expiresAt }: NewFeedKey): Promise<string> {
  const { key, keyId, hash } = newFeedKey(env);
  await manager
    .getRepository(FeedKey)
    .insert({ boardId: board, keyId, providerId: provider, feeds: [...feeds], secretHash: hash, label, expiresAt, lastUsedAt: null, revokedAt: null });
  return key;
}

@Injectable()
export class FeedKeys {
  #byHash = new Map<string, FeedPrincipal & { expiresAt: number }>();
  #loadedAt = -Infinity;
  #loading: Promise<void> | undefined;
  #usedAt = new Map<string, number>();
  #toWrite = new Map<string, FeedPrincipal>();
  #writing: NodeJS.Timeout | undefined;

  constructor(private readonly database: DataSource) {}

  /** The holder of a key, or undefined for every key that is wrong, revoked or expired. */
  async holder(key: string): Promise<FeedPrincipal | undefined> {
    const hash = hashOf(key).toString('base64');
    const known = this.#byHash.has(hash);
    if (!known && !looksLikeKey(key)) return undefined;
    const age = performance.now() - this.#loadedAt;
    if (age > OLDEST_MS || (!known && age > LOOK_AGAIN_MS)) {
      // A renewal that is under way may have begun before a brand-new key was made.
      if (!known) await this.#loading?.catch(() => {});
      await this.#load();
    }
    // Nobody waits for it; if it fails, those who come after the copy's time are told.
    else if (age > RENEW_MS) this.#load().catch(() => {});
    const found = this.#byHash.get(hash);
    if (!found || found.expiresAt <= Date.now()) return undefined;
    this.#used(found);
    return found;
  }

  /** Newest first; the keys themselves are nowhere. */
  list(board: BoardId): Promise<FeedKey[]> {
    return this.database.getRepository(FeedKey).find({ where: { boardId: board }, order: { createdAt: 'DESC', keyId: 'ASC' } });
  }

  /** Like `create`, unless one of the feeds has two keys that are good: then it names that feed and makes none. */
  async createInTurn(key: NewFeedKey): Promise<{ key: string } | { taken: FeedId }> {
    return this.database.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1, hashtext($2))', [KEYS_LOCK, key.board]);
      const live = await manager.getRepository(FeedKey).findBy({ boardId: key.board, revokedAt: IsNull() });
      const taken = key.feeds.find(
        (feed) => live.filter(({ feeds, expiresAt }) => feeds.includes(feed) && (expiresAt?.getTime() ?? Infinity) > Date.now()).length >= KEYS_A_FEED,
      );
      if (taken !== undefined) return { taken };
      const made = await insert(manager, key);
      this.#loadedAt = -Infinity;
      return { key: made };
    });
  }

  /** Makes a key and answers it in clear: this is the only time it can be seen. */
  async create(
    board: BoardId,
    provider: ProviderId,
    feeds: readonly FeedId[],
    label: string,
    env: 'live' | 'demo',
    expiresAt: Date | null = null,
  ): Promise<string> {
    const key = await insert(this.database.manager, { board, provider, feeds, label, env, expiresAt });
    this.#loadedAt = -Infinity;
    return key;
  }

  async revoke(board: BoardId, keyId: string): Promise<boolean> {
    const { affected } = await this.database.getRepository(FeedKey).update({ boardId: board, keyId, revokedAt: IsNull() }, { revokedAt: new Date() });
    this.#loadedAt = -Infinity;
    return affected === 1;
  }

  #used(key: FeedPrincipal): void {
    const id = `${key.board} ${key.keyId}`;
    if (performance.now() - (this.#usedAt.get(id) ?? -Infinity) < USED_EVERY_MS) return;
    this.#usedAt.set(id, performance.now());
    this.#toWrite.set(id, key);
    this.#writing ??= setTimeout(() => {
      const keys = [...this.#toWrite.values()];
      this.#toWrite.clear();
      this.#writing = undefined;
      // Nobody waits for it; what could not be written down is, a minute later.
      this.database
        .query(
          `update feed_keys k set last_used_at = now() from unnest($1::text[], $2::text[]) as u(board, key) where k.board_id = u.board and k.key_id = u.key`,
          [keys.map(({ board }) => board), keys.map(({ keyId }) => keyId)],
        )
        .catch(() => {});
    }, GATHER_MS).unref();
  }

  #load(): Promise<void> {
    this.#loading ??= (async () => {
      const started = performance.now();
      const rows = await this.database
        .getRepository(FeedKey)
        .find()
        .catch(() => {
          throw new Refusal(
            503,
            'store-down',
            'Keys cannot be checked at the moment; nothing was acknowledged.',
            'Send the same request with the same Idempotency-Key again.',
            undefined,
            {},
            2,
          );
        });
      const byHash = new Map<string, FeedPrincipal & { expiresAt: number }>();
      for (const row of rows) {
        if (row.revokedAt) continue;
        byHash.set(row.secretHash.toString('base64'), {
          board: row.boardId,
          keyId: row.keyId,
          provider: row.providerId,
          feeds: row.feeds,
          expiresAt: row.expiresAt?.getTime() ?? Infinity,
        });
      }
      this.#byHash = byHash;
      this.#loadedAt = started;
    })().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }
}
