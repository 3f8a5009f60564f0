/** Concerns, actions, ideas and day boxes against a real api process: who may what, one concern a figure, the library, another cell. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { ConcernsView } from '@comm-cell/board/views/concerns';
import type { ActionHistory, Copied, DaysAnswer, Library } from '@comm-cell/contract/concerns';
import type { Done, Role, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, DISPLAY_COOKIE, prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Who = 'lead' | 'editor' | 'viewer';
const label = (text: string) => ({ en: text, cy: text });

/** A cell whose one measure is good under 50, read every six hours. */
function board(id: string): ProposedDefinition {
  return {
    ...smallBoard({ id, series: 2, everyMs: 6 * 3_600_000 }),
    cell: {
      tier: 3,
      agenda: [],
      times: [],
      noticeHours: 24,
      members: [],
      quorum: 0,
      leads: [],
      scribes: [],
      measures: [{ figure: 'm.1@here', title: label('Waiting'), how: 'mean', good: { under: 50 } }],
    },
  };
}

let postgres: TestPostgres;
let api: Api;
let key: string;
const cookies = {} as Record<Who, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.database();
  key = (await prepareBoard(url, board('small'))).keys['ed']!;
  await prepareBoard(url, board('other'));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string[]]> = { lead: ['duty', ['small', 'other']], editor: ['editor', ['small']], viewer: ['viewer', ['small']] };
  for (const [who, [role, boards]] of Object.entries(roles) as [Who, [Role, string[]]][]) {
    const { token } = await people.create(boards, `The ${who}`, role);
    const body = JSON.stringify({ token });
    const signedIn = await api.request<Session>('/v1/desk/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    cookies[who] = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  }
  await database.destroy();
});
afterAll(async () => {
  await api?.stop();
  await postgres?.stop();
});

