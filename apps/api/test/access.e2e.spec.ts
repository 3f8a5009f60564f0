/**
 * Accounts against a real api process: invitations, passwords, second factors, sessions, guesses, and the organisation's sign-in
 * against a real OpenID provider (reliability 2.8 rows 80, 84, 86).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AccountView, PeopleOfBoard, PersonMade } from '@comm-cell/contract/access';
import type { Role, Session } from '@comm-cell/contract/desk';
import { FOR_PERSON } from '@comm-cell/contract/for-person';
import type { Problem } from '@comm-cell/contract/feed';
import { Secret, TOTP } from 'otpauth';
import type { DataSource } from 'typeorm';
import { BUDGETS } from '../src/access/budgets.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { type Answer, Api, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const ORGANISATION = fileURLToPath(new URL('../../../tests/support/organisation.mjs', import.meta.url));
const ACR = 'AAL2 AAL3';
/** Ten thousand on demand. */
const GUESSES = Number(process.env['GUESSES'] ?? 200);
const GOOD = 'five grey herons wait';
const BETTER = 'rain on the slate roof';

type Told = Problem & { code: string };

/** A browser: it keeps what it is given and sends it back. */
class Browser {
  readonly #jar = new Map<string, string>();

  constructor(
    private readonly api: Api,
    private readonly from?: string,
  ) {}

  async ask<Body = unknown>(method: string, route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body & Told>> {
    const answer = await this.api.request<Body & Told>(route, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.#jar.size > 0 ? { cookie: [...this.#jar].map((pair) => pair.join('=')).join('; ') } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.from === undefined ? {} : { 'x-forwarded-for': this.from }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (cookie.includes('Max-Age=0')) this.#jar.delete(name!);
      else this.#jar.set(name!, value!);
    }
    return answer;
  }
  enter(email: string, password: string, code?: string): Promise<Answer<Session & Told>> {
    return this.ask<Session>('POST', '/v1/desk/session', { email, password, ...(code === undefined ? {} : { code }) });
  }
  forget(name: string): void {
    this.#jar.delete(name);
  }
  cookie(name: string): string | undefined {
    return this.#jar.get(name);
  }
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let database: DataSource;
let administrator: Browser;
let organisation: { address: string; process: ChildProcess };

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, smallBoard());
  await prepareBoard(url, smallBoard({ id: 'other' }));
  // The provider must know the address of the server before it runs, and the server that of the provider.
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  organisation = await startOrganisation({
    CLIENT_ID: 'comm-cell',
    CLIENT_SECRET: 'a-secret-of-the-tests-0123456789',
    REDIRECT_URI: `${own}/v1/sign-in/back`,
    ACR,
  });
  api = await Api.start({
    DATABASE_URL: url,
    PORT: String(port),
    PUBLIC_ADDRESS: own,
    TRUST_PROXY: 'on',
    OIDC_ISSUER: organisation.address,
    OIDC_CLIENT_ID: 'comm-cell',
    OIDC_CLIENT_SECRET: 'a-secret-of-the-tests-0123456789',
    OIDC_NAME: 'Test organisation',
    OIDC_ACR: ACR,
  });
  database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'First administrator', 'administrator');
  administrator = new Browser(api);
  expect((await administrator.ask('POST', '/v1/desk/session', { token })).status).toBe(200);
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  organisation.process.disconnect();
  await postgres.stop();
});

let counter = 0;
/** A person the administrator added, and the secret of their link. */
async function added(role: Role = 'duty', providers: string[] | null = null): Promise<{ id: string; email: string; secret: string }> {
  const email = `person-${counter++}@organisation.example`;
  const made = await administrator.ask<PersonMade>('POST', '/v1/boards/small/people', { name: `Person ${counter}`, email, role, providers });
  expect(made.status).toBe(201);
  return { id: made.body.id, email, secret: made.body.link!.split('#invitation=')[1]! };
}
/** The same, with their password set, in the browser they did it with. */
async function settled(role: Role = 'duty'): Promise<{ id: string; email: string; browser: Browser }> {
  const { id, email, secret } = await added(role);
  const browser = new Browser(api);
  expect((await browser.ask('POST', '/v1/account/invitation', { secret, password: GOOD })).status).toBe(200);
  return { id, email, browser };
}
const codeNow = (secret: string, steps = 0): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
/** A second factor for whoever is signed in; answers its secret and the recovery codes. */
async function secured(browser: Browser): Promise<{ secret: string; recovery: string[] }> {
  const { body: offer } = await browser.ask<{ secret: string }>('POST', '/v1/account/second-factor', {});
  const { status, body } = await browser.ask<{ recovery: string[] }>('PUT', '/v1/account/second-factor', { code: codeNow(offer.secret) });
  expect(status).toBe(200);
  return { secret: offer.secret, recovery: body.recovery };
}
async function deedsOf(kind: string): Promise<{ by: { id: string } | null; about?: string; detail?: string }[]> {
  const rows = await postgres.sql<{ body: string }>(url, `select body from journal where board_id = 'small' and kind = 'DeedDone' order by seq`);
  return rows.map(({ body }) => JSON.parse(body) as { deed: string; by: { id: string } | null }).filter(({ deed }) => deed === kind);
}

