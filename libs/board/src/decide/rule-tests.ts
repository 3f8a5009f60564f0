/**
 * The stories a rule must tell before it may be proposed, played by the live rules on a board that has nothing else: minute by
 * minute, with the contracts of the real feeds. `raised` and `stood-down` are always compared; turns of another kind where
 * the story names one of that kind. What is usual is taken as 100, so that values read as per cent of it.
 */
import type { BoardDefinition, FeedDefinition, FeedId, FigureId, SeriesDefinition } from '../definition.js';
import type { BoardEvent, Reading } from '../events.js';
import { Fold } from '../evolve.js';
import type { Rule, RuleTest, Turn } from '../rule.js';
import { beginAfter } from '../rules/hours.js';
import { figuresOf, plainParts, seriesOf } from '../rules/watched.js';
import { emptyBoard } from '../state.js';
import { DAY_MS, MINUTE_MS, momentOfLocal } from '../time.js';
import { comeDue, follow } from './react.js';

/** A Tuesday at noon that no clock change comes near: 13 January 2026. */
const TUESDAY = 20_466;

/** Only what the rule and its story name. A roll-up whose value the story gives is a series there. */
function boardOf(definition: BoardDefinition, rule: Rule, named: ReadonlySet<FigureId>): BoardDefinition {
  const series: Record<string, SeriesDefinition> = {};
  const watched = [...figuresOf(rule.when), ...(rule.least ? [rule.least.figure] : [])];
  for (const figure of [...named, ...watched]) {
    const rollup = definition.rollups[figure];
    const first = definition.series[rollup?.of[0] ?? ''];
    if (named.has(figure) && rollup && first) series[figure] = { ...first, id: figure, metric: rollup.metric };
    else for (const id of seriesOf(definition, figure)) if (definition.series[id]) series[id] = definition.series[id];
  }
  const feeds: Record<FeedId, FeedDefinition> = {};
  for (const [id, feed] of Object.entries(definition.feeds)) {
    const own = Object.values(series).filter((one) => one.feed === id);
    if (own.length > 0) feeds[id] = { ...feed, series: own.map((one) => one.id) };
  }
  const rollups = Object.fromEntries(
    Object.entries(definition.rollups).filter(([id, { of, over }]) => !series[id] && [...of, ...(over ?? [])].every((part) => series[part])),
  );
  return { ...definition, series, feeds, rollups, tiles: {}, overview: [], detail: [], links: [] };
}

/** Turns of the rule in their order, by minute. */
function told(definition: BoardDefinition, rule: Rule, { readings, minutes }: RuleTest): { minute: number; turn: Turn }[] {
  const small = boardOf(definition, rule, new Set(readings.flatMap(({ values }) => Object.keys(values))));
  const noon = momentOfLocal(small.zone, TUESDAY, 12 * 60);
  const start = (rule.active && beginAfter(rule.active, small.zone, noon - DAY_MS / 2)) ?? noon;
  const usuals = plainParts(rule.when).flatMap((part) => (part.kind === 'usual' ? [part.figure] : []));
  const fold = new Fold(emptyBoard);
  fold.apply({ kind: 'BoardDefined', definition: small }, start - 1);
  fold.apply({ kind: 'RulesAgreed', rules: [rule], retired: [], origin: 'file', by: { id: 'test', name: 'Test' } }, start - 1);
  fold.apply({ kind: 'UsualLearned', usuals: usuals.map((figure) => ({ figure, hours: Array<number>(168).fill(100), from: 0, to: start })) }, start - 1);

  const events: BoardEvent[] = [];
  /** The last value of a series, and when it was sent. Not for what is to fall silent: a feed whose lateness is watched. */
  const repeated = new Map<string, { value: number; at: number }>();
  const late = plainParts(rule.when).some(({ kind }) => kind === 'late');
  for (let minute = 0; minute <= minutes; minute++) {
    const at = start + minute * MINUTE_MS;
    events.push(...comeDue(fold, at));
    const sent = new Map<FeedId, Reading[]>();
    const send = (id: string, value: number | null): void => {
      const { feed } = small.series[id]!;
      sent.set(feed, [...(sent.get(feed) ?? []), { series: id, at, value }]);
      if (value === null || late) repeated.delete(id);
      else repeated.set(id, { value, at });
    };
    const now = readings.filter((one) => one.minute === minute).flatMap(({ values }) => Object.entries(values));
    for (const [id, value] of now) if (small.series[id]) send(id, value);
    for (const [id, last] of repeated) {
      const { expected } = small.feeds[small.series[id]!.feed]!;
      if ('everyMs' in expected && at - last.at >= expected.everyMs) send(id, last.value);
    }
    for (const [feed, some] of sent) {
      const event: BoardEvent = { kind: 'ReadingsRecorded', feed, batch: `minute ${minute}`, readings: some };
      fold.apply(event, at);
      events.push(...follow(fold, [event], at));
    }
  }
  return events.flatMap((event) => (event.kind === 'AlertTurned' ? [{ minute: Math.floor((event.due - start) / MINUTE_MS), turn: event.turn }] : []));
}

/** What is said of the first story that the rule tells otherwise; undefined when all are told as expected. */
export function failedTest(definition: BoardDefinition, rule: Rule): string | undefined {
  for (const test of rule.tests) {
    const compared = new Set<Turn>(['raised', 'stood-down', ...test.expect.map(({ turn }) => turn)]);
    const say = (turns: readonly { minute: number; turn: Turn }[]): string =>
      turns
        .filter(({ turn }) => compared.has(turn))
        .map(({ minute, turn }) => `${turn} at ${minute}`)
        .join(', ') || 'nothing';
    const [expected, found] = [say(test.expect), say(told(definition, rule, test))];
    if (expected !== found) return `"${test.title}" expects ${expected}; the rule says ${found}.`;
  }
  return undefined;
}
