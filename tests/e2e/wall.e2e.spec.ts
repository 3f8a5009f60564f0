/// <reference lib="dom" />
/** The wall in a real browser against a real api: nothing looks good or live that is not (I18–I23, I25, I28), in both languages, on every size. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { BEAT_MS, PROTOCOL } from '@comm-cell/contract/live';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { Api, DISPLAY_TOKEN, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { faultsOf, obstaclesOf } from '../support/picture.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { Proxy } from '../support/proxy.js';
import { words } from '../../apps/wall/src/words-cy.js';

let postgres: TestPostgres;
let url: string;
let api: Api;
let browser: Browser;
const keys: Record<string, Record<string, string>> = {};
const closing: (() => unknown)[] = [];
/** What no page may ever do: report an error, or ask anybody but its server. */
const trouble: string[] = [];

/** `small` with a roll-up of three places in a tile of its own. */
function withRollup(): ProposedDefinition {
  const plain = smallBoard({ feeds: 4, series: 3 });
  const title = { en: 'Whole', cy: 'Cyfan' };
  return {
    ...plain,
    rollups: {
      'm.1@all': {
        id: 'm.1@all',
        metric: 'm.1',
        how: 'sum',
        of: ['m.1@here', 'm.1@here-2', 'm.1@here-3'],
        thresholds: { watch: { atLeast: 1_000 }, act: { atLeast: 2_000 } },
      },
    },
    tiles: { ...plain.tiles, whole: { id: 'whole', title, headline: 'm.1@all', lines: [] } },
    overview: [{ title, tiles: [...plain.overview[0]!.tiles, 'whole'] }],
    detail: [{ title, tiles: [...plain.detail[0]!.tiles, 'whole'] }],
  };
}

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  url = await postgres.database();
  for (const board of [withRollup(), smallBoard({ id: 'quick', everyMs: 6_000 }), loadBoard('buckinghamshire')])
    keys[board.id] = (await prepareBoard(url, board)).keys;
  api = await Api.start({ DATABASE_URL: url });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(trouble.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await api.stop();
  await postgres.stop();
});

interface Opened {
  page: Page;
  context: BrowserContext;
  cdp: CDPSession;
}
/** Opens a page that may watch, and notes its misdeeds. `breaks`: its line is going to be cut, which browsers print. */
async function open(
  path: string,
  {
    address = api.address,
    width = 1920,
    height = 1080,
    breaks = false,
    before,
  }: { address?: string; width?: number; height?: number; breaks?: boolean; before?: (page: Page) => Promise<unknown> } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height } });
  closing.push(() => context.close());
  await context.addCookies([{ name: 'commcell_display', value: DISPLAY_TOKEN, url: address }]);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !(breaks && /WebSocket|ERR_/.test(message.text()))) trouble.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(address).host && !request.url().startsWith('data:')) trouble.push(`asked ${request.url()}`);
  });
  await before?.(page);
  await page.goto(address + path);
  return { page, context, cdp: await context.newCDPSession(page) };
}
async function openWall(board: string, options: Parameters<typeof open>[1] & { query?: string } = {}): Promise<Opened> {
  const opened = await open(`/wall/${board}${options.query ?? ''}`, options);
  await linkBecomes(opened.page, 'live');
  return opened;
}
async function linkBecomes(page: Page, link: 'live' | 'covered', withinMs = 60_000): Promise<void> {
  await page.waitForSelector(`body[data-link="${link}"]`, { state: 'attached', timeout: withinMs });
}
let moment = 0;
async function post(board: string, values: Record<string, unknown>, more: Record<string, unknown> = {}, feed = 'ed'): Promise<void> {
  // Each call a moment of its own: two values for one moment would be a conflict.
  moment = Math.max(Date.now(), moment + 1);
  const readings = Object.entries(values).map(([series, value]) => ({
    series,
    observedAt: new Date(moment).toISOString(),
    ...(value === undefined ? {} : { value }),
    ...more,
  }));
  const { status, body } = await api.post(feed, keys[board]![feed]!, { readings });
  expect([status, body]).toEqual([201, expect.objectContaining({ accepted: readings.length })]);
}
const valueOf = (page: Page, series: string): Promise<string | null> =>
  page.locator(`[data-tile] [data-series="${series}"]`).first().getAttribute('data-value');