describe('an invitation', () => {
  test('shows whose it is, opens once, and signs the person in; its secret is in no address and stored nowhere', async () => {
    const { id, email, secret } = await added();
    const browser = new Browser(api);
    expect((await browser.ask('POST', '/v1/account/invitation/look', { secret })).body).toMatchObject({ email, organisation: 'Test organisation' });
    const weak = await browser.ask('POST', '/v1/account/invitation', { secret, password: 'password1234' });
    expect([weak.status, weak.body.errors]).toEqual([422, [expect.objectContaining({ field: 'password' })]]);
    const entered = await browser.ask('POST', '/v1/account/invitation', { secret, password: GOOD });
    expect([entered.status, entered.body]).toEqual([200, { signIn: false }]);
    expect((await browser.ask<Session>('GET', '/v1/desk/session')).body).toMatchObject({ person: { id }, boards: [{ board: 'small', role: 'duty' }] });
    expect((await new Browser(api).ask('POST', '/v1/account/invitation', { secret, password: BETTER })).body.code).toBe('unknown-link');
    expect((await new Browser(api).enter(email, GOOD)).status).toBe(200);
    expect((await new Browser(api).enter(email.toUpperCase(), GOOD)).status).toBe(200);
    const stored = JSON.stringify(
      await postgres.sql(url, `select a::text, i::text, j.body from accounts a left join invitations i using (person_id), journal j where kind = 'DeedDone'`),
    );
    for (const text of [secret, GOOD, Buffer.from(secret).toString('hex')]) expect(stored).not.toContain(text);
    expect(api.printed).not.toContain(secret);
  });

  test('is over after three days, and when a newer one was made', async () => {
    const { id, secret } = await added();
    const { body } = await administrator.ask<PersonMade>('POST', `/v1/boards/small/people/${id}/link`, {});
    expect((await new Browser(api).ask('POST', '/v1/account/invitation/look', { secret })).status).toBe(404);
    const newer = body.link!.split('#invitation=')[1]!;
    await postgres.sql(url, `update invitations set expires_at = now() - interval '1 second' where person_id = $1`, [id]);
    expect((await new Browser(api).ask('POST', '/v1/account/invitation', { secret: newer, password: GOOD })).status).toBe(404);
  });

  test('of two who use it at once one comes in', async () => {
    const { secret } = await added();
    const answers = await Promise.all([0, 1].map(() => new Browser(api).ask('POST', '/v1/account/invitation', { secret, password: GOOD })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });
});

describe('a second factor', () => {
  test('roles that hand out rights do nothing without one; then the password alone opens no more', async () => {
    const { email, browser } = await settled('administrator');
    expect((await browser.ask<Session>('GET', '/v1/desk/session')).body.owes).toBe('second-factor');
    expect((await browser.ask('GET', '/v1/boards/small/people')).body.code).toBe('second-factor-first');
    const { secret } = await secured(browser);
    expect((await browser.ask<Session>('GET', '/v1/desk/session')).body.owes).toBeUndefined();
    expect((await browser.ask('GET', '/v1/boards/small/people')).status).toBe(200);
    expect((await browser.ask('DELETE', '/v1/account/second-factor')).body.code).toBe('second-factor-needed');
    const fresh = new Browser(api);
    expect((await fresh.enter(email, GOOD)).body.code).toBe('second-factor');
    expect((await fresh.enter(email, BETTER, codeNow(secret, 1))).body.code).toBe('unknown-person');
    const code = codeNow(secret, 1);
    expect((await fresh.enter(email, GOOD, code)).status).toBe(200);
    // The code that was just used, seen over somebody's shoulder.
    expect((await new Browser(api).enter(email, GOOD, code)).body.code).toBe('unknown-person');
    expect(await deedsOf('second-factor-set')).not.toEqual([]);
  });

  test('a recovery code opens once, also when it comes twice at the same moment', async () => {
    const { email, browser } = await settled();
    const { recovery } = await secured(browser);
    expect(recovery).toHaveLength(10);
    const answers = await Promise.all([0, 1].map(() => new Browser(api).enter(email, GOOD, recovery[0]!.toLowerCase())));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await browser.ask<AccountView>('GET', '/v1/account')).body.recoveryLeft).toBe(9);
    expect(JSON.stringify(await postgres.sql(url, 'select recovery_hashes::text from accounts'))).not.toContain(recovery[1]);
  });

  test('a new link does not pass it by; the administrator takes it off for whoever has lost phone and codes', async () => {
    const { id, email, browser } = await settled();
    const { secret } = await secured(browser);
    const linkOf = async (body: object): Promise<string> =>
      (await administrator.ask<PersonMade>('POST', `/v1/boards/small/people/${id}/link`, body)).body.link!.split('#invitation=')[1]!;
    const other = new Browser(api);
    expect((await other.ask('POST', '/v1/account/invitation', { secret: await linkOf({}), password: BETTER })).body).toEqual({ signIn: true });
    expect((await other.ask('GET', '/v1/desk/session')).status).toBe(401);
    expect((await other.enter(email, BETTER, codeNow(secret, 1))).status).toBe(200);
    expect((await other.ask('POST', '/v1/account/invitation', { secret: await linkOf({ secondFactor: true }), password: GOOD })).body).toEqual({
      signIn: false,
    });
  });
});

