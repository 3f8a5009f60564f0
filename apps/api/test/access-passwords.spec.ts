/** Passwords, codes and the queue in front of the hashing, without a server. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { Passwords } from '../src/access/passwords.js';
import { addressOf, hashOfRecovery, newRecoveryCodes, newSecret, stepOf } from '../src/access/second-factor.js';

const GOOD = 'five grey herons wait';

describe('passwords', () => {
  test('fit when they are right, in whichever way their letters are composed', async () => {
    const passwords = new Passwords();
    const stored = await passwords.store('tŷ bach twt 2026');
    expect(stored).toMatch(/^scrypt\$16\$8\$2\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.fits('tŷ bach twt 2026'.normalize('NFD'), stored)).toBe(true);
    expect(await passwords.fits('ty bach twt 2026', stored)).toBe(false);
    expect(await passwords.fits('', stored)).toBe(false);
  });

  test('somebody who does not exist, or has none, costs one hash like everybody else', async () => {
    const costs: unknown[] = [];
    const passwords = new Passwords((_password, _salt, cost) => {
      costs.push(cost);
      return Promise.resolve(Buffer.alloc(32));
    });
    const stored = await passwords.store(GOOD);
    for (const one of [stored, null, undefined]) expect(await passwords.fits('guess', one)).toBe(one === stored);
    expect(costs).toEqual(Array(4).fill({ log2N: 16, r: 8, p: 2 }));
  });

  test.each([
    ['short', 'short-password'],
    ['elevenchars', 'short-password'],
    ['aaaaaaaaaaaaaaa', 'plain-password'],
    ['abababababababab', 'plain-password'],
    ['abcdefghijklmnop', 'plain-password'],
    ['098765432109876', 'plain-password'],
    ['123456789qwe', 'common-password'],
    ['1Q2W3E4R5T6Y', 'common-password'],
    ['Administrator', 'common-password'],
    ['unbelievable', 'common-password'],
    ['office.manager', 'own-password'],
    ['CommCell2026!', 'own-password'],
    ['manager@north.example', 'own-password'],
  ])('%s is refused as %s', async (password, code) => {
    await expect(new Passwords().assertGood(password, ['Office Manager', 'office.manager@north.example'])).rejects.toMatchObject({ status: 422, code });
  });

  test.each([GOOD, 'correct horse battery', 'glaw mân ar y to', '密码很长而且不常见的呀真的', 'the manager goes to sea in spring'])(
    '%s may be chosen',
    async (password) => {
      await expect(new Passwords().assertGood(password, ['Office Manager', 'office.manager@north.example'])).resolves.toBeUndefined();
    },
  );
});

describe('the queue in front of the hashing', () => {
  test('two at once, sixteen waiting, the rest is told to come back; all who waited are served, in order', async () => {
    let running = 0;
    let most = 0;
    const served: string[] = [];
    const free: (() => void)[] = [];
    const passwords = new Passwords(async (password) => {
      most = Math.max(most, ++running);
      served.push(password);
      await new Promise<void>((resolve) => free.push(resolve));
      running--;
      return Buffer.alloc(32);
    });
    const asked = Array.from({ length: 30 }, (_, i) =>
      passwords.store(`p${i}`).then(
        () => 'served',
        (error: { status: number; code: string; retryAfterS: number }) => error,
      ),
    );
    while (served.length < 18) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(running).toBeLessThanOrEqual(2);
      free.shift()?.();
    }
    for (;;) {
      const next = free.shift();
      if (!next) break;
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answers = await Promise.all(asked);
    expect(most).toBe(2);
    expect(answers.filter((answer) => answer === 'served')).toHaveLength(18);
    expect(answers.slice(18)).toEqual(Array(12).fill(expect.objectContaining({ status: 503, code: 'busy', retryAfterS: 3 })));
    expect(served).toEqual(Array.from({ length: 18 }, (_, i) => `p${i}`));
    // A place that was taken is given back: the next one is served at once.
    const last = passwords.store('last');
    await new Promise((resolve) => setImmediate(resolve));
    free.shift()!();
    await last;
  });

  test('a hash that fails gives its place back', async () => {
    let fails = true;
    const passwords = new Passwords(() => (fails ? Promise.reject(new Error('no memory')) : Promise.resolve(Buffer.alloc(32))));
    await Promise.all(Array.from({ length: 6 }, () => expect(passwords.store('x')).rejects.toThrow('no memory')));
    fails = false;
    await expect(passwords.store('x')).resolves.toMatch(/^scrypt/);
  });
});

describe('codes of the authenticator app', () => {
  const at = Date.UTC(2026, 0, 16, 14, 30, 5);
  const step = Math.floor(at / 30_000);
  const codeAt = (secret: string, moment: number): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: moment });

  test('RFC 6238, appendix B', () => {
    const secret = Secret.fromLatin1('12345678901234567890').base32;
    // Eight digits there, six here: the last six of them.
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
    ] as const)
      expect(stepOf(secret, code, 0, seconds * 1_000)).toBe(Math.floor(seconds / 30));
  });

  test('the code of this step and of its neighbours opens; none opens twice, and none from before the last one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -3, max: 3 }), (drift, last) => {
        const secret = newSecret();
        const found = stepOf(secret, codeAt(secret, at + drift * 30_000), step + last, at);
        expect(found).toBe(Math.abs(drift) <= 1 && drift > last ? step + drift : undefined);
      }),
    );
  });

  test('nothing but six digits is looked at', () => {
    const secret = newSecret();
    for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６', `${codeAt(secret, at)}0`]) expect(stepOf(secret, code, 0, at)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, at).replace(/^.../, '$& '), 0, at)).toBe(step);
  });

  test('the address says who and where', () => {
    expect(addressOf('JBSWY3DPEHPK3PXP', 'a@b.example')).toBe(
      'otpauth://totp/Comm%20Cell:a%40b.example?issuer=Comm%20Cell&secret=JBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
    );
  });

  test('recovery codes: ten, all different, read back in any spelling', () => {
    const { codes, hashes } = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const [i, code] of codes.entries()) {
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
      for (const written of [code, code.toLowerCase(), code.replaceAll('-', ' ')]) expect(hashOfRecovery(written)).toEqual(hashes[i]);
    }
  });
});