async function valueBecomes(page: Page, series: string, value: string): Promise<void> {
  await until(async () => (await valueOf(page, series)) === value, `${series} shows ${value}`);
}

/** Does anything inside the tile of this series wear the colour of good? Asked of the computed style, not of class names. */
const SHOWS_GOOD = `(series) => {
  const probe = document.createElement('i');
  probe.className = 'probe-of-the-test';
  document.body.append(probe);
  probe.style.setProperty('color', getComputedStyle(document.querySelector('[data-tile]')).getPropertyValue('--ok'));
  const good = getComputedStyle(probe).color;
  probe.remove();
  const tile = document.querySelector('[data-tile]:has([data-series="' + series + '"])');
  return [tile, ...tile.querySelectorAll('*')].some((one) => {
    const style = getComputedStyle(one);
    return [style.color, style.backgroundColor, style.fill, style.stroke, style.borderTopColor].includes(good) && !['SCRIPT', 'STYLE'].includes(one.tagName);
  });
}`;
async function showsGood(page: Page, series: string): Promise<boolean> {
  return page.evaluate(`(${SHOWS_GOOD})(${JSON.stringify(series)})`);
}
/** Writes down every change of an attribute, with no gap between looks. */
async function record(page: Page, selector: string, attribute: string): Promise<() => Promise<string[]>> {
  const name = `seen_${attribute.replaceAll('-', '_')}`;
  await page.evaluate(`(() => {
    const look = () => document.querySelector(${JSON.stringify(selector)})?.getAttribute(${JSON.stringify(attribute)}) ?? 'gone';
    const seen = (window.${name} = [look()]);
    new MutationObserver(() => look() !== seen.at(-1) && seen.push(look())).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: [${JSON.stringify(attribute)}] });
  })()`);
  return () => page.evaluate(`window.${name}`);
}

