/** What panels need from the state itself, made here so that they do not know it. Which feed explains a figure: its own, or for a roll-up the worst of its parts' feeds. */
import type { FigureId, Label, Metric } from '@comm-cell/board/definition';
import { FRESHNESS } from '@comm-cell/board/rules/freshness';
import type { BoardState } from '@comm-cell/board/state';
import type { BoardView, FeedView } from '@comm-cell/board/views/board';

export function feedFinder(state: BoardState, view: BoardView): (figure: FigureId) => FeedView | undefined {
  const definition = state.definition!;
  const feeds = new Map(view.feeds.list.map((feed) => [feed.id, feed]));
  return (figure) => {
    const series = definition.series[figure];
    if (series) return feeds.get(series.feed);
    const rollup = definition.rollups[figure];
    if (!rollup) return undefined;
    return [...rollup.of, ...(rollup.over ?? [])]
      .flatMap((id) => feeds.get(definition.series[id]?.feed ?? '') ?? [])
      .reduce<FeedView | undefined>(
        (worst, feed) => (worst && FRESHNESS.indexOf(worst.freshness) >= FRESHNESS.indexOf(feed.freshness) ? worst : feed),
        undefined,
      );
  };
}

/** Writes a value of a figure as its metric is written, in the language of the screen. */
export function figureWriter(
  state: BoardState,
  preferences: { label(label: Label): string },
  measure: (value: number, metric: Metric, unit: string) => string,
): (figure: FigureId, value: number) => string {
  const definition = state.definition!;
  return (figure, value) => {
    const metric = definition.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
    return metric ? measure(value, metric, preferences.label(definition.units[metric.unit]!.symbol)) : String(value);
  };
}
