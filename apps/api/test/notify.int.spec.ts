/** The outbox on a real Postgres: at least once, never twice while nobody dies, and never quietly not at all (I30). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message } from '@comm-cell/board/decide/tell';
import type { ResponseDefinition } from '@comm-cell/board/response';
import type { DataSource } from 'typeorm';
import { dataSource, prepareDatabase } from '../src/database/schema.js';
import { Journal } from '../src/journal/journal.js';
import { tell, tellValues } from '../src/journal/tell.sql.js';
import { Keepers } from '../src/keeper/keepers.js';
import { channels } from '../src/notify/channels/registry.js';
import { Contact } from '../src/notify/contact.entity.js';
import { contactBody } from '@comm-cell/contract/contacts';
import { NotifyService } from '../src/notify/notify.service.js';
import { Outbound } from '../src/notify/outbound.js';
import { CLAIM, DELIVERED } from '../src/notify/outbox.sql.js';
import { ReplyLinks } from '../src/notify/reply-links.js';
import { Sender } from '../src/notify/sender.js';
import { type NotifySettings, readNotifySettings } from '../src/notify/settings.js';
import { StuckMessages } from '../src/notify/stuck.js';
import { until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';
import { close, hang, HttpSink, inTurn, late, MailSink, ok, status } from './notify-sinks.js';

const text = (words: string): { en: string; cy: string } => ({ en: words, cy: words });
const response: ResponseDefinition = {
  groups: Object.fromEntries(['site', 'system', 'nobody'].map((id) => [id, { id, name: text(id), kind: 'site' as const, climb: [] }])),
  holidays: [],
  cards: {},
  schemes: {},
  levels: {},
};

/** The part of the append that fills the outbox, by itself. */
const TELL = `with head as (select board_id from board_head where board_id = $1), ${tell(2)} select from head`;

let postgres: TestPostgres;
let sink: HttpSink;
let mail: MailSink;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const end of closing.splice(0).reverse()) await end();
});
afterAll(async () => {
  await postgres.stop();
});

interface Desk {
  url: string;
  database: DataSource;
  keepers: Keepers;
  service: NotifyService;
  sender(more?: Partial<NotifySettings>, database?: DataSource): Sender;
  stuck: StuckMessages;
  tell(...messages: Message[]): Promise<void>;
  outbox(): Promise<{ message_id: string; state: string; attempts: number; last_error: string | null; contact_id: string; channel: string }[]>;
  another(): Promise<DataSource>;
}

/** A board `small` whose groups may have contacts, and sinks for them. */
async function desk(): Promise<Desk> {
  sink = await HttpSink.start();
  mail = await MailSink.start();
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  const fail = (error: Error): never => {
    throw error;
  };
  const keepers = new Keepers(journal, url, () => {}, fail);
  await keepers.define({ ...smallBoard(), response }, 'test');
  const another = async (): Promise<DataSource> => {
    const source = await dataSource(url, [Contact]).initialize();
    closing.push(async () => void (source.isInitialized && (await source.destroy())));
    return source;
  };
  const quick = {
    SMTP_URL: mail.url,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    NOTIFY_ATTEMPT_MS: 400,
    NOTIFY_LEASE_MORE_MS: 600,
    NOTIFY_PAUSE_MS: 50,
    NOTIFY_LONGEST_PAUSE_MS: 200,
    NOTIFY_STUCK_MS: 500,
  };
  closing.push(
    () => journal.close(),
    () => keepers.stop(),
    () => sink.stop(),
    () => mail.stop(),
  );
  const database = await another();
  const sender: Desk['sender'] = (more = {}, its = database) => {
    const settings = { ...readNotifySettings(quick), ...more };
    const links = new ReplyLinks(its);
    const one = new Sender(
      its,
      keepers,
      channels(settings, new Outbound(settings.OUTBOUND_ALLOW)),
      links,
      settings,
      () => 'http://cell',
      () => {},
    );
    closing.push(() => one.stop());
    return one;
  };
  const stuck = new StuckMessages(database, keepers, quick.NOTIFY_STUCK_MS, () => {});
  closing.push(() => stuck.stop());
  const settings = readNotifySettings(quick);
  const service = new NotifyService(
    database,
    keepers,
    channels(settings, new Outbound(settings.OUTBOUND_ALLOW)),
    settings,
    () => 'http://cell',
    sender(),
    stuck,
  );
  let seq = 1_000;
  return {
    url,
    database,
    keepers,
    service,
    sender,
    stuck,
    tell: async (...messages) => void (await database.query(TELL, ['small', ...tellValues([{ seq: ++seq, messages }], Date.now())])),
    outbox: () => postgres.sql(url, 'select message_id, state, attempts, last_error, contact_id, channel from outbox order by seq, ordinal, contact_id'),
    another,
  };
}

