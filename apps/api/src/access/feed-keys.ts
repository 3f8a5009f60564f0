/** Who may write: feed keys, looked up by hash from a copy in memory that is never older than a few seconds. */
import { Injectable } from '@nestjs/common';
import type { BoardId, FeedId, ProviderId } from '@comm-cell/board/definition';
import { DataSource } from 'typeorm';
import { FeedKey } from './feed-key.entity.js';
import { Refusal } from './refusal.js';
import { hashOf, looksLikeKey, newFeedKey } from './feed-key.js';

/** A copy of this age is renewed, while it goes on answering … */
const RENEW_MS = 2_000;
/** … but not beyond this one: a revoked key stops working within it (invariant I46 allows 5 s). */
const OLDEST_MS = 4_000;
/** An unknown but well-formed key may be brand new: look again, but not for every guess. */
const LOOK_AGAIN_MS = 250;

export interface FeedPrincipal {
  board: BoardId;
  keyId: string;
  provider: ProviderId;
  feeds: readonly FeedId[];
}

@Injectable()
export class FeedKeys {
  #byHash = new Map<string, FeedPrincipal & { expiresAt: number }>();
  #loadedAt = -Infinity;
  #loading: Promise<void> | undefined;

  constructor(private readonly database: DataSource) {}

  /** The holder of a key, or undefined for every key that is wrong, revoked or expired. */
  async holder(key: string): Promise<FeedPrincipal | undefined> {
    if (!looksLikeKey(key)) return undefined;
    const hash = hashOf(key).toString('base64');
    const age = performance.now() - this.#loadedAt;
    const known = this.#byHash.has(hash);
    if (age > OLDEST_MS || (!known && age > LOOK_AGAIN_MS)) {
      // A renewal that is under way may have begun before a brand-new key was made.
      if (!known) await this.#loading?.catch(() => {});
      await this.#load();
    }
    // Nobody waits for it; if it fails, those who come after the copy's time are told.
    else if (age > RENEW_MS) this.#load().catch(() => {});
    const found = this.#byHash.get(hash);
    return found && found.expiresAt > Date.now() ? found : undefined;
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
    const { key, keyId, hash } = newFeedKey(env);
    await this.database
      .getRepository(FeedKey)
      .insert({ boardId: board, keyId, providerId: provider, feeds: [...feeds], secretHash: hash, label, expiresAt, revokedAt: null });
    this.#loadedAt = -Infinity;
    return key;
  }

  async revoke(board: BoardId, keyId: string): Promise<boolean> {
    const { affected } = await this.database.getRepository(FeedKey).update({ boardId: board, keyId }, { revokedAt: new Date() });
    this.#loadedAt = -Infinity;
    return affected === 1;
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
