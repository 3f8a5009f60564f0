/** What providers send and what they are answered. */
import type { ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { z } from 'zod';

export const MOST_READINGS = 5_000;
/** Of a series, in characters. */
export const LONGEST_NAME = 120;

/** Words for the wall: one line, no control or text-direction characters that could break out of their box. */
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty; a missing value is notReported with the reason')
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters');

/**
 * One reading. `value` and `notReported` exclude each other; that and all further rules are checked row by
 * row, so that one bad row does not cost the others (see apps/api ingest).
 */
export const readingRow = z
  .strictObject({
    series: z.string().min(1).max(LONGEST_NAME).meta({ description: 'metric@place', example: 'ed.in-department@stoke-mandeville' }),
    observedAt: z.iso
      .datetime({ offset: true, error: 'write the moment as RFC 3339 with an offset, e.g. 2026-01-16T14:30:00Z; the day must exist' })
      .meta({ example: '2026-01-16T14:30:00Z' }),
    value: z
      .union([z.number(), words(280)], { error: 'give a plain decimal number; to say that there is none, send notReported with the reason' })
      .optional()
      .meta({ description: 'A plain decimal number; words only for text series', example: 118 }),
    unit: z.string().max(40).optional().meta({ description: 'Checked against the unit of the series', example: 'patients' }),
    revision: z.int().min(0).max(32_000).optional().meta({ description: 'A correction of the same series and moment has a higher one', example: 0 }),
    notReported: words(120).optional().meta({ description: 'Why there is no value', example: 'system down' }),
  })
  .meta({ id: 'Reading' });
export type ReadingRow = z.infer<typeof readingRow>;

export const batchBody = z.strictObject({ readings: z.array(readingRow).max(MOST_READINGS) }).meta({ id: 'Batch' });

export const statusBody = z
  .strictObject({
    text: words(280),
    level: z.int().min(1).max(5).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'Status' });
export type StatusBody = z.infer<typeof statusBody>;

export const suspensionBody = z.strictObject({ until: z.iso.datetime({ offset: true }), reason: words(120) }).meta({ id: 'Suspension' });
export type SuspensionBody = z.infer<typeof suspensionBody>;

const rejectedRow = z.object({ row: z.int(), column: z.string().optional(), field: z.string(), code: z.string(), detail: z.string() });
const quarantinedRow = z.object({ row: z.int(), column: z.string().optional(), series: z.string(), reason: z.string(), detail: z.string() });
/** received = accepted + duplicate + rejected + quarantined, always. `fromSeq`..`toSeq` is null when nothing was journaled. */
export const receipt = z
  .object({
    batchId: z.string(),
    epoch: z.string(),
    fromSeq: z.int().nullable(),
    toSeq: z.int().nullable(),
    received: z.int(),
    accepted: z.int(),
    duplicate: z.int(),
    rejected: z.array(rejectedRow),
    quarantined: z.array(quarantinedRow),
    dryRun: z.literal(true).optional(),
  })
  .meta({ id: 'Receipt' });
export interface Receipt extends ReadingsOutcome {
  batchId: string;
  epoch: string;
  fromSeq: number | null;
  toSeq: number | null;
  dryRun?: true;
}

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.object({ row: z.int().optional(), column: z.string().optional(), field: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
