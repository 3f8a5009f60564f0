/** A real winter brought in with its original times: the wall does not move, no alert fires, replay marks it, trends and papers show it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { BoardEvent } from '@comm-cell/board/events';
import type { Session } from '@comm-cell/contract/desk';
import type { PackFacts, PackMade } from '@comm-cell/contract/packs';
import type { MarksAnswer } from '@comm-cell/contract/replay';
import type { SpcAnswer } from '@comm-cell/contract/trends';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import { rowsOf } from '../../apps/simulator/src/winter/figures.js';
import { readWinter } from '../../apps/simulator/src/winter/sitrep.js';
import { Api, type Answer, DISPLAY_COOKIE, prepareBoard } from '../support/api.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const BOARD = 'winter-replay';
/** The national return: every column, every day. */
const FEED = 'eng';
const FIGURE = 'beds.occupancy@eng';

let postgres: TestPostgres;
let url: string;
let api: Api;
let cookie: string;
const before: { wall: unknown }[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const definition = loadBoard(BOARD);
  const { keys } = await prepareBoard(url, definition);
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create([BOARD], 'Duty Director', 'duty', null);
  await database.destroy();
  const signedIn = await api.request<Session>('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  before.push({ wall: await wall() });
  const { days } = readWinter('2022-23');
  const readings = [...days].flatMap(([date, day]) => rowsOf(definition, definition.feeds[FEED]!, date, day, `${date}T08:00:00Z`));
  const answer = await api.request<{ accepted: number }>(`/v1/feeds/${FEED}/history`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys[FEED]}`, 'content-type': 'application/json', 'idempotency-key': 'winter-2022-23' },
    body: JSON.stringify({ readings }),
  });
  expect([answer.status, answer.body.accepted]).toEqual([201, readings.length]);
});
afterAll(async () => {
  await api?.stop();
  await postgres?.stop();
});

const get = <Body>(route: string, headers: Record<string, string> = { cookie }): Promise<Answer<Body>> =>
  api.request<Body>(`/v1/boards/${BOARD}${route}`, { headers });
/** Every value that a wall shows, by series. */
async function wall(): Promise<unknown> {
  const { body } = await get<Record<string, unknown>>('', { cookie: DISPLAY_COOKIE });
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (['now', 'seq', 'hash', 'at', 'ageMs', 'heardAt'].includes(key) ? undefined : value)));
}

test('nothing that a wall shows has moved, and no alert fired', async () => {
  expect(await wall()).toEqual(before[0]!.wall);
  const events = await postgres.sql<{ body: string }>(url, `select body from journal where kind in ('AlertTurned', 'ReadingsRecorded')`, []);
  const kinds = events.map(({ body }) => (JSON.parse(body) as BoardEvent).kind);
  expect(kinds).toContain('ReadingsRecorded');
  expect(kinds).not.toContain('AlertTurned');
});

test('replay marks when it was brought in', async () => {
  const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 60_000).toISOString()];
  const { body } = await get<MarksAnswer>(`/replay/marks?from=${from}&to=${to}`);
  expect(body.marks.map(({ kind, what }) => [kind, what])).toContainEqual(['history', 'brought-in']);
});

test('trends show the winter as it is known, and nothing of it as it was shown', async () => {
  const asked = `/trends/spc?figure=${FIGURE}&from=2022-11-14T00:00:00Z&to=2023-03-13T00:00:00Z`;
  const known = (await get<SpcAnswer>(asked)).body.spc.points.filter(({ value }) => value !== null);
  expect(known.length).toBe(119);
  // The dip of Christmas stands out by the rules of the chart.
  const lowest = known.reduce((least, one) => (one.value! < least.value! ? one : least));
  expect([new Date(lowest.at).toISOString().slice(0, 10), lowest.cause]).toEqual(['2022-12-25', 'outside']);
  expect((await get<SpcAnswer>(`${asked}&as=shown`)).body.spc.points.every(({ value }) => value === null)).toBe(true);
});

test('the winter in review says that its figures were brought in afterwards', async () => {
  const made = await api.request<PackMade>(`/v1/boards/${BOARD}/packs`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'winter', from: '2022-11-14T00:00:00Z', to: '2023-03-13T00:00:00Z', figures: [FIGURE], language: 'en' }),
  });
  expect(made.status).toBe(201);
  const { body } = await get<PackFacts>(`/packs/${made.body.id}.json`);
  expect(body.figures[0]).toMatchObject({ known: 119, periods: 119 });
  expect(body.figures[0]!.restated.every(({ shown }) => shown === null)).toBe(true);
  expect(JSON.stringify(body)).toContain('119 of 119 periods were not there at the time');
});
