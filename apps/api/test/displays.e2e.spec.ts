/** Pairing a screen, and what a paired screen can and cannot do, against real api processes (I12, I38, I46; reliability rows 84, 87). */
import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Role } from '@comm-cell/contract/desk';
import { CODE_LETTERS, type DisplayView, type Pairing, type WaitingScreen } from '@comm-cell/contract/displays';
import type { Problem } from '@comm-cell/contract/feed';
import type { DataSource } from 'typeorm';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { type Answer, Api, DISPLAY_COOKIE, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { Display } from '../../../tests/support/display.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string };

let postgres: TestPostgres;
let url: string;
let api: Api;
let second: Api;
let database: DataSource;
let people: People;
let keys: Record<string, string>;
let manager: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  keys = (await prepareBoard(url, smallBoard())).keys;
  await prepareBoard(url, smallBoard({ id: 'other' }));
  [api, second] = await Promise.all([Api.start({ DATABASE_URL: url }), Api.start({ DATABASE_URL: url })]);
  database = await dataSource(url, [PersonOfBoard]).initialize();
  people = new People(database);
  manager = await somebody('coordinator');
});
afterAll(async () => {
  await database.destroy();
  await Promise.all([api.stop(), second.stop()]);
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.sql(url, 'delete from pairings');
  await postgres.sql(url, 'delete from pairing_tries');
});

