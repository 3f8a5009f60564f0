/** What would come of a change of a board, before anybody decides on it: faults, differences, and the rules it touches. */
import { createHash } from 'node:crypto';
import { canonical } from '@comm-cell/board/canonical';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Rule, RuleId } from '@comm-cell/board/rule';
import type { BoardState } from '@comm-cell/board/state';
import { boardFileOf } from '@comm-cell/catalogue/export';
import { loadCatalogue, readBoard } from '@comm-cell/catalogue/load';
import type { Issue } from '@comm-cell/catalogue/source';
import { tidy } from '@comm-cell/catalogue/tidy';
import type { Change, Fault } from '@comm-cell/contract/boards';
import type { WrittenBoard } from '@comm-cell/contract/definition';
import { type Difference, differences, type Edit, edited, NoSuchPart } from '@comm-cell/contract/edits';
import { Refusal } from '../access/refusal.js';

/** The board as a file, and the hash that a change names as what it began from: it covers the rules in force as well. */
export interface Standing {
  file: WrittenBoard;
  hash: string;
}

export function standingOf({ definition, rules }: BoardState): Standing {
  const inForce = Object.values(rules).flatMap(({ rule }) => rule ?? []);
  const hash = createHash('sha256').update(canonical(definition)).update(canonical(inForce)).digest('hex');
  return { file: boardFileOf(definition!, inForce, loadCatalogue()), hash };
}

export interface LookedAt {
  hash: string;
  faults: Fault[];
  differences: Difference[];
  /** Undefined while there are faults. */
  proposed?: ProposedDefinition;
  /** Rules that are to be otherwise, or (null) no longer. */
  rules: Record<RuleId, Rule | null>;
}

export function lookedAt(state: BoardState, change: Change): LookedAt {
  const { file, hash } = standingOf(state);
  const before = readBoard(file, 'board');
  const written = 'yaml' in change ? change.yaml : withEdits(file, change);
  const after = readBoard(written, 'board.yaml');
  // What was wrong before, e.g. a rule agreed on screen that no file may hold, stands in nobody's way now.
  const known = new Set(before.issues.map(({ path, reason }) => `${path} ${reason}`));
  const faults = after.issues.filter(({ path, reason }) => !known.has(`${path} ${reason}`)).map(faultOf);
  const { board } = after;
  if (board && board.id !== state.definition!.id)
    faults.push({ at: ['board'], path: 'board', line: 1, reason: `this is the file of another board, "${board.id}"` });
  if (!board || faults.length > 0) return { hash, faults, differences: typeof written === 'string' ? [] : differences(file, written), rules: {} };
  return {
    hash,
    faults,
    differences: differences(file, boardFileOf(board, Object.values(board.rules ?? {}), loadCatalogue())),
    proposed: board,
    rules: otherwise(before.board?.rules ?? {}, board.rules ?? {}),
  };
}

function withEdits(file: WrittenBoard, { edits, tidy: wanted }: Extract<Change, { edits: unknown }>): WrittenBoard {
  try {
    const changed = edited(file, edits as Edit[]) as WrittenBoard;
    return wanted ? tidy(changed) : changed;
  } catch (error) {
    if (error instanceof NoSuchPart) throw new Refusal(422, 'no-such-part', error.message, 'Fetch the definition again: it may have changed.');
    throw error;
  }
}

function otherwise(before: Readonly<Record<RuleId, Rule>>, after: Readonly<Record<RuleId, Rule>>): Record<RuleId, Rule | null> {
  const changed = Object.values(after).filter((rule) => !Object.hasOwn(before, rule.id) || canonical(before[rule.id]) !== canonical(rule));
  const gone = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
  return Object.fromEntries([...changed.map((rule) => [rule.id, rule] as const), ...gone.map((id) => [id, null] as const)]);
}

export function faultOf({ at, path, line, reason }: Issue): Fault {
  return { at: at as (string | number)[], path, line, reason };
}

export function refusalOf(faults: readonly Fault[]): Refusal {
  return new Refusal(
    422,
    'not-a-board',
    faults.length === 1 ? 'There is a fault in this definition.' : `There are ${faults.length} faults in this definition.`,
    'Each error names its place; mend them and send it again. Nothing was changed.',
    faults
      .slice(0, 100)
      .map(({ path, line, reason }) => ({ field: path, code: 'definition', detail: line > 1 ? `line ${line}: ${path}: ${reason}` : `${path}: ${reason}` })),
  );
}
