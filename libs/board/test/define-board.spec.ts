/** A board's file and the people who change it on screen: whose word holds, and what is never lost. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeBoard, defineBoard, type ProposedDefinition } from '../src/decide/define-board.js';
import type { BoardDefinition } from '../src/definition.js';
import { evolveAll } from '../src/evolve.js';
import { type BoardState, emptyBoard } from '../src/state.js';
import { boardOf, type BoardSketch } from './board.js';

const BY = { id: 'p1', name: 'Administrator' };
const AT = Date.UTC(2026, 2, 1, 9);
const FEED = { every: '15m', grace: '5m', limit: '2h' };
const seriesUpTo = (n: number): BoardSketch['series'] => Object.fromEntries(Array.from({ length: n }, (_, i) => [`m.${i + 1}@here`, { feed: 'ed' }]));
function board(over = 100, severity: 'watch' | 'act' = 'watch', name = 'Board'): ProposedDefinition {
  const rules = { 'r@here': { when: { line: 'm.1@here', is: `over ${over}` }, severity } };
  return { ...boardOf({ feeds: { ed: FEED }, series: seriesUpTo(3), rules }), name: { en: name, cy: name } };
}
const rule = (over: number, severity: 'watch' | 'act') => board(over, severity).rules!['r@here']!;

function folded(state: BoardState, { events }: { events: Parameters<typeof evolveAll>[1] extends Iterable<{ event: infer E }> ? E[] : never }): BoardState {
  return evolveAll(
    state,
    events.map((event) => ({ event, at: AT })),
  );
}
const change = (was: BoardDefinition | null, proposed: ProposedDefinition, rules = {}) => ({ was, proposed, rules, reason: 'because', by: BY });

describe('a change by a person', () => {
  const start = folded(emptyBoard, defineBoard(emptyBoard, board()));

  test('is one event with author and reason', () => {
    const { events, outcome } = changeBoard(start, change(start.definition, board(100, 'watch', 'New')), AT);
    expect(outcome).toEqual({ changed: true, waiting: [] });
    expect(events).toMatchObject([{ kind: 'BoardDefined', by: BY, reason: 'because', definition: { name: { en: 'New' } } }]);
    expect(folded(start, { events }).definedBy).toEqual(BY);
  });

  test('of another definition than they saw is refused', () => {
    const moved = folded(start, changeBoard(start, change(start.definition, board(100, 'watch', 'New')), AT));
    expect(changeBoard(moved, change(start.definition, board()), AT)).toMatchObject({ events: [], outcome: { refused: { code: 'moved-on' } } });
    expect(changeBoard(moved, change(null, board()), AT)).toMatchObject({ events: [], outcome: { refused: { code: 'board-exists' } } });
  });

  test('stays when the file is loaded again, whatever the file says', () => {
    const changed = folded(start, changeBoard(start, change(start.definition, board(100, 'watch', 'New')), AT));
    expect(defineBoard(changed, board(50))).toEqual({ events: [], outcome: { changed: false, keptFor: BY } });
    expect(defineBoard(changed, board(100, 'watch', 'New'))).toEqual({ events: [], outcome: { changed: false } });
  });

  test('of rules goes the way of rules: a watch rule at once, an act rule with a second person', () => {
    const watch = changeBoard(start, change(start.definition, board(120), { 'r@here': rule(120, 'watch') }), AT);
    expect(watch.events.map(({ kind }) => kind)).toEqual(['RuleProposed', 'RulesAgreed']);
    const act = changeBoard(start, change(start.definition, board(120, 'act'), { 'r@here': rule(120, 'act') }), AT);
    expect(act).toMatchObject({ events: [{ kind: 'RuleProposed' }], outcome: { waiting: ['r@here'] } });
  });

  test('of a new board agrees to its rules at once: nobody is there yet whom they could surprise', () => {
    const { events } = changeBoard(emptyBoard, change(null, board(100, 'act')), AT);
    expect(events.map(({ kind }) => kind)).toEqual(['BoardDefined', 'RulesAgreed']);
  });
});

test('a series keeps its number through any order of changes by files and people, and no number is given twice', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean()), { minLength: 1, maxLength: 8 }), (steps) => {
      const given = new Map<string, number>();
      let state = emptyBoard;
      for (const [series, onScreen] of steps) {
        const proposed = boardOf({ feeds: { ed: FEED }, series: seriesUpTo(series) });
        state = folded(state, onScreen ? changeBoard(state, change(state.definition, proposed), AT) : defineBoard(state, proposed));
        for (const { id, no } of Object.values(state.definition!.series)) {
          expect(given.get(id) ?? no).toBe(no);
          given.set(id, no);
        }
        expect(new Set(given.values()).size).toBe(given.size);
      }
    }),
  );
});
