import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Papers for meetings: the facts as they were when one was made, so that it opens the same years later. */
export class Packs1763800000010 implements MigrationInterface {
  readonly name = 'Packs1763800000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table packs (
        board_id text not null,
        pack_id text not null check (pack_id ~ '^[a-z0-9]{10}$'),
        made_at timestamptz not null,
        facts text not null,
        picture bytea,
        primary key (board_id, pack_id)
      )`);
    await runner.query(`create index packs_by_moment on packs (board_id, made_at desc)`);
    await runner.query(`create trigger append_only before update or delete or truncate on packs for each statement execute function append_only()`);
    await runner.query(`grant select, insert on packs to commcell_app`);
    await runner.query(`grant select on packs to commcell_reader`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
