/// <reference lib="dom" />
/**
 * Signing in, the own account and the people of a board in a real browser against a real api: from the administrator's invitation
 * to a second factor, with keys alone, in both languages, on a phone; nothing secret stays in the address or in the browser.
 */
import { createHmac } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { Role } from '@comm-cell/contract/desk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api, DISPLAY_TOKEN, prepareBoard } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { accessWords } from '../../apps/wall/src/screens/access/access-words.js';

const BOARD = 'buckinghamshire';
const GOOD = 'five grey herons wait';
const words = accessWords.en;

let postgres: TestPostgres;
let api: Api;
let browser: Browser;
let database: ReturnType<typeof dataSource>;
const contexts: BrowserContext[] = [];
const trouble: string[] = [];
/** Pictures for whoever wants to look: SHOTS names a folder. */
const shots = process.env['SHOTS'];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  await prepareBoard(url, loadBoard(BOARD));
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard]).initialize();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

async function open(path: string, { lang = 'en', width = 1280, height = 900 } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  contexts.push(context);
  await context.addCookies([{ name: 'commcell_display', value: DISPLAY_TOKEN, url: api.address }]);
  await context.addInitScript((tongue) => {
    if (!localStorage.getItem('lang')) localStorage.setItem('lang', tongue);
  }, lang);
  const page = await context.newPage();
  page.on('console', (message) => {
    // Refusals are part of the story, and browsers print every one.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) trouble.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(api.address).host && !request.url().startsWith('data:')) trouble.push(`asked ${request.url()}`);
  });
  await page.goto(api.address + path);
  return page;
}
async function administrator(options?: Parameters<typeof open>[1]): Promise<Page> {
  const { token } = await new People(database).create([BOARD], 'Office of the administrator', 'administrator');
  const page = await open(`/sign-in?to=/people/${BOARD}`, options);
  await page.locator('#password').fill(token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-add]');
  return page;
}
async function invited(page: Page, name: string, role: Role): Promise<string> {
  await page.locator('[data-add]').click();
  await page.locator('#name').fill(name);
  await page.locator('#email').fill(`${name.toLowerCase().replaceAll(' ', '.')}@organisation.example`);
  await page.locator('#new-role').selectOption(role);
  await page.locator('form[data-step="add"] button.nhsuk-button:not(.nhsuk-button--secondary)').click();
  return (await page.locator('[data-link-made]').innerText()).trim();
}
async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}
async function shot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}
/** RFC 6238 by hand: the app on the phone is not the server's code. */
function codeOf(secret: string): string {
  const bits = [...secret.replace(/\s/g, '')].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.at(-1)! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('from an invitation to a second factor, with keys alone; nothing secret stays behind', async () => {
  const admin = await administrator();
  const link = await invited(admin, 'Office of coordination', 'coordinator');
  await shot(admin, 'people-link');
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#invitation=[\w-]{43}$/);
  const secret = link.split('=')[1]!;

  const page = await open(new URL(link).pathname + new URL(link).hash);
  await page.waitForSelector('[data-step="invitation"]');
  // The secret is gone from the address before anybody can photograph it.
  expect(page.url()).not.toContain(secret);
  await shot(page, 'invitation');
  await axe(page);
  await page.locator('#password').focus();
  await page.keyboard.type('password1234');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.nhsuk-error-summary');
  expect(await page.locator('.nhsuk-error-summary').innerText()).toContain(words.refusals['common-password']);
  await axe(page);
  await page.locator('#password').fill(GOOD);
  await page.keyboard.press('Enter');

  await page.waitForURL('**/account?to=%2F');
  await page.waitForSelector('[data-owes]');
  await shot(page, 'account-owes');
  await axe(page);
  await page.locator('[data-set-up]').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('svg.qr');
  await shot(page, 'account-qr');
  await axe(page);
  await page.locator('#code').fill('000000');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.nhsuk-error-summary');
  await page.locator('#code').fill(codeOf(await page.locator('[data-secret]').innerText()));
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-recovery]');
  const recovery = await page.locator('[data-recovery] li').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await axe(page);
  await shot(page, 'account-recovery');
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]));
  for (const text of [secret, GOOD, recovery[0]!]) expect(kept).not.toContain(text);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);

  // Back at the door: the password alone opens no more, a recovery code does.
  await page.locator('header button', { hasText: 'Sign out' }).click();
  await page.waitForSelector('[data-sign-in]');
  await page.goto(`${api.address}/sign-in?to=/people/${BOARD}`);
  await page.locator('#email').fill('office.of.coordination@organisation.example');
  await page.locator('#password').fill(GOOD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-step="code"]');
  await shot(page, 'sign-in-code');
  await axe(page);
  await page.keyboard.type(recovery[0]!);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/people/${BOARD}`);
  // A coordinator manages no people, and is told so.
  await page.waitForSelector('main p');
  expect(await page.locator('[data-add]').count()).toBe(0);
});

test('the administrator changes, signs out and removes; the person’s open page is told at once', async () => {
  const admin = await administrator();
  const link = await invited(admin, 'Office of reports', 'editor');
  const page = await open(new URL(link).pathname + new URL(link).hash);
  await page.locator('#password').fill(GOOD);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/account**');
  const id = await page.waitForSelector('[data-person]').then((element) => element.getAttribute('data-person'));

  await admin.reload();
  const listed = admin.locator(`[data-listed="${id}"]`);
  await listed.getByRole('button', { name: words.edit }).click();
  await listed.getByLabel(words.only).check();
  await listed.getByRole('button', { name: words.save }).click();
  await admin.waitForSelector('.nhsuk-error-summary, .nhsuk-error-message');
  await listed.locator('.nhsuk-checkboxes__input').first().check();
  await shot(admin, 'people-edit');
  await axe(admin);
  await listed.getByRole('button', { name: words.save }).click();
  await admin.waitForSelector('[data-said]');
  await shot(admin, 'people');
  await axe(admin);
  await listed.getByRole('button', { name: words.signOut }).click();
  await admin.waitForSelector('[data-said]');
  await page.reload();
  await page.waitForSelector('[data-sign-in]');
  await listed.getByRole('button', { name: words.remove }).click();
  await listed.locator('.nhsuk-button--warning').click();
  await listed.waitFor({ state: 'detached' });
});

describe('looks', () => {
  test.each([
    ['wide', 1280, 900, 'en'],
    ['phone', 390, 844, 'en'],
    ['phone-welsh', 390, 844, 'cy'],
  ])('%s', async (name, width, height, lang) => {
    const page = await open('/sign-in', { width, height, lang });
    await page.waitForSelector('[data-step="password"]');
    await shot(page, `sign-in-${name}`);
    await axe(page);
    await page.locator('#email').fill('nobody@organisation.example');
    await page.locator('#password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.nhsuk-error-summary');
    expect(await page.locator('.nhsuk-error-summary').innerText()).toContain(accessWords[lang as 'en' | 'cy'].refusals['unknown-person']);
    await shot(page, `sign-in-refused-${name}`);
    await axe(page);
    const admin = await administrator({ width, height, lang });
    await shot(admin, `people-${name}`);
    await axe(admin);
    await admin.goto(`${api.address}/account`);
    await admin.waitForSelector('[data-session]');
    await shot(admin, `account-${name}`);
    await axe(admin);
  });
});

test('in a demo the offices stand on the sign-in page, and nobody is led to another site', async () => {
  const demo = await Api.start({ DATABASE_URL: await postgres.database(), DEMO: 'on', DISPLAY_TOKENS: '' });
  try {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    for (const to of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example/']) {
      await page.goto(`${demo.address}/sign-in?to=${encodeURIComponent(to)}`);
      await page.locator('[data-person="demo-auditor"]').click();
      await page.waitForURL(`${demo.address}/`);
    }
    await page.goto(`${demo.address}/sign-in`);
    await page.waitForSelector('[data-person="demo-auditor"]');
    await shot(page, 'sign-in-demo');
    await axe(page);
  } finally {
    await demo.stop();
  }
});
