/**
 * Older readings brought in afterwards, with their original times → for trends and reviews alone: no state changes, no alert
 * fires, no tile moves. What is recent enough to matter on the wall is refused: it has to come by the live door, where it is
 * judged as a live reading.
 */
import type { BoardEvent, Reading } from '../events.js';
import type { BoardState } from '../state.js';
import { MINUTE_MS } from '../time.js';
import type { Decision } from './decision.js';
import { type KnownReadings, placeOf, readingKey, type ReadingsOutcome, type RecordReadings, refusal, type RejectedRow } from './record-readings.js';

/** `known` has to hold the twins of all rows: nothing of the past is in the state. */
export function recordHistory(state: BoardState, command: RecordReadings, known: KnownReadings, at: number): Decision<ReadingsOutcome> {
  const { feed, batch, rows, unreadable, by } = command;
  const definition = state.definition;
  if (!definition) throw new Error('A board without a definition takes no readings.');
  const recorded: Reading[] = [];
  const rejected: RejectedRow[] = [...unreadable];
  const sent = new Map<string, number | string | null>();
  let duplicate = 0;
  for (const row of rows) {
    const refuse = (field: string, code: string, detail: string): unknown => rejected.push({ ...placeOf(row), field, code, detail });
    const series = definition.series[row.series];
    const refused = refusal(definition, series, feed, row, at);
    if (refused) {
      rejected.push({ ...placeOf(row), ...refused });
      continue;
    }
    const { range } = series!;
    const liveFrom = (state.series[row.series]?.at ?? at) - definition.feeds[feed]!.limitMs;
    const key = readingKey(row.series, row.at, row.rev);
    const twin = sent.has(key) ? sent.get(key) : known.get(key);
    if (row.at >= liveFrom) {
      refuse(
        'observedAt',
        'inside-live-window',
        `This is newer than the newest reading of "${row.series}" less ${Math.round(definition.feeds[feed]!.limitMs / MINUTE_MS)} minutes, so it still matters on the wall: send it to /v1/feeds/${feed}/batches.`,
      );
    } else if (twin !== undefined) {
      if (twin === row.value) duplicate++;
      else refuse('value', 'conflict', 'A different value is already recorded for this series, moment and revision; to correct it send a higher revision.');
    } else if (typeof row.value === 'number' && (row.value < range.min || row.value > range.max)) {
      refuse('value', 'out-of-range', `Outside the believable range of the series (${range.min} to ${range.max}).`);
    } else {
      sent.set(key, row.value);
      recorded.push({
        series: row.series,
        at: row.at,
        value: row.value,
        ...(row.rev === 0 ? {} : { rev: row.rev }),
        ...(row.why === undefined ? {} : { why: row.why }),
      });
    }
  }
  // A refusal here says nothing about the live feed, so it lights no lamp.
  const events: BoardEvent[] = recorded.length > 0 ? [{ kind: 'ReadingsRecorded', feed, batch, readings: recorded, history: true, ...(by ? { by } : {}) }] : [];
  return { events, outcome: { received: rows.length + unreadable.length, accepted: recorded.length, duplicate, rejected, quarantined: [] } };
}
