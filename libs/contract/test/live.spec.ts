import { expect, test } from '@jest/globals';
import { BEAT_MS, COVER_AFTER_MS, PROTOCOL, drawnReport, joinRequest } from '../src/live.js';

test.each<[string, object, boolean]>([
  ['the first time', { protocol: PROTOCOL, board: 'sandbox' }, true],
  ['again, from where it was', { protocol: PROTOCOL, board: 'sandbox', epoch: 'e', since: 41, build: 'b' }, true],
  ['from nought', { protocol: PROTOCOL, board: 'sandbox', epoch: 'e', since: 0 }, true],
  ['from below nought', { protocol: PROTOCOL, board: 'sandbox', since: -1 }, false],
  ['from between two events', { protocol: PROTOCOL, board: 'sandbox', since: 1.5 }, false],
  ['without a protocol', { board: 'sandbox' }, false],
  ['without a board', { protocol: PROTOCOL }, false],
  ['with a board name of any length', { protocol: PROTOCOL, board: 'x'.repeat(61) }, false],
  ['with more than was asked', { protocol: PROTOCOL, board: 'sandbox', admin: true }, false],
])('joining %s', (_name, request, good) => {
  expect(joinRequest.safeParse(request).success).toBe(good);
});

test('what a display reports has bounds', () => {
  const report = { board: 'sandbox', epoch: 'e', seq: 7, hash: 'a'.repeat(64), at: 1 };
  expect(drawnReport.safeParse(report).success).toBe(true);
  expect(drawnReport.safeParse({ ...report, hash: 'a'.repeat(65) }).success).toBe(false);
  expect(drawnReport.safeParse({ ...report, seq: -1 }).success).toBe(false);
});

test('one lost beat does not cover a wall, and a dead server does not stay uncovered', () => {
  expect(COVER_AFTER_MS).toBeGreaterThan(2 * BEAT_MS);
  expect(COVER_AFTER_MS).toBeLessThanOrEqual(15_000);
});
