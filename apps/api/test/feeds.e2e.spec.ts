/** The feed desk, files, machines and history against a real api: receipts, maps, what is logged, who may what (rows 8, 11, 22, 23). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Problem, Receipt } from '@comm-cell/contract/feed';
import type { FeedMap, FeedsView, FileLook, FileReceipt, PayloadLine, StoredMap, TakenBack } from '@comm-cell/contract/feeds';
import { People } from '@comm-cell/api/access/people';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { dataSource } from '@comm-cell/api/database/schema';
import { Api, prepareBoard, until, type Answer } from '../../../tests/support/api.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';
import { workbook } from '../../../tests/corpus/workbook.js';

const HOUR = 3_600_000;
let postgres: TestPostgres;
let url: string;
let api: Api;
let key: string;
let otherKey: string;
let cookie: string;
let editor: string;

/** A rule that fires at once over 100, a feed that is expected every quarter of an hour, another one of another provider. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 4, feeds: 2 });
  const both = (text: string): { en: string; cy: string } => ({ en: text, cy: `${text} (cy)` });
  return {
    ...plain,
    series: { ...plain.series, 'm.1@here': { ...plain.series['m.1@here']!, maxJump: 50 } },
    rules: { 'high@here': ruleOf('high@here', { kind: 'line', figure: 'm.2@here', band: { over: 100 } }) },
    response: {
      groups: { duty: { id: 'duty', name: both('Duty'), kind: 'duty', climb: [] } },
      holidays: [],
      cards: { card: { id: 'card', title: both('Card'), steps: [] } },
      schemes: {},
      levels: {},
    },
  } as ProposedDefinition;
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const { keys } = await prepareBoard(url, board());
  [key, otherKey] = [keys.ed!, keys['ed-2']!];
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const lead = await people.create(['small'], 'Duty manager', 'duty');
  const other = await people.create(['small'], 'Editor elsewhere', 'editor', ['acute-2']);
  await database.destroy();
  api = await Api.start({ DATABASE_URL: url });
  [cookie, editor] = [await signIn(lead.token), await signIn(other.token)];
});
afterAll(async () => {
  await api.stop();
  await postgres.stop();
});

async function signIn(token: string): Promise<string> {
  const json = { 'content-type': 'application/json', origin: api.address };
  const { headers, status } = await api.request('/v1/desk/session', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  expect(status).toBeLessThan(300);
  return headers.get('set-cookie')!.split(';')[0]!;
}
function desk<Body = unknown>(method: string, route: string, body?: unknown, as = cookie): Promise<Answer<Body>> {
  const raw = body instanceof Uint8Array;
  return api.request<Body>(`/v1/boards/small/feeds${route}`, {
    method,
    headers: { cookie: as, origin: api.address, ...(body === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }) },
    ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
  });
}
function push<Body = Receipt>(
  door: string,
  body: string | Uint8Array,
  type: string,
  headers: Record<string, string> = {},
  as = key,
  query = '',
): Promise<Answer<Body>> {
  return api.request<Body>(`/v1/feeds/ed/${door}${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': type, ...headers },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
}
/** Where the journal stands, and the hash of the state that every wall draws. */
async function head(): Promise<{ seq: number; stateHash: string }> {
  const [row] = await postgres.sql<{ seq: string }>(url, 'select seq from board_head');
  return { seq: Number(row!.seq), stateHash: (await api.board<{ stateHash: string }>('small')).stateHash };
}
async function kinds(from: number): Promise<{ kind: string; body: string }[]> {
  return postgres.sql(url, `select kind, body from journal where seq > $1 and source <> 'clock' order by seq`, [from]);
}
/** Local time of London in a file of last winter: no clock change is near. */
const local = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
const WINTER = Date.UTC(2026, 0, 16, 14, 30);
const MAP = {
  columns: [
    { name: 'In dept', series: 'm.3@here', convert: 'as-is' },
    { name: 'Waiting', series: 'm.4@here', convert: 'as-is' },
  ],
  ignored: ['Note'],
  time: { zone: 'Europe/London', dayBefore: false },
  layout: {
    encoding: 'utf-8',
    delimiter: ',',
    headerRow: 1,
    headerRows: 1,
    form: 'wide',
    date: 'Date',
    order: 'ymd',
    decimal: '.',
    thousands: '',
    notReported: ['n/a'],
    leftOut: ['Total'],
  },
} satisfies FeedMap;
const file = (...lines: string[]): Buffer => Buffer.from(['Date,In dept,Waiting,Note', ...lines].join('\n'));

