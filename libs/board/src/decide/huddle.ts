/**
 * The meeting around the board. One is on at a time; whoever does something in it names its number, so that a screen that slept
 * through the end of one changes nothing in the next.
 */
import type { About, Attendance, Huddle, HuddleNote } from '../cell.js';
import type { ProviderId, TileId } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import { forgottenAt, huddleDue, huddlesBetween } from '../rules/cell-times.js';
import type { BoardState } from '../state.js';
import { DAY_MS, HOUR_MS, isoDate, localDay } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** Further ahead nobody calls a huddle, and none is taken off the list. */
export const AHEAD_LONGEST_MS = 90 * DAY_MS;
/** Who closes a huddle that everybody has left. */
const CLOCK: Person = { id: 'clock', name: 'Clock' };

type Told<Outcome> = Decision<Outcome | { refused: Refused }>;

function refuse(field: string, code: string, detail: string): Decision<{ refused: Refused }> {
  return { events: [], outcome: { refused: { field, code, detail } } };
}

/** The office whose turn it is with the huddle of this number. */
export function inTurn(offices: readonly { en: string }[], no: number): string {
  return offices.length === 0 ? '' : offices[(no - 1) % offices.length]!.en;
}

export interface OpenHuddle {
  /** Left out: whose turn it is. */
  lead?: string;
  scribe?: string;
  by: Person;
}

export function openHuddle(state: BoardState, { lead, scribe, by }: OpenHuddle, at: number): Told<{ no: number }> {
  const cell = state.definition?.cell;
  if (!cell) return refuse('board', 'no-cell', 'This board has no cell: its definition does not say how it meets.');
  const on = state.huddle.now;
  if (on) return refuse('board', 'huddle-on', `Huddle ${on.no} is on; join that one.`);
  const no = (state.counts.huddles ?? 0) + 1;
  const due = huddleDue(state, at)?.due;
  const opened: BoardEvent = { kind: 'HuddleOpened', no, lead: lead ?? inTurn(cell.leads, no), scribe: scribe ?? inTurn(cell.scribes, no), by };
  return { events: [due === undefined ? opened : { ...opened, due }], outcome: { no } };
}

/** What is done in the huddle that is on, if it is that of this number. */
function inHuddle<Outcome>(state: BoardState, no: number, how: (huddle: Huddle) => Told<Outcome>): Told<Outcome> {
  const huddle = state.huddle.now;
  if (huddle?.no === no) return how(huddle);
  return refuse('no', 'unknown-huddle', `Huddle ${no} is not on${huddle ? `; huddle ${huddle.no} is` : ' any more'}.`);
}

export function moveHuddle(state: BoardState, { no, item, tile, by }: { no: number; item: string; tile?: TileId; by: Person }): Told<{ no: number }> {
  return inHuddle(state, no, (huddle) => {
    if (!state.definition?.cell?.agenda.some(({ id }) => id === item)) return refuse('item', 'unknown-item', `The agenda has no item "${item}".`);
    if (tile !== undefined && !state.definition.tiles[tile]) return refuse('tile', 'unknown-tile', `This board has no tile "${tile}".`);
    if (huddle.item === item && huddle.tile === tile) return { events: [], outcome: { no } };
    return { events: [{ kind: 'HuddleMoved', no, item, ...(tile === undefined ? {} : { tile }), by }], outcome: { no } };
  });
}

export interface MarkAttendance {
  no: number;
  provider: ProviderId;
  attendance: Attendance;
  /** Of a deputy: the office, never a patient, not needed of anybody else. */
  name?: string;
  by: Person;
}

export function markAttendance(state: BoardState, { no, provider, attendance, name, by }: MarkAttendance): Told<{ no: number }> {
  return inHuddle(state, no, (huddle) => {
    if (!state.definition?.cell?.members.some((member) => member.provider === provider))
      return refuse('provider', 'unknown-provider', `"${provider}" is no member of this cell.`);
    if (attendance === 'deputy' && name === undefined) return refuse('name', 'missing', 'Say which office stands in.');
    const marked = huddle.attendance[provider];
    if (marked?.attendance === attendance && marked.name === name) return { events: [], outcome: { no } };
    return { events: [{ kind: 'AttendanceMarked', no, provider, attendance, ...(name === undefined ? {} : { name }), by }], outcome: { no } };
  });
}

