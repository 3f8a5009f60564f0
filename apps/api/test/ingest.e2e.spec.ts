/** Readings over HTTP, against a real api process: receipts, strictness, keys, limits, headers (I1, I2, I7–I9, I12, I13, I46). */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Problem, Receipt } from '@comm-cell/contract/feed';
import fc from 'fast-check';
import { FeedKey } from '../src/access/feed-key.entity.js';
import { FeedKeys } from '../src/access/feed-keys.js';
import { dataSource } from '../src/database/schema.js';
import { Api, DISPLAY_COOKIE, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

/** `m.1` counts patients, `m.2` is minutes with two decimals, `m.3` is words; `ed-2` is somebody else's feed. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 4, feeds: 2 });
  const { 'm.2': minutes, 'm.3': words } = plain.metrics as Record<string, ProposedDefinition['metrics'][string]>;
  return {
    ...plain,
    units: {
      ...plain.units,
      minutes: { id: 'minutes', symbol: { en: 'min', cy: 'mun' }, quantity: 'rate' },
      words: { id: 'words', symbol: { en: '', cy: '' }, quantity: 'text' },
    },
    metrics: { ...plain.metrics, 'm.2': { ...minutes!, unit: 'minutes', decimals: 2 }, 'm.3': { ...words!, unit: 'words', kind: 'text' } },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let key: string;
let otherKey: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const { keys } = await prepareBoard(url, board());
  [key, otherKey] = [keys.ed!, keys['ed-2']!];
  api = await Api.start({ DATABASE_URL: url });
});
afterAll(async () => {
  await api.stop();
  await postgres.stop();
});

let clock = Date.now() - 20 * 3_600_000;
/** A moment that no reading of this file has had. */
function moment(): string {
  return new Date((clock += 1_000)).toISOString();
}
function one(value: unknown, more: Record<string, unknown> = {}): { readings: Record<string, unknown>[] } {
  return { readings: [{ series: 'm.1@here', observedAt: moment(), value, ...more }] };
}
/** A batch of one reading of `m.2` whose value is written exactly so. */
function written(token: string, at = moment()): string {
  return `{"readings":[{"series":"m.2@here","observedAt":"${at}","value":${token}}]}`;
}
async function head(): Promise<number> {
  return Number((await postgres.sql<{ seq: string }>(url, 'select seq from board_head'))[0]!.seq);
}
async function journaled(from: number): Promise<string[]> {
  return (await postgres.sql<{ kind: string }>(url, `select kind from journal where seq > $1 and source <> 'clock' order by seq`, [from])).map(
    ({ kind }) => kind,
  );
}
async function stored(at: string, series = 'm.2@here'): Promise<{ value: number | null; words: string | null }[]> {
  return postgres.sql(url, 'select r.value, r.words from readings r join series s using (board_id, series_no) where s.series_id = $1 and r.observed_at = $2', [
    series,
    at,
  ]);
}
function adds(receipt: Pick<Receipt, 'received' | 'accepted' | 'duplicate' | 'rejected' | 'quarantined'>): boolean {
  return receipt.received === receipt.accepted + receipt.duplicate + receipt.rejected.length + receipt.quarantined.length;
}

describe('receipts', () => {
  test('201 when it is recorded, 200 with the same receipt when it comes again, 422 when the key comes with another body', async () => {
    const body = one(5);
    const first = await api.post('ed', key, body, { id: 'first' });
    const again = await api.post('ed', key, body, { id: 'first' });
    const before = await head();
    const other = await api.post<Problem & { code: string }>('ed', key, one(6), { id: 'first' });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({ batchId: 'first', received: 1, accepted: 1, duplicate: 0, rejected: [], quarantined: [] });
    expect(other.body.code).toBe('key-reused');
    expect(await journaled(before)).toEqual([]);
  });

  test('without a key the body is the key', async () => {
    const body = one(7);
    const [first, again] = [await api.post('ed', key, body), await api.post('ed', key, body)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
  });

  test('the same reading in another batch is a duplicate, another value is a conflict that is held back', async () => {
    const body = one(8);
    await api.post('ed', key, body);
    const twin = await api.post('ed', key, { readings: [body.readings[0], body.readings[0]] }, { id: 'twin' });
    expect(twin.body).toMatchObject({ received: 2, accepted: 0, duplicate: 2 });
    const conflict = await api.post('ed', key, { readings: [{ ...body.readings[0], value: 9 }] }, { id: 'conflict' });
    expect(conflict.body).toMatchObject({ accepted: 0, quarantined: [{ row: 0, reason: 'conflict' }] });
    const corrected = await api.post('ed', key, { readings: [{ ...body.readings[0], value: 9, revision: 1 }] });
    expect(corrected.body).toMatchObject({ accepted: 1 });
  });

  test('counts add up and every refused row is named, whatever the mixture', async () => {
    const readings = [
      { series: 'm.1@here', observedAt: moment(), value: 1 },
      { series: 'm.1@nowhere', observedAt: moment(), value: 1 },
      { series: 'm.1@here-2', observedAt: moment(), value: 1 },
      { series: 'm.1@here', observedAt: '2026-02-30T10:00:00Z', value: 1 },
      { series: 'm.1@here', observedAt: '2026-01-16T14:30:00', value: 1 },
      { series: 'm.1@here', observedAt: '16/01/2026 14:30', value: 1 },
      { series: 'm.1@here', observedAt: new Date(Date.now() + 150_000).toISOString(), value: 1 },
      { series: 'm.1@here', observedAt: moment(), value: 20_000 },
      { series: 'm.1@here', observedAt: moment(), value: 1.5 },
      { series: 'm.1@here', observedAt: moment(), value: 1, unit: 'minutes' },
      { series: 'm.1@here', observedAt: moment(), value: null },
      { series: 'm.1@here', observedAt: moment(), value: '' },
      { series: 'm.1@here', observedAt: moment(), value: '12' },
      { series: 'm.1@here', observedAt: moment(), value: [] },
      { series: 'm.1@here', observedAt: moment(), value: true },
      { series: 'm.1@here', observedAt: moment() },
      { series: 'm.1@here', observedAt: moment(), value: 1, notReported: 'both' },
      { series: 'm.1@here', observedAt: moment(), value: 1, extra: 1 },
      { series: 'm.3@here', observedAt: moment(), value: 4 },
      'no reading at all',
      null,
      { series: 'm.1@here', observedAt: moment(), notReported: 'system down' },
      { series: 'm.3@here', observedAt: moment(), value: 'busy, two ambulances wait' },
      { series: 'm.1@here', observedAt: moment(), value: 2, unit: 'patients' },
    ];
    const { status, body } = await api.post('ed', key, { readings });
    expect(status).toBe(201);
    expect(adds(body)).toBe(true);
    expect(body.received).toBe(readings.length);
    expect(body.accepted).toBe(4);
    expect(body.quarantined).toMatchObject([{ row: 7, series: 'm.1@here', reason: 'out-of-range' }]);
    const codes = new Map(body.rejected.map(({ row, field, code }) => [row, `${field} ${code}`]));
    expect(Object.fromEntries(codes)).toEqual({
      1: 'series unknown-series',
      2: 'series not-of-this-feed',
      3: 'observedAt unreadable',
      4: 'observedAt unreadable',
      5: 'observedAt unreadable',
      6: 'observedAt in-the-future',
      8: 'value not-whole',
      9: 'unit wrong-unit',
      10: 'value unreadable',
      11: 'value unreadable',
      12: 'value not-a-number',
      13: 'value unreadable',
      14: 'value unreadable',
      15: 'value no-value',
      16: 'notReported both',
      17: 'extra unknown-field',
      18: 'value not-a-text',
      19: 'reading unreadable',
      20: 'reading unreadable',
    });
  });

  test('held back means visible: the board shows it, keeps the last good value and is not good', async () => {
    await api.post('ed', key, { readings: [{ series: 'm.4@here', observedAt: new Date(Date.now() - 60_000).toISOString(), value: 3 }] });
    const figure = async (): Promise<Record<string, unknown>> =>
      JSON.parse(JSON.stringify(await api.board('small'))).columns[0].tiles[0].lines.at(-1).figure as Record<string, unknown>;
    expect(await figure()).toMatchObject({ figure: 'm.4@here', value: 3, status: 'ok' });
    const { body } = await api.post('ed', key, { readings: [{ series: 'm.4@here', observedAt: new Date().toISOString(), value: 99_999 }] });
    expect(body).toMatchObject({ accepted: 0, quarantined: [{ reason: 'out-of-range' }] });
    expect(await figure()).toMatchObject({ figure: 'm.4@here', value: 3, status: 'none', held: { value: 99_999, reason: 'out-of-range' } });
  });

  test('a batch of which nothing can be used is an error that names its rows, and still has one receipt', async () => {
    const body = { readings: [{ series: 'm.1@here', observedAt: moment(), value: 'a lot' }] };
    const first = await api.post<Problem & Receipt & { code: string }>('ed', key, body, { id: 'useless' });
    const again = await api.post('ed', key, body, { id: 'useless' });
    expect([first.status, again.status]).toEqual([422, 422]);
    expect(first.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(first.body).toMatchObject({ code: 'nothing-usable', received: 1, accepted: 0, errors: [{ row: 0, field: 'value', code: 'not-a-number' }] });
    expect(again.body).toEqual(first.body);
  });

  test('an empty batch is taken and gives no series a new age', async () => {
    const { status, body } = await api.post('ed', key, { readings: [] }, { id: 'empty' });
    expect([status, adds(body), body.received]).toEqual([201, true, 0]);
  });

  test('a dry run judges the same and stores nothing', async () => {
    const body = {
      readings: [
        { series: 'm.1@here', observedAt: moment(), value: 1 },
        { series: 'm.1@here', observedAt: moment(), value: 'x' },
      ],
    };
    const before = await head();
    const dry = await api.post('ed', key, body, { id: 'dry', query: '?dryRun=true' });
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject({ dryRun: true, received: 2, accepted: 1, rejected: [{ row: 1 }], fromSeq: null, toSeq: null });
    expect(await journaled(before)).toEqual([]);
    const wet = await api.post('ed', key, body, { id: 'dry' });
    expect(wet.status).toBe(201);
    expect((await api.post('ed', key, body, { id: 'dry-2', query: '?dryRun=yes' })).status).toBe(400);
  });
});

describe('CSV', () => {
  const csv = (text: string | Uint8Array, id?: string): ReturnType<typeof api.post<Receipt & Problem & { code: string }>> =>
    api.post('ed', key, text, { type: 'text/csv', ...(id ? { id } : {}) });

  test('long form; errors name the line and the field', async () => {
    const [a, b] = [moment(), moment()];
    const { status, body } = await csv(
      `series,observedAt,value,unit,revision,notReported\nm.2@here,${a},12.50,minutes,,\nm.2@here,${b},"12,5",,,\nm.1@here,${a},,,,\nm.1@here,${b},7,patients,2,\n`,
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ received: 4, accepted: 3, rejected: [{ row: 3, field: 'value', code: 'not-a-number' }] });
    expect(await stored(a)).toEqual([{ value: 12.5, words: null }]);
    expect(await stored(b)).toEqual([]);
    expect(await stored(a, 'm.1@here')).toEqual([{ value: null, words: null }]);
  });

  test('wide form with units, reordered columns; errors name the line and the column', async () => {
    const [a, b] = [moment(), moment()];
    const { status, body } = await csv(`m.2@here [minutes],observedAt,m.1@here\n1.25,${a},3\nn/a,${b},4\n,${moment()},5\n`);
    expect(status).toBe(201);
    expect(adds(body)).toBe(true);
    expect(body).toMatchObject({ received: 6, accepted: 5, rejected: [{ row: 3, column: 'm.2@here [minutes]', field: 'value', code: 'not-a-number' }] });
    expect(await stored(a)).toEqual([{ value: 1.25, words: null }]);
    const wrongUnit = await csv(`observedAt,m.2@here [hours]\n${moment()},3\n`);
    expect(wrongUnit.body).toMatchObject({ status: 422, errors: [{ row: 2, column: 'm.2@here [hours]', field: 'unit', code: 'wrong-unit' }] });
  });

  test('a byte order mark, CRLF and quoted newlines are no obstacle', async () => {
    const at = moment();
    expect((await csv(`\uFEFFseries,observedAt,value\r\nm.2@here,${at},2.5\r\n`)).body).toMatchObject({ accepted: 1 });
    expect(await stored(at)).toEqual([{ value: 2.5, words: null }]);
    const two = await csv(`series,observedAt,value\nm.3@here,${moment()},"two\nlines"\nm.2@here,${moment()},x\n`);
    expect(two.body.errors ?? two.body.rejected).toMatchObject([
      { row: 3, field: 'value' },
      { row: 4, field: 'value' },
    ]);
  });

  test.each([
    ['semicolons', 'series;observedAt;value\nm.2@here;2026-01-16T10:00:00Z;3\n', 'csv-header'],
    ['tabs', 'series\tobservedAt\tvalue\nm.2@here\t2026-01-16T10:00:00Z\t3\n', 'csv-header'],
    ['an unknown column', 'series,observedAt,value,colour\nm.2@here,2026-01-16T10:00:00Z,3,red\n', 'csv-header'],
    ['a column twice', 'series,observedAt,value,value\nm.2@here,2026-01-16T10:00:00Z,3,4\n', 'csv-header'],
    ['no header', 'm.2@here,2026-01-16T10:00:00Z,3\n', 'csv-header'],
    ['nothing', '', 'csv-header'],
    ['a summary line at the end', 'series,observedAt,value\nm.2@here,2026-01-16T10:00:00Z,3\nTotal: 1 rows\n', 'not-csv'],
    ['a decimal comma without quotes', 'series,observedAt,value\nm.2@here,2026-01-16T10:00:00Z,12,5\n', 'not-csv'],
    ['an open quote', 'series,observedAt,value\n"m.2@here,2026-01-16T10:00:00Z,3\n', 'not-csv'],
  ])('%s: refused as a whole', async (_name, text, code) => {
    const before = await head();
    const { status, body } = await csv(text);
    expect([status, body.code]).toEqual([422, code]);
    expect(await journaled(before)).toEqual([]);
  });

  test('UTF-16 and Latin-1 are refused with words that help', async () => {
    for (const bytes of [
      Buffer.from('\uFEFFseries,observedAt,value\n', 'utf16le'),
      Buffer.from('series,observedAt,value\nm.3@here,2026-01-16T10:00:00Z,caf\u00e9', 'latin1'),
    ]) {
      const { status, body } = await csv(bytes);
      expect([status, body.code]).toEqual([415, 'encoding']);
      expect(body.detail).toContain('UTF-8');
    }
  });

  test('cut at any byte it is refused, or every row of it is whole or named (I2, I8)', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => `m.2@here,${moment()},${i}.5`);
    const whole = `series,observedAt,value\n${rows.join('\n')}\n`;
    for (let cut = 1; cut < whole.length; cut += 7) {
      const { status, body } = await api.post<Receipt>('ed', key, whole.slice(0, cut), { type: 'text/csv', query: '?dryRun=true' });
      if (status === 200) expect(adds(body)).toBe(true);
      else expect(status).toBe(422);
    }
  });
});

