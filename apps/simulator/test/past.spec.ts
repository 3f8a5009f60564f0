/** The written past: the same again from the same seed, at any time of the year, with nothing in it that the board would refuse. */
import { describe, expect, it } from '@jest/globals';
import type { BoardEvent } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { loadBoard } from '@comm-cell/catalogue/load';
import { storyEvent, storyHead, storyState, storyTail } from '@comm-cell/contract/story';
import { type Past, writePast } from '../src/past/write.js';
import { scenarios } from '../src/scenarios/named.js';
import { systems } from '../src/systems/named.js';
import { DAY_MS } from './stories.js';

function past(id: string, now: string, days: number, closeDays = 1, seed = 1): Past {
  return writePast({ board: loadBoard(id), shape: systems[id]!, scenario: scenarios['winter-monday']!, seed, days, closeDays, now: Date.parse(now) });
}

function eventsOf({ lines }: Past): { at: number; event: BoardEvent }[] {
  return lines
    .slice(1, -1)
    .filter((line) => !line.startsWith('{"snapshot"'))
    .map((line) => storyEvent.parse(JSON.parse(line)))
    .map(({ at, body }) => ({ at, event: JSON.parse(body) as BoardEvent }));
}

const NOON = '2026-01-15T12:00:00Z';

describe('two weeks of a cell', () => {
  const told = past('stoke-mandeville', NOON, 14);
  const events = eventsOf(told);
  const state = evolveAll(structuredClone(emptyBoard), events);

  it('are told the same again, and otherwise with another seed', () => {
    expect(past('stoke-mandeville', NOON, 14).lines).toEqual(told.lines);
    expect(past('stoke-mandeville', NOON, 14, 1, 2).lines).not.toEqual(told.lines);
  });

  it('hold nothing that the board refused, and go forward in whole milliseconds', () => {
    expect(told.refused).toEqual([]);
    expect(storyHead.parse(JSON.parse(told.lines[0]!))).toMatchObject({ board: 'stoke-mandeville' });
    expect(storyTail.parse(JSON.parse(told.lines.at(-1)!))).toMatchObject({ events: events.length });
    expect(events.every(({ at }, i) => i === 0 || at >= events[i - 1]!.at)).toBe(true);
    expect(events.at(-1)!.at).toBeLessThanOrEqual(Date.parse(NOON));
    const states = told.lines.filter((line) => line.startsWith('{"snapshot"')).map((line) => storyState.parse(JSON.parse(line)));
    expect(states.at(-1)!.snapshot).toBeNull();
    expect(JSON.parse(states.at(-1)!.body)).toEqual(JSON.parse(JSON.stringify(state)));
  });

  it('are those of a living cell: held huddles with a late one and one without quorum, concerns on their way, one action overdue', () => {
    const held = Object.values(state.huddles);
    expect(held.length).toBeGreaterThanOrEqual(10);
    expect(held.filter(({ openedAt, due = openedAt }) => openedAt - due > 5 * 60_000)).toHaveLength(1);
    // Of two organisations, each absence leaves it without a quorum.
    const without = held.filter(({ quorum }) => !quorum).length;
    expect(without).toBeGreaterThanOrEqual(1);
    expect(without).toBeLessThan(held.length / 3);
    const kinds = new Set(events.map(({ event }) => event.kind));
    for (const kind of [
      'ConcernClosed',
      'IdeaAnswered',
      'IdeaMoved',
      'GoalAgreed',
      'GoalReviewed',
      'CharterAccepted',
      'ActionProgressed',
      'ActionClosed',
      'HuddleNoted',
    ])
      expect(kinds).toContain(kind);
    expect(new Set(Object.values(state.concerns).map(({ status }) => status)).size).toBeGreaterThan(1);
    expect(Object.values(state.actions).some(({ due }) => due < Date.parse(NOON))).toBe(true);
    expect(state.huddle.now).toBeUndefined();
  });

  it('know alerts that were answered and a silence that was found', () => {
    const turns = new Set(events.flatMap(({ event }) => (event.kind === 'AlertTurned' ? [event.turn] : [])));
    for (const turn of ['raised', 'acknowledged', 'stood-down'] as const) expect(turns).toContain(turn);
    expect(events.some(({ event }) => event.kind === 'FeedFellSilent')).toBe(true);
    expect(events.some(({ event }) => event.kind === 'FeedSuspended')).toBe(true);
  });
});

// Christmas and New Year with their bank holidays, both clock changes, the moment of a huddle, the middle of the night.
it.each(['2026-12-27T18:00:00Z', '2027-01-02T03:00:00Z', '2026-03-30T09:20:00+01:00', '2026-10-26T08:31:00Z'])(
  'nothing is refused in the days up to %s',
  (now) => {
    const told = past('stoke-mandeville', now, 4);
    expect(told.refused).toEqual([]);
    const dues = eventsOf(told).flatMap(({ event }) => (event.kind === 'HuddleOpened' ? [event.due] : []));
    const clocks = dues.map((due) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' }).format(due));
    expect(clocks.length).toBeGreaterThan(1);
    expect(new Set(clocks)).toEqual(new Set(['08:30']));
  },
);

it('a system of many feeds is not late for having agreed to less in the calmer days', () => {
  const told = past('cwm-derwen', NOON, 2);
  expect(told.refused).toEqual([]);
  const events = eventsOf(told);
  expect(events.filter(({ event }) => event.kind === 'BoardDefined')).toHaveLength(2);
  const changed = Date.parse(NOON) - DAY_MS;
  const silent = events.filter(({ at, event }) => event.kind === 'FeedFellSilent' && Math.abs(at - changed) < 3_600_000);
  expect(silent).toEqual([]);
});
