/** When a feed is expected, in words. */
import type { Expected } from '@comm-cell/board/definition';
import { MINUTE_MS } from '@comm-cell/board/time';
import type { FeedsWords } from './feeds-words.js';

export function expectedText(expected: Expected, words: FeedsWords): string {
  if ('everyMs' in expected) return words.every(Math.round(expected.everyMs / MINUTE_MS));
  const days = expected.days.length === 7 ? words.everyDay : expected.days.map((day) => words.days[day]).join(' ');
  return words.atTimes(expected.at.join(', '), days);
}
