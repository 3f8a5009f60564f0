import { afterEach, describe, expect, test } from '@jest/globals';
import type { Browser, LaunchOptions } from 'playwright-core';
import { launchBrowser, packagedChromium, systemChromium } from './browser.js';

describe('the browser of the tests', () => {
  let browser: Browser | undefined;
  afterEach(async () => {
    await browser?.close();
  });

  async function draws(options: LaunchOptions = {}): Promise<string> {
    browser = await launchBrowser(options);
    const page = await browser.newPage({ viewport: { width: 640, height: 360 } });
    await page.setContent('<p style="width: 50%">38:20</p>');
    expect(await page.locator('p').innerText()).toBe('38:20');
    expect((await page.screenshot()).byteLength).toBeGreaterThan(1_000);
    return browser.version();
  }

  test('starts with what the machine has', async () => {
    expect(await draws()).toMatch(/^\d+\./);
  });

  test('starts from the npm package alone', async () => {
    expect(await draws(await packagedChromium())).toMatch(/^\d+\./);
  });

  test('a wrong CHROMIUM_PATH is named, not worked around', () => {
    const before = process.env['CHROMIUM_PATH'];
    process.env['CHROMIUM_PATH'] = '/no/such/chromium';
    try {
      expect(() => systemChromium()).toThrow('/no/such/chromium');
    } finally {
      if (before === undefined) delete process.env['CHROMIUM_PATH'];
      else process.env['CHROMIUM_PATH'] = before;
    }
  });
});
