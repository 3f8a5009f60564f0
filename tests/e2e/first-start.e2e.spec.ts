/// <reference lib="dom" />
/** From an empty database to a reading on a screen that was let in, by nobody's hand but a browser's; in both languages. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api, until } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { startWords } from '../../apps/wall/src/screens/start/start-words.js';

let postgres: TestPostgres;
let browser: Browser;
let api: Api;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await api.stop();
});
afterAll(async () => {
  await browser.close();
  await postgres.stop();
});

async function open(address: string, viewport = { width: 1280, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ viewport, bypassCSP: false });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(api.address + address);
  return page;
}
async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
}
const step = (page: Page, name: string): Promise<void> => page.locator(`[data-step="${name}"]`).waitFor();

describe('the first start', () => {
  test('leads from nothing to a reading on a wall', async () => {
    api = await Api.start({ DATABASE_URL: await postgres.database() });
    const page = await open(`/start#${api.setUp}`);
    await step(page, 'account');
    await assertAccessible(page);
    await page.fill('#name', 'First administrator');
    await page.fill('#email', 'first@system.example');
    await page.fill('#password', 'password1234');
    await page.click('[data-next]');
    await page.locator('.nhsuk-error-summary').waitFor();
    await page.fill('#password', 'seven grey herons over Tywi');
    await page.click('[data-next]');

    await step(page, 'factor');
    await page.click('[data-set-up]');
    const secret = (await page.locator('[data-secret]').innerText()).replaceAll(' ', '');
    await assertAccessible(page);
    await page.fill('#code', new TOTP({ secret }).generate());
    await page.keyboard.press('Enter');
    await page.locator('[data-recovery]').waitFor();
    expect(await page.locator('[data-recovery] li').count()).toBeGreaterThan(5);
    await page.click('[data-next]');

    await step(page, 'board');
    await page.check('#template-pathway');
    await page.fill('#name-en', 'North system');
    await page.fill('#name-cy', 'System y gogledd');
    expect(await page.inputValue('#id')).toBe('north-system');
    await page.click('[data-names="providers"] summary');
    await page.uncheck('#providers-council', { force: true });
    await page.fill('#providers-hospital-en', 'Northern Hospital');
    await assertAccessible(page);
    await page.click('[data-make]');

    await step(page, 'feed');
    await page.selectOption('#feed', 'emergency');
    await page.click('[data-make-key]');
    const command = await page.locator('[data-command]').innerText();
    expect(await page.locator('[data-arrived]').getAttribute('data-arrived')).toBe('');
    await assertAccessible(page);
    // The very command that is shown, by the shell it is meant for.
    execFileSync('bash', ['-c', command], { stdio: 'pipe' });
    await page.locator('[data-arrived="ed.arrivals-rate@hospital"]').waitFor();
    await page.click('[data-next]');

    await step(page, 'screen');
    const screen = await open('/pair', { width: 1920, height: 1080 });
    await screen.locator('[data-code]:not([data-code=""])').waitFor();
    const code = await screen.locator('[data-code]').innerText();
    await page.fill('#screen-code', code);
    await page.fill('#screen-place', 'Control room');
    await assertAccessible(page);
    await page.keyboard.press('Enter');
    await page.locator('[data-let-in]').waitFor();
    await screen.locator('body[data-link="live"]').waitFor({ timeout: 60_000 });
    expect(await screen.locator('[data-series="ed.arrivals-rate@hospital"]').first().getAttribute('data-value')).toBe('20');
    await page.click('[data-next]');
    await page.click('[data-wall]');
    await page.locator('body[data-link="live"]').waitFor({ timeout: 60_000 });
    await until(async () => (await page.title()).startsWith('North system'), 'the wall has the board’s name');
    expect(api.printed).not.toContain(api.setUp);
  });

  test('speaks Welsh on a phone, goes on where one was, and does not open without its secret', async () => {
    api = await Api.start({ DATABASE_URL: await postgres.database() });
    const page = await open(`/start?lang=cy#${api.setUp}`, { width: 390, height: 844 });
    await step(page, 'account');
    expect(await page.locator('h1').innerText()).toContain(startWords.cy.title);
    await page.fill('#name', 'Gweinyddwr');
    await page.fill('#email', 'cyntaf@system.example');
    await page.fill('#password', 'saith crëyr glas dros Dywi');
    await page.click('[data-next]');
    await step(page, 'factor');
    await page.reload();
    await step(page, 'factor');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

    const stranger = await open('/start');
    await stranger.locator('[data-over]').waitFor();
    const wrong = await open(`/start#${'x'.repeat(43)}`);
    await step(wrong, 'account');
    await wrong.fill('#name', 'Somebody');
    await wrong.fill('#email', 'somebody@system.example');
    await wrong.fill('#password', 'seven grey herons over Tywi');
    await wrong.click('[data-next]');
    expect(await wrong.locator('.nhsuk-error-summary').innerText()).toContain('not valid');
  });
});
