import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who is signed in at a desk. Only the hash of the cookie is kept. */
@Entity({ name: 'desk_sessions' })
export class DeskSession {
  @PrimaryColumn({ name: 'session_hash', type: 'bytea' })
  sessionHash!: Buffer;
  @Column({ name: 'person_id', type: 'text' })
  personId!: string;
  @Column({ name: 'opened_at', type: 'timestamptz', default: () => 'now()' })
  openedAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
