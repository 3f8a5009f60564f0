/** The feed desk: how a feed's columns are read, what came in lately, what is held back, and what is late. */
import type { FeedDefinition, FeedId, Label, SeriesId } from '@comm-cell/board/definition';
import type { HoldReason, Person } from '@comm-cell/board/events';
import type { FeedState } from '@comm-cell/board/state';
import type { Freshness } from '@comm-cell/board/rules/freshness';
import { z } from 'zod';
import { moment } from './asked.js';
import type { Receipt } from './feed.js';
import { clock } from './written.js';

/** Files are unpacked in memory: what is larger than this is refused before. */
export const FILE_LIMIT = 1_048_576;
export const MOST_COLUMNS = 200;

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters');
const reason = text(200).trim().min(1);

/** What is done to a number before it is judged in the unit of its series. `h:mm` and `mm:ss` are written times, read as minutes. */
export const CONVERSIONS = ['as-is', 'x100', '/100', 'x60', '/60', 'percent-sign', 'h:mm', 'mm:ss'] as const;
export type Conversion = (typeof CONVERSIONS)[number];

/** `name`: a heading of the file, a word of its series column, or what a machine calls it (see docs/wiring-a-feed.md). */
const column = z.strictObject({ name: text(200), series: z.string().min(1).max(120), convert: z.enum(CONVERSIONS).default('as-is') });

/** Where the figures stand in a file. Lines and rows count from 1, as spreadsheets number them. */
const layout = z.strictObject({
  encoding: z.enum(['utf-8', 'utf-16', 'windows-1252']).default('utf-8'),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  /** Of a workbook; left out: its first. */
  sheet: text(60).exactOptional(),
  headerRow: z.int().min(1).max(100).default(1),
  /** Headings that stand on several rows (merged above, single below) are read together: "ED / Waiting". */
  headerRows: z.int().min(1).max(3).default(1),
  form: z.enum(['wide', 'long']),
  /** Long: the columns of the series' name and of the value. */
  series: text(200).exactOptional(),
  value: text(200).exactOptional(),
  /** Column of the moment or the day; left out: the whole file is of the moment that its sender names. */
  date: text(200).exactOptional(),
  order: z.enum(['rfc3339', 'ymd', 'dmy', 'mdy', 'serial']).default('rfc3339'),
  /** Column of the time of day, where it stands apart. */
  clock: text(200).exactOptional(),
  decimal: z.enum(['.', ',']).default('.'),
  thousands: z.enum(['', ',', '.', ' ']).default(''),
  /** Words that say that there is no figure; a blank always does. */
  notReported: z.array(text(40)).max(20).default([]),
  /** Rows whose first cell begins with one of these are no readings: "Total", "Printed on". */
  leftOut: z.array(text(40)).max(20).default([]),
});
export type FileLayout = z.infer<typeof layout>;

/** How a feed's names, units and times are read. Saved once on screen, used by every upload after. */
export const feedMap = z
  .strictObject({
    columns: z.array(column).max(MOST_COLUMNS),
    /** Headings that are there and are not to be stored. Any other new heading stops the file. */
    ignored: z.array(text(200)).max(MOST_COLUMNS).default([]),
    /** Of times written without an offset, and of bare days. */
    time: z.strictObject({ zone: text(60), at: clock.exactOptional(), dayBefore: z.boolean().default(false) }),
    layout: layout.exactOptional(),
  })
  .refine(({ layout: one }) => one?.form !== 'long' || (one.series !== undefined && one.value !== undefined), {
    path: ['layout', 'series'],
    error: 'the long form needs the columns of the series and of the value',
  })
  .refine(({ layout: one }) => !one || one.decimal !== one.thousands, { path: ['layout', 'thousands'], error: 'thousands and decimals need different signs' })
  .meta({ id: 'FeedMap' });
export type FeedMap = z.infer<typeof feedMap>;

/** What a file looks like before anybody has said how to read it. */
export interface FileLook {
  kind: 'csv' | 'xlsx';
  sheets: string[];
  /** Guesses, to be looked at by a person: nothing is read by them alone. */
  layout: FileLayout;
  headings: string[];
  /** What may be mapped: headings of the wide form, names of figures of the long one. */
  columns: { name: string; filled: number; samples: string[]; suggestion?: { series: SeriesId; why: 'id' | 'label' | 'alias' } }[];
  rows: number;
}

