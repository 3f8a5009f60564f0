/**
 * Fuzz of every door for readings, in process: they answer or refuse, never break, no number comes from what is none, and memory is
 * bounded (I8, I9, I43). FUZZ_RUNS says how many inputs altogether: 50,000 unless told, a million on demand.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { BoardDefinition } from '@comm-cell/board/definition';
import { feedMap } from '@comm-cell/contract/feeds';
import fc from 'fast-check';
import { Refusal } from '../src/access/refusal.js';
import type { Payload } from '../src/ingest/adapters/adapter.js';
import { adapterFor } from '../src/ingest/adapters/registry.js';
import { converted } from '../src/ingest/conversion.js';
import { parseDecimal } from '../src/ingest/decimal.js';
import { csvTable } from '../src/ingest/files/csv-table.js';
import { mapRows } from '../src/ingest/files/map-rows.js';
import { NameBook } from '../src/ingest/name-book.js';
import { NotJson, parseStrictJson } from '../src/ingest/strict-json.js';

const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 50_000);

/** A feed with `m.1` to `m.3` at `here`, and a map that gives them other names. */
const definition = {
  feeds: { ed: { series: ['m.1@here', 'm.2@here', 'm.3@here'] } },
  series: Object.fromEntries([1, 2, 3].map((n) => [`m.${n}@here`, { id: `m.${n}@here`, metric: `m.${n}`, place: 'here' }])),
} as unknown as BoardDefinition;
const map = feedMap.parse({
  columns: [
    { name: 'In dept', series: 'm.1@here' },
    { name: 'Wait', series: 'm.2@here', convert: 'as-is' },
    { name: 'Beds/numTotBeds', series: 'm.1@here' },
    { name: 'cpu.load', series: 'm.2@here' },
  ],
  time: { zone: 'Europe/London', at: '07:00' },
});
const names = new NameBook(definition, 'ed', map);

function read(contentType: string, text: string, headers: Record<string, string> = {}): Payload {
  const sent = { contentType, text, headers: { 'content-type': contentType, ...headers }, names };
  return adapterFor(sent)!.read(sent);
}

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

const ndjson = bent([`{"series":"m.1@here","observedAt":"${AT}","value":118}\n{"series":"m.2@here","observedAt":"${AT}","notReported":"down"}\n`]);
const STAMP = String(Date.parse(AT));
const prometheus = bent([
  `# TYPE m_1 gauge\nm_1{place="here"} 118 ${STAMP}\nreading{series="m.2@here",unit="minutes"} -62.5 ${STAMP}\nm_3{place="here"} NaN ${STAMP}\n`,
  `m_1{place="he\\"re"} 1e3\nm_2{place="here",} +Inf ${STAMP}\n`,
]);
const openMetrics = bent([`m_1{place="here"} 118.0 ${STAMP.slice(0, -3)}.123 # {trace="a"} 4\n# EOF\n`]);
const influx = bent([
  `beds,place=here m.1=118i,m.2=-62.5 ${STAMP}000000\ncpu load=4.25,words="a b,c=d" ${STAMP}000000\n`,
  `m.3,place=here,unit=minutes value=1e3 ${STAMP}000000\nm.1,place=he\\ re value=t\n`,
]);
const event = (data: string): string => `{"specversion":"1.0","id":"7","source":"/ed","type":"reading","time":"${AT}","data":${data}}`;
const one = `{"series":"m.1@here","observedAt":"${AT}","value":118}`;
const structured = bent([event(one), event(`{"readings":[${one}]}`), event(`"${'{}'}"`)]);
const events = bent([`[${event(one)},${event(`{"readings":[${one},${one}]}`)}]`]);
const fhir = bent([
  `{"resourceType":"MeasureReport","status":"complete","type":"summary","date":"2020-04-04","period":{"end":"2020-04-04"},"group":[{"code":{"coding":[{"code":"Beds"}]},"population":[{"code":{"coding":[{"code":"numTotBeds"}]},"count":118},{"code":{"coding":[{"code":"m.2@here"}]},"_count":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}],"measureScore":{"value":62.5}}]}`,
]);
const wideFile = bent([`date;In dept;Wait;Notes\n16/01/2026 14:30;118;62,5;x\n17/01/2026 00:00;-3;1.234;\nTotal;9;9;\n`]);
const fileMap = feedMap.parse({
  columns: map.columns.slice(0, 2),
  ignored: ['Notes'],
  time: { zone: 'Europe/London' },
  layout: { form: 'wide', delimiter: ';', date: 'date', order: 'dmy', decimal: ',', thousands: '.', leftOut: ['Total'], notReported: ['n/a'] },
});
/** The comma of the file and the dots between its thousands, as another hand reads them. */
const dotted = (text: string): string => `${text} ${text.replace(/(\d)\.(?=\d{3})/g, '$1').replaceAll(',', '.')}`;

