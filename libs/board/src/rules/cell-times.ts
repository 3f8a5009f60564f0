/** When the cell meets: its times on the clock of the wall, what was called beside them, and what is not held. */
import type { CellDefinition } from '../cell.js';
import type { BoardState } from '../state.js';
import { isoDate, localDay, minuteOfDay, MINUTE_MS, momentOfLocal, weekday } from '../time.js';

/** So long before its moment a huddle may be opened as the planned one. */
export const EARLY_MS = 30 * MINUTE_MS;
/** A huddle that nobody closes is closed by the clock, so long after its planned end. */
export const FORGOTTEN_MS = 60 * MINUTE_MS;
/** So long before it those concerned are reminded, where the cell says nothing else. */
const REMIND_MS = 30 * MINUTE_MS;

export interface PlannedHuddle {
  due: number;
  /** Outside the times: somebody called it. */
  called: boolean;
  skipped: boolean;
  /** Why it was called or is not held, who said so, and when. */
  reason?: string;
  by?: string;
  at?: number;
}

export function plannedMs({ agenda }: Pick<CellDefinition, 'agenda'>): number {
  return agenda.reduce((sum, { minutes }) => sum + minutes * MINUTE_MS, 0);
}

/** Huddles whose moment lies in [from, to), ascending: those of the times, called ones, and those that are not held. */
export function huddlesBetween(state: Pick<BoardState, 'definition' | 'called'>, from: number, to: number): PlannedHuddle[] {
  const { definition, called } = state;
  const cell = definition?.cell;
  if (!cell) return [];
  const { zone, response } = definition;
  const found = new Map<number, PlannedHuddle>();
  for (let day = localDay(zone, from); day <= localDay(zone, to); day++) {
    const isHoliday = response?.holidays.includes(isoDate(day)) ?? false;
    for (const { at, days, onHolidays } of cell.times) {
      if (!days.includes(weekday(day)) || (isHoliday && onHolidays === 'skipped')) continue;
      const due = momentOfLocal(zone, day, minuteOfDay(at));
      found.set(due, { due, called: false, skipped: false });
    }
  }
  for (const [moment, { reason, by, at, skipped }] of Object.entries(called)) {
    const due = Number(moment);
    found.set(due, { due, called: !found.has(due), skipped, reason, by: by.name, at });
  }
  return [...found.values()].filter(({ due }) => due >= from && due < to).sort((a, b) => a.due - b.due);
}

/** The planned huddle that one opened now is: the nearest that may begin, is to be held and was not held yet. */
export function huddleDue(state: BoardState, at: number): PlannedHuddle | undefined {
  const cell = state.definition?.cell;
  if (!cell) return undefined;
  const held = new Set(Object.values(state.huddles).map(({ due }) => due));
  return huddlesBetween(state, at - plannedMs(cell) - FORGOTTEN_MS, at + EARLY_MS + 1)
    .filter(({ due, skipped }) => !skipped && !held.has(due))
    .sort((a, b) => Math.abs(a.due - at) - Math.abs(b.due - at))[0];
}

/**
 * The huddle people are to be reminded of now, and since when. None that has begun or is not held; none that was called so late
 * that the call was the reminder; none twice.
 */
export function reminderDue(state: BoardState, at: number): { due: number; since: number } | undefined {
  const cell = state.definition?.cell;
  const remindMs = cell?.remindMs ?? REMIND_MS;
  if (!cell || remindMs === 0) return undefined;
  const { now, reminded } = state.huddle;
  const begun = new Set([now?.due, ...Object.values(state.huddles).map(({ due }) => due)]);
  const near = huddlesBetween(state, Math.max(at, reminded?.due ?? at) + 1, at + remindMs + 1).find(
    ({ due, skipped, at: said }) => !skipped && !begun.has(due) && (said === undefined || said <= due - remindMs),
  );
  return near && { due: near.due, since: near.due - remindMs };
}

/** When the clock closes the huddle that is on; undefined: none is. */
export function forgottenAt({ definition, huddle: { now: huddle } }: BoardState): number | undefined {
  if (!huddle || !definition?.cell) return huddle && huddle.openedAt + FORGOTTEN_MS;
  return Math.max(huddle.openedAt, huddle.due ?? 0) + plannedMs(definition.cell) + FORGOTTEN_MS;
}
