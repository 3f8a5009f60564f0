/** A provider's own work by hand, against real api processes: figures, corrections, sign-off, closures, spare capacity; whose work it is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { ConsoleAnswer, FigureHistory } from '@comm-cell/contract/console';
import type { Done, Role, Session } from '@comm-cell/contract/desk';
import type { Problem, Receipt } from '@comm-cell/contract/feed';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string; left?: number; version?: number };
type Who = 'ward' | 'other' | 'third' | 'duty' | 'viewer';

/** Three providers; the figures of the first come by hand, but for one feed of a system. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 3, feeds: 3 });
  const { feeds } = plain;
  return {
    ...plain,
    feeds: { ...feeds, ed: { ...feeds['ed']!, means: 'people' }, 'ed-3': { ...feeds['ed-3']!, provider: 'acute', means: 'system' } },
    providers: { ...plain.providers, acute: { ...plain.providers['acute']!, signOff: { at: ['11:00'], days: [1, 2, 3, 4, 5, 6, 7] } } },
  };
}

let postgres: TestPostgres;
let url: string;
let apis: Api[];
let keys: Record<string, string>;
const cookies = {} as Record<Who, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  ({ keys } = await prepareBoard(url, board()));
  apis = [await Api.start({ DATABASE_URL: url }), await Api.start({ DATABASE_URL: url })];
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string[] | null]> = {
    ward: ['editor', ['acute']],
    other: ['editor', ['acute-2']],
    third: ['editor', ['acute-3']],
    duty: ['duty', ['acute']],
    viewer: ['viewer', null],
  };
  for (const [who, [role, providers]] of Object.entries(roles) as [Who, [Role, string[] | null]][]) {
    const { token } = await people.create(['small'], `The ${who}`, role, providers);
    const signedIn = await apis[0]!.request<Session>('/v1/desk/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    cookies[who] = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  }
  await database.destroy();
});
afterAll(async () => {
  for (const api of apis ?? []) await api.stop();
  await postgres.stop();
});

function ask<Body = Done & Told>(who: Who, method: string, path: string, body?: unknown, { api = apis[0]!, id = '' } = {}): Promise<Answer<Body>> {
  return api.request<Body>(`/v1/boards/small/console${path}`, {
    method,
    headers: { cookie: cookies[who], ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(id && { 'idempotency-key': id }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
let batches = 0;
const newId = (): string => `batch-of-the-test-${++batches}`;
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();
const write = (who: Who, values: Record<string, number>, id = newId(), observedAt = soon(0), provider = 'acute') =>
  ask<Receipt & Told>(who, 'POST', '/figures', { provider, figures: Object.entries(values).map(([series, value]) => ({ series, observedAt, value })) }, { id });
const seen = async (who: Who = 'ward'): Promise<ConsoleAnswer> => (await ask<ConsoleAnswer>(who, 'GET', '')).body;
const journal = (kind: string): Promise<{ body: string }[]> => postgres.sql(url, 'select body from journal where kind = $1 order by seq', [kind]);

describe('whose work it is', () => {
  test('everybody sees their own providers and no other; what comes from a system is marked', async () => {
    const { view } = await seen('ward');
    expect(view.providers.map(({ id }) => id)).toEqual(['acute']);
    expect(view.providers[0]!.feeds.map(({ id, automatic }) => [id, automatic])).toEqual([
      ['ed', false],
      ['ed-3', true],
    ]);
    expect((await seen('other')).view.providers.map(({ id }) => id)).toEqual(['acute-2']);
    expect((await ask('viewer', 'GET', '')).status).toBe(403);
  });

  test.each<[string, string, string, unknown]>([
    ['figures', 'POST', '/figures', { provider: 'acute', figures: [{ series: 'm.1@here', observedAt: soon(0), value: 1 }] }],
    ['corrections', 'POST', '/corrections', { series: 'm.1@here', observedAt: soon(0), seen: 0, value: 1, reason: 'x' }],
    ['words', 'POST', '/status', { provider: 'acute', text: 'x' }],
    ['closures', 'PUT', '/places/here/closure', { until: soon(60_000), reason: 'x' }],
    ['opening', 'DELETE', '/places/here/closure', undefined],
    ['offers', 'POST', '/offers', { provider: 'acute', what: 'beds', count: 1, until: soon(60_000) }],
    ['claims', 'POST', '/offers/1/claims', { provider: 'acute', count: 1 }],
    ['history', 'GET', '/figures/m.1@here/history', undefined],
  ])('%s of another provider are refused', async (_name, method, path, body) => {
    const answer = await ask('other', method, path, body, { id: newId() });
    expect([answer.status, answer.body.code]).toEqual([403, 'other-provider']);
  });

  test('a sign-off is for the duty director of that provider', async () => {
    expect((await ask('ward', 'POST', '/sign-off', { provider: 'acute', seen: [] })).body.code).toBe('role');
    expect((await ask('duty', 'POST', '/sign-off', { provider: 'acute-2', seen: [] })).body.code).toBe('other-provider');
  });
});

describe('figures', () => {
  test('stand in the journal under the name of their writer, and as they were entered', async () => {
    const enteredAt = soon(-20 * 60_000);
    const answer = await write('ward', { 'm.1@here': 38, 'm.2@here': 412 }, newId(), enteredAt);
    expect([answer.status, answer.body.accepted]).toEqual([201, 2]);
    const { view } = await seen();
    const [figure] = view.providers[0]!.feeds[0]!.figures;
    expect(figure!.last).toMatchObject({ value: 38, at: Date.parse(enteredAt), rev: 0 });
    const event = JSON.parse((await journal('ReadingsRecorded')).at(-1)!.body) as object;
    expect(event).toMatchObject({ feed: 'ed', by: { name: 'The ward' } });
  });

  test('the same batch again, at once and at another process, counts once and gets the same receipt', async () => {
    const id = newId();
    const observedAt = soon(0);
    const before = (await journal('ReadingsRecorded')).length;
    const body = { provider: 'acute', figures: [{ series: 'm.1@here', observedAt, value: 40 }] };
    const answers = await Promise.all(apis.flatMap((api) => [1, 2, 3].map(() => ask<Receipt>('ward', 'POST', '/figures', body, { api, id }))));
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect((await journal('ReadingsRecorded')).length).toBe(before + 1);
    const other = await write('ward', { 'm.1@here': 41 }, id);
    expect([other.status, other.body.code]).toEqual([422, 'key-reused']);
  });

  test('control: under another id it would have counted again', async () => {
    const before = (await journal('ReadingsRecorded')).length;
    for (const value of [42, 43]) await write('ward', { 'm.1@here': value });
    expect((await journal('ReadingsRecorded')).length).toBe(before + 2);
  });

  test('what comes from a system, and what is no number, is refused row by row; no feed gets a bad name for it', async () => {
    const { body } = await write('ward', { 'm.1@here-3': 5, 'm.2@here': 3.5, 'm.3@here': 7 });
    expect(body.accepted).toBe(1);
    expect(body.rejected.map(({ row, code }) => [row, code])).toEqual([
      [0, 'automatic'],
      [1, 'not-whole'],
    ]);
    expect((await apis[0]!.board<{ feeds: { list: { refused?: unknown }[] } }>('small')).feeds.list.some(({ refused }) => refused)).toBe(false);
    expect((await ask('ward', 'POST', '/figures', { provider: 'acute', figures: [{ series: 'm.1@here', observedAt: soon(0), value: 1 }] })).status).toBe(400);
  });

  test('a correction names its reason; both values stay, and who is too late is told', async () => {
    const observedAt = soon(-60_000);
    await write('ward', { 'm.3@here': 88 }, newId(), observedAt);
    const correction = { series: 'm.3@here', observedAt, seen: 0, value: 80, reason: 'ward 7 was counted twice' };
    const answers = await Promise.all(apis.map((api) => ask('ward', 'POST', '/corrections', correction, { api })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'moved-on', version: 1 });
    const { body } = await ask<FigureHistory>('ward', 'GET', '/figures/m.3@here/history');
    expect(body.versions.filter(({ at }) => at === Date.parse(observedAt)).map(({ rev, value, by, reason }) => [rev, value, by, reason])).toEqual([
      [1, 80, 'The ward', 'ward 7 was counted twice'],
      [0, 88, 'The ward', undefined],
    ]);
    expect((await ask('ward', 'POST', '/corrections', { ...correction, observedAt: soon(-999_000) })).body.code).toBe('unknown-reading');
  });

  test('a value of a system can be corrected, too', async () => {
    const observedAt = soon(0);
    await apis[0]!.post('ed-3', keys['ed-3']!, { readings: [{ series: 'm.1@here-3', observedAt, value: 300 }] });
    expect((await ask('ward', 'POST', '/corrections', { series: 'm.1@here-3', observedAt, seen: 0, value: 30, reason: 'a nought too many' })).status).toBe(200);
  });

  test('hints: yesterday by the same clock, and what is usual in this hour', async () => {
    const rows = [1, 7, 14, 21].map((days, i) => ({ series: 'm.2@here', observedAt: soon(-days * 86_400_000 - 60_000), value: 100 + i }));
    await apis[0]!.post('ed', keys['ed']!, { readings: rows });
    expect((await seen()).hints['m.2@here']).toEqual({ yesterday: 100, usual: 102 });
  });
});

test('a sign-off is of what was looked at; what is corrected afterwards is a restatement, for the console and the wall', async () => {
  const look = async () =>
    (await seen('duty')).view.providers[0]!.feeds.flatMap(({ figures }) =>
      figures.flatMap(({ series, last }) => (last ? [{ series, at: last.at, rev: last.rev }] : [])),
    );
  const looked = await look();
  const observedAt = soon(0);
  await write('ward', { 'm.2@here': 50 }, newId(), observedAt);
  expect((await ask('duty', 'POST', '/sign-off', { provider: 'acute', seen: looked })).body.code).toBe('moved-on');
  expect((await ask('duty', 'POST', '/sign-off', { provider: 'acute', seen: await look(), note: 'seen with the matron' })).status).toBe(200);
  expect((await seen()).view.providers[0]!.signOff).toMatchObject({ last: { by: 'The duty', note: 'seen with the matron' }, restated: [] });
  await ask('ward', 'POST', '/corrections', { series: 'm.2@here', observedAt, seen: 0, value: 55, reason: 'late handover' });
  expect((await seen()).view.providers[0]!.signOff!.restated).toMatchObject([
    { series: 'm.2@here', from: 50, to: 55, reason: 'late handover', by: 'The ward' },
  ]);
  const { providers } = await apis[0]!.board<{ providers: { id: string; signedOff?: { restated: number } }[] }>('small');
  expect(providers.find(({ id }) => id === 'acute')!.signedOff!.restated).toBe(1);
});

test('a closed place says so on the wall, and opens by itself', async () => {
  const closures = async () => (await apis[1]!.board<{ closures: { place: string; reason: string }[] }>('small')).closures;
  expect((await ask('ward', 'PUT', '/places/here/closure', { until: soon(8 * 86_400_000), reason: 'flood' })).body.code).toBe('too-long');
  expect((await ask('ward', 'PUT', '/places/nowhere/closure', { until: soon(1), reason: 'flood' })).status).toBe(404);
  expect((await ask('ward', 'PUT', '/places/here/closure', { until: soon(3_000), reason: 'flood' })).status).toBe(200);
  await until(async () => (await closures()).length === 1, 'the other process shows the closure');
  expect(await closures()).toMatchObject([{ place: 'here', reason: 'flood' }]);
  await until(async () => (await journal('PlaceOpened')).length === 1, 'the clock opens it');
  expect(await closures()).toEqual([]);
  await ask('ward', 'PUT', '/places/here/closure', { until: soon(60_000), reason: 'again' });
  expect((await ask('ward', 'DELETE', '/places/here/closure')).status).toBe(200);
  expect(JSON.parse((await journal('PlaceOpened')).at(-1)!.body)).toMatchObject({ by: { name: 'The ward' } });
});

test('of spare capacity never more is claimed than there is, whichever process is asked', async () => {
  const { body } = await ask('ward', 'POST', '/offers', { provider: 'acute', place: 'here', what: 'urgent-response slots', count: 3, until: soon(3_600_000) });
  expect((await ask('ward', 'POST', `/offers/${body.no}/claims`, { provider: 'acute', count: 1 })).body.code).toBe('own-offer');
  const reach = Array.from({ length: 10 }, (_, i) =>
    ask(
      i % 2 ? 'other' : 'third',
      'POST',
      `/offers/${body.no}/claims`,
      { provider: i % 2 ? 'acute-2' : 'acute-3', count: 1 },
      { api: apis[i % 3 === 0 ? 0 : 1]! },
    ),
  );
  const answers = await Promise.all(reach);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  for (const { status, body: told } of answers.filter((one) => one.status !== 201))
    expect([status, told.code, typeof told.left]).toEqual([409, 'taken', 'number']);
  expect((await seen('other')).view.offers[0]).toMatchObject({ no: body.no, left: 0, count: 3 });
  expect((await ask('other', 'DELETE', `/offers/${body.no}`)).body.code).toBe('other-provider');
  expect((await ask('other', 'POST', '/offers/99/claims', { provider: 'acute-2', count: 1 })).status).toBe(404);
});

test('words for the wall have an end and a writer', async () => {
  expect((await ask('ward', 'POST', '/status', { provider: 'acute', text: 'Treatment centre shuts at 23:00', until: soon(3_600_000) })).status).toBe(200);
  expect((await seen()).view.providers[0]!.status).toMatchObject({ text: 'Treatment centre shuts at 23:00' });
  expect(JSON.parse((await journal('StatusPosted')).at(-1)!.body)).toMatchObject({ provider: 'acute', by: { name: 'The ward' } });
});
