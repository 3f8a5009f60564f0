/** Ways to add figures up that would show a better one than there is. */
import type { RollupDefinition } from '@comm-cell/board/definition';
import type { MetricEntry, UnitFile } from '@comm-cell/contract/definition';

/** `units`: those of the parts. */
export function faultsOfRollup(
  { how, of, over }: Pick<RollupDefinition, 'how' | 'of' | 'over'>,
  metric: MetricEntry,
  quantity: UnitFile[string]['quantity'],
  units: ReadonlySet<string | undefined>,
): string[] {
  const faults: string[] = [];
  if (metric.kind === 'text') faults.push('words cannot be rolled up');
  if (how === 'ratio') {
    if (quantity !== 'share') faults.push(`a ratio is a share, not ${metric.unit}`);
    if (!over) faults.push('a ratio needs over');
    if (over && over.length !== of.length) faults.push('of and over name the same places in the same order');
    if (units.size > 1) faults.push('of and over share one unit');
    return faults;
  }
  if (over) faults.push('only a ratio has over');
  if (units.size > 1 || !units.has(metric.unit)) faults.push(`the parts must be in ${metric.unit}`);
  const added = how === 'sum' || how === 'mean';
  if (added && quantity === 'share') faults.push('shares of different places cannot be added up; use ratio, max or min');
  if (added && quantity === 'level') faults.push('levels cannot be added up; use max');
  const best = { 'higher-is-worse': 'min', 'lower-is-worse': 'max', neutral: undefined }[metric.direction];
  if (how === best) faults.push(`${how} would show the best place and hide the worst`);
  return faults;
}
