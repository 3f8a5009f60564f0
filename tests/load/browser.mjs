/** One real wall page, in the system's Chromium. */
import { chromium } from 'playwright-core';
import { COOKIE } from './rig.mjs';

export async function openWall(port, board) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const [name, value] = COOKIE.split('=');
  await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/wall/${board}`);
  await page.waitForFunction(() => document.body.dataset.link === 'live', undefined, { timeout: 30_000 });
  return { browser, page };
}
