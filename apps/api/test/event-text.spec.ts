import { expect, test } from '@jest/globals';
import type { BoardEvent, Reading } from '@comm-cell/board/events';
import { textOf } from '@comm-cell/api/journal/event-text';
import fc from 'fast-check';

/** Words that would leave their place if they were not escaped. */
const words = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"readings":[]', '\\"readings\\":[', '\u2028', '"', ''));
const reading: fc.Arbitrary<Reading> = fc.record(
  {
    series: words,
    at: fc.integer({ min: 0, max: 4e12 }),
    value: fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324), words, fc.constant(null)),
    rev: fc.nat(32_000),
    why: words,
  },
  { requiredKeys: ['series', 'at', 'value'] },
);
const recorded: fc.Arbitrary<BoardEvent> = fc.record(
  {
    kind: fc.constant('ReadingsRecorded' as const),
    feed: words,
    batch: words,
    readings: fc.array(reading),
    history: fc.constant(true as const),
    by: fc.record({ id: words, name: words }),
  },
  { requiredKeys: ['kind', 'feed', 'batch', 'readings'] },
);

test('an event reads as JSON.stringify writes it, to the letter', () => {
  fc.assert(
    fc.property(recorded, (event) => expect(textOf(event)).toBe(JSON.stringify(event))),
    { numRuns: 2_000 },
  );
});
test('what is no reading too', () => {
  const event: BoardEvent = { kind: 'ReadingsRefused', feed: 'ed', batch: 'b', count: 1, code: 'x', detail: '"readings":[]' };
  expect(textOf(event)).toBe(JSON.stringify(event));
});
