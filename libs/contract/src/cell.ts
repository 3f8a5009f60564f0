/** Codec of how a cell works, as people write it in a board's file: `cell`. */
import { z } from 'zod';
import { band, clock, days, duration, figureId, key, words } from './written.js';

/** The usual items name themselves; one of the cell's own has any other name. */
export const AGENDA_KINDS = ['last-24h', 'now', 'next-24h', 'concerns', 'actions', 'escalate'] as const;

const office = words(60);

export const cellEntry = z.strictObject({
  tier: z.int().min(1).max(4).meta({ description: '1 team, 2 provider, 3 system, 4 region' }),
  /** In their order. */
  agenda: z
    .record(key, z.strictObject({ title: words(60), minutes: z.int().min(1).max(60) }))
    .refine((agenda) => Object.keys(agenda).length > 0, 'an agenda has at least one item'),
  times: z.array(z.strictObject({ at: clock, days: days.exactOptional(), onHolidays: z.enum(['held', 'skipped']).default('held') })).default([]),
  /** A huddle outside its times is called so long before. */
  notice: duration.default('24h'),
  /** A message so long before each huddle; left out: 30m; 0m: none. */
  reminder: duration.exactOptional(),
  /** Groups that are told of the meetings; left out: whoever is told of levels. */
  tell: z.array(key).min(1).exactOptional(),
  members: z.record(key, office).refine((members) => Object.keys(members).length > 0, 'a cell has at least one member'),
  quorum: z.int().min(1),
  leads: z.array(office).min(1),
  scribes: z.array(office).min(1),
  /** A box a day for each of these. */
  measures: z.array(z.strictObject({ figure: figureId, title: words(30), how: z.enum(['mean', 'max', 'last', 'sum']), good: band })).default([]),
  above: key.exactOptional(),
  beside: z.array(key).exactOptional(),
});
