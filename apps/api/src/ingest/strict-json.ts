/**
 * JSON whose numbers and keys mean what they say. JSON.parse alone turns 1e309 into Infinity, 9007199254740993
 * into its neighbour and lets the second of two equal keys win in silence.
 *
 * The platform's parser does the work; one pass over the source tells whether it could have changed anything.
 * If so, an exact (slower) parser judges every token.
 */
import { parse as parseExactly } from 'lossless-json';
import { parseDecimal } from './decimal.js';

/** Shorter numbers without an exponent are kept by JSON.parse as they are written, but for -0. */
const LONGEST_KEPT = 15;
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
  let sum = 0;
  if (Array.isArray(value)) for (const item of value) sum += countKeys(item, depth + 1);
  else for (const key in value) sum += 1 + countKeys((value as Record<string, unknown>)[key], depth + 1);
  return sum;
}

/** Counts the keys in a text that is known to be JSON; undefined when it has a number that JSON.parse may bend. */
function countKeysIn(text: string): number | undefined {
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === COLON) keys++;
    else if (isOfNumber(code)) {
      const from = i;
      while (isOfNumber(text.charCodeAt(i + 1))) i++;
      const isZeroBelow = code === MINUS && text.charCodeAt(from + 1) === ZERO;
      const hasExponent = (text.charCodeAt(i + 1) | 32) === E;
      if (i - from >= LONGEST_KEPT || isZeroBelow || hasExponent) return undefined;
    }
  }
  return keys;
}

const [QUOTE, COLON, BACKSLASH, MINUS, POINT, ZERO, NINE, E] = [0x22, 0x3a, 0x5c, 0x2d, 0x2e, 0x30, 0x39, 0x65];
function isOfNumber(code: number): boolean {
  return (code >= ZERO && code <= NINE) || code === POINT || code === MINUS;
}

/** The quote that ends a string: the first one with an even number of backslashes before it. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let slash = end;
    while (text.charCodeAt(slash - 1) === BACKSLASH) slash--;
    if ((end - slash) % 2 === 0) return end;
  }
}

export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NotJson(error instanceof Error ? error.message : 'not JSON');
  }
  if (countKeys(value) === countKeysIn(text) && !text.includes('__proto__')) return value;
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
