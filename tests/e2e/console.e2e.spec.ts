/// <reference lib="dom" />
/** The console in a real browser against a real api: few taps, no signal, one name, two hands reaching for one slot. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { BoardEvent } from '@comm-cell/board/events';
import type { Role, Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { Api, DISPLAY_COOKIE, DISPLAY_TOKEN, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { consoleWords } from '../../apps/wall/src/screens/console/console-words.js';

type Who = 'ward' | 'night' | 'other' | 'duty';
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const WARD_PC: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
/** What a hand in a glove can hit, CSS pixels. */
const GLOVE = 56;

/** Six figures by hand, one that comes by itself, and two more providers. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 6, feeds: 3, everyMs: 6 * 3_600_000 });
  const { ed, 'ed-2': second, 'ed-3': third } = plain.feeds;
  return {
    ...plain,
    series: { ...plain.series, 'm.6@here': { ...plain.series['m.6@here']!, maxJump: 100 } },
    feeds: { ed: { ...ed!, means: 'people' }, 'ed-2': second!, 'ed-3': { ...third!, provider: 'acute', means: 'system' } },
    providers: { ...plain.providers, acute: { ...plain.providers['acute']!, signOff: { at: ['11:00'], days: [1, 2, 3, 4, 5, 6, 7] } } },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let browser: Browser;
let keys: Record<string, string>;
const cookies = {} as Record<Who, string>;
const closing: (() => unknown)[] = [];
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  url = await postgres.database();
  ({ keys } = await prepareBoard(url, board()));
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const people = new People(database);
  const roles: Record<Who, [Role, string]> = { ward: ['editor', 'acute'], night: ['editor', 'acute'], other: ['editor', 'acute-2'], duty: ['duty', 'acute'] };
  for (const [who, [role, provider]] of Object.entries(roles) as [Who, [Role, string]][]) {
    const { token } = await people.create(['small'], `The ${who}`, role, [provider]);
    const signedIn = await api.request<Session>('/v1/desk/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
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

async function signIn(context: BrowserContext, who: Who): Promise<void> {
  const [name, value] = cookies[who].split('=') as [string, string];
  await context.addCookies([{ name, value, url: api.address, httpOnly: true, sameSite: 'Strict' }]);
}
async function open(who: Who, options: BrowserContextOptions = PHONE, query = ''): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext(options);
  closing.push(() => context.close());
  await signIn(context, who);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  await page.goto(`${api.address}/console/small${query}`);
  await page.locator('[data-figure]').first().waitFor();
  return { page, context };
}
const figure = (page: Page, n: number) => page.locator(`[data-figure="m.${n}@here"]`);
const send = (page: Page) => page.locator('[data-send]');
/** What people have written, batch by batch. */
async function written(): Promise<Extract<BoardEvent, { kind: 'ReadingsRecorded' }>[]> {
  const rows = await postgres.sql<{ body: string }>(url, `select body from journal where kind = 'ReadingsRecorded' and source like 'person:%' order by seq`);
  return rows.map(({ body }) => JSON.parse(body) as Extract<BoardEvent, { kind: 'ReadingsRecorded' }>);
}
async function yesterdaysFigures(): Promise<void> {
  const observedAt = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const answer = await api.post('ed', keys['ed']!, { readings: [1, 2, 3, 4, 5, 6].map((n) => ({ series: `m.${n}@here`, observedAt, value: 10 * n })) });
  expect(answer.status).toBe(201);
}
const sent = (page: Page) => page.locator('[data-batch][data-state="sent"]');

