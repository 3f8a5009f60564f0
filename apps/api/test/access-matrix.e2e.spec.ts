/**
 * Every route of the running server and every socket message, tried by everybody who can come to it, against the matrix: nobody,
 * a feed's key, a screen, and each role on its own board, on another, and with another organisation's work. A door that does not
 * say whom it is for makes the test fail, and so does docs/access-matrix.md when it says something else than the server does.
 * UPDATE_MATRIX=1 writes it.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Command, COMMANDS, type Role, role } from '@comm-cell/contract/desk';
import { PROTOCOL } from '@comm-cell/contract/live';
import type { DataSource } from 'typeorm';
import { Displays } from '../src/access/displays.js';
import { doorOf, Gate, Open } from '../src/access/gate.js';
import { admits, commandsOf, type Door, needsFreshProof, needsSecondFactor, needsWholeBoard, type Principal, PRINCIPALS } from '../src/access/matrix.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { assertProvider, Needs, PersonGuard } from '../src/access/person.guard.js';
import { dataSource } from '../src/database/schema.js';
import type { Doors } from '../src/doors.js';
import { Api, DISPLAY_COOKIE, prepareBoard, until } from '../../../tests/support/api.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';
import { openSocket } from '../../../tests/support/socket.js';

const ADMIN = fileURLToPath(new URL('../dist/admin.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../../docs/access-matrix.md', import.meta.url));
const ROLES: readonly Role[] = role.options;
/** What the server answers before it looks who asks: the page and its files, without any data of a board, and the documentation. */
const NOT_OF_NEST = /^(\/assets\/|\/docs|\/openapi\.|\/$|\/[a-z-]+(\/:board|\/:link)?$)/;

type Route = Doors['routes'][number];

/** Two organisations, each with a feed; a rule and a level of the second. */
function withRules(): ReturnType<typeof smallBoard> {
  const rule = ruleOf('long@here-2', { kind: 'line', figure: 'm.1@here-2', band: { over: 200 } }, { place: 'here-2' });
  const label = (en: string) => ({ en, cy: en });
  return {
    ...smallBoard({ feeds: 2 }),
    response: {
      groups: { duty: { id: 'duty', name: label('Duty'), kind: 'site', climb: [] } },
      holidays: [],
      cards: { card: { id: 'card', title: label('Card'), steps: [] } },
      schemes: {
        words: {
          id: 'words',
          name: label('Words'),
          mark: 'W',
          version: '1',
          issuer: 'test',
          source: 'test',
          from: '2020-01-01',
          mode: 'declared',
          levels: [1, 2].map((n) => ({ n, name: label(`${n}`), meaning: label('x'), look: 'ok' as const })),
          parameters: [],
          cuts: [],
          how: 'sum',
          hold: { raiseMs: 0, lowerMs: 0 },
          declaredMs: 3_600_000,
        },
      },
      levels: { theirs: { id: 'theirs', scheme: 'words', name: label('Theirs'), provider: 'acute-2' } },
    },
    rules: { [rule.id]: rule },
  };
}

let postgres: TestPostgres;
let api: Api;
let database: DataSource;
let people: People;
let feedKey: string;
let doors: Doors;
let routes: Route[];
let messages: Doors['messages'];
/** Cookies of people: by role on the board `small`; and of an administrator there for one organisation alone. */
const cookies = {} as Record<Role, string>;
let limited: string;
let otherKey: string;
let url: string;
let stranger: string;

async function signedIn(as: Role, boards: string[], providers: string[] | null = null): Promise<string> {
  return signInWith((await people.create(boards, `The ${as}`, as, providers)).token);
}
async function signInWith(token: string): Promise<string> {
  const { headers } = await api.request('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  return headers.get('set-cookie')!.split(';')[0]!;
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const { keys } = await prepareBoard(url, withRules());
  feedKey = keys['ed']!;
  otherKey = keys['ed-2']!;
  await prepareBoard(url, smallBoard({ id: 'other' }));
  const { stdout } = await promisify(execFile)(process.execPath, [ADMIN, 'doors'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    maxBuffer: 8_000_000,
  });
  doors = JSON.parse(stdout) as Doors;
  ({ routes, messages } = doors);
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard]).initialize();
  people = new People(database);
  for (const one of ROLES) cookies[one] = await signedIn(one, ['small']);
  limited = await signedIn('administrator', ['small'], ['nobody-else']);
  stranger = await signedIn('administrator', ['other']);
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

