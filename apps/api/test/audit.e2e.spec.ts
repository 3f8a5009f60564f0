/** Feed keys on screen and the audit trail, against a real api process (I41, I44, I46; reliability rows 71, 83). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEntry, AuditPage, Proof } from '@comm-cell/contract/audit';
import type { ContactView, UndeliveredMessage, Ways } from '@comm-cell/contract/contacts';
import type { DeskView, Role } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { KeyView, NewKey } from '@comm-cell/contract/keys';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { type Answer, Api, prepareBoard, until } from '../../../tests/support/api.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string };
const DAY_MS = 86_400_000;
const both = (text: string): { en: string; cy: string } => ({ en: text, cy: `${text} (cy)` });

let postgres: TestPostgres;
let url: string;
let api: Api;
let database: DataSource;
let people: People;
let keys: Record<string, string>;
const cookies: Partial<Record<Role, string>> = {};

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const board = {
    ...smallBoard({ feeds: 3 }),
    rules: { 'r@here': ruleOf('r@here', { kind: 'line', figure: 'm.1@here', band: { over: 100 } }) },
    response: {
      groups: { duty: { id: 'duty', name: both('Duty'), kind: 'duty' as const, climb: [] } },
      holidays: [],
      cards: {
        card: { id: 'card', title: both('Card'), steps: [{ id: 'first', text: both('Look there'), phase: 'first-15' as const, role: both('Duty') }] },
      },
      schemes: {},
      levels: {},
    },
  };
  keys = (await prepareBoard(url, board)).keys;
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard]).initialize();
  people = new People(database);
  for (const role of ['administrator', 'duty', 'auditor', 'viewer'] as const) cookies[role] = await somebody(role);
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

async function somebody(role: Role, providers: string[] | null = null): Promise<string> {
  const { token } = await people.create(['small'], `The ${role}`, role, providers);
  return (await send('POST', '/v1/desk/session', '', { token })).headers.get('set-cookie')!.split(';')[0]!;
}
function send<Body = Told>(method: string, route: string, cookie = cookies.administrator, body?: unknown): Promise<Answer<Body>> {
  return api.request<Body>(route, {
    method,
    headers: { ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const make = <Body = Told>(feeds: string[], more: Record<string, unknown> = {}, by = cookies.administrator): Promise<Answer<Body>> =>
  send<Body>('POST', '/v1/boards/small/keys', by, { provider: 'acute', feeds, label: 'Nightly job', expiresAt: inDays(30), ...more });
const push = (key: string, value: number, feed = 'ed'): Promise<Answer<Told>> =>
  api.post<Told>(feed, key, { readings: [{ series: feed === 'ed' ? 'm.1@here' : 'm.1@here-2', observedAt: new Date().toISOString(), value }] });
const list = async (): Promise<KeyView[]> => (await send<KeyView[]>('GET', '/v1/boards/small/keys')).body;

describe('feed keys', () => {
  test('a key is shown once, opens its feed, is listed with when it was last used, and is good for nothing once it is revoked (I46)', async () => {
    const { status, body } = await make<NewKey>(['ed']);
    expect([status, body.key.startsWith(`cc_live_${body.keyId}_`)]).toEqual([201, true]);
    expect((await list()).find(({ keyId }) => keyId === body.keyId)).toMatchObject({ label: 'Nightly job', feeds: ['ed'], lastUsedAt: null, revokedAt: null });
    expect((await push(body.key, 1)).status).toBe(201);
    await until(async () => (await list()).find(({ keyId }) => keyId === body.keyId)!.lastUsedAt !== null, 'the list says that it was used');
    const stored = JSON.stringify(await postgres.sql(url, 'select k::text, j::text from feed_keys k, journal j'));
    for (const text of [JSON.stringify(await list()), stored, api.printed]) expect(text).not.toContain(body.key.split('_')[3]!);

    // Two at once, to change over; a third would only be forgotten.
    const third = await make(['ed']);
    expect(third.body).toMatchObject({ status: 409, code: 'two-keys' });
    expect(third.body.title).toContain('Feed "ed" has 2 keys that are good');
    expect((await send('DELETE', `/v1/boards/small/keys/${body.keyId}`)).status).toBe(204);
    await until(async () => (await push(body.key, 2)).status === 401, 'the revoked key is refused');
    expect((await push(keys['ed']!, 3)).status).toBe(201);
    expect((await send('DELETE', `/v1/boards/small/keys/${body.keyId}`)).status).toBe(404);
    expect((await make(['ed'])).status).toBe(201);
  });

  test('two administrators at once make one second key, not two', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => make(['ed-3'], { provider: 'acute-3' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  test.each([
    ['no end', { expiresAt: undefined }, 422],
    ['an end that is over', { expiresAt: inDays(-1) }, 422],
    ['an end beyond 400 days', { expiresAt: inDays(401) }, 422],
    ['a feed of another provider', { feeds: ['ed-2'] }, 422],
    ['a feed there is not', { feeds: ['nowhere'] }, 422],
    ['no feed', { feeds: [] }, 422],
    ['a label of two lines', { label: 'a\nb' }, 422],
  ])('%s is refused, and none is made', async (_, more, status) => {
    const before = (await list()).length;
    expect((await make(['ed-2'], { provider: 'acute', ...more })).status).toBe(status);
    expect(await list()).toHaveLength(before);
  });

  test('whoever is limited to a provider sees and manages its keys alone; who may not, none', async () => {
    const limited = await somebody('administrator', ['acute-2']);
    expect((await send<KeyView[]>('GET', '/v1/boards/small/keys', limited)).body.every(({ provider }) => provider === 'acute-2')).toBe(true);
    expect((await make(['ed-3'], { provider: 'acute-3' }, limited)).body).toMatchObject({ status: 403, code: 'other-provider' });
    const theirs = (await list()).find(({ provider }) => provider === 'acute')!;
    expect((await send('DELETE', `/v1/boards/small/keys/${theirs.keyId}`, limited)).status).toBe(403);
    const own = await make<NewKey>(['ed-2'], { provider: 'acute-2' }, limited);
    expect(own.status).toBe(201);
    for (const role of ['duty', 'auditor', 'viewer'] as const) expect((await send('GET', '/v1/boards/small/keys', cookies[role])).status).toBe(403);
    await postgres.sql(url, `update feed_keys set expires_at = now() - interval '1 s' where key_id = $1`, [own.body.keyId]);
    await until(async () => (await push(own.body.key, 1, 'ed-2')).status === 401, 'a key that ran out is refused');
  });
});

async function trail(query = '', cookie = cookies.auditor): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let before = '';
  for (;;) {
    const { status, body } = await send<AuditPage>('GET', `/v1/boards/small/audit?${query}${before}`, cookie);
    expect(status).toBe(200);
    entries.push(...body.entries);
    if (body.before === undefined) return entries;
    before = `&before=${body.before}`;
  }
}

describe('the audit trail', () => {
  test('has every event that somebody caused, whatever kind it is, newest first, each with its hash', async () => {
    await push(keys['ed']!, 150);
    await until(async () => (await send<DeskView>('GET', '/v1/boards/small/alerts')).body.alerts.open.length > 0, 'the alert is raised');
    const now = new Date(Date.now() + 3_600_000).toISOString();
    await send('POST', '/v1/boards/small/actions', cookies.duty, { what: '=cmd|calc', owner: 'Ward 3', due: now });
    const { alerts } = (await send<DeskView>('GET', '/v1/boards/small/alerts', cookies.duty)).body;
    const shelved = await send('POST', '/v1/boards/small/alerts/r@here/shelve', cookies.duty, {
      version: alerts.open[0]!.version,
      until: now,
      reason: 'Known',
    });
    expect(shelved.status).toBe(200);
    const { body: contact } = await send<ContactView>('POST', '/v1/boards/small/contacts', cookies.administrator, {
      group: 'duty',
      channel: 'email',
      address: 'somebody-on-duty@example.nhs.uk',
      name: 'Rota',
    });
    await send('PATCH', `/v1/boards/small/contacts/${contact.id}`, cookies.administrator, { enabled: false });
    await send('DELETE', `/v1/boards/small/contacts/${contact.id}`, cookies.administrator);

    const authored = await postgres.sql<{ seq: string; hash: Buffer; kind: string }>(
      url,
      `select seq, hash, kind from journal where board_id = 'small' and (body::jsonb -> 'by' is not null) order by seq desc`,
    );
    const read = await trail();
    expect(read.map(({ seq, hash }) => [seq, hash])).toEqual(authored.map(({ seq, hash }) => [Number(seq), hash.toString('hex')]));
    for (const kind of ['ActionRaised', 'RuleShelved', 'DeedDone', 'RulesAgreed']) expect(read.map((one) => one.kind)).toContain(kind);
    for (const what of ['key-made', 'key-revoked', 'contact-changed', 'signed-in']) expect(read.map((one) => one.what)).toContain(what);
    expect(JSON.stringify(read)).not.toContain('somebody-on-duty');
    expect(read.find(({ kind }) => kind === 'RuleShelved')).toMatchObject({ by: { name: 'The duty' }, about: 'r@here' });
  });

  test('can be read by kind, by deed and by person', async () => {
    const all = await trail();
    const { id } = all.find(({ kind }) => kind === 'RuleShelved')!.by!;
    expect(await trail('kind=RuleShelved')).toEqual(all.filter(({ kind }) => kind === 'RuleShelved'));
    expect(await trail('kind=key-made')).toEqual(all.filter(({ what }) => what === 'key-made'));
    expect(await trail(`person=${id}`)).toEqual(all.filter(({ by }) => by?.id === id));
    for (const wrong of ['before=-1', 'before=x', 'kind=%27', 'nonsense=1'])
      expect((await send('GET', `/v1/boards/small/audit?${wrong}`, cookies.auditor)).status).toBe(422);
  });

  test('is for the auditor and the administrator, and not for whoever is limited to some providers', async () => {
    for (const role of ['duty', 'viewer'] as const) expect((await send('GET', '/v1/boards/small/audit', cookies[role])).status).toBe(403);
    expect((await send('GET', '/v1/boards/small/audit', await somebody('auditor', ['acute']))).body).toMatchObject({ code: 'whole-board' });
  });

  test('leaves as a file in which no cell is a formula, and its leaving is in the trail', async () => {
    const before = await trail();
    const { body, headers } = await send<string>('GET', '/v1/boards/small/audit/csv', cookies.auditor);
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit-small.csv"');
    const rows: string[][] = parse(body, { bom: true });
    expect(rows).toHaveLength(before.length + 1);
    expect(rows.flat().some((text) => text.includes("'=cmd|calc"))).toBe(true);
    for (const text of rows.flat()) expect(text).not.toMatch(/^[=+\-@\t\r]/);
    expect((await trail())[0]).toMatchObject({ what: 'exported', about: 'audit' });
  });

  test('messages nobody got can be listed, and the ways people are told', async () => {
    expect((await send<Ways>('GET', '/v1/boards/small/contacts/ways')).body).toEqual({
      groups: [{ id: 'duty', name: both('Duty') }],
      channels: ['email', 'webhook', 'teams', 'text', 'push'],
      publicKey: null,
    });
    await until(async () => (await send<UndeliveredMessage[]>('GET', '/v1/boards/small/messages')).body.length > 0, 'the message without a contact is listed');
  });

  // Last: it damages the journal.
  test('is proved by the chain; a row that was edited is found, in whatever stretch it lies', async () => {
    const prove = async (from = 1): Promise<Proof> => (await send<Proof>('GET', `/v1/boards/small/audit/proof?from=${from}`, cookies.auditor)).body;
    const whole = await prove();
    expect(whole).toMatchObject({ from: 1, to: whole.head.seq, holds: true });
    expect((await prove(Math.floor(whole.head.seq / 2))).holds).toBe(true);

    const [row] = await postgres.sql<{ seq: string }>(url, `select seq from journal where board_id = 'small' and kind = 'RuleShelved'`);
    const seq = Number(row!.seq);
    await postgres.sql(
      url,
      `alter table journal disable trigger user;
       update journal set body = replace(body, 'Known', 'Agreed') where board_id = 'small' and seq = ${seq};
       alter table journal enable trigger user`,
    );
    expect(await prove()).toMatchObject({ holds: false, fault: { seq, what: 'changed' } });
    expect(await prove(seq)).toMatchObject({ holds: false, fault: { seq, what: 'changed' } });
    // Not in this stretch: that is why a whole proof begins at 1.
    expect((await prove(seq + 1)).holds).toBe(true);
    await postgres.sql(
      url,
      `alter table journal disable trigger user; delete from journal where board_id = 'small' and seq = ${seq}; alter table journal enable trigger user`,
    );
    expect(await prove()).toMatchObject({ holds: false, fault: { seq, what: 'missing' } });
  });
});
