/** SQL of the hourly roll-ups: the job that keeps them, and how they are read. */

/** What an hour comes to, of one of the readings at each moment of it. */
const tally = (which: 'newest' | 'shown'): string => `
  count(value) filter (where ${which})::int as ${which}_n, (count(*) filter (where ${which}) - count(value) filter (where ${which}))::int as ${which}_missing,
  coalesce(sum(value order by observed_at) filter (where ${which}), 0) as ${which}_sum, min(value) filter (where ${which}) as ${which}_min, max(value) filter (where ${which}) as ${which}_max,
  (array_agg(value order by observed_at) filter (where ${which} and value is not null))[1] as ${which}_first,
  (array_agg(value order by observed_at desc) filter (where ${which} and value is not null))[1] as ${which}_last`;
const columns = (which: 'newest' | 'shown'): string => ['n', 'missing', 'sum', 'min', 'max', 'first', 'last'].map((of) => `${which}_${of}`).join(', ');

/** Nobody else rolls up the same board meanwhile; a restored journal (another epoch) is gone through again from its beginning. */
export const TAKE = `
insert into reading_hours_head as h (board_id, epoch, seq) select board_id, epoch, 0 from board_head where board_id = $1
on conflict (board_id) do update set seq = case when h.epoch = excluded.epoch then h.seq else 0 end, epoch = excluded.epoch
returning seq::float8 as seq, (select seq::float8 from board_head where board_id = $1) as head`;

/** How far one step goes: $4 events, or fewer where they are long, so that a statement stays far under its time limit. */
export const STEP_END = `
select max(seq)::float8 as seq from (
  select seq, sum(length(body)) over (order by seq) - length(body) as before from (
    select seq, body from journal where board_id = $1 and seq > $2 and seq <= $3 order by seq limit $4) as ahead) as step
where before < $5`;

export const NOTE_BROUGHT_IN = `
insert into readings_brought_in (board_id, seq)
select board_id, seq from journal where board_id = $1 and seq > $2 and seq <= $3 and kind = 'ReadingsRecorded' and (body::jsonb -> 'history') = 'true'::jsonb
on conflict do nothing`;

/**
 * Every hour that an event of the step touches is worked out anew from its readings, so that late, corrected and repeated ones
 * need no case of their own. What a moment counts for is its newest revision; what was shown of it is what first came, without what
 * was brought in. Hours of retired months stay as they are: their readings are gone. How many hours there are the planner cannot
 * know, so nothing is joined to them: the readings of each are looked up (offset 0), and one pass tallies both.
 */
export const ROLL_UP = `
with touched as materialized (
  select distinct s.series_no, floor((r.value ->> 'at')::float8 / 3600000)::int as hour
  from journal j, lateral jsonb_array_elements(j.body::jsonb -> 'readings') as r(value),
    lateral (select series_no from series where board_id = $1 and series_id = r.value ->> 'series' limit 1) as s
  where j.board_id = $1 and j.seq > $2 and j.seq <= $3 and j.kind = 'ReadingsRecorded'
), present as (
  select t.* from touched t where not exists (
    select from readings_retired x where x.board_id = $1 and x.month = date_trunc('month', to_timestamp(t.hour::float8 * 3600) at time zone 'UTC')::date)
), held as (
  select t.series_no, t.hour, r.observed_at, r.revision, r.value, r.seq, exists (select from readings_brought_in b where b.board_id = $1 and b.seq = r.seq) as brought_in
  from present t, lateral (
    select observed_at, revision, value, seq from readings
    where board_id = $1 and series_no = t.series_no and observed_at >= to_timestamp(t.hour::float8 * 3600) and observed_at < to_timestamp((t.hour::float8 + 1) * 3600)
    offset 0) as r
), ranked as (
  select series_no, hour, observed_at, value, row_number() over (partition by series_no, observed_at order by revision desc) = 1 as newest,
    not brought_in and row_number() over (partition by series_no, observed_at, brought_in order by seq, revision) = 1 as shown
  from held
), tallied as (
  select series_no, hour, ${tally('newest')}, ${tally('shown')} from ranked group by series_no, hour
)
insert into reading_hours (board_id, series_no, hour, n, missing, sum, min, max, first, last, shown)
select $1, series_no, hour, ${columns('newest')},
  case when (${columns('newest')}) is distinct from (${columns('shown')}) then array[${columns('shown')}]::float8[] end
from tallied
on conflict (board_id, series_no, hour) do update
set n = excluded.n, missing = excluded.missing, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last, shown = excluded.shown`;

export const MOVE_ON = `update reading_hours_head set seq = $2 where board_id = $1`;

/** Where each stands in the tally of what was shown. */
const SHOWN = { sum: 3, min: 4, max: 5, last: 7 } as const;
export type Column = keyof typeof SHOWN;

/**
 * The hours of each series that anything is known of, ascending, as columns in JSON: a year of hours is one row. One column is
 * enough for a chart, and most of the time goes into writing them. $5: as they were shown.
 */
export const hours = (column: Column): string => `
select s.no, told.hour, told.n, told.value from unnest($2::int[]) as s(no), lateral (
  select json_agg(h.hour) as hour, json_agg(h.n) as n, json_agg(h.value) as value from (
    select hour, case when $5 and shown is not null then shown[1]::int else n end as n,
      case when $5 and shown is not null then shown[${SHOWN[column]}] else ${column} end as value
    from reading_hours where board_id = $1 and series_no = s.no and hour >= $3 and hour < $4 order by hour) as h
  where h.n > 0) as told
where told.hour is not null`;

export const EXTENT = `
select s.no, ends.first, ends.last from unnest($2::int[]) as s(no), lateral (
  select (select hour from reading_hours where board_id = $1 and series_no = s.no order by hour limit 1) as first,
    (select hour from reading_hours where board_id = $1 and series_no = s.no order by hour desc limit 1) as last) as ends
where ends.first is not null`;

/** Of a restored journal (another epoch) nothing is rolled up yet. */
export const STANDS = `
select coalesce((select h.seq from reading_hours_head h join board_head using (board_id, epoch) where board_id = $1), 0)::float8 as seq,
  coalesce((select seq from board_head where board_id = $1), 0)::float8 as head`;

/** Readings themselves, for short stretches. $5: as they first came. */
export const RAW = `
select no, json_agg((extract(epoch from observed_at) * 1000)::float8 order by observed_at) as at, json_agg(value order by observed_at) as value from (
  select distinct on (r.series_no, r.observed_at) r.series_no as no, r.observed_at, r.value from readings r
  where r.board_id = $1 and r.series_no = any($2::int[]) and r.observed_at >= to_timestamp($3::float8 / 1000) and r.observed_at < to_timestamp($4::float8 / 1000)
    and not ($5 and exists (select from readings_brought_in b where b.board_id = $1 and b.seq = r.seq))
  order by r.series_no, r.observed_at, case when $5 then r.seq else 0 end, case when $5 then r.revision else -r.revision end) as chosen
group by no`;

/** The condition stands as the index \`journal_without_readings\` has it. */
export const MARKS = `
select (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal
where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused') and recorded_at >= to_timestamp($2::float8 / 1000)
  and kind in ('ActionRaised', 'ActionClosed', 'LevelDeclared', 'LevelTurned', 'MomentNoted', 'BoardDefined')
  and (kind = 'MomentNoted' or recorded_at < to_timestamp($3::float8 / 1000))
  and (kind <> 'LevelTurned' or body::jsonb ->> 'turn' = 'set') and (kind <> 'BoardDefined' or body::jsonb -> 'by' is not null)
order by seq desc limit 400`;
