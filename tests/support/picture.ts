/// <reference lib="dom" />
/** What can be measured of a picture: whether words fit, and whether people who do not see it well find obstacles. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Texts that run out of the screen or are cut off, one line each; on a phone the page may be higher than the screen. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(() => document.fonts.ready);
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const phone = innerWidth < 700;
    const found = [
      ...(scrollWidth > innerWidth ? [`page ${scrollWidth} wide`] : []),
      ...(scrollHeight > innerHeight && !phone ? [`page ${scrollHeight} high`] : []),
    ];
    for (const one of document.querySelectorAll('body *')) {
      const { width: w, height: h, left, right, top, bottom } = one.getBoundingClientRect();
      const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim() !== '');
      if (!text || w < 2 || h < 2 || one.closest('.unseen, [aria-hidden="true"]')) continue;
      const said = one.textContent!.trim().slice(0, 40);
      if (right > innerWidth + 1 || left < -1) found.push(`outside: ${said}`);
      if (!phone && (bottom > innerHeight + 1 || top < -1)) found.push(`below: ${said}`);
      if (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)
        found.push(`cut: ${said} (${one.scrollWidth} in ${one.clientWidth})`);
    }
    return found;
  });
}

/** Breaches of WCAG 2.2 AA that a program can find, with the first places of each. */
export async function obstaclesOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 160));
    return `${id}: ${places.join(' | ')}`;
  });
}
