/** Figures of a board's file by their names, for lists to choose from. */
import type { DefinitionView } from '@comm-cell/contract/boards';
import type { WrittenBoard } from '@comm-cell/contract/definition';
import type { Tongue } from '../../words.js';

export function metricName(metric: string, file: WrittenBoard, view: DefinitionView, tongue: Tongue): string {
  return file.metrics?.[metric]?.label?.[tongue] ?? view.metrics[metric]?.label[tongue] ?? metric;
}

export function figureName(figure: string, file: WrittenBoard, view: DefinitionView, tongue: Tongue): string {
  const cut = figure.lastIndexOf('@');
  const place = figure.slice(cut + 1);
  return `${metricName(figure.slice(0, cut), file, view, tongue)} · ${file.places[place]?.name[tongue] ?? place}`;
}

export function seriesOf(file: WrittenBoard): string[] {
  return Object.values(file.feeds).flatMap(({ series }) => Object.keys(series));
}

export function figureNames(file: WrittenBoard, view: DefinitionView, tongue: Tongue): (readonly [figure: string, name: string])[] {
  return [...seriesOf(file), ...Object.keys(file.rollups ?? {})]
    .map((figure) => [figure, figureName(figure, file, view, tongue)] as const)
    .sort(([, a], [, b]) => a.localeCompare(b, tongue));
}
