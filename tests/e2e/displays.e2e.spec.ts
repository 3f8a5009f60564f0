/// <reference lib="dom" />
/** Letting a screen in, the list of screens, contacts, the audit trail and signing a scheme off: in a real browser, in both languages. */
import { createECDH } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { HOUR_MS } from '@comm-cell/board/time';
import type { Role } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api, prepareBoard, until } from '../support/api.js';
import { ruleOf, smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const both = (text: string): { en: string; cy: string } => ({ en: text, cy: `${text} (cy)` });

/** A level by a scheme that nobody has signed off, and a group that nobody can reach. */
function board(): ProposedDefinition {
  return {
    ...smallBoard(),
    rules: { 'r@here': ruleOf('r@here', { kind: 'line', figure: 'm.1@here', band: { over: 100 } }) },
    response: {
      groups: { duty: { id: 'duty', name: both('Duty'), kind: 'duty', climb: [] } },
      holidays: [],
      cards: { card: { id: 'card', title: both('Card'), steps: [{ id: 'first', text: both('Look there'), phase: 'first-15', role: both('Duty') }] } },
      schemes: {
        plain: {
          id: 'plain',
          name: both('Plain scheme'),
          mark: 'OPEL',
          version: '1',
          issuer: 'test',
          source: 'the published table',
          from: '2020-01-01',
          mode: 'both',
          levels: (['ok', 'watch', 'act', 'critical'] as const).map((look, i) => ({ n: i + 1, name: both(`OPEL ${i + 1}`), meaning: both('meaning'), look })),
          parameters: [{ id: 'p1', label: both('Parameter 1'), bands: [{ band: { over: 100 }, points: 10 }], confirmed: false, carryMs: 0 }],
          cuts: [{ upTo: 5, level: 1 }],
          how: 'sum',
          hold: { raiseMs: 0, lowerMs: 0 },
          declaredMs: 12 * HOUR_MS,
        },
      },
      levels: { system: { id: 'system', scheme: 'plain', name: both('Whole system'), parameters: { p1: 'm.1@here' } } },
    },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let browser: Browser;
let people: People;
let stop: () => Promise<void>;
let key: string;
const closing: BrowserContext[] = [];
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  url = await postgres.database();
  key = (await prepareBoard(url, board())).keys['ed']!;
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  people = new People(database);
  stop = () => database.destroy();
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const [VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY] = [pair.getPublicKey('base64url'), pair.getPrivateKey('base64url')];
  api = await Api.start({ DATABASE_URL: url, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT: 'mailto:wall@example.nhs.uk' });
});
afterEach(async () => {
  for (const context of closing.splice(0)) await context.close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await stop();
  await api.stop();
  await postgres.stop();
});

/** A browser of its own; with a role, somebody is signed in at it. */
async function device(width: number, height: number, role?: Role): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  closing.push(context);
  if (role) {
    const { token } = await people.create(['small'], `The ${role}`, role);
    await context.request.post(`${api.address}/v1/desk/session`, { data: { token } });
  }
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  // Browsers print every refusal of a server; anything else on the console is a fault.
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d|WebSocket|Push API in incognito/.test(message.text())) trouble.push(`console: ${message.text()}`);
  });
  return page;
}
async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}
async function codeOn(page: Page): Promise<string> {
  await page.waitForSelector('[data-code]:not([data-code=""])');
  return (await page.locator('[data-code]').getAttribute('data-code'))!;
}

