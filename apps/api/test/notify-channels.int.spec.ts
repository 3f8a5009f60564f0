/** Every channel against a real sink on loopback, and the guard in front of addresses that people type in. */
import { createECDH, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import webPush from 'web-push';
import type { Letter } from '../src/notify/channels/channel.js';
import { channels, type Channels } from '../src/notify/channels/registry.js';
import { letterOf } from '../src/notify/letter.js';
import { isPublic, Outbound, reasonOf } from '../src/notify/outbound.js';
import { readNotifySettings } from '../src/notify/settings.js';
import { close, hang, HttpSink, late, MailSink, ok, status } from './notify-sinks.js';

const KEY = `team-${'1'.repeat(8)}-1111-4111-8111-${'1'.repeat(12)}-${'2'.repeat(8)}-2222-4222-8222-${'2'.repeat(12)}`;
const TEMPLATE = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const vapid = webPush.generateVAPIDKeys();

let sink: HttpSink;
let mail: MailSink;
let all: Channels;

beforeAll(async () => {
  sink = await HttpSink.start();
  mail = await MailSink.start();
  const settings = readNotifySettings({
    SMTP_URL: mail.url,
    NOTIFY_API_KEY: KEY,
    NOTIFY_TEMPLATE: TEMPLATE,
    NOTIFY_ADDRESS: sink.url,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: 'mailto:desk@example.org',
    OUTBOUND_ALLOW: '127.0.0.0/8',
    NOTIFY_ATTEMPT_MS: 1_000,
  });
  all = channels(settings, new Outbound(settings.OUTBOUND_ALLOW));
});
beforeEach(() => {
  sink.received.length = 0;
  sink.manner = ok;
  mail.mails.length = 0;
});
afterEach(() => {
  mail.refuse = undefined;
  mail.silent = false;
});
afterAll(async () => {
  await sink.stop();
  await mail.stop();
});

const message = {
  title: { en: 'ACT: Handover over 45 min, North', cy: 'GWEITHREDU: Trosglwyddo dros 45 mun, Gogledd' },
  lines: [{ en: 'Since 14:02', cy: 'Ers 14:02' }],
  link: '/alerts/small?alert=7',
};
function letter(language: 'en' | 'cy' | 'both' = 'en'): Letter {
  const row = { id: 'b0c1', board: 'small', kind: 'raised', about: 'alert 7' };
  return letterOf(row, message, language, 'https://cell.example.org', new Date(), '/reply/x');
}
const plenty = (): AbortSignal => AbortSignal.timeout(5_000);

describe('a webhook', () => {
  test('is signed so that the Standard Webhooks library verifies it, and a changed body does not pass', async () => {
    const secret = all.webhook!.newSecret!();
    await all.webhook!.send({ address: `${sink.url}/hook`, secret }, letter(), plenty());
    const [{ body, headers }] = sink.received as [HttpSink['received'][number]];
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: 'small.raised',
      data: { about: 'alert 7', title: message.title, link: 'https://cell.example.org/alerts/small?alert=7' },
    });
    expect(headers['webhook-id']).toBe('b0c1');
    expect(() => new Webhook(secret).verify(body.replace('alert 7', 'alert 8'), headers as Record<string, string>)).toThrow();
    expect(() => new Webhook(all.webhook!.newSecret!()).verify(body, headers as Record<string, string>)).toThrow();
  });

  test.each([
    ['an error', status(500), 'it answered 500'],
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/elsewhere' }), 'it answered with a redirect (302), which is not followed'],
    ['a broken connection', close, 'the connection was broken off'],
    ['silence', hang, 'no answer in time'],
    ['a late 200', late(900), 'no answer in time'],
  ])('that meets %s is not delivered, in words without the address', async (_name, manner, words) => {
    sink.manner = manner;
    const signal = AbortSignal.timeout(300);
    const failed = await all
      .webhook!.send({ address: `${sink.url}/secret-path`, secret: all.webhook!.newSecret!() }, letter(), signal)
      .catch((error: unknown) => error);
    expect(reasonOf(failed, signal)).toBe(words);
    expect(sink.received).toHaveLength(1);
  });
});

