/**
 * Is a value still worth believing? Judged against the contract of its feed, from the value's own moment,
 * with `now` as an argument: the browser asks every second, so a wall whose server is silent notices by itself.
 */
import type { FeedDefinition } from '../definition.js';
import { DAY_MS, localDay, minuteOfDay, momentOfLocal, weekday, type Zone } from '../time.js';

/** fresh → due → late → expired; suspended: the owner said so, with an end; never: no reading yet. */
export type Freshness = 'fresh' | 'due' | 'late' | 'expired' | 'suspended' | 'never';

export const FRESHNESS: readonly Freshness[] = ['fresh', 'due', 'late', 'suspended', 'expired', 'never'];
const WORSE = Object.fromEntries(FRESHNESS.map((f, i) => [f, i])) as Record<Freshness, number>;

/** Only these two may ever carry a status colour. */
export function isCurrent(freshness: Freshness): boolean {
  return freshness === 'fresh' || freshness === 'due';
}
export function worseFreshness(a: Freshness, b: Freshness): Freshness {
  return WORSE[a] >= WORSE[b] ? a : b;
}

/** The last answer for each contract: a feed's series are of one moment, and each of them asks. */
const asked = new WeakMap<object, { zone: Zone; basis: number; next: number }>();

/** When the next delivery after `basis` is expected. */
export function expectedAfter({ expected }: Pick<FeedDefinition, 'expected'>, zone: Zone, basis: number): number {
  if ('everyMs' in expected) return basis + expected.everyMs;
  const known = asked.get(expected);
  if (known?.zone === zone && known.basis === basis) return known.next;
  const next = nextAfter(expected, zone, basis);
  asked.set(expected, { zone, basis, next });
  return next;
}

function nextAfter({ at, days }: { at: readonly string[]; days: readonly number[] }, zone: Zone, basis: number): number {
  const first = localDay(zone, basis);
  for (let day = first; day <= first + 8; day++) {
    if (!days.includes(weekday(day))) continue;
    const next = Math.min(...at.map((clock) => momentOfLocal(zone, day, minuteOfDay(clock))).filter((moment) => moment > basis));
    if (Number.isFinite(next)) return next;
  }
  return basis + 8 * DAY_MS;
}

export interface Judged {
  freshness: Freshness;
  /** Age of the value at `now`, ms; Infinity when there is none. */
  ageMs: number;
  /** When the next value was or is expected; undefined when there never was one. */
  expectedAt?: number;
}

/**
 * The age counts from the earlier of the observed and the recorded moment, so that a source whose clock runs
 * ahead cannot look fresh after it has stopped.
 */
export function judgeFreshness(
  feed: FeedDefinition,
  zone: Zone,
  reading: { at: number; recordedAt: number } | undefined,
  suspended: { until: number } | undefined,
  now: number,
): Judged {
  const paused = suspended !== undefined && now < suspended.until;
  if (!reading) return { freshness: paused ? 'suspended' : 'never', ageMs: Infinity };
  const basis = Math.min(reading.at, reading.recordedAt);
  const ageMs = Math.max(0, now - basis);
  const expectedAt = expectedAfter(feed, zone, basis + feed.lagMs);
  if (paused) return { freshness: 'suspended', ageMs, expectedAt };
  if (ageMs > feed.limitMs) return { freshness: 'expired', ageMs, expectedAt };
  if (now < expectedAt) return { freshness: 'fresh', ageMs, expectedAt };
  return { freshness: now <= expectedAt + feed.graceMs ? 'due' : 'late', ageMs, expectedAt };
}
