/** A state that is shown in public has nobody's words in it, in whatever field or slice they stand. */
import { expect, test } from '@jest/globals';
import { evolveAll } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard } from '@comm-cell/board/state';
import { boardView } from '@comm-cell/board/views/board';
import { redacted } from '../src/replay/redacted.js';
import { dayOf, playDay, weatherOf } from '../../../tests/support/days.js';

const SECRET = 'what-nobody-outside-may-read';
const by = { id: SECRET, name: SECRET };

function told(): { state: BoardState; at: number } {
  const day = dayOf(7);
  const { journal } = playDay(day, weatherOf(day, 1));
  const at = day.end + 1;
  const until = at + 3_600_000;
  const state = evolveAll(evolveAll(emptyBoard, journal), [
    { at, event: { kind: 'StatusPosted', provider: 'north', feed: 'north', text: SECRET, level: 3, until, by } },
    { at, event: { kind: 'FeedSuspended', feed: 'south', until, reason: SECRET, by } },
    { at, event: { kind: 'ReadingsRefused', feed: 'north', batch: 'b', count: 2, code: 'unknown-series', detail: SECRET } },
    { at, event: { kind: 'PlaceClosed', place: 'north', until, reason: SECRET, by } },
    { at, event: { kind: 'CapacityOffered', no: 1, provider: 'north', what: SECRET, count: 2, until, by } },
    { at, event: { kind: 'CapacityClaimed', no: 1, provider: 'south', count: 1, by, note: SECRET } },
    { at, event: { kind: 'FiguresSignedOff', provider: 'north', figures: [], by, note: SECRET } },
    { at, event: { kind: 'RuleShelved', rule: 'waiting@north', until, reason: SECRET, by } },
    { at, event: { kind: 'RuleProposed', id: 'waiting@north', rule: null, from: until, by, reason: SECRET } },
    { at, event: { kind: 'LevelDeclared', level: 'system', n: 4, reason: SECRET, reviewBy: until, by } },
    { at, event: { kind: 'ActionRaised', no: 900, what: SECRET, owner: SECRET, due: until, by } },
    { at, event: { kind: 'CardStepTicked', card: 'look', run: 'alert:1', step: 's', by, cannot: SECRET } },
    { at, event: { kind: 'MessageStuck', message: 'm', group: 'duty', channel: 'email', about: SECRET, since: at, detail: SECRET } },
    {
      at,
      event: { kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [{ series: 'seen@north', at, value: null, why: SECRET }] },
    },
    { at, event: { kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [{ series: 'wait@north', at, value: SECRET }] } },
    { at, event: { kind: 'ReadingsQuarantined', feed: 'north', batch: 'b', readings: [{ series: 'waiting@north', at, value: SECRET, reason: 'jump' }] } },
  ]);
  return { state, at };
}

test('words and names are gone, also from slices that nobody has thought of yet; what a wall shows is there', () => {
  const { state, at } = told();
  const later = { ...state, aSliceOfNextYear: { x: { words: SECRET } } } as BoardState;
  const out = redacted(later);
  expect(JSON.stringify(out)).not.toContain(SECRET);
  expect(JSON.stringify(out)).not.toContain('01234');
  const [shown, whole] = [boardView(out, at, 'overview')!, boardView(state, at, 'overview')!];
  expect(shown.figures).toEqual(whole.figures);
  expect(shown.alerts?.counts).toMatchObject({ critical: whole.alerts!.counts.critical, act: whole.alerts!.counts.act, watch: whole.alerts!.counts.watch });
  expect(out.held['waiting@north']!.reason).toBe('jump');
  // Control: the words were there to be found, in every slice that holds some.
  for (const slice of [
    'statuses',
    'feeds',
    'closures',
    'offers',
    'signOffs',
    'shelves',
    'rules',
    'declared',
    'actions',
    'cards',
    'stuck',
    'series',
    'held',
  ] as const)
    expect(JSON.stringify(state[slice])).toContain(SECRET);
});

test('the state it is made from stays as it was', () => {
  const { state } = told();
  const before = JSON.stringify(state);
  redacted(state);
  expect(JSON.stringify(state)).toBe(before);
});