test('six figures with one thumb: a tap for each that is unchanged, one to send; nothing goes that was not confirmed', async () => {
  await yesterdaysFigures();
  const { page } = await open('ward');
  await page.evaluate(() => addEventListener('click', () => (document.body.dataset['taps'] = String(Number(document.body.dataset['taps'] ?? 0) + 1)), true));
  expect(await send(page).isDisabled()).toBe(true);
  expect(await figure(page, 1).locator('.value').inputValue()).toBe('10');
  expect(await figure(page, 1).getAttribute('data-ready')).toBe('no');
  for (const one of await page.locator('.entry button, .entry input, [data-send]').all()) {
    const box = (await one.boundingBox())!;
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(GLOVE);
  }
  for (let n = 1; n <= 5; n++) await figure(page, n).locator('.same').tap();
  await figure(page, 6).locator('.step').last().tap();
  expect(await send(page).textContent()).toBe(consoleWords.en.send(6));
  await send(page).tap();
  await sent(page).waitFor();
  expect(Number(await page.evaluate(() => document.body.dataset['taps']))).toBe(7);
  const batch = (await written()).at(-1)!;
  expect(batch.readings.map(({ value }) => value)).toEqual([10, 20, 30, 40, 50, 61]);
  expect(batch.by).toMatchObject({ name: 'The ward' });
  expect(await figure(page, 1).getAttribute('data-ready')).toBe('no');
  expect(await page.locator('[data-part="automatic"]').count()).toBe(1);
  expect(await page.locator('[data-figure="m.1@here-3"]').count()).toBe(0);
});

test('typed with the number keys; words and halves are no number', async () => {
  const { page } = await open('ward');
  const value = figure(page, 2).locator('.value');
  expect(await value.getAttribute('inputmode')).toBe('numeric');
  for (const wrong of ['many', '3.5', '1e3']) {
    await value.fill(wrong);
    expect(await figure(page, 2).getAttribute('data-ready')).toBe('no');
    expect(await figure(page, 2).locator('.nhsuk-error-message').count()).toBe(1);
  }
  await value.fill('33');
  expect(await figure(page, 2).getAttribute('data-ready')).toBe('yes');
  await send(page).tap();
  await sent(page).first().waitFor();
  expect((await written()).at(-1)!.readings).toMatchObject([{ series: 'm.2@here', value: 33 }]);
});

test('without a signal: entered, kept over a reload, sent once when it is back, as of when it was entered', async () => {
  const { page, context } = await open('ward');
  // Its files come first, the page itself last.
  await page.waitForFunction(() => caches.match('/console/'));
  const before = (await written()).length;
  await context.setOffline(true);
  await figure(page, 3).locator('.value').fill('77');
  await send(page).tap();
  await page.locator('[data-batch][data-state="waiting"]').waitFor();
  // One that is being entered when the lock screen drops the page.
  await figure(page, 4).locator('.value').fill('88');
  await page.reload();
  await page.locator('[data-offline]').waitFor();
  expect(await page.locator('[data-batch]').getAttribute('data-state')).toBe('waiting');
  expect(await figure(page, 3).textContent()).toContain(consoleWords.en.unsent);
  expect(await figure(page, 4).getAttribute('data-ready')).toBe('yes');
  expect((await written()).length).toBe(before);
  const back = Date.now();
  await context.setOffline(false);
  await sent(page).waitFor();
  await page.reload();
  await sent(page).waitFor();
  const since = (await written()).slice(before);
  expect(since).toHaveLength(1);
  expect(since[0]!.readings).toMatchObject([{ series: 'm.3@here', value: 77 }]);
  expect(since[0]!.readings[0]!.at).toBeLessThan(back);
  await page.locator('[data-offline]').waitFor({ state: 'detached' });
  expect(await figure(page, 4).locator('.value').inputValue()).toBe('88');
});

test('an answer that is lost on its way: sent again, counted once', async () => {
  const { page, context } = await open('ward', { ...PHONE, serviceWorkers: 'block' });
  const before = (await written()).length;
  let lost = 0;
  await context.route('**/console/figures', async (route) => {
    await route.fetch();
    if (lost++ < 2) return route.abort('connectionreset');
    await route.continue();
  });
  await figure(page, 5).locator('.value').fill('55');
  await send(page).tap();
  await sent(page).waitFor();
  expect(lost).toBe(3);
  expect((await written()).length).toBe(before + 1);
});