describe('figures', () => {
  test('a reading that is posted is shown, with its state; positive control: good is recognised as good', async () => {
    const { page } = await openWall('small');
    await post('small', { 'm.1@here': 42, 'm.2@here': 150, 'm.3@here': 250 });
    await valueBecomes(page, 'm.1@here', '42');
    expect(await page.locator('[data-tile="tile-1"] [data-series="m.1@here"]').first().innerText()).toContain('42');
    expect(await page.locator('[data-series="m.1@here"]').first().getAttribute('data-status')).toBe('ok');
    expect(await showsGood(page, 'm.1@here')).toBe(true);
    expect(await page.locator('[data-series="m.1@here"]').first().getAttribute('data-place')).toBe('here');
  });

  test('not reported is not 0, and nothing yet is neither (I20)', async () => {
    const { page } = await openWall('small', { query: '?density=detail' });
    await post('small', { 'm.2@here': 0 });
    await valueBecomes(page, 'm.2@here', '0');
    await api.post('ed', keys.small!.ed!, { readings: [{ series: 'm.1@here', observedAt: new Date().toISOString(), notReported: 'system down' }] });
    await valueBecomes(page, 'm.1@here', '');
    const shown = (series: string): Promise<string> => page.locator(`[data-tile] [data-series="${series}"]`).first().innerText();
    expect(await shown('m.1@here')).not.toMatch(/0/);
    expect(await shown('m.2@here')).toMatch(/^0/);
    expect(await shown('m.1@here-4')).not.toMatch(/\d/);
    expect(await page.locator('[data-series="m.1@here"]').first().getAttribute('data-status')).toBe('none');
    expect(await page.locator('[data-series="m.1@here-4"]').first().getAttribute('data-freshness')).toBe('never');
    for (const series of ['m.1@here-4']) expect([series, await showsGood(page, series)]).toEqual([series, false]);
  });

  test('a roll-up with a part missing is never good and says how many there are (I21)', async () => {
    const { page } = await openWall('small');
    await post('small', { 'm.1@here-2': 5 }, {}, 'ed-2');
    await post('small', { 'm.1@here': 5 });
    await valueBecomes(page, 'm.1@all', '10');
    const tile = page.locator('[data-tile="whole"]');
    expect(await tile.locator('[data-series="m.1@all"]').first().getAttribute('data-status')).toBe('none');
    expect(await showsGood(page, 'm.1@all')).toBe(false);
    expect(await tile.innerText()).toMatch(/2\s*(of|\/)\s*3/);
    await post('small', { 'm.1@here-3': 5 }, {}, 'ed-3');
    await valueBecomes(page, 'm.1@all', '15');
    expect(await tile.locator('[data-series="m.1@all"]').first().getAttribute('data-status')).toBe('ok');
    expect(await showsGood(page, 'm.1@all')).toBe(true);
  });

  test('age shows by itself: fresh, due, late, withdrawn; none of the last two looks good (I18, I22)', async () => {
    const { page } = await openWall('quick');
    expect(await showsGood(page, 'm.1@here')).toBe(false);
    const seen = await record(page, '[data-tile] [data-series="m.1@here"]', 'data-freshness');
    await post('quick', { 'm.1@here': 7, 'm.2@here': 8, 'm.3@here': 9 });
    await until(async () => (await seen()).includes('fresh') && showsGood(page, 'm.1@here'), 'it is fresh and good');
    for (const state of ['late', 'expired']) {
      await until(async () => (await seen()).at(-1) === state, `it is ${state}`);
      expect([state, await showsGood(page, 'm.1@here')]).toEqual([state, false]);
    }
    expect(await seen()).toEqual(['never', 'fresh', 'due', 'late', 'expired']);
    expect(await valueOf(page, 'm.1@here')).toBe('');
    expect(await page.locator('[data-tile="tile-1"]').innerText()).toMatch(/No data since \d\d:\d\d/);
    await api.request('/v1/feeds/ed/suspension', {
      method: 'PUT',
      headers: { authorization: `Bearer ${keys.quick!.ed}`, 'content-type': 'application/json' },
      body: JSON.stringify({ until: new Date(Date.now() + 60_000).toISOString(), reason: 'upgrade' }),
    });
    await until(async () => (await seen()).at(-1) === 'suspended', 'it is suspended');
    expect(await showsGood(page, 'm.1@here')).toBe(false);
  });
});

