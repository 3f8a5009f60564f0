/**
 * A change of a rule: proposed with a reason, agreed by a second person where it is about act or critical alerts, in force
 * from its moment on. A rule that nobody owns, that has no action card or that fails its own stories is not taken.
 */
import type { Band, BoardDefinition, FigureId, Unit } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { PlainCondition, Rule, RuleId } from '../rule.js';
import { plainParts } from '../rules/watched.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';
import { needsSecond } from './react.js';
import { failedTest } from './rule-tests.js';

/** `agreed`: in force now; else it waits for a second person, or for its moment. */
export type AgreeOutcome = { id: RuleId; agreed: boolean; needsSecond: boolean } | { refused: Refused };

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

function unitOf(definition: BoardDefinition, figure: FigureId): Unit | undefined {
  const metric = definition.metrics[definition.series[figure]?.metric ?? definition.rollups[figure]?.metric ?? ''];
  return metric && metric.kind !== 'text' ? definition.units[metric.unit] : undefined;
}

function edges({ over, atLeast, under, atMost }: Band): { upper: number[]; lower: number[] } {
  const known = (...some: (number | undefined)[]): number[] => some.filter((one) => one !== undefined);
  return { upper: known(over, atLeast), lower: known(under, atMost) };
}

function wrongBand(field: string, band: Band): Refused | undefined {
  const { upper, lower } = edges(band);
  const all = [...upper, ...lower];
  if (all.length > 0 && all.every(Number.isFinite)) return undefined;
  return { field, code: 'no-line', detail: 'Say where it begins: over, at least, under or at most a number.' };
}

function wrongPart(definition: BoardDefinition, part: PlainCondition, field: string): Refused | undefined {
  if (part.kind === 'late') {
    return definition.feeds[part.feed] ? undefined : { field: `${field}.feed`, code: 'unknown-feed', detail: `This board has no feed "${part.feed}".` };
  }
  const other = part.kind === 'share' ? ([part.of, 'of'] as const) : part.kind === 'difference' ? ([part.less, 'less'] as const) : undefined;
  for (const [figure, name] of [[part.figure, 'figure'] as const, ...(other ? [other] : [])]) {
    if (!definition.series[figure] && !definition.rollups[figure])
      return { field: `${field}.${name}`, code: 'unknown-figure', detail: `This board has no figure "${figure}".` };
    if (!unitOf(definition, figure)) return { field: `${field}.${name}`, code: 'not-a-number', detail: `Figure "${figure}" is words; a rule needs a number.` };
  }
  if (other) {
    const [a, b] = [unitOf(definition, part.figure)!, unitOf(definition, other[0])!];
    // People and beds are both counted, and may be compared; minutes and per cent may not.
    if (a.quantity !== b.quantity || (a.quantity !== 'count' && a.id !== b.id))
      return {
        field: `${field}.${other[1]}`,
        code: 'other-unit',
        detail: `"${part.figure}" is in ${a.id}, "${other[0]}" in ${b.id}: they cannot be compared.`,
      };
  }
  if ((part.kind === 'rate' || part.kind === 'reach') && !(part.overMs > 0))
    return { field: `${field}.overMs`, code: 'no-time', detail: 'A slope needs a stretch of time.' };
  if (part.kind === 'reach' && !(part.withinMs > 0))
    return { field: `${field}.withinMs`, code: 'no-time', detail: 'Say within which time the line would be reached.' };
  return wrongBand(`${field}.band`, part.band);
}