test('control: a queue that forgets its ids would count twice', async () => {
  const { page, context } = await open('ward', { ...PHONE, serviceWorkers: 'block' });
  const before = (await written()).length;
  let tries = 0;
  await context.route('**/console/figures', async (route) => {
    const headers = { ...route.request().headers(), 'idempotency-key': `another-id-each-time-${tries}` };
    const body = JSON.parse(route.request().postData()!) as { figures: { observedAt: string }[] };
    for (const one of body.figures) one.observedAt = new Date(Date.parse(one.observedAt) - tries).toISOString();
    const response = await route.fetch({ headers, postData: JSON.stringify(body) });
    if (tries++ < 1) return route.abort('connectionreset');
    await route.fulfill({ response });
  });
  await figure(page, 5).locator('.value').fill('56');
  await send(page).tap();
  await sent(page).waitFor();
  expect((await written()).length).toBe(before + 2);
});

test('what one person entered is never sent under another name', async () => {
  const { page, context } = await open('ward');
  const before = (await written()).length;
  await context.setOffline(true);
  await figure(page, 6).locator('.value').fill('66');
  await send(page).tap();
  await page.locator('[data-batch][data-state="waiting"]').waitFor();
  await context.clearCookies();
  await signIn(context, 'night');
  // The page is still the ward's when its signal comes back, and the cookie is the night's.
  await context.setOffline(false);
  await page.locator('[data-person]', { hasText: 'The night' }).waitFor();
  await page.locator('[data-state="others"]', { hasText: consoleWords.en.ofOthers(1, 'The ward') }).waitFor();
  expect(await page.locator('[data-batch]').count()).toBe(0);
  expect((await written()).length).toBe(before);
  await page.reload();
  await page.locator('[data-state="others"]', { hasText: consoleWords.en.ofOthers(1, 'The ward') }).waitFor();
  expect((await written()).length).toBe(before);
  await context.clearCookies();
  await signIn(context, 'ward');
  await page.reload();
  await sent(page).waitFor();
  expect((await written()).at(-1)).toMatchObject({ by: { name: 'The ward' }, readings: [{ value: 66 }] });
});

test('sent from the page of one while somebody else has signed in beside it: nothing is done, and it waits for its writer', async () => {
  const { page, context } = await open('ward');
  const before = (await written()).length;
  await figure(page, 6).locator('.value').fill('67');
  await context.clearCookies();
  await signIn(context, 'night');
  await send(page).tap();
  await page.locator('[data-person]', { hasText: 'The night' }).waitFor();
  await page.locator('[data-state="others"]', { hasText: consoleWords.en.ofOthers(1, 'The ward') }).waitFor();
  expect((await written()).length).toBe(before);
});

test('nothing that could sign anybody in is kept on the device', async () => {
  const { page } = await open('ward');
  const kept = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('comm-cell-console');
      request.onsuccess = () => resolve(request.result);
    });
    const all: unknown[] = [];
    for (const store of database.objectStoreNames)
      all.push(
        await new Promise((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
        }),
      );
    return JSON.stringify([all, { ...localStorage }, document.cookie]);
  });
  expect(kept).toContain('m.1@here');
  for (const cookie of Object.values(cookies)) expect(kept).not.toContain(cookie.split('=')[1]);
  expect(kept).not.toMatch(/ccdesk_|commcell_desk/);
});

test('a slip of the finger is held back, and stands when its writer says that it is right', async () => {
  const { page } = await open('ward');
  await figure(page, 6).locator('.value').fill('660');
  await send(page).tap();
  const held = page.locator('[data-batch]', { hasText: consoleWords.en.heldBack('m.6, here (660)') });
  await held.waitFor();
  const before = (await written()).length;
  await held.locator('button', { hasText: consoleWords.en.isRight }).tap();
  await until(async () => (await written()).length === before + 1, 'it stands in the journal');
  expect((await written()).at(-1)!.readings).toMatchObject([{ series: 'm.6@here', value: 660, rev: 1 }]);
  await held.locator('button').waitFor({ state: 'detached' });
});