describe('machines', () => {
  let at = Date.now() - 2 * HOUR;
  const stamp = (): number => (at += 60_000);

  test('every kind goes the same way and gets the same receipt', async () => {
    const one = (): string => `{"series":"m.4@here","observedAt":"${new Date(stamp()).toISOString()}","value":7}`;
    const event = (): string => `{"specversion":"1.0","id":"${stamp()}","source":"/ed","type":"reading","data":${one()}}`;
    const sent: [type: string, body: string, headers?: Record<string, string>][] = [
      ['application/x-ndjson', `${one()}\n${one()}`],
      ['application/cloudevents+json', event()],
      ['application/cloudevents-batch+json', `[${event()},${event()}]`],
      ['application/json', `{"readings":[${one()}]}`, { 'ce-specversion': '1.0', 'ce-id': 'b-1', 'ce-source': '/ed', 'ce-type': 'reading' }],
      ['text/plain; version=0.0.4', `m_4{place="here"} 7 ${stamp()}\n`],
      ['application/openmetrics-text; version=1.0.0', `m_4{place="here"} 7 ${stamp() / 1000}\n# EOF\n`],
      ['text/plain; charset=utf-8', `beds,place=here m.4=7i ${stamp()}000000\n`],
      [
        'application/fhir+json',
        `{"resourceType":"MeasureReport","status":"complete","type":"summary","date":"${new Date(stamp()).toISOString()}","group":[{"population":[{"code":{"coding":[{"code":"m.4@here"}]},"count":7}]}]}`,
      ],
    ];
    for (const [type, body, headers] of sent) {
      const { status, body: given } = await push('batches', body, type, headers);
      expect([type, status, given.accepted, given.rejected, given.quarantined]).toEqual([
        type,
        201,
        type.includes('ndjson') || type.includes('batch') ? 2 : 1,
        [],
        [],
      ]);
      const again = await push('batches', body, type, headers);
      expect([type, again.status, again.body]).toEqual([type, 200, given]);
    }
  });

  test('the name of a CloudEvent is its key: the same event with another body is told', async () => {
    const event = (value: number): string =>
      `{"specversion":"1.0","id":"same","source":"/ed","type":"r","data":{"series":"m.4@here","observedAt":"${new Date(at).toISOString()}","value":${value}}}`;
    expect((await push('batches', event(7), 'application/cloudevents+json')).status).toBe(201);
    expect((await push<Problem & { code: string }>('batches', event(8), 'application/cloudevents+json')).body.code).toBe('key-reused');
  });

  test('a declared count that differs stops the whole (row 8)', async () => {
    const body = `{"series":"m.4@here","observedAt":"${new Date(stamp()).toISOString()}","value":7}`;
    expect((await push<Problem & { code: string }>('batches', body, 'application/x-ndjson', { 'reading-count': '2' })).body.code).toBe('count-differs');
    expect((await push('batches', body, 'application/x-ndjson', { 'reading-count': '1' })).status).toBe(201);
  });
});

