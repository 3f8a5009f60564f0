/** The board room's routes against a real api process: replay, notes, snapshots and their links, and who may do what. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Entry } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { type BoardState, stateText } from '@comm-cell/board/state';
import type { Done, Role } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import { PROTOCOL } from '@comm-cell/contract/live';
import {
  type ChangesAnswer,
  type EntriesAnswer,
  LINK_HEADER,
  type LinkAnswer,
  type MarksAnswer,
  type SeekAnswer,
  type SharedSnapshot,
  type Snapshot,
  type SnapshotHead,
  type Span,
  type StateAnswer,
} from '@comm-cell/contract/replay';
import type { DataSource } from 'typeorm';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { type Answer, Api, prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { Display } from '../../../tests/support/display.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

type Told = Problem & { code: string };
const ROUTE = '/v1/boards/small';
const WORDS = 'Corridor care since noon';

let postgres: TestPostgres;
let url: string;
let api: Api;
let database: DataSource;
const cookies = {} as Record<Role, string>;
let keys: Record<string, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  ({ keys } = await prepareBoard(url, smallBoard()));
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard]).initialize();
  for (const role of ['viewer', 'duty', 'coordinator'] as const) {
    const { token } = await new People(database).create(['small'], `The ${role}`, role);
    const { headers } = await ask('', { method: 'POST', cookie: undefined, body: { token }, route: '/v1/desk/session' });
    cookies[role] = headers.get('set-cookie')!.split(';')[0]!;
  }
  await push(10);
  await push(250);
  const said = await api.request('/v1/feeds/ed/status', {
    method: 'POST',
    headers: { authorization: `Bearer ${keys['ed']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: WORDS, level: 3 }),
  });
  expect(said.status).toBeLessThan(300);
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

interface Asked {
  method?: string;
  cookie?: string | undefined;
  body?: unknown;
  route?: string;
  headers?: Record<string, string>;
}
function ask<Body>(path: string, { method = 'GET', body, route = ROUTE + path, headers = {}, ...more }: Asked = {}): Promise<Answer<Body & Told>> {
  const cookie = 'cookie' in more ? more.cookie : cookies.viewer;
  return api.request(route, {
    method,
    headers: { ...headers, ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const told = async <Body>(path: string, asked: Asked = {}): Promise<Body> => {
  const { status, body } = await ask<Body>(path, asked);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
};
async function push(value: number, at = Date.now(), rev = 0): Promise<void> {
  const reading = { series: 'm.1@here', observedAt: new Date(at).toISOString(), value, ...(rev === 0 ? {} : { revision: rev }) };
  const { status, body } = await api.post('ed', keys['ed']!, { readings: [reading] });
  if (status !== 201) throw new Error(JSON.stringify(body));
}
const hashOf = (state: BoardState): string => createHash('sha256').update(stateText(state)).digest('hex');
const rfc = (at: number): string => new Date(at).toISOString();

describe('replay', () => {
  test('goes from the first event to the last; each moment folds to the hash it names, whoever folds it', async () => {
    const span = await told<Span>('/replay/span');
    expect(span.to).toBeGreaterThanOrEqual(span.from);
    const { entries } = await told<EntriesAnswer>('/replay/entries?after=0');
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: entries.length }, (_, i) => i + 1));
    const empty = (await told<SeekAnswer>('/replay/seek?seq=1')).start;
    expect(empty.seq).toBe(0);
    for (const { seq, at } of entries as Entry[]) {
      const state = await told<StateAnswer>(`/replay/state?seq=${seq}`);
      expect(state).toMatchObject({ seq, at, as: 'shown' });
      expect(state.hash).toBe(hashOf(evolveAll(empty.state, entries.slice(0, seq))));
      expect(state.hash).toBe(hashOf(state.state));
      const seek = await told<SeekAnswer>(`/replay/seek?seq=${seq}`);
      expect(hashOf(evolveAll(seek.start.state, seek.entries))).toBe(state.hash);
    }
    expect(await told<StateAnswer>(`/replay/state?at=${rfc(span.to + 1)}`)).toMatchObject({ epoch: span.epoch });
  });

  test('a moment says that it is what a screen reported to have drawn (I15)', async () => {
    const other = await Api.start({ DATABASE_URL: url });
    const display = new Display({ address: other.address, board: 'small' });
    try {
      await until(() => display.verified > 0, 'a beat was verified');
      const { epoch, seq, state } = display;
      display.socket.emit('board:drawn', { board: 'small', epoch, seq, hash: hashOf(state), at: Date.now() });
      // The answer to another message comes after it was taken in.
      await display.socket.timeout(10_000).emitWithAck('board:join', { protocol: PROTOCOL, board: 'small', epoch, since: seq });
      await other.stop();
      // A server that ends writes what it has counted.
      const answer = await told<StateAnswer>(`/replay/state?seq=${seq}`);
      const [{ minute }] = (await postgres.sql<{ minute: Date }>(url, 'select minute from drawn where seq = $1', [seq])) as [{ minute: Date }];
      const then = answer.drawn ? answer : await told<StateAnswer>(`/replay/state?at=${rfc(minute.getTime() + 1)}`);
      expect(then.drawn).toMatchObject({ seq, displays: 1, agreed: 1, different: 0 });
    } finally {
      display.close();
      await other.kill9().catch(() => {});
    }
  });

  test('of deeds there is nothing but the place', async () => {
    await told<Span>('/replay/span');
    const { entries } = await told<EntriesAnswer>('/replay/entries?after=0');
    const deeds = entries.filter(({ event }) => event.kind === 'DeedDone');
    expect(deeds.length).toBeGreaterThan(0);
    for (const { event } of deeds) expect(Object.keys(event).sort()).toEqual(['by', 'deed', 'kind']);
    for (const { event } of deeds) expect(event).toMatchObject({ by: null });
  });

  test('a late correction changes what is known of a moment, never what was shown', async () => {
    const { to } = await told<Span>('/replay/span');
    const { state: before, hash } = await told<StateAnswer>(`/replay/state?at=${rfc(to)}`);
    const was = before.series['m.1@here']!;
    await push(99, was.at, 1);
    const shown = await told<StateAnswer>(`/replay/state?at=${rfc(to)}`);
    expect([shown.hash, shown.state.series['m.1@here']!.value]).toEqual([hash, 250]);
    const known = await told<StateAnswer>(`/replay/state?at=${rfc(to)}&as=known`);
    expect(known.state.series['m.1@here']).toMatchObject({ value: 99, rev: 1 });
    expect(known.differences).toEqual([{ figure: 'm.1@here', shown: { at: was.at, value: 250, rev: 0 }, known: { at: was.at, value: 99, rev: 1 }, points: 1 }]);
    expect(await told<StateAnswer>(`/replay/state?at=${rfc(to)}&as=today`)).toMatchObject({ hash: null, under: { today: true } });
  });

  test('what has changed is told, the worst first', async () => {
    const { from } = await told<Span>('/replay/span');
    const { changes } = await told<ChangesAnswer>(`/replay/changes?from=${rfc(from)}&to=${rfc(Date.now())}`);
    expect(changes.some(({ kind }) => kind === 'status')).toBe(true);
    expect(changes.map(({ weight }) => weight)).toEqual(changes.map(({ weight }) => weight).toSorted((a, b) => b - a));
  });

  test('a note stands on the timeline at the moment it is about', async () => {
    const { from, to } = await told<Span>('/replay/span');
    const note = { about: rfc(to), text: 'here the second site was closed' };
    expect((await ask('/replay/notes', { method: 'POST', body: note })).status).toBe(403);
    expect((await told<Done>('/replay/notes', { method: 'POST', body: note, cookie: cookies.duty })).seq).toBeGreaterThan(0);
    const ahead = { ...note, about: rfc(Date.now() + 3_600_000) };
    expect((await ask('/replay/notes', { method: 'POST', body: ahead, cookie: cookies.duty })).body.code).toBe('ahead');
    const { marks } = await told<MarksAnswer>(`/replay/marks?from=${rfc(from)}&to=${rfc(Date.now() + 1_000)}`);
    expect(marks.find(({ kind }) => kind === 'note')).toMatchObject({ at: to, text: note.text, by: { name: 'The duty' } });
    expect(marks.some(({ kind }) => kind === 'definition')).toBe(true);
  });

  test.each([
    ['/replay/state', 422],
    ['/replay/state?at=yesterday', 422],
    ['/replay/state?at=2026-01-01T00:00:00Z&seq=3', 422],
    ['/replay/state?seq=1&as=wished', 422],
    ['/replay/state?seq=-1', 422],
    ['/replay/state?at=1999-01-01T00:00:00Z', 404],
    ['/replay/seek?seq=999999', 404],
    ['/replay/entries?after=0&most=100000', 422],
    ['/replay/changes?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 422],
  ])('%s is refused with %i', async (path, status) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
  });

  test('is for people of the board: not for nobody, and not for another board', async () => {
    expect((await ask('/replay/span', { cookie: undefined })).status).toBe(401);
    expect((await ask('', { route: '/v1/boards/other/replay/span' })).status).toBe(403);
  });
});

describe('snapshots', () => {
  const frozen = async (): Promise<SnapshotHead> => {
    const { seq } = await told<Span>('/replay/span');
    return told<SnapshotHead>('/snapshots', { method: 'POST', cookie: cookies.coordinator, body: { name: 'Board 16 January', note: 'For item 4', seq } });
  };
  const shared = (link: string, secret = link.split('#')[1]!): Promise<Answer<SharedSnapshot & Told>> =>
    ask('', { route: `/v1/snapshots/${/^\/snapshot\/([^#]+)#/.exec(link)![1]!}`, cookie: undefined, headers: { [LINK_HEADER]: secret } });
  const share = (snapshot: string, redact: boolean, until = Date.now() + 3_600_000): Promise<LinkAnswer> =>
    told(`/snapshots/${snapshot}/links`, { method: 'POST', cookie: cookies.coordinator, body: { until: rfc(until), redact } });

  test('a moment is frozen, listed, opened and proved, whatever happens after', async () => {
    const head = await frozen();
    await push(11);
    expect((await told<SnapshotHead[]>('/snapshots'))[0]).toEqual(head);
    const opened = await told<Snapshot>(`/snapshots/${head.snapshot}`);
    expect(opened).toMatchObject({ ...head, board: 'small', links: [], proof: { whole: true, content: true, journaled: true, chain: true } });
    expect(hashOf(opened.state)).toBe(head.of.hash);
    expect((await ask('/snapshots', { method: 'POST', cookie: cookies.duty, body: { name: 'x', seq: 1 } })).status).toBe(403);
    expect((await ask('/snapshots/aaaaaaaaaa')).status).toBe(404);
  });

  test.each([
    [
      'its state',
      `update snapshots set body = replace(body, '"value":', '"value":1') where snapshot_id = $1`,
      { content: false, journaled: true, chain: true },
    ],
    ['its hash', `update snapshots set state_hash = repeat('0', 64) where snapshot_id = $1`, { content: false, journaled: false, chain: true }],
    ['its place', `update snapshots set chain_hash = sha256('x') where snapshot_id = $1`, { content: true, journaled: true, chain: false }],
  ])('control: whoever changes %s in the database is found out', async (_what, damage, proof) => {
    const { snapshot } = await frozen();
    await postgres.sql(url, 'alter table snapshots disable trigger user');
    await postgres.sql(url, damage, [snapshot]);
    await postgres.sql(url, 'alter table snapshots enable trigger user');
    expect((await told<Snapshot>(`/snapshots/${snapshot}`)).proof).toEqual({ whole: false, ...proof });
  });

  test('a link opens without a sign-in, reads only, and its secret is kept nowhere', async () => {
    const { snapshot, of } = await frozen();
    const { link, no } = await share(snapshot, false);
    const opened = await shared(link);
    expect([opened.status, opened.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(opened.body).toMatchObject({ board: 'small', snapshot, of, redacted: false, by: 'The coordinator', note: 'For item 4', proof: { whole: true } });
    expect(JSON.stringify(opened.body.state)).toContain(WORDS);
    expect((await told<Snapshot>(`/snapshots/${snapshot}`)).links).toMatchObject([{ no, opened: 1, redacted: false }]);
    const secret = link.split('#')[1]!;
    const rows = JSON.stringify(await postgres.sql(url, 'select l::text from snapshot_links l union all select j::text from journal j'));
    for (const text of [secret, Buffer.from(secret).toString('hex')]) expect(rows).not.toContain(text);
  });

  test('redacted, it has no words and no names of anybody', async () => {
    const { snapshot } = await frozen();
    const { link } = await share(snapshot, true);
    const { body } = await shared(link);
    expect(body).toMatchObject({ redacted: true, proof: { whole: true } });
    const text = JSON.stringify(body);
    for (const word of [WORDS, 'The coordinator', 'The duty', 'For item 4', '01234 567890']) expect(text).not.toContain(word);
    expect(body.state.series['m.1@here']).toBeDefined();
  });

  test('a wrong secret, an ended link and one whose time is over open nothing', async () => {
    const { snapshot } = await frozen();
    const { link, no } = await share(snapshot, false);
    expect((await shared(link, 'guessed')).body.code).toBe('unknown-link');
    expect((await ask('', { route: `/v1/snapshots/small.${snapshot}`, cookie: undefined })).status).toBe(404);
    expect((await ask('', { route: '/v1/snapshots/nonsense', cookie: undefined, headers: { [LINK_HEADER]: 'x' } })).status).toBe(404);
    const end = { method: 'DELETE', cookie: cookies.coordinator };
    expect((await ask(`/snapshots/${snapshot}/links/${no}`, end)).status).toBe(204);
    expect((await ask(`/snapshots/${snapshot}/links/${no}`, end)).status).toBe(404);
    expect((await shared(link)).status).toBe(410);
    const second = await share(snapshot, false);
    await postgres.sql(url, `update snapshot_links set until = now() - interval '1 second' where no = $1`, [second.no]);
    expect((await shared(second.link)).body.code).toBe('link-over');
    for (const until of [Date.now() - 1_000, Date.now() + 91 * 86_400_000]) await expect(share(snapshot, false, until)).rejects.toThrow('422');
    expect(
      (await ask(`/snapshots/${snapshot}/links`, { method: 'POST', cookie: cookies.duty, body: { until: rfc(Date.now() + 1e6), redact: true } })).status,
    ).toBe(403);
  });
});
