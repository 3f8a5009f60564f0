/** May this well-formed reading be believed? What may not is held back for a person, never dropped. */
import type { BoardDefinition, SeriesDefinition } from '../definition.js';
import type { HoldReason } from '../events.js';
import type { Held, SeriesState } from '../state.js';

/** How many times the smaller goes into the larger; 0 has no ratio, so a quarter stands for it. */
function ratio(a: number, b: number): number {
  const small = Math.max(Math.min(Math.abs(a), Math.abs(b)), 0.25);
  return Math.max(Math.abs(a), Math.abs(b), small) / small;
}

/** Minutes sent as seconds or hours, fractions sent as per cent: the ratio gives it away. */
function unitStep(value: number, before: number, quantity: 'time' | 'share'): boolean {
  const small = Math.min(Math.abs(value), Math.abs(before));
  const large = Math.max(Math.abs(value), Math.abs(before));
  if (small === 0) return false;
  const factor = quantity === 'time' ? 60 : 100;
  return Math.abs(large / small / factor - 1) <= 0.02 && large - small > factor / 4;
}

/** When a value that is still the same began to be so, or was vouched for. */
function unchangedSince({ at, value, trend, vouchedAt }: SeriesState): number {
  let since = at;
  for (let i = trend.length - 1; i >= 0 && trend[i]![1] === value; i--) since = Math.min(since, trend[i]![0]);
  return Math.max(since, vouchedAt ?? -Infinity);
}

export function holdReason(
  definition: BoardDefinition,
  series: SeriesDefinition,
  known: SeriesState | undefined,
  held: Held | undefined,
  at: number,
  value: number,
  rev: number,
): HoldReason | undefined {
  if (value < series.range.min || value > series.range.max) return 'out-of-range';
  if (!known || at <= known.at) return undefined;
  // Sent again on purpose, as a correction of the very moment that is held: a person stands behind it.
  if (held && held.at === at && rev > 0) return undefined;
  const before = typeof known.value === 'number' ? known.value : known.last?.value;
  if (typeof before !== 'number') return undefined;
  const limit = definition.feeds[series.feed]?.limitMs ?? 0;
  // After a long silence any level is possible: there is nothing recent to compare with. Being held back is not silence.
  const heardAt = held && held.at < at ? Math.max(known.at, held.at) : known.at;
  if (at - heardAt > limit) return undefined;
  const quantity = definition.units[definition.metrics[series.metric]?.unit ?? '']?.quantity;
  if (quantity === 'time' || quantity === 'share') {
    if (unitStep(value, before, quantity)) return 'unit-step';
    // Once the unit is in doubt, what lies nearer to the doubtful value than to the last good one is doubtful too.
    const doubtful = held?.reason === 'unit-step' && held.at > known.at && held.at < at ? held.value : undefined;
    if (typeof doubtful === 'number' && ratio(value, doubtful) < ratio(value, before)) return 'unit-step';
  }
  if (series.maxJump !== undefined && Math.abs(value - before) > series.maxJump) {
    // A second reading in a row near the held one confirms that the jump is real.
    const confirmed = held?.reason === 'jump' && held.at < at && typeof held.value === 'number' && Math.abs(value - held.value) <= series.maxJump;
    return confirmed ? undefined : 'jump';
  }
  // A source that stands still looks fresh: it goes on sending.
  if (series.steadyMs !== undefined && value === known.value && at - unchangedSince(known) > series.steadyMs) return 'unchanged';
  return undefined;
}
