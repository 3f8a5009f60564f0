/// <reference lib="dom" />
/** The feed desk in a real browser against a real api: a file in five steps, what was held back, payloads; both languages, a phone, axe. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { People } from '@comm-cell/api/access/people';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { dataSource } from '@comm-cell/api/database/schema';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Browser, Page } from 'playwright-core';
import { feedsWords } from '../../apps/wall/src/screens/feeds/feeds-words.js';
import { Api, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

let postgres: TestPostgres;
let api: Api;
let browser: Browser;
let key: string;
let cookie: string;
let folder: string;
const closing: (() => unknown)[] = [];
const trouble: string[] = [];

function board(): ProposedDefinition {
  const plain = smallBoard({ series: 3, feeds: 2 });
  const metrics = {
    ...plain.metrics,
    'm.2': { ...plain.metrics['m.2']!, label: { en: 'People in department', cy: 'Pobl yn yr adran' }, aliases: ['Number in ED'] },
    'm.3': { ...plain.metrics['m.3']!, label: { en: 'Longest wait', cy: 'Yr aros hiraf' } },
  };
  return { ...plain, metrics, series: { ...plain.series, 'm.1@here': { ...plain.series['m.1@here']!, maxJump: 50 } } };
}

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-feeds-'));
  const url = await postgres.database();
  key = (await prepareBoard(url, board())).keys.ed!;
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'Duty manager', 'duty');
  await database.destroy();
  api = await Api.start({ DATABASE_URL: url });
  const json = { 'content-type': 'application/json', origin: api.address };
  const { headers } = await api.request('/v1/desk/session', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  cookie = headers.get('set-cookie')!.split(';')[0]!;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await api.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(address: string, { width = 1280, height = 900, refused = false } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  closing.push(() => context.close());
  const [name, value] = cookie.split('=') as [string, string];
  await context.addCookies([{ name, value, url: api.address }]);
  const page = await context.newPage();
  page.on('console', (message) => {
    const expected = refused && /status of 4\d\d/.test(message.text());
    if (message.type() === 'error' && !expected) trouble.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  await page.goto(api.address + address);
  return page;
}
async function push(readings: [series: string, ms: number, value: unknown][]): Promise<void> {
  await api.post('ed', key, { readings: readings.map(([series, ms, value]) => ({ series, observedAt: new Date(Date.now() - ms).toISOString(), value })) });
}
async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.sheet')!.scrollWidth <= innerWidth + 1)).toBe(
    true,
  );
}
function file(name: string, ...lines: string[]): string {
  const where = path.join(folder, name);
  writeFileSync(where, lines.join('\n'));
  return where;
}

describe('all feeds', () => {
  test.each([
    ['en', 1280],
    ['cy', 1280],
    ['en', 390],
    ['cy', 390],
  ] as const)('%s at %i pixels: every feed with its state and its week, readable by everybody', async (lang, width) => {
    await push([['m.1@here', 60_000, 10]]);
    const page = await open(`/feeds/small?lang=${lang}`, { width, height: 844 });
    await page.waitForSelector('[data-feed="ed"]');
    expect(await page.locator('[data-feed]').count()).toBe(2);
    expect(await page.locator('[data-feed="ed-2"]').innerText()).toContain(feedsWords[lang].freshness.never);
    expect(await page.locator('[data-feed="ed"] svg').getAttribute('aria-label')).toContain(feedsWords[lang].sevenDays);
    await assertAccessible(page);
    await page.locator('[data-feed="ed"] a').click();
    await page.waitForSelector('[data-series="m.2@here"]');
    expect(new URL(page.url()).searchParams.get('feed')).toBe('ed');
    await assertAccessible(page);
    await page.goBack();
    await page.waitForSelector('[data-feed="ed-2"]');
  });
});

describe('a file', () => {
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');

  test('five steps with the keyboard’s button: suggestions, a trial that names the row, mended, stored, and never by halves', async () => {
    const page = await open('/feeds/small?feed=ed');
    const bad = file('bad.csv', 'Date,Number in ED,Longest wait,Remark', `${minutesAgo(30)},118,4,`, `${minutesAgo(20)},about 120,5,`, 'Total,238,9,');
    await page.waitForSelector('[data-step="1"]');
    await page.setInputFiles('.drop input[type="file"]', bad);
    await page.waitForSelector('[data-step="2"]');
    expect(await page.locator('[data-column="Number in ED"] select').first().inputValue()).toBe('m.2@here');
    expect(await page.locator('[data-column="Longest wait"] select').first().inputValue()).toBe('m.3@here');
    expect(await page.locator('[data-column="Remark"] select').first().inputValue()).toBe('');
    await assertAccessible(page);
    await page.click('[data-go-on]');
    await page.waitForSelector('#map-zone');
    expect(await page.locator('#map-order').inputValue()).toBe('ymd');
    await page.selectOption('#map-zone', 'UTC');
    await page.fill('#map-left-out', 'Total');
    await assertAccessible(page);
    await page.click('[data-try]');
    await page.waitForSelector('[data-trial="1"]');
    expect(await page.locator('[data-row="3"][data-verdict="refused"]').innerText()).toContain('about 120');
    expect(await page.locator('[data-verdict="stored"]').count()).toBe(3);
    expect(await page.locator('[data-store]').count()).toBe(0);
    await assertAccessible(page);
    await page.click('[data-save]');
    await page.waitForSelector('[data-said="done"]');

    const good = file('good.csv', 'Date,Number in ED,Longest wait,Remark', `${minutesAgo(30)},118,4,`, `${minutesAgo(20)},120,5,`, 'Total,238,9,');
    await page.reload();
    await page.waitForSelector('[data-step="1"]');
    await page.setInputFiles('.drop input[type="file"]', good);
    await page.waitForSelector('[data-step="2"] .nhsuk-inset-text');
    await page.click('[data-go-on]');
    await page.click('[data-try]');
    await page.waitForSelector('[data-trial="0"]');
    await page.click('[data-store]');
    await page.waitForSelector('[data-stored="4"]');
    await page.waitForSelector('[data-payload="accepted"]');
    await page.waitForFunction(() => document.querySelector('[data-series="m.2@here"]')?.textContent?.includes('120'));
    await assertAccessible(page);
  });

  test('on a phone, in Welsh', async () => {
    const page = await open('/feeds/small?feed=ed&lang=cy', { width: 390, height: 844 });
    await page.waitForSelector('[data-step="1"]');
    expect(await page.locator('.drop h3').innerText()).toBe(feedsWords.cy.step(1, feedsWords.cy.steps[0]!));
    await page.setInputFiles('.drop input[type="file"]', file('phone.csv', 'Date,Number in ED,Longest wait,Remark', `${minutesAgo(5)},90,4,`));
    await page.waitForSelector('[data-step="2"]');
    await page.click('[data-go-on]');
    await page.click('[data-try]');
    await page.waitForSelector('[data-trial="0"]');
    await assertAccessible(page);
  });
});

describe('looking after a feed', () => {
  test('what was held back is released with a reason and stands there then', async () => {
    await push([['m.1@here', 50_000, 10]]);
    await push([['m.1@here', 20_000, 90]]);
    const page = await open('/feeds/small?feed=ed');
    await page.waitForSelector('[data-held="m.1@here"]');
    await assertAccessible(page);
    expect(await page.locator('[data-release]').isDisabled()).toBe(true);
    await page.fill('[id="reason-m.1@here"]', 'rang the ward');
    await page.click('[data-release]');
    await page.waitForSelector('[data-said="done"]');
    await page.waitForSelector('[data-nothing-held]');
    await page.waitForFunction(() => document.querySelector('[data-series="m.1@here"]')?.textContent?.includes('90'));
  });

  test('a payload is opened, judged again and sent again', async () => {
    const text = JSON.stringify({
      readings: [
        { series: 'm.9@here', observedAt: new Date().toISOString(), value: 1 },
        { series: 'm.2@here', observedAt: new Date().toISOString(), value: 91 },
      ],
    });
    await api.post('ed', key, text, { id: 'seen' });
    const page = await open('/feeds/small?feed=ed');
    const line = page.locator('[data-batch="seen"]');
    await line.locator('button').first().click();
    await line.locator('pre').waitFor();
    expect(await line.innerText()).toContain('m.9@here');
    await line.locator('[data-judge]').click();
    await line.locator('[data-again]').waitFor();
    await assertAccessible(page);
    await line.locator('[data-send-again]').click();
    await page.waitForSelector('[data-said="done"]');
  });

  test('a pause with an end, and its end before its time', async () => {
    const page = await open('/feeds/small?feed=ed');
    await page.fill('#pause-reason', 'upgrade of the patient system');
    await page.click('[data-pause] button');
    await page.waitForSelector('[data-paused]');
    await page.locator('[data-paused] + button').click();
    await page.waitForSelector('[data-pause]');
  });

  test('whoever is not signed in is asked to', async () => {
    cookie = cookie.replace(/.$/, '0');
    const page = await open('/feeds/small', { refused: true });
    await page.waitForSelector('[data-sign-in]');
  });
});
