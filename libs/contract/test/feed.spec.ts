import { describe, expect, test } from '@jest/globals';
import { recordReadings } from '@comm-cell/board/decide/record-readings';
import fc from 'fast-check';
import { z } from 'zod';
import { SMALL_STATE, START } from '../../board/test/arbitraries.js';
import { MOST_READINGS, batchBody, problem, readingRow, receipt, statusBody, suspensionBody } from '../src/feed.js';

const reading = { series: 'ed.in-department@stoke-mandeville', observedAt: '2026-01-16T14:30:00Z', value: 118 };
const accepts = (of: object): boolean => readingRow.safeParse({ ...reading, ...of }).success;

describe('a reading', () => {
  test.each<[string, object]>([
    ['as in the documentation', {}],
    ['in summer time, by its offset', { observedAt: '2026-07-16T15:30:00+01:00' }],
    ['on a leap day', { observedAt: '2028-02-29T00:00:00Z' }],
    ['of nought', { value: 0 }],
    ['below nought: the range of its series will judge', { value: -1 }],
    ['in words', { value: 'Wedi cau tan 18:00' }],
    ['with its unit and a revision', { unit: 'patients', revision: 3 }],
    ['not reported', { value: undefined, notReported: 'system down' }],
  ])('%s is read', (_name, of) => {
    expect(accepts(of)).toBe(true);
  });

  test.each<[string, object]>([
    ['on a day that does not exist', { observedAt: '2026-02-30T14:30:00Z' }],
    ['at a clock time without an offset, which the autumn change repeats', { observedAt: '2026-10-25T01:30:00' }],
    ['on a day without a time', { observedAt: '2026-01-16' }],
    ['at a moment written the British way', { observedAt: '16/01/2026 14:30' }],
    ['at a moment written as a number', { observedAt: 1768573800 }],
    ['of a value that JSON has no word for', { value: null }],
    ['of an empty text', { value: '' }],
    ['of blanks', { value: '   ' }],
    ['of true', { value: true }],
    ['of a list', { value: [118] }],
    ['of words on two lines', { value: 'one\ntwo' }],
    ['of words that turn the writing direction', { value: 'safe\u202eelif' }],
    ['with half a revision', { revision: 0.5 }],
    ['with a revision below nought', { revision: -1 }],
    ['not reported without a reason', { value: undefined, notReported: ' ' }],
    ['with a field nobody knows, such as a patient’s name', { patient: 'x' }],
  ])('%s is refused', (_name, of) => {
    expect(accepts(of)).toBe(false);
  });

  test('no infinity and no NaN gets through', () => {
    fc.assert(fc.property(fc.double(), (value) => accepts({ value }) === Number.isFinite(value)));
  });
});

test('a batch has an end', () => {
  expect(batchBody.safeParse({ readings: [] }).success).toBe(true);
  expect(batchBody.safeParse({ readings: Array(MOST_READINGS).fill(reading) }).success).toBe(true);
  expect(batchBody.safeParse({ readings: Array(MOST_READINGS + 1).fill(reading) }).success).toBe(false);
});

test.each<[object, boolean]>([
  [{ text: 'Two consultants short', level: 3, until: '2026-01-16T18:00:00Z' }, true],
  [{ text: 'Busy' }, true],
  [{ text: ' ' }, false],
  [{ text: 'Busy', level: 0 }, false],
  [{ text: 'Busy', level: 6 }, false],
  [{ text: 'Busy', until: 'tomorrow' }, false],
  [{ text: 'Busy', html: '<b>' }, false],
])('status %j: %s', (body, good) => {
  expect(statusBody.safeParse(body).success).toBe(good);
});

test('a suspension names its end and its reason', () => {
  expect(suspensionBody.safeParse({ until: '2026-01-16T18:00:00Z', reason: 'upgrade' }).success).toBe(true);
  expect(suspensionBody.safeParse({ reason: 'upgrade' }).success).toBe(false);
  expect(suspensionBody.safeParse({ until: '2026-01-16T18:00:00Z', reason: '' }).success).toBe(false);
});

test('the receipt of any decision is as documented', () => {
  const row = { row: 0, series: 'ed.waiting@north', at: START, rev: 0 };
  const rows = [38, 39, 9_999, 'x', null].map((value) => ({ ...row, value }));
  const { outcome } = recordReadings(SMALL_STATE, { feed: 'north', batch: 'b', rows, unreadable: [] }, new Map(), START);
  const sent = { batchId: 'b', epoch: 'e', fromSeq: 1, toSeq: 2, ...outcome };
  expect(receipt.strict().parse(sent)).toEqual(sent);
});

test('every body can be described to other languages', () => {
  for (const codec of [readingRow, batchBody, statusBody, suspensionBody, receipt, problem]) {
    expect(JSON.stringify(z.toJSONSchema(codec, { io: 'input' }))).toContain('"type":"object"');
  }
});
