import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came in by each feed, and how its columns are read. */
export class Feeds1763800000005 implements MigrationInterface {
  readonly name = 'Feeds1763800000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
