/**
 * The mean, as exact as a double can hold it. A point exactly on the mean breaks a shift, so that an error in the last digit would
 * change a verdict: ten times 0.1 must have the mean 0.1. Source: R's `mean` (long double, second pass); here Neumaier's
 * compensated sum (ZAMM 54, 1974), then the same second pass. null for no values.
 */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const first = sumOf(values) / values.length;
  return first + sumOf(values.map((value) => value - first)) / values.length;
}

/** Source: A. Neumaier, ZAMM 54 (1974). */
export function sumOf(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** The value below which a share of the values lies, between neighbours in proportion. Source: Hyndman & Fan 1996, type 7. null for no values. */
export function quantileOf(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}
