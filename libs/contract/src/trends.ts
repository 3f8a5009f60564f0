/**
 * History as series of figures: trends, control charts, comparisons. Moments come in as RFC 3339 with an offset and go out as
 * epoch ms; everything is by the moment a reading was *observed*. All routes stand under /v1/boards/{board}/trends.
 *
 * known: the highest revision of every moment. shown: the value that first came for it, corrected later or not; what was brought
 * in afterwards as history is left out, because no wall ever showed it.
 */
import type { Label, Notation } from '@comm-cell/board/definition';
import type { BeforeAfter } from '@comm-cell/board/spc/before-after';
import type { LeadLag } from '@comm-cell/board/spc/lead-lag';
import type { How, PeriodKind } from '@comm-cell/board/spc/periods';
import type { Warning } from '@comm-cell/board/spc/warnings';
import type { SpcChart } from '@comm-cell/board/spc/xmr';
import type { Zone } from '@comm-cell/board/time';
import { z } from 'zod';
import { moment } from './asked.js';
import { figureId } from './written.js';

const figure = figureId.max(100);
const HOWS = ['mean', 'last', 'max', 'min', 'sum'] as const satisfies readonly How[];
const SUMMARIES = ['day', 'shift', 'week'] as const satisfies readonly PeriodKind[];
export const FIGURES_MOST = 12;

/** What every question has. `to` left out: the end of what is known; `from`: a stretch before it that suits the period. */
const asked = {
  from: moment.exactOptional(),
  to: moment.exactOptional(),
  how: z.enum(HOWS).exactOptional().meta({ description: 'How a period is summarised; left out: as suits the metric' }),
  as: z.enum(['known', 'shown']).default('known'),
};
const inOrder = ({ from, to }: { from?: string; to?: string }): boolean => from === undefined || to === undefined || Date.parse(from) < Date.parse(to);
const ORDER = { path: ['to'], error: 'the end must be after the beginning' };

export const trendsQuery = z
  .strictObject({
    figures: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(figure).min(1).max(FIGURES_MOST)),
    by: z.enum(['raw', 'hour', ...SUMMARIES]).default('hour'),
    ...asked,
  })
  .refine(inOrder, ORDER);
export type TrendsQuery = z.infer<typeof trendsQuery>;

/** Columns of equal length, ascending. */
export interface Trend {
  figure: string;
  /** Parts the figure is made of: 1 for a series. */
  of: number;
  how: How;
  /** Beginning of the period; of `raw` the observed moment. */
  at: number[];
  /** null: not reported, or not all parts are known. */
  value: (number | null)[];
  /** Readings behind it. */
  n: number[];
  /** Parts that are known. */
  known: number[];
}

/** How far the roll-ups stand behind the journal; the same when nothing is missing. */
export interface RolledUp {
  seq: number;
  head: number;
}

export interface TrendsAnswer {
  from: number;
  to: number;
  by: TrendsQuery['by'];
  as: TrendsQuery['as'];
  rolledUp: RolledUp;
  trends: Trend[];
}

/** First and last hour that anything is known of a figure; null when nothing is. */
export interface Extent {
  figure: string;
  first: number | null;
  last: number | null;
}

/** What can be looked at on a board, and what it takes to write it. */
export interface FigureChoice {
  id: string;
  label: Label;
  place: Label;
  unit: Label;
  notation: Notation;
  decimals: number;
  how: How;
  improvement: 'increase' | 'decrease' | 'neutral';
  target: number | null;
  /** Parts the figure is made of: 1 for a series. */
  of: number;
}
export interface FigureChoices {
  board: Label;
  simulated: boolean;
  notice: Label | null;
  zone: Zone;
  /** Names of the board's levels. */
  levels: Record<string, Label>;
  /** Those that head a tile of the overview come first. */
  figures: FigureChoice[];
}

/* Control charts */

const changes = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (typeof one === 'string' ? [one] : one))
  .pipe(
    z
      .array(
        z
          .string()
          .max(240)
          .regex(/^[^~]+~\s*[^\s\p{Cc}\p{Cf}][^\p{Cc}\p{Cf}]*$/u, 'write a change as moment~reason, e.g. 2026-01-16T00:00:00Z~second ward opened')
          .transform((text) => ({ at: text.slice(0, text.indexOf('~')), reason: text.slice(text.indexOf('~') + 1).trim() }))
          .pipe(z.strictObject({ at: moment, reason: z.string().min(1).max(200) })),
      )
      .max(10),
  );

