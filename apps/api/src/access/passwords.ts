/**
 * Passwords: hashed slowly, and never so many at once that the live path waits for them. Node's scrypt with the parameters that
 * OWASP's Password Storage Cheat Sheet names (N = 2^16, r = 8, p = 2: 64 MB and about a third of a second); what may be chosen
 * follows NIST SP 800-63B: long, not common, not the person's own name; no composition rules.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { COMMON_PASSWORDS } from '../common-passwords.js';
import { Refusal } from './refusal.js';

const COST = { log2N: 16, r: 8, p: 2 } as const;
const HASH_BYTES = 32;
/** Hashing runs in Node's own four threads, which files and names need as well. */
const AT_ONCE = 2;
const WAITING = 16;
const LEAST_LENGTH = 12;
/** A password must have so many different characters; "aaaaaaaaaaaa" is long and nothing else. */
const LEAST_DIFFERENT = 5;
/** What is left of a password without the person's own words must still be hard to guess. */
const LEAST_OWN = 8;

type Hash = (password: string, salt: Buffer, cost: { log2N: number; r: number; p: number }) => Promise<Buffer>;

const slowly: Hash = (password, salt, { log2N, r, p }) =>
  new Promise((resolve, reject) => {
    const N = 2 ** log2N;
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 128 * r * (N + p + 2) + 1_048_576 }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });

export class Passwords {
  #running = 0;
  readonly #queue: (() => void)[] = [];
  #common: Promise<ReadonlySet<string>> | undefined;
  /** Of nobody: whoever does not exist is checked for as long as whoever does. */
  readonly #decoy: string;

  /** `hash` is there to be watched in tests. */
  constructor(private readonly hash: Hash = slowly) {
    this.#decoy = written(randomBytes(16), randomBytes(HASH_BYTES));
  }

  /** Answers what is to be stored. */
  async store(password: string): Promise<string> {
    const salt = randomBytes(16);
    return written(salt, await this.#inTurn(() => this.hash(password, salt, COST)));
  }

  /** False for a wrong password, and after the same time for an account without one. */
  async fits(password: string, stored: string | null | undefined): Promise<boolean> {
    const [, log2N, r, p, salt, expected] = (stored ?? this.#decoy).split('$');
    const given = await this.#inTurn(() => this.hash(password, Buffer.from(salt!, 'base64url'), { log2N: Number(log2N), r: Number(r), p: Number(p) }));
    return timingSafeEqual(given, Buffer.from(expected!, 'base64url')) && typeof stored === 'string';
  }

  /** Refuses what is too easily guessed. `own`: name, e-mail and the like. */
  async assertGood(password: string, own: readonly string[]): Promise<void> {
    const plain = password.normalize('NFKC').toLowerCase();
    const refuse = (code: string, detail: string): never => {
      throw new Refusal(422, code, detail, 'Take four or five words that do not belong together; spaces are allowed.', [{ field: 'password', code, detail }]);
    };
    if ([...plain].length < LEAST_LENGTH) refuse('short-password', `A password needs at least ${LEAST_LENGTH} characters.`);
    if (new Set(plain).size < LEAST_DIFFERENT || isRun(plain)) refuse('plain-password', 'This password repeats itself, or is a row of neighbours.');
    if ((await this.#list()).has(plain)) refuse('common-password', 'This password is one of the most common ones: guessers try it first.');
    const words = [...own, 'comm cell', 'commcell']
      .flatMap((text) =>
        text
          .normalize('NFKC')
          .toLowerCase()
          .split(/[^\p{L}\p{N}]+/u),
      )
      .filter((word) => word.length > 2);
    const left = words.sort((a, b) => b.length - a.length).reduce((rest, word) => rest.replaceAll(word, ''), plain);
    if (left !== plain && left.length < LEAST_OWN) refuse('own-password', 'This password is mostly your own name or address.');
  }

  #list(): Promise<ReadonlySet<string>> {
    this.#common ??= readFile(COMMON_PASSWORDS)
      .then((packed) => promisify(gunzip)(packed))
      .then((text) => new Set(text.toString('utf8').split('\n')));
    return this.#common;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= AT_ONCE) {
      if (this.#queue.length >= WAITING)
        throw new Refusal(503, 'busy', 'Too many people sign in at this moment.', 'Try again in a few seconds.', undefined, {}, 3);
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over, so that nobody comes in between.
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

function written(salt: Buffer, hash: Buffer): string {
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** "abcdefghijkl", "210987654321": every character is the neighbour of the one before. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((char, i) => char.codePointAt(0)! - [...text][i]!.codePointAt(0)!);
  return steps.every((step) => step === 1 || step === -9) || steps.every((step) => step === -1 || step === 9);
}
