/**
 * Recognisable secrets go everywhere a secret goes; then everything this server says or keeps is searched for them: what it prints,
 * what it answers (errors, validation and faults included), where it sends browsers, the journal and its trail, Postgres's own log,
 * and every table of the database (I44, reliability 2.7 row 76).
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Doors } from '../src/doors.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Secret, TOTP } from 'otpauth';
import { Api, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const ORGANISATION = fileURLToPath(new URL('../../../tests/support/organisation.mjs', import.meta.url));
const ADMIN = fileURLToPath(new URL('../dist/admin.js', import.meta.url));
const CONFIGURED = {
  'display token of the settings': 'planted-display-token-7f3a91',
  'client secret': 'planted-client-secret-52c8e0d4',
  'mail password': 'planted-mail-password-b61d',
  'key of Notify': `planted-notify-9d27-${'0f8fad5b-d9cb-469f-a165-70867728950e'}-${'7c9e6679-7425-40de-944b-e07fc1f90ae7'}`,
  'web push key': 'planted-vapid-private-key-3c2b1a09f8e7d6c5b4a39281706f5e4d',
  'dead-man address': 'planted-dead-man-token-41aa',
};
const PASSWORD = 'planted herons wade upstream';

const label = (en: string) => ({ en, cy: en });
const board = {
  ...smallBoard(),
  response: { groups: { site: { id: 'site', name: label('Site'), kind: 'site' as const, climb: [] } }, holidays: [], cards: {}, schemes: {}, levels: {} },
};

let postgres: TestPostgres;
let url: string;
let api: Api;
let organisation: ChildProcess;
let routes: Doors['routes'];

/** Everything that was planted, by what it is; and everything said, by who said it. */
const secrets = new Map<string, string>(Object.entries(CONFIGURED));
const said: { by: string; text: string }[] = [];