function ask<Body = Done & Problem>(who: Who, method: string, path: string, body?: unknown, of = 'small'): Promise<Answer<Body>> {
  return api.request<Body>(`/v1/boards/${of}/${path}`, {
    method,
    headers: { cookie: cookies[who], ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const ahead = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const push = async (values: Record<string, number>, observedAt: string): Promise<void> => {
  const readings = Object.entries(values).map(([series, value]) => ({ series, observedAt, value }));
  expect((await api.post('ed', key, { readings })).status).toBe(201);
};
const concerns = async (of = 'small'): Promise<ConcernsView> => (await ask<ConcernsView>('viewer', 'GET', 'concerns', undefined, of)).body;

describe('concerns', () => {
  test('from a red tile to the library: one a figure, each step written down, found again by any word', async () => {
    await push({ 'm.1@here': 220, 'm.2@here': 10 }, ahead(-24));
    await push({ 'm.1@here': 240, 'm.2@here': 10 }, ahead(0));
    expect((await concerns()).offTarget).toMatchObject([{ figure: 'm.1@here', bare: true }]);

    expect((await ask('viewer', 'POST', 'concerns', { text: 'No' })).status).toBe(403);
    const raised = await ask('editor', 'POST', 'concerns', { text: 'The queue does not move', about: { figure: 'm.1@here' } });
    expect([raised.status, raised.body.no]).toEqual([201, 1]);
    const again = await ask('lead', 'POST', 'concerns', { text: 'It is full', about: { figure: 'm.1@here' } });
    expect([again.status, (again.body as unknown as { code: string }).code]).toEqual([422, 'has-concern']);
    expect((await concerns()).offTarget).toMatchObject([{ figure: 'm.1@here', concern: 1, bare: false }]);

    expect((await ask('editor', 'POST', 'concerns/1/change', { status: 'cause-known' })).status).toBe(422);
    expect((await ask('editor', 'POST', 'concerns/1/change', { status: 'cause-known', cause: 'One key for two rooms' })).status).toBe(200);
    const owned = { status: 'countermeasure', countermeasure: 'A second key', owner: 'Sister of the day', due: ahead(4) };
    expect((await ask('lead', 'POST', 'concerns/1/change', owned)).status).toBe(200);
    expect((await concerns()).concerns).toMatchObject([{ no: 1, status: 'countermeasure', owner: 'Sister of the day', cause: 'One key for two rooms' }]);

    expect((await ask('lead', 'POST', 'concerns/2/close', { result: 'x', tags: ['x'] })).status).toBe(404);
    expect((await ask('lead', 'POST', 'concerns/1/close', { result: 'Both rooms are open', tags: ['Triage'] })).status).toBe(200);
    expect((await concerns()).concerns).toEqual([]);
    const found = async (q: string): Promise<Library> => (await ask<Library>('viewer', 'GET', `concerns/library?q=${encodeURIComponent(q)}`)).body;
    expect((await found('TRIAGE kéy')).concerns).toMatchObject([
      { no: 1, result: 'Both rooms are open', countermeasure: 'A second key', effect: { before: 230, after: null, afterDays: 0 } },
    ]);
    expect((await found('triage ambulance')).found).toBe(0);
    expect((await found('')).found).toBe(1);
  });

  test('what was learned goes on in another cell, for whoever may raise concerns in both', async () => {
    expect((await ask('editor', 'POST', 'concerns/library/1/copy', { to: 'other' })).status).toBe(403);
    expect((await ask('lead', 'POST', 'concerns/library/9/copy', { to: 'other' })).status).toBe(404);
    const copy = await ask<Copied>('lead', 'POST', 'concerns/library/1/copy', { to: 'other' });
    expect([copy.status, copy.body.no]).toEqual([201, 1]);
    const there = (await ask<ConcernsView>('lead', 'GET', 'concerns', undefined, 'other')).body.concerns;
    expect(there).toMatchObject([
      { text: 'The queue does not move (small 1)', status: 'open', cause: 'One key for two rooms', countermeasure: 'A second key' },
    ]);
    expect(there[0]!.owner).toBeUndefined();
  });

  test('a measure without a concern has a reason with an end', async () => {
    const declined = { figure: 'm.1@here', reason: 'Counted twice until the weekend', until: ahead(48) };
    expect((await ask('editor', 'POST', 'concerns/declined', { ...declined, until: ahead(24 * 40) })).status).toBe(422);
    expect((await ask('editor', 'POST', 'concerns/declined', declined)).status).toBe(200);
    expect((await concerns()).offTarget).toMatchObject([{ figure: 'm.1@here', bare: false, declined: { reason: declined.reason } }]);
  });
});

describe('actions', () => {
  test('go on, change hands with a reason, and end with a result; all of it can be read afterwards', async () => {
    const raised = await ask('lead', 'POST', 'actions', { what: 'Have a key cut', owner: 'Sam', due: ahead(2), provider: 'acute' });
    expect([raised.status, raised.body.no]).toEqual([201, 1]);
    expect((await ask('lead', 'POST', 'actions', { what: 'x', owner: 'x', due: ahead(2), concern: 9 })).status).toBe(422);
    expect((await ask('lead', 'POST', 'actions/1/progress', {})).status).toBe(422);
    expect((await ask('viewer', 'POST', 'actions/1/progress', { quarters: 2 })).status).toBe(403);
    expect((await ask('lead', 'POST', 'actions/1/progress', { quarters: 2, note: 'At the locksmith' })).status).toBe(200);
    expect((await ask('lead', 'POST', 'actions/1/change', { owner: 'Alex' })).status).toBe(422);
    expect((await ask('lead', 'POST', 'actions/1/change', { owner: 'Alex', due: ahead(6), reason: 'Sam is off' })).status).toBe(200);
    expect((await ask('lead', 'POST', 'actions/1/close', { result: 'Two keys' })).status).toBe(200);
    const { steps } = (await ask<ActionHistory>('viewer', 'GET', 'actions/1/history')).body;
    expect(steps.map(({ step, text, quarters, owner }) => [step, text, quarters, owner])).toEqual([
      ['raised', 'Have a key cut', undefined, 'Sam'],
      ['progressed', 'At the locksmith', 2, undefined],
      ['changed', 'Sam is off', undefined, 'Alex'],
      ['closed', 'Two keys', undefined, undefined],
    ]);
    expect((await ask('viewer', 'GET', 'actions/9/history')).status).toBe(404);
  });
});

test('ideas: proposed by anybody who works here, answered by whoever leads', async () => {
  expect((await ask('editor', 'POST', 'ideas', { text: 'Two wheelchairs at every door' })).body.no).toBe(1);
  expect((await ask('lead', 'POST', 'ideas/1/answer', { accepted: true, answer: 'Begin' })).status).toBe(403);
  expect((await concerns()).ideas).toMatchObject([{ no: 1, status: 'proposed', late: false }]);
});

test('day boxes: thirty-one by default, for screens too; the last one is still running, and a day without readings has no data', async () => {
  const days = async (query = ''): Promise<Answer<DaysAnswer>> => api.request(`/v1/boards/small/days${query}`, { headers: { cookie: DISPLAY_COOKIE } });
  const { rows, to } = (await days()).body;
  expect(rows).toMatchObject([{ figure: 'm.1@here', how: 'mean' }]);
  const { boxes } = rows[0]!;
  expect(boxes).toHaveLength(31);
  expect(boxes.at(-1)).toMatchObject({ day: to, running: true, verdict: 'not-good' });
  expect(boxes[0]).toEqual({ day: boxes[0]!.day, value: null, verdict: 'no-data' });
  expect((await days('?from=2026-03-28&to=2026-03-30')).body.rows[0]!.boxes.map(({ day }) => day)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
  for (const wrong of ['?from=2026-03-28', '?from=2026-03-28&to=2026-03-01', '?from=2026-01-01&to=2026-12-31']) expect((await days(wrong)).status).toBe(422);
});
