/**
 * Readings of one batch → events and the counts of its receipt. Every row ends in exactly one of
 * accepted, duplicate, rejected, quarantined (invariant I8).
 */
import type { BoardDefinition, FeedId, SeriesDefinition, SeriesId } from '../definition.js';
import type { BoardEvent, HeldReading, HoldReason, Person, Reading } from '../events.js';
import { type Borrowed, borrowed, type Brought } from '../rules/borrowed.js';
import { holdReason } from '../rules/plausible.js';
import { type BoardState, holdsAny, type SeriesState } from '../state.js';
import { MINUTE_MS } from '../time.js';
import type { Decision } from './decision.js';

/** No reading may claim to be from further ahead than this (invariant I12). */
export const FUTURE_LIMIT_MS = 2 * MINUTE_MS;

/** A row that its adapter could read: numbers have passed the decimal grammar, moments are real. */
export interface CandidateRow {
  /** Where it stood in what was sent: index of the reading (JSON) or number of the line (CSV). */
  row: number;
  /** The column it came from, where one row holds several readings (wide CSV). */
  column?: string;
  series: string;
  at: number;
  value: number | string | null;
  rev: number;
  unit?: string;
  why?: string;
}

export interface RejectedRow {
  row: number;
  column?: string;
  field: string;
  code: string;
  detail: string;
}

export interface QuarantinedRow {
  row: number;
  column?: string;
  series: SeriesId;
  reason: HoldReason;
  detail: string;
}

/** Values already journaled for readings that are not the newest of their series, by `readingKey`. */
export type KnownReadings = ReadonlyMap<string, number | string | null>;

export function readingKey(series: SeriesId, at: number, rev: number): string {
  return `${series} ${at} ${rev}`;
}

export interface RecordReadings {
  feed: FeedId;
  batch: string;
  rows: readonly CandidateRow[];
  /** Rows the adapter had to refuse already. */
  unreadable: readonly RejectedRow[];
  /** A person sends it. */
  by?: Person;
  /** All or nothing: one refused row and no other is recorded either. A file is such a whole. */
  whole?: boolean;
  /** Say of every row what became of it, for a dry run. */
  itemise?: boolean;
}

export interface JudgedRow {
  row: CandidateRow;
  verdict: 'stored' | 'duplicate' | 'held' | 'refused';
}

export interface ReadingsOutcome {
  received: number;
  accepted: number;
  duplicate: number;
  rejected: RejectedRow[];
  quarantined: QuarantinedRow[];
  /** When it was asked for. */
  judged?: JudgedRow[];
}

/** Rows whose twin could stand in older history: the keeper looks these up before it decides. */
export function lateRows(state: BoardState, rows: readonly CandidateRow[]): CandidateRow[] {
  return rows.filter(({ series, at, rev }) => {
    const known = state.series[series];
    return known !== undefined && at <= known.at && !(at === known.at && rev === known.rev);
  });
}

/** `series`: the one that the row names, if there is such a one. */
export function refusal(
  definition: BoardDefinition,
  series: SeriesDefinition | undefined,
  feed: FeedId,
  row: CandidateRow,
  at: number,
): Omit<RejectedRow, 'row' | 'column'> | undefined {
  if (!series) {
    return { field: 'series', code: 'unknown-series', detail: `This board has no series "${row.series}"; GET /v1/feeds/${feed} lists those of this feed.` };
  }
  if (series.feed !== feed) {
    return { field: 'series', code: 'not-of-this-feed', detail: `Series "${row.series}" does not belong to feed "${feed}"; send it through its own feed.` };
  }
  const metric = definition.metrics[series.metric]!;
  if (row.unit !== undefined && row.unit !== metric.unit) {
    return {
      field: 'unit',
      code: 'wrong-unit',
      detail: `Series "${row.series}" is in "${metric.unit}", not "${row.unit}"; convert the value or name the right series.`,
    };
  }
  if (row.at > at + FUTURE_LIMIT_MS) {
    const ahead = Math.round((row.at - at) / 1000);
    return {
      field: 'observedAt',
      code: 'in-the-future',
      detail: `Observed ${ahead} s ahead of this server's clock (2 minutes are allowed); set the sender's clock or time zone right.`,
    };
  }
  if (row.value === null) return undefined;
  if (metric.kind === 'text') {
    return typeof row.value === 'string' ? undefined : { field: 'value', code: 'not-a-text', detail: `Series "${row.series}" takes words, not a number.` };
  }
  if (typeof row.value === 'string' || !Number.isFinite(row.value)) {
    return {
      field: 'value',
      code: 'not-a-number',
      detail: `Series "${row.series}" takes a plain decimal number such as 118 or 62.5; to say that there is none, send notReported.`,
    };
  }
  const quantity = definition.units[metric.unit]?.quantity;
  if ((quantity === 'count' || quantity === 'level') && metric.decimals === 0 && !Number.isInteger(row.value)) {
    return { field: 'value', code: 'not-whole', detail: `Series "${row.series}" counts whole ${metric.unit}; ${row.value} is not a whole number.` };
  }
  return undefined;
}

