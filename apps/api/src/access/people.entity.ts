import type { Role } from '@comm-cell/contract/desk';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person on one board; with several boards there are several rows and still one token. */
@Entity({ name: 'people' })
export class PersonOfBoard {
  @PrimaryColumn({ name: 'board_id', type: 'text' })
  boardId!: string;
  @PrimaryColumn({ name: 'person_id', type: 'text' })
  personId!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ type: 'text' })
  role!: Role;
  /** Whose work the role is limited to; null = the whole board. */
  @Column({ name: 'providers', type: 'text', array: true, nullable: true })
  providers!: string[] | null;
  /** Null for people of the demo: they have no token. */
  @Column({ name: 'token_hash', type: 'bytea', nullable: true })
  tokenHash!: Buffer | null;
  @Column({ type: 'boolean' })
  demo!: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
