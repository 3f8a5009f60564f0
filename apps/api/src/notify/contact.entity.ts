import type { Hours } from '@comm-cell/board/rule';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One way to reach one person of a group. Personal data: it stands in this table and goes into no journal, log or display. */
@Entity({ name: 'contacts' })
export class Contact {
  @PrimaryColumn({ name: 'board_id', type: 'text' })
  boardId!: string;
  @PrimaryColumn({ name: 'contact_id', type: 'text' })
  contactId!: string;
  @Column({ name: 'group_id', type: 'text' })
  groupId!: string;
  @Column({ type: 'text' })
  channel!: string;
  @Column({ type: 'text' })
  address!: string;
  @Column({ type: 'text' })
  name!: string;
  /** null: the languages of the board. */
  @Column({ type: 'text', nullable: true })
  language!: 'en' | 'cy' | 'both' | null;
  /** Messages that can wait wait until these hours are over. */
  @Column({ type: 'jsonb', nullable: true })
  quiet!: Hours | null;
  /** What a signing channel signs with. */
  @Column({ type: 'text', nullable: true })
  secret!: string | null;
  @Column({ type: 'boolean' })
  enabled!: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
