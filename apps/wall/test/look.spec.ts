import { FRESHNESS, type Freshness } from '@comm-cell/board/rules/freshness';
import type { Status } from '@comm-cell/board/rules/threshold';
import type { FigureView } from '@comm-cell/board/views/figure';
import { describe, expect, it } from '@jest/globals';
import { hooks, lookOf, shapeOf, shownValue, stateWords } from '../src/panels/look.js';
import { words } from '../src/words-cy.js';

const figure = (part: Partial<FigureView>): FigureView => ({
  figure: 'ed.in-department@here',
  place: 'here',
  metric: {
    id: 'ed.in-department',
    label: { en: 'In', cy: 'Yn' },
    short: { en: 'In', cy: 'Yn' },
    unit: 'patients',
    kind: 'stock',
    direction: 'higher-is-worse',
    notation: 'number',
    decimals: 0,
    range: { min: 0, max: 100 },
  },
  unit: { id: 'patients', symbol: { en: '', cy: '' }, quantity: 'count' },
  value: 5,
  status: 'ok',
  freshness: 'fresh',
  trend: [],
  ...part,
});

describe('how a figure looks', () => {
  it('is good only when it is judged, current, complete and not in doubt', () => {
    const statuses: Status[] = ['ok', 'watch', 'act', 'none'];
    for (const freshness of [...FRESHNESS, 'some-day' as Freshness]) {
      for (const status of statuses) {
        for (const value of [5, null]) {
          for (const parts of [undefined, { current: 2, of: 2 }, { current: 1, of: 2 }]) {
            for (const held of [undefined, { at: 0, value: 9_999, reason: 'out-of-range' as const }]) {
              const view = figure({ freshness, status, value, ...(parts && { parts }), ...(held && { held }) });
              const good = shapeOf(view) === 'ok';
              const deserved =
                status === 'ok' && value !== null && (freshness === 'fresh' || freshness === 'due') && (!parts || parts.current === parts.of) && !held;
              expect({ freshness, status, value, parts, held, good }).toEqual({ freshness, status, value, parts, held, good: deserved });
            }
          }
        }
      }
    }
  });

  it('gives each way of not being current a look of its own', () => {
    const looks = (['late', 'expired', 'suspended', 'never'] as const).map((freshness) => lookOf(figure({ freshness })));
    expect(new Set([...looks, lookOf(figure({})), lookOf(figure({ value: null }))]).size).toBe(6);
    const shapes = (['late', 'expired', 'suspended', 'never'] as const).map((freshness) => shapeOf(figure({ freshness })));
    expect(new Set([...shapes, shapeOf(figure({ value: null }))]).size).toBe(5);
  });

  /** The value that scripts and tests may read off the element. */
  const named = (view: FigureView): string | undefined => {
    const element = { dataset: {} as DOMStringMap };
    hooks(view)(element as HTMLElement);
    return element.dataset['value'];
  };

  it('withdraws an expired value but keeps nought', () => {
    expect(shownValue(figure({ freshness: 'expired' }))).toBeNull();
    expect(named(figure({ freshness: 'expired' }))).toBe('');
    expect(named(figure({ value: 0 }))).toBe('0');
    expect(named(figure({ value: null, freshness: 'never' }))).toBe('');
  });

  it('shows a bad roll-up as bad although a part is missing, and says that it is incomplete', () => {
    const view = figure({ status: 'act', freshness: 'expired', parts: { current: 1, of: 2 } });
    expect(shapeOf(view)).toBe('act');
    expect(shownValue(view)).toBe(5);
    expect(stateWords(view, words.en)).toContain('incomplete');
  });
});
