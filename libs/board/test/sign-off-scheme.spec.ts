/** Signing a scheme off: the levels worked out by it are no longer indicative, and nothing else changes. */
import { describe, expect, test } from '@jest/globals';
import { signOffScheme } from '../src/decide/sign-off-scheme.js';
import { defineBoard, type ProposedDefinition } from '../src/decide/define-board.js';
import { Fold } from '../src/evolve.js';
import { emptyBoard, type BoardState } from '../src/state.js';
import { levelViews } from '../src/views/levels.js';
import { boardOf, label } from './board.js';

const AT = Date.parse('2026-06-30T23:30:00Z');
const by = { id: 'p1', name: 'The administrator' };

function state(confirmed: boolean): BoardState {
  const board: ProposedDefinition = {
    ...boardOf({
      providers: { north: { scheme: 'LEVEL' } },
      feeds: { north: { every: '15m', grace: '5m', limit: '6h' } },
      series: { 'a@north': { feed: 'north' } },
    }),
    response: {
      groups: {},
      holidays: [],
      cards: {},
      schemes: {
        plain: {
          id: 'plain',
          name: label('Plain'),
          mark: 'LEVEL',
          version: '1',
          issuer: 'nobody',
          source: 'this test',
          from: '2020-01-01',
          mode: 'both',
          levels: [{ n: 1, name: label('One'), meaning: label('…'), look: 'ok' }],
          parameters: [{ id: 'a', label: label('a'), bands: [], confirmed, carryMs: 0 }],
          cuts: [{ upTo: 2, level: 1 }],
          how: 'sum',
          hold: { raiseMs: 0, lowerMs: 0 },
          declaredMs: 3_600_000,
        },
      },
      levels: { system: { id: 'system', scheme: 'plain', name: label('System'), parameters: { a: 'a@north' } } },
    },
  };
  return new Fold(emptyBoard).apply(defineBoard(emptyBoard, board).events[0]!, AT).finish();
}
const indicative = (of: BoardState): boolean => levelViews(of, AT)[0]!.indicative;
const signed = (of: BoardState, more: Partial<Parameters<typeof signOffScheme>[1]> = {}) =>
  signOffScheme(of, { scheme: 'plain', version: '1', reason: ' Compared with the table ', by, ...more }, AT);

describe('signing a scheme off', () => {
  test.each([true, false])('takes the mark from its levels (bands confirmed before: %s)', (confirmed) => {
    const before = state(confirmed);
    expect(indicative(before)).toBe(true);
    const { events } = signed(before);
    const after = new Fold(before).apply(events[0]!, AT).finish();
    expect(indicative(after)).toBe(false);
    expect(events).toMatchObject([{ kind: 'BoardDefined', by, reason: 'Compared with the table' }]);
    expect(after.definedBy).toEqual(by);
    const scheme = after.definition!.response!.schemes['plain']!;
    expect(scheme.signedOff?.by).toBe('The administrator');
    const { response: _before, ...rest } = before.definition!;
    expect(after.definition).toMatchObject(rest);
    expect(signed(after).outcome).toMatchObject({ refused: { code: 'signed-off' } });
  });

  test.each([
    ['a scheme there is not', { scheme: 'other' }, 'unknown-scheme'],
    ['a name that every object has', { scheme: 'constructor' }, 'unknown-scheme'],
    ['another version than was read', { version: '0' }, 'moved-on'],
    ['no reason', { reason: ' ' }, 'missing'],
  ])('is refused for %s', (_, more, code) => {
    const { events, outcome } = signed(state(false), more);
    expect([events, outcome]).toMatchObject([[], { refused: { code } }]);
  });
});
