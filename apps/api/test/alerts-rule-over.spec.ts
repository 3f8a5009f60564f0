import { describe, expect, test } from '@jest/globals';
import type { Condition, Rule } from '@comm-cell/board/rule';
import { ruleOver } from '../src/alerts/rule-over.js';

const rule = (when: Condition, least?: Rule['least']): Rule => ({
  id: 'full@north',
  label: { en: 'Full', cy: 'Llawn' },
  place: 'north',
  severity: 'act',
  when,
  forMs: 0,
  forReadings: 1,
  clear: { forMs: 0, readings: 1 },
  ...(least ? { least } : {}),
  owner: 'duty',
  card: 'card',
  tests: [],
});

describe('the same rule over another figure', () => {
  const band = { over: 90 };

  test('a share of the own capacity stays one; what stands elsewhere stays there', () => {
    const share = rule({ kind: 'share', figure: 'beds.taken@north', of: 'beds.open@north', least: 10, band }, { figure: 'beds.open@north', atLeast: 10 });
    expect(ruleOver(share, 'beds.taken@south')).toMatchObject({
      when: { figure: 'beds.taken@south', of: 'beds.open@south' },
      least: { figure: 'beds.open@south', atLeast: 10 },
    });
    const difference = rule({ kind: 'difference', figure: 'waits@north', less: 'waits@system', band });
    expect(ruleOver(difference, 'waits@south').when).toMatchObject({ figure: 'waits@south', less: 'waits@system' });
  });

  test('another metric at the same place moves that alone', () => {
    expect(ruleOver(rule({ kind: 'share', figure: 'a@north', of: 'beds@north', least: 1, band }), 'b@north').when).toMatchObject({
      figure: 'b@north',
      of: 'beds@north',
    });
  });

  test('every part of a composite moves; late data has no figure', () => {
    const of = [
      { kind: 'line', figure: 'a@north', band },
      { kind: 'rate', figure: 'b@north', overMs: 1, band },
      { kind: 'late', feed: 'ed' },
    ] as const;
    expect(ruleOver(rule({ kind: 'composite', of, atLeast: 2 }), 'a@south').when).toMatchObject({ of: [{ figure: 'a@south' }, { figure: 'b@south' }, of[2]] });
    const late = rule({ kind: 'late', feed: 'ed' });
    expect(ruleOver(late, 'a@south')).toBe(late);
  });

  test('over its own figure it is itself', () => {
    const line = rule({ kind: 'line', figure: 'a@north', band });
    expect(ruleOver(line, 'a@north')).toBe(line);
  });
});
