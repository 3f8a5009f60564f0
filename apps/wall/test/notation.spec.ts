import type { Metric } from '@comm-cell/board/definition';
import { describe, expect, it } from '@jest/globals';
import { ageText, clockText, goalText, measureText, momentText, valueText } from '../src/notation.js';
import { words } from '../src/words-cy.js';

const number = (decimals: number): Metric => ({ notation: 'number', decimals }) as Metric;
const clock = { notation: 'mm:ss', decimals: 0 } as Metric;
const HOUR = 3_600_000;

describe('notation', () => {
  it('writes numbers, minutes and hours', () => {
    expect(valueText(1_284, number(0))).toBe('1,284');
    expect(valueText(98.4, number(1))).toBe('98.4');
    expect(valueText(-3, number(0))).toBe('−3');
    expect(valueText(38 + 1 / 3, clock)).toBe('38:20');
    expect(valueText(59.999, clock)).toBe('60:00');
    expect(valueText(75, { notation: 'h:mm', decimals: 0 })).toBe('1:15');
    expect(valueText(null, clock)).toBe('–');
  });

  it('sets units close or apart', () => {
    expect(measureText(61.2, number(1), '%')).toBe('61.2%');
    expect(measureText(19, number(0), '/h')).toBe('19/h');
    expect(measureText(47, number(0), 'min')).toBe('47 min');
    expect(measureText(null, number(0), 'min')).toBe('–');
  });

  it('names the goal: the target, else the good side of the line', () => {
    expect(goalText({ metric: clock, target: { atMost: 30 }, thresholds: { watch: { over: 18 } } })).toBe('≤ 30:00');
    expect(goalText({ metric: number(0), thresholds: { watch: { over: 45 } } })).toBe('≤ 45');
    expect(goalText({ metric: number(1), thresholds: { act: { under: 65 } } })).toBe('≥ 65');
    expect(goalText({ metric: number(0) })).toBe('');
  });

  it('writes ages and moments in the board’s own zone', () => {
    expect([30_000, 5 * 60_000, HOUR, 70 * 60_000, 30 * HOUR, 72 * HOUR].map((ms) => ageText(ms, words.en))).toEqual([
      'now',
      '5 min',
      '1 h',
      '1 h 10',
      '30 h',
      '3 days',
    ]);
    const now = Date.UTC(2026, 6, 14, 23, 30);
    expect(clockText(now, HOUR)).toBe('00:30');
    expect(momentText(now - HOUR, now, HOUR, words.en)).toBe('Tue 23:30');
    expect(momentText(now - HOUR, now, HOUR, words.cy)).toBe('Maw 23:30');
    expect(momentText(now - 20 * 24 * HOUR, now, 0, words.en)).toBe('24 Jun 23:30');
  });
});

describe('words', () => {
  it('says everything in both languages, and differently', () => {
    const same = Object.entries(words.en).filter(([key, said]) => typeof said === 'string' && words.cy[key as keyof typeof words.cy] === said);
    expect(same.map(([key]) => key)).toEqual([]);
    expect(Object.keys(words.cy).sort()).toEqual(Object.keys(words.en).sort());
    expect(words.cy.heldReadings(2)).toBe('2 ddarlleniad wedi’u dal');
    expect(words.en.heldReadings(1)).toBe('1 reading held');
  });
});
