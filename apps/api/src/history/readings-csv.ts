/** Readings as CSV with their definitions: what a spreadsheet or a statistics program reads without this product. */
import type { BoardDefinition } from '@comm-cell/board/definition';
import { stringify } from 'csv-stringify/sync';
import type pg from 'pg';

const PAGE = 5_000;
const COLUMNS = [
  'series',
  'metric_en',
  'metric_cy',
  'place_en',
  'place_cy',
  'unit',
  'feed',
  'observed_at',
  'revision',
  'value',
  'words',
  'not_reported',
  'recorded_at',
  'journal_seq',
] as const;

/** A page: readings behind a place in the order of the primary key. One query each, so that a slow reader holds no transaction. */
const READINGS = `
select r.series_no, s.series_id, r.observed_at, r.revision, r.value, r.words, r.seq, j.recorded_at
from readings r join series s on s.board_id = r.board_id and s.series_no = r.series_no join journal j on j.board_id = r.board_id and j.seq = r.seq
where r.board_id = $1 and r.observed_at >= to_timestamp($2::float8) and r.observed_at < to_timestamp($3::float8)
  and (r.series_no, r.observed_at, r.revision) > ($4::int, to_timestamp($5::float8), $6::smallint)
order by r.series_no, r.observed_at, r.revision limit $7`;

interface Row {
  series_no: number;
  series_id: string;
  observed_at: Date;
  revision: number;
  value: number | null;
  words: string | null;
  seq: string;
  recorded_at: Date;
}

/** `from` and `to`: observed moments in epoch ms, or infinite. The first part is the header, behind a byte-order mark for Excel. */
export async function* readingsCsv(pool: pg.Pool, definition: BoardDefinition, from: number, to: number): AsyncGenerator<string> {
  yield `\uFEFF${stringify([COLUMNS as unknown as string[]])}`;
  let after: [no: number, at: number | string, revision: number] = [-1, '-infinity', -1];
  for (;;) {
    const { rows } = await pool.query<Row>(READINGS, [definition.id, seconds(from), seconds(to), ...after, PAGE]);
    if (rows.length > 0)
      yield stringify(
        rows.map((row) => cells(row, definition)),
        { escape_formulas: true },
      );
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = [last.series_no, last.observed_at.getTime() / 1000, last.revision];
  }
}

function cells({ series_id, observed_at, revision, value, words, seq, recorded_at }: Row, definition: BoardDefinition): (string | number)[] {
  const series = definition.series[series_id];
  const metric = series && definition.metrics[series.metric];
  const place = series && definition.places[series.place];
  return [
    series_id,
    metric?.label.en ?? '',
    metric?.label.cy ?? '',
    place?.name.en ?? '',
    place?.name.cy ?? '',
    metric?.unit ?? '',
    series?.feed ?? '',
    observed_at.toISOString(),
    revision,
    value ?? '',
    words ?? '',
    value === null && words === null ? 'yes' : '',
    recorded_at.toISOString(),
    seq,
  ];
}

const seconds = (ms: number): number | string => (Number.isFinite(ms) ? ms / 1000 : ms < 0 ? '-infinity' : 'infinity');