function message(n: number, more: Partial<Message> = {}): Message {
  return {
    group: 'site',
    notBefore: 0,
    kind: 'raised',
    about: `alert ${n}`,
    title: text(`Alert ${n}`),
    lines: [text('line')],
    link: `/alerts/small?alert=${n}`,
    canWait: false,
    ...more,
  };
}

const hook = (path = '/hook') => contactBody.parse({ group: 'site', channel: 'webhook', address: sink.url + path, name: 'Hook' });
const letterbox = () => contactBody.parse({ group: 'site', channel: 'email', address: 'desk@example.org', name: 'Desk' });

/** What the outbox says was delivered, against what came out at the other end. */
function compare(delivered: readonly string[], arrived: readonly string[]): { lost: string[]; twice: string[]; unknown: string[] } {
  const seen = new Set(arrived);
  const claimed = new Set(delivered);
  return {
    lost: delivered.filter((id) => !seen.has(id)),
    twice: [...seen].filter((id) => arrived.indexOf(id) !== arrived.lastIndexOf(id)),
    unknown: [...seen].filter((id) => !claimed.has(id)),
  };
}
const NOTHING = { lost: [], twice: [], unknown: [] };

async function settled({ outbox }: Desk): Promise<string[]> {
  await until(async () => (await outbox()).every(({ state }) => state === 'delivered'), 'everything is delivered', 30_000);
  return (await outbox()).map(({ message_id }) => message_id);
}

describe('two senders on one outbox', () => {
  test('send everything, once', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    await it.service.add('small', hook('/other'));
    await it.service.add('small', letterbox());
    // Nobody is too late here, however busy the machine is: a late answer is sent for twice.
    const patient = { NOTIFY_ATTEMPT_MS: 30_000, NOTIFY_LEASE_MORE_MS: 30_000 };
    const senders = [it.sender(patient), it.sender(patient, await it.another())];
    for (const one of senders) one.start();
    for (let n = 0; n < 20; n++) await it.tell(message(2 * n), message(2 * n + 1));
    const ids = await settled(it);
    expect(ids).toHaveLength(120);
    expect(compare(ids, [...sink.ids(), ...mail.ids()])).toEqual(NOTHING);
  });

  test('comparing sets finds a sender that says "delivered" before it sends', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    await it.tell(...Array.from({ length: 10 }, (_, n) => message(n)));
    const rows = await it.database.query<{ board: string; id: string; address: string }[]>(CLAIM, [['small'], 50, [], 50, 60_000]);
    for (const [n, { board, id, address }] of rows.entries()) {
      await it.database.query(DELIVERED, [board, id]);
      // This one is killed before every third request.
      if (n % 3 !== 0) await fetch(address, { method: 'POST', headers: { 'webhook-id': id } });
    }
    expect(compare(await settled(it), sink.ids()).lost).toHaveLength(4);
  });

  test('a sender that dies between sending and marking leaves the message to the other, under the same id', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    const dying = await it.another();
    sink.manner = (nth, answer) => {
      // Its connections go while the other side still holds the request: it will never mark anything again.
      if (nth === 1) void dying.destroy().then(() => answer.writeHead(200).end());
      else ok(nth, answer, sink.received[0]!);
    };
    await it.tell(message(1));
    it.sender({}, dying).kick();
    await until(() => sink.received.length === 1, 'the first one sends');
    it.sender().start();
    const ids = await settled(it);
    expect(sink.ids()).toEqual([ids[0], ids[0]]);
  });
});