/** What is wrong with a rule on this board, or missing from it. */
export function wrongWith(definition: BoardDefinition, rule: Rule): Refused | undefined {
  const group = definition.response?.groups[rule.owner];
  if (!group) return { field: 'owner', code: 'unknown-group', detail: `A rule needs an owner: this board has no group "${rule.owner}".` };
  if (!definition.response?.cards[rule.card])
    return { field: 'card', code: 'unknown-card', detail: `A rule needs a defined response: this board has no action card "${rule.card}".` };
  if (!rule.label.en.trim() || !rule.label.cy.trim()) return { field: 'label', code: 'no-label', detail: 'A rule needs its words in both languages.' };
  const { when } = rule;
  const parts = plainParts(when);
  const isLate = parts.some(({ kind }) => kind === 'late');
  if (when.kind === 'late' && group.kind !== 'data')
    return { field: 'owner', code: 'not-for-data', detail: `Late data is for the owners of the data; "${rule.owner}" is a group of kind ${group.kind}.` };
  if (when.kind === 'composite' && (parts.length < 2 || !(when.atLeast >= 1 && when.atLeast <= parts.length)))
    return { field: 'when.atLeast', code: 'no-composite', detail: 'A composite has at least two parts, of which at least one and at most all must hold.' };
  for (const [i, part] of parts.entries()) {
    const wrong = wrongPart(definition, part, when.kind === 'composite' ? `when.of.${i}` : 'when');
    if (wrong) return wrong;
  }
  if (!(rule.forMs >= 0 && rule.clear.forMs >= 0)) return { field: 'forMs', code: 'no-time', detail: 'A time cannot be negative.' };
  if (isLate && when.kind === 'late' && (rule.forReadings > 1 || rule.clear.band))
    return {
      field: 'forReadings',
      code: 'nothing-to-count',
      detail: 'Nothing is read of a feed that is late: give a time, not a number of readings or an easier line.',
    };
  if (rule.clear.band) {
    if (when.kind === 'composite' || when.kind === 'late')
      return { field: 'clear.band', code: 'no-line', detail: 'There is no one value that an easier line could be for.' };
    const wrong = wrongBand('clear.band', rule.clear.band);
    if (wrong) return wrong;
    const [bad, clear] = [edges(when.band), edges(rule.clear.band)];
    if (clear.lower.some((line) => line > Math.min(...bad.upper)) || clear.upper.some((line) => line < Math.max(...bad.lower)))
      return { field: 'clear.band', code: 'not-easier', detail: 'The easier line lies beyond the line of the rule: the alert would be over while it is bad.' };
  }
  if (rule.least && !unitOf(definition, rule.least.figure))
    return { field: 'least.figure', code: 'unknown-figure', detail: `This board has no figure "${rule.least.figure}" that is a number.` };
  if (rule.active && (rule.active.days.length === 0 || !CLOCK.test(rule.active.from) || !CLOCK.test(rule.active.to)))
    return { field: 'active', code: 'no-hours', detail: 'Active hours need days and two clock times.' };
  if (rule.supersedes?.includes(rule.id)) return { field: 'supersedes', code: 'itself', detail: 'A rule cannot stand behind itself.' };
  const failed = failedTest(definition, rule);
  return failed === undefined ? undefined : { field: 'tests', code: 'test-failed', detail: failed };
}

function refuse(refused: Refused): Decision<{ refused: Refused }> {
  return { events: [], outcome: { refused } };
}

function agreed(id: RuleId, rule: Rule | null, by: Person, reason: string): BoardEvent {
  return { kind: 'RulesAgreed', rules: rule ? [rule] : [], retired: rule ? [] : [id], origin: 'screen', by, reason };
}

export interface ProposeRule {
  id: RuleId;
  /** null: retire it. */
  rule: Rule | null;
  /** When it is to begin; left out: as soon as it is agreed. */
  from?: number;
  reason: string;
  by: Person;
}

export function proposeRule(state: BoardState, { id, rule, from, reason, by }: ProposeRule, at: number): Decision<AgreeOutcome> {
  const { definition } = state;
  if (!definition) return refuse({ field: 'rule', code: 'no-board', detail: 'A board without a definition takes no rules.' });
  if (rule && rule.id !== id) return refuse({ field: 'rule.id', code: 'other-rule', detail: `The rule says it is "${rule.id}", not "${id}".` });
  if (!rule && !state.rules[id]?.rule) return refuse({ field: 'id', code: 'unknown-rule', detail: `This board has no rule "${id}" in force.` });
  const wrong = rule && wrongWith(definition, rule);
  if (wrong) return refuse({ ...wrong, field: `rule.${wrong.field}` });
  const second = needsSecond(state.rules[id], rule);
  const begin = from ?? at;
  const proposed: BoardEvent = { kind: 'RuleProposed', id, rule, from: begin, by, reason };
  const now = !second && begin <= at;
  return { events: now ? [proposed, agreed(id, rule, by, reason)] : [proposed], outcome: { id, agreed: now, needsSecond: second } };
}

export function approveRule(state: BoardState, { id, by }: { id: RuleId; by: Person }, at: number): Decision<AgreeOutcome> {
  const proposed = state.rules[id]?.proposed;
  if (!proposed || !state.definition) return refuse({ field: 'id', code: 'no-proposal', detail: `No change of rule "${id}" is waiting.` });
  if (proposed.approved) return refuse({ field: 'id', code: 'approved', detail: 'It has been approved already and waits for its moment.' });
  if (proposed.by.id === by.id) return refuse({ field: 'by', code: 'same-person', detail: 'Somebody else than who proposed it must approve it.' });
  // The board may have changed since it was proposed.
  const wrong = proposed.rule && wrongWith(state.definition, proposed.rule);
  if (wrong) return refuse({ ...wrong, field: `rule.${wrong.field}` });
  const now = proposed.from <= at;
  const approved: BoardEvent = { kind: 'RuleApproved', id, by };
  return {
    events: now ? [approved, agreed(id, proposed.rule, proposed.by, proposed.reason)] : [approved],
    outcome: { id, agreed: now, needsSecond: needsSecond(state.rules[id], proposed.rule) },
  };
}

export function withdrawRule(state: BoardState, { id, by }: { id: RuleId; by: Person }): Decision<{ id: RuleId } | { refused: Refused }> {
  if (!state.rules[id]?.proposed) return refuse({ field: 'id', code: 'no-proposal', detail: `No change of rule "${id}" is waiting.` });
  return { events: [{ kind: 'RuleWithdrawn', id, by }], outcome: { id } };
}