interface Asked {
  status: number;
  code: string | undefined;
}
async function ask({ method, path: route }: Route, headers: Record<string, string>): Promise<Asked> {
  const filled = route.replace(/:(\w+)/g, (_, name: string) =>
    name === 'board' ? 'small' : name === 'feed' ? 'ed' : ['no', 'order'].includes(name) ? '1' : 'none@here',
  );
  const answer = await fetch(api.address + filled, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
    ...(method === 'GET' ? {} : { body: '{}' }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    code: answer.headers.get('content-type')?.includes('problem+json') ? (JSON.parse(text) as { code?: string }).code : undefined,
  };
}
function asked(principal: Principal): Record<string, string> {
  if (principal === 'nobody') return {};
  if (principal === 'feed') return { authorization: `Bearer ${feedKey}` };
  return { cookie: principal === 'display' ? DISPLAY_COOKIE : cookies[principal] };
}

/** What the doors themselves say no with. Anything else came from behind the door. */
const AT_THE_DOOR = new Set([
  'not-signed-in',
  'needs-token',
  'no-key',
  'unknown-key',
  'other-feed',
  'other-board',
  'role',
  'undeclared',
  'away',
  'another-person',
  'second-factor-first',
  'sign-in-again',
]);
const gotIn = ({ status, code }: Asked): boolean => ![401, 403].includes(status) || code === undefined || !AT_THE_DOOR.has(code);

describe('every door says whom it is for', () => {
  test('routes and messages', () => {
    expect(routes.filter(({ door }) => !door).map(({ method, path: at }) => `${method} ${at}`)).toEqual([]);
    expect(messages.filter(({ door }) => !door)).toEqual([]);
    expect(routes.length).toBeGreaterThan(40);
    expect(messages.map(({ message }) => message)).toEqual(expect.arrayContaining(['board:drawn', 'board:join']));
  });

  test('there is no route besides, but for the page, its files, the documentation, and what checks its links by itself', () => {
    const strange = doors.others.filter(({ method, path }) => !(method === 'GET' && NOT_OF_NEST.test(path)) && !/^\/(reply|demo)\//.test(path));
    expect(strange).toEqual([]);
  });
});

describe('route × role × scope', () => {
  test('everybody gets in where the matrix says so, and nowhere else', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      const may = admits(route.door!);
      for (const principal of PRINCIPALS) {
        // These end the session they are asked with, or begin a new one.
        if (route.path === '/v1/desk/session' || route.path.startsWith('/v1/account/sessions') || route.path.startsWith('/v1/account/password')) continue;
        const got = await ask(route, asked(principal));
        if (gotIn(got) !== may.includes(principal)) wrong.push(`${route.method} ${route.path} ${principal}: ${got.status} ${got.code}`);
        if (got.status === 500) wrong.push(`${route.method} ${route.path} ${principal}: 500`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('nobody gets into another board, whatever they are on their own', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(({ path: at }) => at.includes(':board'))) {
      if (route.door!.kind === 'open') continue;
      const got = await ask(route, { cookie: stranger });
      if (gotIn(got)) wrong.push(`${route.method} ${route.path}: ${got.status} ${got.code}`);
    }
    expect(wrong).toEqual([]);
  });

  test('a key opens its own feed alone', async () => {
    for (const route of routes.filter(({ door }) => door!.kind === 'feed')) {
      const other = { ...route, path: route.path.replace(':feed', 'ed-2') };
      expect([route.path, (await ask(other, { authorization: `Bearer ${feedKey}` })).code]).toEqual([route.path, 'other-feed']);
      expect([route.path, (await ask(route, { authorization: `Bearer ${feedKey.slice(0, -1)}x` })).code]).toEqual([route.path, 'unknown-key']);
    }
  });

  test('being limited to an organisation takes nothing away at the door; the work of others is refused behind it', () => {
    const grant = { role: 'editor' as const, providers: ['hospital'] };
    expect(() => assertProvider(grant, 'hospital')).not.toThrow();
    expect(() => assertProvider(grant, 'ambulance')).toThrow(expect.objectContaining({ status: 403, code: 'other-provider' }));
    expect(() => assertProvider({ ...grant, providers: null }, 'ambulance')).not.toThrow();
    expect(() => assertProvider({ ...grant, providers: [] }, 'hospital')).toThrow();
  });

  test('people of one organisation manage people of that organisation alone', async () => {
    const headers = { cookie: limited, 'content-type': 'application/json' };
    const add = (providers: string[] | null): Promise<Response> =>
      fetch(`${api.address}/v1/boards/small/people`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: 'Somebody', email: `of-${providers?.[0] ?? 'all'}@x.example`, role: 'editor', providers }),
      });
    expect((await add(null)).status).toBe(403);
    expect((await add(['hospital'])).status).toBe(403);
    expect((await add(['nobody-else'])).status).toBe(201);
  });
});

