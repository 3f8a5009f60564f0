/** People at the desk, against a real api process: signing in, roles, revocation, foreign pages, the demo (I12, I44, I46). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DemoPeople, Role, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { DataSource } from 'typeorm';
import { DeskSession } from '../src/access/desk-session.entity.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, DISPLAY_COOKIE, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string };

let postgres: TestPostgres;
let url: string;
let api: Api;
let database: DataSource;
let people: People;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, smallBoard());
  await prepareBoard(url, smallBoard({ id: 'other' }));
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard, DeskSession]).initialize();
  people = new People(database);
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

function signIn(body: unknown, headers: Record<string, string> = {}, at = api): Promise<Answer<Session & Told>> {
  return at.request('/v1/desk/session', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}
function cookieOf({ headers }: Answer<unknown>): string {
  return headers.get('set-cookie')!.split(';')[0]!;
}
/** A new person who is signed in. */
async function somebody(role: Role, boards = ['small']): Promise<{ id: string; token: string; cookie: string }> {
  const { id, token } = await people.create(boards, `The ${role}`, role);
  return { id, token, cookie: cookieOf(await signIn({ token })) };
}
function who(cookie: string, at = api): Promise<Answer<Session & Told>> {
  return at.request('/v1/desk/session', { headers: { cookie } });
}

