import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whom messages reach, and the messages themselves. Addresses are personal data: they stand in `contacts` alone, so that
 * removing a contact removes them; an outbox row names its contact only.
 */
export class Messages1763800000002 implements MigrationInterface {
  readonly name = 'Messages1763800000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table contacts (
        board_id text not null,
        contact_id text not null,
        group_id text not null,
        channel text not null,
        address text not null,
        name text not null,
        language text check (language in ('en', 'cy', 'both')),
        quiet jsonb,
        secret text,
        enabled boolean not null default true,
        created_at timestamptz not null default now(),
        primary key (board_id, contact_id)
      )`);
    await runner.query(`create index contacts_of_group on contacts (board_id, group_id)`);
    await runner.query(`
      create table outbox (
        board_id text not null,
        message_id uuid not null default gen_random_uuid(),
        seq bigint not null,
        ordinal smallint not null,
        group_id text not null,
        contact_id text not null,
        channel text not null,
        kind text not null,
        about text not null,
        body text not null,
        not_before timestamptz not null,
        state text not null check (state in ('pending', 'delivered', 'undelivered', 'settled')),
        attempts int not null default 0,
        next_at timestamptz not null,
        leased_until timestamptz,
        last_error text,
        delivered_at timestamptz,
        recorded_at timestamptz not null default now(),
        primary key (board_id, message_id),
        unique (board_id, seq, ordinal, contact_id)
      ) with (fillfactor = 70)`);
    // What is not settled is little, however long the history: sender and watchman read only that.
    await runner.query(`create index outbox_open on outbox (board_id, next_at) where state in ('pending', 'undelivered')`);
    await runner.query(`
      create table reply_keys (
        board_id text not null primary key,
        secret bytea not null check (length(secret) = 32)
      )`);
    await runner.query(`grant select, insert, update, delete on contacts to commcell_app`);
    await runner.query(`grant select, insert, update on outbox to commcell_app`);
    await runner.query(`grant select, insert on reply_keys to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
