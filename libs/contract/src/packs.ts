/**
 * Papers for a meeting: what was so in a period, kept as facts without words and written out in English, Welsh or both whenever
 * somebody opens them. All routes stand under /v1/boards/{board}/packs; moments come in as RFC 3339 and go out as epoch ms.
 */
import type { Direction, Label, MetricKind, Notation } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Severity } from '@comm-cell/board/rule';
import type { How, PeriodKind } from '@comm-cell/board/spc/periods';
import type { Improvement, SpcChart } from '@comm-cell/board/spc/xmr';
import type { Warning } from '@comm-cell/board/spc/warnings';
import type { Zone } from '@comm-cell/board/time';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { figureId, key } from './written.js';

const DAY_MS = 86_400_000;
/** pack: a meeting's paper. week, winter: in review. incident: minute by minute, with the place of every event in the journal. */
export const PACK_KINDS = ['pack', 'week', 'winter', 'incident'] as const;
export type PackKind = (typeof PACK_KINDS)[number];
export const PACK_FORMATS = ['pdf', 'pptx', 'csv', 'json'] as const;
export type PackFormat = (typeof PACK_FORMATS)[number];
export const PACK_FIGURES_MOST = 8;
/** Longest periods, ms. A winter is half a year at most; minute by minute nobody reads more than a week. */
export const PACK_LONGEST_MS: Readonly<Record<PackKind, number>> = { pack: 366 * DAY_MS, week: 15 * DAY_MS, winter: 190 * DAY_MS, incident: 7 * DAY_MS };
/** Characters of a picture in base64: with everything else it stays within the limit of a body. */
const PNG_MOST = 900_000;

