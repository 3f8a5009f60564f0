/** How words and moments are written in what people and programs ask. */
import { z } from 'zod';

/** One line for people, without characters that could break out of their box. */
export const line = (most: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters');

/** RFC 3339: a moment without an offset is none. */
export const moment = z.iso.datetime({ offset: true, error: 'write the moment as RFC 3339 with an offset, e.g. 2026-01-16T14:30:00Z' });
