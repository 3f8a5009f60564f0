/** Telling people with real processes that are killed (I29, I30), and the sign of life that goes the whole way (I37). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isTold, messagesFor } from '@comm-cell/board/decide/tell';
import type { BoardEvent } from '@comm-cell/board/events';
import { Fold } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { Webhook } from 'standardwebhooks';
import { Api, DISPLAY_COOKIE, prepareBoard, until } from '../../../tests/support/api.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';
import { HttpSink, late, ok } from './notify-sinks.js';

const label = (en: string) => ({ en, cy: en });
const rule = ruleOf('long@here', { kind: 'line', figure: 'm.1@here', band: { over: 45 } }, { label: label('Too many waiting'), owner: 'site', card: 'any' });
const group = (id: string) => ({ id, name: label(id), kind: 'site' as const, climb: [{ afterMs: 700, group: 'lead' }] });
const board = {
  ...smallBoard(),
  response: {
    groups: { site: group('site'), lead: { ...group('lead'), climb: [] } },
    holidays: [],
    cards: { any: { id: 'any', title: label('Card'), steps: [] } },
    schemes: {},
    levels: {},
  },
  rules: { [rule.id]: rule },
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const QUICK = {
  OUTBOUND_ALLOW: '127.0.0.0/8',
  NOTIFY_ATTEMPT_MS: '1000',
  NOTIFY_LEASE_MORE_MS: '1000',
  NOTIFY_PAUSE_MS: '50',
  NOTIFY_LONGEST_PAUSE_MS: '400',
  NOTIFY_STUCK_MS: '20000',
  NOTIFY_ROUND_MS: '200',
};

let postgres: TestPostgres;
let url: string;
let sink: HttpSink;
const apis: Api[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  url = await postgres.database();
  sink = await HttpSink.start();
});
afterEach(async () => {
  for (const api of apis.splice(0)) if (api.running) await api.kill9();
  await sink.stop();
});
afterAll(async () => {
  await postgres.stop();
});

async function start(more: Record<string, string> = {}): Promise<Api> {
  const api = await Api.start({ DATABASE_URL: url, ...QUICK, ...more });
  apis.push(api);
  return api;
}

async function addHook(contact: string, of: string): Promise<void> {
  await postgres.sql(
    url,
    `insert into contacts (board_id, contact_id, group_id, channel, address, name, secret) values ('small', $1, $2, 'webhook', $3, 'Hook', $4)`,
    [contact, of, `${sink.url}/${of}`, SECRET],
  );
}

const outbox = () =>
  postgres.sql<{ message_id: string; seq: string; state: string; kind: string; group_id: string }>(url, 'select * from outbox order by seq, ordinal');

/** What the journal says people were to be told: `seq kind group`, one for each message. */
async function owed(): Promise<string[]> {
  const rows = await postgres.sql<{ seq: string; at: number; body: string }>(
    url,
    `select seq, (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal where board_id = 'small' order by seq`,
  );
  const fold = new Fold(emptyBoard);
  return rows.flatMap(({ seq, at, body }) => {
    const event = JSON.parse(body) as BoardEvent;
    const before = event.kind === 'AlertTurned' ? fold.peek.alerts[event.rule] : undefined;
    fold.apply(event, at);
    return isTold(event) ? messagesFor(fold.peek, { at, event }, before).map((message) => `${seq} ${message.kind} ${message.group}`) : [];
  });
}

