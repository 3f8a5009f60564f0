import type { BoardEvent, Reading } from '../events.js';
import { holdsAny, type SeriesState, type TrendPoint } from '../state.js';
import type { Draft } from './draft.js';

/** Newer in the order that decides what a tile shows: by observed moment, then by revision. */
export function isNewer(at: number, rev: number, than: { at: number; rev: number }): boolean {
  return at > than.at || (at === than.at && rev > than.rev);
}

/** Puts a reading into the day line: one point a bucket, the newest of the bucket, no older than the line is long. */
function withPoint(trend: readonly TrendPoint[], reading: Reading, newestAt: number, bucketMs: number, buckets: number): TrendPoint[] {
  const bucket = Math.floor(reading.at / bucketMs);
  const oldest = Math.floor(newestAt / bucketMs) - buckets + 1;
  const isOld = ([at]: TrendPoint): boolean => Math.floor(at / bucketMs) < oldest;
  // Ascending: when the first point is in, all are.
  const line = trend[0] && isOld(trend[0]) ? trend.filter((point) => !isOld(point)) : trend.slice();
  if (bucket < oldest || typeof reading.value === 'string') return line;
  const rev = reading.rev ?? 0;
  const point: TrendPoint = rev === 0 ? [reading.at, reading.value] : [reading.at, reading.value, rev];
  let i = line.length;
  while (i > 0 && Math.floor(line[i - 1]![0] / bucketMs) > bucket) i--;
  const same = line[i - 1];
  if (same && Math.floor(same[0] / bucketMs) === bucket) {
    if (isNewer(reading.at, rev, { at: same[0], rev: same[2] ?? 0 })) line[i - 1] = point;
  } else {
    line.splice(i, 0, point);
  }
  return line;
}

function withReading(before: SeriesState | undefined, reading: Reading, recordedAt: number, bucketMs: number, buckets: number, vouched: boolean): SeriesState {
  const rev = reading.rev ?? 0;
  if (before && !isNewer(reading.at, rev, before)) {
    // Late or corrected history: the line learns of it, the tile does not move back.
    const after: SeriesState = { ...before, trend: withPoint(before.trend, reading, before.at, bucketMs, buckets) };
    if (before.value === null && reading.value !== null && reading.at < before.at && reading.at >= (before.last?.at ?? -Infinity)) {
      after.last = { at: reading.at, value: reading.value };
    }
    return after;
  }
  const after: SeriesState = {
    at: reading.at,
    rev,
    value: reading.value,
    recordedAt,
    trend: withPoint(before?.trend ?? [], reading, reading.at, bucketMs, buckets),
  };
  if (reading.why !== undefined) after.why = reading.why;
  if (vouched) after.vouchedAt = reading.at;
  else if (before?.vouchedAt !== undefined && before.value === reading.value) after.vouchedAt = before.vouchedAt;
  if (reading.value === null) {
    // A correction to "not reported" of the same moment takes the value back; an older value stays known.
    const last = before && before.value !== null ? { at: before.at, value: before.value } : before?.last;
    if (last && last.at < reading.at) after.last = last;
  }
  return after;
}

export function readingsSlice(draft: Draft, event: BoardEvent, at: number): void {
  if (event.kind === 'ReadingsRecorded') {
    if (event.history) return;
    const holds = holdsAny(draft.state);
    const line = draft.state.definition?.trend ?? { bucketMs: 1_800_000, buckets: 48 };
    for (const reading of event.readings) {
      const vouched = event.by !== undefined && draft.state.definition?.series[reading.series]?.steadyMs !== undefined;
      draft.putSeries(reading.series, withReading(draft.state.series[reading.series], reading, at, line.bucketMs, line.buckets, vouched));
      const held = holds ? draft.state.held[reading.series] : undefined;
      if (held && reading.at >= held.at) delete draft.own('held')[reading.series];
    }
  } else if (event.kind === 'HeldSettled') {
    if (draft.state.held[event.series]?.at === event.at) delete draft.own('held')[event.series];
  } else if (event.kind === 'ReadingsQuarantined') {
    const held = draft.own('held');
    for (const { series, at: observedAt, value, reason, of } of event.readings) {
      const known = draft.state.series[series];
      const newest = Math.max(known?.at ?? -Infinity, held[series]?.at ?? -Infinity);
      if (observedAt >= newest) held[series] = { at: observedAt, value, reason, ...(of === undefined ? {} : { of }), recordedAt: at };
    }
  }
}
