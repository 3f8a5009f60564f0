/**
 * Secrets this server must know in clear to use them (of authenticator apps) lie sealed in the database: AES-256-GCM under a key
 * that is not in it, so that a dump or a backup alone opens nothing. The key comes from SECRET_KEY, or from a file that the first
 * start makes in DATA_DIR for its owner's eyes alone. With several keys the first seals and all of them open: that is how one is
 * changed (docs/operating.md).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config.js';
import { secretKeys } from '../config.js';

const FORM = 'sealed1';
const IV_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_FILE = 'secret-key';

export class Seal {
  #ring: Map<string, Buffer> | undefined;

  /** The key is looked for when it is first needed: whoever seals nothing makes no file. */
  constructor(private readonly config: Pick<Config, 'SECRET_KEY' | 'DATA_DIR'>) {}

  /** `about`: what the secret is of. A sealed text that is put in another's place does not open there. */
  shut(secret: string, about: string): string {
    const [id, key] = this.#keys.entries().next().value!;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [FORM, id, sealed.toString('base64url')].join('.');
  }

  /** Undefined for what was sealed with a key that is not here, or was changed since. */
  open(sealed: string, about: string): string | undefined {
    const [form, id = '', text = ''] = sealed.split('.');
    const key = this.#keys.get(id);
    const bytes = Buffer.from(text, 'base64url');
    if (form !== FORM || !key || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  /** Whether it is sealed with the key that seals now. */
  isFresh(sealed: string): boolean {
    return sealed.startsWith(`${FORM}.${this.#keys.keys().next().value!}.`);
  }

  get #keys(): Map<string, Buffer> {
    this.#ring ??= new Map((this.config.SECRET_KEY ?? keysOfFile(this.config.DATA_DIR)).map((key) => [idOf(key), key]));
    return this.#ring;
  }
}

/** Names the key in what it sealed, and tells nothing about it. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('comm cell key').update(key).digest('hex').slice(0, 8);
}

function keysOfFile(folder: string): readonly Buffer[] {
  const file = path.join(folder, KEY_FILE);
  try {
    return keysIn(file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
  // Of two processes that start together one makes it, whole; the other finds it.
  mkdirSync(folder, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return keysIn(file);
}

function keysIn(file: string): readonly Buffer[] {
  const read = secretKeys.safeParse(readFileSync(file, 'utf8').split('\n').join(','));
  if (read.success && read.data.length > 0) return read.data;
  throw new Error(`The key file ${file} cannot be used: each of its lines is a key of 32 bytes in base64. Bring the right one back.`);
}
