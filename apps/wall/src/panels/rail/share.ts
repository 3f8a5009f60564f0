/** Divides the rail between its blocks; what a block leaves out is counted by its last line. */
export interface Block {
  /** Heights of its rows, in order. */
  rows: readonly number[];
  /** So many rows at least, while there is room. */
  least: number;
  head: number;
  /** Height of a block that has no rows, head included; 0: it is not shown. */
  empty: number;
  /** Left out altogether, uncounted, when no row of it fits. */
  spare?: boolean;
}

/** How many rows of each block are shown. A block that comes earlier is filled earlier. */
export function share(room: number, blocks: readonly Block[], more: number): number[] {
  const shown = blocks.map(() => 0);
  const height = (): number =>
    blocks.reduce((sum, { rows, head, empty, spare }, b) => {
      const n = shown[b]!;
      if (rows.length === 0 || (spare && n === 0)) return sum + (rows.length === 0 ? empty : 0);
      return sum + head + rows.slice(0, n).reduce((all, row) => all + row, 0) + (n < rows.length ? more : 0);
    }, 0);
  const grow = (b: number, most: number): void => {
    while (shown[b]! < most) {
      shown[b]!++;
      if (height() <= room) continue;
      shown[b]!--;
      return;
    }
  };
  blocks.forEach(({ rows, least }, b) => grow(b, Math.min(least, rows.length)));
  blocks.forEach(({ rows }, b) => grow(b, rows.length));
  return shown;
}
