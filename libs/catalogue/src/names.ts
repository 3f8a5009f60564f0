/** A name that is looked up among those there are, and the nearest of them when it is not. */
export function find<T>(among: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(among, name) ? among[name] : undefined;
}

export function unknown(what: string, name: string, among: readonly string[]): string {
  const limit = Math.max(2, name.length / 3);
  const [nearest] = among
    .filter((one) => Math.abs(one.length - name.length) <= limit)
    .map((one) => ({ one, far: distance(name, one) }))
    .sort((a, b) => a.far - b.far);
  return `unknown ${what} "${name}"${nearest && nearest.far <= limit ? `; did you mean "${nearest.one}"?` : ''}`;
}

/** Levenshtein distance: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