describe('files', () => {
  const good = file(`${local(WINTER)},118,4,`, `${local(WINTER + HOUR)},n/a,5,late`, 'Total,118,9,');

  test('without a map nothing is guessed', async () => {
    expect(await push<Problem & { code: string }>('files', good, 'text/csv')).toMatchObject({ status: 422, body: { code: 'no-map' } });
  });

  test('a look, a try, a map; then the same file by curl and on the page is the same delivery', async () => {
    const { body: looked } = await desk<FileLook>('POST', '/ed/files/look', good);
    expect(looked).toMatchObject({ kind: 'csv', layout: { delimiter: ',', form: 'wide', date: 'Date', order: 'ymd' }, rows: 3 });
    const before = await head();
    const tried = await desk<FileReceipt>('POST', '/ed/files/try', { map: MAP, content: good.toString('base64') });
    expect(tried.status).toBe(200);
    expect(tried.body).toMatchObject({ dryRun: true, received: 4, accepted: 4, rejected: [], leftOut: [4] });
    expect(tried.body.rows!.map(({ row, column, verdict, value }) => [row, column, verdict, value])).toEqual([
      [2, 'In dept', 'stored', 118],
      [2, 'Waiting', 'stored', 4],
      [3, 'In dept', 'stored', null],
      [3, 'Waiting', 'stored', 5],
    ]);
    expect(await kinds(before.seq)).toEqual([]);
    const saved = await desk<StoredMap>('PUT', '/ed/map', MAP);
    expect([saved.status, saved.body.by.name, saved.body.map]).toEqual([200, 'Duty manager', MAP]);
    const dry = await push<FileReceipt>('files', good, 'text/csv', {}, key, '?dryRun=true');
    expect(dry.body.rows).toEqual(tried.body.rows);
    const stored = await push('files', good, 'text/csv');
    expect([stored.status, stored.body.accepted]).toEqual([201, 4]);
    const again = await desk<Receipt>('POST', '/ed/files', good);
    expect([again.status < 300, again.body]).toEqual([true, stored.body]);
    expect(
      await postgres.sql(url, `select value from readings r join series s using (board_id, series_no) where s.series_id = 'm.3@here' and observed_at = $1`, [
        new Date(WINTER),
      ]),
    ).toEqual([{ value: 118 }]);
  });

  test('nothing is stored by halves: one bad figure and none is, the receipt adds up and says why', async () => {
    const before = await head();
    const bad = file(`${local(WINTER + 2 * HOUR)},1,2,`, `${local(WINTER + 3 * HOUR)},x,3,`);
    const { status, body } = await push<Problem & FileReceipt & { code: string }>('files', bad, 'text/csv');
    expect([status, body.code, body.received, body.accepted, body.rejected.length]).toEqual([422, 'file-refused', 4, 0, 4]);
    expect(body.errors![0]).toMatchObject({ row: 3, column: 'In dept', code: 'not-a-number' });
    expect(body.errors!.filter(({ code }) => code === 'whole-file')).toHaveLength(3);
    expect((await kinds(before.seq)).map(({ kind }) => kind)).toEqual(['ReadingsRefused']);
    const tried = await push<FileReceipt>('files', bad, 'text/csv', {}, key, '?dryRun=true');
    expect(tried.body.rows!.map(({ row, verdict }) => [row, verdict])).toEqual([
      [2, 'stored'],
      [2, 'stored'],
      [3, 'stored'],
      [3, 'refused'],
    ]);
  });

  test('a workbook of a person: who wrote it stands in the journal', async () => {
    const before = await head();
    const bytes = workbook({
      sheets: [
        {
          name: 'Data',
          rows: [
            ['Date', 'In dept', 'Waiting', 'Note'],
            [{ date: 46_041.5 }, { n: '120' }, { n: '6' }, null],
          ],
        },
      ],
    });
    const { body } = await desk<Receipt>('POST', '/ed/files', bytes);
    expect(body).toMatchObject({ accepted: 2 });
    const [recorded] = await kinds(before.seq);
    expect(JSON.parse(recorded!.body)).toMatchObject({ kind: 'ReadingsRecorded', by: { name: 'Duty manager' } });
  });

  test('one map, one feed: series of others and zones of nowhere are not saved; other providers’ people do not even look', async () => {
    expect((await desk('PUT', '/ed/map', { ...MAP, columns: [{ name: 'x', series: 'm.1@here-2' }] })).status).toBe(422);
    expect((await desk('PUT', '/ed/map', { ...MAP, time: { zone: 'Europe/Atlantis' } })).status).toBe(422);
    for (const [method, route, body] of [
      ['GET', '/ed/map'],
      ['PUT', '/ed/map', MAP],
      ['POST', '/ed/files/look', good],
      ['POST', '/ed/files', good],
      ['POST', '/ed/pause', { until: new Date(Date.now() + HOUR).toISOString(), reason: 'x' }],
      ['GET', '/ed/payloads'],
    ] as [string, string, unknown?][])
      expect([route, (await desk(method, route, body, editor)).status]).toEqual([route, 403]);
    expect((await push('files', good, 'text/csv', {}, otherKey)).status).toBe(403);
  });
});

