/** How a figure looks: one decision for tile, line, rail, phone and table. What is unknown never looks good. */
import { isCurrent } from '@comm-cell/board/rules/freshness';
import type { AlertMark, FeedView } from '@comm-cell/board/views/board';
import type { FigureView } from '@comm-cell/board/views/figure';
import type { Attachment } from 'svelte/attachments';
import type { Shape } from '../ui/shape.js';
import type { Words } from '../words.js';

export type Look = 'current' | 'partial' | 'missing' | 'late' | 'expired' | 'paused' | 'never';

export function lookOf({ value, freshness, parts }: FigureView): Look {
  if (parts && parts.current < parts.of && value !== null) return 'partial';
  switch (freshness) {
    case 'fresh':
    case 'due':
      return value === null ? 'missing' : 'current';
    case 'expired':
    case 'never':
      return freshness;
    case 'suspended':
      return 'paused';
    default:
      // `late`, and any word a newer server may have.
      return 'late';
  }
}

export function shapeOf(figure: FigureView): Shape {
  const look = lookOf(figure);
  if (look !== 'current' && look !== 'partial') return look;
  if (figure.status === 'act' || figure.status === 'watch') return figure.status;
  if (look === 'partial') return 'partial';
  if (figure.held) return 'doubt';
  return figure.status === 'ok' ? 'ok' : 'none';
}

/** With an alert: the worse of what the alert says and what the figure itself says. A mild alert hides no bad figure. */
export function alertShape(alert: Pick<AlertMark, 'severity'>, figure: FigureView): Shape {
  const own = shapeOf(figure);
  return alert.severity === 'watch' && own === 'act' ? 'act' : alert.severity;
}

/** The value that may be read: withdrawn ones may not. */
export function shownValue(figure: FigureView): number | string | null {
  const look = lookOf(figure);
  return look === 'expired' || look === 'never' ? null : figure.value;
}

export function stateWords(figure: FigureView, words: Words): string {
  const look = lookOf(figure);
  const state =
    look === 'current'
      ? words.status[figure.status]
      : look === 'partial'
        ? `${words.status[figure.status]}, ${words.incomplete}`
        : look === 'missing'
          ? words.notReported
          : words.freshness[figure.freshness];
  return figure.held ? `${state}, ${words.unsure}` : (state ?? words.unsure);
}

/** Names a shown value for scripts and tests. */
export function hooks(figure: FigureView, place = figure.place): Attachment<HTMLElement> {
  const value = shownValue(figure);
  return ({ dataset }) => {
    Object.assign(dataset, {
      place,
      series: figure.figure,
      value: typeof value === 'number' ? String(value) : '',
      status: figure.status,
      freshness: figure.freshness,
    });
  };
}

export function feedShape(feed: Pick<FeedView, 'freshness' | 'refused'>): Shape {
  if (isCurrent(feed.freshness)) return feed.refused ? 'doubt' : 'ok';
  return feed.freshness === 'suspended' ? 'paused' : feed.freshness === 'expired' || feed.freshness === 'never' ? feed.freshness : 'late';
}

/** A declared level's shape: 1 is calm, 4 and above are the worst there is. */
export function levelShape(level: number): Shape {
  return level >= 4 ? 'critical' : level === 3 ? 'act' : level === 2 ? 'watch' : 'ok';
}
