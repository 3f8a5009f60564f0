import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `board_id` leads every key, so that boards can be spread over a cluster by that column.
 * The journal, readings and receipts are append-only for the application's role; triggers say no to everybody.
 */
export class Journal1763800000001 implements MigrationInterface {
  readonly name = 'Journal1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table board_head (
        board_id text not null primary key check (board_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
        epoch uuid not null,
        seq bigint not null check (seq >= 0),
        hash bytea not null check (length(hash) = 32)
      ) with (fillfactor = 50)`);
    await runner.query(`
      create table journal (
        board_id text not null,
        seq bigint not null,
        recorded_at timestamptz not null,
        kind text not null,
        source text not null,
        body text not null,
        hash bytea not null check (length(hash) = 32),
        primary key (board_id, seq)
      ) with (toast_tuple_target = 8160)`);
    await runner.query(`
      create table series (
        board_id text not null,
        series_no int not null,
        series_id text not null,
        primary key (board_id, series_no),
        unique (board_id, series_id)
      )`);
    await runner.query(`
      create table readings (
        board_id text not null,
        series_no int not null,
        observed_at timestamptz not null,
        revision smallint not null,
        value double precision check (value <> 'NaN' and value > '-Infinity' and value < 'Infinity'),
        words text,
        seq bigint not null,
        primary key (board_id, series_no, observed_at, revision)
      ) partition by range (observed_at)`);
    await runner.query(`create table readings_other partition of readings default`);
    await runner.query(`
      create table receipts (
        board_id text not null,
        feed_id text not null,
        idempotency_key text not null,
        body_hash bytea not null,
        status smallint not null,
        receipt text not null,
        recorded_at timestamptz not null default now(),
        primary key (board_id, feed_id, idempotency_key)
      )`);
    await runner.query(`
      create table checkpoints (
        board_id text not null,
        seq bigint not null,
        epoch uuid not null,
        reducer_version int not null,
        chain_hash bytea not null,
        state_hash text not null,
        body text not null,
        recorded_at timestamptz not null default now(),
        primary key (board_id, seq)
      )`);
    await runner.query(`
      create table feed_keys (
        board_id text not null,
        key_id text not null,
        provider_id text not null,
        feeds text[] not null,
        secret_hash bytea not null,
        label text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        primary key (board_id, key_id)
      )`);
    await runner.query(`
      create function append_only() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only: a correction is another row', tg_table_name using errcode = 'insufficient_privilege';
      end $$`);
    for (const table of ['journal', 'readings', 'receipts']) {
      await runner.query(`create trigger append_only before update or delete or truncate on ${table} for each statement execute function append_only()`);
    }
    await runner.query(`grant select, insert on journal, series, readings, receipts to commcell_app`);
    await runner.query(`grant select, insert, delete on checkpoints to commcell_app`);
    await runner.query(`grant select, insert, update on board_head, feed_keys to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
