/// <reference lib="dom" />
/** Three people in three browsers hold one huddle; one of them loses the network in the middle of it and comes back. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Role, Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { Api, DISPLAY_COOKIE, prepareBoard } from '../support/api.js';
import { withCell } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { huddleWords } from '../../apps/wall/src/screens/huddle/huddle-words.js';

type Who = 'lead' | 'ward' | 'viewer';
const SCREENS: Record<Who, BrowserContextOptions> = {
  lead: { viewport: { width: 1920, height: 1080 } },
  ward: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  viewer: { viewport: { width: 1366, height: 768 } },
};
const words = huddleWords.en;

let postgres: TestPostgres;
let api: Api;
let browser: Browser;
const cookies = {} as Record<Who, string>;
const closing: (() => unknown)[] = [];
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, withCell({ series: 3, feeds: 3 }));
  api = await Api.start({ DATABASE_URL: url });
  await api.post('ed', keys['ed']!, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), value: 41 }] });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string[] | null]> = { lead: ['coordinator', null], ward: ['editor', ['acute']], viewer: ['viewer', null] };
  for (const [who, [role, providers]] of Object.entries(roles) as [Who, [Role, string[] | null]][]) {
    const { token } = await people.create(['small'], `The ${who}`, role, providers);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) };
    const signedIn = await api.request<Session>('/v1/desk/session', init);
    cookies[who] = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  }
  await database.destroy();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await api?.stop();
  await postgres?.stop();
});

async function open(who: Who, query = ''): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext(SCREENS[who]);
  closing.push(() => context.close());
  const [name, value] = cookies[who].split('=') as [string, string];
  await context.addCookies([{ name, value, url: api.address, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`${who}: ${error.message}`));
  await page.goto(`${api.address}/huddle/small${query}`);
  await page.locator('h2').first().waitFor();
  return { page, context };
}
async function openWall(): Promise<Page> {
  const context = await browser.newContext(SCREENS.lead);
  closing.push(() => context.close());
  const [name, value] = DISPLAY_COOKIE.split('=') as [string, string];
  await context.addCookies([{ name, value, url: api.address, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`wall: ${error.message}`));
  await page.goto(`${api.address}/wall/small`);
  return page;
}
const at = (page: Page, item: string, tile = '') => page.locator(`[data-huddle][data-item="${item}"][data-looking="${tile}"]`).waitFor();
async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude('.box').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)).toEqual([]);
}
/** For a look by eye: the folder is named by whoever wants it. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env['PICTURES']) await page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: false });
}

test('three screens are at the same item and tile; who was away comes back to where it is; it ends in the minutes', async () => {
  const [lead, ward, viewer] = await Promise.all([open('lead'), open('ward'), open('viewer', '?lang=cy')]);
  await assertAccessible(lead.page);
  await picture(viewer.page, 'before-cy-laptop');
  expect(await ward.page.locator('[data-start]').count()).toBe(0);

  // By the keyboard alone.
  await lead.page.locator('[data-start]').waitFor();
  await lead.page.keyboard.press('h');
  for (const { page } of [lead, ward, viewer]) await at(page, 'last-24h');
  expect(await ward.page.locator('[data-next]').count()).toBe(0);
  await lead.page.keyboard.press('n');
  for (const { page } of [lead, ward, viewer]) await at(page, 'now');
  await lead.page.locator('#tile').selectOption({ index: 1 });
  const tile = await lead.page.locator('#tile').inputValue();
  for (const { page } of [lead, ward, viewer]) await at(page, 'now', tile);
  for (const { page } of [lead, viewer]) await page.locator(`[data-tile="${tile}"][data-looked-at]`).waitFor();
  await ward.page.locator(`[data-shown="${tile}"]`).waitFor();
  // A paired screen on the wall, which nobody touches, is at the same item and tile.
  const wall = await openWall();
  await wall.locator('[data-huddle-on="1"][data-item="now"]').waitFor();
  await wall.locator(`[data-tile="${tile}"][data-looked-at]`).waitFor();
  expect(await wall.locator('[data-looked-at]').count()).toBe(1);

  const own = ward.page.locator('[data-member="acute"]');
  expect(await ward.page.locator('[data-member="acute-2"] button').count()).toBe(0);
  await own.getByRole('button', { name: words.attendance.here }).tap();
  await viewer.page.locator('[data-member="acute"][data-attendance="here"]').waitFor();

  await ward.context.setOffline(true);
  await lead.page.locator('[data-kind="decision"]').click();
  await lead.page.locator('#text').fill('Divert from ten');
  await lead.page.keyboard.press('Enter');
  await viewer.page.locator('[data-note="decision"]').waitFor();
  // From the tile under discussion: a concern is two taps; an action is what it is, who does it, and two taps more.
  for (const [taps, typed] of [
    [['[data-kind="concern"]', '[data-add]'], undefined],
    [['[data-kind="action"]', '[data-owner]', '[data-add]'], 'Open the bay'],
  ] as const) {
    for (const tap of taps) {
      const button = lead.page.locator(tap).first();
      const box = (await button.boundingBox())!;
      expect([tap, Math.min(box.width, box.height) >= 44]).toEqual([tap, true]);
      await button.click();
      if (typed !== undefined && tap !== '[data-add]') await lead.page.locator('#text').fill(typed);
    }
    await lead.page.locator('[data-write] [role=status]', { hasText: words.added }).waitFor();
  }
  await viewer.page.getByText(huddleWords.cy.raised(1, 1)).waitFor();
  await lead.page.locator('[data-next]').click();
  await at(viewer.page, 'actions', tile);
  await wall.locator('[data-huddle-on="1"][data-item="actions"]').waitFor();
  await picture(wall, 'wall-en');
  // Control: the one without a network has not moved, and says that it is not live.
  await at(ward.page, 'now', tile);
  await ward.page.locator('[role=alert]', { hasText: words.notLive }).waitFor({ timeout: 40_000 });
  await ward.context.setOffline(false);
  await at(ward.page, 'actions', tile);
  await ward.page.locator('[data-note="decision"]').waitFor();

  await picture(lead.page, 'meeting-en-wall');
  await picture(viewer.page, 'meeting-cy-laptop');
  await picture(ward.page, 'meeting-en-phone');
  for (const { page } of [lead, ward, viewer]) await assertAccessible(page);

  await lead.page.locator('[data-end]').click();
  for (const { page } of [lead, ward, viewer]) await page.locator('[data-minutes="1"]').waitFor();
  await wall.locator('[data-huddle-on]').waitFor({ state: 'detached' });
  expect(await wall.locator('[data-looked-at]').count()).toBe(0);
  expect(await viewer.page.locator('[data-box="decision"]').textContent()).toContain('Divert from ten');
  await assertAccessible(viewer.page);
  await picture(viewer.page, 'minutes-cy-laptop');
  await lead.page.goto(`${api.address}/huddle/small`);
  await lead.page.locator('[data-held="1"]').waitFor();
  await assertAccessible(lead.page);
  await picture(lead.page, 'after-en-wall');
});
