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
  where board_id = $1 and epoch = $2::uuid and seq = $3::bigint and hash = $25::bytea
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
  select head.board_id, r.no, to_timestamp(r.at / 1000), coalesce(r.rev, 0), r.value, r.words, r.seq
  from head, unnest($19::int[], $20::float8[], $21::smallint[], $22::float8[], $23::text[], $24::bigint[]) as r(no, at, rev, value, words, seq)
)`;
const WAKING = `
select pg_notify('journal', head.board_id || ' ' || $4) from head`;

export const APPEND = `${APPENDING}${WAKING}`;
/** The same with messages to people, $26 to $32. */
export const APPEND_AND_TELL = `${APPENDING}, ${tell(26)}${WAKING}`;

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

/*
 * The past. Recorded moments never go back along a board's journal (the keeper sees to that), so the last event at or before a
 * moment ends a stretch of seqs. The next waypoint bounds that stretch: without it a scan by seq would run on to the end.
 */

const AT_OF = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

export const SPAN = `
select ${AT_OF('f.recorded_at')} as first_at, ${AT_OF('l.recorded_at')} as last_at from board_head h,
  lateral (select recorded_at from journal where board_id = h.board_id order by seq limit 1) f,
  lateral (select recorded_at from journal where board_id = h.board_id and seq = h.seq) l
where h.board_id = $1`;

export const RECORDED_AT = `select ${AT_OF('recorded_at')} as at, hash from journal where board_id = $1 and seq = $2`;

/** $1 board, $2 epoch, $3 reducer version, $4 moment (epoch ms), $5 seq: the newest waypoint that lies neither behind the moment nor behind the seq. */
const NEAREST = `
select w.seq, w.recorded_at, w.chain_hash, w.body_hash from waypoints w
where w.board_id = $1 and w.epoch = $2::uuid and w.reducer_version = $3::int and w.recorded_at <= to_timestamp($4::float8 / 1000) and w.seq <= $5::bigint
order by w.recorded_at desc, w.seq desc limit 1`;

export const WAYPOINT_AT = `
select w.seq, ${AT_OF('w.recorded_at')} as at, w.chain_hash, w.body_hash, j.hash as journal_hash
from (${NEAREST}) w left join journal j on j.board_id = $1 and j.seq = w.seq`;

export const ENTRIES_TO = `
with near as (${NEAREST}), bounds as (
  select coalesce((select seq from near), 0) as after, least($5::bigint, coalesce((
    select n.seq from waypoints n where n.board_id = $1 and n.epoch = $2::uuid and n.reducer_version = $3::int and n.seq > coalesce((select seq from near), 0)
    order by n.seq limit 1), $5::bigint)) as upto
)
select j.seq, ${AT_OF('j.recorded_at')} as at, j.kind, j.source, j.body, j.hash from journal j
where j.board_id = $1 and j.seq > (select after from bounds) and j.seq <= (select upto from bounds) and j.recorded_at <= to_timestamp($4::float8 / 1000)
order by j.seq limit $6`;

export const WAYPOINT_BODY = `select body from waypoints where board_id = $1 and epoch = $2 and reducer_version = $3 and seq = $4`;
export const NEWEST_WAYPOINT = `select max(seq) as seq from waypoints where board_id = $1 and epoch = $2 and reducer_version = $3`;
/** Text of the journal behind the newest waypoint, in bytes. */
export const TEXT_AFTER = `select coalesce(sum(octet_length(body)), 0)::float8 as bytes from journal where board_id = $1 and seq > $2 and seq <= $2 + 100000`;
export const LAY_WAYPOINT = `
insert into waypoints (board_id, epoch, reducer_version, seq, recorded_at, chain_hash, body_hash, body)
values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), $6, $7, $8) on conflict do nothing`;
export const LIFT_WAYPOINT = `delete from waypoints where board_id = $1 and epoch = $2 and reducer_version = $3 and seq = $4`;
/** Those of other histories and of earlier releases are of no use any more. */
export const CLEAR_WAY = `delete from waypoints where board_id = $1 and (epoch <> $2 or reducer_version < $3)`;

export const ENTRIES_UNTIL = `
select seq, ${AT_OF('recorded_at')} as at, kind, body from journal
where board_id = $1 and seq > $2 and seq <= $2 + $4 and recorded_at <= to_timestamp($3::float8 / 1000) order by seq`;

/** Events by which older figures were brought in. */
export const BROUGHT_IN = `
select seq from journal where board_id = $1 and kind = 'ReadingsRecorded' and position('"history":true' in body) > 0 and seq <= $2 order by seq`;

/**
 * Readings of a day line that no state at $5 (a seq) has: recorded later, or brought in as history ($6). $2 series, $3 from (epoch
 * ms), $4 up to (epoch ms). With $7 (for each series) all of them, from its newest reading's day line on ($8, ms).
 */
export const LATE_READINGS = `
select k.series_id, ${AT_OF('r.observed_at')} as at, r.revision, r.value, r.words, r.seq::float8 as seq, ${AT_OF('j.recorded_at')} as recorded_at
from unnest($2::text[], $3::float8[], $7::boolean[]) as k(series_id, since, anew), lateral (
  select series_no from series s where s.board_id = $1 and s.series_id = k.series_id limit 1) as s, lateral (
  select case when k.anew then least(
    (select observed_at from readings where board_id = $1 and series_no = s.series_no and observed_at <= to_timestamp($4::float8 / 1000)
      order by observed_at desc, revision desc limit 1) - make_interval(secs => $8::float8 / 1000),
    (select observed_at from readings where board_id = $1 and series_no = s.series_no and observed_at <= to_timestamp($4::float8 / 1000)
      and (value is not null or words is not null) order by observed_at desc, revision desc limit 1))
    else to_timestamp(k.since / 1000) end as since) as f, lateral (
  select observed_at, revision, value, words, seq from readings
  where board_id = $1 and series_no = s.series_no and observed_at >= f.since and observed_at <= to_timestamp($4::float8 / 1000)
    and (k.anew or seq > $5::bigint or seq = any($6::bigint[]))) as r, lateral (
  select recorded_at from journal where board_id = $1 and seq = r.seq limit 1) as j
