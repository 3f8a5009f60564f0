/** Goals and the team charter. Moments come in as RFC 3339 and go out as epoch ms; values are in the unit of the figure or the goal. */
import type { Label } from '@comm-cell/board/definition';
import type { CharterView, ProtocolView } from '@comm-cell/board/views/charter';
import type { GoalTrend, GoalView } from '@comm-cell/board/views/goals';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { figureId, key } from './written.js';

const note = line(280);
const target = z.union([z.strictObject({ atMost: z.number() }), z.strictObject({ atLeast: z.number() })]);

/** A figure of the board, or the unit of what is entered by hand. */
export const agreeGoalBody = z
  .strictObject({
    title: z.strictObject({ en: line(80), cy: line(80) }),
    figure: figureId.max(100).exactOptional(),
    unit: line(20).exactOptional(),
    baseline: z.strictObject({ from: moment, to: moment }).meta({ description: 'What is to be improved on: a week to 400 days that are over' }),
    target,
    due: moment,
    owner: line(80).meta({ description: 'One named office' }),
    reviewDays: z.int().min(1).max(92),
  })
  .meta({ id: 'AgreeGoal' });
export type AgreeGoalBody = z.infer<typeof agreeGoalBody>;

export const measureGoalBody = z.strictObject({ at: moment, value: z.number() }).meta({ id: 'MeasureGoal' });
export type MeasureGoalBody = z.infer<typeof measureGoalBody>;

export const reviewGoalBody = z.strictObject({ onTrack: z.enum(['yes', 'no', 'cannot-tell']), note }).meta({ id: 'ReviewGoal' });
export type ReviewGoalBody = z.infer<typeof reviewGoalBody>;

export const closeGoalBody = z.strictObject({ reached: z.boolean(), note }).meta({ id: 'CloseGoal' });
export type CloseGoalBody = z.infer<typeof closeGoalBody>;

/** What people did for the goal meanwhile. */
export interface GoalMark {
  at: number;
  kind: 'action-raised' | 'action-closed' | 'reviewed';
  /** Number of the action. */
  no?: number;
  text: string;
  by: string;
}
export interface ClosedGoal {
  no: number;
  title: Label;
  owner: string;
  agreedAt: number;
  closedAt: number;
  reached: boolean;
  note: string;
}
export interface GoalsAnswer {
  goals: GoalView[];
  /** The newest first. */
  closed: ClosedGoal[];
}
export interface GoalTrendAnswer extends GoalTrend {
  no: number;
  from: number;
  to: number;
  marks: GoalMark[];
}

/** Lines and empty lines are kept; nothing else that cannot be seen. */
const paragraphs = z
  .string()
  .max(8_000)
  .transform((text) => text.replaceAll('\r\n', '\n').trim())
  .pipe(
    z
      .string()
      .min(1, 'must not be empty')
      .max(6_000)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*(\n[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*)*$/u, 'write it without control characters'),
  );

/** `version`: the one that was seen, 0 for none. */
export const writeCharterBody = z
  .strictObject({ version: z.int().min(0), text: z.strictObject({ en: paragraphs, cy: paragraphs }) })
  .meta({ id: 'WriteCharter' });
export type WriteCharterBody = z.infer<typeof writeCharterBody>;

export const acceptCharterBody = z
  .strictObject({ version: z.int().min(1), provider: key, name: line(80).meta({ description: 'The office that accepts for the organisation' }) })
  .meta({ id: 'AcceptCharter' });
export type AcceptCharterBody = z.infer<typeof acceptCharterBody>;

export const charterDone = z.object({ seq: z.int().nullable(), version: z.int() }).meta({ id: 'CharterDone' });
export type CharterDone = z.infer<typeof charterDone>;

/** null: none has been written; the board has no cell. */
export interface CharterAnswer {
  charter: CharterView | null;
  protocol: ProtocolView | null;
}
