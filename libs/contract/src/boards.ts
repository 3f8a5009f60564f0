/** Boards and their making on screen: the definition as a file, changes of it, templates, the first start. */
import type { BoardDefinition } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import { z } from 'zod';
import { email } from './access.js';
import type { WrittenBoard } from './definition.js';
import type { Difference } from './edits.js';
import { key, words } from './written.js';

const line = (most: number, missing = 'must not be empty') =>
  z
    .string()
    .trim()
    .min(1, missing)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters');
const reason = line(280, 'say why: it stands in the audit trail');

/** Of a path: no name that would reach into an object's prototype. */
const step = z.union([
  z
    .string()
    .min(1)
    .max(120)
    .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'this cannot be a name'),
  z.int().min(0).max(500),
]);
const edit = z.strictObject({ at: z.array(step).min(1).max(9), to: z.json().exactOptional() });
/** By edits of the file as it stands, or by another file. */
export const change = z.union([
  z.strictObject({
    edits: z.array(edit).max(2_000),
    /** Take out what leads nowhere then: rules, lines and links of what was removed. */
    tidy: z.boolean().exactOptional(),
  }),
  z.strictObject({ yaml: z.string().min(1).max(900_000) }),
]);
export type Change = z.infer<typeof change>;

export const checkBody = z.strictObject({ change }).meta({ id: 'CheckBoard' });
export type CheckBody = z.infer<typeof checkBody>;
export const changeBody = z
  .strictObject({
    base: z.string().max(80).meta({ description: 'The hash of the definition that was looked at; another one now is answered 409 moved-on' }),
    reason,
    change,
  })
  .meta({ id: 'ChangeBoard' });
export type ChangeBody = z.infer<typeof changeBody>;

/** Something in a board's file that cannot be, where and why. */
export interface Fault {
  at: (string | number)[];
  path: string;
  /** Line of the file that was given; of an edit: of the file that would come of it. */
  line: number;
  reason: string;
}

/** The definition as it stands. Moments are epoch ms. */
export interface DefinitionView {
  board: string;
  hash: string;
  definedAt: number;
  definedBy: Person | null;
  file: WrittenBoard;
  definition: BoardDefinition;
  /** Metrics whose Welsh was seen in an official source; all other Welsh awaits a language officer. */
  welshSeen: string[];
  /** Series that could be added, by metric: what the catalogue knows. */
  metrics: Record<string, { label: BoardDefinition['name']; unit: string }>;
}

/** What would come of a change: `definition` is null while there are faults. */
export interface Checked {
  hash: string;
  faults: Fault[];
  differences: Difference[];
  definition: BoardDefinition | null;
}

export const changed = z
  .object({ seq: z.int().nullable(), hash: z.string(), waiting: z.array(z.string()).meta({ description: 'Rules that wait for a second person' }) })
  .meta({ id: 'BoardChanged' });
export type Changed = z.infer<typeof changed>;

/* New boards */

const name = words(40);
export const newBoardBody = z
  .strictObject({
    id: key,
    name,
    template: z.string().max(40),
    languages: z.array(z.enum(['en', 'cy'])).min(1),
    /** Figures are made up: for practice. The mark stands on the screen for good. */
    simulated: z.boolean(),
    /** Names of organisations and places, where they are to be others than the template's; null: left out. */
    providers: z.record(key, name.nullable()).default({}),
    places: z.record(key, words(30).nullable()).default({}),
  })
  .meta({ id: 'NewBoard' });
export type NewBoardBody = z.infer<typeof newBoardBody>;

export interface Template {
  id: string;
  name: BoardDefinition['name'];
  about: BoardDefinition['name'];
  languages: ('en' | 'cy')[];
  providers: Record<string, { name: BoardDefinition['name']; kind: string }>;
  places: Record<string, { name: BoardDefinition['name']; provider: string }>;
}

/* The first start */

/** The secret of the set-up address stands in the body: addresses are logged, bodies are not. */
const setUp = z.string().min(20).max(100);
export const firstAccountBody = z
  .strictObject({ setUp, name: line(60), email, password: z.string().min(1, 'choose a password').max(200, 'at most 200 characters') })
  .meta({ id: 'FirstAccount' });
export type FirstAccountBody = z.infer<typeof firstAccountBody>;
export const firstBoardBody = newBoardBody.extend({ setUp }).meta({ id: 'FirstBoard' });
export type FirstBoardBody = z.infer<typeof firstBoardBody>;

export interface StartView {
  /** A set-up address was printed and there is no administrator yet. */
  waits: boolean;
  templates: Template[];
}