describe('sessions', () => {
  test('are listed and ended by their owner; a new password ends all others', async () => {
    const { email, browser } = await settled();
    const [second, third] = [new Browser(api), new Browser(api)];
    for (const one of [second, third]) expect((await one.enter(email, GOOD)).status).toBe(200);
    const { body } = await browser.ask<AccountView>('GET', '/v1/account');
    expect(body.sessions).toHaveLength(3);
    expect(body.sessions.filter(({ own }) => own)).toHaveLength(1);
    const one = (await second.ask<AccountView>('GET', '/v1/account')).body.sessions.find(({ own }) => own)!;
    expect((await browser.ask('DELETE', `/v1/account/sessions/${one.no}`)).status).toBe(204);
    expect((await second.ask('GET', '/v1/desk/session')).status).toBe(401);
    expect((await third.ask('GET', '/v1/desk/session')).status).toBe(200);
    expect((await browser.ask('PUT', '/v1/account/password', { present: BETTER, password: BETTER })).body.code).toBe('wrong-password');
    expect((await browser.ask('PUT', '/v1/account/password', { present: GOOD, password: BETTER })).status).toBe(204);
    expect((await third.ask('GET', '/v1/desk/session')).status).toBe(401);
    expect((await browser.ask('GET', '/v1/desk/session')).status).toBe(200);
    // Nobody ends the session of somebody else by its number.
    const { browser: stranger } = await settled();
    const own = (await browser.ask<AccountView>('GET', '/v1/account')).body.sessions[0]!;
    expect((await stranger.ask('DELETE', `/v1/account/sessions/${own.no}`)).status).toBe(404);
  });

  test('one that was left alone goes on watching and changes nothing; one that was proved long ago changes no people', async () => {
    const { id, browser } = await settled('coordinator');
    await secured(browser);
    const levels = '/v1/boards/small/levels';
    await postgres.sql(url, `update desk_sessions set seen_at = now() - interval '31 minutes' where person_id = $1`, [id]);
    expect((await browser.ask('GET', levels)).status).toBe(200);
    expect((await browser.ask('POST', `${levels}/system/declare`, {})).body.code).toBe('away');
    expect((await browser.ask('GET', '/v1/desk/session')).body.code).toBe('away');
    await postgres.sql(url, `update desk_sessions set seen_at = now(), proved_at = now() - interval '31 minutes' where person_id = $1`, [id]);
    expect((await browser.ask('POST', '/v1/boards/small/rules/none@here/approve', { proposedAt: 1 })).body.code).toBe('sign-in-again');
    expect((await browser.ask('POST', `${levels}/system/declare`, {})).status).toBe(422);
  });

  test('a page that is shown to one person does nothing under the cookie of another', async () => {
    const { id, browser } = await settled('coordinator');
    await secured(browser);
    const { id: another } = await settled();
    const declared = '/v1/boards/small/levels/system/declare';
    const doors = [
      ['POST', declared],
      ['GET', '/v1/desk/session'],
      ['GET', '/v1/account'],
      ['DELETE', '/v1/desk/session'],
    ] as const;
    for (const [method, path] of doors) {
      const { body } = await browser.ask(method, path, undefined, { [FOR_PERSON]: another });
      expect(body).toMatchObject({ status: 401, code: 'another-person' });
    }
    expect((await browser.ask('POST', declared, {}, { [FOR_PERSON]: id })).status).toBe(422);
  });

  test('over https the cookie is of the kind that no other host can set; in the open nobody signs in', async () => {
    const { email } = await settled();
    const safe = await new Browser(api).ask('POST', '/v1/desk/session', { email, password: GOOD }, { 'x-forwarded-proto': 'https', host: 'board.example' });
    expect(safe.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-commcell_desk=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/),
      expect.stringMatching(/^__Host-commcell_device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/),
    ]);
  });
});

