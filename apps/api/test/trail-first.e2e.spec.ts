/**
 * Nothing is done about access without its line in the trail: whoever acts tells first. Here no line can be written, as if the
 * process had died at that moment, and nothing may have been done; the control acts with the trail open, and it is.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PersonMade } from '@comm-cell/contract/access';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

let postgres: TestPostgres;
let url: string;
let api: Api;
let token: string;
let cookie: string;
/** Somebody with two sessions of their own, and what the administrator acts on. */
let own: string;
let person: string;
let key: string;
let display: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, smallBoard());
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  ({ token } = await new People(database).create(['small'], 'Administrator', 'administrator'));
  await database.destroy();
  await start();
  const { body } = await ask<PersonMade>('POST', 'people', { name: 'Somebody', email: 'somebody@x.example', role: 'duty', providers: null });
  person = body.id;
  const accepted = await api.request('/v1/account/invitation', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: body.link!.split('#invitation=')[1], password: 'five grey herons wait' }),
  });
  own = accepted.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ');
  await api.request('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'somebody@x.example', password: 'five grey herons wait' }),
  });
  key = (await ask<{ keyId: string }>('POST', 'keys', keyBody())).body.keyId;
  const pairing = await api.request<{ code: string }>('/v1/displays/pairing', { method: 'POST' });
  display = (await ask<{ id: string }>('POST', 'displays', { code: pairing.body.code, place: 'Site office' })).body.id;
});
afterAll(async () => {
  await api.stop();
  await postgres.stop();
});

async function start(): Promise<void> {
  api = await Api.start({ DATABASE_URL: url });
  const { headers } = await api.request('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  cookie = headers.get('set-cookie')!.split(';')[0]!;
}
const keyBody = () => ({ provider: 'acute', feeds: ['ed'], label: 'x', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
function ask<Body = unknown>(method: string, route: string, body?: unknown, as = cookie) {
  return api.request<Body>(route.startsWith('/') ? route : `/v1/boards/small/${route}`, {
    method,
    headers: { cookie: as, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
/** What somebody may do, and by what; that somebody was seen meanwhile is no act. */
const stands = () =>
  Promise.all(
    [
      `select person_id, role, providers, revoked_at is null as there from people order by 1`,
      `select person_id, password_hash, totp_secret from accounts where exists (select 1 from people p where p.person_id = accounts.person_id) order by 1`,
      `select person_id, count(*) from desk_sessions where person_id = '${person}' and ended_at is null group by 1`,
      `select key_id from feed_keys where revoked_at is null and label = 'x' order by 1`,
      `select display_id from displays where revoked_at is null order by 1`,
      `select * from feed_maps`,
    ].map((text) => postgres.sql(url, text)),
  );
const MAP = { columns: [], ignored: [], time: { zone: 'Europe/London', dayBefore: false } };

/** In an order in which each still has something to act on. */
const ACTS: Record<string, () => Promise<{ status: number }>> = {
  'adding somebody': () => ask('POST', 'people', { name: 'Another', email: 'another@x.example', role: 'viewer', providers: null }),
  'changing a role': () => ask('PUT', `people/${person}`, { role: 'viewer', providers: null }),
  'a map of a feed': () => ask('PUT', 'feeds/ed/map', MAP),
  'ending a key': () => ask('DELETE', `keys/${key}`),
  'removing a screen': () => ask('DELETE', `displays/${display}`),
  'ending one’s other sessions': () => ask('DELETE', '/v1/account/sessions', undefined, own),
  'a new password': () => ask('PUT', '/v1/account/password', { present: 'five grey herons wait', password: 'rain on the slate roof' }, own),
  'signing somebody out': () => ask('DELETE', `people/${person}/sessions`),
  'taking somebody off the board': () => ask('DELETE', `people/${person}`),
};

test('when no line of the trail can be written, nothing is done', async () => {
  await postgres.sql(
    url,
    `create function no_trail() returns trigger language plpgsql as $$ begin if new.kind = 'DeedDone' then raise exception 'no trail'; end if; return new; end $$;
     create trigger no_trail before insert on journal for each row execute function no_trail()`,
  );
  const before = await stands();
  // All at once: each waits for the journal as long as it can.
  const answers = await Promise.all(
    Object.entries(ACTS).map(async ([name, act]) => {
      const status = await act().then(
        (answer) => answer.status,
        () => 0,
      );
      return status === 0 || status >= 500 ? [] : [`${name}: ${status}`];
    }),
  );
  const wrong = answers.flat();
  expect(await stands()).toEqual(before);
  expect(wrong).toEqual([]);
  await postgres.sql(url, 'drop trigger no_trail on journal');
  if (!api.running) await start();
});

test('control: with the trail open each of them is done, and told', async () => {
  for (const [name, act] of Object.entries(ACTS)) {
    const [before, told] = [await stands(), await deeds()];
    const { status } = await act();
    expect([name, status < 300]).toEqual([name, true]);
    expect([name, await deeds()]).toEqual([name, told + 1]);
    if (name !== 'signing somebody out') expect([name, await stands()]).not.toEqual([name, before]);
  }
});

async function deeds(): Promise<number> {
  const [row] = await postgres.sql<{ n: string }>(url, `select count(*) as n from journal where kind = 'DeedDone'`);
  return Number(row!.n);
}
