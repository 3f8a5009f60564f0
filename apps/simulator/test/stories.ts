/** What the tests share: a board with its simulated system, and all that its feeds say over some days. */
import { loadBoard } from '@comm-cell/catalogue/load';
import type { ReadingRow } from '@comm-cell/contract/feed';
import { Reporter } from '../src/delivery/reporter.js';
import { scenarios } from '../src/scenarios/named.js';
import { systems } from '../src/systems/named.js';

export const DAY_MS = 86_400_000;

export function reporter(board: string, scenario: string, from: number, to: number, seed = 1): Reporter {
  return new Reporter(loadBoard(board), systems[board]!, scenarios[scenario]!, seed, from, to);
}

/** Everything the feeds of a board say; some of the tests ask for the same. */
const told = new Map<string, Map<string, ReadingRow[]>>();

export function story(board: string, scenario: string, from: number, to: number, seed = 1): Map<string, ReadingRow[]> {
  const name = [board, scenario, from, to, seed].join(' ');
  return told.get(name) ?? told.set(name, tell(board, scenario, from, to, seed)).get(name)!;
}

export function tell(board: string, scenario: string, from: number, to: number, seed = 1): Map<string, ReadingRow[]> {
  const one = reporter(board, scenario, from, to, seed);
  return one.history(new Map(Object.keys(one.board.feeds).map((feed) => [feed, from])), to);
}

/** Values of a series by moment. */
export function valuesOf(rows: Iterable<readonly ReadingRow[]>, series: string): Map<number, number> {
  const values = new Map<number, number>();
  for (const some of rows)
    for (const row of some) if (row.series === series && typeof row.value === 'number') values.set(Date.parse(row.observedAt), row.value);
  return values;
}
