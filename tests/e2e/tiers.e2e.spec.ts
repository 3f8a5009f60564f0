/// <reference lib="dom" />
/** A hospital's cell passes something up in a real browser; the system's wall shows it and the hospital's level, its cell answers, the answer is back. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { Role, Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Api, type Answer, DISPLAY_COOKIE, DISPLAY_TOKEN, prepareBoard } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { tiersWords } from '../../apps/wall/src/panels/tiers/tiers-words.js';

const LARGE: BrowserContextOptions = { viewport: { width: 1920, height: 1080 }, hasTouch: true };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const [HOSPITAL, SYSTEM] = ['stoke-mandeville', 'buckinghamshire'];

let postgres: TestPostgres;
let api: Api;
let browser: Browser;
let cookie: string;
const closing: (() => unknown)[] = [];
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  for (const board of [HOSPITAL, SYSTEM]) await prepareBoard(url, loadBoard(board));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create([HOSPITAL, SYSTEM], 'Duty manager', 'duty' satisfies Role);
  await database.destroy();
  const headers = { 'content-type': 'application/json' };
  const signedIn = await api.request<Session>('/v1/desk/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await api?.stop();
  await postgres?.stop();
});

async function open(where: string, options: BrowserContextOptions = LARGE, who: 'duty' | 'wall' = 'duty'): Promise<Page> {
  const context = await browser.newContext(options);
  closing.push(() => context.close());
  const domain = new URL(api.address).hostname;
  const [name, value] = (who === 'duty' ? cookie : `${DISPLAY_COOKIE.split('=')[0]}=${DISPLAY_TOKEN}`).split('=') as [string, string];
  await context.addCookies([{ name, value, domain, path: '/' }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  await page.goto(api.address + where);
  await page.locator('body[data-link="live"]').waitFor();
  return page;
}
function post<Body = { no: number }>(board: string, route: string, body: unknown): Promise<Answer<Body>> {
  const headers = { 'content-type': 'application/json', cookie };
  return api.request<Body>(`/v1/boards/${board}/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
}
const picture = async (page: Page, name: string): Promise<void> => {
  if (process.env['PICTURES']) await page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true });
};
async function faults(page: Page, part: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

test('passed up, seen above on the wall and in the cell, answered there, seen below', async () => {
  expect((await post(HOSPITAL, 'concerns', { text: 'Majors is full' })).status).toBe(201);
  const below = await open(`/cell/${HOSPITAL}`);
  await below.locator('[data-do="pass-up"]').click();
  const form = below.locator('form[data-form="pass up"]');
  await form.locator('[name="about"]').selectOption('concern 1');
  await form.locator('[name="type"]').selectOption('capacity');
  await form.locator('[name="text"]').fill('Ten beds in the community by noon');
  await form.locator('button.main').click();
  await below.locator('[data-passed="out"][data-no="1"]').waitFor();

  const wall = await open(`/wall/${SYSTEM}`, LARGE, 'wall');
  await wall.locator('[data-waiting="1"]').waitFor();
  await wall.locator(`[data-below="${HOSPITAL}"][data-unheard="false"]`).waitFor();
  expect(await faults(wall, '.rail')).toEqual([]);
  await picture(wall, 'tiers-wall');

  const above = await open(`/cell/${SYSTEM}`, PHONE);
  const come = above.locator('[data-passed="in"][data-no="1"]');
  expect(await come.innerText()).toContain('Majors is full');
  await come.locator('[data-do="answer"]').click();
  const answer = above.locator(`form[data-form="answer ${HOSPITAL} 1"]`);
  await answer.locator('[name="answer"]').selectOption('no');
  await answer.locator('button.main').click();
  // A no says why: the server asks for it, and what was chosen stays.
  await above.locator('[data-said="refused"]').waitFor();
  await answer.locator('[name="text"]').fill('Six until noon, four more at three');
  await answer.locator('[name="answer"]').selectOption('yes');
  await picture(above, 'tiers-phone');
  await answer.locator('button.main').click();
  await above.locator('[data-answered="yes"]').waitFor({ state: 'attached' });

  await below.locator('[data-answered="yes"][data-no="1"]').waitFor({ state: 'attached' });
  expect(await below.locator('.escalation').textContent()).toContain('Six until noon, four more at three');
  expect(await below.locator('[data-passed]').count()).toBe(0);
  await wall.locator('[data-waiting]').waitFor({ state: 'detached' });
});

test('silence is marked on both sides at its moment; the level below is on the wall above; in Welsh too', async () => {
  const answerBy = new Date(Date.now() + 2_500).toISOString();
  const word = { way: 'down', type: 'request', text: 'Name a discharge lead on each ward', answerBy };
  expect((await post(SYSTEM, 'tiers/passed', word)).status).toBe(201);
  expect((await post(HOSPITAL, 'levels/hospital/declare', { n: 3, reason: 'Majors is full' })).status).toBe(200);
  const [above, below] = [await open(`/cell/${SYSTEM}?lang=cy`), await open(`/cell/${HOSPITAL}`)];
  await above.locator('[data-passed="out"][data-missed="true"]').waitFor();
  await below.locator('[data-passed="in"][data-missed="true"]').waitFor();
  expect(await above.locator('.escalation').textContent()).toContain(tiersWords.cy.way.out.down('Stoke Mandeville'));
  expect(await faults(above, '.escalation')).toEqual([]);
  await below.locator('[data-do="answer"]').click();
  expect(await faults(below, '.escalation')).toEqual([]);
  await picture(above, 'tiers-cell-cy');
  await picture(below, 'tiers-cell');

  const wall = await open(`/wall/${SYSTEM}?lang=cy`, LARGE, 'wall');
  await wall.locator('[data-missed="true"]').waitFor();
  const cell = wall.locator(`[data-below="${HOSPITAL}"]`);
  await expect(cell.innerText()).resolves.toMatch(/OPEL 3/);
  expect(['act', 'critical']).toContain(await cell.getAttribute('data-look'));
  await picture(wall, 'tiers-wall-cy');
});
