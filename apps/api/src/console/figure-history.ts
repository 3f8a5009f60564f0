/** Every version of every value of one figure: who wrote it, when it was known, and why it was corrected. */
import type { SeriesDefinition } from '@comm-cell/board/definition';
import type { FigureHistory, FigureVersion } from '@comm-cell/contract/console';
import type { BoardReads } from '../database/scoped.js';

/** More than anybody reads on a phone; older ones are asked for by a time before them. */
const MOST = 200;

const VERSIONS = `
select (extract(epoch from r.observed_at) * 1000)::float8 as at, r.revision as rev, r.value, r.words, r.seq,
  (extract(epoch from j.recorded_at) * 1000)::float8 as recorded_at, j.source,
  j.body::jsonb -> 'by' ->> 'name' as by, j.body::jsonb ->> 'reason' as reason
from (
  select observed_at, revision, value, words, seq from readings
  where board_id = $1 and series_no = $2 and observed_at < to_timestamp($3::float8 / 1000)
  order by observed_at desc, revision desc limit ${MOST}) as r
join journal j on j.board_id = $1 and j.seq = r.seq
order by r.observed_at desc, r.revision desc`;

interface Row {
  at: number;
  rev: number;
  value: number | null;
  words: string | null;
  seq: string;
  recorded_at: number;
  source: string;
  by: string | null;
  reason: string | null;
}

export async function historyBefore(reads: BoardReads, board: string, { id, no }: SeriesDefinition, before: number): Promise<FigureHistory> {
  const { rows } = await reads.scoped(board, (query) => query.query<Row>(VERSIONS, [board, no, before]));
  return {
    series: id,
    versions: rows.map(({ at, rev, value, words, seq, recorded_at: recordedAt, source, by, reason }): FigureVersion => ({
      at,
      rev,
      value: words ?? value,
      recordedAt,
      seq: Number(seq),
      source,
      ...(by !== null && { by }),
      ...(reason !== null && { reason }),
    })),
  };
}
