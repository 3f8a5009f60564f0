import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Hourly roll-ups of readings, and how far in the journal they stand. They are a projection: what is in them can be worked out
 * again from `readings` for as long as those are kept, so they may be changed; the hours of retired months are all that is left.
 */
export class Trends1763800000007 implements MigrationInterface {
  readonly name = 'Trends1763800000007';

  async up(runner: QueryRunner): Promise<void> {
    // `hour`: whole hours since 1970-01-01 UTC. `shown`: the same tally of the values as they first came, where it is another one.
    await runner.query(`
      create table reading_hours (
        board_id text not null,
        series_no int not null,
        hour int not null,
        n int not null check (n >= 0),
        missing int not null check (missing >= 0),
        sum double precision not null,
        min double precision,
        max double precision,
        first double precision,
        last double precision,
        shown double precision[] check (array_length(shown, 1) = 7),
        primary key (board_id, series_no, hour)
      ) with (fillfactor = 80)`);
    await runner.query(`
      create table reading_hours_head (
        board_id text not null primary key,
        epoch uuid not null,
        seq bigint not null check (seq >= 0)
      )`);
    // Events whose readings were brought in afterwards: no wall ever showed them.
    await runner.query(`create table readings_brought_in (board_id text not null, seq bigint not null, primary key (board_id, seq))`);
    await runner.query(`grant select, insert, update on reading_hours, reading_hours_head to commcell_app`);
    await runner.query(`grant select, insert on readings_brought_in to commcell_app`);
    await runner.query(`grant select on reading_hours, reading_hours_head, readings_brought_in to commcell_reader`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward; restore a backup to go back.');
  }
}