describe('history', () => {
  const at = Date.now() - 400 * 24 * HOUR;
  const past = (n: number, value: number, from = at): string =>
    JSON.stringify({ readings: Array.from({ length: n }, (_, i) => ({ series: 'm.2@here', observedAt: new Date(from + i * 60_000).toISOString(), value })) });

  test('old readings with their own times change nothing on the wall and fire no alert, and stand in the trends', async () => {
    await api.post('ed', key, { readings: [{ series: 'm.2@here', observedAt: new Date().toISOString(), value: 5 }] });
    const before = await head();
    const { status, body } = await push('history', past(500, 900), 'application/json');
    expect([status, body.accepted]).toEqual([201, 500]);
    const after = await head();
    expect(after.stateHash).toBe(before.stateHash);
    expect(after.seq).toBeGreaterThan(before.seq);
    expect((await kinds(before.seq)).map(({ kind, body: text }) => [kind, (JSON.parse(text) as { history?: true }).history])).toEqual([
      ['ReadingsRecorded', true],
    ]);
    const [row] = await postgres.sql<{ n: string }>(url, `select count(*) as n from readings where value = 900`);
    expect(Number(row!.n)).toBe(500);
    // The control: the very same value by the live door does fire.
    await api.post('ed', key, { readings: [{ series: 'm.2@here', observedAt: new Date().toISOString(), value: 900 }] });
    expect((await kinds(after.seq)).map(({ kind }) => kind)).toContain('AlertTurned');
    expect((await head()).stateHash).not.toBe(before.stateHash);
  });

  test('what still matters on the wall is refused with the way to go; the same again is counted, another value is not believed', async () => {
    const recent = await push<Problem & { code: string }>('history', past(1, 7, Date.now() - 60_000), 'application/json');
    expect([recent.status, recent.body.errors![0]!.code]).toEqual([422, 'inside-live-window']);
    expect(recent.body.errors![0]!.detail).toContain('/v1/feeds/ed/batches');
    expect((await push('history', past(10, 900), 'application/json', { 'idempotency-key': 'again' })).body).toMatchObject({ accepted: 0, duplicate: 10 });
    expect((await push<Problem>('history', past(1, 1), 'application/json')).body.errors).toMatchObject([{ code: 'conflict' }]);
    expect((await push<Problem>('history', past(1, 99_999, at - HOUR), 'application/json')).body.errors).toMatchObject([{ code: 'out-of-range' }]);
  });

  test('the same bytes by the live door are another delivery: neither receipt answers for the other', async () => {
    const body = past(1, 31, Date.now() - 1_000);
    expect((await push('batches', body, 'application/json')).body.accepted).toBe(1);
    expect((await push<Problem>('history', body, 'application/json')).body.errors).toMatchObject([{ code: 'inside-live-window' }]);
    const keyed = { 'idempotency-key': 'one-key-two-doors' };
    expect((await push('history', past(1, 32, at - 3 * HOUR), 'application/json', keyed)).status).toBe(201);
    expect((await push<Problem & { code: string }>('batches', past(1, 32, at - 3 * HOUR), 'application/json', keyed)).body.code).toBe('key-reused');
  });

  test('the same text of another moment, which only a header names, is another delivery', async () => {
    const text = 'm_3{place="here"} 4\n';
    const pushedAt = (ago: number) => push('batches', text, 'text/plain; version=0.0.4', { 'observed-at': new Date(Date.now() - ago).toISOString() });
    const first = await pushedAt(60_000);
    const second = await pushedAt(1_000);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect([first.body.accepted, second.body.accepted]).toEqual([1, 1]);
    expect(second.body.batchId).not.toBe(first.body.batchId);
  });

  test('while history comes in, live readings go on being taken, one by one', async () => {
    let waiting = true;
    const backfill = (async () => {
      let accepted = 0;
      for (let i = 0; i < 6; i++) accepted += (await push('history', past(5_000, i, at + (i + 1) * 6_000 * 60_000), 'application/json')).body.accepted;
      waiting = false;
      return accepted;
    })();
    let live = 0;
    while (waiting) {
      const { status } = await api.post('ed', key, { readings: [{ series: 'm.3@here', observedAt: new Date().toISOString(), value: live % 40 }] });
      expect(status).toBe(201);
      live++;
    }
    expect(await backfill).toBe(30_000);
    expect(live).toBeGreaterThan(10);
  });
});

