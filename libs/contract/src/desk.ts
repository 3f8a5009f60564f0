/**
 * What the desk asks and is answered: signing in, alerts and their answers, actions, levels, rules, back-tests, the review.
 * Moments come in as RFC 3339 and go out as epoch ms, like those of the board's views. Whoever answers an alert names the
 * version they saw: when it has moved on meanwhile they get 409 `moved-on` with the present version, and nothing was done.
 */
import type { Tested } from '@comm-cell/board/decide/backtest';
import type { FigureId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Rule, RuleId, Severity, Turn } from '@comm-cell/board/rule';
import type { AlertPhase, RuleState } from '@comm-cell/board/state';
import type { ActionsView } from '@comm-cell/board/views/actions';
import type { AlertsView } from '@comm-cell/board/views/alerts';
import type { LevelView } from '@comm-cell/board/views/levels';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { band, clock, figureId, key, label, turn } from './written.js';

const DAY_MS = 86_400_000;

const id = z.string().min(1).max(120);
const count = z.int().min(0);

/* People */

/** Of people. Feeds (keys) and displays (paired screens) are no people: they have their own doors. */
export const role = z.enum(['viewer', 'editor', 'duty', 'coordinator', 'administrator', 'auditor']);
export type Role = z.infer<typeof role>;

/** Everything that changes something, or costs enough to ask who wants it. Which role may do what stands in apps/api access. */
export const COMMANDS = [
  'acknowledge',
  'take',
  'hand-over',
  'shelve',
  'unshelve',
  'close-alert',
  'raise-action',
  'progress-action',
  'close-action',
  'tick-step',
  'declare-level',
  'back-test',
  'propose-rule',
  'approve-rule',
  'withdraw-rule',
  'manage-contacts',
  /* The console: a provider's own work. */
  'see-console',
  'push-figures',
  'correct-figure',
  'sign-off',
  'post-status',
  'close-place',
  'offer-capacity',
  'claim-capacity',
  /* The feed desk. */
  'see-feeds',
  'settle-held',
  'pause-feed',
  'manage-keys',
  'map-feed',
  'replay-payload',
  'import-history',
  /* The board itself, and who may do what. */
  'edit-board',
  'sign-off-scheme',
  'create-board',
  'manage-people',
  'manage-displays',
  'read-audit',
  /* The board room. */
  'replay',
  'note-moment',
  'freeze',
  'share-snapshot',
  'make-pack',
  'export',
  /* The cell: its huddle, and what is owed and agreed. */
  'join-huddle',
  'run-huddle',
  'raise-concern',
  'change-concern',
  'propose-idea',
  'answer-idea',
  'agree-goal',
  'review-goal',
  'write-charter',
  'accept-charter',
  'pass-on',
  'answer-passed',
] as const;
export type Command = (typeof COMMANDS)[number];

/**
 * By e-mail and password, with a code where the account has a second factor (401 `second-factor` asks for it); by a personal desk
 * token; by name only in a demo on the machine itself.
 */
export const signInBody = z
  .union([
    z.strictObject({ email: z.string().trim().min(1).max(254), password: z.string().min(1).max(200), code: z.string().min(1).max(40).exactOptional() }),
    z.strictObject({ token: z.string().min(1).max(200) }),
    z.strictObject({ person: z.string().min(1).max(60) }),
  ])
  .meta({ id: 'SignIn' });
export type SignInBody = z.infer<typeof signInBody>;

