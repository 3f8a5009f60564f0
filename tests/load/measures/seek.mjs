/** For the record: the newest reading of every series as of a moment, out of the whole projection, as replay will ask for it. */
import pg from 'pg';
import { latencies, microseconds, watchOthers } from '../machine.mjs';
import { historyDatabase, SERIES } from './cold-start.mjs';

const QUESTIONS = 60;
const AS_OF = `
select coalesce(json_agg(json_build_array(s.series_no, r.at, r.value)), '[]')::text as answer
from series s, lateral (
  select (extract(epoch from observed_at) * 1000)::float8 as at, value from readings
  where board_id = s.board_id and series_no = s.series_no and observed_at <= to_timestamp($2::float8 / 1000)
  order by observed_at desc, revision desc limit 1) r
where s.board_id = $1`;

export async function measure({ rig, quick, tell }) {
  const readings = quick ? 1_000_000 : 10_000_000;
  const { url } = await historyDatabase(rig, readings);
  await rig.sql(url, 'analyze readings');
  const [{ first, last }] = await rig.sql(
    url,
    `select min(extract(epoch from observed_at) * 1000)::float8 as first, max(extract(epoch from observed_at) * 1000)::float8 as last from readings`,
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const others = watchOthers();
  const took = [];
  for (let i = 0; i < QUESTIONS + 5; i++) {
    const at = first + (last - first) * ((i * 0.618034 + 0.3) % 1);
    const began = microseconds();
    const { rows } = await client.query({ name: 'as-of', text: AS_OF, values: ['bench', at] });
    // The first few fill the caches and settle the plan.
    if (i >= 5) took.push(microseconds() - began);
    if (JSON.parse(rows[0].answer).length !== SERIES) throw new Error('A series is missing from the answer.');
  }
  const foreign = others();
  const [{ size }] = await rig.sql(
    url,
    `select sum(pg_total_relation_size(inhrelid))::float8 / 2^20 as size from pg_inherits where inhparent = 'readings'::regclass`,
  );
  const [{ journal }] = await rig.sql(url, `select pg_total_relation_size('journal')::float8 / 2^20 as journal`);
  await client.end();
  await rig.drop(url);
  const { p50, p99 } = latencies(took);
  tell({
    load: `${SERIES.toLocaleString('en')} series of ${readings.toLocaleString('en')} readings`,
    kind: 'SQL',
    foreign,
    p50,
    p99,
    readingsMegabytes: Math.round(size),
    journalMegabytes: Math.round(journal),
  });
}