order by r.seq`;

/** Kinds that are no readings stand in the index `journal_without_readings`; the condition is written as the index has it. */
const NO_READINGS = `kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused')`;
/**
 * $2 from, $3 to (epoch ms), $4 how many may be told one by one. With more of them, the first of each sort in each of as many parts
 * of the stretch, and how many there were.
 */
export const MARKS = `
with m as (
  select seq, recorded_at as at, kind, coalesce(case when kind in ('AlertTurned', 'LevelTurned') then body::jsonb ->> 'turn' end, '') as sort,
    case when kind <> 'BoardDefined' then body end as body
  from journal where board_id = $1 and ${NO_READINGS} and recorded_at >= to_timestamp($2::float8 / 1000) and recorded_at <= to_timestamp($3::float8 / 1000)
    and kind in ('AlertTurned', 'LevelTurned', 'LevelDeclared', 'ActionRaised', 'ActionClosed', 'FeedFellSilent', 'FeedHeardAgain', 'FeedSuspended',
      'FeedResumed', 'PlaceClosed', 'PlaceOpened', 'BoardDefined', 'RulesAgreed', 'ConcernRaised', 'ConcernClosed', 'Passed', 'Arrived',
      'Answered', 'AnswerArrived', 'HuddleOpened', 'HuddleClosed', 'HuddleSkipped')
  union all
  select seq, to_timestamp(about / 1000) as at, kind, '', body from (
    select seq, kind, body, coalesce(body::jsonb ->> 'about', body::jsonb #>> '{of,at}')::float8 as about from journal
    where board_id = $1 and kind in ('MomentNoted', 'SnapshotFrozen')) as said
  where about between $2::float8 and $3::float8
  union all
  select seq, recorded_at as at, kind, 'history', null from journal
  where board_id = $1 and kind = 'ReadingsRecorded' and position('"history":true' in body) > 0
    and recorded_at >= to_timestamp($2::float8 / 1000) and recorded_at <= to_timestamp($3::float8 / 1000)
), counted as (
  select *, count(*) over () as total from m
  where kind not in ('AlertTurned', 'LevelTurned') or sort in ('raised', 'stood-down', 'closed', 'set')
), parted as (
  select *, case when total <= $4::int then seq
    else width_bucket(extract(epoch from at)::float8, $2::float8 / 1000, $3::float8 / 1000 + 0.001, $4::int) end as part from counted
)
select distinct on (part, kind, sort) seq, ${AT_OF('at')} as at, kind, sort, body, total::int as total,
  count(*) over (partition by part, kind, sort)::int as count
from parted order by part, kind, sort, at, seq`;

export const SNAPSHOTS_FROZEN = `
select seq, ${AT_OF('recorded_at')} as at, body from journal where board_id = $1 and kind = 'SnapshotFrozen' order by seq desc`;

/** The opening and the close of one huddle; the snapshot is frozen in the event after the close. */
export const HUDDLE_TURNS = `
select h.seq::float8 as seq, ${AT_OF('h.recorded_at')} as at, h.kind, h.body, (select body from journal where board_id = $1 and seq = h.seq + 1) as next
from journal h where h.board_id = $1 and h.kind in ('HuddleOpened', 'HuddleClosed') and (h.body::json ->> 'no')::int = $2 order by h.seq`;
export const RAISED_BETWEEN = `
select body from journal where board_id = $1 and seq > $2 and seq < $3 and kind in ('ActionRaised', 'ConcernRaised') order by seq`;
