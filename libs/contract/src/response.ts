/** Codecs of how a board answers, as people write it: rules, groups, action cards, levels and their schemes, holidays. */
import { z } from 'zod';
import { clock, days, duration, figureId, id, key, label, localDate, sides, turn, words } from './written.js';

const hours = z
  .strictObject({ days: days.exactOptional(), from: clock, to: clock })
  .refine(({ from, to }) => from !== to, 'from and to are the same; leave the hours out for all day')
  .meta({ description: 'Clock times of the board; to before from goes over midnight' });

export const groupEntry = z.strictObject({
  name: words(60),
  kind: z.enum(['duty', 'site', 'system', 'executive', 'data']),
  hours: hours.exactOptional(),
  otherwise: key.exactOptional(),
  quiet: hours.exactOptional(),
  climb: z.array(z.strictObject({ after: duration, group: key })).default([]),
});

const step = z.strictObject({
  text: words(200),
  phase: z.enum(['first-15', 'first-hour', 'two-hourly', 'stand-down']),
  role: words(60),
});
export const cardEntry = z.strictObject({
  title: words(80),
  /** Begun when one of these schemes, where the board uses it, reaches the level. */
  level: z.strictObject({ schemes: z.array(id).min(1), n: z.int().min(1) }).exactOptional(),
  steps: z.record(key, step).refine((steps) => Object.keys(steps).length > 0, 'a card has at least one step'),
});
export const cardFile = z.record(key, cardEntry);

/** `metric@place`, or the metric alone: at the place of the rule. */
const figure = z
  .string()
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*(@[a-z0-9]+(-[a-z0-9]+)*)?$/, 'name a figure as metric@place, or by its metric alone: at the place of the rule')
  .max(100);
const plainCondition = [
  z.strictObject({ line: figure, ...sides }),
  z.strictObject({ share: figure, of: figure, least: z.number().positive().default(1), ...sides }),
  z.strictObject({ rate: figure, during: duration, ...sides }),
  z.strictObject({ reach: figure, during: duration, within: duration, ...sides }),
  z.strictObject({ usual: figure, ...sides }),
  z.strictObject({ difference: figure, less: figure, ...sides }),
] as const;
const part = z.union([
  ...plainCondition,
  // Readable, so that the reason can be given why it is not allowed.
  z.strictObject({ composite: z.array(z.unknown()), atLeast: z.number().exactOptional() }),
]);
const condition = z.union([
  ...plainCondition,
  z.strictObject({ composite: z.array(part).min(2), atLeast: z.int().min(1).exactOptional() }),
  z.literal('late').meta({ description: 'The feed is past its grace' }),
]);

const minute = z.string().regex(/^\d{1,5}$/, 'name a minute, counted from the start of the story');
const ruleTest = z.strictObject({
  title: z.string().trim().min(1).max(120),
  minutes: z.int().positive(),
  /** By minute: the values sent; null = not reported. */
  send: z.record(minute, z.record(figure, z.number().nullable())),
  /** By minute: the turn, or the turns in their order. */
  expect: z.record(minute, z.union([turn, z.array(turn).min(1)])),
});

export const ruleEntry = z.strictObject({
  /** In the label of a rule for feeds, {feed} stands for the name of the feed. */
  label,
  /** One rule for each of these places; late: for each of these feeds. */
  places: z.array(key).min(1).exactOptional(),
  feeds: z.union([z.literal('all'), z.array(key).min(1)]).exactOptional(),
  severity: z.enum(['watch', 'act', 'critical']),
  when: condition,
  for: duration.default('0s'),
  readings: z.int().min(1).default(1),
  clear: z.strictObject({ ...sides, for: duration.default('0s'), readings: z.int().min(1).default(1) }).prefault({}),
  least: z.strictObject({ figure, atLeast: z.number() }).exactOptional(),
  active: hours.exactOptional(),
  /** One group for all, or the group of each place. */
  owner: z.union([key, z.record(key, key)]),
  card: key,
  /** Rules (at the same place), or one rule as rule@place. */
  supersedes: z.array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*(@[a-z0-9]+(-[a-z0-9]+)*)?$/, 'name a rule, or rule@place')).exactOptional(),
  tests: z.array(ruleTest).default([]),
});

const cuts = z.array(z.strictObject({ upTo: z.number(), level: z.int().min(1) })).default([]);
export const schemeEntry = z.strictObject({
  name: words(80),
  mark: z.string().trim().min(1).max(12),
  version: z.string().min(1).max(40),
  issuer: z.string().min(1).max(120),
  /** Where it is published, and what of it could not be checked. */
  source: z.string().min(1).max(600),
  from: localDate,
  to: localDate.exactOptional(),
  signedOff: z.strictObject({ by: z.string().min(1).max(80), on: localDate }).exactOptional(),
  mode: z.enum(['calculated', 'declared', 'both']),
  levels: z
    .array(z.strictObject({ n: z.int().min(1), name: words(40), meaning: words(240), look: z.enum(['ok', 'watch', 'act', 'critical']) }))
    .min(2)
    .max(6),
  how: z.enum(['sum', 'worst', 'worst-pillar']).default('sum'),
  /** Worst first; the first that fits gives the points. */
  parameters: z
    .record(
      key,
      z.strictObject({
        label: words(60),
        bands: z.array(z.strictObject({ ...sides, points: z.number().min(0) })).min(1),
        confirmed: z.boolean().default(false),
        carry: duration.default('0s'),
        pillar: key.exactOptional(),
      }),
    )
    .default({}),
  cuts,
  pillars: z.record(key, z.strictObject({ name: words(60), cuts })).exactOptional(),
  hold: z.strictObject({ raise: duration, lower: duration }).default({ raise: '0s', lower: '0s' }),
  declared: duration,
});

export const levelEntry = z.strictObject({
  scheme: id,
  name: words(40),
  provider: key.exactOptional(),
  parameters: z.record(key, figureId).exactOptional(),
  of: z
    .array(z.strictObject({ level: key, weight: z.number().positive().default(1), from: localDate.default('2000-01-01'), to: localDate.exactOptional() }))
    .min(1)
    .exactOptional(),
  basis: words(120).exactOptional(),
});

export const holidayFile = z.record(key, z.strictObject({ source: z.string().min(1).max(200), days: z.record(localDate, words(60)) }));

export type RuleEntry = z.infer<typeof ruleEntry>;
export type CardEntry = z.infer<typeof cardEntry>;
export type SchemeEntry = z.infer<typeof schemeEntry>;
export type HolidayFile = z.infer<typeof holidayFile>;
export type HoursEntry = z.infer<typeof hours>;