/** Plain text of several lines; nothing in it is taken for markup. */
const prose = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most)
    .regex(/^[^\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it without invisible characters')
    .refine((text) => !/[^\P{Cc}\n]/u.test(text.replaceAll('\r\n', '\n')), 'write it without control characters')
    .transform((text) => text.replaceAll('\r\n', '\n'));

export const packBody = z
  .strictObject({
    kind: z.enum(PACK_KINDS).default('pack'),
    title: line(120).exactOptional(),
    from: moment,
    to: moment,
    figures: z.array(figureId.max(100)).max(PACK_FIGURES_MOST).default([]),
    language: z.enum(['en', 'cy', 'both']),
    audience: z.enum(['private', 'public']).default('private').meta({ description: 'public: no names, and nothing that somebody wrote on the board' }),
    providers: z.array(key).max(20).exactOptional().meta({ description: 'incident: only what concerns these' }),
    commentary: z.strictObject({ overall: prose(4_000).exactOptional(), figures: z.record(figureId, prose(2_000)).default({}) }).default({ figures: {} }),
    picture: z
      .strictObject({ at: moment, png: z.base64().max(PNG_MOST, 'the picture may have 670 kB at most') })
      .exactOptional()
      .meta({ description: 'The wall at a moment, a PNG in base64' }),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'the end must be after the beginning' })
  .refine(({ kind, from, to }) => Date.parse(to) - Date.parse(from) <= PACK_LONGEST_MS[kind], { path: ['to'], error: 'the period is too long for this kind' })
  .refine(({ figures }) => new Set(figures).size === figures.length, { path: ['figures'], error: 'a figure stands in it once' })
  .refine(({ commentary, figures }) => Object.keys(commentary.figures).every((id) => figures.includes(id)), {
    path: ['commentary', 'figures'],
    error: 'comment on figures that are in the paper',
  })
  .refine(({ picture, audience }) => picture === undefined || audience === 'private', {
    path: ['picture'],
    error: 'a picture of the wall shows what people wrote: leave it out of a public paper',
  })
  .meta({ id: 'MakePack' });
export type PackBody = z.output<typeof packBody>;

export const packMade = z.object({ id: z.string() }).meta({ id: 'PackMade' });
export type PackMade = z.infer<typeof packMade>;

export interface PackHead {
  id: string;
  kind: PackKind;
  title: string | null;
  from: number;
  to: number;
  language: PackBody['language'];
  audience: PackBody['audience'];
  madeAt: number;
  by: Person;
}

/** What is in a paper, without a word of either language but those that people wrote. `who` and texts are null in a public one. */
export interface PackFacts extends Omit<PackHead, 'id'> {
  board: { id: string; name: Label; simulated: boolean; notice: Label | null; zone: Zone };
  /** Where the journal stood when this was put together, and the hash there: whoever doubts it can look. */
  journal: { seq: number; hash: string; rolledUp: number };
  /** Whether the period was over. */
  whole: boolean;
  commentary: string | null;
  picture: { at: number } | null;
  figures: PackFigure[];
  levels: PackLevel[];
  waits: PackWait[];
  alerts: PackAlert[];
  alertsRaised: number;
  actions: PackAction[];
  concerns: PackConcern[];
  outages: PackOutage[];
  /** The board or its rules were changed: figures before and after need not mean the same. */
  changes: { at: number; seq: number; what: 'board' | 'rules'; about: Label[]; reason: string | null; by: string | null }[];
  notes: PackNote[];
  /** Only of an incident; `of`: how many there were before the limit. */
  timeline: { of: number; lines: PackLine[] } | null;
}

export interface PackFigure {
  id: string;
  label: Label;
  place: Label;
  unit: Label;
  notation: Notation;
  decimals: number;
  kind: MetricKind;
  direction: Direction;
  feeds: Label[];
  /** Made of several: how they are combined. */
  combined: string | null;
  target: { atMost: number } | { atLeast: number } | null;
  by: PeriodKind;
  how: How;
  improvement: Improvement;
  bounds: { min: number; max: number | null } | null;
  spc: SpcChart;
  warnings: Warning[];
  known: number;
  periods: number;
  /** Periods whose value is no longer what first came. */
  restated: { at: number; shown: number | null; known: number | null }[];
  commentary: string | null;
}
/** Time at each step, ms; `unknown`: not worked out, not declared, or a range. */
export interface PackLevel {
  name: Label;
  mark: string;
  scheme: Label;
  indicative: boolean;
  steps: { n: number; name: Label; calculated: number; declared: number }[];
  unknown: { calculated: number; declared: number };
}
export interface PackWait {
  label: Label;
  place: Label;
  unit: Label;
  notation: Notation;
  decimals: number;
  value: number;
  day: number;
}
export interface PackAlert {
  no: number;
  label: Label;
  place: Label;
  severity: Severity | null;
  raisedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  who: string | null;
  actions: number[];
}
export interface PackAction {
  no: number;
  what: string | null;
  owner: string | null;
  raisedAt: number;
  due: number;
  alert: number | null;
  closedAt: number | null;
  result: string | null;
}
export interface PackConcern {
  no: number;
  text: string | null;
  raisedAt: number;
  due: number | null;
  owner: string | null;
  closedAt: number | null;
  result: string | null;
}
/** `to` null: still so at the end of the period. */
export interface PackOutage {
  feed: Label;
  provider: Label;
  kind: 'silent' | 'paused';
  from: number;
  to: number | null;
  reason: string | null;
}
export interface PackNote {
  seq: number;
  /** The moment it is about. */
  about: number;
  text: string | null;
  who: string | null;
  /** Written anew so many times by the same person. */
  edited: number;
}
/** One event of an incident, and where it can be looked up. */
export interface PackLine {
  seq: number;
  hash: string;
  at: number;
  kind: string;
  what: string;
  about: Label | null;
  no: number | null;
  text: string | null;
  who: string | null;
}

/* A paper written out: parts of one language each, of plain blocks that every format draws in its own way. */

export type PackBlock =
  | { kind: 'text'; text: string; look: 'plain' | 'lead' | 'note' | 'commentary' }
  | { kind: 'table'; caption: string; head: string[]; rows: string[][]; /** Columns of numbers, from 0. */ numbers: number[] }
  | { kind: 'chart'; chart: PackChart }
  | { kind: 'picture'; alt: string };

export interface PackChart {
  title: string;
  subtitle: string;
  alt: string;
  zone: Zone;
  from: number;
  to: number;
  /** Of the axis, from below; `text` as it is written beside it. */
  ticks: { value: number; text: string }[];
  days: { at: number; text: string }[];
  points: { at: number; value: number | null; look: 'common' | 'improvement' | 'concern' | 'neutral'; high: boolean }[];
  levels: { look: 'mean' | 'limit' | 'target'; points: [at: number, value: number | null][] }[];
  legend: Record<'data' | 'mean' | 'limit' | 'target', string>;
}
export interface PackSection {
  id: string;
  title: string;
  blocks: PackBlock[];
}
export interface PackPart {
  language: 'en' | 'cy';
  title: string;
  subtitle: string;
  /** On every page: made-up data, source, for whom. */
  footer: string[];
  page: string;
  sections: PackSection[];
}

/** POST packs/preview */
export interface PackPreview {
  parts: PackPart[];
}
