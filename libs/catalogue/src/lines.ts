/** Do the lines of a figure make sense? A line that can never be crossed is a false green in waiting. */
import type { Band, Metric, Target, Thresholds } from '@comm-cell/board/definition';
import { inBand } from '@comm-cell/board/rules/threshold';

export interface Lines {
  direction: Metric['direction'];
  range: Metric['range'];
  thresholds?: Thresholds;
  target?: Target;
}

type Fault = readonly [setting: 'thresholds' | 'target', reason: string];

/** Every fault as the setting it is about and the reason. */
export function faultsOfLines(lines: Lines): Fault[] {
  return [...faultsOfThresholds(lines).map((reason) => ['thresholds', reason] as const), ...faultsOfTarget(lines).map((reason) => ['target', reason] as const)];
}

const SIDES = [
  { sign: 1, inclusive: 'atLeast', exclusive: 'over', wrongFor: 'lower-is-worse' },
  { sign: -1, inclusive: 'atMost', exclusive: 'under', wrongFor: 'higher-is-worse' },
] as const;

/** Where a band begins on one side, as (number, later): "over 5" begins later than "at least 5". */
function edge(band: Band | undefined, { sign, inclusive, exclusive }: (typeof SIDES)[number]): { at: number; later: number } | undefined {
  const edges = [
    { at: band?.[inclusive], later: 0 },
    { at: band?.[exclusive], later: 1 },
  ].flatMap(({ at, later }) => (at === undefined ? [] : [{ at, later }]));
  return edges.sort((a, b) => sign * (a.at - b.at) || a.later - b.later)[0];
}

function faultsOfThresholds({ direction, range, thresholds = {} }: Lines): string[] {
  const faults: string[] = [];
  const { watch, act } = thresholds;
  for (const side of SIDES) {
    const [first, last] = [edge(watch, side), edge(act, side)];
    if ((first || last) && direction === side.wrongFor) faults.push(`${side.inclusive} or ${side.exclusive} cannot be a line of a metric that is ${direction}`);
    if (first && last && (side.sign * (last.at - first.at) || last.later - first.later) < 0)
      faults.push(`act begins at ${last.at}, before watch at ${first.at}`);
  }
  for (const [name, band] of [
    ['watch', watch],
    ['act', act],
  ] as const) {
    if (!band) continue;
    if (direction === 'neutral' && !SIDES.every((side) => edge(band, side))) faults.push(`${name}: a neutral metric has lines on both sides or none`);
    const [low, high] = [inBand(range.min, band), inBand(range.max, band)];
    if (!low && !high) faults.push(`${name} can never be reached within ${range.min} to ${range.max}`);
    if (low && high && direction !== 'neutral') faults.push(`${name} is always reached within ${range.min} to ${range.max}`);
  }
  return faults;
}

function faultsOfTarget({ direction, range, thresholds, target }: Lines): string[] {
  if (!target) return [];
  const faults: string[] = [];
  const aim = 'atMost' in target ? target.atMost : target.atLeast;
  if (direction === 'higher-is-worse' && !('atMost' in target)) faults.push('a metric that is higher-is-worse aims for atMost');
  if (direction === 'lower-is-worse' && !('atLeast' in target)) faults.push('a metric that is lower-is-worse aims for atLeast');
  if (thresholds?.act && inBand(aim, thresholds.act)) faults.push(`${aim} is on target and past the act line at once`);
  if (aim < range.min || aim > range.max) faults.push(`${aim} is outside ${range.min} to ${range.max}`);
  return faults;
}
