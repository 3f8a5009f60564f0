import { canonical } from '../canonical.js';
import type { BoardDefinition, SeriesDefinition } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import { evolve } from '../evolve.js';
import type { Rule, RuleId } from '../rule.js';
import type { BoardState } from '../state.js';
import { proposeRule } from './agree-rules.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** A definition as its file gives it: the series have no numbers yet, and the rules stand beside it. */
export type ProposedDefinition = Omit<BoardDefinition, 'series'> & {
  series: Readonly<Record<string, Omit<SeriesDefinition, 'no'>>>;
  rules?: Record<RuleId, Rule>;
};

/** Who agrees to the rules that stand in the board's file. */
const FILE: Person = { id: 'board-file', name: 'Board file' };

/** What is different in the file. A rule that people have changed on screen stays as they left it. */
function agreedRules(state: BoardState, proposed: Readonly<Record<RuleId, Rule>>): BoardEvent[] {
  const mayChange = (id: RuleId): boolean => (state.rules[id]?.version ?? 0) === 0 || state.rules[id]?.origin === 'file';
  const rules = Object.values(proposed).filter((rule) => {
    const now = state.rules[rule.id]?.rule;
    return mayChange(rule.id) && (!now || canonical(now) !== canonical(rule));
  });
  const retired = Object.keys(state.rules).filter((id) => state.rules[id]!.rule !== null && mayChange(id) && !Object.hasOwn(proposed, id));
  return rules.length + retired.length === 0 ? [] : [{ kind: 'RulesAgreed', rules, retired, origin: 'file', by: FILE }];
}

/** Known series keep their number, for ever. */
function numbered({ numbers }: BoardState, { rules: _beside, ...proposed }: ProposedDefinition): BoardDefinition {
  let highest = Math.max(0, ...Object.values(numbers));
  const series: Record<string, SeriesDefinition> = {};
  for (const [id, one] of Object.entries(proposed.series)) series[id] = { ...one, no: numbers[id] ?? ++highest };
  return { ...proposed, series };
}

/**
 * As its file has it. Nothing happens when the board is defined like this already, and nothing when people have changed it on
 * screen: what they decided must not be undone by a restart. `keptFor`: who did, when the file says otherwise.
 */
export function defineBoard(state: BoardState, proposed: ProposedDefinition): Decision<{ changed: boolean; keptFor?: Person }> {
  const definition = numbered(state, proposed);
  const isSame = state.definition && canonical(state.definition) === canonical(definition);
  if (state.definedBy) return { events: [], outcome: { changed: false, ...(isSame ? {} : { keptFor: state.definedBy }) } };
  const events: BoardEvent[] = [...(isSame ? [] : [{ kind: 'BoardDefined' as const, definition }]), ...agreedRules(state, proposed.rules ?? {})];
  return { events, outcome: { changed: events.length > 0 } };
}

export interface ChangeBoard {
  /** The definition that was looked at; null: there was no such board. */
  was: BoardDefinition | null;
  proposed: ProposedDefinition;
  /** Rules that are to be otherwise than they were; null: retired. Those of a new board stand in `proposed`. */
  rules: Readonly<Record<RuleId, Rule | null>>;
  reason: string;
  by: Person;
}

/**
 * A change by a person, of a board as they saw it. Rules go the way of every rule: an act or critical one waits for a second
 * person (`waiting`). A new board has nobody yet whom its rules could surprise: they hold at once.
 */
export function changeBoard(
  state: BoardState,
  { was, proposed, rules, reason, by }: ChangeBoard,
  at: number,
): Decision<{ changed: boolean; waiting: RuleId[] } | { refused: Refused }> {
  const refuse = (field: string, code: string, detail: string) => ({ events: [], outcome: { refused: { field, code, detail } } });
  if (was === null && state.definition) return refuse('board', 'board-exists', `There is a board "${proposed.id}" already.`);
  if (was && canonical(state.definition) !== canonical(was)) return refuse('base', 'moved-on', 'Somebody has changed the board meanwhile.');
  const definition = numbered(state, proposed);
  const isSame = was && canonical(was) === canonical(definition);
  const events: BoardEvent[] = isSame ? [] : [{ kind: 'BoardDefined', definition, by, reason }];
  if (was === null) {
    const agreed = Object.values(proposed.rules ?? {});
    if (agreed.length > 0) events.push({ kind: 'RulesAgreed', rules: agreed, retired: [], origin: 'screen', by, reason });
    return { events, outcome: { changed: true, waiting: [] } };
  }
  const next = isSame ? state : evolve(state, { event: events[0]!, at });
  const waiting: RuleId[] = [];
  for (const [id, rule] of Object.entries(rules)) {
    const decided = proposeRule(next, { id, rule, reason, by }, at);
    if ('refused' in decided.outcome) return { events: [], outcome: decided.outcome };
    if (!decided.outcome.agreed) waiting.push(id);
    events.push(...decided.events);
  }
  return { events, outcome: { changed: events.length > 0, waiting } };
}
