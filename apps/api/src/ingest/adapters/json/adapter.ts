import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';
import { LONGEST_NAME, MOST_READINGS, readingRow, type ReadingRow } from '@comm-cell/contract/feed';
import { Refusal } from '../../../access/refusal.js';
import { BentNumber, NotJson, parseStrictJson } from '../../strict-json.js';
import type { Adapter, Payload } from '../adapter.js';

/** The moment that the codec took last: readings of a batch mostly share theirs, and to read it takes as long as the rest of a row. */
let last = { text: '1970-01-01T00:00:00Z', at: 0 };
function momentOf(text: string): number {
  if (text !== last.text) last = { text, at: Date.parse(text) };
  return last.at;
}

/** A name, a number, that very moment and nothing else: the codec would find nothing in it. */
function isPlain(reading: unknown): reading is { series: string; observedAt: string; value: number } {
  const { series, observedAt, value } = (reading ?? {}) as Partial<Record<keyof ReadingRow, unknown>>;
  const isNamed = typeof series === 'string' && series !== '' && series.length <= LONGEST_NAME;
  return isNamed && observedAt === last.text && Number.isFinite(value) && Object.keys(reading as object).length === 3;
}

/** A checked reading as a candidate row, or the reason why it is none. */
export function candidate(row: number, reading: ReadingRow): CandidateRow | RejectedRow {
  const { series, value, notReported } = reading;
  if (value !== undefined && notReported !== undefined) {
    return { row, field: 'notReported', code: 'both', detail: 'A reading has a value or says notReported, not both.' };
  }
  if (value === undefined && notReported === undefined) {
    return { row, field: 'value', code: 'no-value', detail: 'There is no value. A missing value is never taken for 0: send notReported with the reason.' };
  }
  const one: CandidateRow = { row, series, at: momentOf(reading.observedAt), value: value ?? null, rev: reading.revision ?? 0 };
  if (reading.unit !== undefined) one.unit = reading.unit;
  if (notReported !== undefined) one.why = notReported;
  return one;
}

export function refused(row: number, issue: { path: readonly PropertyKey[]; message: string; keys?: readonly string[] }): RejectedRow {
  const field = issue.keys?.[0] ?? String(issue.path[0] ?? 'reading');
  return { row, field, code: issue.keys ? 'unknown-field' : 'unreadable', detail: issue.message };
}

/** One parsed reading into the payload, whatever it was parsed from. */
export function readRow(row: number, reading: unknown, payload: Payload): void {
  if (isPlain(reading)) {
    payload.rows.push({ row, series: reading.series, at: last.at, value: reading.value, rev: 0 });
    return;
  }
  const parsed = readingRow.safeParse(reading);
  if (!parsed.success) {
    payload.unreadable.push(bentNumber(row, reading) ?? refused(row, parsed.error.issues[0] as Parameters<typeof refused>[1]));
    return;
  }
  const one = candidate(row, parsed.data);
  if ('code' in one) payload.unreadable.push(one);
  else payload.rows.push(one);
}

/** No codec takes a bent number, so it is looked for only in a row that was not taken. */
function bentNumber(row: number, reading: unknown): RejectedRow | undefined {
  for (const [field, item] of Object.entries(typeof reading === 'object' && reading !== null ? reading : {})) {
    if (!(item instanceof BentNumber)) continue;
    const detail = `"${item.token.slice(0, 40)}" is not a plain decimal number of at most 15 digits (no exponent, no -0).`;
    return { row, field, code: 'not-a-number', detail };
  }
  return undefined;
}

export function parseJson(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof NotJson) throw new Refusal(400, 'not-json', 'The body is not JSON that means one thing only.', `Mend the JSON: ${error.message}.`);
    throw error;
  }
}

export function assertBearable(count: number): void {
  if (count > MOST_READINGS)
    throw new Refusal(413, 'too-many-readings', `There are ${count} readings.`, `At most ${MOST_READINGS} in one batch: send several.`);
}

/** A parsed `{"readings": [ … ]}`. */
export function readBatch(body: unknown): Payload {
  const { readings, ...others } = (typeof body === 'object' && body !== null ? body : {}) as { readings?: unknown };
  if (!Array.isArray(readings) || Object.keys(others).length > 0) {
    throw new Refusal(422, 'not-a-batch', 'The body is not a batch.', 'Send {"readings": [ … ]} and nothing beside it; an example is at /docs.');
  }
  assertBearable(readings.length);
  const payload: Payload = { rows: [], unreadable: [] };
  readings.forEach((reading, row) => readRow(row, reading, payload));
  return payload;
}

export const jsonAdapter: Adapter = {
  contentTypes: ['application/json'],
  read: ({ text }) => readBatch(parseJson(text)),
};
