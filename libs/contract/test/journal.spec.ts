import { expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import fc from 'fast-check';
import { event } from '../../board/test/arbitraries.js';
import { UnreadableEvent, parseEvent } from '../src/journal.js';

test('an event comes out of the journal as it went in', () => {
  fc.assert(fc.property(event, (one) => canonical(parseEvent(JSON.stringify(one))) === canonical(one)));
});

test.each(['null', '7', '"ReadingsRecorded"', '[]', '{}', '{"kind":7}'])('%s is no event', (body) => {
  expect(() => parseEvent(body)).toThrow(UnreadableEvent);
});

test('a damaged text is no event either', () => {
  expect(() => parseEvent('{"kind":"FeedResumed"')).toThrow(SyntaxError);
});
