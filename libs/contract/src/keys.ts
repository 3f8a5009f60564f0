/** Feed keys as those who manage them see them: never the key itself, but for the one answer that makes it. */
import { z } from 'zod';
import { moment } from './asked.js';

/** A key on screen runs out within this; rotation is easier than mourning. */
export const KEY_LONGEST_DAYS = 400;

const id = z.string().min(1).max(120);
export const keyBody = z
  .strictObject({
    provider: id,
    feeds: z.array(id).min(1, 'name at least one feed').max(100),
    label: z
      .string()
      .trim()
      .min(1, 'say what the key is for')
      .max(80)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters'),
    expiresAt: moment,
  })
  .meta({ id: 'NewFeedKey' });
export type KeyBody = z.infer<typeof keyBody>;

/** Moments are epoch ms. */
export interface KeyView {
  /** The readable part: the key begins with `cc_live_<keyId>_`. */
  keyId: string;
  provider: string;
  label: string;
  feeds: string[];
  createdAt: number;
  /** null: made by `npm run admin` or the demo, without an end. */
  expiresAt: number | null;
  /** Known to the minute; null: not used yet. */
  lastUsedAt: number | null;
  revokedAt: number | null;
}

/** The key in clear, this once. */
export interface NewKey extends KeyView {
  key: string;
}
