/** Signing off an escalation scheme: an administrator has compared it with the published one. */
import { z } from 'zod';

export const signOffSchemeBody = z
  .strictObject({
    version: z.string().min(1).max(60).meta({ description: 'The version that was compared' }),
    reason: z
      .string()
      .trim()
      .min(1, 'say what it was compared with')
      .max(280)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters'),
  })
  .meta({ id: 'SignOffScheme' });
export type SignOffSchemeBody = z.infer<typeof signOffSchemeBody>;