const DOORS: readonly [string, (text: string) => Payload, fc.Arbitrary<string>, ((text: string) => string)?][] = [
  ['JSON', (text) => read('application/json', text), json],
  ['CSV', (text) => read('text/csv', text), csv],
  ['NDJSON', (text) => read('application/x-ndjson', text), ndjson],
  ['Prometheus', (text) => read('text/plain', text, { 'content-type': 'text/plain; version=0.0.4' }), prometheus],
  ['OpenMetrics', (text) => read('application/openmetrics-text', text), openMetrics],
  ['Influx', (text) => read('text/plain', text), influx],
  ['CloudEvents', (text) => read('application/cloudevents+json', text), structured],
  ['CloudEvents, batch', (text) => read('application/cloudevents-batch+json', text), events],
  ['CloudEvents, binary', (text) => read('application/json', text, { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/a', 'ce-type': 't' }), json],
  ['FHIR', (text) => read('application/fhir+json', text), fhir],
  ['file', (text) => mapRows(csvTable(Buffer.from(text), fileMap.layout!), fileMap, new Set(), { fault: 'none' }), wideFile, dotted],
];

/** Numbers that stand in the text as tokens of their own, by a grammar of another hand. Influx writes 118i for a whole one. */
function written(text: string): Set<number> {
  return new Set(text.match(/(?<![\w.+-])-?\d+(\.\d+)?(?=[iu]?(?![\w.]))/g)?.map(Number));
}

function judge(text: string, { rows, unreadable }: Payload, tokens: Set<number>): void {
  for (const row of rows) {
    if (typeof row.value === 'number' && !tokens.has(row.value)) throw new Error(`${row.value} does not stand in ${JSON.stringify(text)}`);
    if (typeof row.value !== 'number' && typeof (row.value === null ? row.why : row.value) !== 'string')
      throw new Error(`a value without a value: ${JSON.stringify(row)}`);
    if (!Number.isInteger(row.at) || !Number.isInteger(row.rev) || row.rev < 0) throw new Error(`no moment or revision: ${JSON.stringify(row)}`);
  }
  for (const row of unreadable)
    if (typeof row.row !== 'number' || typeof row.code !== 'string' || typeof row.detail !== 'string') throw new Error(JSON.stringify(row));
}

describe.each(DOORS)('%s', (_name, door, bodies, dialect = (text) => text) => {
  test('any bent body is read or refused, every number in it stood there, and nothing leaks into the objects of others', () => {
    let read = 0;
    let slow = 0;
    const runs = Math.ceil(FUZZ_RUNS / DOORS.length);
    const before = process.memoryUsage().rss;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: bodies }, { weight: 1, arbitrary: fc.string({ maxLength: 300 }) }), (text) => {
        const began = performance.now();
        try {
          const payload = door(text);
          read++;
          judge(text, payload, written(dialect(text)));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
        if (performance.now() - began > 50) slow++;
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 50);
    // A machine that is busy may lose a few rounds; a slow reader would lose them all.
    expect(slow).toBeLessThan(Math.max(100, runs / 50));
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { value?: unknown }).value).toBeUndefined();
  });
});

