import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came in by each feed, and how its columns are read. Neither is history: payloads are kept for a while, maps as they stand. */
export class Feeds1763800000005 implements MigrationInterface {
  readonly name = 'Feeds1763800000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table feed_maps (
        board_id text not null,
        feed_id text not null,
        map jsonb not null,
        person_id text not null,
        person_name text not null,
        saved_at timestamptz not null default now(),
        primary key (board_id, feed_id)
      )`);
    await runner.query(`
      create table feed_payloads (
        board_id text not null,
        feed_id text not null,
        payload_id uuid not null,
        received_at timestamptz not null,
        door text not null check (door in ('batches', 'files', 'history')),
        content_type text not null,
        headers jsonb not null,
        sender text not null,
        batch text,
        size int not null,
        status smallint not null,
        verdict text not null check (verdict in ('accepted', 'partly', 'repeated', 'refused')),
        told jsonb not null,
        body bytea,
        primary key (board_id, feed_id, payload_id)
      )`);
    await runner.query(`create index feed_payloads_newest on feed_payloads (board_id, feed_id, received_at desc)`);
    await runner.query(`
      create index journal_feed_turns on journal (board_id, recorded_at)
      where kind in ('FeedFellSilent', 'FeedHeardAgain', 'FeedSuspended', 'FeedResumed')`);
    await runner.query(`grant select, insert, update on feed_maps to commcell_app`);
    await runner.query(`grant select, insert, delete on feed_payloads to commcell_app`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
