import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts of people, and what a role is limited to. An account belongs to no board: like a session it is found before any
 * board is known. What somebody may do stands in `people`, board by board.
 *
 * The reader is the second wall (database/scoped): it may read the tables that reads on a person's behalf need, and row-level
 * security shows it one board at a time. Which tables have the wall is not said here: every one with a board_id has it.
 */
export class Accounts1763800000004 implements MigrationInterface {
  readonly name = 'Accounts1763800000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table people
        add providers text[],
        drop constraint people_role_check,
        add constraint people_role_check check (role in ('viewer', 'editor', 'duty', 'coordinator', 'administrator', 'auditor'))`);
    await runner.query(`
      create table accounts (
        person_id text not null primary key,
        name text not null,
        email text not null check (email = lower(email)),
        password_hash text,
        totp_secret text,
        totp_offered text,
        totp_step bigint,
        recovery_hashes bytea[] not null default '{}',
        issuer text,
        subject text,
        created_at timestamptz not null default now(),
        ended_at timestamptz,
        check ((issuer is null) = (subject is null))
      )`);
    await runner.query(`create unique index accounts_by_email on accounts (email) where ended_at is null`);
    await runner.query(`create unique index accounts_by_subject on accounts (issuer, subject) where ended_at is null`);
    await runner.query(`
      create table invitations (
        secret_hash bytea not null primary key check (length(secret_hash) = 32),
        person_id text not null,
        expires_at timestamptz not null,
        used_at timestamptz
      )`);
    await runner.query(`
      create table known_devices (
        device_hash bytea not null,
        person_id text not null,
        seen_at timestamptz not null default now(),
        primary key (device_hash, person_id)
      )`);
    await runner.query(`
      create table sign_in_budgets (
        bucket text not null primary key,
        level double precision not null,
        at timestamptz not null
      )`);
    await runner.query(`
      create table oidc_errands (
        errand_hash bytea not null primary key check (length(errand_hash) = 32),
        state text not null,
        nonce text not null,
        verifier text not null,
        destination text not null,
        again boolean not null,
        person_id text,
        invitation_hash bytea,
        expires_at timestamptz not null
      )`);
    await runner.query(`
      alter table desk_sessions
        add session_no text not null default substr(md5(random()::text), 1, 12),
        add seen_at timestamptz not null default now(),
        add proved_at timestamptz,
        add via text not null default 'token' check (via in ('password', 'organisation', 'token', 'demo')),
        add agent text`);
    await runner.query(`create index desk_sessions_by_person on desk_sessions (person_id)`);
    await runner.query(`grant select, insert, update on accounts to commcell_app`);
    await runner.query(`grant select, insert, update, delete on invitations, known_devices, sign_in_budgets, oidc_errands to commcell_app`);
    await runner.query(`grant select on board_head, journal, series, readings, checkpoints to commcell_reader`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
