import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BoardEvent } from '../src/events.js';
import { evolveAll } from '../src/evolve.js';
import type { Alert, BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { figureView } from '../src/views/figure.js';
import { changesBetween } from '../src/views/changes.js';
import { SMALL_STATE, START, deepFreeze, now, state } from './arbitraries.js';

const WAITING = 'ed.waiting@north';
const by = { id: 'ward', name: 'Ward' };
const sent = (minutes: number, value: number | null): { at: number; event: BoardEvent } => {
  const at = START + minutes * MINUTE_MS;
  return { at, event: { kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [{ series: WAITING, at, value }] } };
};
const after = (...entries: { at: number; event: BoardEvent }[]): BoardState => evolveAll(SMALL_STATE, entries);
const at = (minutes: number): number => START + minutes * MINUTE_MS;
/** The same board, on which more people waiting is worse. */
const worse = (one: BoardState): BoardState => {
  const definition = structuredClone(one.definition!) as { metrics: Record<string, { direction: string }> } & NonNullable<BoardState['definition']>;
  for (const metric of Object.values(definition.metrics)) metric.direction = 'higher-is-worse';
  return { ...one, definition };
};
/** "figure ed.waiting@north +600" */
const said = (...[before, beforeAt, now, nowAt]: Parameters<typeof changesBetween>): string[] =>
  changesBetween(before, beforeAt, now, nowAt).map((change) => {
    const about = { ...change } as unknown as Record<string, unknown>;
    const id = about['figure'] ?? about['rule'] ?? about['level'] ?? about['feed'] ?? about['place'] ?? about['provider'] ?? about['no'] ?? '';
    return `${change.kind} ${id} ${change.weight}`.replace('  ', ' ');
  });

describe('between two moments', () => {
  test('nothing has changed from a moment to itself', () => {
    fc.assert(fc.property(state, now, (one, moment) => void expect(changesBetween(one, moment, one, moment)).toEqual([])));
  });

  test('the worst stands first, and nothing is changed by looking', () => {
    fc.assert(
      fc.property(state, now, state, now, (one, from, two, to) => {
        const changes = changesBetween(deepFreeze(one), from, deepFreeze(two), to);
        expect(changes.map(({ weight }) => weight)).toEqual(changes.map(({ weight }) => weight).toSorted((a, b) => b - a));
        for (const { weight, worse } of changes) expect(worse).toBe(weight > 0);
      }),
    );
  });

  test('a figure that has turned to act is always told, and always as worse', () => {
    fc.assert(
      fc.property(state, now, state, now, (one, from, two, to) => {
        const told = new Map(changesBetween(one, from, two, to).flatMap((change) => (change.kind === 'figure' ? [[change.figure, change] as const] : [])));
        for (const figure of Object.keys(two.definition!.tiles)) {
          const [was, is] = [figureView(one, figure, from), figureView(two, figure, to)];
          if (is?.status === 'act' && was?.status !== 'act') expect(told.get(figure)).toMatchObject({ worse: true, after: { status: 'act' } });
        }
      }),
    );
  });
});

test('a figure in another colour, one that moved within it, one that stopped coming', () => {
  expect(said(after(sent(0, 30)), at(1), after(sent(0, 30), sent(15, 70)), at(16))).toContain(`figure ${WAITING} 600`);
  expect(said(after(sent(0, 70)), at(1), after(sent(0, 70), sent(15, 30)), at(16))).toContain(`figure ${WAITING} -600`);
  expect(said(after(sent(0, 20)), at(1), after(sent(0, 20), sent(15, 25)), at(16))).toContain(`figure ${WAITING} 0`);
  expect(said(worse(after(sent(0, 20))), at(1), worse(after(sent(0, 20), sent(15, 25))), at(16))).toContain(`figure ${WAITING} 25`);
  expect(said(worse(after(sent(0, 20))), at(1), worse(after(sent(0, 20), sent(15, 15))), at(16))).toContain(`figure ${WAITING} -25`);
  expect(said(after(sent(0, 20)), at(1), after(sent(0, 20), sent(15, 21)), at(16)).filter((line) => line.startsWith(`figure ${WAITING}`))).toEqual([]);
  // The same state, later: its value has run out, and its feed with it.
  const quiet = said(after(sent(0, 20)), at(1), after(sent(0, 20)), at(300));
  expect(quiet).toContain(`figure ${WAITING} 450`);
  expect(said(after(sent(0, 70)), at(300), after(sent(0, 70), sent(300, 70)), at(301))).toContain(`figure ${WAITING} 600`);
  expect(said(after(sent(0, 20)), at(300), after(sent(0, 20), sent(300, 20)), at(301))).toContain(`figure ${WAITING} -450`);
});

test('alerts raised, grown worse, taken over, gone', () => {
  const alert: Alert = {
    no: 7,
    rule: 'crowded@north',
    ruleVersion: 1,
    version: 2,
    phase: 'firing',
    severity: 'act',
    since: START,
    firedAt: START,
    value: 70,
    seen: 1,
    group: 'duty',
    climbed: 0,
    actions: 0,
  };
  const having = (more: Partial<Alert>): BoardState => ({ ...SMALL_STATE, alerts: { 'crowded@north': { ...alert, ...more } } });
  expect(said(SMALL_STATE, START, having({}), START)).toEqual(['alert crowded@north 800']);
  expect(said(SMALL_STATE, START, having({ phase: 'pending' }), START)).toEqual([]);
  expect(said(having({}), START, having({ severity: 'critical' }), START)).toEqual(['alert crowded@north 200']);
  expect(said(having({}), START, having({ phase: 'acknowledged', owner: { by, at: START } }), START)).toEqual(['alert crowded@north 0']);
  expect(said(having({}), START, SMALL_STATE, START)).toEqual(['alert crowded@north -800']);
  // It stood down and came again under another number: both are told.
  expect(said(having({}), START, having({ no: 9 }), START)).toEqual(['alert crowded@north 800', 'alert crowded@north -800']);
});

test('closures, words and actions count only while they stand', () => {
  const until = START + HOUR_MS;
  const events: { at: number; event: BoardEvent }[] = [
    { at: START, event: { kind: 'PlaceClosed', place: 'north', until, reason: 'flood', by } },
    { at: START, event: { kind: 'StatusPosted', provider: 'north', feed: 'north', text: 'help', level: 4, until } },
    { at: START, event: { kind: 'ActionRaised', no: 3, what: 'open ward 2', owner: 'site', due: until, by } },
    { at: START, event: { kind: 'FeedSuspended', feed: 'north', until, reason: 'upgrade', by } },
  ];
  const busy = after(...events);
  expect(said(SMALL_STATE, START, busy, START + 1)).toEqual(['closure north 700', 'suspension north 0', 'status north 0', 'action 3 0']);
  expect(said(busy, START + 1, busy, until)).toEqual(expect.arrayContaining(['closure north -700', 'status north 0']));
  expect(said(busy, START + 1, busy, until + 1)).toContain('action 3 250');
});

test('a board that was redefined says so', () => {
  const later = evolveAll(SMALL_STATE, [{ at: START + 1, event: { kind: 'BoardDefined', definition: SMALL_STATE.definition! } }]);
  expect(said(SMALL_STATE, START, later, START + 1)).toEqual(['definition 0']);
});
