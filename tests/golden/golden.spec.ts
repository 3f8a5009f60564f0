import { beforeAll, describe, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import { FRESHNESS } from '@comm-cell/board/rules/freshness';
import { files, read } from './files.js';
import { momentOf, play, refolded } from './timeline.js';

describe.each(files)('%s', (name) => {
  const timeline = read(name);
  let told: ReturnType<typeof play>;
  beforeAll(() => {
    told = play(timeline);
  });
  const expected = timeline.story.map(({ at, see, answer }) => ({ at, ...(answer !== undefined && { answer }), ...(see !== undefined && { see }) }));

  test(timeline.title, () => {
    expect(told.seen).toEqual(expected);
  });

  test('replays to the same board from any checkpoint', () => {
    const { journal, state } = told;
    for (let cut = 0; cut <= journal.length; cut++) expect(refolded(journal, cut)).toBe(canonical(state));
  });

  // After every quiet minute, too: restarts.int.spec.ts.
  test('is the same story if the server starts again after every step that something came of', () => {
    expect(play(timeline, 'after events').journal).toEqual(told.journal);
  });

  test('says what it guards against, and looks at something', () => {
    expect(timeline.hazard.length).toBeGreaterThan(10);
    expect(expected.some(({ see }) => see !== undefined)).toBe(true);
  });
});

test('the timelines together show every freshness, every colour and every reason to hold back', () => {
  const said = files.flatMap((name) => read(name).story.flatMap(({ see, answer }) => [...Object.values(see ?? {}), answer ?? ''])).join('\n');
  for (const word of [
    ...FRESHNESS,
    'ok',
    'watch',
    'act',
    'no colour',
    'not reported',
    'out-of-range',
    'jump',
    'unit-step',
    'conflict',
    'unchanged',
    'resent',
    'mix-up',
    'in-the-future',
  ]) {
    expect(said).toContain(word);
  }
});

describe('control: a timeline that says something false fails', () => {
  const honest = read('feed-falls-silent.yaml');
  const first = honest.story.findIndex(({ see }) => see !== undefined);

  test.each(Object.keys(honest.story[first]!.see!))('%s', (what) => {
    const story = honest.story.map((step, i) => (i === first ? { ...step, see: { ...step.see, [what]: 'something else' } } : step));
    expect(play({ ...honest, story }).seen).not.toEqual(story);
  });

  test('and one that says nothing known is refused', () => {
    const at = honest.story[0]!.at;
    expect(() => play({ ...honest, story: [{ at, see: { 'feed nobody': 'fresh' } }] })).toThrow('cannot look at "feed nobody"');
    expect(() => play({ ...honest, story: [{ at, 'north sings': {} }] })).toThrow('does not know "north sings"');
  });
});

describe('moments of a timeline', () => {
  const before = Date.parse('2026-07-01T12:00:00Z');
  test.each([
    ['2026-01-16 14:00', '2026-01-16T14:00:00Z'],
    ['2026-07-16 14:00', '2026-07-16T13:00:00Z'],
    ['14:20', '2026-07-01T13:20:00Z'],
    ['14:20:30', '2026-07-01T13:20:30Z'],
    ['+90m', '2026-07-01T13:30:00Z'],
    ['2026-10-25 01:30 BST', '2026-10-25T00:30:00Z'],
    ['2026-10-25 01:30 GMT', '2026-10-25T01:30:00Z'],
  ])('%s', (text, moment) => {
    expect(momentOf(text, before)).toBe(Date.parse(moment));
  });

  test.each([
    ['2026-10-25 01:30', 'twice'],
    ['2026-03-29 01:30', 'No clock ever shows'],
    ['half past two', 'no moment'],
  ])('%s is refused', (text, why) => {
    expect(() => momentOf(text, before)).toThrow(why);
  });
});
