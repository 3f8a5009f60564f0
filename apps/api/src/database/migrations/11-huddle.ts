import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The address under which calendars fetch when a cell meets: a secret, of which only the hash is kept. */
export class Huddle1763800000011 implements MigrationInterface {
  readonly name = 'Huddle1763800000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table calendar_links (
        board_id text not null primary key,
        secret_hash bytea not null check (length(secret_hash) = 32),
        made_at timestamptz not null default now(),
        made_by text not null
      )`);
    // Minutes are looked up by the number of the huddle.
    await runner.query(`create index journal_of_huddles on journal (board_id, seq) where kind in ('HuddleOpened', 'HuddleClosed')`);
    await runner.query(`grant select, insert, update on calendar_links to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
