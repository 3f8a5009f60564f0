/** Whom a board tells, and by which way: what whoever manages contacts sends and sees. An address goes in whole and comes out masked. */
import type { Label } from '@comm-cell/board/definition';
import type { Hours } from '@comm-cell/board/rule';
import { z } from 'zod';
import { clock } from './written.js';

/** One line: it may stand in the head of a mail. */
const words = (most: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'write it on one line');

const quiet = z.strictObject({ days: z.array(z.int().min(1).max(7)).min(1).max(7), from: clock, to: clock });

export const contactBody = z
  .strictObject({
    group: z.string().min(1).max(120),
    channel: z.string().min(1).max(20),
    address: words(2_000),
    name: words(80),
    language: z.enum(['en', 'cy', 'both']).nullable().default(null),
    quiet: quiet.nullable().default(null),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'Contact' });
export type ContactBody = z.infer<typeof contactBody>;

export const contactChange = z
  .strictObject({
    address: words(2_000).exactOptional(),
    name: words(80).exactOptional(),
    language: z.enum(['en', 'cy', 'both']).nullable().exactOptional(),
    quiet: quiet.nullable().exactOptional(),
    enabled: z.boolean().exactOptional(),
  })
  .meta({ id: 'ContactChange' });
export type ContactChange = z.infer<typeof contactChange>;

/** `secret` is told once, when it is made. */
export interface ContactView extends Omit<ContactBody, 'address' | 'quiet'> {
  id: string;
  quiet: Hours | null;
  masked: string;
}
export interface NewContact extends ContactView {
  secret?: string;
}
export interface TestOutcome {
  delivered: boolean;
  detail: string;
}

/** The groups of the board and the ways to tell them. `publicKey`: what a browser needs to subscribe to web push; null while that is not set up. */
export interface Ways {
  groups: { id: string; name: Label }[];
  channels: string[];
  publicKey: string | null;
}

/** A message nobody got. `none`: its group has no contact, so there was nothing to send. */
export interface UndeliveredMessage {
  id: string;
  group: string;
  channel: string;
  about: string;
  /** Epoch ms. */
  since: number;
  detail: string;
}
