/// <reference lib="dom" />
/** The board room in a real browser against a real api: what it shows was so, it can be proved, and nothing of it looks like the present (I14, I15). */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, stateText, type BoardState } from '@comm-cell/board/state';
import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { boardView } from '@comm-cell/board/views/board';
import type { EntriesAnswer } from '@comm-cell/contract/replay';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Api, DISPLAY_TOKEN, until } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { recordTwoDays, type Recorded } from './boardroom-past.js';
import { shownValue } from '../../apps/wall/src/panels/look.js';
import { words } from '../../apps/wall/src/words-cy.js';
import { boardroomWords } from '../../apps/wall/src/screens/boardroom/boardroom-words.js';

let postgres: TestPostgres;
let api: Api;
let browser: Browser;
let past: Recorded;
let token: string;
const closing: (() => unknown)[] = [];
/** What no page may ever do: report an error, or ask anybody but its server. */
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  past = await recordTwoDays(url, 'buckinghamshire', Date.now() - 2 * MINUTE_MS);
  api = await Api.start({ DATABASE_URL: url });
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  token = (await new People(database).create([past.board], 'System lead', 'coordinator')).token;
  await database.destroy();
  // A wall that is up while the others run: what it draws is counted by the minute.
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addCookies([{ name: 'commcell_display', value: DISPLAY_TOKEN, url: api.address }]);
  const wall = await context.newPage();
  await wall.goto(`${api.address}/wall/${past.board}`);
  await wall.locator('body[data-link=live]').waitFor();
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

interface Opened {
  page: Page;
  context: BrowserContext;
  /** Addresses of the sockets it opened. */
  sockets: string[];
}
interface Opening {
  width?: number;
  height?: number;
  signedIn?: boolean;
  /** Words an expected complaint of the browser has in it. */
  allows?: RegExp;
  before?: (page: Page) => Promise<unknown>;
}
async function open(path: string, { width = 1920, height = 1080, signedIn = true, allows, before }: Opening = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB', acceptDownloads: true });
  closing.push(() => context.close());
  if (signedIn) await context.request.post(`${api.address}/v1/desk/session`, { data: { token }, headers: { origin: api.address } });
  const page = await context.newPage();
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('console', (message) => message.type() === 'error' && !allows?.test(message.text()) && trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== api.address) trouble.push(`asked ${request.url()}`);
  });
  await before?.(page);
  await page.goto(api.address + path);
  return { page, context, sockets };
}

const iso = (at: number): string => new Date(at).toISOString();
const room = (at: number, more = ''): string => `/boardroom/${past.board}?at=${iso(at)}${more}`;
const hashOf = (state: BoardState): string => createHash('sha256').update(stateText(state)).digest('hex');
const stateAt = (moment: number): BoardState =>
  evolveAll(
    emptyBoard,
    past.entries.filter(({ at }) => at <= moment),
  );
/** The picture rests and was compared with the journal. */
async function proven(page: Page): Promise<string> {
  await page.locator('[data-proof] [data-hash]').waitFor();
  return (await page.locator('[data-proof] [data-hash]').getAttribute('data-hash'))!;
}
const momentOf = async (page: Page): Promise<number> => Number(await page.locator('.boardroom').getAttribute('data-at')) * 1_000;
/** What stands on the tiles: figure → value. */
async function values(page: Page): Promise<Record<string, string>> {
  return page.$$eval('[data-tile] [data-series]', (all) =>
    Object.fromEntries(all.map((one) => [(one as HTMLElement).dataset['series']!, (one as HTMLElement).dataset['value']!])),
  );
}
function expected(state: BoardState, now: number): Record<string, string> {
  const view = boardView(state, now, 'overview')!;
  return Object.fromEntries(
    view.columns.flatMap(({ tiles }) =>
      tiles.map(({ headline }) => {
        const value = shownValue(headline);
        return [headline.figure, typeof value === 'number' ? String(value) : ''];
      }),
    ),
  );
}
/** What axe has against it, best practice included. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' · ')}`);
}
/** Everything on the screen that sounds like the present. */
const PRESENT = /\blive\b|\bbyw\b|\bfyw\b/i;
async function soundsPresent(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => document.body.innerText);
  const link = await page.evaluate(() => document.body.dataset['link']);
  return [...(PRESENT.exec(text) ?? []), ...(link === 'replay' ? [] : [String(link)])];
}

