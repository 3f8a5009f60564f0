/** The plainest check of a batch that still is one. */
import { z } from 'zod';

export const batchOf = z.object({
  readings: z
    .array(z.object({ series: z.int().nonnegative(), observedAt: z.iso.datetime(), value: z.number() }))
    .min(1)
    .max(1000),
});
