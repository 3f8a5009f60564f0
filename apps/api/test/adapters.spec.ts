/** Fuzz of the doors for readings, in process: they answer or refuse, never break, and no number comes from what is none (I8, I9, I43). */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../src/access/refusal.js';
import type { Adapter } from '../src/ingest/adapters/adapter.js';
import { csvAdapter } from '../src/ingest/adapters/csv/adapter.js';
import { jsonAdapter } from '../src/ingest/adapters/json/adapter.js';
import { parseDecimal } from '../src/ingest/decimal.js';
import { NotJson, parseStrictJson } from '../src/ingest/strict-json.js';

/** The grammar once more, written by another hand: with BigInt, without the function under test. */
function meant(token: string): { digits: bigint; scale: number } | undefined {
  const parts = /^(-)?(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(token);
  return parts ? { digits: BigInt(`${parts[2]}${parts[3] ?? ''}`) * (parts[1] ? -1n : 1n), scale: parts[3]?.length ?? 0 } : undefined;
}
/** Is the double exactly what the token says, to the last written digit? */
function same(value: number, token: string): boolean {
  const one = meant(token);
  if (!one || !Number.isFinite(value) || Object.is(value, -0)) return false;
  return BigInt(value.toFixed(one.scale).replace('.', '')) === one.digits;
}

const tokens = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^-?(0|[1-9]\d{0,15})(\.\d{1,12})?$/) },
  fc.stringMatching(/^[-+]?[\d.eE,_ -]{0,12}$/),
  fc.double().map(String),
  fc.constantFrom('NaN', 'Infinity', '1e309', '-0', '0x10', '٣', '', ' ', '１２', '1\u00a0000', '9007199254740993'),
  fc.string({ maxLength: 8 }),
);

test('a token becomes exactly its number or none', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const value = parseDecimal(token);
      return value === undefined || same(value, token);
    }),
    { numRuns: 20_000 },
  );
});

test('positive control: the usual ways to read a number are caught by the same check', () => {
  const wrong = (read: (token: string) => number): boolean =>
    fc.check(
      fc.property(tokens, (token) => Number.isNaN(read(token)) || same(read(token), token)),
      { numRuns: 5_000 },
    ).failed;
  expect([Number, parseFloat, (token: string) => Number(token.trim() || NaN)].map(wrong)).toEqual([true, true, true]);
});

/** Bytes of a good body, bent: cut, doubled, swapped, with hostile pieces put in. */
function bent(good: readonly string[]): fc.Arbitrary<string> {
  const hostile = fc.constantFrom(
    '"',
    "'",
    ',',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '\n',
    '\r',
    '\0',
    '\uFEFF',
    '__proto__',
    '"__proto__":',
    'null',
    '1e999',
    '-0',
    ':',
    ';',
    '\t',
    '@',
    '\u202e',
    '\ud800',
    '9'.repeat(40),
    '[{'.repeat(50),
  );
  const change = fc.tuple(fc.nat(400), fc.nat(30), fc.oneof(hostile, fc.string({ maxLength: 6 }), fc.constant('')));
  return fc
    .tuple(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([text, changes]) =>
      changes.reduce((now, [at, remove, put]) => now.slice(0, at % (now.length + 1)) + put + now.slice((at % (now.length + 1)) + remove), text),
    );
}
const AT = '2026-01-16T14:30:00Z';
const json = bent([
  `{"readings":[{"series":"m.1@here","observedAt":"${AT}","value":118,"unit":"patients"},{"series":"m.2@here","observedAt":"${AT}","value":-62.5,"revision":2}]}`,
  `{"readings":[{"series":"m.3@here","observedAt":"${AT}","notReported":"system down"},{"series":"m.3@here","observedAt":"${AT}","value":"words \\u00e9 here"}]}`,
]);
const csv = bent([
  `series,observedAt,value,unit,revision,notReported\nm.1@here,${AT},118,patients,,\nm.2@here,${AT},"62.5",,2,\nm.1@here,${AT},,,,down\n`,
  `observedAt,m.1@here,m.2@here [minutes]\n${AT},3,\n2026-01-16T15:30:00+01:00,,4.25\n`,
]);

describe.each([
  ['JSON', jsonAdapter, json],
  ['CSV', csvAdapter, csv],
] as const)('%s', (_name, adapter: Adapter, bodies) => {
  test('any bent body is read or refused, every number in it stood there, and nothing leaks into the objects of others', () => {
    let read = 0;
    let slow = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: bodies }, { weight: 1, arbitrary: fc.string({ maxLength: 300 }) }), (text) => {
        const began = performance.now();
        try {
          const { rows, unreadable } = adapter.read(text);
          read++;
          for (const row of rows) {
            if (typeof row.value === 'number') expect(text.match(/(?<![\w.+-])-?\d+(\.\d+)?(?![\w.])/g)?.map(Number)).toContain(row.value);
            else expect(row.value === null ? typeof row.why : typeof row.value).toBe('string');
            expect(Number.isInteger(row.at) && Number.isInteger(row.rev) && row.rev >= 0).toBe(true);
          }
          for (const row of unreadable) expect([typeof row.row, typeof row.code, typeof row.detail]).toEqual(['number', 'string', 'string']);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
        if (performance.now() - began > 50) slow++;
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(500);
    // A machine that is busy may lose a few rounds; a slow reader would lose them all.
    expect(slow).toBeLessThan(100);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { value?: unknown }).value).toBeUndefined();
  });
});

test('hostile bodies of a full megabyte cost no more than reading them', () => {
  const bodies = [
    '['.repeat(1_000_000),
    '{"a":'.repeat(200_000),
    `{"readings":[${'{},'.repeat(4_999)}{}]}`,
    '"'.repeat(1_000_000),
    `${'"a",'.repeat(250_000)}`,
    `${' '.repeat(999_999)}x`,
    `{"readings":["${'9'.repeat(1_000_000)}"]}`,
    `{"readings":[${'9'.repeat(1_000_000)}]}`,
    `{"readings":[${'-'.repeat(500_000)}]}`,
    `series,observedAt,value\n${'\n'.repeat(1_000_000)}`,
    `observedAt,${'a@b [c],'.repeat(100_000)}\n`,
  ];
  for (const text of bodies) {
    for (const adapter of [jsonAdapter, csvAdapter]) {
      try {
        adapter.read(text);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
});

test('strict JSON agrees with JSON.parse wherever that changes nothing', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4, noUnicodeString: false }), (text) => {
      let strict: unknown;
      try {
        strict = parseStrictJson(text);
      } catch (error) {
        return error instanceof NotJson;
      }
      return JSON.stringify(strict) === JSON.stringify(JSON.parse(text)) || /[eE]|-0|__proto__|\d{16}|\d[\d.]{16}|\.\d{13}/.test(text);
    }),
    { numRuns: 3_000 },
  );
});