/** `tells`: this answer is the one place where a secret is shown. */
async function ask<Body>(
  method: string,
  route: string,
  cookie = '',
  body?: unknown,
  { tells = false, headers = {} }: { tells?: boolean; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(api.address + route, {
    method,
    redirect: 'manual',
    headers: { ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const by = `${method} ${route.split('?')[0]} ${answer.status}`;
  if (!tells) said.push({ by, text });
  said.push({ by: `${by}, where to`, text: answer.headers.get('location') ?? '' });
  const json = /^application\/(problem\+)?json/.test(answer.headers.get('content-type') ?? '') ? (JSON.parse(text) as Body) : (undefined as Body);
  return {
    status: answer.status,
    body: json,
    cookies: answer.headers.getSetCookie().map((one) => one.split(';')[0]!),
    location: answer.headers.get('location'),
  };
}
const plant = (what: string, secret: string): string => {
  secrets.set(what, secret);
  return secret;
};

/** Where a secret can be read, in any of the ways it would be written down. */
function found(texts: readonly { by: string; text: string }[], known: ReadonlyMap<string, string> = secrets): string[] {
  const hits = new Set<string>();
  for (const [what, secret] of known)
    for (const written of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex')])
      for (const { by, text } of texts) if (text.includes(written)) hits.add(`${what}: ${by}`);
  return [...hits].sort();
}

/** What is in them. The log of payloads keeps what a feed sent as it was sent: that is what it is for, so only what stands beside is looked at. */
async function tables(): Promise<{ by: string; text: string }[]> {
  const names = await postgres.sql<{ name: string }>(
    url,
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const texts = [];
  for (const { name } of names) {
    const rows = await postgres.sql<{ row: string }>(
      url,
      `select (to_jsonb(t) - 'body')::text as row from ${name} t${name === 'feed_payloads' ? '' : ` union all select coalesce(to_jsonb(t) ->> 'body', '') from ${name} t`}`,
    );
    texts.push({ by: `table ${name}`, text: rows.map(({ row }) => row).join('\n') });
  }
  return texts;
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, board);
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  // The organisation knows this client by another secret, so that it refuses ours: what is said then is what could leak.
  const child = fork(ORGANISATION, [], {
    env: { PATH: process.env['PATH'], CLIENT_ID: 'comm-cell', CLIENT_SECRET: 'another-secret-0123456789', REDIRECT_URI: `${own}/v1/sign-in/back` },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  organisation = child;
  const { address } = await new Promise<{ address: string }>((resolve) => child.once('message', (message) => resolve(message as { address: string })));
  api = await Api.start({
    DATABASE_URL: url,
    PORT: String(port),
    PUBLIC_ADDRESS: own,
    DISPLAY_TOKENS: CONFIGURED['display token of the settings'],
    OIDC_ISSUER: address,
    OIDC_CLIENT_ID: 'comm-cell',
    OIDC_CLIENT_SECRET: CONFIGURED['client secret'],
    // Nobody listens there: sending fails, and says so.
    SMTP_URL: `smtp://board:${CONFIGURED['mail password']}@127.0.0.1:1`,
    NOTIFY_API_KEY: CONFIGURED['key of Notify'],
    NOTIFY_TEMPLATE: '0f8fad5b-d9cb-469f-a165-70867728950e',
    NOTIFY_ADDRESS: 'http://127.0.0.1:1',
    VAPID_PRIVATE_KEY: CONFIGURED['web push key'],
    VAPID_PUBLIC_KEY: 'B'.repeat(87),
    VAPID_SUBJECT: 'mailto:board@organisation.example',
    OUTBOUND_ALLOW: '127.0.0.0/8',
    DEADMAN_URL: `http://127.0.0.1:1/${CONFIGURED['dead-man address']}`,
    NOTIFY_ATTEMPT_MS: '1000',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [ADMIN, 'doors'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    maxBuffer: 8_000_000,
  });
  ({ routes } = JSON.parse(stdout) as Doors);
});
afterAll(async () => {
  await api.stop();
  organisation.disconnect();
  await postgres.stop();
});

test('no secret is found in what the server prints, answers or keeps', async () => {
  // Somebody at the machine itself, then everybody else by what they are handed.
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'First administrator', 'administrator');
  await database.destroy();
  plant('desk token', token);
  const boss = (await ask('POST', '/v1/desk/session', '', { token })).cookies[0]!;
  plant('session of a token', boss.split('=')[1]!);

  const email = 'planted@organisation.example';
  const invited = await ask<{ link: string }>(
    'POST',
    '/v1/boards/small/people',
    boss,
    { name: 'Somebody', email, role: 'duty', providers: null },
    { tells: true },
  );
  const invitation = plant('invitation', invited.body.link.split('#invitation=')[1]!);
  plant('password', PASSWORD);
  expect((await ask('POST', '/v1/account/invitation/look', '', { secret: invitation })).status).toBe(200);
  const weak = await ask('POST', '/v1/account/invitation', '', { secret: invitation, password: plant('refused password', 'somebody zzplanted') });
  expect([200, 422]).toContain(weak.status);
  const entered = weak.status === 200 ? weak : await ask('POST', '/v1/account/invitation', '', { secret: invitation, password: PASSWORD });
  const person = entered.cookies.join('; ');
  for (const cookie of entered.cookies) plant(`cookie ${cookie.split('=')[0]}`, cookie.split('=')[1]!);
  const offer = await ask<{ secret: string }>('POST', '/v1/account/second-factor', person, {}, { tells: true });
  const totp = plant('secret of the second factor', offer.body.secret);
  const code = new TOTP({ secret: Secret.fromBase32(totp) }).generate();
  const recovery = await ask<{ recovery: string[] }>('PUT', '/v1/account/second-factor', person, { code }, { tells: true });
  for (const one of recovery.body.recovery) plant(`recovery code ${one.slice(0, 4)}`, one);

  const key = await ask<{ key: string }>(
    'POST',
    '/v1/boards/small/keys',
    boss,
    { provider: 'acute', feeds: ['ed'], label: 'planted', expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
    { tells: true },
  );
  plant('feed key', key.body.key);
  const screen = await ask<{ code: string }>('POST', '/v1/displays/pairing', '', undefined, { tells: true });
  plant('pairing code', screen.body.code);
  plant('screen', screen.cookies[0]!.split('=')[1]!);
  expect((await ask('POST', '/v1/boards/small/displays', boss, { code: screen.body.code, place: 'Site office' })).status).toBe(201);
  const snapshot = await ask<{ snapshot: string }>('POST', '/v1/boards/small/snapshots', boss, { name: 'Planted', seq: 1 });
  expect(snapshot.status).toBe(201);
  const link = await ask<{ link: string }>(
    'POST',
    `/v1/boards/small/snapshots/${snapshot.body.snapshot}/links`,
    boss,
    { until: new Date(Date.now() + 3_600_000).toISOString(), redact: true },
    { tells: true },
  );
  expect([link.status, link.body]).toEqual([201, expect.objectContaining({ link: expect.any(String) })]);
  const shared = plant('snapshot link', link.body.link.split('#')[1]!);
  expect(
    (await ask('GET', `/v1/snapshots/${link.body.link.split('/').at(-1)!.split('#')[0]}`, '', undefined, { headers: { 'x-snapshot-secret': shared } })).status,
  ).toBe(200);
  const hooks = [];
  for (const [channel, address] of [
    ['webhook', 'http://127.0.0.1:1/hook'],
    ['teams', `http://127.0.0.1:1/${plant('address of a Teams workflow', 'planted-teams-signature-77b0')}`],
    ['email', 'planted@organisation.example'],
    ['text', '07700900123'],
  ] as const) {
    const made = await ask<{ id: string; secret?: string }>(
      'POST',
      '/v1/boards/small/contacts',
      boss,
      { group: 'site', channel, address, name: 'Somebody' },
      { tells: true },
    );
    expect([channel, made.status]).toEqual([channel, 201]);
    if (made.body.secret !== undefined) plant(`secret of ${channel}`, made.body.secret);
    hooks.push(made.body.id);
  }
  expect(secrets.has('secret of webhook')).toBe(true);
  for (const id of hooks) await ask('POST', `/v1/boards/small/contacts/${id}/test`, boss, {});

  // Right and wrong sign-ins; the organisation's sign-in, which fails at the exchange.
  await ask('POST', '/v1/desk/session', '', { email, password: PASSWORD });
  await ask('POST', '/v1/desk/session', '', { email, password: PASSWORD, code: recovery.body.recovery[0] });
  await ask('POST', '/v1/desk/session', '', { email, password: plant('wrong password', 'planted wrong password 0815') });
  await ask('POST', '/v1/displays/session', '', { token: CONFIGURED['display token of the settings'] });
  const errand = await ask<{ address: string }>('POST', '/v1/sign-in', '', { to: '/' });
  const back = await atOrganisation(errand.body.address);
  expect((await ask('GET', back, errand.cookies.join('; '))).location).toContain('refused=not-accepted');
  for (const part of ['code', 'state']) plant(`${part} of the organisation`, new URL(back, api.address).searchParams.get(part)!);
  // The state goes to the organisation and back by its nature; nowhere else.
  said.splice(
    said.findIndex(({ text }) => text.includes(errand.body.address)),
    1,
  );

  // Every route, with every secret where it belongs and where it does not, in bodies that fit and that do not.
  const all = Object.fromEntries([...secrets].map(([what, secret]) => [what.replaceAll(' ', '_'), secret]));
  const bodies = [
    {},
    all,
    { password: PASSWORD, secret: invitation, token, code: totp, key: key.body.key, secretKey: [all] },
    [all],
    `{"password":"${PASSWORD}"`,
    JSON.stringify(PASSWORD),
  ];
  const ends = new Set(['/v1/desk/session', '/v1/account/sessions', '/v1/account/sessions/:no', '/v1/account/second-factor', '/v1/account/password']);
  for (const { method, path: at } of routes) {
    if (method === 'DELETE' && ends.has(at)) continue;
    const route = at.replace(/:(\w+)/g, (_, name: string) => (name === 'board' ? 'small' : name === 'feed' ? 'ed' : '1'));
    for (const cookie of [boss, person, ''])
      for (const body of method === 'GET' ? [undefined] : bodies) {
        const headers = cookie === '' ? { authorization: `Bearer ${key.body.key}` } : {};
        await ask(method, `${route}?q=${encodeURIComponent(PASSWORD)}&token=${encodeURIComponent(token)}`, cookie, body, { headers });
      }
  }

  // Faults: the database is not as the code expects it.
  const broken: [string, string, () => Promise<{ status: number }>][] = [
    [
      'accounts',
      'totp_step',
      () => ask('POST', '/v1/desk/session', '', { email, password: PASSWORD, code: new TOTP({ secret: Secret.fromBase32(totp) }).generate() }),
    ],
    ['invitations', 'used_at', () => ask('POST', '/v1/account/invitation/look', '', { secret: invitation })],
    [
      'feed_keys',
      'secret_hash',
      () =>
        ask('POST', '/v1/boards/small/keys', boss, {
          provider: 'acute',
          feeds: ['ed'],
          label: 'x',
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        }),
    ],
    [
      'snapshot_links',
      'secret_hash',
      () => ask('GET', `/v1/snapshots/small.${snapshot.body.snapshot}`, '', undefined, { headers: { 'x-snapshot-secret': shared } }),
    ],
    ['desk_sessions', 'seen_at', () => ask('GET', '/v1/account', boss)],
    [
      'contacts',
      'secret',
      () => ask('POST', '/v1/boards/small/contacts', boss, { group: 'site', channel: 'webhook', address: 'http://127.0.0.1:1/x', name: 'x' }),
    ],
  ];
  const faults: number[] = [];
  for (const [table, column, act] of broken) {
    await postgres.sql(url, `alter table ${table} rename column ${column} to gone`);
    faults.push((await act()).status);
    await postgres.sql(url, `alter table ${table} rename column gone to ${column}`);
  }
  expect(faults.filter((status) => status >= 500).length).toBeGreaterThan(3);
  expect(said.some(({ by }) => by.endsWith(' 500'))).toBe(true);
  expect(api.printed).not.toBe('');

  said.push({ by: 'what the process printed', text: api.printed });
  const log =
    postgres.dataDir === undefined
      ? []
      : readdirSync(postgres.dataDir, { recursive: true })
          .map(String)
          .filter((name) => name.endsWith('.log'));
  for (const name of log) said.push({ by: `Postgres's ${name}`, text: readFileSync(path.join(postgres.dataDir!, name), 'utf8') });
  const stored = await tables();
  expect(stored.find(({ by }) => by === 'table journal')!.text.length).toBeGreaterThan(1_000);
  expect(found(said)).toEqual([]);
  // What a signing channel signs with, and where it sends, must be known in clear; both are of one contact and open nothing here.
  expect(found(stored)).toEqual(['address of a Teams workflow: table contacts', 'dead-man address: table contacts', 'secret of webhook: table contacts']);
});

test('positive control: a line that logs what a caller sent is found', async () => {
  const seeded = `import { subscribe } from 'node:diagnostics_channel'; subscribe('http.server.request.start', ({ request }) => console.error('asked by', request.headers.authorization));`;
  const careless = await Api.start({ DATABASE_URL: url, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(seeded)}` });
  try {
    const key = secrets.get('feed key')!;
    await careless.request('/v1/feeds/ed', { headers: { authorization: `Bearer ${key}` } });
    await until(() => careless.printed.includes('asked by'), 'the line is printed');
    expect(found([{ by: 'what the process printed', text: careless.printed }])).toEqual(['feed key: what the process printed']);
  } finally {
    await careless.stop();
  }
});

test('positive control: a second factor that lay in clear would be found in the database', async () => {
  const totp = secrets.get('secret of the second factor')!;
  const kept = await postgres.sql<{ person_id: string; totp_secret: string }>(url, 'select person_id, totp_secret from accounts where totp_secret is not null');
  await postgres.sql(url, 'update accounts set totp_secret = $1 where totp_secret is not null', [totp]);
  expect(found(await tables())).toContain('secret of the second factor: table accounts');
  // The next start seals what an earlier release left in clear, with the key it has.
  const next = await Api.start({ DATABASE_URL: url, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') });
  try {
    expect(found(await tables())).not.toContain('secret of the second factor: table accounts');
    const [{ totp_secret: sealed } = { totp_secret: '' }] = await postgres.sql<{ totp_secret: string }>(
      url,
      'select totp_secret from accounts where totp_secret is not null',
    );
    expect(sealed).toMatch(/^sealed1\./);
    expect(kept[0]!.totp_secret).not.toBe(sealed);
    const enter = async (one: Api): Promise<number> => {
      const body = JSON.stringify({
        email: 'planted@organisation.example',
        password: PASSWORD,
        code: new TOTP({ secret: Secret.fromBase32(totp) }).generate({ timestamp: Date.now() + 30_000 }),
      });
      return (await one.request('/v1/desk/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
    };
    // A server with another key opens nothing of it, and says why; the one that has it does.
    expect([await enter(api), await enter(next)]).toEqual([503, 200]);
  } finally {
    await next.stop();
  }
});

/** Through the organisation's pages, as a person would. Answers the address it comes back to. */
async function atOrganisation(address: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = address;
  for (let step = 0; step < 12; step++) {
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      jar.set(name!, value!);
    }
    const to = new URL(answer.headers.get('location') ?? `${next}?as=subject-1`, next);
    if (to.pathname === '/v1/sign-in/back') return to.pathname + to.search;
    next = to.href;
  }
  throw new Error('The organisation sends nobody back.');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
