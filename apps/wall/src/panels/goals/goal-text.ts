/** How a goal is written: where it stands now, where it should be, and its sign. What people said of it never hides that data is old. */
import type { Metric } from '@comm-cell/board/definition';
import type { GoalView } from '@comm-cell/board/views/goals';
import { measureText, valueText } from '../../notation.js';
import type { Preferences } from '../../preferences.svelte.js';
import type { Shape } from '../../ui/shape.js';
import { lookOf, shapeOf, shownValue, stateWords } from '../look.js';
import type { GoalWords } from './goal-words.js';

type Measure = Pick<GoalView, 'figure' | 'unit'>;

/** What is entered by hand is written with a decimal where it has one. */
function handMetric(value: number): Pick<Metric, 'notation' | 'decimals'> {
  return { notation: 'number', decimals: Number.isInteger(value) ? 0 : 1 };
}

/** A value of the goal, as its figure is written. */
export function valueOf({ figure, unit }: Measure, value: number, preferences: Preferences): string {
  if (!figure?.now) return measureText(value, handMetric(value), unit ?? '');
  return measureText(value, figure.now.metric, preferences.label(figure.now.unit.symbol));
}

export function targetOf({ target, figure }: Pick<GoalView, 'target' | 'figure'>): string {
  const [sign, value] = 'atMost' in target ? ['≤', target.atMost] : ['≥', target.atLeast];
  const metric = figure?.now?.metric;
  return `${sign} ${valueText(value, metric && !(metric.notation === 'number' && Number.isInteger(value)) ? metric : handMetric(value))}`;
}

/** `old`: not what is so now, and to be shown as such. */
export function nowOf(goal: GoalView, words: GoalWords, preferences: Preferences): { text: string; old: boolean } {
  const { figure, latest } = goal;
  if (!figure) return latest ? { text: valueOf(goal, latest.value, preferences), old: false } : { text: words.notMeasured, old: true };
  if (!figure.now) return { text: words.noFigure, old: true };
  const value = shownValue(figure.now);
  if (typeof value !== 'number') return { text: stateWords(figure.now, preferences.words), old: true };
  return { text: valueOf(goal, value, preferences), old: lookOf(figure.now) !== 'current' };
}

export function signOf({ standing, overdueMs, figure }: GoalView): Shape {
  if (overdueMs > 0 || standing === 'review-due') return 'due';
  if (figure && (!figure.now || lookOf(figure.now) !== 'current')) return figure.now ? shapeOf(figure.now) : 'never';
  return ({ agreed: 'none', 'on-track': 'ok', 'off-track': 'watch', 'cannot-tell': 'doubt' } as const)[standing];
}
