/// <reference lib="dom" />
/** The cell's page in a real browser against a real api: a concern from a red tile in two taps, actions, ideas, fingers, keys, both languages. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { BoardEvent } from '@comm-cell/board/events';
import type { Role, Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Api, DISPLAY_COOKIE, DISPLAY_TOKEN, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { cellWords } from '../../apps/wall/src/screens/cell/cell-words.js';

type Who = 'lead' | 'wall';
const LARGE: BrowserContextOptions = { viewport: { width: 1920, height: 1080 }, hasTouch: true };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** What a finger can hit, CSS pixels. */
const FINGER = 44;
const HOUR_MS = 3_600_000;
const label = (en: string, cy: string) => ({ en, cy });

function board(): ProposedDefinition {
  return {
    ...smallBoard({ series: 3, everyMs: 6 * HOUR_MS }),
    cell: {
      tier: 3,
      agenda: [{ id: 'now', kind: 'now', title: label('Now', 'Nawr'), minutes: 10 }],
      times: [{ at: '08:15', days: [1, 2, 3, 4, 5, 6, 7], onHolidays: 'held' }],
      noticeHours: 24,
      members: [{ provider: 'acute', office: label('Site manager', 'Rheolwr safle') }],
      quorum: 1,
      leads: [label('System coordinator', 'Cydlynydd y system')],
      scribes: [label('Scribe', 'Cofnodwr')],
      measures: [
        { figure: 'm.1@here', title: label('People waiting', 'Pobl yn aros'), how: 'mean', good: { under: 50 } },
        {
          figure: 'm.2@here',
          title: label('Longest wait for a bed in a ward today', 'Yr arhosiad hwyaf am wely mewn ward heddiw'),
          how: 'max',
          good: { under: 150 },
        },
        { figure: 'm.3@here', title: label('Free beds', 'Gwelyau rhydd'), how: 'last', good: { atLeast: 5 } },
      ],
    },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let browser: Browser;
let cookie: string;
const closing: (() => unknown)[] = [];
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  url = await postgres.database();
  const { keys } = await prepareBoard(url, board());
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'The lead', 'duty' satisfies Role);
  await database.destroy();
  const headers = { 'content-type': 'application/json' };
  const signedIn = await api.request<Session>('/v1/desk/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  for (const [ago, one, two] of [
    [24, 40, 90],
    [0, 220, 120],
  ] as const) {
    const observedAt = new Date(Date.now() - ago * HOUR_MS).toISOString();
    const readings = [
      { series: 'm.1@here', observedAt, value: one },
      { series: 'm.2@here', observedAt, value: two },
    ];
    expect((await api.post('ed', keys['ed']!, { readings })).status).toBe(201);
  }
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

async function open(who: Who, options: BrowserContextOptions = LARGE, query = ''): Promise<Page> {
  const context = await browser.newContext(options);
  closing.push(() => context.close());
  const [name, value] = cookie.split('=') as [string, string];
  const { host } = new URL(api.address);
  const domain = host.split(':')[0]!;
  await context.addCookies([
    who === 'lead' ? { name, value, domain, path: '/' } : { name: DISPLAY_COOKIE.split('=')[0]!, value: DISPLAY_TOKEN, domain, path: '/' },
  ]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  await page.goto(`${api.address}/cell/small${query}`);
  await page.locator('[data-measure]').first().waitFor();
  await page.locator('body[data-link="live"]').waitFor();
  return page;
}
async function journaled<K extends BoardEvent['kind']>(kind: K): Promise<Extract<BoardEvent, { kind: K }>[]> {
  const rows = await postgres.sql<{ body: string }>(url, 'select body from journal where kind = $1 order by seq', [kind]);
  return rows.map(({ body }) => JSON.parse(body) as Extract<BoardEvent, { kind: K }>);
}
const picture = async (page: Page, name: string): Promise<void> => {
  if (process.env['PICTURES']) await page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true });
};

