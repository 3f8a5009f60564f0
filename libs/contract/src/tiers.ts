/** What goes between the cells of the tree. Moments come in as RFC 3339 and go out as epoch ms. */
import type { Way } from '@comm-cell/board/cell';
import type { BoardId, Label } from '@comm-cell/board/definition';
import type { TiersView } from '@comm-cell/board/views/tiers';
import { z } from 'zod';
import { line, moment } from './asked.js';
import { key } from './written.js';

const no = z.int().min(1);

export const passOnBody = z
  .strictObject({
    way: z.enum(['up', 'down', 'sideways']),
    to: key.exactOptional().meta({ description: 'One cell that way; left out: all of them' }),
    type: key.meta({
      description: 'up: safety, capacity, staffing, equipment, decision. down: information, request. sideways: beds, staff, vehicles, diversion',
    }),
    text: line(280).meta({ description: 'Why it is passed up, the message itself, or what is needed' }),
    about: z.strictObject({ concern: no.exactOptional(), action: no.exactOptional() }).exactOptional(),
    answerBy: moment.exactOptional().meta({ description: 'At most seven days ahead; left out: four hours up, half an hour sideways, a day down' }),
  })
  .meta({ id: 'PassOn' });
export type PassOnBody = z.infer<typeof passOnBody>;

export const answerPassedBody = z
  .strictObject({ answer: z.enum(['yes', 'no', 'noted']), text: line(280).exactOptional().meta({ description: 'May be left out where it is only noted' }) })
  .meta({ id: 'AnswerPassed' });
export type AnswerPassedBody = z.infer<typeof answerPassedBody>;

/** `nos`: the numbers it is known by on the board that passed it, one for each cell. */
export const passed = z.object({ seq: z.int().nullable(), nos: z.array(z.int()) }).meta({ id: 'PassedOn' });
export type Passed = z.infer<typeof passed>;

export interface TiersAnswer extends TiersView {
  epoch: string;
  seq: number;
  /** The cells to which something can be passed. */
  neighbours: Record<Way, { board: BoardId; name: Label }[]>;
}