describe('the cover (I19)', () => {
  /** How colourful a picture is, 0–255: the cover takes every colour away. */
  async function colour(png: string, looker: Page): Promise<number> {
    return looker.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const drawn = canvas.getContext('2d')!;
      drawn.drawImage(picture, 0, 0);
      const { data: pixels } = drawn.getImageData(0, 0, picture.width, picture.height);
      let most = 0;
      for (let i = 0; i < pixels.length; i += 4 * 7)
        most = Math.max(most, Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!) - Math.min(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!));
      return most;
    }, png);
  }

  test('goes with the first beat, which mostly comes before the board it proves is unpacked; positive control: without a beat it stays', async () => {
    const wall = async (beats: number): Promise<Page> => {
      const { page } = await open('/wall/small', {
        before: (fresh) =>
          fresh.routeWebSocket(/socket\.io/, (socket) => {
            let heard = 0;
            socket.connectToServer().onMessage((message) => {
              if (!String(message).includes('"board:beat"') || ++heard <= beats) socket.send(message);
            });
          }),
      });
      return page;
    };
    await linkBecomes(await wall(1), 'live');
    const unproven = await wall(0);
    await unproven.waitForSelector('[data-tile]', { state: 'attached' });
    await unproven.waitForTimeout(BEAT_MS + 1_000);
    await linkBecomes(unproven, 'covered', 1_000);
  });

  test('comes when the server is frozen, and goes with the present values', async () => {
    const other = await Api.start({ DATABASE_URL: url });
    closing.push(() => other.stop());
    const { page } = await openWall('small', { address: other.address, breaks: true });
    other.freeze();
    await post('small', { 'm.1@here': 61 });
    const began = Date.now();
    await linkBecomes(page, 'covered', 40_000);
    expect(Date.now() - began).toBeLessThan(25_000);
    expect(await page.locator('[data-cover="on"]').innerText()).toMatch(/Not live since \d\d:\d\d/);
    expect(await page.locator('[data-cover="on"]').innerText()).toMatch(/Ddim yn fyw ers \d\d:\d\d/);
    other.thaw();
    await linkBecomes(page, 'live');
    expect(await valueOf(page, 'm.1@here')).toBe('61');
  });

  test('comes when the line is half-open, and goes when it is whole', async () => {
    const line = await Proxy.to(() => api.port);
    closing.push(() => line.close());
    const { page } = await openWall('small', { address: line.address, breaks: true });
    line.weather = { silent: true };
    await linkBecomes(page, 'covered', 40_000);
    await post('small', { 'm.1@here': 62 });
    line.weather = {};
    await linkBecomes(page, 'live');
    await valueBecomes(page, 'm.1@here', '62');
  });

  test("comes by itself when the page's own script hangs; positive control: a page without the animation keeps its colours", async () => {
    const looker = await (await browser.newContext()).newPage();
    closing.push(() => looker.context().close());
    /** The newest picture of a page, taken without asking its script. */
    const watch = async ({ cdp }: Opened): Promise<() => Promise<number>> => {
      let newest = '';
      cdp.on('Page.screencastFrame', ({ data, sessionId }) => {
        newest = data;
        void cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
      });
      await cdp.send('Page.startScreencast', { format: 'png', maxWidth: 640, maxHeight: 360, everyNthFrame: 1 });
      await until(() => newest !== '', 'a first frame');
      return () => colour(newest, looker);
    };
    const [sound, broken] = [await openWall('small'), await openWall('small')];
    await broken.page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.insertRule('.cover { animation: none !important }');
      document.adoptedStyleSheets = [sheet];
    });
    const [colourOfSound, colourOfBroken] = [await watch(sound), await watch(broken)];
    await new Promise((resolve) => setTimeout(resolve, 17_000));
    // While proofs come, the animation never gets there.
    expect(await colourOfSound()).toBeGreaterThan(100);
    const HANG_MS = 30_000;
    for (const { page } of [sound, broken]) {
      await page.evaluate(
        (ms) =>
          void setTimeout(() => {
            for (const end = performance.now() + ms; performance.now() < end;);
          }, 50),
        HANG_MS,
      );
    }
    const began = Date.now();
    await until(async () => (await colourOfSound()) < 30, 'the picture loses its colours although the script hangs', HANG_MS - 2_000);
    expect(await colourOfBroken()).toBeGreaterThan(100);
    // Both hung all the while: no script had a part in it.
    expect(Date.now() - began).toBeLessThan(HANG_MS);
    await until(async () => (await colourOfSound()) > 100, 'the colours are back');
    await linkBecomes(sound.page, 'live');
  });

  test.each([
    ['woke from being frozen', `document.dispatchEvent(new Event('resume'))`],
    ['became visible', `document.dispatchEvent(new Event('visibilitychange'))`],
    ['came out of the back-forward cache', `dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`],
  ])('a page that %s covers itself first and asks, then it is live', async (_name, event) => {
    const { page } = await openWall('small');
    const seen = await record(page, 'body', 'data-link');
    await page.evaluate(event);
    await until(async () => (await seen()).length > 2, 'it covered itself and came back');
    expect((await seen()).slice(0, 3)).toEqual(['live', 'covered', 'live']);
  });

  test('a page whose process slept comes back with the present values, whatever waited for it meanwhile', async () => {
    const renderers = async (): Promise<number[]> => {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      await session.detach();
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    };
    const before = await renderers();
    const { page } = await openWall('small');
    const own = (await renderers()).filter((id) => !before.includes(id));
    expect(own.length).toBeGreaterThan(0);
    const seen = await record(page, 'body', 'data-link');
    for (const id of own) process.kill(id, 'SIGSTOP');
    await post('small', { 'm.1@here': 63 });
    await new Promise((resolve) => setTimeout(resolve, 17_000));
    for (const id of own) process.kill(id, 'SIGCONT');
    await valueBecomes(page, 'm.1@here', '63');
    await linkBecomes(page, 'live');
    expect((await seen()).at(-1)).toBe('live');
  });

  test.each([
    ['another protocol', (text: string) => text.replace(`"protocol":${PROTOCOL}`, `"protocol":${PROTOCOL + 1}`)],
    [
      'events this build does not know',
      (text: string) => (text.includes('board:batch') ? text.replaceAll('"kind":"ReadingsRecorded"', '"kind":"SomethingNew"') : text),
    ],
    ['another state than its hash says', (text: string) => text.replace(/("hash":")[0-9a-f]{8}/, '$100000000')],
  ])('stays on with a server of %s (I28)', async (name, bend) => {
    const { build } = (await api.request<{ build: string }>('/health/live')).body;
    const { page } = await open('/wall/small', {
      before: async (one) => {
        // A reload would start the page afresh; here it believes that it has tried that.
        await one.addInitScript((tried) => sessionStorage.setItem('reloaded-for', tried), JSON.stringify({ build, at: Date.now() }));
        await one.routeWebSocket(/socket\.io/, (socket) => {
          const server = socket.connectToServer();
          server.onMessage((message) => socket.send(typeof message === 'string' ? bend(message) : message));
        });
      },
    });
    await page.waitForSelector('[data-tile]');
    if (name.startsWith('events')) await linkBecomes(page, 'live');
    await post('small', { 'm.2@here': 64 });
    await linkBecomes(page, 'covered');
    const seen = await record(page, 'body', 'data-link');
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(await seen()).toEqual(['covered']);
    if (!name.startsWith('another state')) expect(await page.locator('[data-cover="on"]').innerText()).toMatch(/Update required/);
  });

  test('a page of another build than its server loads itself anew, once, at a quiet moment (I28)', async () => {
    const newer = await Api.start({ DATABASE_URL: url, COMM_CELL_BUILD: 'a-newer-build' });
    closing.push(() => newer.stop());
    // The moment is drawn by lot within a minute; here the lot is the first second.
    let loads = 0;
    const before = async (one: Page): Promise<void> => {
      one.on('load', () => loads++);
      await one.addInitScript('Math.random = () => 0.01');
    };
    const { page } = await openWall('quick', { address: newer.address, before });
    await until(() => loads === 2, 'the page has loaded itself anew');
    await linkBecomes(page, 'live');
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect([loads, await page.locator('body').getAttribute('data-link')]).toEqual([2, 'live']);
  });
});

describe("the screen's own clock (I23)", () => {
  const YEARS = 10 * 365 * 86_400_000;
  /** Every mark of freshness there is. */
  const marks = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('[data-freshness]')].map(
        (one) => `${one.getAttribute('data-series')} ${one.getAttribute('data-freshness')} ${one.getAttribute('data-status')}`,
      ),
    );

  test.each([
    ['behind', -YEARS],
    ['ahead', YEARS],
  ])('ten years %s changes no mark', async (_name, byMs) => {
    await post('small', { 'm.1@here': 65, 'm.2@here': 66 });
    const shift = `(() => { const Real = Date; window.__shift = ${byMs}; window.Date = class extends Real { constructor(...a) { if (a.length) super(...a); else super(Real.now() + window.__shift); } static now() { return Real.now() + window.__shift; } }; })()`;
    const { page: wrong } = await openWall('small', { query: '?density=detail', before: (page) => page.addInitScript(shift) });
    const { page: right } = await openWall('small', { query: '?density=detail' });
    expect(await wrong.evaluate(() => new Date().getFullYear())).not.toBe(new Date().getFullYear());
    expect(await marks(wrong)).toEqual(await marks(right));
    expect((await marks(wrong)).length).toBeGreaterThan(10);
    // And a jump while it runs: covered, asked, live again, the same marks.
    const seen = await record(wrong, 'body', 'data-link');
    await wrong.evaluate(`window.__shift = ${-byMs / 3}`);
    await until(async () => (await seen()).length >= 3, 'it covered itself and came back');
    expect((await seen()).slice(0, 3)).toEqual(['live', 'covered', 'live']);
    expect(await marks(wrong)).toEqual(await marks(right));
  });
});

