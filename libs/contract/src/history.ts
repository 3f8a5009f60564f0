/** What is asked of history going out. */
import { z } from 'zod';
import { moment } from './asked.js';

/** Observed moments, `from` included, `to` not; left out: from the first, to the last. */
export const exportQuery = z
  .strictObject({ from: moment.exactOptional(), to: moment.exactOptional() })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'the end must be after the beginning',
  });
export type ExportQuery = z.infer<typeof exportQuery>;
