import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A provider's key for some of its feeds. Only the hash of the secret is kept. */
@Entity({ name: 'feed_keys' })
export class FeedKey {
  @PrimaryColumn({ name: 'board_id', type: 'text' })
  boardId!: string;
  @PrimaryColumn({ name: 'key_id', type: 'text' })
  keyId!: string;
  @Column({ name: 'provider_id', type: 'text' })
  providerId!: string;
  @Column({ type: 'text', array: true })
  feeds!: string[];
  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash!: Buffer;
  @Column({ type: 'text' })
  label!: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
  /** Known to the minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
