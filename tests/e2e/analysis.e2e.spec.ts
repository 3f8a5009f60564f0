/// <reference lib="dom" />
/** The analysis in a real browser against a real api: verdict, languages, address, keyboard, phone, axe. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import type { Browser, Page } from 'playwright-core';
import { Api, DISPLAY_TOKEN, prepareBoard } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { launchBrowser } from '../support/browser.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { analysisWords } from '../../apps/wall/src/screens/analysis/analysis-words.js';

const { en, cy } = analysisWords;
let postgres: TestPostgres;
let api: Api;
let browser: Browser;
/** What no page may ever do: report an error, or ask anybody but its server. */
const trouble: string[] = [];
/** Twenty whole days: around 50, on the last one 90. m.2 is what m.1 was two hours before. */
const DAYS = 20;

beforeAll(async () => {
  [postgres, browser] = await Promise.all([startPostgres(), launchBrowser()]);
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, { ...smallBoard({ everyMs: HOUR_MS }), notice: { en: 'Open figures', cy: 'Ffigurau agored' } });
  api = await Api.start({ DATABASE_URL: url });
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const valueAt = (hour: number): number => (hour >= (DAYS - 1) * 24 ? 90 : 50 + ((hour * 37) % 11) + (Math.floor(hour / 24) % 2 === 0 ? 2 : -2));
  for (let day = 0; day < DAYS; day++) {
    const readings = Array.from({ length: 24 }, (_, i) => day * 24 + i).flatMap((hour) => {
      const observedAt = new Date(midnight - DAYS * DAY_MS + hour * HOUR_MS).toISOString();
      return [
        { series: 'm.1@here', observedAt, value: valueAt(hour) },
        { series: 'm.2@here', observedAt, value: valueAt(hour - 2) },
      ];
    });
    const { status, body } = await api.post('ed', keys['ed']!, { readings }, { id: `day-${day}` });
    if (status >= 300) throw new Error(JSON.stringify(body));
  }
});
afterAll(async () => {
  await browser.close();
  await api.stop();
  await postgres.stop();
  expect(trouble).toEqual([]);
});

async function open(path: string, size = { width: 1280, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ viewport: size });
  await context.addCookies([{ name: 'commcell_display', value: DISPLAY_TOKEN, url: api.address }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && !message.text().includes('401') && trouble.push(message.text()));
  page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(api.address) && trouble.push(request.url()));
  await page.goto(`${api.address}${path}`);
  return page;
}
async function sound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

describe('the control chart', () => {
  test('says what it sees in words, in both languages, and stands in the address', async () => {
    const page = await open('/analysis/small?figure=m.1@here');
    await page.locator('[data-variation]').waitFor();
    expect(await page.locator('[data-variation]').getAttribute('data-variation')).toBe('concern-high');
    expect(await page.locator('.verdict').innerText()).toContain(en.causes.outside);
    expect(await page.locator('figure svg').getAttribute('aria-label')).toContain(en.causes.outside);
    expect(await page.locator('figure svg').innerHTML()).toContain('Open figures');
    await sound(page);

    await page.getByRole('button', { name: 'Cymraeg' }).click();
    await page.getByText(cy.causes.outside).first().waitFor();
    expect(await page.locator('figure svg').innerHTML()).toContain('Ffigurau agored');
    expect(await page.locator('html').getAttribute('lang')).toBe('cy');
    await sound(page);

    await page.getByLabel(cy.target).fill('200');
    await page.getByLabel(cy.target).press('Tab');
    await page.locator('[data-assurance="consistent_pass"]').waitFor();
    await page.getByLabel(cy.limits, { exact: true }).selectOption('yes');
    await page.getByText(cy.mode.true).first().waitFor();
    expect(new URL(page.url()).searchParams.get('target')).toBe('200');
    await page.reload();
    await page.locator('[data-assurance="consistent_pass"]').waitFor();
    await page.context().close();
  });

  test('limits begin anew only for a date and a reason, which stand beside the chart', async () => {
    const page = await open('/analysis/small?figure=m.1@here');
    await page.locator('[data-variation]').waitFor();
    await page.getByRole('button', { name: en.rebaseAdd }).click();
    await page.getByText(en.rebaseNeeds).first().waitFor();
    await page.locator('#rebase-at').fill(new Date(Date.now() - 8 * DAY_MS).toISOString().slice(0, 10));
    await page.locator('#rebase-why').fill('Second ward opened');
    await page.getByRole('button', { name: en.rebaseAdd }).click();
    await page.getByText('limits begin anew. Second ward opened').waitFor();
    await page.getByText(en.trial(8)).waitFor();
    await page.context().close();
  });

  test('another figure is found by a part of its name, with the keyboard; what has no figures says so', async () => {
    const page = await open('/analysis/small');
    await page.locator('[data-variation]').waitFor();
    await page.getByLabel(en.figure, { exact: true }).focus();
    await page.keyboard.type('m.3');
    await page.keyboard.press('Tab');
    await page.getByText(en.nothing).waitFor();
    expect(new URL(page.url()).searchParams.get('figure')).toBe('m.3@here');
    await page.getByLabel(en.figure, { exact: true }).fill('no such thing');
    await page.keyboard.press('Tab');
    await page.getByText(en.noSuchFigure).waitFor();
    await page.context().close();
  });
});

describe('the other ways', () => {
  test('trend, comparison, before and after, and what comes first', async () => {
    const page = await open('/analysis/small?figure=m.1@here&b=m.2@here');
    const date = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10);
    await page.locator('[data-tab="trend"]').click();
    await page.locator('figure svg path.line.data').first().waitFor();
    await sound(page);
    await page.locator('[data-tab="compare"]').click();
    await page.getByText(en.noLastYear).waitFor();
    await page.locator('[data-tab="effect"]').click();
    await page.getByLabel(en.about).fill(date);
    await page.getByLabel(en.about).press('Tab');
    await page.locator('[data-effect]').waitFor();
    await sound(page);
    await page.locator('[data-tab="lead"]').click();
    await page.locator('[data-lead="a-first"]').waitFor();
    expect(await page.locator('[data-lead]').innerText()).toContain('2 h');
    await page.context().close();
  });

  test('on a phone nothing lies beyond the edge', async () => {
    const page = await open('/analysis/small?figure=m.1@here', { width: 375, height: 740 });
    await page.locator('[data-variation]').waitFor();
    expect(await page.locator('.sheet').evaluate((sheet) => sheet.scrollWidth - sheet.clientWidth)).toBe(0);
    await sound(page);
    await page.context().close();
  });

  test('who may not look is told so', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${api.address}/analysis/small`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await context.close();
  });
});
