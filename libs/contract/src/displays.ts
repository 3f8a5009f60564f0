/**
 * Pairing a screen, after RFC 8628 (device authorization): the screen shows a code, a person who may manage displays types it
 * on their own device and names the place. Moments are epoch ms.
 */
import { z } from 'zod';

/** No vowels, so no words; no letters that look alike: 20^8 codes, some 34.6 bits (RFC 8628, section 6.1). */
export const CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
export const CODE_LENGTH = 8;

/** A code as people type it: in any case, with or without its hyphen. */
export const typedCode = z
  .string()
  .max(40)
  .transform((text) => text.toUpperCase().replace(/[^A-Z]/g, ''))
  .pipe(z.string().regex(new RegExp(`^[${CODE_LETTERS}]{${CODE_LENGTH}}$`), 'a code has eight letters, e.g. WDJB-MJHT; it has no vowels'));

/** What a screen is told of its pairing. `over`: the code ran out or was used up by wrong tries; ask for a new one. */
export type Pairing =
  { state: 'waiting'; code: string; expiresAt: number } | { state: 'open'; expiresAt: number } | { state: 'paired'; board: string } | { state: 'over' };

export const codeBody = z.strictObject({ code: typedCode }).meta({ id: 'PairingCode' });
export type CodeBody = z.infer<typeof codeBody>;

/** The screen behind a code, so that whoever lets it in can tell that it is the one before them. */
export interface WaitingScreen {
  askedAt: number;
  expiresAt: number;
  address: string;
  agent: string;
}

export const pairBody = z
  .strictObject({
    code: typedCode,
    place: z
      .string()
      .trim()
      .min(1, 'say where the screen hangs')
      .max(80)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters'),
  })
  .meta({ id: 'PairDisplay' });
export type PairBody = z.infer<typeof pairBody>;

export interface DisplayView {
  id: string;
  place: string;
  pairedAt: number;
  pairedBy: string;
  /** Absent until it has shown the board once; written about once a minute. */
  seenAt?: number;
  /** It was there within the last three minutes. */
  there: boolean;
  /** Build of the page it runs, and where it called from. */
  build?: string;
  address?: string;
}