export const spcQuery = z
  .strictObject({
    figure,
    by: z.enum(SUMMARIES).default('day'),
    ...asked,
    chart: z.enum(['xmr', 'between']).default('xmr').meta({ description: 'between: the days between rare events' }),
    atLeast: z.coerce.number().default(1).meta({ description: 'between: a period with this value or more is an event' }),
    improvement: z.enum(['increase', 'decrease', 'neutral']).exactOptional(),
    target: z.union([z.literal('none'), z.coerce.number()]).exactOptional(),
    screen: z
      .enum(['yes', 'no'])
      .default('no')
      .transform((one) => one === 'yes'),
    fixAfter: z.coerce.number().int().min(12).max(500).exactOptional(),
    rebase: changes.exactOptional(),
    weekday: z.coerce.number().int().min(1).max(7).exactOptional().meta({ description: 'Only this day of the week, 1 = Monday' }),
  })
  .refine(inOrder, ORDER);
export type SpcQuery = z.infer<typeof spcQuery>;

/** Something people did or said, to be drawn on a trend. */
export interface Mark {
  at: number;
  kind: 'action-raised' | 'action-closed' | 'level-declared' | 'level-calculated' | 'noted' | 'redefined';
  /** In the words of whoever wrote it; empty where there are none. */
  text: string;
  /** Levels: which, and what it became. */
  level?: { id: string; low: number; high: number };
  by?: string;
}

export interface SpcAnswer {
  figure: string;
  from: number;
  to: number;
  by: PeriodKind;
  how: How;
  as: 'known' | 'shown';
  chart: 'xmr' | 'between';
  improvement: 'increase' | 'decrease' | 'neutral';
  target: number | null;
  /** Limits are drawn no farther than this, shares for example. */
  bounds: { min: number; max: number | null } | null;
  spc: SpcChart;
  /** Parts known of parts there are, one for each period; periods of which only some are known are missing points. */
  parts: { of: number; known: number[] };
  /** between: days since the last event. */
  sinceLast: number | null;
  warnings: Warning[];
  marks: Mark[];
  rolledUp: RolledUp;
}

/* Comparisons */

export const compareQuery = z.strictObject({ figure, to: moment.exactOptional(), how: asked.how, as: asked.as });
export type CompareQuery = z.infer<typeof compareQuery>;

/** Hour by hour, over the week up to `to`. Columns of equal length. */
export interface Comparison {
  figure: string;
  from: number;
  to: number;
  how: How;
  at: number[];
  now: (number | null)[];
  /** The same local clock time a week before. */
  lastWeek: (number | null)[];
  /** The same clock time of the same weekday of the same ISO week last year, bank holidays beside each other. */
  lastYear: (number | null)[];
  /** What the same hour of the week usually is: the middle and the inner eight of ten of the weeks before. */
  low: (number | null)[];
  middle: (number | null)[];
  high: (number | null)[];
  /** Weeks the band is made of, at most. */
  weeks: number;
}

export const effectQuery = z.strictObject({
  figure,
  about: moment,
  days: z.coerce.number().int().min(7).max(182).default(14),
  by: z.enum(['day', 'shift']).default('day'),
  how: asked.how,
  as: asked.as,
});
export type EffectQuery = z.infer<typeof effectQuery>;

export interface Effect extends BeforeAfter {
  figure: string;
  about: number;
  from: number;
  to: number;
  how: How;
  /** Periods of both sides; the one the moment lies in belongs to neither. */
  points: { at: number; value: number | null; side: 'before' | 'after' }[];
  marks: Mark[];
}

export const leadLagQuery = z
  .strictObject({
    a: figure,
    b: figure,
    from: moment.exactOptional(),
    to: moment.exactOptional(),
    most: z.coerce.number().int().min(1).max(48).default(24),
    as: asked.as,
  })
  .refine(inOrder, ORDER);
export type LeadLagQuery = z.infer<typeof leadLagQuery>;
export interface LeadLagAnswer extends LeadLag {
  a: string;
  b: string;
  from: number;
  to: number;
}

/** One figure alone. */
export const figureQuery = z.strictObject({ figure });
export type FigureQuery = z.infer<typeof figureQuery>;