describe('the work of another organisation', () => {
  const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
  const map = { columns: [{ name: 'a', series: 'm.1@here-2' }], ignored: [], time: { zone: 'Europe/London' } };
  /**
   * Every command route that names an organisation, or something of one: asked here about `acute-2` by people of `acute`.
   */
  const OF_ANOTHER: Readonly<Record<string, { body?: object }>> = {
    'POST actions': { body: { what: 'x', owner: 'x', due: soon(), provider: 'acute-2' } },
    'POST alerts/:rule/acknowledge': { body: { no: 1, version: 1 } },
    'POST alerts/:rule/close': { body: { no: 1, version: 1, reason: 'x' } },
    'POST alerts/:rule/hand-over': { body: { no: 1, version: 1, group: 'duty' } },
    'POST alerts/:rule/shelve': { body: { until: soon(), reason: 'x' } },
    'POST alerts/:rule/take': { body: { no: 1, version: 1 } },
    'POST alerts/:rule/unshelve': { body: {} },
    'POST concerns': { body: { text: 'x', provider: 'acute-2' } },
    'POST concerns/:no/change': { body: { provider: 'acute-2' } },
    'POST console/corrections': { body: { series: 'm.1@here-2', observedAt: soon(), seen: 0, value: 1, reason: 'x' } },
    'POST console/figures': { body: { provider: 'acute-2', figures: [{ series: 'm.1@here-2', observedAt: new Date().toISOString(), value: 3 }] } },
    'GET console/figures/:series/history': {},
    'POST console/offers': { body: { provider: 'acute-2', what: 'beds', count: 1, until: soon() } },
    'DELETE console/offers/:no': {},
    'POST console/offers/:no/claims': { body: { provider: 'acute-2', count: 1 } },
    'DELETE console/places/:place/closure': {},
    'PUT console/places/:place/closure': { body: { until: soon(), reason: 'x' } },
    'POST console/sign-off': { body: { provider: 'acute-2', seen: [] } },
    'POST console/status': { body: { provider: 'acute-2', text: 'all well' } },
    'POST feeds/:feed/files': { body: {} },
    'POST feeds/:feed/files/look': { body: {} },
    'POST feeds/:feed/files/try': { body: { map, content: 'YQ==' } },
    'GET feeds/:feed/map': {},
    'PUT feeds/:feed/map': { body: map },
    'DELETE feeds/:feed/pause': {},
    'POST feeds/:feed/pause': { body: { until: soon(), reason: 'x' } },
    'GET feeds/:feed/payloads': {},
    'GET feeds/:feed/payloads/:id': {},
    'POST feeds/:feed/payloads/:id/replay': { body: { dryRun: false } },
    'POST feeds/:feed/payloads/:id/take-back': { body: { reason: 'x' } },
    'POST feeds/held': { body: { series: 'm.1@here-2', at: 1, value: 1, released: true, reason: 'x' } },
    'POST huddle/attendance': { body: { no: 1, provider: 'acute-2', attendance: 'here' } },
    'POST keys': { body: { provider: 'acute-2', feeds: ['ed-2'], label: 'x', expiresAt: soon() } },
    'DELETE keys/:key': {},
    'POST levels/:level/declare': { body: { n: 2, reason: 'x' } },
    'POST people': { body: { name: 'Somebody', email: 'somebody@x.example', role: 'editor', providers: ['acute-2'] } },
    'DELETE people/:person': {},
    'PUT people/:person': { body: { role: 'editor', providers: ['acute'] } },
    'POST people/:person/link': { body: { secondFactor: false } },
    'DELETE people/:person/sessions': {},
  };
  /** What the people around a board share, whoever they work for: the room, its meeting, its past, and the lists they see of their own. */
  const SHARED =
    /^(GET (audit|console|contacts|displays|feeds|keys|messages|packs|people|snapshots|goals|charter)|(GET|POST) (replay|packs|snapshots)|POST (actions\/:no|cards|concerns|huddle|ideas|rules\/backtest|goals|charter)|PUT charter|DELETE snapshots)/;

  let person: string;
  async function named(): Promise<Record<string, string>> {
    const headers = { cookie: cookies.administrator, 'content-type': 'application/json' };
    const send = async <Body>(route: string, body: object): Promise<Body> =>
      (await (await fetch(`${api.address}/v1/boards/small/${route}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Body;
    const offer = await send<{ no: number }>('console/offers', { provider: 'acute-2', what: 'beds', count: 2, until: soon() });
    const key = await send<{ keyId: string }>('keys', { provider: 'acute-2', feeds: ['ed-2'], label: 'theirs', expiresAt: soon() });
    ({ id: person } = await people.create(['small'], 'Theirs', 'editor', ['acute-2']));
    await api.post('ed-2', otherKey, { readings: [{ series: 'm.1@here-2', observedAt: new Date().toISOString(), value: 250 }] });
    return {
      board: 'small',
      feed: 'ed-2',
      series: 'm.1@here-2',
      place: 'here-2',
      no: String(offer.no),
      key: key.keyId,
      person,
      rule: 'long@here-2',
      level: 'theirs',
    };
  }
  async function refusedTo(cookie: string, filled: Record<string, string>, route: Route): Promise<{ status: number; code: string | undefined }> {
    const { body } = OF_ANOTHER[nameOf(route)] ?? {};
    const answer = await fetch(api.address + route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(filled[name] ?? '1')), {
      method: route.method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      code: /^application\/problem/.test(answer.headers.get('content-type') ?? '') ? (JSON.parse(text) as { code: string }).code : undefined,
    };
  }
  const commandOf = ({ door }: Route): Command => (door as Extract<Door, { kind: 'command' }>).command;
  const nameOf = ({ method, path: at }: Route): string => `${method} ${at.replace('/v1/boards/:board/', '')}`;
  const stands = async (): Promise<unknown> => [
    await postgres.sql(url, `select seq, kind from journal where board_id = 'small' and source like 'person:%' and kind <> 'DeedDone' order by seq`),
    await postgres.sql(url, `select * from feed_maps`),
    await postgres.sql(url, `select key_id, revoked_at from feed_keys order by 1`),
    await postgres.sql(url, `select person_id, role, providers, revoked_at from people order by 1`),
  ];

  test('is refused on every route that names it, and nothing happens', async () => {
    const filled = await named();
    const commands = routes.filter(({ path: at, door }) => at.startsWith('/v1/boards/:board/') && door!.kind === 'command');
    const unsorted = commands.filter((route) => !(nameOf(route) in OF_ANOTHER) && !SHARED.test(nameOf(route)) && !needsWholeBoard(commandOf(route)));
    expect(unsorted.map(nameOf)).toEqual([]);
    const before = await stands();
    const wrong: string[] = [];
    for (const one of ['editor', 'duty', 'coordinator', 'administrator'] as const) {
      const cookie = await signedIn(one, ['small'], ['acute']);
      const beside = await stands();
      for (const route of commands) {
        const command = commandOf(route);
        if (!commandsOf(one).includes(command) || !(nameOf(route) in OF_ANOTHER || needsWholeBoard(command))) continue;
        const { status, code } = await refusedTo(cookie, filled, route);
        const right = needsWholeBoard(command) ? ['whole-board'] : ['other-provider'];
        if (status !== 403 || !right.includes(code!)) wrong.push(`${one} ${nameOf(route)}: ${status} ${code}`);
      }
      expect(await stands()).toEqual(beside);
    }
    expect(wrong).toEqual([]);
    expect(((await stands()) as unknown[][])[0]).toEqual((before as unknown[][])[0]);
  });

  test('positive control: the same requests of somebody of that organisation are let in', async () => {
    const filled = await named();
    const theirs = await signedIn('administrator', ['small'], ['acute-2']);
    const wrong: string[] = [];
    for (const route of routes.filter((one) => nameOf(one) in OF_ANOTHER)) {
      const { status, code } = await refusedTo(theirs, filled, route);
      if (status === 403) wrong.push(`${nameOf(route)}: ${code}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('another site', () => {
  test('changes nothing, whoever is signed in', async () => {
    for (const route of routes.filter(({ method, door }) => method !== 'GET' && door!.kind !== 'feed')) {
      for (const origin of [
        'https://elsewhere.example',
        'null',
        `${api.address}.elsewhere.example`,
        api.address.replace('http:', 'https:').replace('127.0.0.1', 'localhost'),
      ]) {
        const got = await ask(route, { cookie: cookies.administrator, origin });
        expect([route.method, route.path, origin, got.code]).toEqual([route.method, route.path, origin, 'foreign-page']);
      }
      // Browsers that send no Origin still say that the request crosses sites.
      expect([route.path, (await ask(route, { cookie: cookies.administrator, 'sec-fetch-site': 'cross-site' })).code]).toEqual([route.path, 'foreign-page']);
    }
  });
});

describe('sockets', () => {
  type Opened = Awaited<ReturnType<typeof openSocket>>;
  const open: Opened[] = [];
  afterAll(() => {
    for (const { socket: made } of open) made.disconnect();
  });
  async function socket(headers: Record<string, string>): Promise<Opened> {
    const opened = await openSocket(api.address, headers);
    open.push(opened);
    return opened;
  }

  test('every message: who may watch gets in, nobody else is let through the handshake', async () => {
    for (const { message, door } of messages) {
      const may = admits(door!);
      for (const principal of PRINCIPALS) {
        const { socket: made, refused } = await socket(asked(principal));
        expect([message, principal, refused === undefined]).toEqual([message, principal, may.includes(principal)]);
        if (refused === undefined && message === 'board:join')
          expect(await made.emitWithAck('board:join', { board: 'small', protocol: PROTOCOL })).toMatchObject({ ok: true });
        made.disconnect();
      }
    }
    const { socket: other } = await socket({ cookie: stranger });
    expect(await other.emitWithAck('board:join', { board: 'small', protocol: PROTOCOL })).toMatchObject({ ok: false, code: 'unknown-board' });
  });

  test('a page of another site opens none, with whatever cookie', async () => {
    for (const origin of ['https://elsewhere.example', 'null', `${api.address}.elsewhere.example`, 'http://127.0.0.1', 'file://'])
      expect([origin, (await socket({ cookie: cookies.administrator, origin })).refused]).toEqual([origin, expect.any(String)]);
    expect((await socket({ cookie: cookies.administrator, origin: api.address })).refused).toBeUndefined();
  });

  test('whoever is removed, signed out elsewhere or ended loses the open socket too (I46)', async () => {
    const ends: Record<string, (id: string) => Promise<unknown>> = {
      removed: (id) => ask({ method: 'DELETE', path: `/v1/boards/small/people/${id}` }, { cookie: cookies.administrator }),
      'signed out by the administrator': (id) => ask({ method: 'DELETE', path: `/v1/boards/small/people/${id}/sessions` }, { cookie: cookies.administrator }),
    };
    for (const [how, end] of Object.entries(ends)) {
      const { id, token } = await people.create(['small'], 'Somebody', 'duty');
      const cookie = await signInWith(token);
      const { socket: made } = await socket({ cookie });
      expect([how, made.connected]).toEqual([how, true]);
      await end(id);
      await until(() => !made.connected, `the socket of whoever was ${how} is closed`);
      expect((await fetch(`${api.address}/v1/desk/session`, { headers: { cookie } })).status).toBe(401);
    }
  });
});

describe('the guards guard (seeded faults)', () => {
  @Controller('seeded')
  class Careless {
    @Get('silent')
    silent(): string {
      return 'open';
    }
    /** Names a command, but nobody stands at the door to ask for it. */
    @Post('unguarded')
    @Needs('edit-board')
    unguarded(): string {
      return 'open';
    }
    @Post('unnamed')
    @UseGuards(PersonGuard)
    unnamed(): string {
      return 'open';
    }
    @Get('said')
    @Open('a reason')
    said(): string {
      return 'open';
    }
  }

  test('a route that says nothing, or says it without a guard, is open to nobody', () => {
    const reflector = new Reflector();
    const doors = ['silent', 'unguarded', 'unnamed', 'said'].map((name) => doorOf(reflector, Careless, Careless.prototype[name as 'said']));
    expect(doors).toEqual([undefined, undefined, undefined, { kind: 'open', why: 'a reason' }]);
    const gate = new Gate(
      reflector,
      new Displays({ DISPLAY_TOKENS: [], DEMO: 'off', HOST: '127.0.0.1', ALLOWED_ORIGINS: [] }, { holder: () => Promise.resolve(undefined) }),
    );
    const request = { method: 'POST', headers: { origin: 'https://elsewhere.example', host: 'here.example' } };
    const at = (name: 'silent' | 'said', method = 'GET') =>
      ({
        getType: () => 'http',
        getClass: () => Careless,
        getHandler: () => Careless.prototype[name],
        switchToHttp: () => ({ getRequest: () => ({ ...request, method }) }),
      }) as never;
    expect(() => gate.canActivate(at('silent'))).toThrow(expect.objectContaining({ status: 403, code: 'undeclared' }));
    expect(gate.canActivate(at('said'))).toBe(true);
    expect(() => gate.canActivate(at('said', 'POST'))).toThrow(expect.objectContaining({ code: 'foreign-page' }));
  });
});

test('docs/access-matrix.md says what the server does', () => {
  const mark = (door: Door) => PRINCIPALS.map((principal) => (admits(door).includes(principal) ? '●' : '')).join(' | ');
  const heads = `| ${PRINCIPALS.join(' | ')} |`;
  const rule = `|${' --- |'.repeat(PRINCIPALS.length + 1)}`;
  const said = (door: Door): string => (door.kind === 'command' ? `\`${door.command}\`` : door.kind);
  const text = [
    '# Who may do what',
    '',
    'Written from the running server by `apps/api/test/access-matrix.e2e.spec.ts` (`UPDATE_MATRIX=1`), which also tries every cell. The table behind it is `apps/api/src/access/matrix.ts`.',
    'People act on boards they have a part in; those limited to some organisations, on the work of these, and not on the board as a whole. ● = gets in.',
    '',
    '## Commands',
    '',
    `| command | ${ROLES.join(' | ')} | fresh sign-in | whole board |`,
    `|${' --- |'.repeat(ROLES.length + 3)}`,
    ...COMMANDS.map(
      (command) =>
        `| \`${command}\` | ${ROLES.map((one) => (commandsOf(one).includes(command) ? '●' : '')).join(' | ')} | ${needsFreshProof(command) ? '●' : ''} | ${needsWholeBoard(command) ? '●' : ''} |`,
    ),
    '',
    `Roles that need a second factor: ${ROLES.filter(needsSecondFactor).join(', ')}.`,
    '',
    '## Routes',
    '',
    `| route | needs ${heads}`,
    `${rule} --- |`,
    ...routes.map(({ method, path: at, door }) => `| ${method} \`${at}\` | ${said(door!)} | ${mark(door!)} |`),
    '',
    '## Socket messages',
    '',
    `| message | needs ${heads}`,
    `${rule} --- |`,
    ...messages.map(({ message, door }) => `| \`${message}\` | ${said(door!)} | ${mark(door!)} |`),
    '',
    '## Open doors, and why',
    '',
    ...routes.flatMap(({ method, path: at, door }) => (door!.kind === 'open' ? [`- ${method} \`${at}\`: ${door!.why}.`] : [])),
    '- GET of the page, its files and the documentation: they hold nothing of a board.',
    '',
  ].join('\n');
  if (process.env['UPDATE_MATRIX']) writeFileSync(DOCUMENT, text);
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(text);
});