test('a red tile: two taps raise a concern about it, two more an action of it', async () => {
  const page = await open('lead');
  await page.evaluate(() => addEventListener('click', () => (document.body.dataset['taps'] = String(Number(document.body.dataset['taps'] ?? 0) + 1)), true));
  const off = page.locator('[data-off="m.1@here"]');
  expect(await off.getAttribute('data-bare')).toBe('true');
  await off.locator('[data-do="concern"]').tap();
  await off.locator('form button.main').tap();
  await page.locator('[data-concern="1"]').waitFor();
  expect(await page.evaluate(() => document.body.dataset['taps'])).toBe('2');
  expect(await off.getAttribute('data-bare')).toBe('false');
  expect(await journaled('ConcernRaised')).toMatchObject([{ no: 1, about: { figure: 'm.1@here' }, by: { name: 'The lead' } }]);

  await off.locator('[data-do="action"]').tap();
  await page.keyboard.type('Open the second room');
  await off.locator('[name="owner"]').fill('Sam');
  await off.locator('form button.main').tap();
  const action = page.locator('[data-action="1"]');
  await action.waitFor();
  expect(await journaled('ActionRaised')).toMatchObject([{ what: 'Open the second room', owner: 'Sam', figure: 'm.1@here', concern: 1 }]);
  await action.locator('.circle').tap();
  await action.locator('[data-quarters="1"]').waitFor();
  await picture(page, 'large-dark');
});

test('the sheet of a concern is written on, refused where something is missing, closed into the library; with the keyboard alone', async () => {
  const page = await open('lead');
  const concern = page.locator('[data-concern="1"]');
  await concern.locator('[data-do="write"]').press('Enter');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('containment');
  await concern.locator('[name="status"]').selectOption('cause-known');
  await concern.locator('form button.main').press('Enter');
  await concern.locator('[data-said="refused"]').waitFor();
  await concern.locator('[name="cause"]').fill('One key for two rooms');
  await concern.locator('form button.main').press('Enter');
  await page.locator('[data-concern="1"][data-status="cause-known"]').waitFor();
  await concern.locator('[data-do="close"]').press('Enter');
  await page.keyboard.type('Both rooms are open');
  await page.keyboard.press('Tab');
  await page.keyboard.type('keys, triage');
  await page.keyboard.press('Enter');
  await concern.waitFor({ state: 'detached' });
  await page.locator('[data-library] summary').press('Enter');
  const closed = page.locator('[data-closed="1"]');
  await closed.waitFor();
  expect(await closed.textContent()).toContain('One key for two rooms');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ambulance');
  await page.keyboard.press('Enter');
  await page.getByText(cellWords.en.found(0)).waitFor();
});

test('an idea is proposed and waits for the next huddle', async () => {
  const page = await open('lead');
  await page.locator('[data-do="propose"]').click();
  await page.keyboard.type('Two wheelchairs at every door');
  await page.keyboard.press('Enter');
  await page.locator('[data-idea="1"][data-late="false"]').waitFor();
});

test('a box a day, each with its word and shape; a day without readings is not good news', async () => {
  const page = await open('wall');
  const boxes = page.locator('[data-measure="m.1@here"] [data-day]');
  expect(await boxes.count()).toBe(31);
  const [first, yesterday, today] = [boxes.first(), boxes.nth(29), boxes.last()];
  expect(await Promise.all([first, yesterday, today].map((box) => box.getAttribute('data-verdict')))).toEqual(['no-data', 'good', 'not-good']);
  const shapes = await Promise.all([first, yesterday, today].map((box) => box.locator('svg').innerHTML()));
  expect(new Set(shapes).size).toBe(3);
  expect(await first.textContent()).toContain(cellWords.en.verdict['no-data']);
  // A screen on the wall only shows.
  expect(await page.locator('[data-do]').count()).toBe(0);
  expect(await page.locator('[data-unjudged="1"]').count()).toBe(1);
});

test.each([
  ['large-light', LARGE, '?theme=light'],
  ['laptop-welsh', { viewport: { width: 1366, height: 768 } }, '?lang=cy'],
  ['phone', PHONE, ''],
] as const)('%s: nothing sticks out, fingers hit every button, nothing a screen reader would trip over', async (name, options, query) => {
  const page = await open('lead', options, query);
  await page.locator('[data-action]').first().waitFor();
  await picture(page, name);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  for (const one of await page.locator('.cell :is(button, a, summary):visible').all()) {
    const box = (await one.boundingBox())!;
    expect([await one.textContent(), Math.min(box.width, box.height) >= FINGER]).toEqual([await one.textContent(), true]);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test('a page that hears nothing any more covers itself', async () => {
  const page = await open('wall');
  await page.context().setOffline(true);
  await page.locator('[data-cover="on"]').waitFor({ timeout: 40_000 });
});