describe('a number is what the sender wrote, or it is refused (I9)', () => {
  test.each([
    '1e309',
    '1e2',
    '1E2',
    '-1e-400',
    'NaN',
    'Infinity',
    '-0',
    '-0.0',
    '9007199254740993',
    '0.1234567890123456789',
    '01',
    '+1',
    '.5',
    '1.',
    '0x10',
    '"1"',
    '" "',
    '""',
    'null',
    '[]',
    '[1]',
    '{}',
    'true',
    '1_000',
    '"12,5"',
    '"1e5"',
    '123456789012345678',
  ])('%s is no number', async (token) => {
    const at = moment();
    const { status } = await api.post('ed', key, written(token, at));
    expect([400, 422]).toContain(status);
    expect(await stored(at)).toEqual([]);
  });

  test.each(['0', '0.5', '1', '62.5', '9999.999', '10000', '0.000001', '1.10'])('%s is stored as it is', async (token) => {
    const at = moment();
    expect((await api.post('ed', key, written(token, at))).status).toBe(201);
    const [row] = await postgres.sql<{ same: boolean }>(url, 'select r.value::numeric = $1::numeric as same from readings r where observed_at = $2', [
      token,
      at,
    ]);
    expect(row).toEqual({ same: true });
  });

  test('duplicate keys and __proto__ do not decide in silence', async () => {
    const at = moment();
    const twice = await api.post<Problem & { code: string }>('ed', key, `{"readings":[{"series":"m.2@here","observedAt":"${at}","value":1,"value":2}]}`);
    expect([twice.status, twice.body.code]).toEqual([400, 'not-json']);
    const escaped = await api.post<Problem>('ed', key, `{"readings":[{"series":"m.2@here","observedAt":"${at}","value":1,"val\\u0075e":2}]}`);
    expect(escaped.status).toBe(400);
    for (const text of [
      `{"__proto__":{"readings":[]}}`,
      `{"readings":[{"series":"m.2@here","observedAt":"${at}","__proto__":{"value":1}}]}`,
      `{"readings":[{"series":"m.2@here","observedAt":"${at}","value":1,"constructor":{}}]}`,
      `{"readings":[{"series":"__proto__","observedAt":"${at}","value":1}]}`,
      `{"readings":[{"series":"constructor","observedAt":"${at}","value":1}]}`,
    ]) {
      expect([400, 422]).toContain((await api.post('ed', key, text)).status);
    }
    expect(await stored(at)).toEqual([]);
    expect((await api.request('/health/live')).status).toBe(200);
  });

  test('whatever JSON-like value is sent, a stored number equals its source token and the counts add up (I8, I9)', async () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,4})(\.\d{1,6})?$/);
    const wild = fc.oneof(
      fc.stringMatching(/^[-+]?\d{0,22}(\.\d{0,14})?([eE][-+]?\d{1,3})?$/),
      fc.json({ maxDepth: 1 }),
      fc.constantFrom('', ' ', 'NaN', 'Infinity', 'undefined', '-', '1,5', '"5"', '٣', '0b1'),
    );
    const refusedAt: number[] = [];
    let numbers = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof({ weight: 2, arbitrary: digits }, { weight: 1, arbitrary: wild }), { minLength: 1, maxLength: 6 }), async (tokens) => {
        const ats = tokens.map(() => moment());
        const { status, body } = await api.post<Receipt>(
          'ed',
          key,
          `{"readings":[${tokens.map((token, i) => `{"series":"m.2@here","observedAt":"${ats[i]}","value":${token}}`).join(',')}]}`,
        );
        expect([201, 400, 422]).toContain(status);
        if ('received' in body) expect(adds(body)).toBe(true);
        const rows = await postgres.sql<{ at: Date; value: string | null }>(
          url,
          'select observed_at as at, value::numeric::text as value from readings where observed_at = any($1)',
          [ats],
        );
        for (const { at, value } of rows) {
          const token = tokens[ats.indexOf(at.toISOString())]!;
          expect(token).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
          expect(Number(value)).toBe(Number(token));
          numbers++;
        }
        if (rows.length === 0) refusedAt.push(status);
      }),
      { numRuns: 150 },
    );
    // The property must have seen both sides.
    expect(numbers).toBeGreaterThan(50);
    expect(refusedAt.length).toBeGreaterThan(10);
  });
});