export const HELD_DETAIL: Record<HoldReason, string> = {
  'out-of-range': 'Outside the believable range of the series; held back and shown on the board until a person looks at it.',
  jump: 'Changed more than believable since the last reading; held back, and accepted if the next reading confirms it, or at once if sent again with a higher revision.',
  'unit-step':
    'Looks like another unit (factor 60 or 100 to the last reading); held back. Send the value in the unit of the series, or confirm it by sending it again with a higher revision.',
  conflict: 'A different value is already recorded for this series, moment and revision; to correct it send a higher revision.',
  unchanged:
    'Has stayed the same for longer than is usual for the series: does its source stand still? Held back until it changes, or a person says that it is right.',
  resent:
    'This whole delivery is the one of an earlier moment: was an old file sent again? Held back; send the present figures, or these with a higher revision.',
  'mix-up':
    'This whole delivery agrees with what another organisation reports: was its file sent in place of yours? Held back; send your own figures, or these with a higher revision.',
};

/** The newest value of what the batch has brought so far that overtakes the state, so that a batch of several moments is judged step by step. */
function stepOf(sent: readonly Reading[], current: SeriesState | undefined): { at: number; value: number | string } | undefined {
  let newest: { at: number; value: number | string } | undefined;
  for (const { at, value } of sent) if (value !== null && at > (newest?.at ?? current?.at ?? -Infinity)) newest = { at, value };
  return newest;
}

export function placeOf({ row, column }: CandidateRow): { row: number; column?: string } {
  return column === undefined ? { row } : { row, column };
}

/** The value already there for the same series, moment and revision. What is newer than all that is known can have none. */
function twinOf(
  row: CandidateRow,
  sent: readonly Reading[] | undefined,
  current: SeriesState | undefined,
  known: KnownReadings,
): number | string | null | undefined {
  const twin = sent?.find((reading) => reading.at === row.at && (reading.rev ?? 0) === row.rev);
  if (twin) return twin.value;
  if (!current || row.at > current.at) return undefined;
  return current.at === row.at && current.rev === row.rev ? current.value : known.get(readingKey(row.series, row.at, row.rev));
}

/** Only a delivery of one moment is judged as a whole; what brings many of them is a backlog. */
function borrowedOf(state: BoardState, feed: FeedId, rows: readonly CandidateRow[]): Borrowed | undefined {
  const brings = (row: CandidateRow): row is CandidateRow & Brought =>
    typeof row.value === 'number' &&
    row.rev === 0 &&
    state.definition?.series[row.series]?.feed === feed &&
    row.at > (state.series[row.series]?.at ?? -Infinity);
  const brought = {
    *[Symbol.iterator](): Generator<Brought> {
      for (const row of rows) if (brings(row)) yield row;
    },
  };
  const suspect = borrowed(state, feed, brought);
  if (!suspect) return undefined;
  const all = [...brought];
  return new Set(all.map(({ series }) => series)).size === all.length ? suspect : undefined;
}

