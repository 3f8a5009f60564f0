/** Desk tokens and the demo, against a real api process: signing in and out, revocation (I12, I44, I46). Accounts: access.e2e.spec. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DemoPeople, Role, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { DataSource } from 'typeorm';
import { DeskSession } from '../src/access/desk-session.entity.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, prepareBoard, until } from '../../../tests/support/api.js';
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

describe('the demo', () => {
  test('elsewhere nobody is listed', async () => {
    expect((await api.request('/v1/desk/people')).status).toBe(401);
  });

  test('on the machine itself its offices sign in by name, and only there', async () => {
    const demo = await Api.start({ DATABASE_URL: url, DEMO: 'on' });
    try {
      const { body: listed } = await demo.request<DemoPeople>('/v1/desk/people');
      expect(listed.map(({ name, role }) => [name, role])).toEqual([
        ['Duty manager', 'duty'],
        ['Site manager', 'coordinator'],
        ['System lead', 'coordinator'],
        ['Administrator', 'administrator'],
        ['Auditor', 'auditor'],
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