test('two browsers reach for one slot: one has it, the other is told at once', async () => {
  const { page: ward } = await open('ward');
  await ward.locator('[data-part="offers"] summary').tap();
  await ward.locator('#what').fill('urgent-response slot');
  await ward.locator('[data-part="offers"] form:has(#what) button').tap();
  const offer = '[data-part="offers"] [data-offer]';
  await ward.locator(offer).waitFor();
  const pages = await Promise.all([open('other'), open('other', WARD_PC)]);
  const buttons = pages.map(({ page }) => page.locator(`${offer} button`));
  await Promise.all(buttons.map((button) => button.waitFor()));
  await Promise.all(buttons.map((button) => button.click()));
  const said = await Promise.all(pages.map(({ page }) => page.locator('[data-part="offers"] [role="status"]').textContent()));
  expect(said.filter((text) => text?.trim() === consoleWords.en.done)).toHaveLength(1);
  expect(said.filter((text) => text?.includes('Others were faster'))).toHaveLength(1);
  const claims = await postgres.sql(url, `select 1 from journal where kind = 'CapacityClaimed'`);
  expect(claims).toHaveLength(1);
});

test('corrected with a reason, both values in its history; signed off, and said to be restated', async () => {
  const { page } = await open('duty', WARD_PC);
  // It is open already when it is overdue.
  if (!(await page.locator('#note').isVisible())) await page.locator('[data-part="sign-off"] summary').click();
  await page.locator('[data-part="sign-off"] form button').click();
  await page.locator('[data-part="sign-off"] [role="status"]', { hasText: consoleWords.en.done }).waitFor();
  await figure(page, 1).locator('.link').last().click();
  await figure(page, 1).locator('.history li button').first().click();
  await figure(page, 1).locator('[name="value"]').fill('19');
  await figure(page, 1).locator('[name="reason"]').fill('two were counted twice');
  await figure(page, 1).locator('.history form button').click();
  await figure(page, 1).locator('[data-rev="1"]', { hasText: 'two were counted twice' }).waitFor();
  expect(await figure(page, 1).locator('li.old').count()).toBeGreaterThanOrEqual(1);
  await page.locator('[data-restated="1"]').waitFor();
  await page.locator('[data-part="places"] summary').click();
  await page.locator('[data-place="here"] button').click();
  await page.locator('#reason-here').fill('flood');
  await page.locator('[data-place="here"] form button').click();
  await page.locator('[data-place="here"][data-closed="yes"]').waitFor();
});

test('the wall says what is closed, offered and signed, in both languages', async () => {
  await api.request('/v1/boards/small/console/offers', {
    method: 'POST',
    headers: { cookie: cookies.other, 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'acute-2', what: 'night sits', count: 2, until: new Date(Date.now() + 3_600_000).toISOString() }),
  });
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  closing.push(() => context.close());
  const [name] = DISPLAY_COOKIE.split('=') as [string];
  await context.addCookies([{ name, value: DISPLAY_TOKEN, url: api.address }]);
  const page = await context.newPage();
  for (const [lang, closed] of [
    ['en', 'Closed until'],
    ['cy', 'Ar gau tan'],
  ] as const) {
    await page.goto(`${api.address}/wall/small?lang=${lang}&density=detail`);
    await page.locator('[data-tile="tile-1"][data-closed]', { hasText: closed }).waitFor();
    expect(await page.locator('[data-tile="tile-2"][data-closed]').count()).toBe(0);
    await page.locator('.ticker', { hasText: 'night sits' }).waitFor();
  }
});

test.each([
  ['phone', PHONE],
  ['ward PC', WARD_PC],
] as const)('nothing stands in the way of a screen reader on a %s, in either language', async (_name, options) => {
  for (const lang of ['en', 'cy'] as const) {
    const { page } = await open('duty', options, `?lang=${lang}`);
    await page.locator('h2', { hasText: consoleWords[lang].offers }).waitFor();
    for (const part of await page.locator('details:not([open]) > summary').all()) if (await part.isVisible()) await part.click();
    await figure(page, 2).locator('.link').first().click();
    await figure(page, 2).locator('.link').last().click();
    await figure(page, 2).locator('.history li').first().waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
});