describe('signing in', () => {
  test('a token is exchanged for a cookie that scripts and other pages cannot use; it says who one is and what one may do', async () => {
    const { id, token } = await people.create(['small'], 'The duty', 'duty');
    const answer = await signIn({ token });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ person: { id, name: 'The duty' }, boards: [{ board: 'small', role: 'duty' }] });
    expect(answer.body.boards[0]!.may).toContain('acknowledge');
    expect(answer.body.boards[0]!.may).not.toContain('propose-rule');
    expect(Math.abs(answer.body.expiresAt - Date.now() - 12 * 3_600_000)).toBeLessThan(60_000);
    expect(answer.headers.get('set-cookie')).toMatch(/^commcell_desk=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect((await who(cookieOf(answer))).body).toEqual(answer.body);
  });

  test('only hashes of tokens and cookies are stored', async () => {
    const { token, cookie } = await somebody('viewer');
    const stored = JSON.stringify(await postgres.sql(url, 'select p::text, s::text from people p, desk_sessions s'));
    const secret = cookie.split('=')[1]!;
    for (const text of [token, token.slice('ccdesk_'.length), secret, Buffer.from(token).toString('hex'), Buffer.from(secret).toString('hex')])
      expect(stored).not.toContain(text);
  });

  test.each([
    [{ token: 'wrong' }, 401],
    [{ token: `ccdesk_${'x'.repeat(43)}` }, 401],
    [{ token: '' }, 422],
    [{ person: 'demo-administrator' }, 401],
    [{ token: 'a', person: 'b' }, 422],
    [{}, 422],
    [[], 422],
  ])('%j is refused with %i', async (body, status) => {
    const answer = await signIn(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('signing out ends it, also for whoever kept the cookie; signing in again ends the one before', async () => {
    const { token, cookie } = await somebody('duty');
    const again = await signIn({ token }, { cookie });
    expect((await who(cookie)).status).toBe(401);
    const fresh = cookieOf(again);
    const out = await api.request('/v1/desk/session', { method: 'DELETE', headers: { cookie: fresh } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await who(fresh)).status).toBe(401);
    expect((await api.request('/v1/desk/session', { method: 'DELETE', headers: { cookie: fresh } })).status).toBe(401);
  });

  test('a shift is over after twelve hours', async () => {
    const { id, cookie } = await somebody('duty');
    await postgres.sql(url, `update desk_sessions set expires_at = now() - interval '1 second' where person_id = $1`, [id]);
    expect((await who(cookie)).status).toBe(401);
  });

  test('whoever is revoked is out within five seconds, in every process (I46)', async () => {
    const second = await Api.start({ DATABASE_URL: url });
    try {
      const { id, token, cookie } = await somebody('duty', ['small', 'other']);
      expect((await who(cookie, second)).status).toBe(200);
      expect(await people.revoke(id, 'other')).toBe(true);
      await until(async () => (await who(cookie, second)).body.boards.length === 1, 'the one board is gone', 5_000);
      expect(await people.revoke(id)).toBe(true);
      expect(await people.revoke(id)).toBe(false);
      for (const process of [api, second]) await until(async () => (await who(cookie, process)).status === 401, 'the session is ended', 5_000);
      expect((await signIn({ token })).status).toBe(401);
    } finally {
      await second.stop();
    }
  });

  test('a cookie that is nonsense is nobody', async () => {
    for (const cookie of ['commcell_desk=', 'commcell_desk=%E0%A4%A', ';;;=', `commcell_desk=${'x'.repeat(5_000)}`, '__proto__=1'])
      expect((await who(cookie)).status).toBe(401);
  });
});

describe('who may do what', () => {
  interface OpenApi {
    paths: Record<string, Record<string, { requestBody?: unknown }>>;
  }
  const ANSWERS: Role[] = ['duty', 'coordinator', 'administrator'];
  const STEERS: Role[] = ['coordinator', 'administrator'];
  /** By hand on purpose: a route that is not here makes the test fail. */
  const CHANGING: Record<string, Role[]> = {
    'POST /v1/boards/{board}/alerts/{rule}/acknowledge': ANSWERS,
    'POST /v1/boards/{board}/alerts/{rule}/take': ANSWERS,
    'POST /v1/boards/{board}/alerts/{rule}/hand-over': ANSWERS,
    'POST /v1/boards/{board}/alerts/{rule}/shelve': ANSWERS,
    'POST /v1/boards/{board}/alerts/{rule}/unshelve': ANSWERS,
    'POST /v1/boards/{board}/alerts/{rule}/close': STEERS,
    'POST /v1/boards/{board}/actions': ANSWERS,
    'POST /v1/boards/{board}/actions/{no}/close': ANSWERS,
    'POST /v1/boards/{board}/cards/{run}/steps/{step}': ANSWERS,
    'POST /v1/boards/{board}/levels/{level}/declare': STEERS,
    'POST /v1/boards/{board}/rules/backtest': ANSWERS,
    'PUT /v1/boards/{board}/rules/{rule}': STEERS,
    'POST /v1/boards/{board}/rules/{rule}/approve': STEERS,
    'POST /v1/boards/{board}/rules/{rule}/withdraw': STEERS,
    'POST /v1/boards/{board}/contacts': STEERS,
    'PATCH /v1/boards/{board}/contacts/{contact}': STEERS,
    'DELETE /v1/boards/{board}/contacts/{contact}': STEERS,
    'POST /v1/boards/{board}/contacts/{contact}/test': STEERS,
    'POST /v1/boards/{board}/messages/{message}/again': STEERS,
    'POST /v1/boards/{board}/messages/{message}/settled': STEERS,
  };
  /** Personal data: reading it needs the same right. */
  const GUARDED = ['/v1/boards/{board}/contacts'];
  const ROLES: Role[] = ['viewer', 'duty', 'coordinator', 'administrator'];

  let desk: { method: string; route: string }[];
  const cookies = {} as Record<Role, string>;
  let stranger: string;

  beforeAll(async () => {
    const { body: document } = await api.request<OpenApi>('/openapi.json');
    desk = Object.entries(document.paths).flatMap(([route, methods]) =>
      route.startsWith('/v1/boards/{board}/') ? Object.keys(methods).map((method) => ({ method: method.toUpperCase(), route })) : [],
    );
    for (const role of ROLES) cookies[role] = (await somebody(role)).cookie;
    stranger = (await somebody('administrator', ['other'])).cookie;
  });

  function ask(method: string, route: string, headers: Record<string, string>): Promise<Answer<Told>> {
    const path = route.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'board' ? 'small' : name === 'no' ? '1' : 'none@here'));
    return api.request(path, {
      method,
      headers: { ...headers, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });
  }

  test('the table names every changing route', () => {
    expect(
      desk
        .filter(({ method }) => method !== 'GET')
        .map(({ method, route }) => `${method} ${route}`)
        .sort(),
    ).toEqual(Object.keys(CHANGING).sort());
  });

  test('a role gets as far as the body where it may, and no further than the door where it may not', async () => {
    for (const [key, roles] of Object.entries(CHANGING)) {
      const [method, route] = key.split(' ') as [string, string];
      for (const role of ROLES) {
        const { status, body } = await ask(method, route, { cookie: cookies[role] });
        if (roles.includes(role)) expect([key, role, status, body.code]).not.toEqual([key, role, 403, 'role']);
        else expect([key, role, status, body.code]).toEqual([key, role, 403, 'role']);
      }
    }
  });

  test('nobody, a display, a person of another board: none of them changes anything', async () => {
    for (const { method, route } of desk.filter((one) => one.method !== 'GET')) {
      for (const headers of [{}, { cookie: DISPLAY_COOKIE }, { cookie: 'commcell_desk=x' }] as Record<string, string>[])
        expect([route, (await ask(method, route, headers)).status]).toEqual([route, 401]);
      const { status, body } = await ask(method, route, { cookie: stranger });
      expect([route, status, body.code]).toEqual([route, 403, 'other-board']);
    }
  });

  test('a page of another site changes nothing, whoever is signed in', async () => {
    const own = { cookie: cookies.administrator, origin: api.address };
    const foreign = { cookie: cookies.administrator, origin: 'https://elsewhere.example' };
    for (const { method, route } of desk.filter((one) => one.method !== 'GET')) {
      expect([route, (await ask(method, route, foreign)).body.code]).toEqual([route, 'foreign-page']);
      expect([route, (await ask(method, route, own)).body.code]).not.toEqual([route, 'foreign-page']);
    }
    const { token } = await people.create(['small'], 'The duty', 'duty');
    expect((await signIn({ token }, { origin: 'null' })).status).toBe(403);
    expect((await api.request('/v1/desk/session', { method: 'DELETE', headers: foreign })).status).toBe(403);
    expect((await who(cookies.administrator)).status).toBe(200);
  });

  test('reading is for displays and for people of the board', async () => {
    for (const { method, route } of desk.filter((one) => one.method === 'GET' && !GUARDED.includes(one.route))) {
      expect([route, (await ask(method, route, {})).status]).toEqual([route, 401]);
      expect([route, (await ask(method, route, { cookie: stranger })).status]).toEqual([route, 403]);
      for (const cookie of [DISPLAY_COOKIE, cookies.viewer]) expect([401, 403, 500]).not.toContain((await ask(method, route, { cookie })).status);
    }
    for (const route of GUARDED) {
      const statuses = await Promise.all(
        [DISPLAY_COOKIE, stranger, cookies.duty, cookies.coordinator].map(async (cookie) => (await ask('GET', route, { cookie })).status),
      );
      expect([route, statuses]).toEqual([route, [401, 403, 403, 200]]);
    }
  });
});

describe('the demo', () => {
  test('elsewhere nobody is listed', async () => {
    expect((await api.request('/v1/desk/people')).status).toBe(401);
  });

  test('on the machine itself four offices sign in by name, and only there', async () => {
    const demo = await Api.start({ DATABASE_URL: url, DEMO: 'on' });
    try {
      const { body: listed } = await demo.request<DemoPeople>('/v1/desk/people');
      expect(listed.map(({ name, role }) => [name, role])).toEqual([
        ['Duty manager', 'duty'],
        ['Site manager', 'coordinator'],
        ['System lead', 'coordinator'],
        ['Administrator', 'administrator'],
      ]);
      const answer = await signIn({ person: listed[0]!.person }, {}, demo);
      expect(answer.body).toMatchObject({ person: { name: 'Duty manager' } });
      const cookie = cookieOf(answer);
      expect((await who(cookie, demo)).status).toBe(200);
      // The same database behind a server that is no demo.
      expect((await who(cookie)).status).toBe(401);
      // Somebody real cannot be taken by name.
      const { id } = await people.create(['small'], 'Somebody', 'administrator');
      expect((await signIn({ person: id }, {}, demo)).status).toBe(401);
    } finally {
      await demo.stop();
    }
  });
});