describe('parts that are fetched when they are to be shown', () => {
  test('one that does not come leaves the rest as it is and is named, until it is there; positive control: nothing is named when all came', async () => {
    const missing = words.en.partMissing;
    const whole = await openWall('small', { query: '?density=detail' });
    await whole.page.locator('.foot').waitFor();
    expect(await whole.page.getByText(missing).count()).toBe(0);

    const parts = '**/Providers-*.js';
    const { page } = await openWall('small', { query: '?density=detail', breaks: true, before: (fresh) => fresh.route(parts, (route) => route.abort()) });
    await page.getByText(missing).waitFor();
    expect(await page.locator('[data-tile]').count()).toBeGreaterThan(0);
    expect(await page.locator('.foot').count()).toBe(0);
    await page.unroute(parts);
    await page.locator('.foot').waitFor();
    await page.getByText(missing).waitFor({ state: 'detached' });
  });

  test('a Welsh screen speaks Welsh from its first picture', async () => {
    const { page } = await openWall('small', {
      query: '?lang=cy',
      before: (fresh) =>
        fresh.addInitScript(() => {
          const said = new Set<string>();
          Object.assign(globalThis, { said });
          new MutationObserver(() => document.querySelectorAll('.band small').forEach(({ textContent }) => said.add(textContent ?? ''))).observe(document, {
            subtree: true,
            childList: true,
            characterData: true,
          });
        }),
    });
    const said = await page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said]);
    expect(said).toContain(words.cy.reasons['no-connection']);
    expect(said).not.toContain(words.en.reasons['no-connection']);
  });

  test('a Welsh screen whose words do not come speaks English, whole, until they are there', async () => {
    const welsh = '**/words-cy-*.js';
    const { page } = await openWall('small', { query: '?lang=cy', breaks: true, before: (fresh) => fresh.route(welsh, (route) => route.abort()) });
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    expect(await page.getByText('Whole', { exact: true }).count()).toBeGreaterThan(0);
    await page.unroute(welsh);
    await page.waitForSelector('html[lang="cy"]', { state: 'attached' });
  });
});