describe('keys', () => {
  test.each([
    ['none', undefined],
    ['another scheme', 'Basic abc'],
    ['nonsense', 'Bearer nonsense'],
    ['a mistyped key', undefined],
  ])('%s: 401', async (name, given) => {
    const authorization = name === 'a mistyped key' ? `Bearer ${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}` : given;
    const { status, headers } = await api.request('/v1/feeds/ed/batches', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: '{"readings":[]}',
    });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  test("somebody else's key opens nothing here, by any route (I13)", async () => {
    const before = await head();
    expect((await api.post('ed', otherKey, one(1))).status).toBe(403);
    expect((await api.post('no-such-feed', otherKey, one(1))).status).toBe(403);
    for (const [method, route, body] of [
      ['GET', '/v1/feeds/ed'],
      ['POST', '/v1/feeds/ed/status', '{"text":"x"}'],
      ['PUT', '/v1/feeds/ed/suspension', '{"until":"2030-01-01T00:00:00Z","reason":"x"}'],
      ['DELETE', '/v1/feeds/ed/suspension'],
    ] as const) {
      const { status } = await api.request(route, {
        method,
        headers: { authorization: `Bearer ${otherKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body } : {}),
      });
      expect([route, status]).toEqual([route, 403]);
    }
    expect(await journaled(before)).toEqual([]);
  });

  test('revoked: refused within five seconds (I46)', async () => {
    const database = await dataSource(url, [FeedKey]).initialize();
    try {
      const keys = new FeedKeys(database);
      const short = await keys.create('small', 'acute', ['ed'], 'to be revoked', 'demo');
      // Unknown keys are looked for again after a quarter of a second, so that guesses cost little.
      await until(async () => (await api.post('ed', short, one(1))).status === 201, 'the new key opens', 2_000);
      expect(await keys.revoke('small', short.split('_')[2]!)).toBe(true);
      await until(async () => (await api.post('ed', short, one(1))).status === 401, 'the revoked key is refused', 5_000);
      const expired = await keys.create('small', 'acute', ['ed'], 'expired', 'demo', new Date(Date.now() - 1_000));
      expect((await api.post('ed', expired, one(1))).status).toBe(401);
    } finally {
      await database.destroy();
    }
  });
});

describe('limits', () => {
  test('more than 1 MB, more than 5,000 readings, compressed, of another type', async () => {
    const before = await head();
    expect((await api.post('ed', key, ' '.repeat(1_048_577))).status).toBe(413);
    const many = { readings: Array.from({ length: 5_001 }, () => ({ series: 'm.1@here', observedAt: '2026-01-16T10:00:00Z', value: 1 })) };
    expect((await api.post('ed', key, many)).status).toBe(413);
    expect((await api.post('ed', key, `series,observedAt,value\n${'m.1@here,2026-01-16T10:00:00Z,1\n'.repeat(5_001)}`, { type: 'text/csv' })).status).toBe(413);
    const packed = await api.request('/v1/feeds/ed/batches', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"readings":[]}'),
    });
    expect(packed.status).toBe(415);
    expect((await api.post('ed', key, '<readings/>', { type: 'application/xml' })).status).toBe(415);
    expect((await api.request('/v1/feeds/ed/batches', { method: 'POST', headers: { authorization: `Bearer ${key}` } })).status).toBe(415);
    expect((await api.post('ed', key, one(1), { id: 'x'.repeat(201) })).status).toBe(400);
    expect(await journaled(before)).toEqual([]);
  });

  test('5,000 readings in one batch are taken', async () => {
    const start = Date.now() - 300 * 86_400_000;
    const readings = Array.from({ length: 5_000 }, (_, i) => ({ series: 'm.1@here', observedAt: new Date(start + i * 60_000).toISOString(), value: i }));
    const { status, body } = await api.post('ed', key, { readings });
    expect(status).toBe(201);
    expect(adds(body)).toBe(true);
    expect(body.accepted).toBe(5_000);
  });

  test('too many requests with one key: 429 with Retry-After, and the other key goes on', async () => {
    const limited = await Api.start({ DATABASE_URL: url, KEY_RATE: '20' });
    try {
      const answers = [];
      for (let i = 0; i < 25; i++) answers.push(await limited.post<Problem>('ed', key, one(1)));
      expect(answers.slice(0, 20).every(({ status }) => status === 201)).toBe(true);
      expect(answers.slice(20).map(({ status }) => status)).toEqual([429, 429, 429, 429, 429]);
      expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answers.at(-1)!.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect((await limited.post('ed-2', otherKey, { readings: [] })).status).toBe(201);
    } finally {
      await limited.stop();
    }
  });
});

describe('status and suspension', () => {
  const send = (method: string, route: string, body?: unknown): ReturnType<typeof api.request<Record<string, unknown>>> =>
    api.request(route, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  test('words with an end reach the board; bad ones are refused by field', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await send('POST', '/v1/feeds/ed/status', { text: 'Resus is full', level: 3, until })).toMatchObject({
      status: 201,
      body: { provider: 'acute', until },
    });
    expect(await api.board('small')).toMatchObject({ declared: { scheme: 'OPEL', level: 3 }, messages: [{ text: 'Resus is full' }] });
    for (const body of [
      { text: '' },
      { text: 'x', level: 9 },
      { text: 'x', until: 'tomorrow' },
      { text: 'x', until: '2020-01-01T00:00:00Z' },
      { text: 'a\nb' },
      { text: 'x\u202e' },
      { text: 'x'.repeat(281) },
      {},
      { text: 'x', more: 1 },
      [],
    ]) {
      const { status } = await send('POST', '/v1/feeds/ed/status', body);
      expect([body, status]).toEqual([body, 422]);
    }
    expect((await send('POST', '/v1/feeds/ed/status', '{"text":"a","text":"b"}')).status).toBe(400);
  });

  test('a planned silence has an end, is shown as such, and can be ended', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await send('PUT', '/v1/feeds/ed/suspension', { until, reason: 'upgrade' })).toMatchObject({ status: 200, body: { until } });
    expect(await api.board('small')).toMatchObject({ feeds: { list: [{ freshness: 'suspended', suspended: { reason: 'upgrade' } }, {}] } });
    expect((await send('DELETE', '/v1/feeds/ed/suspension')).status).toBe(204);
    expect((await send('PUT', '/v1/feeds/ed/suspension', { until: new Date(Date.now() + 8 * 86_400_000).toISOString(), reason: 'long' })).status).toBe(422);
  });
});

describe('every route', () => {
  interface OpenApi {
    paths: Record<string, Record<string, { requestBody?: unknown; security?: unknown[] }>>;
  }
  const WANTED = {
    'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
    'x-content-type-options': /^nosniff$/,
    'referrer-policy': /^no-referrer$/,
    'strict-transport-security': /max-age=31536000/,
    'cross-origin-resource-policy': /^same-origin$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cache-control': /no-store/,
  };

  test('has the protecting headers, also on errors', async () => {
    const paths = [
      '/',
      '/wall/small',
      '/health/live',
      '/health/ready',
      '/v1/boards',
      '/v1/boards/small',
      '/v1/boards/nothing',
      '/v1/feeds/ed',
      '/nowhere',
      '/openapi.json',
      '/docs',
      '/%00',
      '/v1/boards/%E0%A4%A',
    ];
    for (const path of paths) {
      const { headers } = await api.request(path, { headers: { cookie: DISPLAY_COOKIE } });
      for (const [name, value] of Object.entries(WANTED))
        expect(`${path} ${name}: ${headers.get(name)}`).toMatch(new RegExp(`^.* ${name}: .*${value.source.replace(/^\^/, '')}`));
      expect(headers.get('x-powered-by')).toBeNull();
    }
    const { headers } = await api.request('/', { headers: { cookie: DISPLAY_COOKIE } });
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
  });

  test('that takes a body refuses a bad one as problem+json, and none of the bad ones is a fault of the server', async () => {
    const { body: document } = await api.request<OpenApi>('/openapi.json');
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.requestBody && !/^\/v1\/(desk|boards)\//.test(path))
        .map(([method]) => [method.toUpperCase(), path.replace('{feed}', 'ed')] as const),
    );
    // Those of people's boards are tried with people signed in, by the features that own them.
    expect(routes.map(([method, path]) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        'POST /v1/displays/session',
        'POST /v1/feeds/ed/batches',
        'POST /v1/feeds/ed/status',
        'PUT /v1/feeds/ed/suspension',
        'POST /v1/sign-in',
      ]),
    );
    const before = await head();
    for (const [method, path] of routes) {
      for (const body of [
        '',
        '{',
        'null',
        '[]',
        '"text"',
        '5',
        '{"a":1}',
        '{"__proto__":{"text":"x","token":"x"}}',
        '{"text":{"$ne":1}}',
        '\u0000',
        '\ud800',
        '[[[[[[[[[[',
        `{"a":${'['.repeat(50_000)}`,
        `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      ]) {
        const { status, headers } = await api.request(path, { method, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body });
        expect([path, body.slice(0, 40), status >= 400 && status < 500]).toEqual([path, body.slice(0, 40), true]);
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      }
    }
    expect(await journaled(before)).toEqual([]);
  });

  test('survives a cookie that is nonsense', async () => {
    for (const cookie of [
      'commcell_display=%E0%A4%A',
      'commcell_display=%',
      'commcell_display=',
      ';;;=',
      '__proto__=1',
      `commcell_display=${'x'.repeat(5_000)}`,
    ]) {
      const { status } = await api.request('/v1/boards', { headers: { cookie } });
      expect([cookie.slice(0, 30), status]).toEqual([cookie.slice(0, 30), 401]);
    }
  });

  test('tells no secret and no stack, in answers and in print (I44)', async () => {
    const { body } = await api.request<string>('/v1/feeds/ed/batches', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}x`, 'content-type': 'application/json' },
      body: '{}',
    });
    const said = JSON.stringify(body) + api.printed;
    expect(said).not.toContain(key);
    expect(said).not.toMatch(/\bat .*\.js:\d+/);
    expect(said).not.toContain(new URL(url).password);
  });
});