export interface NoteHuddle extends Omit<HuddleNote, 'at'> {
  no: number;
}

export function noteHuddle(state: BoardState, { no, ...note }: NoteHuddle, at: number): Told<{ no: number }> {
  return inHuddle(state, no, () => {
    const { box, resource, about } = note;
    if ((box === 'resource') !== (resource !== undefined))
      return refuse('resource', 'resource', 'What is released goes with the box "resource", and that box needs it: how much, from where, to where.');
    if (resource?.until !== undefined && resource.until <= at) return refuse('until', 'already-over', 'The end of what is released is in the past.');
    const fault = faultOfAbout(state, about);
    if (fault) return refuse('about', ...fault);
    return { events: [{ kind: 'HuddleNoted', no, ...note }], outcome: { no } };
  });
}

function faultOfAbout({ definition }: BoardState, about: About | undefined): [code: string, detail: string] | undefined {
  const { figure, tile } = about ?? {};
  if (tile !== undefined && !definition?.tiles[tile]) return ['unknown-tile', `This board has no tile "${tile}".`];
  if (figure !== undefined && !definition?.series[figure] && !definition?.rollups[figure]) return ['unknown-figure', `This board has no figure "${figure}".`];
  return undefined;
}

/** What stands on the board at the close, already stored under the snapshot's id. */
export interface AtClose {
  snapshot: string;
  of: { seq: number; at: number; hash: string };
}

export function closeHuddle(state: BoardState, { no, frozen, by }: { no: number; frozen: AtClose; by: Person }): Told<{ no: number }> {
  return inHuddle(state, no, () => ({ events: closed(state, no, frozen, by), outcome: { no } }));
}

/** Closed by the clock, once it is time; nothing happens before. */
export function closeForgotten(state: BoardState, frozen: AtClose, at: number): Decision<{ closed: boolean }> {
  const huddle = state.huddle.now;
  const forgotten = forgottenAt(state);
  if (!huddle || forgotten === undefined || at < forgotten) return { events: [], outcome: { closed: false } };
  return { events: closed(state, huddle.no, frozen, undefined), outcome: { closed: true } };
}

/** The close and the frozen board are one: neither stands in the journal without the other. */
function closed({ definition }: BoardState, no: number, { snapshot, of }: AtClose, by: Person | undefined): BoardEvent[] {
  const day = definition ? isoDate(localDay(definition.zone, of.at)).split('-').reverse().join('/') : '';
  return [
    { kind: 'HuddleClosed', no, of: { seq: of.seq, hash: of.hash }, ...(by && { by }) },
    { kind: 'SnapshotFrozen', snapshot, name: `Huddle ${no} · ${day}`, of, by: by ?? CLOCK },
  ];
}

export interface PlanHuddle {
  due: number;
  reason: string;
  by: Person;
}

/** One outside the times. `noticeKept`: it was said early enough; a huddle in an emergency is called all the same. */
export function callHuddle(state: BoardState, { due, reason, by }: PlanHuddle, at: number): Told<{ due: number; noticeKept: boolean }> {
  const cell = state.definition?.cell;
  if (!cell) return refuse('board', 'no-cell', 'This board has no cell: its definition does not say how it meets.');
  if (due <= at) return refuse('due', 'already-over', 'That moment is in the past; a huddle can be opened now without being called.');
  if (due > at + AHEAD_LONGEST_MS) return refuse('due', 'too-far', 'A huddle is called for the next 90 days.');
  const planned = huddlesBetween(state, due, due + 1)[0];
  if (planned && !planned.skipped) return refuse('due', 'already-planned', 'There is a huddle at that moment already.');
  return { events: [{ kind: 'HuddleCalled', due, reason, by }], outcome: { due, noticeKept: due - at >= cell.noticeHours * HOUR_MS } };
}

export function skipHuddle(state: BoardState, { due, reason, by }: PlanHuddle, at: number): Told<{ due: number }> {
  if (due > at + AHEAD_LONGEST_MS) return refuse('due', 'too-far', 'Only huddles of the next 90 days are taken off the list.');
  const planned = due > at ? huddlesBetween(state, due, due + 1)[0] : undefined;
  if (!planned) return refuse('due', 'unknown-due', 'No huddle is planned for that moment.');
  if (planned.skipped) return { events: [], outcome: { due } };
  return { events: [{ kind: 'HuddleSkipped', due, reason, by }], outcome: { due } };
}
