/**
 * The huddles of the next 90 days as an iCalendar file (RFC 5545). Each meeting is an event of its own with its moment in UTC: then
 * no calendar has to work out bank holidays, changes of the clocks or exceptions of a rule, and what is not held any more stays in
 * the file as cancelled, so that it disappears everywhere.
 */
import type { BoardState } from '@comm-cell/board/state';
import { huddlesBetween, type PlannedHuddle, plannedMs } from '@comm-cell/board/rules/cell-times';
import { DAY_MS } from '@comm-cell/board/time';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

const AHEAD_MS = 90 * DAY_MS;
/** Meetings that were lately stay in the calendar for those who look back. */
const BACK_MS = 7 * DAY_MS;
const REMIND_S = 15 * 60;
/** What is said of a meeting later has a higher SEQUENCE: seconds since then. As the timetable has it, a meeting has 0. */
const COUNTED_FROM = Date.UTC(2025, 0, 1);

const WORDS = {
  en: { huddle: 'Huddle', cancelled: 'Not held', agenda: 'Agenda', min: 'min', simulated: 'SIMULATED' },
  cy: { huddle: 'Cyfarfod byr', cancelled: 'Ni chynhelir', agenda: 'Agenda', min: 'mun', simulated: 'EFELYCHEDIG' },
} as const;
export type Tongue = keyof typeof WORDS;

/** `server`: where people reach this one, for the link in each event. `changedAt`: when something was said of a meeting last. */
export function calendarOf(state: BoardState, now: number, tongue: Tongue, server: string): { text: string; changedAt: number } | undefined {
  const { definition } = state;
  const cell = definition?.cell;
  if (!cell) return undefined;
  const words = WORDS[tongue];
  const name = `${definition.simulated ? `${words.simulated} · ` : ''}${words.huddle} · ${definition.name[tongue]}`;
  const calendar = ical({ name, prodId: { company: 'Comm Cell', product: 'Huddle', language: tongue }, method: ICalCalendarMethod.PUBLISH, ttl: 60 * 60 });
  const agenda = cell.agenda.map(({ title, minutes }) => `${title[tongue]} (${minutes} ${words.min})`).join(', ');
  const meetings = listed(state, now);
  for (const { due, skipped, at } of meetings) {
    const event = calendar.createEvent({
      // The moment names the meeting: whatever is said of it later is about the same event.
      id: `huddle-${due}.${definition.id}@comm-cell`,
      sequence: at === undefined ? 0 : Math.floor((at - COUNTED_FROM) / 1000),
      stamp: new Date(at ?? state.definedAt),
      start: new Date(due),
      end: new Date(due + plannedMs(cell)),
      summary: skipped ? `${words.cancelled}: ${name}` : name,
      // Why one was called or is not held stands on the board: what people typed does not leave the building.
      description: `${words.agenda}: ${agenda}`,
      status: skipped ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      url: `${server}/huddle/${definition.id}`,
    });
    if (!skipped) event.createAlarm({ type: ICalAlarmType.display, trigger: REMIND_S, description: name });
  }
  return { text: calendar.toString(), changedAt: Math.max(state.definedAt, ...meetings.map(({ at }) => at ?? 0)) };
}

/** Those that are planned, and a called one that has been opened: it is off the list of what is to come. */
function listed(state: BoardState, now: number): PlannedHuddle[] {
  const [from, to] = [now - BACK_MS, now + AHEAD_MS];
  const planned = new Map(huddlesBetween(state, from, to).map((one) => [one.due, one]));
  for (const { due, calledAt } of [...Object.values(state.huddles), ...(state.huddle.now ? [state.huddle.now] : [])]) {
    if (due !== undefined && calledAt !== undefined && due >= from && !planned.has(due)) planned.set(due, { due, called: true, skipped: false, at: calledAt });
  }
  return [...planned.values()].sort((a, b) => a.due - b.due);
}
