/** Readings of some series by the hour, from the projection: of each moment the newest revision counts, and a withdrawn value is none. */
import type { BoardDefinition, SeriesId } from '@comm-cell/board/definition';
import type { Tally } from '@comm-cell/board/spc/periods';
import { HOUR_MS } from '@comm-cell/board/time';
import type { BoardQuery } from '../database/scoped.js';

const TALLIES = `
with newest as (
  select distinct on (series_no, observed_at) series_no, observed_at, value from readings
  where board_id = $1 and series_no = any($2::int[]) and observed_at >= to_timestamp($3::float8 / 1000) and observed_at < to_timestamp($4::float8 / 1000)
  order by series_no, observed_at, revision desc)
select series_no as no, floor(extract(epoch from observed_at) / 3600)::int as hour, count(*)::int as n, sum(value) as sum, min(value) as min, max(value) as max,
  (array_agg(value order by observed_at desc))[1] as last
from newest where value is not null group by 1, 2 order by 1, 2`;

type Row = { no: number; hour: number } & Omit<Tally, 'at'>;

/** Ascending; series without a reading in the stretch are missing. */
export async function talliesOf(
  query: BoardQuery,
  definition: BoardDefinition,
  series: Iterable<SeriesId>,
  from: number,
  to: number,
): Promise<ReadonlyMap<SeriesId, Tally[]>> {
  const byNo = new Map([...series].map((id) => [definition.series[id]!.no, id]));
  const { rows } = await query.query<Row>({ name: 'concern-tallies', text: TALLIES, values: [definition.id, [...byNo.keys()], from, to] });
  const found = new Map<SeriesId, Tally[]>();
  for (const { no, hour, ...tally } of rows) {
    const id = byNo.get(no)!;
    const one = { ...tally, at: hour * HOUR_MS };
    const known = found.get(id);
    if (known) known.push(one);
    else found.set(id, [one]);
  }
  return found;
}
