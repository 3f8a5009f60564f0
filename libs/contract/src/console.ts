/**
 * The console: a provider's own work by hand. Moments come in as RFC 3339 and go out as epoch ms. Figures carry a batch id made
 * by the screen (header Idempotency-Key): the same batch again is answered with the receipt of then and counts once.
 */
import type { Label, SeriesId } from '@comm-cell/board/definition';
import type { ConsoleView } from '@comm-cell/board/views/console';
import { z } from 'zod';
import { line, moment } from './asked.js';

const provider = z.string().min(1).max(40).meta({ description: 'Whose work it is' });
const series = z.string().min(1).max(120).meta({ description: 'metric@place', example: 'ed.in-department@stoke-mandeville' });
const revision = z.int().min(0).max(32_000);

/** A person writes dozens at once, never thousands. */
const MOST_FIGURES = 200;

/** `revision`: 1 says of a value that was held back as a jump that it is right, and a person stands behind it. */
const writtenFigure = z
  .strictObject({
    series,
    observedAt: moment.meta({ description: 'When it was entered, which may be long before it could be sent' }),
    value: z.union([z.number(), line(280)]).optional(),
    notReported: line(120).optional().meta({ description: 'Why there is no value' }),
    revision: revision.optional(),
  })
  .refine(({ value, notReported }) => (value === undefined) !== (notReported === undefined), {
    path: ['value'],
    error: 'give a value, or notReported with the reason',
  });
export const figuresBody = z.strictObject({ provider, figures: z.array(writtenFigure).min(1).max(MOST_FIGURES) }).meta({ id: 'Figures' });
export type FiguresBody = z.infer<typeof figuresBody>;

/** `seen`: the revision of the value that was seen. `value: null`: there is none after all. */
export const correctionBody = z
  .strictObject({ series, observedAt: moment, seen: revision, value: z.union([z.number(), line(280)]).nullable(), reason: line(200) })
  .meta({ id: 'Correction' });
export type CorrectionBody = z.infer<typeof correctionBody>;

/** `seen`: every figure as it was looked at. When one has changed since, the answer is 409 `moved-on` and nothing is signed. */
export const signOffBody = z
  .strictObject({
    provider,
    seen: z.array(z.strictObject({ series, at: z.int(), rev: revision })).max(2_000),
    note: line(280).exactOptional(),
  })
  .meta({ id: 'SignOff' });
export type SignOffBody = z.infer<typeof signOffBody>;

export const wordBody = z
  .strictObject({ provider, text: line(280), level: z.int().min(1).max(5).exactOptional(), until: moment.exactOptional() })
  .meta({ id: 'ProviderWord' });
export type WordBody = z.infer<typeof wordBody>;

export const closureBody = z.strictObject({ until: moment, reason: line(120) }).meta({ id: 'Closure' });
export type ClosureBody = z.infer<typeof closureBody>;

const count = z.int().min(1).max(999);
export const offerBody = z
  .strictObject({ provider, place: z.string().min(1).max(40).exactOptional(), what: line(80), count, until: moment })
  .meta({ id: 'CapacityOffer' });
export type OfferBody = z.infer<typeof offerBody>;
/** `provider`: who claims. When others were faster the answer is 409 `taken` with what is `left`. */
export const claimBody = z.strictObject({ provider, count, note: line(120).exactOptional() }).meta({ id: 'CapacityClaim' });
export type ClaimBody = z.infer<typeof claimBody>;

/** What the value was yesterday by the same clock, and what it usually is at this hour of this weekday; absent where unknown. */
export interface Hint {
  yesterday?: number;
  usual?: number;
}
/** A level that a person of the provider may declare, and the steps of its scheme. */
export interface OwnLevel {
  level: string;
  provider: string;
  mark: string;
  name: Label;
  steps: { n: number; name: Label }[];
  declared?: { n: number; at: number; by: string; reason: string; reviewBy: number };
}
export interface ConsoleAnswer {
  epoch: string;
  seq: number;
  view: ConsoleView;
  hints: Record<SeriesId, Hint>;
  levels: OwnLevel[];
}

/** One version of one value of a figure. */
export interface FigureVersion {
  at: number;
  rev: number;
  value: number | string | null;
  recordedAt: number;
  seq: number;
  /** The feed, or `person:…`. */
  source: string;
  by?: string;
  reason?: string;
}
/** Newest moment first; of one moment the newest revision first. */
export interface FigureHistory {
  series: SeriesId;
  versions: FigureVersion[];
}
