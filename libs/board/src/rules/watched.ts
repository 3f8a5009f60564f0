/**
 * Which rules a reading concerns. Worked out once for a definition and its rules, so that a reading among thousands of
 * rules costs no more than the few that watch its series.
 */
import type { BoardDefinition, FeedId, FigureId, SeriesId } from '../definition.js';
import type { Condition, PlainCondition, Rule, RuleId } from '../rule.js';
import type { RuleState } from '../state.js';

export interface Watched {
  bySeries: ReadonlyMap<SeriesId, readonly Rule[]>;
  /** Rules that watch a series of the feed, or the feed itself. */
  byFeed: ReadonlyMap<FeedId, readonly Rule[]>;
  /** Rules that the silence of the feed can make bad: about its lateness, or with a least denominator that it hides. */
  late: ReadonlyMap<FeedId, readonly Rule[]>;
  /** Rules with active hours. */
  timed: readonly Rule[];
  /** Series that slopes are taken of, and over how long. */
  slopes: ReadonlyMap<SeriesId, number>;
  /** The rules behind whose alerts those of this rule may stand. */
  before: ReadonlyMap<RuleId, readonly RuleId[]>;
  /** Rules with a change that waits. */
  proposed: readonly RuleId[];
}

export function plainParts(when: Condition): readonly PlainCondition[] {
  return when.kind === 'composite' ? when.of : [when];
}

/** The figures a condition compares, the one it is about first. */
export function figuresOf(when: Condition): FigureId[] {
  return plainParts(when).flatMap((part) => {
    switch (part.kind) {
      case 'late':
        return [];
      case 'share':
        return [part.figure, part.of];
      case 'difference':
        return [part.figure, part.less];
      default:
        return [part.figure];
    }
  });
}

/** The series a figure is made of: itself, or the parts of a roll-up. */
export function seriesOf(definition: BoardDefinition, figure: FigureId): readonly SeriesId[] {
  if (definition.series[figure]) return [figure];
  const rollup = definition.rollups[figure];
  return rollup ? [...rollup.of, ...(rollup.over ?? [])] : [];
}

function watch(definition: BoardDefinition, rules: Readonly<Record<RuleId, RuleState>>): Watched {
  const bySeries = new Map<SeriesId, Rule[]>();
  const byFeed = new Map<FeedId, Rule[]>();
  const late = new Map<FeedId, Rule[]>();
  const timed: Rule[] = [];
  const slopes = new Map<SeriesId, number>();
  const before = new Map<RuleId, RuleId[]>();
  const proposed: RuleId[] = [];
  const add = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
    const list = map.get(key);
    if (!list) map.set(key, [value]);
    else if (!list.includes(value)) list.push(value);
  };
  for (const [id, { rule, proposed: waits }] of Object.entries(rules)) {
    if (waits) proposed.push(id);
    if (!rule) continue;
    const figures = figuresOf(rule.when);
    if (rule.least) figures.push(rule.least.figure);
    for (const figure of figures) {
      for (const series of seriesOf(definition, figure)) {
        add(bySeries, series, rule);
        const feed = definition.series[series]?.feed;
        if (feed !== undefined) add(byFeed, feed, rule);
        if (feed !== undefined && figure === rule.least?.figure) add(late, feed, rule);
      }
    }
    for (const part of plainParts(rule.when)) {
      if (part.kind === 'late') {
        add(late, part.feed, rule);
        add(byFeed, part.feed, rule);
        for (const series of definition.feeds[part.feed]?.series ?? []) add(bySeries, series, rule);
      } else if (part.kind === 'rate' || part.kind === 'reach') {
        for (const series of seriesOf(definition, part.figure)) slopes.set(series, Math.max(slopes.get(series) ?? 0, part.overMs));
      }
    }
    if (rule.active) timed.push(rule);
    for (const behind of rule.supersedes ?? []) add(before, behind, id);
  }
  return { bySeries, byFeed, late, timed, slopes, before, proposed };
}

const known = new WeakMap<object, { definition: BoardDefinition; watched: Watched }>();

/** `rules` must be a record that is replaced, never changed in place, as the fold does it. */
export function watched(definition: BoardDefinition, rules: Readonly<Record<RuleId, RuleState>>): Watched {
  const found = known.get(rules);
  if (found?.definition === definition) return found.watched;
  const made = watch(definition, rules);
  known.set(rules, { definition, watched: made });
  return made;
}