describe('every size, both languages', () => {
  const board = loadBoard('buckinghamshire');
  beforeAll(async () => {
    for (const feed of Object.values(board.feeds)) {
      const readings = feed.series.map((id, i) => {
        const { range, metric } = board.series[id]!;
        const { kind, decimals } = board.metrics[metric]!;
        const value = kind === 'text' ? 'two ambulances wait' : Number((range.min + (range.max - range.min) * (0.2 + 0.1 * (i % 5))).toFixed(decimals));
        return { series: id, observedAt: new Date().toISOString(), value };
      });
      const { status } = await api.post(feed.id, keys.buckinghamshire![feed.id]!, { readings });
      expect([feed.id, status]).toEqual([feed.id, 201]);
    }
  });

  const SIZES = [
    [1280, 720],
    [1366, 768],
    [1920, 1080],
    [3840, 2160],
    [1080, 1920],
    [390, 844],
  ] as const;
  test.each(SIZES)('%i × %i: nothing overflows, nothing is cut off', async (width, height) => {
    for (const query of ['?lang=en', '?lang=cy', '?lang=en&density=detail', '?lang=cy&density=detail']) {
      const { page, context } = await openWall('buckinghamshire', { width, height, query });
      await page.locator('.foot').waitFor({ state: 'attached' });
      expect([query, await faultsOf(page)]).toEqual([query, []]);
      await context.close();
    }
  });

  test('the Welsh page says nothing of its own in English, nor the English one in Welsh', async () => {
    const own = (tongue: 'en' | 'cy'): string[] => {
      const other = JSON.stringify(words[tongue === 'en' ? 'cy' : 'en']).toLowerCase();
      const strings = (value: unknown): string[] =>
        typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
      return strings(words[tongue]).filter((word) => word.length > 3 && !other.includes(word.toLowerCase()));
    };
    const texts = JSON.stringify([
      board.name,
      ...Object.values(board.metrics).map(({ label, short }) => [label, short]),
      ...Object.values(board.tiles),
      board.providers,
      board.places,
      board.feeds,
      board.notice ?? '',
      board.overview,
      board.detail,
    ]).toLowerCase();
    for (const [lang, foreign] of [
      ['cy', own('en')],
      ['en', own('cy')],
    ] as const) {
      for (const density of ['overview', 'detail']) {
        const { page, context } = await openWall('buckinghamshire', { query: `?lang=${lang}&density=${density}` });
        expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang);
        // The mark of made-up data and the band of the cover speak both languages, always.
        const said = await page.evaluate(() => {
          const bodies = document.body.cloneNode(true) as HTMLElement;
          for (const one of bodies.querySelectorAll('[lang], [data-cover]')) if (one.getAttribute('lang') !== document.documentElement.lang) one.remove();
          return bodies.innerText.toLowerCase();
        });
        const wrong = foreign.filter(
          (word) =>
            !texts.includes(word.toLowerCase()) &&
            !['simulated data', 'data efelychedig'].includes(word.toLowerCase()) &&
            new RegExp(`(^|[^\\p{L}])${word.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}([^\\p{L}]|$)`, 'u').test(said),
        );
        expect([lang, density, wrong]).toEqual([lang, density, []]);
        await context.close();
      }
    }
  });

  test('people with a screen reader or low sight find no obstacle that can be measured', async () => {
    for (const path of ['/', '/wall/buckinghamshire?density=overview', '/wall/buckinghamshire?density=detail', '/wall/buckinghamshire?theme=light&lang=cy']) {
      const { page, context } = await open(path);
      if (path !== '/') await linkBecomes(page, 'live');
      else await page.waitForSelector('a[href^="/wall/"]');
      expect([path, await obstaclesOf(page)]).toEqual([path, []]);
      await context.close();
    }
  });
});

