/**
 * A board's file from which something was taken out → the same file without what leads nowhere then: rules, lines, links, roll-ups
 * and tiles of what is gone. It goes by the faults that reading the file finds, so it knows no more than the reader does.
 */
import { edited } from '@comm-cell/contract/edits';
import type { WrittenBoard } from '@comm-cell/contract/definition';
import { readBoard } from './load.js';

/** More rounds than a chain of references is long: provider → place → series → roll-up → tile → column. */
const ROUNDS = 12;

type Path = (string | number)[];

export function tidy(file: WrittenBoard): WrittenBoard {
  let clean: unknown = file;
  for (let round = 0; round < ROUNDS; round++) {
    const { issues } = readBoard(clean as object, 'file');
    const gone = issues.flatMap(({ at }) => partOf(at as Path, clean) ?? []);
    if (gone.length === 0) break;
    // Of a list the last first, so that the places of the others stay right; nothing twice, and nothing inside what goes as a whole.
    const once = [...new Map(gone.map((at) => [at.join('\n'), at])).values()];
    const whole = once.filter((at) => !once.some((other) => other.length < at.length && other.every((step, i) => step === at[i])));
    clean = edited(
      clean,
      whole.sort(lastFirst).map((at) => ({ at })),
    );
  }
  return clean as WrittenBoard;
}

function lastFirst(a: Path, b: Path): number {
  const differs = a.findIndex((step, i) => step !== b[i]);
  const [one, other] = [a[differs] ?? '', b[differs] ?? ''];
  return typeof one === 'number' && typeof other === 'number' ? other - one : String(one) < String(other) ? -1 : 1;
}

/** The smallest part that cannot stay when there is a fault at this path; nothing for faults of what was not taken out. */
function partOf(at: Path, file: unknown): Path[] | undefined {
  const [part, id, setting, i] = at;
  switch (part) {
    case 'providers':
    case 'places':
      return [at.slice(0, 2)];
    case 'feeds':
      return [setting === 'series' && i !== undefined ? at.slice(0, 4) : at.slice(0, 2)];
    case 'rollups':
      // Both sides of a ratio name the same places in the same order.
      if ((setting === 'of' || setting === 'over') && i !== undefined) {
        const { of, over } = (file as { rollups: Record<string, { of: string[]; over?: string[] }> }).rollups[String(id)]!;
        if (of.length === 1) return [at.slice(0, 2)];
        return [['rollups', id!, 'of', i], ...(over ? [['rollups', id!, 'over', i]] : [])];
      }
      return [at.slice(0, 2)];
    case 'tiles':
      if (setting === 'lines') return [at.slice(0, 4)];
      return [setting === 'place' || setting === 'parts' ? at.slice(0, 3) : at.slice(0, 2)];
    case 'overview':
    case 'detail':
      if (setting === 'volume') return [at.slice(0, 3)];
      return [setting === 'tiles' && i !== undefined ? at.slice(0, 4) : at.slice(0, 2)];
    case 'links':
      if (setting === 'volume') return [at.slice(0, 3)];
      return [setting === 'blockedBy' && i !== undefined ? at.slice(0, 4) : at.slice(0, 2)];
    case 'rules':
      return [
        (setting === 'places' || setting === 'feeds' || setting === 'supersedes' || setting === 'tests') && i !== undefined ? at.slice(0, 4) : at.slice(0, 2),
      ];
    case 'levels':
      return [(setting === 'parameters' || setting === 'of') && i !== undefined ? at.slice(0, 4) : at.slice(0, 2)];
    case 'cell':
      return [setting !== undefined ? at.slice(0, 3) : at.slice(0, 1)];
    case 'levelGroup':
      return [at.slice(0, 1)];
    default:
      return undefined;
  }
}
