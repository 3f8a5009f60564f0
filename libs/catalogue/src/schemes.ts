/** Does a scheme hold together? A score without a level would be a gap on the wall. */
import type { SchemeEntry } from '@comm-cell/contract/response';

type Fault = readonly [path: readonly PropertyKey[], reason: string];
type Cuts = SchemeEntry['cuts'];

export function faultsOfScheme({ mode, how, levels, parameters, cuts, pillars = {} }: SchemeEntry): Fault[] {
  const faults: Fault[] = [];
  levels.forEach(({ n }, i) => {
    if (i > 0 && n <= levels[i - 1]!.n) faults.push([['levels', i, 'n'], 'levels stand in ascending order']);
  });
  const known = new Set(levels.map(({ n }) => n));
  const most = (pillar?: string): number =>
    Object.values(parameters)
      .filter((one) => pillar === undefined || one.pillar === pillar)
      .map(({ bands }) => bands[0]!.points)
      .reduce((a, b) => (how === 'worst' ? Math.max(a, b) : a + b), 0);

  for (const [id, { bands, pillar }] of Object.entries(parameters)) {
    const path = ['parameters', id];
    bands.forEach(({ points, ...band }, i) => {
      if (Object.keys(band).length === 0) faults.push([[...path, 'bands', i], 'a band needs over, atLeast, under or atMost']);
      if (i > 0 && points >= bands[i - 1]!.points) faults.push([[...path, 'bands', i, 'points'], 'bands stand worst first, with fewer points each']);
    });
    if (how === 'worst-pillar' && pillar === undefined) faults.push([path, 'the level is that of the worst pillar, so each parameter names its pillar']);
    if (pillar !== undefined && !Object.hasOwn(pillars, pillar)) faults.push([[...path, 'pillar'], `there is no pillar "${pillar}"`]);
  }

  const check = (path: readonly PropertyKey[], list: Cuts, upTo: number): void => {
    list.forEach((cut, i) => {
      if (!known.has(cut.level)) faults.push([[...path, i, 'level'], `there is no level ${cut.level}`]);
      const before = list[i - 1];
      if (before && (cut.upTo <= before.upTo || cut.level <= before.level))
        faults.push([[...path, i], 'cuts stand in ascending order, each with a higher level']);
    });
    const last = list.at(-1)?.upTo ?? -Infinity;
    if (last < upTo) faults.push([path, `the parameters can score ${upTo}, and no cut reaches that far`]);
  };
  if (mode !== 'declared' && Object.keys(parameters).length > 0) {
    if (how === 'worst-pillar') for (const [id, pillar] of Object.entries(pillars)) check(['pillars', id, 'cuts'], pillar.cuts, most(id));
    else check(['cuts'], cuts, most());
  }
  if (mode === 'declared' && Object.keys(parameters).length > 0) faults.push([['parameters'], 'a level that is only declared has no parameters']);
  return faults;
}