test('2,000 updates leave no nodes, listeners or memory behind', async () => {
  const { page, cdp } = await openWall('small', { query: '?density=detail' });
  await cdp.send('Performance.enable');
  let value = 0;
  const update = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 10)
      await Promise.all(Array.from({ length: 10 }, () => post('small', { 'm.1@here': (value = (value + 1) % 900), 'm.2@here': value % 300 })));
    await valueBecomes(page, 'm.1@here', await latest());
  };
  const latest = async (): Promise<string> =>
    String(
      (JSON.parse(JSON.stringify(await api.board('small'))) as { columns: { tiles: { headline: { value: number } }[] }[] }).columns[0]!.tiles[0]!.headline
        .value,
    );
  const measure = async (): Promise<{ nodes: number; listeners: number; heap: number }> => {
    for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((one) => one.name === name)!.value;
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize') };
  };
  // Both measures are taken of the same picture: after 300 and after 2,400 every figure is in the same state.
  await update(300);
  const [elements, before] = [await page.locator('*').count(), await measure()];
  await update(2_100);
  const [elementsAfter, after] = [await page.locator('*').count(), await measure()];
  expect(elementsAfter).toBe(elements);
  expect(after.nodes).toBeLessThanOrEqual(before.nodes * 1.05 + 20);
  expect(after.listeners).toBe(before.listeners);
  expect(after.heap).toBeLessThan(before.heap * 1.15);
}, 240_000);
