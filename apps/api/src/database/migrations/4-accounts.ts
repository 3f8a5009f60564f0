import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of people, paired displays, and what a role is limited to. */
export class Accounts1763800000004 implements MigrationInterface {
  readonly name = 'Accounts1763800000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table people
        add providers text[],
        drop constraint people_role_check,
        add constraint people_role_check check (role in ('viewer', 'editor', 'duty', 'coordinator', 'administrator', 'auditor'))`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