export function recordReadings(state: BoardState, command: RecordReadings, known: KnownReadings, at: number): Decision<ReadingsOutcome> {
  const { feed, batch, rows, unreadable, by } = command;
  const definition = state.definition;
  if (!definition) throw new Error('A board without a definition takes no readings.');
  const recorded: Reading[] = [];
  const held: HeldReading[] = [];
  const rejected: RejectedRow[] = [...unreadable];
  const quarantined: QuarantinedRow[] = [];
  const judged: JudgedRow[] | undefined = command.itemise ? [] : undefined;
  let duplicate = 0;
  /** What the batch itself has brought so far. */
  const inBatch = new Map<SeriesId, Reading[]>();
  const holds = holdsAny(state);

  const suspect = by ? undefined : borrowedOf(state, feed, rows);
  const hold = (row: CandidateRow, reading: Reading, reason: HoldReason, of?: FeedId): void => {
    const before = state.held[row.series];
    if (before && before.at === row.at && before.value === row.value && before.reason === reason) {
      duplicate++;
      judged?.push({ row, verdict: 'duplicate' });
      return;
    }
    judged?.push({ row, verdict: 'held' });
    held.push({ ...reading, reason, ...(of === undefined ? {} : { of }) });
    quarantined.push({ ...placeOf(row), series: row.series, reason, detail: HELD_DETAIL[reason] });
  };

  for (const row of rows) {
    const series = definition.series[row.series];
    const refused = refusal(definition, series, feed, row, at);
    if (refused) {
      rejected.push({ ...placeOf(row), ...refused });
      judged?.push({ row, verdict: 'refused' });
      continue;
    }
    const reading: Reading = { series: row.series, at: row.at, value: row.value };
    if (row.rev !== 0) reading.rev = row.rev;
    if (row.why !== undefined) reading.why = row.why;

    const current = state.series[row.series];
    const sent = inBatch.get(row.series);
    const twin = twinOf(row, sent, current, known);
    if (twin !== undefined) {
      if (twin !== row.value) hold(row, reading, 'conflict');
      else {
        duplicate++;
        judged?.push({ row, verdict: 'duplicate' });
      }
      continue;
    }
    const step = sent && stepOf(sent, current);
    if (typeof row.value === 'number') {
      const before = step && current ? { ...current, ...step } : step ? { at: step.at, rev: 0, value: step.value, recordedAt: at, trend: [] } : current;
      const reason = holdReason(definition, series!, before, holds ? state.held[row.series] : undefined, row.at, row.value, row.rev);
      if (reason) {
        hold(row, reading, reason);
        continue;
      }
      if (suspect && row.rev === 0 && row.at > (current?.at ?? -Infinity)) {
        hold(row, reading, suspect.reason, suspect.reason === 'mix-up' ? suspect.of : undefined);
        continue;
      }
    }
    if (sent) sent.push(reading);
    else inBatch.set(row.series, [reading]);
    recorded.push(reading);
    judged?.push({ row, verdict: 'stored' });
  }

  const answer = { received: rows.length + unreadable.length, ...(judged ? { judged } : {}) };
  if (command.whole && rejected.length > 0) {
    const first = rejected[0]!;
    const told = new Set(rejected.map(({ row, column }) => `${row} ${column ?? ''}`));
    const usable = rows.filter(({ row, column }) => !told.has(`${row} ${column ?? ''}`));
    const detail = 'Can be used, but is not stored: other rows of this file are refused, and a file is stored as a whole or not at all.';
    const others = usable.map((row) => ({ ...placeOf(row), field: 'file', code: 'whole-file', detail }));
    return {
      events: [{ kind: 'ReadingsRefused', feed, batch, count: rejected.length, code: first.code, detail: first.detail }],
      outcome: { ...answer, accepted: 0, duplicate: 0, rejected: [...rejected, ...others], quarantined: [] },
    };
  }
  const events: BoardEvent[] = [];
  if (recorded.length > 0 || (rows.length === 0 && unreadable.length === 0)) {
    events.push({ kind: 'ReadingsRecorded', feed, batch, readings: recorded, ...(by ? { by } : {}) });
  }
  if (held.length > 0) events.push({ kind: 'ReadingsQuarantined', feed, batch, readings: held });
  const first = rejected[0];
  if (first) events.push({ kind: 'ReadingsRefused', feed, batch, count: rejected.length, code: first.code, detail: first.detail });
  return {
    events,
    outcome: { ...answer, accepted: recorded.length, duplicate, rejected, quarantined },
  };
}
