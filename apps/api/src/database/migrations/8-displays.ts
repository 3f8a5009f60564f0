import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Screens that are waiting to be paired, and those that are. */
export class Displays1763800000008 implements MigrationInterface {
  readonly name = 'Displays1763800000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
