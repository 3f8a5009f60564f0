import type { Person } from '../events.js';
import type { LevelId } from '../scheme.js';
import type { BoardState } from '../state.js';
import { HOUR_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

export interface DeclareLevel {
  level: LevelId;
  n: number;
  reason: string;
  /** Left out: as long as the scheme lets a declared level stand. */
  reviewBy?: number;
  by: Person;
}
export type DeclareOutcome = { level: LevelId; n: number; reviewBy: number } | { refused: Refused };

/** A person's word, beside what is worked out and never instead of it. It always has an end. */
export function declareLevel(state: BoardState, { level, n, reason, reviewBy, by }: DeclareLevel, at: number): Decision<DeclareOutcome> {
  const refuse = (field: string, code: string, detail: string): Decision<DeclareOutcome> => ({ events: [], outcome: { refused: { field, code, detail } } });
  const response = state.definition?.response;
  const definition = response?.levels[level];
  if (!definition) return refuse('level', 'unknown-level', `This board has no level "${level}".`);
  const scheme = response!.schemes[definition.scheme]!;
  if (scheme.mode === 'calculated') return refuse('level', 'only-calculated', `Levels of "${scheme.name.en}" are worked out, not declared.`);
  if (!scheme.levels.some((one) => one.n === n))
    return refuse('n', 'no-such-level', `"${scheme.name.en}" has the levels ${scheme.levels.map((one) => one.n).join(', ')}.`);
  if (reason.trim() === '') return refuse('reason', 'missing', 'Say why, for those who read it tonight and next year.');
  const until = reviewBy ?? at + scheme.declaredMs;
  if (until <= at) return refuse('reviewBy', 'already-over', 'The moment of review is in the past.');
  if (until > at + scheme.declaredMs)
    return refuse('reviewBy', 'too-late', `A declared level stands for ${scheme.declaredMs / HOUR_MS} hours at most; review it by then, and declare it again.`);
  return { events: [{ kind: 'LevelDeclared', level, n, reason: reason.trim(), reviewBy: until, by }], outcome: { level, n, reviewBy: until } };
}
