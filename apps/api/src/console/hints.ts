/** What a figure was yesterday by the same clock, and what it usually is at this hour of this weekday: hints for whoever writes it. */
import type { BoardDefinition, SeriesId } from '@comm-cell/board/definition';
import { localDay, momentOfLocal, offsetMsAt, DAY_MS, MINUTE_MS, type Zone } from '@comm-cell/board/time';
import type { Hint } from '@comm-cell/contract/console';
import type { BoardReads } from '../database/scoped.js';

const WEEKS = 6;
/** A middle of fewer weeks than this says nothing about what is usual. */
const WEEKS_NEEDED = 3;

/** The value that stood at each moment: the newest reading before it, unless it was too old then to be believed. */
const STOOD = `
select s.no, m.k, stood.value
from unnest($2::int[], $3::float8[]) as s(no, limit_ms), unnest($4::float8[]) with ordinality as m(at, k), lateral (
  select value from readings
  where board_id = $1 and series_no = s.no and observed_at <= to_timestamp(m.at / 1000) and observed_at > to_timestamp((m.at - s.limit_ms) / 1000)
  order by observed_at desc, revision desc limit 1) as stood
where stood.value is not null`;

/** So many days before, when the clock showed the same. */
function daysBefore(zone: Zone, now: number, days: number): number {
  const minute = Math.floor(((((now + offsetMsAt(zone, now)) % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  return momentOfLocal(zone, localDay(zone, now) - days, minute);
}

function middleOf(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}

export async function hintsFor(reads: BoardReads, definition: BoardDefinition, ids: readonly SeriesId[], now: number): Promise<Record<SeriesId, Hint>> {
  const wanted = ids.filter((id) => definition.metrics[definition.series[id]!.metric]!.kind !== 'text');
  const byNo = new Map(wanted.map((id) => [definition.series[id]!.no, id]));
  const limits = wanted.map((id) => definition.feeds[definition.series[id]!.feed]!.limitMs);
  const moments = [1, ...Array.from({ length: WEEKS }, (_, week) => 7 * (week + 1))].map((days) => daysBefore(definition.zone, now, days));
  const { rows } = await reads.scoped(definition.id, (query) =>
    query.query<{ no: number; k: string; value: number }>(STOOD, [definition.id, [...byNo.keys()], limits, moments]),
  );
  const weeks = new Map<SeriesId, number[]>();
  const hints: Record<SeriesId, Hint> = {};
  for (const { no, k, value } of rows) {
    const id = byNo.get(no)!;
    if (Number(k) === 1) hints[id] = { yesterday: value };
    else weeks.set(id, [...(weeks.get(id) ?? []), value]);
  }
  for (const [id, values] of weeks) {
    const { decimals } = definition.metrics[definition.series[id]!.metric]!;
    if (values.length >= WEEKS_NEEDED) hints[id] = { ...hints[id], usual: Number(middleOf(values).toFixed(decimals)) };
  }
  return hints;
}
