/**
 * A stretch of history of many series at once, for back-tests and for moments under other rules: the newest revision of every moment.
 * A month of 300 series is 864,000 readings, too many to be handed over as rows: each series comes as one text, the bytes of
 * its moments and values in Postgres's own binary form (the driver knows no binary results).
 */
import type { Line } from '@comm-cell/board/decide/backtest';
import type { BoardDefinition, SeriesId } from '@comm-cell/board/definition';
import type pg from 'pg';
import { StoreDown } from './journal.js';

const LINES = `
select s.no, line.bytes
from unnest($2::int[]) as s(no), lateral (
  select encode(string_agg(timestamptz_send(observed_at) || float8send(coalesce(value, 'NaN')), ''::bytea order by observed_at, revision), 'base64') as bytes
  from readings where board_id = $1 and series_no = s.no and observed_at >= to_timestamp($3::float8 / 1000) and observed_at < to_timestamp($4::float8 / 1000)
) as line
where line.bytes is not null`;

/** 2000-01-01, from which Postgres counts microseconds. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const BYTES_EACH = 16;

/** `to`: the first moment that is not looked at. */
export async function readingsBetween(
  store: Pick<pg.ClientBase, 'query'> | pg.Pool,
  definition: BoardDefinition,
  series: readonly SeriesId[],
  from: number,
  to: number,
): Promise<Map<SeriesId, Line>> {
  const byNo = new Map(series.map((id) => [definition.series[id]!.no, id]));
  const { rows } = await store.query<{ no: number; bytes: string }>(LINES, [definition.id, [...byNo.keys()], from, to]).catch((error: unknown) => {
    throw new StoreDown(error);
  });
  return new Map(rows.map(({ no, bytes }) => [byNo.get(no)!, lineOf(Buffer.from(bytes, 'base64'))]));
}

function lineOf(bytes: Buffer): Line {
  const line: Line = { at: new Float64Array(bytes.length / BYTES_EACH), value: new Float64Array(bytes.length / BYTES_EACH) };
  let used = 0;
  for (let offset = 0; offset < bytes.length; offset += BYTES_EACH) {
    const moment = POSTGRES_EPOCH_MS + (bytes.readInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4)) / 1_000;
    // Of one moment the later revision comes last and stays.
    if (used > 0 && line.at[used - 1] === moment) used--;
    line.at[used] = moment;
    line.value[used++] = bytes.readDoubleBE(offset + 8);
  }
  return { at: line.at.subarray(0, used), value: line.value.subarray(0, used) };
}
