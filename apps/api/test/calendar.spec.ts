/** The calendar file read by a real library, through the change of the clocks, bank holidays and meetings that are not held. */
import { describe, expect, test } from '@jest/globals';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { callHuddle, skipHuddle } from '@comm-cell/board/decide/huddle';
import { Fold } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import ICAL from 'ical.js';
import { boardOf } from '../../../libs/board/test/board.js';
import { calendarOf } from '../src/huddle/calendar.js';

const NOW = Date.parse('2026-10-20T12:00:00Z');
const by = { id: 'chair', name: 'Chair' };
const due = (text: string): number => Date.parse(text);

function boardAt(...said: ((state: BoardState) => { events: readonly object[] })[]): BoardState {
  const fold = new Fold(emptyBoard);
  const proposed = boardOf({
    feeds: { north: { every: '1h', grace: '15m', limit: '4h' } },
    series: { 'ed.waiting@north': { feed: 'north' } },
    cell: { times: [{ at: '09:15', days: ['mon', 'tue', 'wed', 'thu', 'fri'], holidays: 'skipped' }], holidays: ['2026-12-25', '2026-12-28', '2027-01-01'] },
  });
  for (const decide of [(state: BoardState) => defineBoard(state, proposed), ...said]) {
    for (const event of decide(fold.peek).events) fold.apply(event as Parameters<Fold['apply']>[0], NOW);
  }
  return fold.finish();
}
function read(state: BoardState, now = NOW): { uid: string; at: string; london: string; status: string; sequence: number }[] {
  const calendar = new ICAL.Component(ICAL.parse(calendarOf(state, now, 'en', 'https://cell.example')!.text) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((one) => {
    const event = new ICAL.Event(one);
    const start = event.startDate.toJSDate();
    return {
      uid: event.uid,
      at: start.toISOString(),
      london: start.toLocaleTimeString('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' }),
      status: String(one.getFirstPropertyValue('status')),
      sequence: event.sequence,
    };
  });
}

describe('the calendar', () => {
  test('has every working day at a quarter past nine by the clock on the wall, and no bank holiday', () => {
    const all = read(boardAt());
    expect(new Set(all.map(({ london }) => london))).toEqual(new Set(['09:15']));
    // Control: in UTC, which is what stands in the file, they are an hour apart.
    expect(new Set(all.map(({ at }) => at.slice(11, 16)))).toEqual(new Set(['08:15', '09:15']));
    const days = all.map(({ at }) => at.slice(0, 10));
    expect(days).toEqual([...new Set(days)].sort());
    for (const day of ['2026-10-23', '2026-10-26', '2026-12-24', '2026-12-29', '2027-01-04']) expect(days).toContain(day);
    for (const day of ['2026-10-24', '2026-10-25', '2026-12-25', '2026-12-28', '2027-01-01']) expect(days).not.toContain(day);
  });

  test('cancels what is not held under the name it had, and says so once more when it is held after all', () => {
    const moment = due('2026-10-28T09:15:00Z');
    const skip = (state: BoardState) => skipHuddle(state, { due: moment, reason: 'Exercise', by }, NOW);
    const call = (state: BoardState) => callHuddle(state, { due: moment, reason: 'No exercise', by }, NOW);
    const on = (state: BoardState) => read(state).filter(({ at }) => at === '2026-10-28T09:15:00.000Z');
    const [before, skipped, again] = [boardAt(), boardAt(skip), boardAt(skip, call)].map(on);
    expect(before).toMatchObject([{ status: 'CONFIRMED', sequence: 0 }]);
    expect(skipped).toMatchObject([{ uid: before![0]!.uid, status: 'CANCELLED' }]);
    expect(skipped![0]!.sequence).toBeGreaterThan(0);
    expect(again).toMatchObject([{ uid: before![0]!.uid, status: 'CONFIRMED' }]);
    expect(read(boardAt(skip))).toHaveLength(read(boardAt()).length);
  });

  test('is the same file until something is said of a meeting, so that nobody fetches it again', () => {
    const text = (state: BoardState, now: number) => calendarOf(state, now, 'en', 'https://cell.example')!;
    const state = boardAt();
    expect(text(state, NOW + 60_000)).toEqual(text(state, NOW));
    const called = boardAt((one) => callHuddle(one, { due: due('2026-10-24T10:00:00Z'), reason: 'Surge', by }, NOW));
    expect(text(called, NOW).text).not.toBe(text(state, NOW).text);
  });
});