/** How a file is to be looked at, where the guesses were wrong. `afresh`: as if nothing were saved. */
export const lookQuery = z.strictObject({
  afresh: z.literal('true').exactOptional(),
  sheet: text(60).exactOptional(),
  encoding: layout.shape.encoding.unwrap().exactOptional(),
  delimiter: layout.shape.delimiter.unwrap().exactOptional(),
  headerRow: z.coerce.number().int().min(1).max(100).exactOptional(),
  headerRows: z.coerce.number().int().min(1).max(3).exactOptional(),
  form: layout.shape.form.exactOptional(),
});
export type LookQuery = z.infer<typeof lookQuery>;

/** One figure of a file as a dry run judged it. `row`: line of the file. */
export interface JudgedRow {
  row: number;
  column?: string;
  verdict: 'stored' | 'duplicate' | 'held' | 'refused';
  series?: SeriesId;
  at?: number;
  value?: number | string | null;
  detail?: string;
}
export interface FileReceipt extends Receipt {
  /** Of a dry run. */
  rows?: JudgedRow[];
  /** Rows that the map leaves out, by line. */
  leftOut?: number[];
}

export interface StoredMap {
  map: FeedMap;
  by: Person;
  at: number;
}

/** `sampled`: while a feed pushed faster than the log writes, some accepted payloads were not kept. */
export type PayloadVerdict = 'accepted' | 'partly' | 'repeated' | 'refused';
export interface PayloadLine {
  id: string;
  at: number;
  door: 'batches' | 'files' | 'history';
  contentType: string;
  size: number;
  /** The key, or the person. */
  sender: string;
  batch: string | null;
  status: number;
  verdict: PayloadVerdict;
  /** What the sender was told: a receipt, or a problem. */
  told: Record<string, unknown>;
  /** The whole body is there, so that it can be replayed. */
  kept: boolean;
}

export interface HeldView {
  series: SeriesId;
  at: number;
  rev: number;
  value: number | string | null;
  reason: HoldReason;
  recordedAt: number;
  /** The last value that was believed. */
  known: { at: number; value: number | string | null } | null;
}

export interface FeedView {
  feed: FeedId;
  name: Label;
  provider: string;
  providerName: Label;
  owner: FeedDefinition['owner'];
  expected: FeedDefinition['expected'];
  graceMs: number;
  limitMs: number;
  state: FeedState;
  /** Of its least fresh series. */
  freshness: Freshness;
  /** When it was, or is, expected next. */
  expectedAt: number | null;
  series: { id: SeriesId; label: Label; place: Label; unit: string; freshness: Freshness; at: number | null; value: number | string | null }[];
  held: HeldView[];
  /** What was not as agreed in the last seven days, or is not known: before anything came in. The rest was on time. */
  lapses: { from: number; to: number; kind: 'late' | 'paused' | 'unknown' }[];
}
/** The last seven days end at `serverTime`. */
export interface FeedsView {
  serverTime: number;
  /** Name of the board's time zone. */
  zone: string;
  simulated: boolean;
  feeds: FeedView[];
}

/** `at`, `value`: what was seen, so that nobody settles another one. */
export const settleBody = z
  .strictObject({
    series: z.string().min(1).max(120),
    at: z.int(),
    value: z.union([z.number(), z.string(), z.null()]),
    released: z.boolean(),
    reason,
  })
  .meta({ id: 'SettleHeld' });
export type SettleBody = z.infer<typeof settleBody>;

export const pauseBody = z.strictObject({ until: moment, reason: text(120).trim().min(1) }).meta({ id: 'PauseFeed' });
export type PauseBody = z.infer<typeof pauseBody>;

export const replayBody = z.strictObject({ dryRun: z.boolean() }).meta({ id: 'ReplayPayload' });
export type ReplayBody = z.infer<typeof replayBody>;

export const takeBackBody = z.strictObject({ reason }).meta({ id: 'TakeBack' });
export type TakeBackBody = z.infer<typeof takeBackBody>;
/** `kept`: readings that were corrected since; they stay as they were corrected. `seq`: null when nothing was left to take back. */
export const takenBack = z.object({ taken: z.int(), kept: z.int(), seq: z.int().nullable() }).meta({ id: 'TakenBack' });
export type TakenBack = z.infer<typeof takenBack>;

/** A file and a map that is being made, before anything is saved. `content`: base64. */
export const tryBody = z.strictObject({ map: feedMap, content: z.base64().max(FILE_LIMIT), observedAt: moment.exactOptional() }).meta({ id: 'TryFile' });
export type TryBody = z.infer<typeof tryBody>;
