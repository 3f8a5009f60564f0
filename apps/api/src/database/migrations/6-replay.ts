import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stored states along the way of the journal, what displays reported to have drawn, snapshots and their links.
 *
 * Waypoints are text, compressed by Postgres itself (lz4 where it was built with it): a seek hands them on as they are. They can
 * always be folded again, so they may be deleted; a snapshot may not.
 */
export class Replay1763800000006 implements MigrationInterface {
  readonly name = 'Replay1763800000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table waypoints (
        board_id text not null,
        epoch uuid not null,
        reducer_version int not null,
        seq bigint not null,
        recorded_at timestamptz not null,
        chain_hash bytea not null check (length(chain_hash) = 32),
        body_hash bytea not null check (length(body_hash) = 32),
        body text not null,
        primary key (board_id, epoch, reducer_version, seq)
      )`);
    await runner.query(`create index waypoints_by_moment on waypoints (board_id, epoch, reducer_version, recorded_at, seq)`);
    await runner.query(`
      do $$ begin
        alter table waypoints alter column body set compression lz4;
      exception when feature_not_supported then null;
      end $$`);
    await runner.query(`
      create table drawn (
        board_id text not null,
        seq bigint not null,
        minute timestamptz not null,
        epoch uuid not null,
        hash text not null,
        displays int not null check (displays > 0),
        primary key (board_id, seq, minute, epoch, hash)
      )`);
    await runner.query(`create index drawn_by_minute on drawn (board_id, minute)`);
    await runner.query(`
      create table snapshots (
        board_id text not null,
        snapshot_id text not null check (snapshot_id ~ '^[a-z0-9]{10}$'),
        seq bigint not null,
        at timestamptz not null,
        chain_hash bytea not null check (length(chain_hash) = 32),
        state_hash text not null,
        body text not null,
        frozen_at timestamptz not null default now(),
        primary key (board_id, snapshot_id)
      )`);
    await runner.query(`create trigger append_only before update or delete or truncate on snapshots for each statement execute function append_only()`);
    await runner.query(`
      create table snapshot_links (
        board_id text not null,
        snapshot_id text not null,
        no int not null check (no > 0),
        secret_hash bytea not null check (length(secret_hash) = 32),
        redacted boolean not null,
        until timestamptz not null,
        made_at timestamptz not null default now(),
        made_by text not null,
        ended_at timestamptz,
        opened int not null default 0,
        opened_at timestamptz,
        primary key (board_id, snapshot_id, no)
      )`);
    // Older figures that were brought in afterwards are in no state; whoever asks what is known now has to find them.
    await runner.query(`
      create index journal_brought_in on journal (board_id, seq) where kind = 'ReadingsRecorded' and position('"history":true' in body) > 0`);
    await runner.query(`create index journal_of_moments on journal (board_id, seq) where kind in ('MomentNoted', 'SnapshotFrozen')`);
    await runner.query(`grant select, insert, delete on waypoints, drawn to commcell_app`);
    await runner.query(`grant update on drawn to commcell_app`);
    await runner.query(`grant select, insert on snapshots to commcell_app`);
    await runner.query(`grant select, insert, update on snapshot_links to commcell_app`);
    await runner.query(`grant select on waypoints, drawn, snapshots, snapshot_links to commcell_reader`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