export const session = z
  .object({
    person: z.object({ id: z.string(), name: z.string() }),
    /** `providers`: whose work it is limited to; null = the whole board. */
    boards: z.array(z.object({ board: z.string(), role, providers: z.array(z.string()).nullable(), may: z.array(z.enum(COMMANDS)) })),
    expiresAt: z.int(),
    /** Their role needs a second factor before they may do anything. */
    owes: z.literal('second-factor').optional(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

export const demoPeople = z.array(z.object({ person: z.string(), name: z.string(), role })).meta({ id: 'DemoPeople' });
export type DemoPeople = z.infer<typeof demoPeople>;

/* Alerts */

/** Which alert was seen, and how it was then: a rule's next alert may well be at the same version. */
const seen = {
  no: z.int().min(1).meta({ description: 'The number of the alert that was seen' }),
  version: z.int().min(1).meta({ description: 'The version of the alert that was seen' }),
};

/** Acknowledge, take. */
export const seenBody = z.strictObject(seen).meta({ id: 'SeenAlert' });
export type SeenBody = z.infer<typeof seenBody>;
export const handOverBody = z.strictObject({ ...seen, group: id, reason: line(200).exactOptional() }).meta({ id: 'HandOver' });
export type HandOverBody = z.infer<typeof handOverBody>;
/** A rule can be shelved while it has no alert: then there is no version. */
export const shelveBody = z.strictObject({ version: seen.version.exactOptional(), until: moment, reason: line(200) }).meta({ id: 'Shelve' });
export type ShelveBody = z.infer<typeof shelveBody>;
/** The rule stands in the address; nothing is added. */
export const unshelveBody = z.strictObject({}).meta({ id: 'Unshelve' });
/** Only an alert whose rule is no longer in force is closed by hand. */
export const closeAlertBody = z.strictObject({ ...seen, reason: line(200) }).meta({ id: 'CloseAlert' });
export type CloseAlertBody = z.infer<typeof closeAlertBody>;

/** What every answer to a changing request says: where it stands in the journal, and the alert's version now. */
export const done = z.object({ seq: z.int().nullable(), version: z.int().optional(), no: z.int().optional() }).meta({ id: 'Done' });
export type Done = z.infer<typeof done>;

/** What the desk shows at one moment, as its screen works it out for itself from the live state. */
export interface DeskView {
  epoch: string;
  seq: number;
  serverTime: number;
  alerts: AlertsView;
  actions: ActionsView;
  levels: LevelView[];
}

/* The past */

export const stretchQuery = z
  .strictObject({ from: moment, to: moment })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'the end must be after the beginning' });
export type StretchQuery = z.infer<typeof stretchQuery>;

export interface AlertStep {
  /** Recorded at; `due` is the moment it became true. */
  at: number;
  turn: Turn | 'shelved' | 'unshelved' | 'action-raised' | 'action-closed' | 'step-ticked';
  due?: number;
  value?: number | null;
  severity?: Severity;
  group?: string;
  behind?: RuleId;
  by?: Person;
  /** Reason, action or step in words. */
  text?: string;
}
export interface AlertHistory {
  no: number;
  rule: RuleId;
  steps: AlertStep[];
}

/** The life of one alert, from its first turn to its last. */
export interface Episode {
  no: number;
  rule: RuleId;
  severity?: Severity;
  openedAt: number;
  raisedAt?: number;
  /** Value when it was raised. */
  value?: number | null;
  answeredAt?: number;
  answeredBy?: Person;
  actedAt?: number;
  endedAt?: number;
  ended?: 'dropped' | 'stood-down' | 'closed';
  /** It stands, or stood to its end, behind this composite. */
  behind?: { rule: RuleId; since: number };
}

const share = z.number().min(0).max(1).nullable();
const stretch = z.object({ from: z.int(), to: z.int() });
/** The weekly review, as asked for by EEMUA 191 and ISA-18.2: how many, how well answered, which ones are noise. Shares are null when there was nothing to share. */
export const review = z
  .object({
    from: z.int(),
    to: z.int(),
    /** Raised in the stretch and told: those that stood behind a composite all the time are counted apart. */
    raised: count,
    behind: count,
    acknowledgedShare: share,
    medianToAcknowledgeMs: z.number().nullable(),
    actedShare: share,
    /** Stood down within 30 minutes without anybody's doing. */
    byThemselvesShare: share,
    noisiest: z.array(z.object({ rule: z.string(), raised: count })).max(5),
    neverFired: z.array(z.string()),
    standing: z.array(z.object({ no: z.int(), rule: z.string(), raisedAt: z.int(), forMs: z.int() })),
    /** More than ten within ten minutes. */
    floods: z.array(stretch.extend({ raised: count })),
    shelved: z.array(z.object({ rule: z.string(), times: count })),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof review>;

/* Actions and cards */

export const actionBody = z
  .strictObject({
    what: line(200),
    owner: line(80),
    due: moment,
    rule: id.exactOptional(),
    alert: z.int().min(1).exactOptional(),
    figure: id.exactOptional(),
    concern: z.int().min(1).exactOptional(),
    goal: z.int().min(1).exactOptional(),
    provider: id.exactOptional(),
  })
  .meta({ id: 'RaiseAction' });
export type ActionBody = z.infer<typeof actionBody>;
export const closeActionBody = z.strictObject({ result: line(200) }).meta({ id: 'CloseAction' });
export type CloseActionBody = z.infer<typeof closeActionBody>;
export const stepBody = z.strictObject({ card: id, cannot: line(200).exactOptional() }).meta({ id: 'TickStep' });
export type StepBody = z.infer<typeof stepBody>;

/* Levels */

export const declareBody = z.strictObject({ n: z.int().min(0).max(9), reason: line(280), reviewBy: moment.exactOptional() }).meta({ id: 'DeclareLevel' });
export type DeclareBody = z.infer<typeof declareBody>;

/* Rules */

const ruleId = z
  .string()
  .max(90)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*@[a-z0-9]+(-[a-z0-9]+)*$/, 'name a rule as name@place, e.g. "handover-long@north"');
const hours = z.strictObject({ days: z.array(z.int().min(1).max(7)).min(1).max(7), from: clock, to: clock });
const whole = z.int().min(0);
const figure = figureId.max(100);
const plainConditions = [
  z.strictObject({ kind: z.literal('line'), figure, band }),
  z.strictObject({ kind: z.literal('share'), figure, of: figure, least: z.number().min(0), band }),
  z.strictObject({ kind: z.literal('rate'), figure, overMs: whole, band }),
  z.strictObject({ kind: z.literal('reach'), figure, overMs: whole, withinMs: whole, band }),
  z.strictObject({ kind: z.literal('usual'), figure, band }),
  z.strictObject({ kind: z.literal('difference'), figure, less: figure, band }),
  z.strictObject({ kind: z.literal('late'), feed: key }),
] as const;
const plainCondition = z.discriminatedUnion('kind', plainConditions);
const condition = z.discriminatedUnion('kind', [
  ...plainConditions,
  z.strictObject({ kind: z.literal('composite'), of: z.array(plainCondition).min(2).max(20), atLeast: z.int().min(1).max(20) }),
]);

/** A rule as it stands in the journal: figures, groups and cards by their ids, durations in ms. What it names is checked against the board. */
export const rule: z.ZodType<Rule, unknown> = z
  .strictObject({
    id: ruleId,
    label,
    place: key,
    severity: z.enum(['watch', 'act', 'critical']),
    when: condition,
    forMs: whole.max(DAY_MS),
    forReadings: z.int().min(1).max(100),
    clear: z.strictObject({ band: band.exactOptional(), forMs: whole.max(DAY_MS), readings: z.int().min(1).max(100) }),
    least: z.strictObject({ figure, atLeast: z.number() }).exactOptional(),
    active: hours.exactOptional(),
    owner: key,
    card: key,
    supersedes: z.array(ruleId).max(200).exactOptional(),
    tests: z
      .array(
        z.strictObject({
          title: z.string().trim().min(1).max(120),
          readings: z.array(z.strictObject({ minute: whole, values: z.record(figure, z.number().nullable()) })).max(500),
          minutes: z
            .int()
            .min(1)
            .max(3 * 1440),
          expect: z.array(z.strictObject({ minute: whole, turn })).max(200),
        }),
      )
      .max(20),
  })
  .meta({ id: 'Rule' });

/** A change of a rule; `rule: null` retires it. Left out, `from` is as soon as it is agreed. */
export const proposeBody = z.strictObject({ rule: rule.nullable(), from: moment.exactOptional(), reason: line(280) }).meta({ id: 'ProposeRule' });
export type ProposeBody = z.infer<typeof proposeBody>;

/** Approve, withdraw: `proposed.at` of the change that was seen, so that nobody agrees to another one. */
export const proposalBody = z.strictObject({ proposedAt: z.int().min(0) }).meta({ id: 'SeenProposal' });
export type ProposalBody = z.infer<typeof proposalBody>;

/** `agreed`: in force now; else it waits for a second person, or for its moment. */
export const agreement = z.object({ seq: z.int().nullable(), agreed: z.boolean(), needsSecond: z.boolean() }).meta({ id: 'Agreement' });
export type Agreement = z.infer<typeof agreement>;

export interface RuleVersion {
  version: number;
  rule: Rule | null;
  since: number;
  origin: 'file' | 'screen';
  by: Person;
  reason?: string;
}
export type RulesAnswer = (RuleState & { id: RuleId; open?: { no: number; phase: AlertPhase } })[];

/* Back-test */

/** The longest stretch: a winter. */
export const BACK_TEST_LONGEST_MS = 184 * DAY_MS;

/** `figures`: the same rule over each of these in place of its own figure; what else it names at the same place moves along. */
export const backTestBody = z
  .strictObject({ rule, from: moment, to: moment, figures: z.array(figure).min(1).max(400).exactOptional() })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'the end must be after the beginning' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= BACK_TEST_LONGEST_MS, { path: ['from'], error: 'a back-test goes over half a year at most' })
  .meta({ id: 'BackTest' });
export type BackTestBody = z.infer<typeof backTestBody>;

export interface BackTest {
  from: number;
  to: number;
  rules: {
    /** The figure the rule is about. */
    figure?: FigureId;
    proposed: Tested;
    /** The rule in force under the same name, over the same figure; absent when there is none. */
    present?: Tested;
    /** The figure over the stretch, for the marks to be drawn on: the least and the greatest of every part of it. */
    line?: [at: number, value: number][];
  }[];
  /** Readings that were looked at. */
  readings: number;
}
