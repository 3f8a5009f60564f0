/** How a level is written and how serious it looks: as its scheme says, and a range by its worst end. */
import type { LevelView } from '@comm-cell/board/views/levels';
import type { Shape } from '../../ui/shape.js';

export function rangeText({ low, high }: { low: number; high: number }): string {
  return low === high ? String(low) : `${low}–${high}`;
}

export function scoreText([low, high]: readonly [number, number]): string {
  const written = (n: number): string => String(Math.round(n * 10) / 10);
  return low === high ? written(low) : `${written(low)}–${written(high)}`;
}

/** A number the scheme does not know looks like the worst it has. */
export function shapeOfLevel({ levels }: Pick<LevelView, 'levels'>, n: number): Shape {
  return levels.find((one) => one.n === n)?.look ?? 'critical';
}

/** The whole system before its parts. */
export function wholeFirst(levels: readonly LevelView[]): LevelView[] {
  return levels.toSorted((a, b) => Number(a.provider !== undefined) - Number(b.provider !== undefined));
}

/** The level of the whole system that stands in the header: the first that says anything. */
export function systemLevel(levels: readonly LevelView[]): LevelView | undefined {
  const own = levels.filter(({ provider }) => provider === undefined);
  return own.find(({ calculated, declared }) => calculated ?? declared) ?? own[0];
}
