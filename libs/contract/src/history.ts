/** What is asked of history going out. */
import { z } from 'zod';

const moment = z.iso.datetime({ offset: true, error: 'write the moment as RFC 3339 with an offset, e.g. 2026-01-16T14:30:00Z' });

/** Observed moments, `from` included, `to` not; left out: from the first, to the last. */
export const exportQuery = z
  .strictObject({ from: moment.exactOptional(), to: moment.exactOptional() })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'the end must be after the beginning',
  });
export type ExportQuery = z.infer<typeof exportQuery>;