/** The cookie of a new person who is signed in. */
async function somebody(role: Role, boards = ['small', 'other']): Promise<string> {
  const { token } = await people.create(boards, `The ${role}`, role);
  return cookieOf(await send('POST', '/v1/desk/session', undefined, { token }));
}
function cookieOf({ headers }: Answer<unknown>): string {
  return headers.get('set-cookie')!.split(';')[0]!;
}
function send<Body = Told>(method: string, route: string, cookie?: string, body?: unknown, at = api): Promise<Answer<Body>> {
  return at.request<Body>(route, {
    method,
    headers: { ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface Screen {
  code: string;
  cookie: string;
}
async function screen(): Promise<Screen> {
  const answer = await send<Pairing>('POST', '/v1/displays/pairing');
  if (answer.body.state !== 'waiting') throw new Error(`The screen got no code: ${JSON.stringify(answer.body)}`);
  return { code: answer.body.code, cookie: cookieOf(answer) };
}
const approve = <Body = Told>(code: string, by = manager, board = 'small', place = 'Site office'): Promise<Answer<Body>> =>
  send<Body>('POST', `/v1/boards/${board}/displays`, by, { code, place });
async function paired(place = 'Site office'): Promise<Screen & { id: string }> {
  const one = await screen();
  const { status, body } = await approve<DisplayView>(one.code, manager, 'small', place);
  expect(status).toBe(201);
  return { ...one, id: body.id };
}
/** A code that no screen shows; `like`: that begins like this one. */
function wrongCode(n: number, like = 'ZZZ'): string {
  let rest = '';
  for (let i = 0, left = n; i < 5; i++, left = Math.floor(left / CODE_LETTERS.length)) rest += CODE_LETTERS[left % CODE_LETTERS.length];
  return like.slice(0, 3) + rest;
}

describe('pairing', () => {
  test('a screen shows a code, a person sees which screen it is and names its place; the screen watches that board and no other', async () => {
    const tv = await screen();
    expect(tv.code).toMatch(new RegExp(`^[${CODE_LETTERS}]{8}$`));
    expect((await send<Pairing>('GET', '/v1/displays/pairing', tv.cookie)).body).toMatchObject({ state: 'open' });
    expect((await send('GET', '/v1/boards/small', tv.cookie)).status).toBe(401);
    const typed = `${tv.code.slice(0, 4)}-${tv.code.slice(4).toLowerCase()}`;
    const look = await send<WaitingScreen>('POST', '/v1/boards/small/displays/code', manager, { code: typed });
    expect([look.status, look.body.address]).toEqual([200, '127.0.0.1']);
    expect((await send<Pairing>('GET', '/v1/displays/pairing', tv.cookie)).body).toMatchObject({ state: 'open' });

    expect((await approve<DisplayView>(typed, manager, 'small', 'Corridor by bay 3')).status).toBe(201);
    for (const at of [api, second]) {
      expect((await send<Pairing>('GET', '/v1/displays/pairing', tv.cookie, undefined, at)).body).toEqual({ state: 'paired', board: 'small' });
      expect((await send('GET', '/v1/boards/small', tv.cookie, undefined, at)).status).toBe(200);
      expect((await send('GET', '/v1/boards/other', tv.cookie, undefined, at)).status).toBe(401);
    }
    expect((await send<{ id: string }[]>('GET', '/v1/boards', tv.cookie)).body.map(({ id }) => id)).toEqual(['small']);
    const { body: list } = await send<DisplayView[]>('GET', '/v1/boards/small/displays', manager);
    expect(list.find(({ place }) => place === 'Corridor by bay 3')).toMatchObject({ pairedBy: 'The coordinator' });
    expect((await send<DisplayView[]>('GET', '/v1/boards/other/displays', manager)).body).toEqual([]);
    // Asked again by the same screen (a reload), it stays in and gets no new code.
    expect((await send<Pairing>('POST', '/v1/displays/pairing', tv.cookie)).body).toEqual({ state: 'paired', board: 'small' });
  });

  test('the cookie is one that no script and no other page can use; neither it nor the code is stored', async () => {
    const answer = await send<Pairing & { code: string }>('POST', '/v1/displays/pairing');
    expect(answer.headers.get('set-cookie')).toMatch(/^commcell_screen=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=34560000$/);
    const secret = cookieOf(answer).split('=')[1]!;
    await approve(answer.body.code);
    const other = await screen();
    const stored = JSON.stringify(await postgres.sql(url, 'select d::text, p::text from displays d, pairings p'));
    for (const text of [secret, answer.body.code, other.code, other.cookie.split('=')[1]!])
      for (const written of [text, Buffer.from(text).toString('hex')]) expect(stored).not.toContain(written);
  });

  test('a code is good for one screen, for ten minutes, and ends when its screen asks for another', async () => {
    const one = await screen();
    expect((await approve(one.code)).status).toBe(201);
    expect((await approve(one.code)).body).toMatchObject({ status: 404, code: 'unknown-code' });

    const late = await screen();
    await postgres.sql(url, `update pairings set expires_at = now() - interval '1 ms'`);
    expect((await approve(late.code)).status).toBe(404);
    expect((await send<Pairing>('GET', '/v1/displays/pairing', late.cookie)).body).toEqual({ state: 'over' });

    const first = await screen();
    const again = await send<Pairing>('POST', '/v1/displays/pairing', first.cookie);
    expect(again.body).toMatchObject({ state: 'waiting' });
    expect((await approve(first.code)).status).toBe(404);
  });

  test('two people who approve one code at the same time let one screen in', async () => {
    const { code } = await screen();
    const answers = await Promise.all(Array.from({ length: 6 }, () => approve(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404, 404, 404]);
  });

  test.each([
    ['nobody', 401],
    ['viewer', 403],
    ['duty', 403],
    ['auditor', 403],
  ] as const)('%s may not approve one', async (role, status) => {
    const { code } = await screen();
    expect((await approve(code, role === 'nobody' ? '' : await somebody(role))).status).toBe(status);
    expect((await approve(code)).status).toBe(201);
  });

  test('nor may somebody of another board, or a page of another site', async () => {
    const { code } = await screen();
    expect((await approve(code, await somebody('coordinator', ['other']), 'small')).status).toBe(403);
    const foreign = await api.request('/v1/displays/pairing', { method: 'POST', headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
  });
});

describe('guessing', () => {
  test('five tries that begin like a code end it', async () => {
    const { code, cookie } = await screen();
    for (let n = 0; n < 5; n++) expect((await approve(wrongCode(n, code))).status).toBe(404);
    expect((await approve(code)).status).toBe(404);
    expect((await send<Pairing>('GET', '/v1/displays/pairing', cookie)).body).toEqual({ state: 'over' });
  });

  test('a person gets ten wrong tries, also when they come at once and at two servers; others can go on', async () => {
    const { code } = await screen();
    const guesser = await somebody('coordinator');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => send('POST', '/v1/boards/small/displays/code', guesser, { code: wrongCode(n) }, n % 2 ? api : second)),
    );
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(50);
    expect(answers.find(({ status }) => status === 429)!.headers.get('retry-after')).toBe('600');
    expect((await approve(code, guesser)).status).toBe(429);
    expect((await approve(code)).status).toBe(201);
    // Control: it is the count that stands in the way, and nothing else.
    const next = await screen();
    expect((await approve(next.code, guesser)).status).toBe(429);
    await postgres.sql(url, 'delete from pairing_tries');
    expect((await approve(next.code, guesser)).status).toBe(201);
    const told = await postgres.sql<{ n: number }>(url, `select count(*)::int as n from journal where kind = 'DeedDone' and body like '%pairing code%'`);
    expect(told[0]!.n).toBe(1);
  });

  test('all together have a hundred', async () => {
    const { code } = await screen();
    await postgres.sql(url, `insert into pairing_tries (person_id) select 'guesser-' || n from generate_series(1, 100) as n`);
    expect((await approve(code)).status).toBe(429);
    await postgres.sql(url, `update pairing_tries set at = now() - interval '11 minutes'`);
    expect((await approve(code)).status).toBe(201);
  });

  test('twenty screens may wait at the same time, ten of them from one address', async () => {
    for (let n = 0; n < 10; n++) await screen();
    expect((await send('POST', '/v1/displays/pairing')).status).toBe(429);
    await postgres.sql(url, `update pairings set address = '10.0.0.9'`);
    for (let n = 0; n < 10; n++) await screen();
    await postgres.sql(url, `update pairings set address = '10.0.0.' || mark`);
    expect((await send('POST', '/v1/displays/pairing')).body).toMatchObject({ status: 429, code: 'too-many-screens' });
  });
});

describe('a paired screen', () => {
  test('may do nothing but watch: every kind of action is refused to it', async () => {
    const { cookie } = await paired();
    const { body: api1 } = await api.request<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
    const tried: string[] = [];
    for (const [route, methods] of Object.entries(api1.paths)) {
      if (!route.startsWith('/v1/') || /^\/v1\/(displays|desk|feeds)\//.test(route)) continue;
      const address = route.replace('{board}', 'small').replaceAll(/\{\w+\}/g, 'x');
      for (const method of Object.keys(methods)) {
        if (method === 'get') continue;
        const { status } = await send(method.toUpperCase(), address, cookie, {});
        tried.push(`${method} ${route}`);
        // Open doors that are not about a board (setting up the first administrator …) judge what is in the body.
        if (route.startsWith('/v1/boards/{board}/')) expect([method, route, status]).toEqual([method, route, 401]);
        else expect([method, route, status >= 400]).toEqual([method, route, true]);
      }
    }
    expect(tried.length).toBeGreaterThan(25);
    for (const route of ['displays', 'keys', 'contacts', 'messages', 'audit', 'audit/proof', 'audit/csv'])
      expect([route, (await send('GET', `/v1/boards/small/${route}`, cookie)).status]).toEqual([route, 401]);
    expect((await send('GET', '/v1/desk/session', cookie)).status).toBe(401);
  });

  test('is listed with when it was last there, its build and its address; joins its own board only, and gets its cookie anew', async () => {
    const { cookie, id } = await paired('Ward 4');
    const wall = new Display({ address: api.address, board: 'small', cookie });
    await until(() => wall.verified > 0, 'the wall has a proven picture');
    const stray = new Display({ address: api.address, board: 'other', cookie });
    await until(() => stray.joins.refused > 0, 'the other board is refused');
    expect(stray.joins.state).toBe(0);
    await until(async () => {
      const { body } = await send<DisplayView[]>('GET', '/v1/boards/small/displays', manager);
      return body.some((one) => one.id === id && one.seenAt !== undefined && one.address === '127.0.0.1');
    }, 'the list says that it is there');
    wall.close();
    stray.close();
    expect(await handshakeCookie(cookie)).toMatch(new RegExp(`^${cookie}; .*Max-Age=34560000$`));
    expect(await handshakeCookie('commcell_screen=wrong')).toBeUndefined();
  });

  test('goes on when it is removed elsewhere, and is out when it is removed itself: socket closed, requests refused, at every server (I46)', async () => {
    const [gone, stays] = [await paired('Gone'), await paired('Stays')];
    const walls = [gone, stays].flatMap(({ cookie }) => [api, second].map((at) => new Display({ address: at.address, board: 'small', cookie })));
    await until(() => walls.every(({ verified }) => verified > 0), 'all walls have a proven picture');
    expect((await send('DELETE', `/v1/boards/other/displays/${gone.id}`, manager)).status).toBe(404);
    expect((await send('DELETE', `/v1/boards/small/displays/${gone.id}`, manager)).status).toBe(204);
    await until(() => walls.slice(0, 2).every(({ socket }) => !socket.connected), 'the sockets of the removed screen are closed');
    await until(async () => (await send('GET', '/v1/boards/small', gone.cookie, undefined, second)).status === 401, 'the other server refuses it too');
    expect((await send('GET', '/v1/boards/small', gone.cookie)).status).toBe(401);
    expect(walls.slice(2).every(({ socket }) => socket.connected)).toBe(true);
    expect((await send('DELETE', `/v1/boards/small/displays/${gone.id}`, manager)).status).toBe(404);
    for (const wall of walls) wall.close();
  });

  test('is not told who did what that changes no picture, and still keeps its place in the order', async () => {
    const { cookie } = await paired('Corridor');
    const wall = new Display({ address: api.address, board: 'small', cookie });
    await until(() => wall.verified > 0, 'the wall has a proven picture');
    const before = wall.seq;
    await paired('A place that only the auditor reads of');
    const pushed = await api.post('ed', keys['ed']!, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value: 7 }] });
    expect(pushed.status).toBe(201);
    await until(() => wall.verified > before + 1, 'the wall has taken the deed and the reading in, and its picture is proven');
    expect(wall.different).toBe(0);
    expect(wall.seen.some(({ event }) => event.kind === 'DeedDone')).toBe(true);
    expect(JSON.stringify(wall.seen)).not.toContain('only the auditor');
    wall.close();
  });

  test('a token of the configuration goes on opening every board', async () => {
    for (const board of ['small', 'other']) expect((await send('GET', `/v1/boards/${board}`, DISPLAY_COOKIE)).status).toBe(200);
  });
});

/** What the server sets when a socket opens, as a browser would see it. */
function handshakeCookie(cookie: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = rawRequest({
      host: '127.0.0.1',
      port: api.port,
      path: '/socket.io/?EIO=4&transport=websocket',
      headers: { cookie, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    });
    request.on('upgrade', ({ headers }, socket) => {
      socket.destroy();
      resolve(headers['set-cookie']?.[0]);
    });
    request.on('error', reject);
    request.end();
  });
}
