/**
 * The only place that names the journal's tables in SQL. What is looked up by key is looked up LATERAL with a limit: a plain
 * join leaves the planner free to read every receipt of the board instead, and on a table it has not analysed yet it does.
 */

import { tell } from './tell.sql.js';

/**
 * One statement, one commit: takes the seqs from the head row if it still stands where the caller decided, and
 * writes events, readings, series numbers and receipts. No row comes back when another process was faster or
 * a receipt of this group exists already: then nothing at all was written.
 */
const APPENDING = `
with head as (
  update board_head set seq = $4::bigint, hash = $5::bytea
  where board_id = $1 and epoch = $2::uuid and seq = $3::bigint
    and not exists (
      select from unnest($12::text[], $13::text[]) as k(feed_id, idempotency_key), lateral (
        select from receipts r where r.board_id = $1 and r.feed_id = k.feed_id and r.idempotency_key = k.idempotency_key limit 1) as found)
  returning board_id
), events as (
  insert into journal (board_id, seq, recorded_at, kind, source, body, hash)
  select head.board_id, e.seq, to_timestamp($6::float8 / 1000), e.kind, e.source, e.body, e.hash
  from head, unnest($7::bigint[], $8::text[], $9::text[], string_to_array($10, E'\\x1e'), $11::bytea[]) as e(seq, kind, source, body, hash)
), receipt as (
  insert into receipts (board_id, feed_id, idempotency_key, body_hash, status, receipt)
  select head.board_id, r.feed_id, r.idempotency_key, r.body_hash, r.status, r.receipt
  from head, unnest($12::text[], $13::text[], $14::bytea[], $15::smallint[], string_to_array($16, E'\\x1e')) as r(feed_id, idempotency_key, body_hash, status, receipt)
), numbered as (
  insert into series (board_id, series_no, series_id)
  select head.board_id, s.no, s.id from head, unnest($17::int[], $18::text[]) as s(no, id)
  on conflict do nothing
), reading as (
  insert into readings (board_id, series_no, observed_at, revision, value, words, seq)
  select head.board_id, r.no, to_timestamp(r.at / 1000), r.rev, r.value, r.words, r.seq
  from head, unnest($19::int[], $20::float8[], $21::smallint[], $22::float8[], $23::text[], $24::bigint[]) as r(no, at, rev, value, words, seq)
)`;
const WAKING = `
select pg_notify('journal', head.board_id || ' ' || $4) from head`;

export const APPEND = `${APPENDING}${WAKING}`;
/** The same with messages to people, $25 to $31. */
export const APPEND_AND_TELL = `${APPENDING}, ${tell(25)}${WAKING}`;

export const CREATE_BOARD = `insert into board_head (board_id, epoch, first_epoch, seq, hash) values ($1, $2, $2, 0, $3) on conflict do nothing`;

export const HEADS = `select board_id, epoch, first_epoch, seq, hash from board_head order by board_id`;
export const HEAD = `select epoch, first_epoch, seq, hash from board_head where board_id = $1`;

export const ENTRIES_AFTER = `
select seq, (extract(epoch from recorded_at) * 1000)::float8 as at, source, body, hash
from journal where board_id = $1 and seq > $2 order by seq limit $3`;

export const HASH_AT = `select hash from journal where board_id = $1 and seq = $2`;

export const RECEIPTS = `
select found.* from unnest($2::text[], $3::text[]) as k(feed_id, idempotency_key), lateral (
  select r.feed_id, r.idempotency_key, r.body_hash, r.status, r.receipt
  from receipts r where r.board_id = $1 and r.feed_id = k.feed_id and r.idempotency_key = k.idempotency_key limit 1) as found`;

export const KNOWN_READINGS = `
select k.series_id, k.at, k.revision, r.value, r.words
from unnest($2::text[], $3::float8[], $4::smallint[]) as k(series_id, at, revision), lateral (
  select series_no from series s where s.board_id = $1 and s.series_id = k.series_id limit 1) as s, lateral (
  select value, words from readings r
  where r.board_id = $1 and r.series_no = s.series_no and r.observed_at = to_timestamp(k.at / 1000) and r.revision = k.revision limit 1) as r`;

export const SAVE_CHECKPOINT = `
insert into checkpoints (board_id, seq, epoch, reducer_version, chain_hash, state_hash, body)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;

export const KEEP_CHECKPOINTS = `
delete from checkpoints where board_id = $1 and seq not in (select seq from checkpoints where board_id = $1 order by seq desc limit $2)`;

export const CHECKPOINTS = `
select c.seq, c.epoch, c.reducer_version, c.chain_hash, c.state_hash, c.body, j.hash as journal_hash
from checkpoints c left join journal j on j.board_id = c.board_id and j.seq = c.seq
where c.board_id = $1 order by c.seq desc`;

/** Readings of months that were retired count too: they were there. */
export const COUNT_READINGS = `
select (select count(*) from readings where board_id = $1 and seq <= $2)
  + (select coalesce(sum(readings), 0) from readings_retired where board_id = $1) as n`;