test('a television shows a code, a person lets it in on a phone, the wall appears; removed, it goes dark', async () => {
  const tv = await device(1920, 1080);
  await tv.goto(`${api.address}/wall/small`);
  const code = await codeOn(tv);
  await tv.waitForSelector('svg[role="img"] path');
  await axe(tv);

  const phone = await device(390, 844, 'coordinator');
  // As the camera opens it: the code in the fragment, which is taken out of the address.
  await phone.goto(`${api.address}/displays/small#${code}`);
  await phone.waitForSelector('[data-step="code"]');
  expect(phone.url()).toBe(`${api.address}/displays/small`);
  expect(await phone.inputValue('#code')).toBe(code);
  await phone.locator('[data-step="code"] button').click();
  await phone.waitForSelector('[data-step="place"]');
  await axe(phone);
  await phone.fill('#place', 'ED corridor by bay 3');
  await phone.locator('[data-step="place"] button').first().click();
  await phone.waitForSelector('[data-said]');

  await tv.waitForSelector('body[data-link="live"]', { state: 'attached' });
  await tv.waitForSelector('.wall [data-tile]');
  // It stays in over a reload, for its cookie is its own.
  await tv.reload();
  await tv.waitForSelector('body[data-link="live"]', { state: 'attached' });
  await phone.reload();
  await phone.waitForSelector('[data-display]:has-text("there now")');
  await phone.getByRole('button', { name: 'Cymraeg' }).click();
  await phone.waitForSelector('[data-display]:has-text("yno nawr")');
  await axe(phone);

  await phone.locator('[data-display] button').click();
  await phone.locator('[data-display] .nhsuk-button--warning').click();
  await phone.waitForSelector('[data-said]');
  await tv.waitForSelector('body[data-link="covered"]', { state: 'attached' });
  await codeOn(tv);
});

