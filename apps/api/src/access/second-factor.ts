/** The second factor: codes of an authenticator app (RFC 6238), and recovery codes for the day the phone is lost. */
import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
/** Phones are late or early by this many steps. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Without I, L, O and U, which are misread or spell things. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_LENGTH = 16;

export function newSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the authenticator app reads from the QR code. */
export function addressOf(secret: string, account: string): string {
  return totp(secret, account).toString();
}

/** The time step the code belongs to, or undefined for a wrong one. A step up to `lastStep` was used already and opens nothing. */
export function stepOf(secret: string, code: string, lastStep: number, at: number): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totp(secret, '').validate({ token, timestamp: at, window: WINDOW });
  if (delta === null) return undefined;
  const step = Math.floor(at / 1000 / PERIOD_S) + delta;
  return step > lastStep ? step : undefined;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Comm Cell', label, secret: Secret.fromBase32(secret), period: PERIOD_S, digits: 6, algorithm: 'SHA1' });
}

/** Eighty bits each: as random as they are, a fast hash keeps them. */
export function newRecoveryCodes(): { codes: string[]; hashes: Buffer[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    [...randomBytes(RECOVERY_LENGTH)]
      .map((byte) => ALPHABET[byte % ALPHABET.length]!)
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
  return { codes, hashes: codes.map(hashOfRecovery) };
}

export function hashOfRecovery(code: string): Buffer {
  return createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest();
}