describe('a moment', () => {
  test('is drawn as the journal folds to it, by link, by field and by key', async () => {
    const at = past.to - 6.5 * HOUR_MS;
    const { page } = await open(room(at));
    expect(await proven(page)).toBe(hashOf(stateAt(at)));
    expect(await values(page)).toMatchObject(expected(stateAt(at), at));
    expect(await page.locator('[data-past]').getAttribute('data-past')).toBe('REPLAY');

    const asked = new Date(past.to - 20 * HOUR_MS);
    asked.setUTCSeconds(0, 0);
    const zoneOffset = boardView(stateAt(at), at, 'overview')!.zoneOffsetMs;
    const local = new Date(asked.getTime() + zoneOffset).toISOString();
    await page.locator('.dock input[type=date]').fill(local.slice(0, 10));
    await page.locator('.dock input[type=time]').fill(local.slice(11, 16));
    await page.locator('.dock form button').first().click();
    await until(async () => (await momentOf(page)) === asked.getTime(), 'the moment that was asked for');
    expect(await proven(page)).toBe(hashOf(stateAt(asked.getTime())));
    expect(new URL(page.url()).searchParams.get('at')).toBe(iso(asked.getTime()));
    await page.goBack();
    await until(async () => (await momentOf(page)) === Math.floor(at / 1_000) * 1_000, 'the moment before, by Back');
  });

  test('stepping goes from one recorded moment to the next and back', async () => {
    const start = past.to - 3 * HOUR_MS;
    const { page } = await open(room(start));
    await proven(page);
    const recorded = [...new Set(past.entries.map(({ at }) => at))];
    const next = recorded.filter((at) => at > start).slice(0, 3);
    for (const at of next) {
      await page.keyboard.press('ArrowRight');
      await until(async () => (await momentOf(page)) === Math.floor(at / 1_000) * 1_000, `a step on to ${iso(at)}`);
    }
    expect(await page.locator('[data-happened] li').count()).toBeGreaterThan(0);
    for (const at of [next[1]!, next[0]!, recorded.findLast((one) => one <= start)!]) {
      await page.keyboard.press('ArrowLeft');
      await until(async () => (await momentOf(page)) === Math.floor(at / 1_000) * 1_000, `a step back to ${iso(at)}`);
    }
    expect(await proven(page)).toBe(hashOf(stateAt(recorded.findLast((one) => one <= start)!)));
  });

  test('plays at 3,600 times and still is what the journal says, wherever it is stopped', async () => {
    const { page, sockets } = await open(room(past.from + HOUR_MS, '&speed=3600'));
    await proven(page);
    await page.keyboard.press('Space');
    await until(async () => (await momentOf(page)) > past.from + 12 * HOUR_MS, 'half a day played');
    await page.keyboard.press('Space');
    expect(await page.locator('.boardroom').getAttribute('data-playing')).toBe('false');
    const hash = await proven(page);
    const at = Date.parse(new URL(page.url()).searchParams.get('at')!);
    await until(async () => Date.parse(new URL(page.url()).searchParams.get('at')!) >= (await momentOf(page)), 'the address holds the moment');
    const stopped = Date.parse(new URL(page.url()).searchParams.get('at')!);
    expect(stopped).toBeGreaterThanOrEqual(at);
    expect(hash).toBe(hashOf(stateAt(stopped)));
    expect(sockets).toEqual([]);
  });

  test('a link shows somebody else the same', async () => {
    const first = await open(room(past.to - 11 * HOUR_MS));
    await proven(first.page);
    await first.page.keyboard.press('Shift+ArrowRight');
    await until(async () => (await momentOf(first.page)) === Math.floor((past.to - 10 * HOUR_MS) / 1_000) * 1_000, 'an hour on');
    const hash = await proven(first.page);
    const second = await open(first.page.url().slice(api.address.length));
    expect(await proven(second.page)).toBe(hash);
    expect(await values(second.page)).toEqual(await values(first.page));
  });

  test('a picture that is not the journal’s is covered, not shown', async () => {
    const at = past.to - 2 * HOUR_MS;
    // The fault: the newest readings are lost on their way to the screen.
    const spoil = (page: Page): Promise<unknown> =>
      page.route('**/replay/seek?*', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as Pick<EntriesAnswer, 'entries'>;
        body.entries.splice(
          body.entries.findLastIndex(({ event }) => event.kind === 'ReadingsRecorded'),
          1,
        );
        await route.fulfill({ response: answer, json: body });
      });
    const { page } = await open(room(at), { before: spoil });
    await page.locator('.cover[role=alert]').waitFor();
    expect(await page.locator('.cover').innerText()).toContain(boardroomWords.en.uncovered.unproven);
    await page.unroute('**/replay/seek?*');
    await page.locator('.cover button').click();
    expect(await proven(page)).toBe(hashOf(stateAt(at)));
  });
});