describe('the desk', () => {
  test('every feed against its contract; a provider’s person sees their own', async () => {
    const { body } = await desk<FeedsView>('GET', '');
    expect(body.feeds.map(({ feed }) => feed)).toEqual(['ed', 'ed-2']);
    expect(body.feeds[1]).toMatchObject({ freshness: 'never', provider: 'acute-2', lapses: [{ kind: 'unknown' }] });
    // Before the first delivery nothing was on time.
    expect(body.feeds[0]!.lapses[0]!.kind).toBe('unknown');
    expect((await desk<FeedsView>('GET', '', undefined, editor)).body.feeds.map(({ feed }) => feed)).toEqual(['ed-2']);
  });

  test('payloads with verdicts and reasons, the newest first; one of them judged again and sent again', async () => {
    const at = new Date(Date.now() - 30_000).toISOString();
    const text = JSON.stringify({
      readings: [
        { series: 'm.4@here', observedAt: at, value: 3 },
        { series: 'm.9@here', observedAt: at, value: 3 },
      ],
    });
    await push('batches', text, 'application/json', { 'idempotency-key': 'to-be-replayed' });
    const { body: lines } = await desk<PayloadLine[]>('GET', '/ed/payloads');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.map(({ at: moment }) => moment)).toEqual(lines.map(({ at: moment }) => moment).toSorted((a, b) => b - a));
    const line = lines.find(({ batch }) => batch === 'to-be-replayed')!;
    expect(line).toMatchObject({ door: 'batches', verdict: 'partly', status: 201, kept: true, told: { rejected: [{ row: 1, code: 'unknown-series' }] } });
    expect(JSON.stringify(lines)).not.toContain(key);
    const { body: whole } = await desk<{ text: string }>('GET', `/ed/payloads/${line.id}`);
    expect(whole.text).toBe(text);
    const dry = await desk<FileReceipt>('POST', `/ed/payloads/${line.id}/replay`, { dryRun: true });
    expect(dry.body).toMatchObject({ dryRun: true, duplicate: 1, rejected: [{ row: 1 }] });
    const sent = await desk<FileReceipt>('POST', `/ed/payloads/${line.id}/replay`, { dryRun: false });
    expect([sent.status, sent.body.duplicate, sent.body.batchId === line.batch]).toEqual([200, 1, false]);
    expect((await desk('GET', `/ed-2/payloads/${line.id}`)).status).toBe(404);
  });

  test('what was held back is looked at: released it stands on the wall with its reason, rejected it is gone from there', async () => {
    const post = (value: number, ms: number): Promise<Answer> =>
      api.post('ed', key, { readings: [{ series: 'm.1@here', observedAt: new Date(ms).toISOString(), value }] });
    const now = Date.now();
    await post(10, now - 50_000);
    const held = async (): Promise<FeedsView['feeds'][number]['held']> => (await desk<FeedsView>('GET', '')).body.feeds[0]!.held;
    for (const released of [true, false]) {
      const at = now - (released ? 40_000 : 30_000);
      expect((await post(released ? 90 : 990, at)).body.quarantined).toMatchObject([{ reason: 'jump' }]);
      const [one] = await held();
      expect(one).toMatchObject({ series: 'm.1@here', at, reason: 'jump' });
      const body = { series: one!.series, at, value: one!.value, released, reason: 'rang the ward' };
      expect((await desk('POST', '/held', { ...body, value: 5 })).status).toBe(409);
      expect((await desk('POST', '/held', body, editor)).status).toBe(403);
      expect((await desk('POST', '/held', body)).status).toBe(200);
      expect(await held()).toEqual([]);
      const { feeds } = (await desk<FeedsView>('GET', '')).body;
      expect(feeds[0]!.series[0]!.value).toBe(90);
    }
    const [event] = await postgres.sql<{ body: string }>(url, `select body from journal where kind = 'ReadingsRecorded' and body like '%rang the ward%'`);
    expect(JSON.parse(event!.body)).toMatchObject({ by: { name: 'Duty manager' }, reason: 'rang the ward', readings: [{ value: 90 }] });
  });

  test('a planned silence has an end and an author, and stands in the strip', async () => {
    const pause = (until: number): Promise<Answer<unknown>> => desk('POST', '/ed/pause', { until: new Date(until).toISOString(), reason: 'upgrade' });
    expect((await pause(Date.now() - 1)).status).toBe(422);
    expect((await pause(Date.now() + HOUR)).status).toBe(200);
    await until(async () => (await desk<FeedsView>('GET', '')).body.feeds[0]!.lapses.some(({ kind }) => kind === 'paused'), 'the pause is in the strip');
    expect((await desk('DELETE', '/ed/pause')).status).toBe(200);
    expect((await desk<FeedsView>('GET', '')).body.feeds[0]!.state.suspended).toBeUndefined();
  });
});

