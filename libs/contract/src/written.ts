/** How names, words, durations and lines are written in the definition files. */
import type { Turn } from '@comm-cell/board/rule';
import { z } from 'zod';

export const id = z
  .string()
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'use small letters, digits, dots and hyphens, e.g. "ed.in-department"')
  .max(60);
export const key = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use small letters, digits and hyphens, e.g. "stoke-mandeville"')
  .max(40);
export const figureId = z
  .string()
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*@[a-z0-9]+(-[a-z0-9]+)*$/, 'name a figure as metric@place, e.g. "ed.in-department@stoke-mandeville"')
  .meta({ description: 'A series or a roll-up: metric@place' });

export const label = words(120).meta({ description: 'The same words in English and in Welsh' });
export function words(most: number) {
  const text = z.string().trim().min(1).max(most);
  return z.strictObject({ en: text, cy: text });
}

export const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?)(s|m|h|d)$/, 'write a duration as a number and s, m, h or d, e.g. "15m"')
  .meta({ description: 'A duration: 30s, 15m, 6h, 2d' });
export const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a clock time as HH:MM');
export const days = z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1);
export const localDate = z.iso.date('write a date as YYYY-MM-DD');

/** The sides of a band, to be spread where it stands among other settings. */
export const sides = {
  over: z.number().exactOptional(),
  atLeast: z.number().exactOptional(),
  under: z.number().exactOptional(),
  atMost: z.number().exactOptional(),
};
export const band = z.strictObject(sides).refine((b) => Object.keys(b).length > 0, 'a band needs over, atLeast, under or atMost');

/** Every turn, so that a new one cannot be forgotten here. */
const TURNS: Record<Turn, true> = {
  opened: true,
  counted: true,
  raised: true,
  dropped: true,
  acknowledged: true,
  taken: true,
  'handed-over': true,
  climbed: true,
  acting: true,
  eased: true,
  relapsed: true,
  'stood-down': true,
  superseded: true,
  released: true,
  'data-lost': true,
  'data-back': true,
  'rule-changed': true,
  closed: true,
};
export const turn = z.enum(Object.keys(TURNS) as [Turn, ...Turn[]]);
