import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBoard } from '../src/load.js';
import { adapted, templates } from '../src/templates.js';
import { writeYaml } from '../src/yaml.js';

const NEW = { id: 'ours', name: { en: 'Ours', cy: 'Ein un ni' }, languages: ['en', 'cy'] as const, simulated: false, providers: {}, places: {} };

describe.each(templates())('template $id', ({ file }) => {
  test('is a whole board, names nobody and is not marked as simulated', () => {
    const text = writeYaml(adapted(file, NEW));
    const { board, issues } = readBoard(text, 'new');
    expect(issues).toEqual([]);
    expect(board).toMatchObject({ id: 'ours', simulated: false });
    expect(text.match(/.*(stoke|wycombe|bucks|vale-|south-central|derwen|glan[- ]nant|bryn-teg|y-bryn).*/gi)).toBeNull();
  });

  test('stays whole without some of its organisations and places', () => {
    const some = (part: 'providers' | 'places') => fc.subarray(Object.keys(file[part]), { maxLength: Object.keys(file[part]).length - 1 });
    const gone = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, null]));
    fc.assert(
      fc.property(some('providers'), some('places'), (providers, places) => {
        const left = Object.entries(file.places).filter(([id, { provider }]) => !places.includes(id) && !providers.includes(provider));
        fc.pre(left.length > 0);
        const { issues, board } = readBoard(adapted(file, { ...NEW, providers: gone(providers), places: gone(places) }), 'new');
        // Taking nearly everything out may leave no wall at all, and that is said; anything else would be a leftover.
        expect(issues.filter(({ at }) => at[0] !== 'overview' && at[0] !== 'detail')).toEqual([]);
        for (const place of Object.values(board?.places ?? {})) expect(left.map(([id]) => id)).toContain(place.id);
      }),
      { numRuns: 4 },
    );
  });
});
