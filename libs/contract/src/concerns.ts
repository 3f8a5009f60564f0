/**
 * Actions, concerns, ideas and day boxes. Moments come in as RFC 3339 and go out as epoch ms; days are local dates of the board.
 */
import type { BoardId, FigureId, Label } from '@comm-cell/board/definition';
import type { DayRow } from '@comm-cell/board/views/days';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { localDate } from './written.js';

const id = z.string().min(1).max(120);
const no = z.int().min(1);
const owner = line(80).meta({ description: 'One named person, or the id of a group' });

/* Actions */

export const progressBody = z
  .strictObject({ quarters: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).exactOptional(), note: line(200).exactOptional() })
  .refine((body) => Object.keys(body).length > 0, { path: ['quarters'], error: 'say how far it is, in quarters, or write a note' })
  .meta({ id: 'ActionProgress' });
export type ProgressBody = z.infer<typeof progressBody>;

export const changeActionBody = z
  .strictObject({ owner: owner.exactOptional(), provider: id.exactOptional(), due: moment.exactOptional(), reason: line(200) })
  .meta({ id: 'ChangeAction' });
export type ChangeActionBody = z.infer<typeof changeActionBody>;

export interface ActionStep {
  /** Recorded at. */
  at: number;
  step: 'raised' | 'progressed' | 'changed' | 'reminded' | 'chased' | 'escalated' | 'closed';
  by?: string;
  /** What was said: the action, a note, a reason, a result. */
  text?: string;
  quarters?: number;
  owner?: string;
  due?: number;
  group?: string;
}
export interface ActionHistory {
  no: number;
  steps: ActionStep[];
}

/* Concerns */

/** What it is about; a tile stands for the figure that heads it. */
const about = z.strictObject({
  figure: id.exactOptional(),
  tile: id.exactOptional(),
  alert: no.exactOptional(),
  action: no.exactOptional(),
  goal: no.exactOptional(),
});
export const raiseConcernBody = z
  .strictObject({
    text: line(200),
    about: about.default({}),
    provider: id.exactOptional(),
    owner: owner.exactOptional(),
    due: moment.exactOptional(),
    containment: line(280).exactOptional(),
  })
  .meta({ id: 'RaiseConcern' });
export type RaiseConcernBody = z.infer<typeof raiseConcernBody>;

export const changeConcernBody = z
  .strictObject({
    status: z.enum(['open', 'contained', 'cause-known', 'countermeasure', 'checking']).exactOptional(),
    containment: line(280).exactOptional(),
    cause: line(280).exactOptional(),
    countermeasure: line(280).exactOptional(),
    owner: owner.exactOptional(),
    provider: id.exactOptional(),
    due: moment.exactOptional(),
  })
  .meta({ id: 'ChangeConcern' });
export type ChangeConcernBody = z.infer<typeof changeConcernBody>;

export const closeConcernBody = z.strictObject({ result: line(280), tags: z.array(line(30)).min(1).max(8) }).meta({ id: 'CloseConcern' });
export type CloseConcernBody = z.infer<typeof closeConcernBody>;

export const declineConcernBody = z
  .strictObject({ figure: id, reason: line(200), until: moment.meta({ description: 'At most 31 days ahead' }) })
  .meta({ id: 'DeclineConcern' });
export type DeclineConcernBody = z.infer<typeof declineConcernBody>;

/** Words that must all be found in it; left out, the newest. */
export const libraryQuery = z.strictObject({ q: z.string().trim().max(120).default('') });
export type LibraryQuery = z.infer<typeof libraryQuery>;

export interface ClosedConcern {
  no: number;
  text: string;
  figure?: { id: FigureId; title: Label };
  raisedAt: number;
  closedAt: number;
  by: string;
  owner?: string;
  containment?: string;
  cause?: string;
  countermeasure?: string;
  result: string;
  tags: string[];
  /**
   * Mean of its figure over the fourteen days before it was raised and after it was closed, from the readings with what is known
   * of them today; null where too little was reported. Days of `after` that have not come yet are missing.
   */
  effect?: { before: number | null; after: number | null; afterDays: number };
}
export interface Library {
  found: number;
  /** The newest fifty. */
  concerns: ClosedConcern[];
}

export const copyBody = z.strictObject({ to: z.string().min(1).max(60).meta({ description: 'Board it is to be gone on with' }) }).meta({ id: 'CopyConcern' });
export type CopyBody = z.infer<typeof copyBody>;
export const copied = z.object({ to: z.string(), no: z.int(), seq: z.int().nullable() }).meta({ id: 'CopiedConcern' });
export type Copied = z.infer<typeof copied>;

/* Ideas */

export const ideaBody = z.strictObject({ text: line(280) }).meta({ id: 'ProposeIdea' });
export type IdeaBody = z.infer<typeof ideaBody>;
export const answerIdeaBody = z.strictObject({ accepted: z.boolean(), answer: line(280) }).meta({ id: 'AnswerIdea' });
export type AnswerIdeaBody = z.infer<typeof answerIdeaBody>;
export const moveIdeaBody = z.strictObject({ to: z.enum(['trial', 'done']), note: line(280) }).meta({ id: 'MoveIdea' });
export type MoveIdeaBody = z.infer<typeof moveIdeaBody>;

/* Day boxes */

export const DAYS_USUALLY = 31;
const DAYS_MOST = 92;
const DAY_MS = 86_400_000;
/** Both days count; left out: the newest thirty-one, today among them. */
export const daysQuery = z
  .strictObject({ from: localDate.exactOptional(), to: localDate.exactOptional() })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), { path: ['to'], error: 'give both days, or neither' })
  .refine(({ from = '', to = '' }) => from <= to, { path: ['to'], error: 'the end must not be before the beginning' })
  .refine(({ from = '', to = '' }) => from === '' || (Date.parse(to) - Date.parse(from)) / DAY_MS < DAYS_MOST, {
    path: ['from'],
    error: `at most ${DAYS_MOST} days are answered at once`,
  });
export type DaysQuery = z.infer<typeof daysQuery>;

export interface DaysAnswer {
  board: BoardId;
  from: string;
  to: string;
  rows: DayRow[];
}