describe('what should not have come', () => {
  test('a delivery is taken back whole with a reason: the values of before stand again, its events stay, twice is once', async () => {
    const at = new Date(Date.now() - 30_000).toISOString();
    const sent = (value: number, revision = 0) => ({ readings: ['m.3@here', 'm.4@here'].map((series) => ({ series, observedAt: at, value, revision })) });
    await api.post('ed', key, sent(11));
    // One reading of it is refused: the log of a busy feed keeps every delivery that was not taken whole.
    const stray = { series: 'm.9@here', observedAt: at, value: 1 };
    await api.post('ed', key, { readings: [...sent(99, 1).readings, stray] }, { id: 'wrong-file' });
    const lineOf = async (batch: string): Promise<PayloadLine | undefined> =>
      (await desk<PayloadLine[]>('GET', '/ed/payloads')).body.find((one) => one.batch === batch);
    await until(async () => (await lineOf('wrong-file')) !== undefined, 'the payload is logged');
    const { id } = (await lineOf('wrong-file'))!;
    const before = await head();
    const back = (as = cookie, body: object = { reason: 'the file of another day' }) =>
      desk<TakenBack & Problem>('POST', `/ed/payloads/${id}/take-back`, body, as);
    expect((await back(editor)).status).toBe(403);
    expect((await back(cookie, {})).body.errors).toMatchObject([{ field: 'reason', detail: 'is missing: it must be a text' }]);
    expect((await head()).seq).toBe(before.seq);
    const { status, body } = await back();
    expect([status, body]).toEqual([200, { taken: 2, kept: 0, seq: before.seq + 1 }]);
    const [journaled] = await kinds(before.seq);
    expect(JSON.parse(journaled!.body)).toMatchObject({
      kind: 'ReadingsRecorded',
      batch: 'taken-back-wrong-file',
      reason: 'the file of another day',
      by: { name: 'Duty manager' },
    });
    const rows = await postgres.sql<{ revision: number; value: number }>(
      url,
      `select r.revision, r.value from readings r join series s using (board_id, series_no) where s.series_id = 'm.3@here' and r.observed_at = $1 order by 1`,
      [at],
    );
    expect(rows.map(({ revision, value }) => [revision, value])).toEqual([
      [0, 11],
      [1, 99],
      [2, 11],
    ]);
    expect((await back()).body).toMatchObject({ taken: 0, kept: 2, seq: null });
  });

  test('another organisation’s figures under one’s own key are held back, whatever feed they name (row 11)', async () => {
    const values = [131, 247, 318, 462];
    const of = (place: string, at: number) => ({
      readings: values.map((value, i) => ({
        series: `m.${i + 1}@${place}`,
        observedAt: new Date(at).toISOString(),
        value,
        revision: place === 'here' ? 1 : 0,
      })),
    });
    // Newer than all that the tests before have sent.
    const now = Date.now() + 60_000;
    expect((await api.post('ed', key, of('here', now - 2_000))).body.accepted).toBe(4);
    expect((await api.post<Problem & { code: string }>('ed-2', key, of('here-2', now))).body.code).toBe('other-feed');
    expect((await api.post<Problem>('ed-2', otherKey, of('here', now))).body.errors).toMatchObject([{ code: 'not-of-this-feed' }, {}, {}, {}]);
    const { body } = await api.post('ed-2', otherKey, of('here-2', now));
    expect([body.accepted, body.quarantined.map(({ reason }) => reason)]).toEqual([0, ['mix-up', 'mix-up', 'mix-up', 'mix-up']]);
    // The control: one figure of one's own among them, and it is a delivery of one's own.
    const own = of('here-2', now + 1);
    own.readings[2]!.value = 319;
    expect((await api.post('ed-2', otherKey, own)).body.accepted).toBe(4);
  });
});