test('positive control: a door that reads numbers the usual way is caught by the same judgement', () => {
  const eager = (text: string): Payload => ({
    rows: text
      .split(/[\s,:{}"]+/)
      .flatMap((token, row) => (Number.isFinite(parseFloat(token)) ? [{ row, series: 'm.1@here', at: 0, rev: 0, value: parseFloat(token) }] : [])),
    unreadable: [],
  });
  const found = fc.check(
    fc.property(influx, (text) => judge(text, eager(text), written(text))),
    { numRuns: 5_000 },
  );
  expect(found.failed).toBe(true);
});

describe('conversions move digits', () => {
  test.each([
    ['0.57', 'x100', 57],
    ['-0.0007', 'x100', -0.07],
    ['94.5%', 'percent-sign', 94.5],
    ['94.5', 'percent-sign', undefined],
    ['1:30', 'h:mm', 90],
    ['1:75', 'h:mm', undefined],
    ['38:20', 'mm:ss', 38.333333333],
    ['100', '/60', 1.666666667],
    ['2.5', 'x60', 150],
    ['7', '/100', 0.07],
    ['', 'x100', undefined],
    ['1e3', 'x100', undefined],
    ['0x10', 'x60', undefined],
    ['01', 'x100', undefined],
  ] as const)('%s %s', (token, how, value) => expect(converted(token, how)).toBe(value));

  test('to hundredths and back is where it began, to the last digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?(0|[1-9]\d{0,8})(\.\d{1,4})?$/), (token) => {
        const value = parseDecimal(token);
        const there = converted(token, 'x100');
        return value === undefined || there === undefined || converted(String(there), '/100') === value;
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('FHIR reports of SANER', () => {
  const folder = new URL('./saner/', import.meta.url);
  interface Expected {
    file: string;
    date: string;
    observations: { group: string; code: string; count: number | null; absent: string | null }[];
  }
  const expected = JSON.parse(readFileSync(new URL('expected-observations.json', folder), 'utf8')) as Expected[];

  test.each(readdirSync(folder).filter((name) => name.startsWith('MeasureReport')))('%s: every observation as the independent list has it', (name) => {
    const { observations } = expected.find(({ file }) => file === name)!;
    const columns = observations.map(({ group, code }) => ({ name: `${group}/${code}`, series: `${code.toLowerCase()}@nj` }));
    const book = new NameBook(definition, 'ed', feedMap.parse({ columns, time: { zone: 'America/New_York', at: '23:59' } }));
    const sent = { contentType: 'application/fhir+json', text: readFileSync(new URL(name, folder), 'utf8'), headers: {}, names: book };
    const { rows, unreadable } = adapterFor(sent)!.read(sent);
    expect(unreadable).toEqual([]);
    expect(rows.map(({ series, value, why }) => [series, value, why])).toEqual(
      observations.map(({ code, count, absent }) => [`${code.toLowerCase()}@nj`, count, count === null ? `data absent: ${absent}` : undefined]),
    );
    // 23:59 in New Jersey in April is four hours behind.
    expect(new Set(rows.map(({ at }) => new Date(at).toISOString().slice(10)))).toEqual(new Set(['T03:59:00.000Z']));
  });

  test('reports about one person, and reports that are not complete, are not taken', () => {
    for (const more of ['"type":"individual","status":"complete"', '"type":"summary","status":"pending"'])
      expect(() => read('application/fhir+json', `{"resourceType":"MeasureReport",${more},"group":[]}`)).toThrow(Refusal);
  });
});

describe('machines', () => {
  const rowsOf = ({ rows }: Payload): unknown[] => rows.map(({ series, value, at }) => [series, value, new Date(at).toISOString()]);
  const at = '2026-01-16T14:30:00.000Z';

  test('Prometheus: by metric and place, by label, by the map; what is no number or has no moment is named', () => {
    const text = `m_1{place="here"} 118 ${STAMP}\nx{series="m.2@here",unit="minutes"} 62.50 ${STAMP}\nm_3{place="here"} NaN ${STAMP}\nm_3{place="there"} 1 ${STAMP}\nm_3{place="here"} 4\nm_3{place="here"} 1e3 ${STAMP}\n`;
    const payload = read('text/plain', text, { 'content-type': 'text/plain; version=0.0.4' });
    expect(rowsOf(payload)).toEqual([
      ['m.1@here', 118, at],
      ['m.2@here', 62.5, at],
    ]);
    expect(payload.rows[1]).toMatchObject({ row: 2, unit: 'minutes' });
    expect(payload.unreadable.map(({ row, code }) => [row, code])).toEqual([
      [3, 'not-a-number'],
      [4, 'unknown-name'],
      [5, 'unreadable'],
      [6, 'not-a-number'],
    ]);
    expect(rowsOf(read('text/plain', 'm_3{place="here"} 4\n', { 'content-type': 'text/plain; version=0.0.4', 'observed-at': AT }))).toEqual([
      ['m.3@here', 4, at],
    ]);
  });

  test('OpenMetrics: seconds, and the end that says it is whole', () => {
    const whole = `m_1{place="here"} 118 ${Number(STAMP) / 1000} # {trace="a"} 4\n# EOF\n`;
    expect(rowsOf(read('application/openmetrics-text', whole))).toEqual([['m.1@here', 118, at]]);
    expect(() => read('application/openmetrics-text', whole.replace('# EOF\n', ''))).toThrow(Refusal);
  });

  test('Influx: fields and measurements at a place, names of the map, the precision that is declared', () => {
    const text = `beds,place=here m.1=118i,m.2=62.5 ${STAMP}000000\nm.3,place=here value=7i ${STAMP}000000\ncpu load=4.25,other=t ${STAMP}000000\n`;
    const payload = read('text/plain', text);
    expect(rowsOf(payload)).toEqual([
      ['m.1@here', 118, at],
      ['m.2@here', 62.5, at],
      ['m.3@here', 7, at],
      ['m.2@here', 4.25, at],
    ]);
    expect(payload.unreadable).toMatchObject([{ row: 3, column: 'other', code: 'unknown-name' }]);
    expect(rowsOf(read('text/plain', `m.3,place=here value=7i ${STAMP}\n`, { 'time-precision': 'ms' }))).toEqual([['m.3@here', 7, at]]);
    expect(read('text/plain', `m.3,place=here value=7i ${STAMP}\n`).unreadable).toMatchObject([{ code: 'unreadable', field: 'observedAt' }]);
  });

  test('CloudEvents: the envelope is checked, its numbers are not bent on the way', () => {
    const exact = event(`{"series":"m.1@here","observedAt":"${AT}","value":1e3}`);
    expect(read('application/cloudevents+json', exact).unreadable).toMatchObject([{ code: 'not-a-number' }]);
    expect(rowsOf(read('application/cloudevents+json', event(one)))).toEqual([['m.1@here', 118, at]]);
    expect(read('application/cloudevents-batch+json', `[${event(one)},${event(`{"readings":[${one},${one}]}`)}]`).rows.map(({ row }) => row)).toEqual([
      0, 1, 2,
    ]);
    for (const bad of [event(one).replace('"1.0"', '"0.3"'), event(one).replace('"source":"/ed",', ''), event(one).replace(/,"data".*/, '}'), '[]', '7'])
      expect(() => read('application/cloudevents+json', bad)).toThrow(Refusal);
    const sent = { contentType: 'application/cloudevents+json', text: event(one), headers: {}, names };
    expect(adapterFor(sent)!.nameOf!(sent)).toBe('event-%2Fed%207');
  });

  test('NDJSON: a line that cannot be read costs that line alone', () => {
    const payload = read('application/x-ndjson', `${one}\n{"series":\n\n${one}`);
    expect([payload.rows.map(({ row }) => row), payload.unreadable.map(({ row }) => row)]).toEqual([[1, 4], [2]]);
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
    `m_1{${'a="b",'.repeat(150_000)}} 1`,
    `m_1{a="${'\\\\'.repeat(400_000)}`,
    `m,${'a=b,'.repeat(200_000)} v=1`,
    `m v="${'\\"'.repeat(400_000)}`,
    ` ${' \t'.repeat(400_000)}1`,
  ];
  for (const text of bodies) {
    for (const [, door] of DOORS) {
      try {
        door(text);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
});

test('a reading is judged the same behind others of its moment and alone', () => {
  const odd = fc.constantFrom<unknown>(undefined, null, '', ' ', 'x'.repeat(121), 'words', 7, -0, 1e21, true, [], {}, AT, '2026-02-30T10:00:00Z');
  const field = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> => fc.oneof({ weight: 6, arbitrary: usual }, odd);
  const reading = fc.record(
    {
      series: field(fc.constantFrom('m.1@here', 'm.2@here', 'x')),
      observedAt: field(fc.constantFrom(AT, '2026-01-16T14:30:00.000Z')),
      value: field(
        fc.oneof(
          fc.integer(),
          fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => Number(value.toFixed(3)) + 0),
        ),
      ),
      unit: fc.constantFrom('patients', 7),
      revision: fc.constantFrom(0, 2, 0.5),
      notReported: fc.constantFrom('down', ''),
      more: fc.constant(1),
    },
    { requiredKeys: ['series', 'observedAt', 'value'] },
  );
  const told = ({ rows, unreadable }: Payload): unknown[] => [...rows, ...unreadable].sort((a, b) => a.row - b.row).map((one) => ({ ...one, row: 0 }));
  const batch = (readings: readonly unknown[]): unknown[] => told(read('application/json', JSON.stringify({ readings })));
  const alone = (one: unknown): unknown[] => {
    batch([{ series: 'm.1@here', observedAt: '2001-01-01T00:00:00Z', value: 1 }]);
    return batch([one]);
  };
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: reading }, odd), { maxLength: 12 }), (readings) => {
      const known = readings.filter((one) => one !== undefined);
      expect(batch(known)).toEqual(known.flatMap(alone));
    }),
    { numRuns: 3_000 },
  );
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
