import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../src/canonical.js';

/** The same value with the keys of every object turned round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('canonical', () => {
  test('does not depend on the order of keys', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonical(reversed(value)) === canonical(value)));
  });

  test('is JSON of the same value, so different values have different texts', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))));
  });

  test.each([
    ['a number and its text', 1, '1'],
    ['null and nothing', { a: null }, {}],
    ['an empty list and an empty object', [], {}],
    ['keys that join alike', { a: { b: 1 } }, { 'a.b': 1 }],
    ['a list and an object with its indexes', ['x'], { 0: 'x' }],
    ['false and 0', false, 0],
    ['two orders of a list', [1, 2], [2, 1]],
  ])('tells apart: %s', (_name, a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  test('a key without a value is the same as no key, as in JSON', () => {
    expect(canonical({ a: 1, b: undefined })).toBe('{"a":1}');
  });
});
