/**
 * The part of the journal that people caused. The condition is that of the index `journal_trail` (migration 8-displays), word for
 * word, or the database would read every row; who the author is stands in the body alone.
 */
export const TRAIL = `
select seq, (extract(epoch from recorded_at) * 1000)::float8 as at, kind, body, hash
from journal
where board_id = $1 and seq < $2
  and (source like 'person:%' or kind not in (
    'ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused', 'FeedFellSilent', 'FeedHeardAgain', 'ClockStepped', 'UsualLearned',
    'LevelTurned', 'ActionChased', 'MessageStuck', 'MessageMended'))
  and (kind = 'DeedDone' or body like '%"by":{%')
  and ($3::text is null or kind = $3 or (kind = 'DeedDone' and body::jsonb ->> 'deed' = $3))
  and ($4::text is null or body::jsonb -> 'by' ->> 'id' = $4)
order by seq desc limit $5`;
