/** Faults of what was asked, as the sender reads them. */
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { personBody } from '../src/access.js';
import { proposeBody, shelveBody, signInBody } from '../src/desk.js';
import { readingRow } from '../src/feed.js';
import { faultsOf, speakPlainly } from '../src/plain-words.js';

beforeAll(speakPlainly);

const told = (schema: z.ZodType, given: unknown): string[] =>
  faultsOf(schema.safeParse(given).error?.issues ?? []).map(({ field, detail }) => `${field}: ${detail}`);

test('what is missing is said to be missing, and what it would be', () => {
  expect(told(z.object({ name: z.string(), count: z.int(), list: z.array(z.string()), which: z.enum(['a', 'b']) }), {})).toEqual([
    'name: is missing: it must be a text',
    'count: is missing: it must be a number',
    'list: is missing: it must be a list',
    'which: is missing: it must be one of "a", "b"',
  ]);
});

test('what is there and wrong is said with what it is', () => {
  const schema = z.strictObject({ a: z.string().min(3).max(5), n: z.int().min(1).max(9), at: z.iso.datetime(), own: z.boolean() });
  expect(told(schema, { a: 'abcdef', n: 12, at: 'yesterday', own: 'yes', more: 1 })).toEqual([
    'a: is too long: at most 5 characters',
    'n: must be at most 9',
    'at: must be a moment with its offset, such as 2026-02-03T14:05:00Z',
    'own: must be true or false, not a text',
    ': has fields that are not known here: "more"; leave them out, or look how they are spelt',
  ]);
  expect(told(schema, { a: '', n: 1.5, at: null, own: [] }).slice(0, 2)).toEqual(['a: is empty', 'n: must be a whole number']);
});

test('of several forms the nearest one is told', () => {
  const either = z.union([z.strictObject({ email: z.string(), password: z.string() }), z.strictObject({ token: z.string() })]);
  expect(told(either, { email: 'a@b.example' })).toEqual(['password: is missing: it must be a text']);
  expect(told(z.object({ one: either }), { one: { token: 3 } })).toEqual(['one.token: must be a text, not a number']);
  expect(told(either, 7)).toEqual([': fits none of the forms that are taken here']);
});

test('nobody is spoken to in the words of the codec', () => {
  for (const schema of [personBody, proposeBody, shelveBody, signInBody, readingRow])
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('email', 'name', 'role', 'series', 'value', 'until', 'rule', 'token'), fc.jsonValue())),
        (given) => {
          for (const said of told(schema, given)) expect(said).not.toMatch(/received|expected|Invalid|Unrecognized|Too (small|big)|nonoptional/);
        },
      ),
      { numRuns: 200 },
    );
});
