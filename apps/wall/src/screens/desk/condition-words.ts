/** A rule's condition in words, for people who did not write it. */
import type { Band, BoardDefinition, FigureId, Label, Metric } from '@comm-cell/board/definition';
import type { Condition } from '@comm-cell/board/rule';
import { MINUTE_MS } from '@comm-cell/board/time';
import { bandText, spanText } from '../../notation.js';
import type { Words } from '../../words.js';
import type { DeskWords } from './desk-words.js';

/** Shares, slopes and per cents are not in the metric's own notation. */
const PLAIN = { notation: 'number', decimals: 1 } as Metric;

export function metricOf(definition: BoardDefinition, figure: FigureId): Metric | undefined {
  return definition.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
}

export function figureName(definition: BoardDefinition, figure: FigureId, label: (text: Label) => string): string {
  const metric = metricOf(definition, figure);
  const place = definition.places[figure.slice(figure.lastIndexOf('@') + 1)];
  return metric ? [label(metric.label), place && label(place.name)].filter(Boolean).join(', ') : figure;
}

export function conditionText(when: Condition, definition: BoardDefinition, label: (text: Label) => string, words: Words, desk: DeskWords): string {
  const name = (figure: FigureId): string => figureName(definition, figure, label);
  const line = (band: Band, figure?: FigureId): string => bandText(band, (figure && metricOf(definition, figure)) || PLAIN);
  const span = (ms: number): string => spanText(ms, words);
  const said = desk.condition;
  switch (when.kind) {
    case 'line':
      return said.line(name(when.figure), line(when.band, when.figure));
    case 'share':
      return said.share(name(when.figure), name(when.of), line(when.band));
    case 'rate':
      return said.rate(name(when.figure), line(when.band), span(when.overMs));
    case 'reach':
      return said.reach(name(when.figure), line(when.band, when.figure), span(when.withinMs));
    case 'usual':
      return said.usual(name(when.figure), line(when.band));
    case 'difference':
      return said.difference(name(when.figure), name(when.less), line(when.band, when.figure));
    case 'late': {
      const feed = definition.feeds[when.feed];
      return said.late(feed ? label(feed.name) : when.feed);
    }
    case 'composite':
      return [said.composite(when.atLeast), when.of.map((one) => conditionText(one, definition, label, words, desk)).join('; ')].join(' ');
  }
}

/** Condition and dwell together. */
export function ruleText(
  rule: { when: Condition; forMs: number; forReadings: number },
  ...rest: Parameters<typeof conditionText> extends [unknown, ...infer Rest] ? Rest : never
): string {
  const [, , words, desk] = rest;
  const text = conditionText(rule.when, ...rest);
  return rule.forMs >= MINUTE_MS || rule.forReadings > 1 ? `${text}, ${desk.holds(spanText(rule.forMs, words), rule.forReadings)}` : text;
}
