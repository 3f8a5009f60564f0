/// <reference lib="dom" />
/** Alerts, levels and actions in a real browser against a real api: on the wall, at the desk and among the rules, in both languages. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Rule, Severity } from '@comm-cell/board/rule';
import { HOUR_MS } from '@comm-cell/board/time';
import type { DeskView, Session } from '@comm-cell/contract/desk';
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import type { Browser, Page } from 'playwright-core';
import { Api, DISPLAY_COOKIE, DISPLAY_TOKEN, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { faultsOf, obstaclesOf } from '../support/picture.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { whyWords } from '../../apps/wall/src/panels/level/why-words.js';
import { words } from '../../apps/wall/src/words-cy.js';

const both = (text: string): { en: string; cy: string } => ({ en: text, cy: `${text} (cy)` });

function rule(id: string, n: number, severity: Severity): Rule {
  return {
    id,
    label: both(`Alert ${n}`),
    place: 'here',
    severity,
    when: { kind: 'line', figure: `m.${n}@here`, band: { over: 100 } },
    forMs: 0,
    forReadings: 1,
    clear: { forMs: 0, readings: 1 },
    owner: 'duty',
    card: 'card',
    tests: [],
  };
}

/** Rule `rN@here` looks at `m.N@here`, over 100: r1 critical, r2 act, the others watch. Level: 10 points for each of m.1, m.2 over 100. */
function answering(id: string, series: number, everyMs?: number): ProposedDefinition {
  const rules: Record<string, Rule> = {};
  for (let n = 1; n <= series; n++) rules[`r${n}@here`] = rule(`r${n}@here`, n, n === 1 ? 'critical' : n === 2 ? 'act' : 'watch');
  const parameters = [1, 2].map((n) => ({
    id: `p${n}`,
    label: both(`Parameter ${n}`),
    bands: [{ band: { over: 100 }, points: 10 }],
    confirmed: true,
    carryMs: 0,
  }));
  return {
    ...smallBoard({ id, series, ...(everyMs === undefined ? {} : { everyMs }) }),
    rules,
    response: {
      groups: {
        duty: { id: 'duty', name: both('Duty'), kind: 'duty', climb: [{ afterMs: 600_000, group: 'site' }] },
        site: { id: 'site', name: both('Site'), kind: 'site', climb: [] },
      },
      holidays: [],
      cards: {
        card: {
          id: 'card',
          title: both('Card'),
          steps: [
            { id: 'first', text: both('Look there'), phase: 'first-15', role: both('Duty') },
            { id: 'then', text: both('Ring them'), phase: 'first-hour', role: both('Site') },
          ],
        },
      },
      schemes: {
        plain: {
          id: 'plain',
          name: both('Plain scheme'),
          mark: 'OPEL',
          version: '1',
          issuer: 'test',
          source: 'test',
          from: '2020-01-01',
          mode: 'both',
          levels: (['ok', 'watch', 'act', 'critical'] as const).map((look, i) => ({
            n: i + 1,
            name: both(`OPEL ${i + 1}`),
            meaning: both(`meaning ${i + 1}`),
            look,
          })),
          parameters,
          cuts: [
            { upTo: 5, level: 1 },
            { upTo: 15, level: 2 },
            { upTo: 25, level: 3 },
          ],
          how: 'sum',
          hold: { raiseMs: 0, lowerMs: 0 },
          declaredMs: 12 * HOUR_MS,
        },
      },
      levels: { system: { id: 'system', scheme: 'plain', name: both('Whole system'), parameters: { p1: 'm.1@here', p2: 'm.2@here' } } },
    },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let browser: Browser;
const keys: Record<string, Record<string, string>> = {};
const people: Record<'duty' | 'lead' | 'second', { id: string; token: string }> = {
  duty: { id: '', token: '' },
  lead: { id: '', token: '' },
  second: { id: '', token: '' },
};
const closing: (() => unknown)[] = [];
/** What no page may ever do: report an error, or ask anybody but its server. */
const trouble: string[] = [];

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  url = await postgres.database();
  for (const board of [
    answering('small', 5),
    answering('flooded', 14),
    answering('quick', 2, 6_000),
    smallBoard({ id: 'plain' }),
    loadBoard('buckinghamshire'),
  ])
    keys[board.id] = (await prepareBoard(url, board)).keys;
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const make = new People(database);
  people.duty = await make.create(['small'], 'Duty manager', 'duty');
  people.lead = await make.create(['small'], 'System lead', 'coordinator');
  people.second = await make.create(['small'], 'Site manager', 'coordinator');
  await database.destroy();
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

/** Opens a page that may watch, and notes its misdeeds. `refused`: the server is going to say no, which browsers print. */
async function open(
  path: string,
  { width = 1920, height = 1080, refused = false }: { width?: number; height?: number; refused?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  closing.push(() => context.close());
  await context.addCookies([{ name: 'commcell_display', value: DISPLAY_TOKEN, url: api.address }]);
  const page = await context.newPage();
  page.on('console', (message) => {
    // Whoever is not signed in is told so, and browsers print every refusal.
    const expected = /status of 401/.test(message.text()) || (refused && /status of 4\d\d/.test(message.text()));
    if (message.type() === 'error' && !expected) trouble.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`page: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(api.address).host && !request.url().startsWith('data:')) trouble.push(`asked ${request.url()}`);
  });
  await page.goto(api.address + path);
  await page.waitForSelector('body[data-link="live"]', { state: 'attached' });
  return page;
}
async function signIn(page: Page, who: keyof typeof people): Promise<void> {
  await page.locator('[data-sign-in]').click();
  await page.locator('dialog input[type="password"]').fill(people[who].token);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`[data-person="${people[who].id}"]`);
}
let moment = Date.now() - 600_000;
async function post(board: string, values: Record<number, number | null>): Promise<void> {
  moment = board === 'quick' ? Date.now() : moment + 1_000;
  const readings = Object.entries(values).map(([n, value]) => ({
    series: `m.${n}@here`,
    observedAt: new Date(moment).toISOString(),
    ...(value === null ? { notReported: 'system down' } : { value }),
  }));
  expect((await api.post('ed', keys[board]!.ed!, { readings })).status).toBe(201);
}
async function seen(board: string): Promise<DeskView> {
  return (await api.request<DeskView>(`/v1/boards/${board}/alerts`, { headers: { cookie: DISPLAY_COOKIE } })).body;
}
/** Somebody at another desk. */
async function answerAs(who: keyof typeof people, route: string, body: unknown): Promise<number> {
  const json = { 'content-type': 'application/json', origin: api.address };
  const { headers } = await api.request<Session>('/v1/desk/session', { method: 'POST', headers: json, body: JSON.stringify({ token: people[who].token }) });
  const cookie = headers.get('set-cookie')!.split(';')[0]!;
  return (await api.request(`/v1/boards/small/${route}`, { method: 'POST', headers: { ...json, cookie }, body: JSON.stringify(body) })).status;
}
const attribute = (page: Page, selector: string, name: string): Promise<string | null> => page.locator(selector).first().getAttribute(name);

describe('on the wall', () => {
  test('a board without rules shows the figures over their lines, as ever', async () => {
    await post('plain', { 1: 250, 2: 50 });
    const page = await open('/wall/plain');
    await page.waitForSelector('[data-block="attention"] [data-status="act"]');
    expect(await page.locator('[data-block="alerts"], [data-banner], [data-level-id]').count()).toBe(0);
  });

  test('an alert stands in the rail, on its tile and, while critical and nobody’s, across the screen; an answer takes the banner away, never the alert', async () => {
    await post('small', { 1: 50, 2: 50, 3: 50, 4: 50 });
    const page = await open('/wall/small');
    expect(await page.locator('[data-block="alerts"]').innerText()).toContain(words.en.noAlerts);
    const wall = page.locator('.wall');
    expect(await wall.getAttribute('data-sound')).toBe('off');
    await post('small', { 1: 200, 3: 150 });
    await page.waitForSelector('[data-block="alerts"] [data-rule="r1@here"][data-phase="firing"][data-severity="critical"]');
    const rows = page.locator('[data-block="alerts"] [data-alert]');
    // The worst first.
    expect(await rows.evaluateAll((all) => all.map((one) => one.getAttribute('data-rule')))).toEqual(['r1@here', 'r3@here']);
    expect(await rows.first().innerText()).toContain(words.en.noOwner);
    expect(await attribute(page, '[data-tile]', 'data-severity')).toBe('critical');
    expect(await page.locator('[data-banner]').innerText()).toContain('Alert 1');
    // Counted as a sound once, and once only, muted or not.
    await until(async () => (await wall.getAttribute('data-sounds')) === '1', 'the chime was due once');
    await post('small', { 1: 210 });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await wall.getAttribute('data-sounds')).toBe('1');

    const { no, version } = (await seen('small')).alerts.open.find((one) => one.rule === 'r1@here')!;
    expect(await answerAs('duty', 'alerts/r1@here/take', { no, version })).toBe(200);
    await page.waitForSelector('[data-rule="r1@here"][data-unowned="false"]');
    expect(await rows.first().innerText()).toContain('Duty manager');
    await page.waitForSelector('[data-banner]', { state: 'detached' });
    expect(await attribute(page, '[data-tile]', 'data-severity')).toBe('critical');
  });

  test('the newest that nobody has is drawn to the eye once, and that ends; under reduced motion nothing moves', async () => {
    await post('small', { 2: 200 });
    const page = await open('/wall/small');
    await page.waitForSelector('[data-rule="r2@here"].newest');
    const animation = (): Promise<{ name: string; times: string }> =>
      page.locator('[data-rule="r2@here"]').evaluate((one) => {
        const { animationName, animationIterationCount } = getComputedStyle(one, '::before');
        return { name: animationName, times: animationIterationCount };
      });
    expect((await animation()).times).toBe('1');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect((await animation()).name).toBe('none');
    const blinking = await page.evaluate(() => document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations === Infinity).length);
    expect(blinking).toBe(0);
  });

  test('what stopped looks lost, never calm (I31)', async () => {
    await post('quick', { 1: 200, 2: 50 });
    const page = await open('/wall/quick');
    await page.waitForSelector('[data-rule="r1@here"]');
    await page.waitForSelector('[data-rule="r1@here"][data-lost="true"]', { timeout: 60_000 });
    expect(await page.locator('[data-rule="r1@here"]').innerText()).toContain('last known bad, no data since');
    expect(await attribute(page, '[data-tile]', 'data-severity')).toBe('critical');
    expect(await page.locator('[data-banner]').innerText()).toContain('last known bad');
    expect(await attribute(page, '[data-lost-count]', 'data-lost-count')).toBe('1');
  });

  test('a flood is put together by its cause, the worst first, and counted', async () => {
    await post('flooded', Object.fromEntries(Array.from({ length: 14 }, (_, i) => [i + 1, 200])));
    const page = await open('/wall/flooded');
    await page.waitForSelector('[data-flood="14"]');
    const groups = page.locator('[data-group]');
    expect(await groups.count()).toBe(1);
    expect(await groups.first().getAttribute('data-count')).toBe('14');
    expect(await groups.first().getAttribute('data-severity')).toBe('critical');
  });

  test('what was put aside is counted', async () => {
    const { alerts } = await seen('small');
    const { version } = alerts.open.find((one) => one.rule === 'r3@here')!;
    expect(await answerAs('duty', 'alerts/r3@here/shelve', { version, until: new Date(Date.now() + HOUR_MS).toISOString(), reason: 'known' })).toBe(200);
    const page = await open('/wall/small?lang=cy');
    await page.waitForSelector('[data-shelved="1"]');
    expect(await page.locator('[data-rule="r3@here"]').count()).toBe(0);
    expect(await page.locator('[data-block="alerts"]').innerText()).toContain(words.cy.shelvedCount(1));
  });

  test('the level: worked out beside declared, a range while figures are missing, explained by one key', async () => {
    await post('small', { 1: 200, 2: 200 });
    const page = await open('/wall/small');
    const level = page.locator('[data-level-id="system"]');
    await until(async () => (await level.getAttribute('data-level-high')) === '3', 'OPEL 3 is worked out');
    expect(await level.getAttribute('data-indicative')).toBe('true');
    expect(await answerAs('lead', 'levels/system/declare', { n: 4, reason: 'Two wards closed', reviewBy: new Date(Date.now() + HOUR_MS).toISOString() })).toBe(
      200,
    );
    await page.waitForSelector('[data-level-declared="4"]');

    await page.keyboard.press('w');
    const why = page.locator('[data-why="system"]');
    await why.waitFor();
    expect(await page.locator('[data-parameter="p1"]').getAttribute('data-points')).toBe('10');
    expect(await why.innerText()).toContain('Two wards closed');
    expect(await why.innerText()).toContain(whyWords.en.oneChange('OPEL 2'));
    expect(await page.locator('[data-would-lower]').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await why.waitFor({ state: 'detached' });

    await post('small', { 2: null });
    await until(async () => (await level.getAttribute('data-known')) === '1', 'the level says how much it knows');
    expect([await level.getAttribute('data-level-low'), await level.getAttribute('data-level-high')]).toEqual(['2', '3']);
    expect(await level.innerText()).toContain('2–3');
    expect(await level.innerText()).toContain(words.en.ofParts(1, 2));
  });

  test('a screen reader’s table has the alerts, with who has them', async () => {
    const page = await open('/wall/small');
    await page.waitForSelector('[data-tile]');
    await page.keyboard.press('v');
    const table = page.locator('[data-table="alerts"]');
    await table.waitFor();
    expect(await table.innerText()).toMatch(/Alert 1[\s\S]*Duty manager/);
  });
});

describe('at the desk', () => {
  test('with keys alone: sign in, choose, acknowledge, raise an action, tick a step, close the action', async () => {
    await post('small', { 2: 50 });
    await post('small', { 2: 200 });
    const page = await open('/alerts/small', { width: 1440, height: 900 });
    await signIn(page, 'duty');
    const row = page.locator('[data-list="waiting"] [data-rule="r2@here"]');
    await row.waitFor();
    await page.locator('[data-list="waiting"] [data-alert]').first().focus();
    for (let i = 0; i < 10 && !(await row.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const detail = page.locator('[data-detail]');
    await detail.waitFor();
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).first().focus();
      await page.keyboard.press('Enter');
    };
    await press('Acknowledge');
    await page.waitForSelector('[data-said="done"]');
    await page.waitForSelector('[data-detail][data-phase="acknowledged"]');

    await press('Raise an action');
    // The form has the focus: what is typed goes where it belongs.
    await page.keyboard.type('Open the lounge');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Site manager');
    await page.keyboard.press('Enter');
    await detail.locator('[data-action]').waitFor();
    await page.waitForSelector('[data-detail][data-phase="actioning"]');

    await page.getByRole('button', { name: 'Begun: Look there' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-step="first"][data-ticked="true"]');
    await until(
      async () => (await page.locator('[data-turn]').evaluateAll((all) => all.map((one) => one.getAttribute('data-turn')))).includes('step-ticked'),
      'the history has the step',
    );
    const turns = await page.locator('[data-turn]').evaluateAll((all) => all.map((one) => one.getAttribute('data-turn')));
    expect(turns).toEqual(expect.arrayContaining(['opened', 'raised', 'acknowledged', 'action-raised', 'step-ticked']));

    await page.locator('[data-tab="actions"]').focus();
    await page.keyboard.press('Enter');
    const action = page.locator('[data-action]').first();
    await action.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Opened at once');
    await page.keyboard.press('Enter');
    await action.waitFor({ state: 'detached' });
  });

  test('an answer to what has moved on does nothing and says how it stands (I32)', async () => {
    await post('small', { 4: 50 });
    await post('small', { 4: 200 });
    const page = await open('/alerts/small', { width: 1440, height: 900, refused: true });
    await signIn(page, 'duty');
    await page.locator('[data-rule="r4@here"]').click();
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    await page.locator('select[name="group"]').waitFor();
    const { no, version } = (await seen('small')).alerts.open.find((one) => one.rule === 'r4@here')!;
    expect(await answerAs('lead', 'alerts/r4@here/take', { no, version })).toBe(200);
    await page.waitForSelector(`[data-detail="${no}"][data-phase="acknowledged"]`);
    await page.locator('form button.main').click();
    await page.waitForSelector('[data-said="moved-on"]');
    expect(await page.locator('[data-said="moved-on"]').innerText()).toContain('System lead');
    expect((await seen('small')).alerts.open.find((one) => one.rule === 'r4@here')).toMatchObject({ groupId: 'duty', owner: { by: 'System lead' } });
  });

  test('whoever is not signed in, or may not, is told so and offered nothing', async () => {
    const page = await open('/alerts/small', { width: 1440, height: 900 });
    await page.locator('[data-rule="r4@here"]').click();
    await page.waitForSelector('[data-detail]');
    expect(await page.locator('.answers button').count()).toBe(0);
    await page.locator('[data-tab="levels"]').click();
    await page.waitForSelector('[data-level-id="system"]');
    expect(await page.getByRole('button', { name: 'Declare a level' }).count()).toBe(0);
  });

  test('a level is declared with a reason, and the weekly review tells how alerts were answered', async () => {
    const page = await open('/alerts/small?tab=levels', { width: 1440, height: 900 });
    await signIn(page, 'lead');
    await page.getByRole('button', { name: 'Declare a level' }).click();
    await page.locator('select[name="n"]').selectOption('2');
    await page.locator('textarea[name="reason"]').fill('Quieter now');
    await page.locator('form button.main').click();
    await page.waitForSelector('[data-level-id="system"][data-level="2"]');
    await page.locator('[data-tab="review"]').click();
    await page.waitForSelector('[data-review="there"]');
    expect(Number(await page.locator('[data-figure="raised"] dd').innerText())).toBeGreaterThanOrEqual(2);
  });
});

describe('rules', () => {
  test('a change is tried on the past, proposed, and agreed by a second person', async () => {
    const page = await open('/rules/small', { width: 1440, height: 900 });
    await signIn(page, 'lead');
    const row = page.locator('[data-rule="r2@here"]');
    await row.getByRole('button', { name: 'Edit' }).click();
    await row.locator('input[name="line"]').fill('150');
    await row.locator('[data-back-test]').click();
    await row.locator('[data-tested="proposed"]').waitFor();
    expect(Number(await row.locator('[data-tested="present"]').getAttribute('data-count'))).toBeGreaterThan(0);
    expect(await row.locator('[data-firing="proposed"]').count()).toBe(Number(await row.locator('[data-tested="proposed"]').getAttribute('data-count')));
    await row.locator('input[name="reason"]').fill('fewer false alarms');
    await row.getByRole('button', { name: 'Propose' }).click();
    await page.waitForSelector('[data-rule="r2@here"][data-proposed="true"]');
    // Not by the one who proposed it.
    expect(await row.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    const other = await open('/rules/small', { width: 1440, height: 900 });
    await signIn(other, 'second');
    await other.locator('[data-rule="r2@here"]').getByRole('button', { name: 'Approve' }).click();
    await page.waitForSelector('[data-rule="r2@here"][data-version="2"][data-proposed="false"]');
    expect(await row.innerText()).toContain('> 150');
  });
});

describe('every size, both languages', () => {
  const SCREENS = ['/alerts/small', '/alerts/small?tab=actions', '/alerts/small?tab=levels', '/alerts/small?tab=review', '/rules/small', '/alerts/flooded'];

  test.each([
    [1440, 900],
    [390, 844],
  ])('%i × %i: nothing is wider than the screen', async (width, height) => {
    for (const path of SCREENS) {
      for (const lang of ['en', 'cy']) {
        const page = await open(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`, { width, height });
        await page.waitForSelector('main');
        expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang);
        expect([path, lang, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([path, lang, 0]);
        await page.context().close();
      }
    }
  });

  test.each([
    [1280, 720],
    [1920, 1080],
    [1080, 1920],
    [390, 844],
  ])('the wall with all its marks, %i × %i: nothing overflows, nothing is cut off', async (width, height) => {
    for (const board of ['small', 'flooded']) {
      for (const query of ['?lang=en', '?lang=cy', '?lang=en&density=detail', '?lang=cy&density=detail']) {
        const page = await open(`/wall/${board}${query}`, { width, height });
        await page.waitForSelector('[data-block="alerts"] ol > li');
        expect([board, query, await faultsOf(page)]).toEqual([board, query, []]);
        await page.context().close();
      }
    }
  });

  test('people with a screen reader or low sight find no obstacle that can be measured', async () => {
    await post('small', { 4: 200 });
    const look = async (page: Page, name: string): Promise<void> => {
      expect([name, await obstaclesOf(page)]).toEqual([name, []]);
    };
    for (const path of [
      ...SCREENS,
      '/wall/small',
      '/wall/small?theme=light&lang=cy',
      '/wall/flooded?density=detail',
      '/rules/small?theme=light&lang=cy',
      '/alerts/small?theme=light',
    ]) {
      const page = await open(path, { width: 1440, height: 900 });
      await page.waitForSelector('main');
      await look(page, path);
      await page.context().close();
    }
    const page = await open('/alerts/small', { width: 1440, height: 900 });
    await signIn(page, 'lead');
    await page.locator('[data-rule="r4@here"]').click();
    await page.getByRole('button', { name: 'Shelve', exact: true }).click();
    await look(page, 'an alert with its form');
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.locator('[data-rule="r4@here"]').getByRole('button', { name: 'Edit' }).click();
    await look(page, 'a rule being edited');
    const wall = await open('/wall/small');
    await wall.waitForSelector('[data-tile]');
    await wall.keyboard.press('w');
    await wall.waitForSelector('[data-why]');
    await look(wall, 'a level explained');
  });
});
