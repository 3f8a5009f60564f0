import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inBand, statusOf, worseStatus, type Status } from '../src/rules/threshold.js';

const STATUSES: readonly Status[] = ['none', 'ok', 'watch', 'act'];
const RANK: Record<Status, number> = { none: -1, ok: 0, watch: 1, act: 2 };
const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });

describe('inBand', () => {
  test.each([
    ['over leaves out its line', { over: 60 }, 60, false],
    ['over begins after it', { over: 60 }, 60.1, true],
    ['at least takes its line in', { atLeast: 60 }, 60, true],
    ['at least ends below it', { atLeast: 60 }, 59.9, false],
    ['under leaves out its line', { under: 95 }, 95, false],
    ['under begins below it', { under: 95 }, 94.9, true],
    ['at most takes its line in', { atMost: 95 }, 95, true],
    ['at most ends above it', { atMost: 95 }, 95.1, false],
    ['a band on both sides: below', { under: 10, over: 20 }, 9, true],
    ['a band on both sides: between', { under: 10, over: 20 }, 15, false],
    ['a band without a line holds nothing', {}, 0, false],
  ])('%s', (_name, band, value, inside) => {
    expect(inBand(value, band)).toBe(inside);
  });
});

describe('statusOf', () => {
  test('nothing to judge by is never good', () => {
    fc.assert(fc.property(number, (value) => statusOf(value, undefined) === 'none' && statusOf(value, {}) === 'none'));
  });

  test.each([NaN, Infinity, -Infinity])('%s is never good', (value) => {
    expect(statusOf(value, { act: { under: -1e9 } })).toBe('none');
  });

  test('act goes before watch', () => {
    expect(statusOf(70, { watch: { over: 40 }, act: { over: 60 } })).toBe('act');
    expect(statusOf(60, { watch: { over: 40 }, act: { over: 60 } })).toBe('watch');
    expect(statusOf(40, { watch: { over: 40 }, act: { over: 60 } })).toBe('ok');
  });

  test('higher is worse: a higher value never looks better', () => {
    fc.assert(
      fc.property(number, number, fc.tuple(number, number), fc.boolean(), (a, b, [line, other], closed) => {
        const [watch, act] = [Math.min(line, other), Math.max(line, other)];
        const thresholds = closed ? { watch: { atLeast: watch }, act: { atLeast: act } } : { watch: { over: watch }, act: { over: act } };
        expect(RANK[statusOf(Math.max(a, b), thresholds)]).toBeGreaterThanOrEqual(RANK[statusOf(Math.min(a, b), thresholds)]);
      }),
    );
  });

  test('lower is worse: a lower value never looks better', () => {
    fc.assert(
      fc.property(number, number, fc.tuple(number, number), fc.boolean(), (a, b, [line, other], closed) => {
        const [act, watch] = [Math.min(line, other), Math.max(line, other)];
        const thresholds = closed ? { watch: { atMost: watch }, act: { atMost: act } } : { watch: { under: watch }, act: { under: act } };
        expect(RANK[statusOf(Math.min(a, b), thresholds)]).toBeGreaterThanOrEqual(RANK[statusOf(Math.max(a, b), thresholds)]);
      }),
    );
  });
});

test('the worse of two statuses does not depend on their order', () => {
  for (const a of STATUSES) for (const b of STATUSES) expect(worseStatus(a, b)).toBe(worseStatus(b, a));
  expect(worseStatus('ok', 'none')).toBe('ok');
  expect(worseStatus('watch', 'act')).toBe('act');
});
