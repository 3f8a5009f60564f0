/// <reference lib="dom" />
/** The administration of a board in a real browser: edited, previewed, saved with a reason, brought in from a file, two people at once. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { DefinitionView } from '@comm-cell/contract/boards';
import { People } from '@comm-cell/api/access/people';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api, DISPLAY_COOKIE, prepareBoard } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

let postgres: TestPostgres;
let browser: Browser;
let api: Api;
let keys: Record<string, string>;
let token: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.database();
  ({ keys } = await prepareBoard(url, loadBoard('sandbox')));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  ({ token } = await new People(database).create(['sandbox'], 'The administrator', 'administrator'));
  await database.destroy();
  browser = await launchBrowser();
  const reading = { series: 'ambulance.handover-mean@sandbox', observedAt: new Date().toISOString(), value: 48, unit: 'minutes' };
  await api.post('sandbox', keys['sandbox']!, { readings: [reading] }, { id: 'one' });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser.close();
  await api.stop();
  await postgres.stop();
});

async function open(section: string, { lang = 'en', width = 1440 } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 1000 } });
  contexts.push(context);
  const entered = await context.request.post(`${api.address}/v1/desk/session`, { data: { token } });
  expect(entered.ok()).toBe(true);
  const page = await context.newPage();
  await page.goto(`${api.address}/admin/sandbox?lang=${lang}#${section}`);
  await page.locator('[data-changes]').waitFor();
  return page;
}
const view = async (): Promise<DefinitionView> =>
  (await api.request<DefinitionView>('/v1/boards/sandbox/definition', { headers: { cookie: DISPLAY_COOKIE } })).body;
async function save(page: Page, reason: string): Promise<void> {
  await page.fill('#reason', reason);
  await page.click('[data-save]:enabled');
  await page.locator('[data-saved]').waitFor();
}
const changes = (page: Page, n: number): Promise<void> => page.locator(`[data-changes="${n}"]`).waitFor();

describe('the administration', () => {
  test.each(['board', 'layout', 'places', 'metrics', 'lines', 'feeds', 'file', 'more'])(
    'section %s is accessible and fits a phone, in Welsh too',
    async (section) => {
      const page = await open(section, { lang: 'cy', width: 390 });
      if ((await page.locator('summary').count()) > 0) await page.locator('summary').first().click();
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    },
  );

  test('moves a tile by keyboard, shows it in the preview over the live figures, and saves it with a reason', async () => {
    const page = await open('layout');
    const wall = await contexts[0]!.newPage();
    await wall.goto(`${api.address}/wall/sandbox`);
    await wall.locator('[data-tile="handover"]').waitFor();
    const order = (one: Page, root: string): Promise<(string | null)[]> =>
      one.locator(`${root} [data-tile]`).evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-tile')));
    await page.locator('[data-preview] [data-series="ambulance.handover-mean@sandbox"][data-value="48"]').first().waitFor();
    const before = await order(page, '[data-preview]');

    await page.locator('[data-tile-of-layout="beds"] button').nth(3).focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-column="1"] [data-tile-of-layout="beds"]').waitFor();
    await page.locator('[data-preview] [data-tile="beds"]').waitFor();
    await page.locator('[data-save]:enabled').waitFor();
    expect(await page.locator('[data-change="overview"]').innerText()).toContain('Overview');
    expect(await order(page, '[data-preview]')).not.toBe(before);
    expect(await order(wall, 'body')).toEqual(before);
    await save(page, 'Beds belong to the front door here');
    await wall.locator('[data-tile="beds"]').waitFor();
    expect((await view()).file.overview.map(({ tiles }) => tiles)).toEqual([['handover'], ['emergency', 'beds']]);
    expect((await view()).definedBy?.name).toBe('The administrator');
  });

  test('tells what a removal would break, takes it along when asked to, and can be undone before it is saved', async () => {
    const page = await open('feeds');
    await page.click('[data-feed-of-board="sandbox"] summary');
    const row = page.locator('li', { hasText: 'General and acute beds free' });
    await row.getByRole('button').click();
    await page.locator('[data-change="rules.beds-full"]').waitFor();
    await page.locator('#reason').waitFor();
    await page.getByRole('button', { name: 'Undo all' }).click();
    await changes(page, 0);
    expect((await view()).file.rules!['beds-full']).toBeDefined();
  });

  test('a line that makes no sense cannot be saved; one that does is', async () => {
    const page = await open('lines');
    await page.fill('#find-figure', 'handover');
    await page.locator('[data-lines-of="ambulance.handover-mean@sandbox"] summary').click();
    const act = page.locator('[id="at-act-up-ambulance.handover-mean@sandbox"]');
    await act.fill('5');
    await act.press('Tab');
    await page.locator('[data-fault^="feeds.sandbox.series.ambulance.handover-mean@sandbox"]').first().waitFor();
    expect(await page.locator('[data-save]').isDisabled()).toBe(true);
    await act.fill('40');
    await act.press('Tab');
    await page.locator('[data-faults="0"]').waitFor();
    await save(page, 'Agreed at the March meeting');
    expect((await view()).definition.series['ambulance.handover-mean@sandbox']!.thresholds!.act).toEqual({ over: 40 });
  });

  test('a file that was downloaded and changed is brought in, with its line numbers when it is wrong', async () => {
    const page = await open('file');
    const download = page.waitForEvent('download');
    await page.click('[data-download]');
    const text = readFileSync((await (await download).path())!, 'utf8');
    const bring = (content: string): Promise<void> =>
      page.setInputFiles('#bring-in', { name: 'board.yaml', mimeType: 'application/yaml', buffer: Buffer.from(content) });
    await bring(text.replace('limit: 4h', 'limit: 4 hours'));
    const fault = page.locator('[data-fault="feeds.sandbox.limit"]');
    await fault.waitFor();
    expect(await fault.innerText()).toMatch(/line \d+: feeds\.sandbox\.limit/);
    await bring(text.replace('limit: 4h', 'limit: 6h'));
    await page.locator('[data-change="feeds.sandbox.limit"]').waitFor();
    await save(page, 'From the file');
    expect((await view()).file.feeds['sandbox']!.limit).toBe('6h');
  });

  test('two people at once: the second is told, fetches the board and keeps their own changes on top', async () => {
    const [one, other] = [await open('board'), await open('board')];
    await one.fill('#name-en', 'Sandpit');
    await save(one, 'A better name');
    await other.fill('#notice-en', 'For practice');
    await other.fill('#notice-cy', 'Ar gyfer ymarfer');
    await other.fill('#reason', 'Say so');
    await other.click('[data-save]:enabled');
    await other.getByRole('button', { name: 'Fetch it and put my changes on top' }).click();
    await save(other, 'Say so');
    expect((await view()).file).toMatchObject({ name: { en: 'Sandpit' }, notice: { en: 'For practice' } });
  });
});
