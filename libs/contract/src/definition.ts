/**
 * Codecs of the definition files (metrics, units, boards) that people write by hand. libs/catalogue reads the
 * files and turns them into the journaled `BoardDefinition`; the JSON Schemas for editors come from here too.
 */
import { z } from 'zod';
import { cellEntry } from './cell.js';
import { cardEntry, groupEntry, levelEntry, ruleEntry, schemeEntry } from './response.js';
import { band, clock, days, duration, figureId, id, key, label, localDate, words as short } from './written.js';

const thresholds = z
  .strictObject({ watch: band.exactOptional(), act: band.exactOptional() })
  .refine((t) => t.watch !== undefined || t.act !== undefined, 'give watch, act or both');
const target = z.union([z.strictObject({ atMost: z.number() }), z.strictObject({ atLeast: z.number() })]);
const range = z.strictObject({ min: z.number(), max: z.number() }).refine((r) => r.min < r.max, 'min must be below max');

export const unitFile = z.record(
  key,
  z.strictObject({
    symbol: z.strictObject({ en: z.string().max(12), cy: z.string().max(12) }),
    quantity: z.enum(['count', 'time', 'share', 'rate', 'level', 'text']),
  }),
);

export const metricEntry = z.strictObject({
  label,
  short: short(13),
  unit: z.string(),
  kind: z.enum(['stock', 'rolling', 'since-midnight', 'daily', 'level', 'text']),
  direction: z.enum(['higher-is-worse', 'lower-is-worse', 'neutral']),
  notation: z.enum(['number', 'mm:ss', 'h:mm']).default('number'),
  decimals: z.int().min(0).max(3).default(0),
  range,
  /** Default lines; a series of a board may set its own. */
  thresholds: thresholds.exactOptional(),
  target: target.exactOptional(),
  /** The published standard in words, e.g. "95 % within 4 hours (NHS constitution)". */
  standard: z.string().max(200).exactOptional(),
  /** Where the definition and its numbers come from, and how sure they are. */
  source: z.string().min(1).max(400),
  /** True when the Welsh wording was seen in an official source; false = draft, awaits a language officer. */
  welshSeen: z.boolean().default(false),
  /** Other names it goes by in providers' files, as they are spelt there. */
  aliases: z.array(z.string().trim().min(1).max(80)).default([]),
});
export const metricFile = z.record(id, metricEntry);

/** What a board says otherwise of a metric than the catalogue; of a metric that the catalogue does not know, all of it. */
const ownMetric = metricEntry
  .omit({ thresholds: true, target: true, standard: true, source: true, welshSeen: true })
  .extend({
    notation: metricEntry.shape.notation.unwrap(),
    decimals: metricEntry.shape.decimals.unwrap(),
    aliases: metricEntry.shape.aliases.unwrap(),
  })
  .partial();

/** A rule for several places or feeds goes by its name; `name@place` is the rule of one place alone. */
const ruleName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*(@[a-z0-9]+(-[a-z0-9]+)*)?$/, 'name a rule, or the rule of one place as rule@place')
  .max(81);

const line = z.strictObject({ label: short(16), figure: figureId });
const column = z.strictObject({ title: short(20), volume: line.exactOptional(), tiles: z.array(key).min(1) });

export const boardFile = z.strictObject({
  board: key,
  name: short(40),
  simulated: z.boolean(),
  languages: z
    .array(z.enum(['en', 'cy']))
    .min(1)
    .default(['en', 'cy']),
  timezone: z.string().default('Europe/London'),
  notice: label.exactOptional(),
  trend: z.strictObject({ bucket: duration, buckets: z.int().min(2).max(96) }).default({ bucket: '30m', buckets: 48 }),
  metrics: z.record(id, ownMetric).default({}),
  providers: z.record(
    key,
    z.strictObject({
      name: short(40),
      kind: z.enum(['acute', 'ambulance', 'out-of-hours', 'community', 'hospice', 'mental-health', 'primary-care', 'council', 'coordination']),
      scheme: z.string().max(12).exactOptional(),
      /** When its duty director signs the figures off; days left out: every day. */
      signOff: z.strictObject({ at: z.array(clock).min(1), days: days.exactOptional() }).exactOptional(),
    }),
  ),
  places: z.record(key, z.strictObject({ name: short(30), provider: key })),
  feeds: z.record(
    key,
    z.strictObject({
      provider: key,
      name: short(60),
      owner: z.strictObject({ name: short(60), contact: z.string().min(1).max(120) }),
      expected: z.union([
        z.strictObject({ every: duration }),
        z.strictObject({
          at: z.array(clock).min(1),
          days: days.exactOptional(),
        }),
      ]),
      grace: duration,
      limit: duration,
      lag: duration.exactOptional(),
      /** How the figures come: from a system, or written by people. Left out: either. */
      means: z.enum(['system', 'people']).exactOptional(),
      /** For how long a value of it may stay the same before it is held back. Left out: for ever. */
      steady: duration.exactOptional(),
      /** Feeds that report the same figures by their nature. */
      sameAs: z.array(key).min(1).exactOptional(),
      series: z.record(
        figureId,
        z
          .strictObject({
            range: range.exactOptional(),
            maxJump: z.number().positive().exactOptional(),
            /** For how long its value may stay the same; null: for ever, whatever the feed says. */
            steady: duration.nullable().exactOptional(),
            thresholds: thresholds.nullable().exactOptional(),
            target: target.nullable().exactOptional(),
          })
          .nullable(),
      ),
    }),
  ),
  rollups: z
    .record(
      figureId,
      z.strictObject({
        how: z.enum(['sum', 'max', 'min', 'mean', 'ratio']),
        of: z.array(figureId).min(1),
        over: z.array(figureId).min(1).exactOptional(),
        thresholds: thresholds.nullable().exactOptional(),
        target: target.nullable().exactOptional(),
      }),
    )
    .default({}),
  tiles: z.record(
    key,
    z.strictObject({
      title: short(13),
      place: key.exactOptional(),
      headline: figureId,
      caption: short(22).exactOptional(),
      lines: z.array(line).max(7).default([]),
      parts: z.array(line).min(2).max(5).exactOptional(),
    }),
  ),
  overview: z.array(column).min(1).max(6),
  detail: z.array(column).min(1).max(8),
  links: z
    .array(
      z.strictObject({
        from: key,
        to: key,
        volume: z.strictObject({ figure: figureId, low: z.number(), high: z.number() }).exactOptional(),
        blockedBy: z.array(figureId).exactOptional(),
      }),
    )
    .default([]),
  /** Bank holidays: a calendar of holidays.yaml, or the days. */
  holidays: z.union([key, z.array(localDate).min(1)]).exactOptional(),
  groups: z.record(key, groupEntry).default({}),
  /** Cards of this board; those of cards/ can be named without being listed. */
  cards: z.record(key, cardEntry).default({}),
  /** Schemes of this board, in place of one of schemes/ or beside them. */
  schemes: z.record(key, schemeEntry).default({}),
  levels: z.record(key, levelEntry).default({}),
  /** Told when a level changes. */
  levelGroup: key.exactOptional(),
  rules: z.record(ruleName, ruleEntry).default({}),
  /** How the people around the board meet; a board without it only shows. */
  cell: cellEntry.exactOptional(),
});

export type UnitFile = z.infer<typeof unitFile>;
export type MetricEntry = z.infer<typeof metricEntry>;
export type BoardFile = z.infer<typeof boardFile>;
/** As people write it: what has a default may be left out. */
export type WrittenBoard = z.input<typeof boardFile>;
