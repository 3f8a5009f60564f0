import type { Band, Thresholds } from '../definition.js';

/** ok only ever means: judged against a line and found good. `none`: nothing to judge, or nothing to judge by. */
export type Status = 'ok' | 'watch' | 'act' | 'none';

export function inBand(value: number, band: Band): boolean {
  return (
    (band.over !== undefined && value > band.over) ||
    (band.atLeast !== undefined && value >= band.atLeast) ||
    (band.under !== undefined && value < band.under) ||
    (band.atMost !== undefined && value <= band.atMost)
  );
}

export function statusOf(value: number, thresholds: Thresholds | undefined): Status {
  if (!thresholds || (!thresholds.watch && !thresholds.act) || !Number.isFinite(value)) return 'none';
  if (thresholds.act && inBand(value, thresholds.act)) return 'act';
  if (thresholds.watch && inBand(value, thresholds.watch)) return 'watch';
  return 'ok';
}

const RANK: Record<Status, number> = { act: 3, watch: 2, ok: 1, none: 0 };
export function worseStatus(a: Status, b: Status): Status {
  return RANK[a] >= RANK[b] ? a : b;
}
