/** What the huddle's routes ask and answer. Moments come in as RFC 3339 and go out as epoch ms. Who does something names the huddle. */
import type { HeldHuddle } from '@comm-cell/board/cell';
import type { Change } from '@comm-cell/board/views/changes';
import type { Health, HuddleView, Minutes } from '@comm-cell/board/views/huddle';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { key } from './written.js';

const no = z.int().min(1).meta({ description: 'The number of the huddle that is on' });
const count = z.int().min(1);

/** Left out: whose turn it is. */
export const openHuddleBody = z.strictObject({ lead: line(60).exactOptional(), scribe: line(60).exactOptional() }).meta({ id: 'OpenHuddle' });
export type OpenHuddleBody = z.infer<typeof openHuddleBody>;

/** Everybody looks at this item; `tile` left out: at no tile in particular. */
export const moveHuddleBody = z.strictObject({ no, item: key, tile: key.exactOptional() }).meta({ id: 'MoveHuddle' });
export type MoveHuddleBody = z.infer<typeof moveHuddleBody>;

/** `name`: of a deputy, the office that stands in. */
export const attendanceBody = z
  .strictObject({ no, provider: key, attendance: z.enum(['here', 'deputy', 'absent']), name: line(60).exactOptional() })
  .meta({ id: 'MarkAttendance' });
export type AttendanceBody = z.infer<typeof attendanceBody>;

const about = z.strictObject({
  figure: z.string().min(1).max(120).exactOptional(),
  tile: key.exactOptional(),
  alert: count.exactOptional(),
  concern: count.exactOptional(),
  action: count.exactOptional(),
});
export const noteHuddleBody = z
  .strictObject({
    no,
    box: z.enum(['decision', 'resource', 'went-well', 'note']),
    text: line(280),
    about: about.exactOptional(),
    /** Of the box "resource" alone: so much, from whom, to whom, until when. */
    resource: z.strictObject({ amount: line(60), from: line(60), to: line(60), until: moment.exactOptional() }).exactOptional(),
  })
  .meta({ id: 'NoteHuddle' });
export type NoteHuddleBody = z.infer<typeof noteHuddleBody>;

export const closeHuddleBody = z.strictObject({ no }).meta({ id: 'CloseHuddle' });
export type CloseHuddleBody = z.infer<typeof closeHuddleBody>;

/** A huddle outside the times, or one of them that is not held. */
export const planHuddleBody = z.strictObject({ due: moment, reason: line(200) }).meta({ id: 'PlanHuddle' });
export type PlanHuddleBody = z.infer<typeof planHuddleBody>;
export const planned = z.object({ seq: z.int().nullable(), due: z.int(), noticeKept: z.boolean().optional() }).meta({ id: 'Planned' });
export type Planned = z.infer<typeof planned>;

/** The address calendars fetch, shown this once: whoever has it can read when the cell meets. */
export const calendarLink = z.object({ address: z.string() }).meta({ id: 'CalendarLink' });
export type CalendarLink = z.infer<typeof calendarLink>;

export interface HuddleAnswer {
  epoch: string;
  seq: number;
  serverTime: number;
  view: HuddleView;
}
/** What changed since the close of the last huddle, the worst first; `since` undefined: none was held yet. */
export interface BeforeAnswer {
  since?: number;
  no?: number;
  changes: Change[];
}
/** The newest first. */
export type HeldAnswer = (HeldHuddle & { health: Health })[];
export type MinutesAnswer = Minutes & { epoch: string; seq: number };
