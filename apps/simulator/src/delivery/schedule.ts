/** When a feed looks at its figures and when it gets round to sending them. */
import type { FeedDefinition } from '@comm-cell/board/definition';
import { DAY_MS, localDay, MINUTE_MS, minuteOfDay, momentOfLocal, SECOND_MS, weekday, type Zone } from '@comm-cell/board/time';
import { fixed, hash } from '../system/dice.js';

/** The moments after `after`, up to and including `until`, that a feed's figures are observed at. */
export function* observations(feed: FeedDefinition, zone: Zone, after: number, until: number): Generator<number> {
  if ('everyMs' in feed.expected) {
    const { everyMs } = feed.expected;
    // Each source has a rhythm of its own; a wall where everything moves at the full hour would be a fake.
    const phase = Math.floor((hash(feed.id) % everyMs) / MINUTE_MS) * MINUTE_MS;
    for (let at = Math.floor((after - phase) / everyMs) * everyMs + phase; at <= until; at += everyMs) if (at > after) yield at;
    return;
  }
  const { at: clocks, days } = feed.expected;
  const minutes = clocks.map(minuteOfDay).sort((a, b) => a - b);
  // What is due at 11:00 and lags three hours describes 08:00.
  for (let day = localDay(zone, after + feed.lagMs); day <= localDay(zone, until + feed.lagMs); day++) {
    if (!days.includes(weekday(day))) continue;
    for (const minute of minutes) {
      const at = momentOfLocal(zone, day, minute) - feed.lagMs;
      if (at > after && at <= until) yield at;
    }
  }
}

/** The first observation after a moment. */
export function nextObservation(feed: FeedDefinition, zone: Zone, after: number): number {
  const next = observations(feed, zone, after, after + 10 * DAY_MS).next();
  return next.done ? Infinity : next.value;
}

/** From the observation to the sending: seconds for a machine, minutes where somebody signs a return off. */
export function delayMs(feed: FeedDefinition, observedAt: number): number {
  const share = fixed(hash(feed.id), Math.floor(observedAt / SECOND_MS));
  if ('everyMs' in feed.expected) return (2 + share * Math.min(28, feed.expected.everyMs / 30_000)) * SECOND_MS;
  return feed.lagMs + (20 + share * Math.min(540, feed.graceMs / 6_000)) * SECOND_MS;
}
