import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Screens that are waiting to be paired, and those that are; when a feed key was last used; and the way to what people did.
 * A pairing has no board yet, and a wrong try never gets one: these two small tables are not parted by board.
 */
export class Displays1763800000008 implements MigrationInterface {
  readonly name = 'Displays1763800000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table displays (
        board_id text not null,
        display_id text not null,
        place text not null,
        secret_hash bytea not null check (length(secret_hash) = 32),
        paired_by text not null,
        paired_at timestamptz not null default now(),
        seen_at timestamptz,
        build text,
        address text,
        revoked_at timestamptz,
        primary key (board_id, display_id)
      )`);
    await runner.query(`create index displays_by_secret on displays (secret_hash)`);
    await runner.query(`
      create table pairings (
        code_hash bytea not null primary key check (length(code_hash) = 32),
        mark text not null unique,
        device_hash bytea not null unique check (length(device_hash) = 32),
        asked_at timestamptz not null default now(),
        expires_at timestamptz not null,
        address text not null,
        agent text not null,
        wrong int not null default 0
      )`);
    await runner.query(`
      create table pairing_tries (
        at timestamptz not null default clock_timestamp(),
        person_id text not null
      )`);
    await runner.query(`create index pairing_tries_at on pairing_tries (at)`);
    await runner.query(`alter table feed_keys add last_used_at timestamptz`);
    // What a page of the trail reads. Figures are by far the most rows, and only those that a person wrote belong to it.
    await runner.query(`
      create index journal_trail on journal (board_id, seq)
      where source like 'person:%' or kind not in (
        'ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused', 'FeedFellSilent', 'FeedHeardAgain', 'ClockStepped', 'UsualLearned',
        'LevelTurned', 'ActionChased', 'MessageStuck', 'MessageMended')`);
    await runner.query(`grant select, insert, update on displays to commcell_app`);
    await runner.query(`grant select, insert, update, delete on pairings to commcell_app`);
    await runner.query(`grant select, insert, delete on pairing_tries to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
