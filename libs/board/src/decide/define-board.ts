import { canonical } from '../canonical.js';
import type { BoardDefinition, SeriesDefinition } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { Rule, RuleId } from '../rule.js';
import type { BoardState } from '../state.js';
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

/** Nothing happens when the board is defined like this already. Known series keep their number, for ever. */
export function defineBoard(state: BoardState, proposed: ProposedDefinition): Decision<{ changed: boolean }> {
  const { rules, ...rest } = proposed;
  let highest = Math.max(0, ...Object.values(state.numbers));
  const series: Record<string, SeriesDefinition> = {};
  for (const [id, one] of Object.entries(proposed.series)) {
    series[id] = { ...one, no: state.numbers[id] ?? ++highest };
  }
  const definition: BoardDefinition = { ...rest, series };
  const isSame = state.definition && canonical(state.definition) === canonical(definition);
  const events: BoardEvent[] = [...(isSame ? [] : [{ kind: 'BoardDefined' as const, definition }]), ...agreedRules(state, rules ?? {})];
  return { events, outcome: { changed: events.length > 0 } };
}
