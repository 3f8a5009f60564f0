/**
 * A feed key reads `cc_<env>_<key id>_<secret><checksum>`: people can tell it apart, scanners can find it, and
 * a mistyped one is recognised without asking the database. Only the SHA-256 of the whole key is stored.
 */
import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^cc_(live|demo)_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9a-f]{8})$/;

function randomText(length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[randomInt(ALPHABET.length)];
  return text;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

export function newFeedKey(env: 'live' | 'demo'): { key: string; keyId: string; hash: Buffer } {
  const keyId = randomText(8);
  const stem = `cc_${env}_${keyId}_${randomText(32)}`;
  const key = stem + checksum(stem);
  return { key, keyId, hash: hashOf(key) };
}

export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** False for anything that cannot be a key of ours: a guess is no reason to look into the database. */
export function looksLikeKey(text: string): boolean {
  const parts = FORM.exec(text);
  return parts !== null && checksum(text.slice(0, -8)) === parts[4];
}
