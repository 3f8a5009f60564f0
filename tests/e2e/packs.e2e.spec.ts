/// <reference lib="dom" />
/** Papers in a real browser against a real api: chosen, previewed, made and taken along with the keyboard; both languages; axe. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import type { Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, Page } from 'playwright-core';
import { Api, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { packsWords } from '../../apps/wall/src/screens/packs/packs-words.js';

const { en, cy } = packsWords;
const DAYS = 20;
let postgres: TestPostgres;
let api: Api;
let browser: Browser;
let cookie: string;
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, smallBoard({ everyMs: HOUR_MS }));
  api = await Api.start({ DATABASE_URL: url });
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const readings = Array.from({ length: DAYS }, (_, day) => ({
    series: 'm.1@here',
    observedAt: new Date(midnight - (DAYS - day) * DAY_MS).toISOString(),
    value: 50 + ((day * 37) % 11),
  }));
  const { status } = await api.post('ed', keys['ed']!, { readings }, { id: 'all' });
  expect(status).toBe(201);
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'Duty Director', 'duty', null);
  await database.destroy();
  const signedIn = await api.request<Session>('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
});
afterAll(async () => {
  await browser?.close();
  await api?.stop();
  await postgres?.stop();
  expect(trouble).toEqual([]);
});

async function sound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

test('a paper is chosen, previewed, made and taken along, with the keyboard alone', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const [name, value] = cookie.split('=') as [string, string];
  await context.addCookies([{ name, value, url: api.address, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  await page.goto(`${api.address}/packs/small`);
  await page.getByLabel(en.figure).focus();
  await page.keyboard.type('m.1');
  await page.keyboard.press('Enter');
  await page.locator('[data-chosen="m.1@here"]').waitFor();
  await page.getByLabel(en.overall).fill('Quiet.');
  await page.getByLabel(en.language).selectOption('both');
  await sound(page);

  await page.locator('[data-preview]').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-previewed] article[lang="cy"] svg').waitFor();
  expect(await page.locator('[data-previewed] article').count()).toBe(2);
  await sound(page);

  await page.locator('[data-make]').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-pack]').waitFor();
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: en.download(en.kinds.pack, 'PDF') }).press('Enter');
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^small-pack-.*\.pdf$/);
  expect(
    readFileSync((await file.path())!)
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');

  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await page.getByRole('heading', { name: cy.title }).waitFor();
  await sound(page);
  await page.setViewportSize({ width: 375, height: 740 });
  expect(await page.locator('.sheet').evaluate((sheet) => sheet.scrollWidth - sheet.clientWidth)).toBe(0);
  await context.close();
});
