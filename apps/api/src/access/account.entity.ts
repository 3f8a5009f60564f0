import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a person proves who they are. What they may do stands in `people`. */
@Entity({ name: 'accounts' })
export class Account {
  @PrimaryColumn({ name: 'person_id', type: 'text' })
  personId!: string;
  @Column({ type: 'text' })
  name!: string;
  /** In small letters. */
  @Column({ type: 'text' })
  email!: string;
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;
  /** Base32, sealed (`seal.ts`): it must be known in clear to be checked. */
  @Column({ name: 'totp_secret', type: 'text', nullable: true })
  totpSecret!: string | null;
  /** Shown to the person, not yet confirmed by a first code; sealed as well. */
  @Column({ name: 'totp_offered', type: 'text', nullable: true })
  totpOffered!: string | null;
  /** The last time step a code was accepted for: no code opens twice. */
  @Column({ name: 'totp_step', type: 'bigint', nullable: true })
  totpStep!: string | null;
  @Column({ name: 'recovery_hashes', type: 'bytea', array: true })
  recoveryHashes!: Buffer[];
  @Column({ type: 'text', nullable: true })
  issuer!: string | null;
  @Column({ type: 'text', nullable: true })
  subject!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
