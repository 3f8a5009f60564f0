/** Did something change with a moment? The means on both sides, and how far their difference may be chance. */
import { meanOf, sumOf } from './mean.js';
import { neighbourCorrelation } from './warnings.js';

export interface BeforeAfter {
  before: { mean: number | null; n: number };
  after: { mean: number | null; n: number };
  /** after − before, with its 95 % interval; null when there are too few points. */
  difference: number | null;
  low: number | null;
  high: number | null;
  /** cannot-tell: no difference lies within the interval; too-few: fewer than seven reported points on a side. */
  verdict: 'higher' | 'lower' | 'cannot-tell' | 'too-few';
}

const LEAST = 7;

/**
 * Welch's interval, with fewer effective points where neighbours are alike: n (1 − r) / (1 + r), r the correlation of neighbours
 * (no less than 0). It says that the level differs, never why: whatever else changed then is in it too.
 * Source: Welch, Biometrika 34 (1947); effective sample size of Zwiers & von Storch, Journal of Climate 8 (1995).
 */
export function beforeAfter(before: readonly (number | null)[], after: readonly (number | null)[]): BeforeAfter {
  const sides = [sideOf(before), sideOf(after)] as const;
  const [a, b] = sides;
  const known = { before: { mean: a.mean, n: a.n }, after: { mean: b.mean, n: b.n } };
  if (a.n < LEAST || b.n < LEAST) return { ...known, difference: null, low: null, high: null, verdict: 'too-few' };
  const difference = b.mean! - a.mean!;
  const errors = sides.map(({ variance, effective }) => variance / effective);
  const error = errors[0]! + errors[1]!;
  const freedom = error === 0 ? Infinity : error ** 2 / sumOf(sides.map(({ effective }, i) => errors[i]! ** 2 / (effective - 1)));
  const off = studentUpper(freedom) * Math.sqrt(error);
  const [low, high] = [difference - off, difference + off];
  return { ...known, difference, low, high, verdict: low > 0 ? 'higher' : high < 0 ? 'lower' : 'cannot-tell' };
}

interface Side {
  mean: number | null;
  n: number;
  variance: number;
  effective: number;
}

function sideOf(values: readonly (number | null)[]): Side {
  const reported = values.filter((value) => value !== null);
  const n = reported.length;
  const mean = meanOf(reported);
  if (mean === null || n < 2) return { mean, n, variance: 0, effective: n };
  const r = Math.min(0.9, Math.max(0, neighbourCorrelation(values) ?? 0));
  return { mean, n, variance: sumOf(reported.map((value) => (value - mean) ** 2)) / (n - 1), effective: Math.max(2, (n * (1 - r)) / (1 + r)) };
}

const Z = 1.959964;
/** Upper 2.5 % of Student's t. Source: the Cornish–Fisher expansion, Abramowitz & Stegun 26.7.5; exact to 0.02 from 3 degrees on, and wide below. */
function studentUpper(freedom: number): number {
  if (freedom < 2) return 12.706;
  const z = Z;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
