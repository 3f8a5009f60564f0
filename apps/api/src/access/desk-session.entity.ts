import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How somebody proved who they are. */
export type ProvedBy = 'password' | 'organisation' | 'token' | 'demo';

/** Somebody who is signed in at a desk. Only the hash of the cookie is kept. */
@Entity({ name: 'desk_sessions' })
export class DeskSession {
  @PrimaryColumn({ name: 'session_hash', type: 'bytea' })
  sessionHash!: Buffer;
  /** What the person calls it by when they end it from another desk; opens nothing. */
  @Column({ name: 'session_no', type: 'text' })
  sessionNo!: string;
  @Column({ name: 'person_id', type: 'text' })
  personId!: string;
  @Column({ name: 'opened_at', type: 'timestamptz', default: () => 'now()' })
  openedAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
  /** When the person last did something with it. */
  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;
  /** When they last proved who they are; null when the organisation did not say. */
  @Column({ name: 'proved_at', type: 'timestamptz', nullable: true })
  provedAt!: Date | null;
  @Column({ type: 'text' })
  via!: ProvedBy;
  /** What the browser calls itself, cut short. */
  @Column({ type: 'text', nullable: true })
  agent!: string | null;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
