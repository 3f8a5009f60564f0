/**
 * JSON whose numbers and keys mean what they say. JSON.parse alone turns 1e309 into Infinity, 9007199254740993
 * into its neighbour and lets the second of two equal keys win in silence.
 *
 * The platform's parser does the work; two quick looks at the source tell whether it could have changed
 * anything. If so, an exact (slower) parser judges every token.
 */
import { parse as parseExactly } from 'lossless-json';
import { parseDecimal } from './decimal.js';

/** Exponents, negative zero, and numbers of 16 or more digits: whatever JSON.parse may bend. */
const BENDABLE_NUMBER = /[\d.][eE]|-0(?![.\d]*[1-9])|\d[\d.]{15}/;
const KEY = /"\s*:/g;
/** No body of this server needs more levels; a body of brackets alone must not exhaust the stack. */
const DEEPEST = 32;

export class NotJson extends Error {}
/** Keeps its place as a value, so that the row it stands in can be refused by name. */
export class BentNumber {
  constructor(readonly token: string) {}
}

function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === DEEPEST) throw new NotJson(`it is nested more than ${DEEPEST} levels deep`);
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countKeys(item, depth + 1), 0);
  let sum = 0;
  for (const item of Object.values(value)) sum += 1 + countKeys(item, depth + 1);
  return sum;
}

export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NotJson(error instanceof Error ? error.message : 'not JSON');
  }
  const kept = countKeys(value) === (text.match(KEY)?.length ?? 0);
  if (kept && !BENDABLE_NUMBER.test(text) && !text.includes('__proto__')) return value;
  try {
    return parseExactly(text, null, {
      parseNumber: (token) => parseDecimal(token) ?? new BentNumber(token),
      onDuplicateKey: ({ key }) => {
        throw new NotJson(`the key "${key}" stands twice in one object`);
      },
    });
  } catch (error) {
    if (error instanceof NotJson) throw error;
    throw new NotJson(error instanceof Error ? error.message : 'not JSON');
  }
}