describe('three ways to read it', () => {
  test('as shown, as known, under today’s rules: marked, and the differences named', async () => {
    const { series, at: observed, shown, known, correctedAt } = past.corrected;
    const at = observed + 5 * MINUTE_MS;
    expect(correctedAt).toBeGreaterThan(at);
    const { page } = await open(room(at));
    await proven(page);
    const before = await values(page);
    await page.locator('input[value=known]').check();
    await page.locator('[data-mode=known]').waitFor();
    const difference = page.locator(`[data-difference="${series}"]`);
    await difference.waitFor();
    expect(await difference.innerText()).toMatch(new RegExp(`${shown}[^]*${known}`));
    expect(new URL(page.url()).searchParams.get('as') ?? 'known').toBe('known');
    expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe('not-shown');
    await page.locator('input[value=today]').check();
    await page.locator('[data-mode=today]').waitFor();
    await page.locator('input[value=shown]').check();
    await page.locator('[data-mode]').waitFor({ state: 'detached' });
    await proven(page);
    expect(await values(page)).toEqual(before);
  });
});

describe('what changed', () => {
  test('since yesterday 18:00 is one press, on a phone too, the worst first', async () => {
    const { page } = await open(`/boardroom/${past.board}?tab=changes`, { width: 390, height: 844 });
    await page.locator('[data-since=yesterday]').click();
    await page.locator('[data-changes]:not([data-changes=""])').waitFor();
    const tones = await page.$$eval('[data-tone]', (all) => all.map((one) => (one as HTMLElement).dataset['tone']));
    expect(tones.length).toBeGreaterThan(5);
    expect(tones.indexOf('better')).toBeGreaterThan(tones.lastIndexOf('worse'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test('the address of the wall’s menu asks it at once', async () => {
    const { page } = await open(`/boardroom/${past.board}?since=18:00`);
    await page.locator('[data-changes]:not([data-changes=""])').waitFor();
    expect(await page.locator('[data-since=yesterday]').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('the screen', () => {
  test('by keys alone: play, steps, hours, days, ends, speed, tabs', async () => {
    const { page } = await open(room(past.to - 12 * HOUR_MS));
    await proven(page);
    const press = async (key: string, what: (at: number) => boolean): Promise<void> => {
      await page.keyboard.press(key);
      await until(async () => what(await momentOf(page)), `what ${key} does`);
    };
    const start = await momentOf(page);
    await press('Shift+ArrowLeft', (at) => at === start - HOUR_MS);
    await press('Shift+ArrowRight', (at) => at === start);
    await press('[', (at) => at < start - 20 * HOUR_MS);
    await press(']', (at) => at === start);
    await press('Home', (at) => at === Math.floor(past.from / 1_000) * 1_000);
    await press('End', (at) => at >= Math.floor(past.to / 1_000) * 1_000);
    await page.keyboard.press('+');
    expect(await page.locator('[data-speed]').getAttribute('data-speed')).toBe('300');
    await page.keyboard.press('-');
    expect(await page.locator('[data-speed]').getAttribute('data-speed')).toBe('60');
    await page.keyboard.press('n');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('note');
    await page.keyboard.type('A wet floor note');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('[data-mark=note]').first().waitFor();
    await page.keyboard.press('c');
    await page.locator('[data-changes]').waitFor();
    await page.keyboard.press('s');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('snapshot-name');
  });

  test('dragging along the timeline ends at the moment under the pointer', async () => {
    const { page } = await open(room(past.to - HOUR_MS));
    await proven(page);
    const box = (await page.locator('.track').boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 40);
    await page.mouse.down();
    for (let i = 1; i <= 20; i++) await page.mouse.move(box.x + 20 + (box.width * 0.02 * i) / 20, box.y + 40);
    const before = await page.locator('.track').getAttribute('aria-valuenow');
    await page.mouse.up();
    await proven(page);
    const at = Date.parse(new URL(page.url()).searchParams.get('at')!);
    expect(before).not.toBeNull();
    expect(await page.locator('[data-hash]').first().getAttribute('data-hash')).toBe(hashOf(stateAt(at)));
  });

  test('nothing on it claims to be the present, and it never opens the socket', async () => {
    const { page, sockets } = await open(room(past.to - 4 * HOUR_MS));
    await proven(page);
    for (const tongue of ['en', 'cy'] as const) {
      for (const tab of ['moment', 'changes', 'snapshots']) {
        await page.locator(`[data-tab=${tab}]`).click();
        expect([tongue, tab, await soundsPresent(page)]).toEqual([tongue, tab, []]);
      }
      await page.keyboard.press('Escape');
      await page.locator('nav button').first().click();
    }
    expect(sockets).toEqual([]);
    // Positive control: the wall itself fails every part of this.
    const wall = await open(`/wall/${past.board}`);
    await wall.page.locator('body[data-link=live]').waitFor();
    expect(await soundsPresent(wall.page)).not.toEqual([]);
    expect(wall.sockets.length).toBeGreaterThan(0);
  });

  test('Welsh throughout', async () => {
    const { page } = await open(room(past.to - 4 * HOUR_MS, '&lang=cy'));
    await proven(page);
    expect(await page.locator('[data-past]').getAttribute('data-past')).toBe(boardroomWords.cy.replay);
    const text = await page.evaluate(() => document.body.innerText);
    for (const one of [boardroomWords.cy.as.shown, boardroomWords.cy.tabs.changes, boardroomWords.cy.happened, words.cy.alerts]) expect(text).toContain(one);
    for (const one of [boardroomWords.en.as.shown, boardroomWords.en.tabs.changes, boardroomWords.en.happened]) expect(text).not.toContain(one);
  });

  test.each([
    ['projector', 1280, 720, true],
    ['desk', 1920, 1080, false],
    ['tablet', 820, 1180, false],
    ['phone', 390, 844, true],
  ])('%s: nothing is cut off, and axe finds nothing', async (_name, width, height, axe) => {
    const { page } = await open(room(past.to - 4 * HOUR_MS), { width, height });
    await proven(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const cut = await page.$$eval('[data-tile], .past, .controls button, .tabs button', (all) =>
      all.flatMap((one) => (one.scrollWidth > one.clientWidth + 1 ? [`${one.className} ${one.textContent.trim().slice(0, 40)}`] : [])),
    );
    expect(cut).toEqual([]);
    if (!axe) return;
    for (const tab of ['moment', 'changes', 'snapshots']) {
      await page.locator(`[data-tab=${tab}]`).click();
      expect([tab, await faults(page)]).toEqual([tab, []]);
    }
  });

  test('who is not signed in is told how, and comes back to the same moment', async () => {
    const at = past.to - HOUR_MS;
    const { page } = await open(room(at), { signedIn: false, allows: /401/ });
    const link = page.locator('[data-sign-in]');
    await link.waitFor();
    expect(decodeURIComponent((await link.getAttribute('href'))!)).toContain(iso(at));
  });
});

describe('snapshots', () => {
  test('frozen, found, shared, opened without a sign-in, ended', async () => {
    const at = past.to - 5.5 * HOUR_MS;
    const { page } = await open(room(at, '&tab=snapshots'));
    await page.locator('#snapshot-name').fill('Winter debrief');
    await page.locator('#snapshot-note').fill('Before the second crew came');
    await page.locator('form button').filter({ hasText: boardroomWords.en.snapshots.save }).click();
    const one = page.locator('[data-snapshot]').first();
    await one.locator('.title').click();
    expect(await one.locator('[data-whole]').getAttribute('data-whole')).toBe('true');
    await one.locator('input[type=checkbox]').uncheck();
    await one.locator('button').filter({ hasText: boardroomWords.en.snapshots.make }).click();
    const link = new URL(await one.locator('[data-link-address]').inputValue());
    expect(link.hash.length).toBeGreaterThan(20);

    const guest = await open(link.pathname + link.hash, { signedIn: false });
    await guest.page.locator('[data-whole=true]').waitFor();
    expect(await guest.page.locator('[data-hash]').getAttribute('data-hash')).toBe(hashOf(stateAt(at)));
    expect(await values(guest.page)).toMatchObject(expected(stateAt(at), at));
    expect(await soundsPresent(guest.page)).toEqual([]);
    expect(guest.sockets).toEqual([]);
    expect(await guest.page.locator('[data-past]').getAttribute('data-past')).toBe('SNAPSHOT');
    expect(await faults(guest.page)).toEqual([]);
    await guest.page.reload();
    await guest.page.locator('[data-whole=true]').waitFor();

    const other = await open(`${link.pathname}#${link.hash.slice(1, -4)}abcd`, { signedIn: false, allows: /4(0|1)[0-9]/ });
    await other.page.locator('.told[role=alert]').waitFor();
    expect(await other.page.locator('.told').innerText()).toBe(boardroomWords.en.snapshots.gone);

    await one.locator('.link button').first().click();
    await one.locator('.link small').waitFor();
    const late = await open(link.pathname + link.hash, { signedIn: false, allows: /4(0|1)[0-9]/ });
    await late.page.locator('.told[role=alert]').waitFor();
  });

  test('a redacted link has no words of people', async () => {
    const at = past.to - 5.5 * HOUR_MS;
    const text = 'Ward 8 closed with flu';
    const { page, context } = await open(room(at));
    await proven(page);
    expect(JSON.stringify(stateAt(at))).toContain(text);
    const board = `${api.address}/v1/boards/${past.board}/snapshots`;
    const headers = { origin: api.address };
    const { snapshot } = (await (await context.request.post(board, { data: { name: 'Public session', at: iso(at) }, headers })).json()) as { snapshot: string };
    const made = await context.request.post(`${board}/${snapshot}/links`, { data: { until: iso(Date.now() + HOUR_MS), redact: true }, headers });
    const { link } = (await made.json()) as { link: string };
    const guest = await open(link, { signedIn: false });
    await guest.page.locator('[data-whole=true]').waitFor();
    const seen = await guest.page.evaluate(() => document.body.innerText);
    expect(seen).not.toContain(text);
    expect(seen).not.toContain('System lead');
    expect(seen).toContain(boardroomWords.en.snapshots.redactedNote);
  });

  test('the picture is saved as a PNG of the wall at that moment', async () => {
    const { page } = await open(room(past.to - 4 * HOUR_MS));
    await proven(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.papers button').first().click()]);
    expect(download.suggestedFilename()).toMatch(/^buckinghamshire-\d{4}-\d\d-\d\dT\d{4}\.png$/);
    const png = await readFile(await download.path());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(2_500);
    // Not a blank sheet: a picture of the wall does not shrink to nothing.
    expect(png.length).toBeGreaterThan(100_000);
  });
});

test('a moment says whether it matches what the walls reported', async () => {
  const early = await open(room(past.to - 4 * HOUR_MS));
  await proven(early.page);
  expect(await early.page.locator('[data-proof]').getAttribute('data-proof')).toBe('none');
  const board = `${api.address}/v1/boards/${past.board}/replay`;
  const { context } = early;
  const drawn = async (): Promise<unknown> => {
    // Something is recorded, so that there is a moment after the report.
    await context.request.post(`${board}/notes`, { data: { about: iso(past.to), text: 'A note of the test' }, headers: { origin: api.address } });
    const { to } = (await (await context.request.get(`${board}/span`)).json()) as { to: number };
    return ((await (await context.request.get(`${board}/state?at=${iso(to)}`)).json()) as { drawn: unknown }).drawn;
  };
  await until(
    async () => {
      if (await drawn()) return true;
      await early.page.waitForTimeout(2_000);
      return false;
    },
    'a moment that the wall reported',
    100_000,
  );
  const { page } = await open(`/boardroom/${past.board}`);
  await proven(page);
  // What the page says is what it was answered: a wall that joins anew within the minute counts as another screen.
  const [answer] = await Promise.all([page.waitForResponse((one) => one.url().includes('/replay/state?') && one.url().includes('shown')), page.reload()]);
  await proven(page);
  const told = ((await answer.json()) as { drawn: { displays: number; different: number } }).drawn;
  expect([told.displays > 0, told.different]).toEqual([true, 0]);
  expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe('matches');
  expect(await page.locator('[data-proof]').innerText()).toContain(boardroomWords.en.proof.matches(told.displays));
});
