import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differences, edited, NoSuchPart } from '../src/edits.js';

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.string({ minLength: 1, maxLength: 3 }).filter((text) => text !== '__proto__');
const { file } = fc.letrec<{ file: Record<string, unknown>; part: unknown }>((tie) => ({
  file: fc.dictionary(name, tie('part'), { maxKeys: 5 }),
  part: fc.oneof({ depthSize: 'small' }, leaf, tie('file'), fc.array(leaf, { maxLength: 4 }), fc.array(tie('file'), { maxLength: 3 })),
}));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('differences of two files', () => {
  test('are the way from one to the other', () => {
    fc.assert(fc.property(file, file, (before, after) => expect(plain(edited(before, differences(before, after)))).toEqual(plain(after))));
  });

  test('are none between equals, and leave both as they were', () => {
    fc.assert(
      fc.property(file, (before) => {
        const kept = plain(before);
        expect(differences(before, structuredClone(before))).toEqual([]);
        expect(plain(before)).toEqual(kept);
      }),
    );
  });

  test('of a list of parts are told part by part, of a list of words as a whole', () => {
    const before = { columns: [{ tiles: ['a', 'b'] }, { tiles: ['c'] }] };
    const after = { columns: [{ tiles: ['b', 'a'] }, { tiles: ['c'] }] };
    expect(differences(before, after)).toEqual([{ at: ['columns', 0, 'tiles'], from: ['a', 'b'], to: ['b', 'a'] }]);
  });
});

describe('an edit', () => {
  test('makes the parts on its way, and begins one that said nothing yet', () => {
    expect(edited({ series: { one: null } }, [{ at: ['series', 'one', 'range', 'min'], to: 1 }])).toEqual({ series: { one: { range: { min: 1 } } } });
  });

  test('that leads nowhere is refused', () => {
    expect(() => edited({ list: ['a'] }, [{ at: ['list', 3], to: 'b' }])).toThrow(NoSuchPart);
    expect(() => edited({ word: 'a' }, [{ at: ['word', 'deeper'], to: 'b' }])).toThrow(NoSuchPart);
  });

  test('named like a prototype changes no prototype', () => {
    edited({}, [{ at: ['__proto__', 'polluted'], to: true }]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
