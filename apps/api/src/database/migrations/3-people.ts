import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People of the desk and their sessions. A session is found by the hash of its cookie alone, before any board is known:
 * it is the one small table that is not parted by board.
 *
 * The journal is read by the desk for what people did and what alerts went through: readings are by far the most rows and
 * none of its business.
 */
export class People1763800000003 implements MigrationInterface {
  readonly name = 'People1763800000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table people (
        board_id text not null,
        person_id text not null check (person_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
        name text not null,
        role text not null check (role in ('viewer', 'duty', 'coordinator', 'administrator')),
        token_hash bytea check (length(token_hash) = 32),
        demo boolean not null default false,
        created_at timestamptz not null default now(),
        revoked_at timestamptz,
        primary key (board_id, person_id)
      )`);
    await runner.query(`create index people_by_token on people (token_hash)`);
    await runner.query(`create index people_by_person on people (person_id)`);
    await runner.query(`
      create table desk_sessions (
        session_hash bytea not null primary key check (length(session_hash) = 32),
        person_id text not null,
        opened_at timestamptz not null default now(),
        expires_at timestamptz not null,
        ended_at timestamptz
      )`);
    await runner.query(`
      create index journal_without_readings on journal (board_id, recorded_at)
      where kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused')`);
    await runner.query(`create index journal_alerts on journal (board_id, ((body::jsonb ->> 'no')::int)) where kind = 'AlertTurned'`);
    await runner.query(`grant select, insert, update on people to commcell_app`);
    await runner.query(`grant select, insert, update, delete on desk_sessions to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
