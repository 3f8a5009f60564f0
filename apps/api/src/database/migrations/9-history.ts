import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A restored journal goes on under a new epoch, and old months of readings are retired; both leave a trace here. */
export class History1763800000009 implements MigrationInterface {
  readonly name = 'History1763800000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table board_head add first_epoch uuid`);
    await runner.query(`update board_head set first_epoch = epoch`);
    await runner.query(`alter table board_head alter first_epoch set not null`);
    await runner.query(`
      create table readings_retired (
        board_id text not null,
        month date not null,
        readings bigint not null,
        retired_at timestamptz not null default now(),
        primary key (board_id, month)
      )`);
    await runner.query(`grant select on readings_retired to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