describe('a sink', () => {
  test.each([
    ['answers 500', inTurn(status(500), status(500), status(500), ok), 4],
    ['hangs', inTurn(hang, hang, ok), 3],
    ['answers 200 too late', inTurn(late(700), ok), 2],
    ['redirects', inTurn(status(307, { location: '/elsewhere' }), ok), 2],
    ['breaks off', inTurn(close, close, ok), 3],
  ])('that %s is tried again until it has taken the message', async (_name, manner, times) => {
    const it = await desk();
    await it.service.add('small', hook());
    sink.manner = manner;
    it.sender().start();
    await it.tell(message(1));
    const [id] = await settled(it);
    expect(sink.ids()).toEqual(Array.from({ length: times }, () => id));
    expect(sink.received.every(({ path }) => path === '/hook')).toBe(true);
  });

  test('that is dead, with a long past, does not keep the others waiting', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    await it.service.add('small', letterbox());
    sink.manner = hang;
    it.sender().start();
    await it.tell(...Array.from({ length: 60 }, (_, n) => message(n)));
    await until(() => mail.mails.length === 60, 'every mail is out', 20_000);
    // The other sixty have had 400 ms each, two at a time: they are far from done.
    expect((await it.outbox()).filter(({ state }) => state === 'pending')).toHaveLength(60);
  });

  test('that stays away for long is given up, and can be asked again', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    sink.manner = status(503);
    it.sender({ NOTIFY_GIVE_UP_MS: 500 }).start();
    await it.tell(message(1));
    await until(async () => (await it.outbox())[0]!.state === 'undelivered', 'it is given up');
    expect((await it.outbox())[0]!.last_error).toBe('it answered 503');
    sink.manner = ok;
    await it.service.again('small', (await it.outbox())[0]!.message_id);
    await settled(it);
  });
});

describe('what nobody got', () => {
  const shown = ({ keepers }: Desk) => Object.values(keepers.get('small')!.snapshot.state.stuck);

  test('is put on the board, once for all processes, and taken off when it got through after all', async () => {
    const it = await desk();
    await it.service.add('small', hook());
    sink.manner = status(500);
    const sender = it.sender();
    sender.start();
    it.stuck.start(100);
    const other = new StuckMessages(await it.another(), it.keepers, 500, () => {});
    other.start(100);
    closing.push(() => other.stop());
    await it.tell(message(7));
    sender.kick();
    await until(() => shown(it).length === 1, 'the board shows it');
    expect(shown(it)).toEqual([expect.objectContaining({ group: 'site', channel: 'webhook', about: 'alert 7', detail: 'it answered 500' })]);
    sink.manner = ok;
    await until(() => shown(it).length === 0, 'the board shows it no more');
    const kinds = await postgres.sql<{ kind: string }>(it.url, `select kind from journal where kind like 'Message%' order by seq`);
    expect(kinds.map(({ kind }) => kind)).toEqual(['MessageStuck', 'MessageMended']);
  });

  test('a group without a contact is shown at once, and until somebody has seen to it', async () => {
    const it = await desk();
    await it.tell(message(8, { group: 'nobody' }));
    const [row] = await it.outbox();
    expect(row).toMatchObject({ channel: 'none', state: 'undelivered' });
    await it.stuck.round();
    expect(shown(it)).toEqual([expect.objectContaining({ group: 'nobody', channel: 'none', detail: 'the group has no contact' })]);
    await it.service.settle('small', row!.message_id);
    await until(() => shown(it).length === 0, 'the board shows it no more');
  });

  test('names no address and no key anywhere in the journal', async () => {
    const it = await desk();
    await it.service.add('small', hook('/very-secret'));
    sink.manner = status(500);
    it.sender().start();
    await it.tell(message(9));
    it.stuck.start(100);
    await until(() => shown(it).length === 1, 'the board shows it');
    const journal = JSON.stringify(await postgres.sql(it.url, 'select body from journal')) + JSON.stringify(await postgres.sql(it.url, 'select * from outbox'));
    expect(journal).not.toContain('very-secret');
    expect(journal).not.toContain(String(sink.port));
    expect(journal).not.toContain('whsec_');
  });
});

