/** Boards changed by people, against a real api process: as a file and back, dry runs, two people at once, a restart, the first start. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import type { BoardDefinition } from '@comm-cell/board/definition';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { Changed, Checked, DefinitionView, StartView } from '@comm-cell/contract/boards';
import type { Role, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { DataSource } from 'typeorm';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Journal } from '../src/journal/journal.js';
import { Keepers } from '../src/keeper/keepers.js';
import { Api, type Answer, DISPLAY_COOKIE, prepareBoard } from '../../../tests/support/api.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string; hash?: string };
const BOARD = '/v1/boards/sandbox/definition';

let postgres: TestPostgres;
let url: string;
let api: Api;
let database: DataSource;
let administrator: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, loadBoard('sandbox'));
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard]).initialize();
  administrator = await somebody('administrator');
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

async function somebody(role: Role): Promise<string> {
  const { token } = await new People(database).create(['sandbox'], `The ${role}`, role);
  const { headers } = await send('POST', '/v1/desk/session', { token });
  return headers.get('set-cookie')!.split(';')[0]!;
}
function send<Body = Told>(method: string, route: string, body?: unknown, cookie = '', at = api): Promise<Answer<Body>> {
  return at.request<Body>(route, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const look = async (): Promise<DefinitionView> => (await send<DefinitionView>('GET', BOARD, undefined, administrator)).body;
const yaml = async (): Promise<string> => (await send<string>('GET', `${BOARD}?as=yaml`, undefined, administrator)).body;
const check = async (change: unknown): Promise<Checked> => (await send<Checked>('POST', `${BOARD}/check`, { change }, administrator)).body;
const put = <Body = Changed & Told>(body: unknown, cookie = administrator): Promise<Answer<Body>> => send<Body>('PUT', BOARD, body, cookie);
const grace = (to: string): { edits: unknown[] } => ({ edits: [{ at: ['feeds', 'sandbox', 'grace'], to }] });
const stateOf = async (): Promise<{ definition: BoardDefinition }> =>
  (
    await postgres.sql<{ body: string }>(
      url,
      `select body from journal where board_id = 'sandbox' and body like '{"kind":"BoardDefined"%' order by seq desc limit 1`,
    )
  ).map(({ body }) => JSON.parse(body) as { definition: BoardDefinition })[0]!;

describe('the board as a file', () => {
  test('is shown to whoever may watch, as JSON and as YAML', async () => {
    const shown = await send<DefinitionView>('GET', BOARD, undefined, DISPLAY_COOKIE);
    expect(shown.body).toMatchObject({ board: 'sandbox', definedBy: null, file: { board: 'sandbox', feeds: { sandbox: { grace: '5m' } } } });
    expect(shown.body.welshSeen).toContain('ed.four-hour');
    const text = await api.request<string>(BOARD, { headers: { cookie: DISPLAY_COOKIE, accept: 'application/yaml' } });
    expect(text.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(text.body).toContain('\n  handover-slow:\n');
  });

  test('brought in again, it changes nothing', async () => {
    const { definition } = await stateOf();
    const checked = await check({ yaml: await yaml() });
    expect(checked).toMatchObject({ faults: [], differences: [] });
    expect(canonical(checked.definition)).toBe(canonical(definition));
  });

  test('with faults in it, it is refused with path and line, and nothing is changed', async () => {
    const text = (await yaml()).replace('ed.in-department@sandbox:\n', 'ed.in-departmnt@sandbox:\n');
    const wrong = text.split('\n').findIndex((line) => line.includes('in-departmnt')) + 1;
    const { faults, definition } = await check({ yaml: text });
    expect(faults[0]).toMatchObject({
      path: 'feeds.sandbox.series.ed.in-departmnt@sandbox',
      line: wrong,
      reason: 'unknown metric "ed.in-departmnt"; did you mean "ed.in-department"?',
    });
    expect(definition).toBeNull();
    const { hash } = await look();
    const refused = await put({ base: hash, reason: 'try', change: { yaml: text } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'not-a-board' } });
    expect(refused.body.errors![0]).toMatchObject({ field: 'feeds.sandbox.series.ed.in-departmnt@sandbox' });
    expect((await look()).hash).toBe(hash);
  });
});

describe('a change by a person', () => {
  test('is tried first, then journaled with author and reason; series keep their numbers', async () => {
    const { hash } = await look();
    const before = (await stateOf()).definition;
    const change = {
      edits: [
        { at: ['feeds', 'sandbox', 'grace'], to: '10m' },
        { at: ['feeds', 'sandbox', 'series', 'ed.in-department@sandbox', 'thresholds'], to: { watch: { atLeast: 40 }, act: { atLeast: 60 } } },
        { at: ['feeds', 'sandbox', 'series', 'beds.nctr@sandbox'], to: null },
        { at: ['metrics', 'ed.in-department', 'label'], to: { en: 'People in ED', cy: 'Pobl yn yr adran' } },
        { at: ['overview', 0, 'tiles'], to: ['beds'] },
        { at: ['overview', 2, 'tiles'], to: ['handover'] },
      ],
    };
    const checked = await check(change);
    expect(checked.faults).toEqual([]);
    expect(checked.differences).toContainEqual({ at: ['feeds', 'sandbox', 'grace'], from: '5m', to: '10m' });
    expect(checked.differences).toHaveLength(6);
    expect((await look()).hash).toBe(hash);

    const done = await put({ base: hash, reason: 'The unit reports later at night', change });
    expect(done).toMatchObject({ status: 200, body: { seq: expect.any(Number), waiting: [] } });
    const { definition, by, reason } = (await stateOf()) as { definition: BoardDefinition; by?: unknown; reason?: unknown };
    expect(canonical(definition)).toBe(canonical(checked.definition));
    expect({ by, reason }).toEqual({ by: { id: expect.any(String), name: 'The administrator' }, reason: 'The unit reports later at night' });
    for (const { id, no } of Object.values(before.series)) expect(definition.series[id]?.no).toBe(no);
    expect(definition.series['beds.nctr@sandbox']!.no).toBe(Math.max(...Object.values(before.series).map(({ no }) => no)) + 1);
    expect(definition.series['ed.in-department@sandbox']!.thresholds).toEqual({ watch: { atLeast: 40 }, act: { atLeast: 60 } });
    expect(definition.metrics['ed.in-department']!.label.en).toBe('People in ED');
    expect(await check({ yaml: await yaml() })).toMatchObject({ faults: [], differences: [] });
    expect((await look()).definedBy).toMatchObject({ name: 'The administrator' });
  });

  test('that began from an older definition is told so, and nothing is lost of the other', async () => {
    const { hash } = await look();
    expect((await put({ base: hash, reason: 'first', change: grace('12m') })).status).toBe(200);
    const late = await put({ base: hash, reason: 'second', change: grace('20m') });
    expect(late).toMatchObject({ status: 409, body: { code: 'moved-on', hash: (await look()).hash } });
    expect((await look()).file.feeds['sandbox']!.grace).toBe('12m');
  });

  test('takes what depends on a part along only when asked to', async () => {
    const edits = [{ at: ['feeds', 'sandbox', 'series', 'beds.free@sandbox'] }];
    expect((await check({ edits })).faults.map(({ path }) => path)).toEqual(['tiles.beds.lines.0.figure', 'rules.beds-full.when.line']);
    const { faults, differences } = await check({ edits, tidy: true });
    expect(faults).toEqual([]);
    expect(differences.map(({ at }) => at.join('.')).sort()).toEqual(['feeds.sandbox.series.beds.free@sandbox', 'rules.beds-full', 'tiles.beds.lines']);
  });

  test('of an act rule waits for a second person, like every change of such a rule', async () => {
    const { hash } = await look();
    const done = await put({ base: hash, reason: 'Later', change: { edits: [{ at: ['rules', 'handover-slow', 'clear'], to: { atMost: 24 } }] } });
    expect(done).toMatchObject({ status: 200, body: { waiting: ['handover-slow@sandbox'] } });
    expect((await look()).file.rules!['handover-slow']!.clear).toMatchObject({ atMost: 25 });
  });

  test.each([
    ['no reason', { reason: ' ' }, 422],
    ['a path that leads nowhere', { change: { edits: [{ at: ['overview', 9, 'tiles'], to: [] }] } }, 422],
    ['a name that reaches into objects', { change: { edits: [{ at: ['feeds', '__proto__', 'grace'], to: '5m' }] } }, 422],
    ['the file of another board', { change: { edits: [{ at: ['board'], to: 'other' }] } }, 422],
  ])('%s is refused', async (_, wrong, status) => {
    const { hash } = await look();
    expect((await put({ base: hash, reason: 'because', change: grace('9m'), ...wrong })).status).toBe(status);
    expect((await look()).hash).toBe(hash);
  });

  test('is for administrators alone', async () => {
    const { hash } = await look();
    const body = { base: hash, reason: 'because', change: grace('9m') };
    expect((await put(body, await somebody('coordinator'))).status).toBe(403);
    expect((await put(body, DISPLAY_COOKIE)).status).toBe(401);
  });

  test('outlives a restart with the board’s file, which is told once', async () => {
    const before = await look();
    const journal = new Journal(url);
    const told: string[] = [];
    const keepers = new Keepers(
      journal,
      url,
      (line) => void told.push(line),
      (error) => {
        throw error;
      },
    );
    try {
      expect((await keepers.define(loadBoard('sandbox'), 'catalogue')).changed).toBe(false);
    } finally {
      await keepers.stop();
      await journal.close();
    }
    expect(told).toEqual([expect.stringContaining('Board sandbox stays as The administrator changed it on screen')]);
    expect((await look()).hash).toBe(before.hash);
  });
});

describe('a board beside another', () => {
  const NEW = { id: 'beside', name: { en: 'Beside', cy: 'Wrth ymyl' }, template: 'pathway', languages: ['en', 'cy'], simulated: true };

  test('is made from a template by an administrator, who then administers it', async () => {
    const made = await send<Told>('POST', '/v1/boards/sandbox/boards', { ...NEW, providers: { council: null } }, administrator);
    expect(made).toMatchObject({ status: 201 });
    const { body: session } = await send<Session>('GET', '/v1/desk/session', undefined, administrator);
    expect(session.boards).toContainEqual(expect.objectContaining({ board: 'beside', role: 'administrator' }));
    const { body } = await send<DefinitionView>('GET', '/v1/boards/beside/definition', undefined, administrator);
    expect(body.file).toMatchObject({ name: { en: 'Beside' }, simulated: true });
    expect(Object.keys(body.file.providers)).not.toContain('council');
    expect(Object.keys(body.file.tiles)).not.toContain('home-care');
  });

  test('takes no name that is taken', async () => {
    expect(await send('POST', '/v1/boards/sandbox/boards', NEW, administrator)).toMatchObject({ status: 409, body: { code: 'board-exists' } });
  });
});

describe('the first start', () => {
  const ACCOUNT = { name: 'Sian', email: 'first@system.example', password: 'correct horse battery staple' };
  const FIRST = { id: 'ours', name: { en: 'Ours', cy: 'Ein un ni' }, template: 'pathway', languages: ['cy', 'en'], simulated: false };

  test('makes an administrator and a board with the secret that was printed, and with no other; then it is over', async () => {
    const empty = await postgres.database();
    const first = await Api.start({ DATABASE_URL: empty });
    try {
      const { setUp } = first;
      expect(setUp).toMatch(/^[\w-]{43}$/);
      expect((await send<StartView>('GET', '/v1/start', undefined, '', first)).body).toMatchObject({ waits: true });
      const wrong = await send('POST', '/v1/start/account', { setUp: 'x'.repeat(43), ...ACCOUNT }, '', first);
      expect(wrong).toMatchObject({ status: 403, body: { code: 'set-up-over' } });
      const weak = await send('POST', '/v1/start/account', { setUp, ...ACCOUNT, password: 'password1234' }, '', first);
      expect(weak.status).toBe(422);
      const entered = await send('POST', '/v1/start/account', { setUp, ...ACCOUNT }, '', first);
      expect(entered.status).toBe(204);
      const cookie = entered.headers
        .getSetCookie()
        .map((one) => one.split(';')[0]!)
        .join('; ');
      expect((await send('POST', '/v1/start/board', { setUp: 'x'.repeat(43), ...FIRST }, cookie, first)).status).toBe(403);
      expect((await send('POST', '/v1/start/board', { setUp, ...FIRST }, '', first)).status).toBe(401);
      expect((await send('POST', '/v1/start/board', { setUp, ...FIRST }, cookie, first)).status).toBe(200);
      const { body: session } = await send<Session>('GET', '/v1/desk/session', undefined, cookie, first);
      expect(session).toMatchObject({ person: { name: 'Sian' }, boards: [{ board: 'ours', role: 'administrator' }] });
      expect((await send<StartView>('GET', '/v1/start', undefined, '', first)).body.waits).toBe(false);
      expect((await send('POST', '/v1/start/account', { setUp, ...ACCOUNT, email: 'second@system.example' }, '', first)).status).toBe(403);
      expect(first.printed).not.toContain(setUp);
      expect(first.printed).not.toContain(ACCOUNT.password);
    } finally {
      await first.stop();
    }
    const again = await Api.start({ DATABASE_URL: empty });
    expect(again.setUp).toBeUndefined();
    await again.stop();
  });

  test('a demo has none', async () => {
    const demo = await Api.start({ DATABASE_URL: await postgres.database(), DEMO: 'on' });
    expect(demo.setUp).toBeUndefined();
    expect((await send<StartView>('GET', '/v1/start', undefined, '', demo)).body.waits).toBe(false);
    await demo.stop();
  });
});