test('a screen without a board is paired at /pair, and goes to the board it was let in for', async () => {
  const tv = await device(1280, 720);
  await tv.goto(`${api.address}/pair?lang=cy`);
  const code = await codeOn(tv);
  const phone = await device(390, 844, 'administrator');
  await phone.goto(`${api.address}/pair#${code}`);
  await phone.locator('a[href="/displays/small"]').click();
  await phone.waitForSelector('[data-step="code"]');
  expect(await phone.inputValue('#code')).toBe(code);
  await phone.fill('#code', 'bcdf-ghjk');
  await phone.locator('[data-step="code"] button').click();
  await phone.waitForSelector('.nhsuk-error-summary');
  await axe(phone);
  await phone.fill('#code', `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase());
  await phone.locator('[data-step="code"] button').click();
  await phone.fill('#place', 'Site office');
  await phone.locator('[data-step="place"] button').first().click();
  await tv.waitForURL(`${api.address}/wall/small`);
  await tv.waitForSelector('body[data-link="live"]', { state: 'attached' });
});

test('contacts: a group nobody can reach is one line, a contact is added, tried, changed and removed', async () => {
  for (const value of [150, 20, 150])
    await api.post('ed', key, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value }] }, { id: `contacts-${Math.random()}` });
  const page = await device(1280, 900, 'coordinator');
  await page.goto(`${api.address}/contacts/small`);
  await page.waitForSelector('[data-message]');
  expect(await page.locator('[data-message]').count()).toBe(1);
  await axe(page);

  await page.fill('#name', 'Duty phone');
  await page.fill('#address', 'duty@example.nhs.uk');
  await page.fill('#new-from', '22:00');
  await page.fill('#new-to', '06:00');
  await page.locator('[data-add] button.nhsuk-button').click();
  await page.waitForSelector('[data-contact]:has-text("d…@example.nhs.uk")');
  expect(await page.content()).not.toContain('duty@example.nhs.uk');
  const contact = page.locator('[data-contact]');
  await contact.getByRole('button', { name: /Send a test/ }).click();
  // No mail server is set up here: the page says so in plain words.
  await page.waitForSelector('[data-contact] [data-said="bad"]:has-text("SMTP_URL")');
  await contact.getByRole('button', { name: /^Change/ }).click();
  await page.fill('#change-name', 'Bleep 1234');
  await contact.getByRole('button', { name: 'Save' }).click();
  await page.waitForSelector('[data-contact]:has-text("Bleep 1234")');
  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await axe(page);
  await contact.getByRole('button', { name: /^Tynnu/ }).click();
  await contact.locator('.nhsuk-button--warning').click();
  await page.waitForSelector('[data-contact]', { state: 'detached' });
  await page.locator('[data-message] button').click();
  await page.waitForSelector('[data-message]', { state: 'detached' });
});

test('a push message is shown by the worker of this browser, and leads to the board', async () => {
  const page = await device(1280, 900, 'coordinator');
  await page.context().grantPermissions(['notifications'], { origin: api.address });
  await page.goto(`${api.address}/contacts/small`);
  await page.waitForSelector('[data-push]');
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const one = registrations.find(({ scopeURL }) => scopeURL.endsWith('/contacts/'));
      if (one) resolve(one.registrationId);
    }),
  );
  await session.send('ServiceWorker.enable');
  await page.fill('#device-name', 'This browser');
  await page.locator('[data-push] button').click();
  const registrationId = await registered;
  // A browser that keeps nothing cannot subscribe; the page says so, and nothing is added.
  await page.waitForSelector('[data-said="bad"]');
  expect(await page.locator('[data-contact]').count()).toBe(0);
  const shown = (): Promise<{ title: string; body: string }[]> =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/contacts/');
      return ((await registration?.getNotifications()) ?? []).map(({ title, body }) => ({ title, body }));
    });
  await until(async () => {
    const data = JSON.stringify({ board: 'small', about: 'alert 1', title: 'Alert 1 raised', body: 'Here', link: `${api.address}/alerts/small?alert=1` });
    await session.send('ServiceWorker.deliverPushMessage', { origin: api.address, registrationId, data });
    return (await shown()).length > 0;
  }, 'the message is shown');
  expect(await shown()).toEqual([{ title: 'Alert 1 raised', body: 'Here' }]);
});

test('an administrator signs a scheme off, and the wall no longer says that its level is indicative', async () => {
  const page = await device(1440, 900, 'administrator');
  await page.goto(`${api.address}/wall/small`);
  await page.waitForSelector('[data-level-id][data-indicative="true"]');
  await page.goto(`${api.address}/rules/small`);
  const scheme = page.locator('[data-scheme="plain"]');
  await scheme.locator('.doubts li').waitFor();
  await scheme.getByRole('button').click();
  await scheme.locator('textarea').fill('Compared with the published table');
  await scheme.locator('form button.main').click();
  await page.waitForSelector('[data-scheme="plain"][data-signed-off="true"]');
  await page.goto(`${api.address}/wall/small`);
  await page.waitForSelector('[data-level-id][data-indicative="false"]');
  expect(await page.locator('[data-level-id]').first().innerText()).not.toMatch(/indicative/i);
});

test('the auditor reads who did it all, narrows it down, takes it along and checks the chain', async () => {
  const page = await device(1440, 900, 'auditor');
  await page.goto(`${api.address}/audit/small`);
  await page.waitForSelector('[data-kind="display-paired"]');
  await page.waitForSelector('[data-kind="BoardDefined"]:has-text("Compared with the published table")');
  await axe(page);
  await page.selectOption('#kind', 'display-removed');
  await page.waitForSelector('[data-entries="1"]');
  expect(await page.locator('tbody tr').innerText()).toContain('ED corridor by bay 3');
  await page.locator('section button').click();
  await page.waitForSelector('[data-proof="holds"]');
  const file = page.waitForEvent('download');
  await page.locator('a[download]').click();
  expect((await file).suggestedFilename()).toBe('audit-small.csv');
  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await page.waitForSelector('h1:has-text("Trywydd archwilio")');
  await axe(page);
  const phone = await device(390, 844, 'auditor');
  await phone.goto(`${api.address}/audit/small?lang=cy`);
  await phone.waitForSelector('tbody tr');
  expect(await phone.evaluate(() => document.querySelector('.sheet')!.scrollWidth <= innerWidth)).toBe(true);
});
