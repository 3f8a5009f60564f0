/** One board's system with its feeds: what each of them would send at a moment. */
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { FeedDefinition } from '@comm-cell/board/definition';
import { DAY_MS } from '@comm-cell/board/time';
import type { ReadingRow } from '@comm-cell/contract/feed';
import type { Scenario } from '../scenarios/scenario.js';
import { hash } from '../system/dice.js';
import { System, type SystemShape } from '../system/system.js';
import { observations } from './schedule.js';

/**
 * Where the story begins: some days before the history that is asked for, so that queues and wards are in their
 * stride, and at the same moment for two weeks of starts, so that a simulator started again tells the same story.
 */
export function storyStart(historyFrom: number): number {
  const chapter = 14 * DAY_MS;
  return Math.floor(historyFrom / chapter) * chapter - 7 * DAY_MS;
}

export class Reporter {
  readonly system: System;

  constructor(
    readonly board: ProposedDefinition,
    shape: SystemShape,
    readonly scenario: Scenario,
    seed: number,
    historyFrom: number,
    readonly startedAt: number,
  ) {
    this.system = new System(shape, board.zone, scenario.pressure, seed ^ hash(shape.name), storyStart(historyFrom));
  }

  /** Lets the system live up to a moment. Moments must not go back. */
  moveTo(moment: number): void {
    this.scenario.act?.(this.system, moment, this.startedAt);
    this.system.advance(moment);
  }

  /** Moments must not go back. Nothing when the scenario keeps the feed from speaking. */
  report(feed: FeedDefinition, observedAt: number): ReadingRow[] {
    const { scenario, board, system, startedAt } = this;
    this.moveTo(observedAt);
    const speech = scenario.feed?.(feed, observedAt, startedAt) ?? 'speaks';
    if (speech === 'silent') return [];
    const moment = new Date(observedAt + (speech === 'speaks' ? 0 : speech.aheadMs)).toISOString();
    return feed.series.map((id) => {
      const series = board.series[id]!;
      const metric = board.metrics[series.metric]!;
      const row = { series: id, observedAt: moment, unit: metric.unit };
      const why = scenario.notReported?.(system, series, observedAt, startedAt);
      if (why !== undefined) return { ...row, notReported: why };
      const value = system.measure(series.metric, series.place);
      if (typeof value === 'object') return { ...row, notReported: value.why };
      if (value === undefined || (typeof value === 'number' && !Number.isFinite(value)))
        return { ...row, notReported: metric.kind === 'since-midnight' ? 'none since midnight' : 'no figure' };
      // Adding 0 turns -0 into 0.
      return { ...row, value: typeof value === 'string' ? value : Number(value.toFixed(metric.decimals)) + 0 };
    });
  }

  /** Everything the feeds observed after their own `since`, feed by feed, each in the order of observation. */
  history(since: ReadonlyMap<string, number>, until: number): Map<string, ReadingRow[]> {
    const looks: { at: number; feed: FeedDefinition }[] = [];
    for (const [id, after] of since) {
      const feed = this.board.feeds[id];
      if (feed) for (const at of observations(feed, this.board.zone, after, until)) looks.push({ at, feed });
    }
    looks.sort((a, b) => a.at - b.at);
    const rows = new Map<string, ReadingRow[]>([...since.keys()].map((id) => [id, []]));
    for (const { at, feed } of looks) rows.get(feed.id)!.push(...this.report(feed, at));
    return rows;
  }
}
