import { expectedAfter, isCurrent, judgeFreshness } from '@comm-cell/board/rules/freshness';
import { DAY_MS, MINUTE_MS } from '@comm-cell/board/time';
import { boardIds, loadBoard } from '@comm-cell/catalogue/load';
import { describe, expect, it } from '@jest/globals';

/** One feed of each contract there is: the same word is kept in the same way. */
const contracts = new Map(
  boardIds().flatMap((id) => {
    const { zone, feeds } = loadBoard(id);
    return Object.values(feeds).map((feed) => {
      const { expected, graceMs, limitMs, lagMs } = feed;
      return [JSON.stringify({ expected, graceMs, limitMs, lagMs }), { feed, zone }] as const;
    });
  }),
);

/** Ten days each: over an ordinary weekend, the short night of March and the long night of October. */
const starts = ['2026-01-15', '2026-03-26', '2026-10-22'].map((day) => Date.parse(`${day}T00:00:00Z`));

describe('a feed that keeps its word', () => {
  it.each([...contracts])('is never late and loses no value: %s', (_, { feed, zone }) => {
    for (const start of starts) {
      let slot = expectedAfter(feed, zone, start);
      let reading: { at: number; recordedAt: number } | undefined;
      for (let now = slot; now < start + 10 * DAY_MS; now += Math.min(10 * MINUTE_MS, feed.graceMs)) {
        // Delivered at the last moment of the grace, every time.
        while (slot + feed.graceMs <= now) {
          reading = { at: slot - feed.lagMs, recordedAt: slot + feed.graceMs };
          slot = expectedAfter(feed, zone, slot);
        }
        if (!reading) continue;
        const { freshness } = judgeFreshness(feed, zone, reading, undefined, now);
        if (!isCurrent(freshness)) throw new Error(`${freshness} at ${new Date(now).toISOString()}`);
      }
      expect(reading).toBeDefined();
    }
  });
});