describe('guesses', () => {
  test('at one account from one place stop after a few; the person comes in from the browser they know', async () => {
    const { email, browser } = await settled();
    const guesser = new Browser(api, '192.0.2.7');
    const codes: string[] = [];
    for (let i = 0; i < GUESSES; i++) codes.push((await guesser.enter(email, `guess number ${i}`)).body.code);
    expect(codes.filter((code) => code === 'unknown-person').length).toBeLessThanOrEqual(BUDGETS.account.most + 1);
    expect(codes.at(-1)).toBe('too-many-tries');
    // Not even the right password tells the guesser anything now.
    const right = await guesser.enter(email, GOOD);
    expect([right.status, right.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect((await new Browser(api, '198.51.100.9').enter(email, GOOD)).status).toBe(429);
    expect((await browser.enter(email, GOOD)).status).toBe(200);
    // A new link is the way back for whoever has no such browser.
    expect((await deedsOf('sign-in-refused')).length).toBeGreaterThan(0);
    expect((await deedsOf('sign-in-refused')).every(({ by }) => by === null)).toBe(true);
  });

  test('an address nobody has is answered like one with a wrong password', async () => {
    const { email } = await settled();
    const at = (who: string): Promise<Answer<Session & Told>> => new Browser(api, '192.0.2.99').enter(who, 'not the password');
    const [known, unknown] = [await at(email), await at('nobody@organisation.example')];
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    expect(unknown.headers.getSetCookie()).toEqual(known.headers.getSetCookie());
  });

  /** A bucket that has been emptied: the tries themselves would take as long as it takes to fill again. */
  async function emptied(bucket: string, most: number): Promise<void> {
    await postgres.sql(
      url,
      `insert into sign_in_budgets (bucket, level, at) values ($1, $2, now() + interval '1 hour') on conflict (bucket) do update set level = $2, at = excluded.at`,
      [bucket, most + 1],
    );
  }

  test('at many accounts from one place stop as well, whatever part of its network they come from', async () => {
    const { email } = await settled();
    const from = (address: string): Promise<Answer<Session & Told>> => new Browser(api, address).enter(email, 'not the password');
    expect((await from('2001:db8:1:2::1')).status).toBe(401);
    await emptied('address:2001:db8:1:2::/64', BUDGETS.address.most);
    expect((await from('2001:db8:1:2:ffff::9')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(401);
  });

  test('from everywhere at once stop for all unknown browsers; known ones still come in', async () => {
    const { email, browser } = await settled();
    await emptied('all:', BUDGETS.all.most);
    try {
      expect((await new Browser(api, '203.0.113.5').enter(email, GOOD)).status).toBe(429);
      expect((await browser.enter(email, GOOD)).status).toBe(200);
    } finally {
      await postgres.sql(url, `delete from sign_in_budgets where bucket = 'all:'`);
    }
  });

  test('from a known browser have a budget of their own, which ends too', async () => {
    const { email, browser } = await settled();
    expect((await browser.enter(email, 'not the password')).status).toBe(401);
    const [row] = await postgres.sql<{ bucket: string }>(url, `select bucket from sign_in_budgets where bucket like 'device:%' order by at desc limit 1`);
    await emptied(row!.bucket, BUDGETS.device.most);
    expect((await browser.enter(email, GOOD)).status).toBe(429);
    // Without the browser's mark it is one guesser among others.
    browser.forget('commcell_device');
    expect((await browser.enter(email, GOOD)).status).toBe(200);
  });
});

describe('people of a board', () => {
  test('are listed, changed and removed, each told with its author', async () => {
    const { id, email, browser } = await settled('viewer');
    const find = async (): Promise<PeopleOfBoard['people'][number] | undefined> =>
      (await administrator.ask<PeopleOfBoard>('GET', '/v1/boards/small/people')).body.people.find((one) => one.id === id);
    expect(await find()).toMatchObject({ role: 'viewer', email, entered: true, secondFactor: false, signedIn: 1 });
    expect((await administrator.ask('PUT', `/v1/boards/small/people/${id}`, { role: 'editor', providers: ['north'] })).status).toBe(204);
    expect((await browser.ask<Session>('GET', '/v1/desk/session')).body.boards).toMatchObject([{ role: 'editor', providers: ['north'] }]);
    expect((await administrator.ask('POST', '/v1/boards/small/people', { name: 'Twice', email, role: 'duty', providers: null })).body.code).toBe(
      'known-person',
    );
    expect((await administrator.ask('DELETE', `/v1/boards/small/people/${id}`)).status).toBe(204);
    expect(await find()).toBeUndefined();
    expect((await browser.ask('GET', '/v1/desk/session')).status).toBe(401);
    expect((await browser.enter(email, GOOD)).status).toBe(401);
    for (const deed of ['person-added', 'person-changed', 'person-removed'])
      expect((await deedsOf(deed)).some(({ by, about }) => by !== null && about === id)).toBe(true);
  });

  test('the last administrator stays, and nobody takes over somebody of a board that is not theirs', async () => {
    const { body } = await administrator.ask<Session>('GET', '/v1/desk/session');
    const all = (await administrator.ask<PeopleOfBoard>('GET', '/v1/boards/small/people')).body.people;
    for (const { id } of all.filter(({ role, id: one }) => role === 'administrator' && one !== body.person.id))
      expect((await administrator.ask('DELETE', `/v1/boards/small/people/${id}`)).status).toBe(204);
    expect((await administrator.ask('DELETE', `/v1/boards/small/people/${body.person.id}`)).body.code).toBe('last-administrator');
    expect((await administrator.ask('PUT', `/v1/boards/small/people/${body.person.id}`, { role: 'viewer', providers: null })).body.code).toBe(
      'last-administrator',
    );
    const { id } = await settled();
    await new People(database).grant('other', { id, name: 'Person' }, { role: 'administrator', providers: null });
    expect((await administrator.ask('POST', `/v1/boards/small/people/${id}/link`, { secondFactor: true })).body.code).toBe('other-board');
    expect((await administrator.ask('DELETE', `/v1/boards/other/people/${id}`)).body.code).toBe('other-board');
    // Nor by adding somebody whom the other board has invited and who has not come yet.
    const waiting = await added();
    await new People(database).grant('other', { id: waiting.id, name: 'Person' }, { role: 'administrator', providers: null });
    expect((await administrator.ask('DELETE', `/v1/boards/small/people/${waiting.id}`)).status).toBe(204);
    const again = await administrator.ask<PersonMade>('POST', '/v1/boards/small/people', {
      name: 'Taken',
      email: waiting.email,
      role: 'viewer',
      providers: null,
    });
    expect(again.body).toEqual({ id: waiting.id, link: null });
  });
});

describe('the organisation’s sign-in', () => {
  /** What a browser does between leaving for the organisation and coming back. */
  async function through(browser: Browser, body: object, as: string, acr = 'AAL2'): Promise<Answer<Told>> {
    const begun = await browser.ask<{ address: string }>('POST', '/v1/sign-in', body);
    expect(begun.status).toBe(200);
    return browser.ask('GET', await atOrganisation(begun.body.address, as, acr));
  }
  /** Follows the provider's redirects with its own cookies; answers the way back to the server, path and query. */
  async function atOrganisation(start: string, as: string, acr: string): Promise<string> {
    const jar = new Map<string, string>();
    let at = start;
    for (let i = 0; i < 10; i++) {
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') } });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
        jar.set(name!, value!);
      }
      const next = answer.headers.get('location');
      if (next === null) {
        if (answer.status !== 200) throw new Error(`The organisation answered ${answer.status}: ${await answer.text()}`);
        at = `${at}?as=${as}&acr=${acr}`;
        continue;
      }
      at = new URL(next, at).href;
      const { pathname, search } = new URL(at);
      if (pathname === '/v1/sign-in/back') return pathname + search;
    }
    throw new Error('The organisation never sent the browser back.');
  }

  test('an invitation is opened with it; from then on it opens the account, and only that', async () => {
    const { id, email, secret } = await added('coordinator');
    const first = new Browser(api);
    const linked = await through(first, { invitation: secret, to: '/console/small?x=1' }, 'subject-1');
    expect([linked.status, linked.headers.get('location')]).toEqual([303, '/console/small?x=1']);
    const { body } = await first.ask<Session>('GET', '/v1/desk/session');
    expect(body).toMatchObject({ person: { id } });
    // The organisation has checked a second factor, so none is owed here.
    expect(body.owes).toBeUndefined();
    expect((await new Browser(api).ask('POST', '/v1/account/invitation/look', { secret })).status).toBe(404);
    const again = new Browser(api);
    expect((await through(again, {}, 'subject-1')).headers.get('location')).toBe('/');
    expect((await again.ask<Session>('GET', '/v1/desk/session')).body.person.id).toBe(id);
    expect((await again.enter(email, GOOD)).status).toBe(401);
  });

  test('a stranger of the organisation gets nothing, whatever the claims say; nor does one with the e-mail of somebody here', async () => {
    const { email } = await settled('administrator');
    for (const subject of ['subject-9', email.split('@')[0]!]) {
      const browser = new Browser(api);
      expect((await through(browser, {}, subject)).headers.get('location')).toBe('/sign-in?refused=not-linked');
      expect((await browser.ask('GET', '/v1/desk/session')).status).toBe(401);
    }
  });

  test('an account is linked by whoever is signed in to it, and one subject belongs to one person', async () => {
    const { id, browser } = await settled();
    expect((await through(browser, { link: true, to: '/account' }, 'subject-2')).headers.get('location')).toBe('/account');
    expect((await browser.ask<AccountView>('GET', '/v1/account')).body.organisation).toBe(true);
    const { browser: other } = await settled();
    expect((await through(other, { link: true }, 'subject-2')).headers.get('location')).toBe('/sign-in?refused=linked-already');
    const fresh = new Browser(api);
    await through(fresh, {}, 'subject-2');
    expect((await fresh.ask<Session>('GET', '/v1/desk/session')).body.person.id).toBe(id);
    expect((await new Browser(api).ask('POST', '/v1/sign-in', { link: true })).status).toBe(401);
  });

  test('an answer belongs to the browser that asked, once; a foreign, repeated or doctored one is refused', async () => {
    const { browser: linked } = await settled();
    await through(linked, { link: true }, 'subject-3');
    const refused = async (browser: Browser, back: string): Promise<string | null> => (await browser.ask('GET', back)).headers.get('location');
    const errand = async (browser: Browser): Promise<string> =>
      atOrganisation((await browser.ask<{ address: string }>('POST', '/v1/sign-in', {})).body.address, 'subject-3', 'AAL2');

    // Somebody else's answer, handed to a victim who has begun nothing, or something else.
    const attacker = new Browser(api);
    const theirs = await errand(attacker);
    const victim = new Browser(api);
    expect(await refused(victim, theirs)).toBe('/sign-in?refused=unknown-errand');
    await errand(victim);
    expect(await refused(victim, theirs)).toBe('/sign-in?refused=not-accepted');
    expect((await victim.ask('GET', '/v1/desk/session')).status).toBe(401);

    const doctored = new Browser(api);
    const back = await errand(doctored);
    const kept = doctored.cookie('commcell_errand')!;
    expect(await refused(doctored, back.replace(/state=[^&]*/, 'state=other'))).toBe('/sign-in?refused=not-accepted');
    // It is used up, also for whoever kept the cookie.
    expect((await doctored.ask('GET', back, undefined, { cookie: `commcell_errand=${kept}` })).headers.get('location')).toBe('/sign-in?refused=unknown-errand');
    expect(await refused(new Browser(api), '/v1/sign-in/back?error=access_denied')).toBe('/sign-in?refused=unknown-errand');
  });

  test('a weaker sign-in than was asked for does not do', async () => {
    const { browser } = await settled();
    await through(browser, { link: true }, 'subject-4');
    const weak = new Browser(api);
    expect((await through(weak, {}, 'subject-4', 'AAL1')).headers.get('location')).toBe('/sign-in?refused=not-sure-enough');
  });

  describe('a server with a key of its own (private_key_jwt), for one group of one tenant', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-key-'));
    const file = path.join(folder, 'key.pem');
    let theirs: typeof organisation;
    let port: number;
    beforeAll(async () => {
      writeFileSync(file, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      port = await freePort();
      theirs = await startOrganisation({
        CLIENT_ID: 'comm-cell',
        CLIENT_JWK: JSON.stringify({ ...keys.publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS512' }),
        REDIRECT_URI: `http://127.0.0.1:${port}/v1/sign-in/back`,
      });
    });
    afterAll(() => {
      theirs.process.disconnect();
      rmSync(folder, { recursive: true, force: true });
    });
    async function withServer(more: Record<string, string>, work: (server: Api) => Promise<void>): Promise<void> {
      const server = await Api.start({
        DATABASE_URL: url,
        PORT: String(port),
        PUBLIC_ADDRESS: `http://127.0.0.1:${port}`,
        OIDC_ISSUER: theirs.address,
        OIDC_CLIENT_ID: 'comm-cell',
        OIDC_CLIENT_KEY: file,
        OIDC_CLIENT_KEY_ID: 'key-1',
        ...more,
      });
      try {
        await work(server);
      } finally {
        await server.stop();
      }
    }
    const signIn = async (server: Api, body: object, as: string): Promise<string | null> =>
      (await through(new Browser(server), body, as)).headers.get('location');

    test('it proves itself by signing; a claim that is asked for must be there', async () => {
      await withServer({ OIDC_REQUIRE: 'tid=tenant-1; groups=staff-1 staff-2' }, async (server) => {
        const { secret } = await added();
        expect(await signIn(server, { invitation: secret }, 'staff-1')).toBe('/');
        expect(await signIn(server, {}, 'staff-1')).toBe('/');
        expect(await signIn(server, {}, 'staff-2')).toBe('/sign-in?refused=not-linked');
        expect(await signIn(server, {}, 'visitor')).toBe('/sign-in?refused=not-of-here');
      });
      await withServer({ OIDC_REQUIRE: 'tid=tenant-2' }, async (server) => {
        expect(await signIn(server, {}, 'staff-1')).toBe('/sign-in?refused=not-of-here');
      });
    });

    test('control: with another key it is let in nowhere, and the log does not hold the key', async () => {
      const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(`${file}.other`, other);
      await withServer({ OIDC_CLIENT_KEY: `${file}.other` }, async (server) => {
        expect(await signIn(server, {}, 'staff-1')).toBe('/sign-in?refused=not-accepted');
        expect(server.printed).toContain('was not accepted');
        for (const line of String(other).trim().split('\n').slice(1, -1)) expect(server.printed).not.toContain(line);
      });
    });
  });

  test('nobody is led to another site afterwards', async () => {
    const { browser } = await settled();
    await through(browser, { link: true }, 'subject-5');
    for (const to of ['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', 'javascript:alert(1)', '/\t/elsewhere.example', ''])
      expect([to, (await through(new Browser(api), { to }, 'subject-5')).headers.get('location')]).toEqual([to, '/']);
  });
});

test('revocation reaches every process (I46)', async () => {
  const second = await Api.start({ DATABASE_URL: url });
  try {
    const { id, browser } = await settled();
    const cookie = `commcell_desk=${browser.cookie('commcell_desk')}`;
    const at = (one: Api): Promise<number> => one.request('/v1/desk/session', { headers: { cookie } }).then(({ status }) => status);
    expect([await at(api), await at(second)]).toEqual([200, 200]);
    expect((await administrator.ask('DELETE', `/v1/boards/small/people/${id}/sessions`)).status).toBe(204);
    for (const one of [api, second]) await until(async () => (await at(one)) === 401, 'the session is ended');
  } finally {
    await second.stop();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function startOrganisation(settings: Record<string, string>): Promise<typeof organisation> {
  const child = fork(ORGANISATION, [], { env: { PATH: process.env['PATH'], ...settings }, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { address: string }) => resolve({ ...message, process: child }));
    child.once('exit', (code) => reject(new Error(`The organisation ended with ${code}.`)));
  });
}