describe('a message', () => {
  test('exists only if its board does, has a row for each contact that is switched on, and waits for its time', async () => {
    const it = await desk();
    const first = await it.service.add('small', hook());
    const second = await it.service.add('small', letterbox());
    await it.service.change('small', second.id, { enabled: false });
    await it.tell(message(1), message(2, { notBefore: Date.now() + 3_600_000 }));
    await it.database.query(TELL, ['no-such-board', ...tellValues([{ seq: 1, messages: [message(3)] }], Date.now())]);
    const sender = it.sender();
    sender.start();
    await until(() => sink.received.length === 1, 'the first one is out');
    await sender.stop();
    expect((await it.outbox()).map(({ contact_id, state }) => [contact_id, state])).toEqual([
      [first.id, 'delivered'],
      [first.id, 'pending'],
    ]);
    expect(JSON.parse(sink.received[0]!.body)).toMatchObject({ data: { about: 'alert 1' } });
  });

  test('that can wait waits for the end of a person’s quiet hours, and is not called undelivered meanwhile', async () => {
    const it = await desk();
    const quiet = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' };
    await it.service.add('small', { ...letterbox(), quiet: { ...quiet, days: [1, 2, 3, 4, 5, 6, 7] } });
    const sender = it.sender();
    sender.start();
    await it.tell(message(1, { canWait: true }), message(2));
    await until(() => mail.mails.length === 1, 'the urgent one is out');
    await until(async () => (await it.outbox()).some(({ state, attempts }) => state === 'pending' && attempts === 0), 'the other is held back');
    await sender.stop();
    expect(mail.mails[0]!.text).toContain('Alert 2');
    await it.stuck.round();
    expect(Object.keys(it.keepers.get('small')!.snapshot.state.stuck)).toEqual([]);
  });
});

describe('contacts', () => {
  test('go in whole and come out masked; the secret of a webhook is told once', async () => {
    const it = await desk();
    const added = await it.service.add('small', hook('/T0/secret'));
    expect(added.secret).toMatch(/^whsec_/);
    const listed = await it.service.contacts('small');
    expect(listed).toEqual([expect.objectContaining({ id: added.id, group: 'site', masked: `${sink.url}/…`, enabled: true })]);
    expect(JSON.stringify(listed)).not.toMatch(/secret|whsec/);
    await expect(it.service.add('small', { ...hook(), group: 'no-group' })).rejects.toThrow('The contact is not right.');
    await expect(it.service.add('small', { ...hook(), channel: 'pigeon' })).rejects.toThrow('The contact is not right.');
    await expect(it.service.add('small', { ...hook(), address: 'https://10.0.0.1/' })).rejects.toThrow('The contact is not right.');
    await it.service.remove('small', added.id);
    await expect(it.service.remove('small', added.id)).rejects.toThrow('no such contact');
  });

  test('can be tried, and hear how it went', async () => {
    const it = await desk();
    const { id } = await it.service.add('small', hook());
    await expect(it.service.test('small', id)).resolves.toMatchObject({ delivered: true });
    expect(JSON.parse(sink.received[0]!.body)).toMatchObject({ type: 'small.test' });
    sink.manner = status(404);
    await expect(it.service.test('small', id)).resolves.toEqual({ delivered: false, detail: 'It did not get through: it answered 404.' });
    sink.manner = hang;
    await expect(it.service.test('small', id)).resolves.toEqual({ delivered: false, detail: 'It did not get through: no answer in time.' });
  });
});

describe('a reply link', () => {
  test('is good for one alert and one contact until its end, whichever process made it', async () => {
    const it = await desk();
    const { id } = await it.service.add('small', letterbox());
    const now = Date.now();
    const path = await new ReplyLinks(it.database).make('small', 147, id, now + 60_000);
    const token = path.replace('/reply/', '');
    expect(token.length).toBeLessThan(120);
    const links = new ReplyLinks(await it.another());
    expect(await links.read(token, ['small'], now)).toEqual({ board: 'small', alert: 147, contact: id, group: 'site' });
    expect(await links.read(token, ['small'], now + 61_000)).toBeUndefined();
    expect(await links.read(token, ['other'], now)).toBeUndefined();
    for (const forged of [token.replace('.147.', '.148.'), `${token.slice(0, -1)}A`, token.replace('small', 'smal1'), `${token}.x`, '', '....', 'small.1..0.'])
      expect(forged === token ? undefined : await links.read(forged, ['small', 'smal1'], now)).toBeUndefined();
    await it.service.remove('small', id);
    expect(await links.read(token, ['small'], now)).toBeUndefined();
  });

  test('two processes that start together agree on the key', async () => {
    const it = await desk();
    const { id } = await it.service.add('small', letterbox());
    const many = await Promise.all(Array.from({ length: 4 }, async () => new ReplyLinks(await it.another())));
    const paths = await Promise.all(many.map((links) => links.make('small', 1, id, 2_000_000_000_000)));
    expect(new Set(paths).size).toBe(1);
  });
});
