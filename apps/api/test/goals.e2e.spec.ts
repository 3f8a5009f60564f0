/** Goals and the charter against a real api process: who may agree, a verdict from real readings, what was done, who accepts for whom. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role, Session } from '@comm-cell/contract/desk';
import type { CharterAnswer, GoalsAnswer, GoalTrendAnswer } from '@comm-cell/contract/goals';
import type { HuddleAnswer } from '@comm-cell/contract/huddle';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, prepareBoard } from '../../../tests/support/api.js';
import { withCell } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Who = 'lead' | 'acute' | 'duty' | 'viewer';
interface Told {
  code: string;
  no: number;
  version: number;
}
const DAY_MS = 86_400_000;
const DAYS = 28;
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const ago = (days: number): string => new Date(midnight - days * DAY_MS).toISOString();
const ahead = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

let postgres: TestPostgres;
let api: Api;
const cookies = {} as Record<Who, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, withCell({ series: 2, feeds: 2, everyMs: 3_600_000 }));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string[] | null]> = {
    lead: ['coordinator', null],
    acute: ['editor', ['acute']],
    duty: ['duty', null],
    viewer: ['viewer', null],
  };
  for (const [who, [role, providers]] of Object.entries(roles) as [Who, [Role, string[] | null]][]) {
    const { token } = await people.create(['small'], `The ${who}`, role, providers);
    const body = JSON.stringify({ token });
    const signedIn = await api.request<Session>('/v1/desk/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    cookies[who] = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  }
  await database.destroy();
  // A fortnight around 40, then a fortnight around 18; every third hour, alike on every weekday.
  for (let day = 0; day < DAYS; day++) {
    const readings = Array.from({ length: 8 }, (_, i) => ({
      series: 'm.1@here',
      observedAt: new Date(midnight - (DAYS - day) * DAY_MS + i * 3 * 3_600_000).toISOString(),
      value: (day < 14 ? 40 : 18) + (day % 2 === 0 ? 1 : -1),
    }));
    expect((await api.post('ed', keys['ed']!, { readings }, { id: `day-${day}` })).status).toBe(201);
  }
  // A day is judged once something has been heard after it.
  const heard = [{ series: 'm.1@here', observedAt: new Date().toISOString(), value: 18 }];
  expect((await api.post('ed', keys['ed']!, { readings: heard })).status).toBe(201);
});
afterAll(async () => {
  await api?.stop();
  await postgres?.stop();
});

function ask<Body = Told>(who: Who, method: string, path: string, body?: unknown): Promise<Answer<Body>> {
  const headers = { cookie: cookies[who], ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return api.request<Body>(`/v1/boards/small/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}
const goal = {
  title: { en: 'Fewer waiting', cy: 'Llai yn aros' },
  figure: 'm.1@here',
  baseline: { from: ago(28), to: ago(14) },
  target: { atMost: 20 },
  due: ahead(60),
  owner: 'Chief operating officer',
  reviewDays: 7,
};
const code = ({ status, body }: Answer<Told>): [number, string] => [status, body.code];

describe('a goal', () => {
  test('is agreed by whoever coordinates, on the good side of its figure', async () => {
    expect((await ask('viewer', 'POST', 'goals', goal)).status).toBe(403);
    expect((await ask('duty', 'POST', 'goals', goal)).status).toBe(403);
    expect(code(await ask('lead', 'POST', 'goals', { ...goal, target: { atLeast: 20 } }))).toEqual([422, 'wrong-way']);
    expect(code(await ask('lead', 'POST', 'goals', { ...goal, figure: 'm.9@here' }))).toEqual([422, 'unknown-figure']);
    expect((await ask('lead', 'POST', 'goals', { ...goal, due: 'soon' })).status).toBe(422);
    const agreed = await ask('lead', 'POST', 'goals', goal);
    expect([agreed.status, agreed.body.no]).toEqual([201, 1]);
    const { goals } = (await ask<GoalsAnswer>('viewer', 'GET', 'goals')).body;
    expect(goals).toMatchObject([{ no: 1, standing: 'agreed', owner: goal.owner, figure: { id: 'm.1@here' } }]);
  });

  test('has a verdict from the readings, with the actions of the goal marked on it, and no others', async () => {
    expect((await ask('lead', 'POST', 'actions', { what: 'Second triage room', owner: 'Sam', due: ahead(3), goal: 1 })).status).toBe(201);
    expect((await ask('lead', 'POST', 'actions', { what: 'Of nothing', owner: 'Sam', due: ahead(3) })).status).toBe(201);
    expect((await ask('lead', 'POST', 'actions/2/close', { result: 'Done' })).status).toBe(200);
    const { body } = await ask<GoalTrendAnswer>('viewer', 'GET', 'goals/1/trend');
    expect(body).toMatchObject({ by: 'day', change: 'better', reached: true, baseline: { mean: 40, n: 14 }, now: { n: 7 } });
    expect(body.points).toHaveLength(DAYS);
    expect(body.marks).toMatchObject([{ kind: 'action-raised', no: 1, text: 'Second triage room', by: 'The lead' }]);
    expect(code(await ask('viewer', 'GET', 'goals/9/trend'))).toEqual([404, 'unknown-goal']);
  });

  test('entered by hand: too early to tell, until there is enough', async () => {
    const { figure: _figure, ...byHand } = goal;
    expect((await ask('lead', 'POST', 'goals', { ...byHand, unit: 'people', target: { atLeast: 30 } })).body.no).toBe(2);
    expect(code(await ask('lead', 'POST', 'goals/1/measured', { at: ago(1), value: 3 }))).toEqual([422, 'measured-by-feed']);
    expect((await ask('duty', 'POST', 'goals/2/measured', { at: ago(1), value: 31 })).status).toBe(403);
    for (const day of [3, 2, 1]) expect((await ask('lead', 'POST', 'goals/2/measured', { at: ago(day), value: 31 })).status).toBe(200);
    expect((await ask<GoalTrendAnswer>('viewer', 'GET', 'goals/2/trend')).body).toMatchObject({ by: 'hand', change: 'too-early', reached: true });
  });

  test('is reviewed, then closed with its result, which can be read afterwards', async () => {
    expect((await ask('lead', 'POST', 'goals/1/review', { onTrack: 'yes', note: 'It holds' })).status).toBe(200);
    expect((await ask<GoalsAnswer>('viewer', 'GET', 'goals')).body.goals[0]).toMatchObject({
      standing: 'on-track',
      review: { note: 'It holds', by: 'The lead' },
    });
    expect((await ask<GoalTrendAnswer>('viewer', 'GET', 'goals/1/trend')).body.marks.map(({ kind }) => kind)).toEqual(['action-raised', 'reviewed']);
    expect((await ask('duty', 'POST', 'goals/1/close', { reached: true, note: 'No' })).status).toBe(403);
    expect((await ask('lead', 'POST', 'goals/1/close', { reached: true, note: 'Held for a fortnight' })).status).toBe(200);
    expect(code(await ask('lead', 'POST', 'goals/1/review', { onTrack: 'yes', note: 'Again' }))).toEqual([404, 'unknown-goal']);
    const { goals, closed } = (await ask<GoalsAnswer>('viewer', 'GET', 'goals')).body;
    expect(goals.map(({ no }) => no)).toEqual([2]);
    expect(closed).toMatchObject([{ no: 1, reached: true, note: 'Held for a fortnight', owner: goal.owner }]);
    // Not due yet: the next huddle has nothing to review.
    expect((await ask<HuddleAnswer>('viewer', 'GET', 'huddle')).body.view.goals).toEqual([]);
  });
});

describe('the charter', () => {
  const charter = async (): Promise<CharterAnswer> => (await ask<CharterAnswer>('viewer', 'GET', 'charter')).body;
  const text = { en: 'We begin on time.\r\n\r\nWe end on time.', cy: 'Dechreuwn ar amser.\n\nGorffennwn ar amser.' };

  test('is written by whoever coordinates, and keeps its paragraphs', async () => {
    expect((await charter()).charter).toBeNull();
    expect((await ask('duty', 'POST', 'charter', { version: 0, text })).status).toBe(403);
    expect((await ask('lead', 'POST', 'charter', { version: 0, text: { ...text, cy: '  ' } })).status).toBe(422);
    expect((await ask('lead', 'POST', 'charter', { version: 0, text })).body.version).toBe(1);
    expect((await charter()).charter).toMatchObject({ version: 1, text: { en: 'We begin on time.\n\nWe end on time.' }, accepted: 0 });
  });

  test('is accepted by each for itself, and anew when its words change', async () => {
    const accept = (who: Who, provider: string, version = 1): Promise<Answer<Told>> =>
      ask(who, 'POST', 'charter/accept', { version, provider, name: 'Chief executive' });
    const [first, second] = (await charter()).charter!.members.map(({ provider }) => provider) as [string, string];
    expect((await accept('viewer', first)).status).toBe(403);
    expect(code(await accept('acute', second))).toEqual([403, 'other-provider']);
    expect((await accept('acute', first)).status).toBe(200);
    expect((await accept('duty', second)).status).toBe(200);
    expect((await charter()).charter!.accepted).toBe(2);
    expect(code(await ask('lead', 'POST', 'charter', { version: 0, text }))).toEqual([409, 'moved-on']);
    expect((await ask('lead', 'POST', 'charter', { version: 1, text: { ...text, en: 'We begin early.' } })).body.version).toBe(2);
    expect(code(await accept('acute', first))).toEqual([409, 'moved-on']);
    expect((await charter()).charter).toMatchObject({ version: 2, accepted: 0 });
  });
});
