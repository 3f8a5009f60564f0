/** What a part of the system answers: undefined = nothing has happened yet that could be measured. */
export type Measured = number | string | { why: string } | undefined;
/** By metric. */
export type Measures = Readonly<Record<string, () => Measured>>;

export function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : 100 * share;
}

/** Not less than nothing: for stocks that wander. */
export function atLeast(least: number, value: number): number {
  return Math.max(least, value);
}

/** The step of a level that `value` has reached. */
export function levelOf(value: number, steps: readonly number[]): number {
  return 1 + steps.filter((step) => value >= step).length;
}