describe('processes that are killed', () => {
  const ROUNDS = 8;

  test('between sending and marking: another one sends it again, under the same id', async () => {
    const { keys } = await prepareBoard(url, board);
    await addHook('c1', 'site');
    const first = await start();
    sink.manner = (nth, answer, received) => {
      if (nth === 1) void first.kill9();
      else ok(nth, answer, received);
    };
    await first.post('ed', keys.ed!, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value: 60 }] }).catch(() => {});
    await first.exited;
    expect(sink.received).toHaveLength(1);
    expect((await outbox()).map(({ state }) => state)).toEqual(['pending']);
    await start();
    await until(async () => (await outbox())[0]!.state === 'delivered', 'it is delivered');
    const id = (await outbox())[0]!.message_id;
    expect(sink.ids().slice(0, 2)).toEqual([id, id]);
    for (const { body, headers } of sink.received)
      expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'small.raised' });
  });

  test('at any moment, again and again: everything the journal owes anybody reaches them', async () => {
    const { keys } = await prepareBoard(url, board);
    await addHook('c1', 'site');
    await addHook('c2', 'lead');
    sink.manner = late(80);
    let n = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const api = await start();
      setTimeout(() => void api.kill9(), 300 + ((round * 617) % 1_300));
      while (api.running) {
        const readings = [{ series: 'm.1@here', observedAt: new Date().toISOString(), value: n % 2 === 0 ? 60 : 10 }];
        const answer = await api.post('ed', keys.ed!, { readings }, { id: `batch-${n}` }).catch(() => undefined);
        if (answer) n++;
        await new Promise((resolve) => setTimeout(resolve, (n * 37) % 120));
      }
    }
    await start();
    await until(async () => (await outbox()).every(({ state }) => state === 'delivered'), 'all is delivered');
    const rows = await outbox();
    expect(rows.length).toBeGreaterThan(ROUNDS);
    expect(rows.map(({ seq, kind, group_id }) => `${seq} ${kind} ${group_id}`)).toEqual(await owed());
    const arrived = new Set(sink.ids());
    expect(rows.filter(({ message_id }) => !arrived.has(message_id))).toEqual([]);
    expect(arrived.size).toBe(rows.length);
  });
});

test('contacts are behind the desk’s door, even to look at; a reply link that was not made here opens nothing', async () => {
  await prepareBoard(url, board);
  const api = await start();
  const json = { 'content-type': 'application/json' };
  for (const [method, path] of [
    ['GET', 'contacts'],
    ['POST', 'contacts'],
    ['PATCH', 'contacts/c1'],
    ['DELETE', 'contacts/c1'],
    ['POST', 'contacts/c1/test'],
    ['POST', 'messages/m1/again'],
    ['POST', 'messages/m1/settled'],
  ] as const) {
    const init = method === 'GET' || method === 'DELETE' ? { method } : { method, headers: json, body: '{}' };
    for (const cookie of [{}, { cookie: DISPLAY_COOKIE }]) {
      const { status } = await api.request(`/v1/boards/small/${path}`, { ...init, headers: { ...('headers' in init ? init.headers : {}), ...cookie } });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  }
  expect((await api.request('/reply/small.1.c1.zzzzzz.aaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404);
  expect((await api.request('/demo/messages')).status).toBe(404);
});

describe('the sign of life', () => {
  const EVERY_MS = 400;
  const came = async (name: string): Promise<void> => {
    const before = sink.received.length;
    await until(() => sink.received.length >= before + 3, `signals come: ${name}`, 20_000);
  };
  const stops = async (name: string): Promise<void> => {
    // What was on its way may still arrive.
    await new Promise((resolve) => setTimeout(resolve, 2 * EVERY_MS));
    const before = sink.received.length;
    await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
    expect([name, sink.received.length - before]).toEqual([name, 0]);
  };

  test('leaves about every minute, and stays away when any link breaks', async () => {
    await prepareBoard(url, board);
    const api = await start({ DEADMAN_URL: `${sink.url}/alive`, DEADMAN_EVERY_MS: String(EVERY_MS) });
    await came('at first');
    const kinds = sink.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(new Set(kinds)).toEqual(new Set(['watchdog.raised', 'watchdog.stood-down']));

    api.freeze();
    await stops('the process');
    api.thaw();
    await came('the process goes on');

    for (const [name, broken, mended] of [
      ['the key', `update feed_keys set revoked_at = now() where board_id = 'watchdog'`, undefined],
      ['the contact', `update contacts set enabled = false where board_id = 'watchdog'`, `update contacts set enabled = true where board_id = 'watchdog'`],
      ['the outbox', `alter table outbox rename to outbox_away`, `alter table outbox_away rename to outbox`],
      ['the journal', `alter table journal rename to journal_away`, `alter table journal_away rename to journal`],
      ['the readings', `alter table readings rename to readings_away`, `alter table readings_away rename to readings`],
    ] as const) {
      await postgres.sql(url, broken);
      // A revoked key is replaced: the door and its locks are still there.
      if (mended === undefined) await came(name);
      else {
        await stops(name);
        await postgres.sql(url, mended);
        await came(`${name} is there again`);
      }
    }
  });
});
