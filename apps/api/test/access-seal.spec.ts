/** Secrets sealed under a key that is not in the database: what opens them, and what does not. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_FILE, Seal } from '../src/access/seal.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-seal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (byte: number): Buffer<ArrayBuffer> => Buffer.alloc(32, byte);
const sealWith = (...keys: Buffer<ArrayBuffer>[]): Seal => new Seal({ SECRET_KEY: keys, DATA_DIR: folder });
const file = (): string => path.join(folder, KEY_FILE);

describe('seal', () => {
  test('what was shut opens for the same account, whatever it is, and never shows what is in it', () => {
    const seal = sealWith(keyOf(1));
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string(), (secret, about) => {
        const sealed = seal.shut(secret, about);
        expect(seal.open(sealed, about)).toBe(Buffer.from(secret, 'utf8').toString('utf8'));
        expect(seal.open(sealed, `${about} `)).toBeUndefined();
      }),
    );
    expect(seal.shut('JBSWY3DPEHPK3PXP', 'a')).not.toContain('JBSW');
    expect(seal.shut('JBSWY3DPEHPK3PXP', 'a')).not.toBe(seal.shut('JBSWY3DPEHPK3PXP', 'a'));
  });

  test('another key, a changed byte, a cut or a clear text opens nothing', () => {
    const sealed = sealWith(keyOf(1)).shut('JBSWY3DPEHPK3PXP', 'a');
    expect(sealWith(keyOf(2)).open(sealed, 'a')).toBeUndefined();
    const [form, id, text] = sealed.split('.') as [string, string, string];
    const bytes = Buffer.from(text, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(sealWith(keyOf(1)).open([form, id, changed.toString('base64url')].join('.'), 'a')).toBeUndefined();
      expect(sealWith(keyOf(1)).open([form, id, bytes.subarray(0, at).toString('base64url')].join('.'), 'a')).toBeUndefined();
    }
    for (const text of ['', '.', 'JBSWY3DPEHPK3PXP', 'sealed1', `sealed1.${id}.`]) expect(sealWith(keyOf(1)).open(text, 'a')).toBeUndefined();
  });

  test('a key is changed by putting the new one first', () => {
    const sealed = sealWith(keyOf(1)).shut('secret', 'a');
    const both = sealWith(keyOf(2), keyOf(1));
    expect(both.open(sealed, 'a')).toBe('secret');
    expect([both.isFresh(sealed), both.isFresh(both.shut('secret', 'a'))]).toEqual([false, true]);
    expect(sealWith(keyOf(2)).open(both.shut('secret', 'a'), 'a')).toBe('secret');
  });

  test('the file is made when it is needed, for its owner alone, once; a damaged one is named and not replaced', () => {
    const [one, other] = [new Seal({ DATA_DIR: folder, SECRET_KEY: undefined }), new Seal({ DATA_DIR: folder, SECRET_KEY: undefined })];
    expect(() => statSync(file())).toThrow();
    expect(other.open(one.shut('secret', 'a'), 'a')).toBe('secret');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const before = readFileSync(file(), 'utf8');
    writeFileSync(file(), 'damaged\n');
    expect(() => new Seal({ DATA_DIR: folder, SECRET_KEY: undefined }).shut('secret', 'a')).toThrow(/secret-key cannot be used/);
    writeFileSync(file(), `${keyOf(3).toString('base64')}\n${before}`);
    const rotated = new Seal({ DATA_DIR: folder, SECRET_KEY: undefined });
    expect(rotated.isFresh(rotated.shut('secret', 'a'))).toBe(true);
    expect(rotated.open(one.shut('secret', 'a'), 'a')).toBe('secret');
  });
});