describe('the other channels', () => {
  test('e-mail: subject, lines in both languages, links, one id', async () => {
    await all.email!.send({ address: 'desk@example.org', secret: null }, letter('both'), plenty());
    const [{ to, text }] = mail.mails as [MailSink['mails'][number]];
    expect(to).toEqual(['desk@example.org']);
    expect(mail.ids()).toEqual(['b0c1']);
    expect(text).toContain('Since 14:02');
    expect(text).toContain('Ers 14:02');
    expect(text.replaceAll('=\r\n', '')).toContain('https://cell.example.org/reply/x');
    expect(text).toMatch(/^Subject: ACT: Handover over 45 min, North \/ GWEITHREDU/m);
  });

  test('e-mail: a server that refuses, and one that never says so', async () => {
    mail.refuse = 'Not today, desk@example.org';
    const refused = await all.email!.send({ address: 'desk@example.org', secret: null }, letter(), plenty()).catch((error: unknown) => error);
    expect(reasonOf(refused, plenty())).toBe('the mail server answered 451');
    mail.refuse = undefined;
    mail.silent = true;
    const silent = await all.email!.send({ address: 'desk@example.org', secret: null }, letter(), plenty()).catch((error: unknown) => error);
    expect(reasonOf(silent, plenty())).toBe('no answer in time');
  });

  test('Teams: an Adaptive Card in a message', async () => {
    sink.manner = status(202);
    await all.teams!.send({ address: `${sink.url}/workflow?sig=x`, secret: null }, letter('cy'), plenty());
    const { type, attachments } = JSON.parse(sink.received[0]!.body) as {
      type: string;
      attachments: { contentType: string; content: Record<string, unknown> }[];
    };
    expect(type).toBe('message');
    expect(attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        type: 'AdaptiveCard',
        body: [{ text: message.title.cy }, { text: 'Ers 14:02' }],
        actions: [{ url: 'https://cell.example.org/reply/x', title: 'Cydnabod' }, { title: 'Ar y bwrdd' }],
      },
    });
  });

  test('text: GOV.UK Notify is asked with template, number and reference', async () => {
    sink.manner = status(201);
    await all.text!.send({ address: '+447700900123', secret: null }, letter(), plenty());
    const [{ path, body, headers }] = sink.received as [HttpSink['received'][number]];
    expect(path).toBe('/v2/notifications/sms');
    expect(headers.authorization).toMatch(/^Bearer ey/);
    const sent = JSON.parse(body) as { personalisation: { message: string } };
    expect(sent).toMatchObject({ template_id: TEMPLATE, phone_number: '+447700900123', reference: 'b0c1' });
    expect(sent.personalisation.message).toMatch(/^ACT: Handover.*\nSince 14:02\nAcknowledge: .*\/reply\/x\nhttps:/s);
    sink.manner = status(429);
    await expect(all.text!.send({ address: '+447700900123', secret: null }, letter(), plenty())).rejects.toThrow('GOV.UK Notify answered 429');
  });

  test('push: an encrypted body, signed by our key', async () => {
    sink.manner = status(201);
    const browser = createECDH('prime256v1');
    const subscription = { endpoint: `${sink.url}/push/1`, keys: { p256dh: browser.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') } };
    await all.push!.send({ address: JSON.stringify(subscription), secret: null }, letter(), plenty());
    const [{ headers, path }] = sink.received as [HttpSink['received'][number]];
    expect(path).toBe('/push/1');
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(headers.authorization).toContain(vapid.publicKey);
    sink.manner = status(410);
    await expect(all.push!.send({ address: JSON.stringify(subscription), secret: null }, letter(), plenty())).rejects.toThrow('it answered 410');
  });

  test('whose settings are missing say so', async () => {
    const bare = channels(readNotifySettings({}), new Outbound([]));
    for (const [kind, address] of [
      ['email', 'a@b.example'],
      ['text', '+447700900123'],
    ] as const)
      await expect(bare[kind]!.send({ address, secret: null }, letter(), plenty())).rejects.toThrow(/settings|set up/);
  });

  test('mask addresses and tell what is wrong with them', () => {
    expect(all.email!.masked('person@example.org')).toBe('p…@example.org');
    expect(all.text!.masked('+44 7700 900123')).toBe('…123');
    expect(all.webhook!.masked('https://hooks.example.org/T0/secret')).toBe('https://hooks.example.org/…');
    for (const [kind, address] of [
      ['email', 'nobody'],
      ['email', 'a@b.example, c@d.example'],
      ['text', 'ring me'],
      ['webhook', 'ftp://example.org'],
      ['webhook', 'https://user:word@example.org/'],
      ['push', '{}'],
    ] as const)
      expect([address, all[kind]!.fault(address)]).toEqual([address, expect.any(String)]);
  });
});

describe('the guard', () => {
  const strict = new Outbound([]);
  const call = (outbound: Outbound, url: string): Promise<void> => outbound.call({ url, headers: {}, body: '{}', signal: plenty() });

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '168.63.129.16',
    '100.64.0.1',
    '224.0.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ])('does not call %s', async (address) => {
    expect(isPublic(address)).toBe(false);
    await expect(call(strict, `https://${address.includes(':') ? `[${address}]` : address}/`)).rejects.toThrow(/not public/);
  });

  test.each(['https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://127.1/', 'https://[::ffff:7f00:1]/'])(
    'is not fooled by %s',
    async (url) => {
      await expect(call(strict, url)).rejects.toThrow(/not public/);
    },
  );

  test('judges every address a name resolves to, not the name', async () => {
    for (const found of [['10.0.0.8'], ['93.184.216.34', '127.0.0.1'], ['::ffff:192.168.0.1']]) {
      const outbound = new Outbound([], () => Promise.resolve(found));
      await expect(call(outbound, `https://innocent.example.org:${sink.port}/`)).rejects.toThrow(/not public/);
    }
    await expect(call(new Outbound([]), `https://localhost:${sink.port}/`)).rejects.toThrow(/not public/);
    expect(sink.received).toHaveLength(0);
  });

  test('connects to the address it has judged, whatever the name says a moment later', async () => {
    let asked = 0;
    // `rebound.invalid` does not exist: were it looked up again for the connection, nothing would arrive.
    const outbound = new Outbound(readNotifySettings({ OUTBOUND_ALLOW: '127.0.0.1/32' }).OUTBOUND_ALLOW, () => {
      asked++;
      return Promise.resolve(['127.0.0.1']);
    });
    await call(outbound, `http://rebound.invalid:${sink.port}/`);
    expect(asked).toBe(1);
    expect(sink.received).toHaveLength(1);
    expect(sink.received[0]!.headers.host).toBe(`rebound.invalid:${sink.port}`);
  });

  test('takes plain http only to networks that were allowed by name', async () => {
    const outbound = new Outbound(readNotifySettings({ OUTBOUND_ALLOW: '10.0.0.0/8' }).OUTBOUND_ALLOW, () => Promise.resolve(['93.184.216.34']));
    await expect(call(outbound, 'http://public.example.org/')).rejects.toThrow(/not public/);
    expect(strict.fault('http://public.example.org/')).toBe('The address must begin with https://.');
  });

  test('public addresses are public', () => {
    for (const address of ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946']) expect(isPublic(address)).toBe(true);
  });
});
