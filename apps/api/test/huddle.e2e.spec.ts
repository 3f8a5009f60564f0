/** The huddle against real api processes: a whole meeting, a server that dies in the middle of one, minutes, and the calendar. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { DAY_MS } from '@comm-cell/board/time';
import type { ActionHistory } from '@comm-cell/contract/concerns';
import type { BeforeAnswer, CalendarLink, HeldAnswer, HuddleAnswer, MinutesAnswer, Planned } from '@comm-cell/contract/huddle';
import type { Done, Role, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import ICAL from 'ical.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, prepareBoard, until } from '../../../tests/support/api.js';
import { withCell } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string };
type Who = 'lead' | 'ward' | 'viewer';

let postgres: TestPostgres;
let url: string;
let api: Api;
let keys: Record<string, string>;
let tokens: Record<Who, string>;
let cookies: Record<Who, string>;
const definition: ProposedDefinition = withCell({ series: 3, feeds: 3 });

async function seat(): Promise<void> {
  const seated = Object.entries(tokens).map(async ([who, token]) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) };
    const { headers } = await api.request<Session>('/v1/desk/session', init);
    return [who, headers.get('set-cookie')!.split(';')[0]!] as const;
  });
  cookies = Object.fromEntries(await Promise.all(seated)) as Record<Who, string>;
}
beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  ({ keys } = await prepareBoard(url, definition));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string[] | null]> = { lead: ['coordinator', null], ward: ['editor', ['acute']], viewer: ['viewer', null] };
  const made = Object.entries(roles).map(async ([who, [role, providers]]) => [who, (await people.create(['small'], `The ${who}`, role, providers)).token]);
  tokens = Object.fromEntries(await Promise.all(made)) as Record<Who, string>;
  await database.destroy();
  await seat();
});
afterAll(async () => {
  await api?.stop();
  await postgres?.stop();
});

function ask<Body = Done & Told>(who: Who, method: string, path: string, body?: unknown): Promise<Answer<Body>> {
  const headers = { cookie: cookies[who], ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return api.request<Body>(`/v1/boards/small/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}
const look = async (): Promise<HuddleAnswer> => (await ask<HuddleAnswer>('viewer', 'GET', 'huddle')).body;
const push = (value: number) => api.post('ed', keys['ed']!, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value }] });

test('a whole huddle: only who may runs it, each marks their own, a dead server forgets nothing, the minutes are of the board at the close', async () => {
  expect((await push(11)).status).toBe(201);
  expect((await ask('ward', 'POST', 'huddle/open', {})).body.code).toBe('role');
  expect((await ask('viewer', 'POST', 'huddle/open', {})).body.code).toBe('role');
  expect((await ask<BeforeAnswer>('viewer', 'GET', 'huddle/before')).body).toEqual({ changes: [] });

  expect((await ask('lead', 'POST', 'huddle/open', {})).body).toMatchObject({ no: 1 });
  expect((await ask('lead', 'POST', 'huddle/open', {})).body.code).toBe('huddle-on');
  expect((await ask('ward', 'POST', 'huddle/attendance', { no: 1, provider: 'acute', attendance: 'here' })).status).toBe(200);
  expect((await ask('ward', 'POST', 'huddle/attendance', { no: 1, provider: 'acute-2', attendance: 'here' })).body.code).toBe('other-provider');
  expect((await ask('lead', 'POST', 'huddle/attendance', { no: 1, provider: 'acute-2', attendance: 'deputy', name: 'Night matron' })).status).toBe(200);
  expect((await ask('lead', 'POST', 'huddle/move', { no: 1, item: 'now', tile: Object.keys(definition.tiles)[0] })).status).toBe(200);
  expect((await ask('ward', 'POST', 'huddle/notes', { no: 1, box: 'decision', text: 'Divert from ten' })).status).toBe(201);
  const resource = { amount: '2', from: 'South', to: 'North' };
  expect((await ask('ward', 'POST', 'huddle/notes', { no: 1, box: 'resource', text: 'Nurses', resource })).status).toBe(201);
  const due = new Date(Date.now() + 3_600_000).toISOString();
  expect((await ask('lead', 'POST', 'actions', { what: 'Open the bay', owner: 'Site', due })).status).toBe(201);
  const before = await look();

  // In the middle of it the server dies: no warning, no parting checkpoint.
  await api.kill9();
  api = await Api.start({ DATABASE_URL: url });
  await seat();
  const after = await look();
  expect(after.epoch).toBe(before.epoch);
  const still = ({ on }: HuddleAnswer['view']) => ({ ...on, elapsedMs: 0, items: on!.items.map(({ id, now }) => ({ id, now })), item: on!.item!.id });
  expect(still(after.view)).toEqual(still(before.view));
  expect(after.view.on).toMatchObject({ no: 1, here: 2, item: { id: 'now' }, raised: { actions: [1] } });

  expect((await ask('ward', 'POST', 'huddle/close', { no: 1 })).body.code).toBe('role');
  expect((await ask('lead', 'POST', 'huddle/close', { no: 2 })).status).toBe(404);
  expect((await ask('lead', 'POST', 'huddle/close', { no: 1 })).status).toBe(200);
  expect((await ask('lead', 'POST', 'huddle/close', { no: 1 })).body.code).toBe('unknown-huddle');
  // The action is closed and the board moves on; the minutes stay what they were.
  expect((await ask('lead', 'POST', 'actions/1/close', { result: 'done' })).status).toBe(200);
  await push(99);
  const { body: minutes } = await ask<MinutesAnswer>('viewer', 'GET', 'huddles/1/minutes');
  expect(minutes).toMatchObject({
    no: 1,
    board: 'small',
    closedBy: 'The lead',
    quorum: { here: 2, met: true },
    actions: [{ no: 1, what: 'Open the bay', owner: 'Site' }],
    notes: [
      { box: 'decision', text: 'Divert from ten', by: { name: 'The ward' } },
      { box: 'resource', resource },
    ],
  });
  expect(minutes.members.map(({ provider, attendance, deputy }) => [provider, attendance, deputy])).toEqual([
    ['acute', 'here', undefined],
    ['acute-2', 'deputy', 'Night matron'],
    ['acute-3', undefined, undefined],
  ]);
  const { body: held } = await ask<HeldAnswer>('viewer', 'GET', 'huddles');
  expect(held).toMatchObject([{ no: 1, here: ['acute', 'acute-2'], health: { attendance: 2 / 3, quorum: true } }]);
  const { body: changed } = await ask<BeforeAnswer>('viewer', 'GET', 'huddle/before');
  expect(changed.no).toBe(1);
  expect(changed.changes).toContainEqual(expect.objectContaining({ kind: 'figure', figure: 'm.1@here' }));
  expect((await ask('viewer', 'GET', 'huddles/2/minutes')).status).toBe(404);
});

test('somebody of one organisation raises and moves its actions, and leaves those of others alone', async () => {
  const due = new Date(Date.now() + 3_600_000).toISOString();
  const action = { what: 'Open the lounge', owner: 'Ward', due };
  const own = (await ask('ward', 'POST', 'actions', action)).body.no!;
  expect((await ask('ward', 'POST', 'actions', { ...action, provider: 'acute-2' })).body.code).toBe('other-provider');
  expect((await ask('ward', 'POST', 'actions', { ...action, alert: 1 })).body.code).toBe('role');
  const other = (await ask('lead', 'POST', 'actions', { ...action, provider: 'acute-2' })).body.no!;
  const nobodys = (await ask('lead', 'POST', 'actions', action)).body.no!;
  const given = (await ask('lead', 'POST', 'actions', { ...action, provider: 'acute' })).body.no!;
  for (const no of [own, given]) expect((await ask('ward', 'POST', `actions/${no}/progress`, { quarters: 1 })).status).toBe(200);
  for (const no of [other, nobodys]) {
    expect((await ask('ward', 'POST', `actions/${no}/progress`, { quarters: 4 })).body.code).toBe('other-provider');
    expect((await ask('ward', 'POST', `actions/${no}/change`, { owner: 'Ward', reason: 'mine' })).body.code).toBe('other-provider');
  }
  expect((await ask('ward', 'POST', `actions/${own}/change`, { provider: 'acute-2', reason: 'theirs' })).body.code).toBe('other-provider');
  expect((await ask('ward', 'POST', `actions/${own}/close`, { result: 'done' })).body.code).toBe('role');
  expect((await ask('lead', 'POST', `actions/${own}/close`, { result: 'done' })).status).toBe(200);
  const stepsOf = async (no: number) => (await ask<ActionHistory>('viewer', 'GET', `actions/${no}/history`)).body.steps.map(({ step, by }) => [step, by]);
  expect(await stepsOf(given)).toEqual([
    ['raised', 'The lead'],
    ['progressed', 'The ward'],
  ]);
  for (const no of [other, nobodys]) expect(await stepsOf(no)).toEqual([['raised', 'The lead']]);
});

test('the frozen board opens as a snapshot that proves itself; one that was changed underneath gives no minutes', async () => {
  const { body: minutes } = await ask<MinutesAnswer>('viewer', 'GET', 'huddles/1/minutes');
  const { body: snapshot } = await ask<{ proof: { whole: boolean }; name: string }>('lead', 'GET', `snapshots/${minutes.snapshot}`);
  expect(snapshot).toMatchObject({ proof: { whole: true }, name: expect.stringContaining('Huddle 1') });
  // Control: the store is not believed.
  await postgres.sql(url, 'alter table snapshots disable trigger user');
  await postgres.sql(url, `update snapshots set body = replace(body, 'Divert from ten', 'Divert from two') where snapshot_id = $1`, [minutes.snapshot]);
  expect((await ask<Told>('viewer', 'GET', 'huddles/1/minutes')).body.code).toBe('broken-snapshot');
});

test('a calendar reads the feed: every meeting in UTC, cancelled ones as such; the address is a secret and can be renewed', async () => {
  const next = (await look()).view.next!;
  expect((await ask('ward', 'POST', 'huddle/calendar', {})).body.code).toBe('role');
  const { body: link } = await ask<CalendarLink>('lead', 'POST', 'huddle/calendar', {});
  const secret = new URL(link.address, 'http://here').searchParams.get('key')!;
  const extra = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 2 * 3_600_000 + 7 * 60_000).toISOString();
  expect((await ask<Planned>('lead', 'POST', 'huddle/calls', { due: extra, reason: 'A surge nobody may read of outside' })).body.noticeKept).toBe(false);
  const skipped = new Date(next.due + 3 * DAY_MS).toISOString();
  const planned = (await ask<Planned>('lead', 'POST', 'huddle/skips', { due: skipped, reason: 'Exercise' })).status;
  const events = async (query = '') => {
    const answer = await api.request<string>(`${link.address}${query}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    const calendar = new ICAL.Component(ICAL.parse(answer.body) as unknown[]);
    expect(answer.body).not.toContain('surge');
    return calendar.getAllSubcomponents('vevent').map((one) => ({ event: new ICAL.Event(one), status: one.getFirstPropertyValue('status') }));
  };
  const all = await events();
  expect(new Set(all.map(({ event }) => event.uid)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(90);
  expect(all.every(({ event }) => event.startDate.zone.tzid === 'UTC' && event.duration.toSeconds() === 15 * 60)).toBe(true);
  const at = (moment: string) => all.find(({ event }) => event.startDate.toJSDate().toISOString() === new Date(moment).toISOString());
  expect(at(extra)?.status).toBe('CONFIRMED');
  if (planned === 201) {
    expect(at(skipped)?.status).toBe('CANCELLED');
    expect(at(skipped)!.event.sequence).toBeGreaterThan(0);
  }
  expect((await events('&lang=cy'))[0]!.event.summary).toContain('Cyfarfod byr');

  // A client that subscribes asks again with what it has, and is told how often.
  const first = await api.request<string>(link.address);
  const tag = first.headers.get('etag')!;
  expect(first.body).toMatch(/^REFRESH-INTERVAL;VALUE=DURATION:PT1H\r$/m);
  expect(Date.parse(first.headers.get('last-modified')!)).toBeGreaterThan(Date.now() - 600_000);
  const again = await api.request<string>(link.address, { headers: { 'if-none-match': `"other", W/${tag}` } });
  expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
  expect((await api.request(link.address, { method: 'HEAD' })).headers.get('etag')).toBe(tag);
  // Control: what was taken off the list is news.
  const takenOff = await ask('lead', 'POST', 'huddle/skips', { due: new Date(next.due + 4 * DAY_MS).toISOString(), reason: 'Exercise' });
  if (takenOff.status === 201) expect((await api.request<string>(link.address, { headers: { 'if-none-match': tag } })).status).toBe(200);

  expect((await api.request(link.address.replace(secret, 'x'.repeat(43)))).status).toBe(404);
  expect((await api.request(link.address.split('?')[0]!)).status).toBe(404);
  const rows = await postgres.sql<{ secret_hash: Buffer }>(url, 'select secret_hash from calendar_links');
  expect(rows[0]!.secret_hash.toString('latin1')).not.toContain(secret);
  await ask<CalendarLink>('lead', 'POST', 'huddle/calendar', {});
  expect((await api.request(link.address)).status).toBe(404);
  await until(async () => (await look()).view.next !== undefined, 'a next huddle');
});
