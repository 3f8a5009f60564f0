/** The huddle as a screen shows it: where the meeting is, what it has to look at, how well the last ones went, and its minutes. */
import type { Attendance, CellDefinition, HeldHuddle, Huddle, HuddleNote } from '../cell.js';
import type { BoardDefinition, Label, ProviderId } from '../definition.js';
import { huddlesBetween, type PlannedHuddle, plannedMs } from '../rules/cell-times.js';
import { isCurrent } from '../rules/freshness.js';
import type { BoardState } from '../state.js';
import { DAY_MS, HOUR_MS, localDay, MINUTE_MS, type Zone } from '../time.js';
import { actionsView, type ActionView } from './actions.js';
import { feedViews, type FeedView } from './board.js';
import { measuresNow, type OffTarget } from './concerns.js';
import { goalViews, type GoalView } from './goals.js';
import { levelViews } from './levels.js';
import { huddleOn, type HuddleOn } from './meeting.js';

/** Whoever begins within this much of the moment begins on time. */
const ON_TIME_MS = 2 * MINUTE_MS;
/** How far ahead the next huddle is looked for. */
const NEXT_MS = 14 * DAY_MS;
/** Huddles whose boxes stand beside one another: two weeks of working days. */
const LATELY = 10;

export interface MemberView {
  provider: ProviderId;
  name: Label;
  office: Label;
  attendance?: Attendance;
  /** Who stands in. */
  deputy?: string;
}
/** Of one huddle, as shares and yes or no; undefined where it cannot be told. */
export interface Health {
  no: number;
  openedAt: number;
  /** Share of the members that were there, 0 to 1. */
  attendance: number | undefined;
  quorum: boolean;
  onTime: boolean | undefined;
  /** 0: within its time. */
  overrunMs: number;
  /** Share of the actions raised in it that were closed by the next; undefined while there was no next, or none was raised. */
  closed: number | undefined;
  noticeKept: boolean;
}
/** What a meeting promises: who comes, that it begins and ends in its time, that actions are done by the next, that it was said early. */
export const PROMISES = ['attendance', 'onTime', 'within', 'closed', 'noticeKept'] as const;
export type Promised = (typeof PROMISES)[number];
export interface HealthView {
  /** Of the huddles on the board, the newest last. */
  trend: Health[];
  /** Over the latest of them. `kept` is undefined where it cannot be told; of attendance it is the quorum. */
  rows: { promise: Promised; share: number | undefined; boxes: { no: number; kept: boolean | undefined }[] }[];
  members: { provider: ProviderId; name: Label; boxes: { no: number; here: boolean }[] }[];
}
export interface HuddleView {
  on: HuddleOn | undefined;
  next: PlannedHuddle | undefined;
  last: HeldHuddle | undefined;
  /** Whose turn it is. */
  turn: { lead: Label; scribe: Label };
  members: MemberView[];
  /** "All off-target measures should be raised as a concern": those that have neither one nor a recorded reason. */
  unanswered: OffTarget[];
  /** Overdue, or due before the day is over. */
  actions: ActionView[];
  late: FeedView[];
  /** Those it is time to look at again. */
  goals: GoalView[];
  health: HealthView;
}

const plain = (text: string): Label => ({ en: text, cy: text });

/** Undefined: the board has no cell. */
export function huddleView(state: BoardState, now: number): HuddleView | undefined {
  const { definition } = state;
  const cell = definition?.cell;
  if (!cell) return undefined;
  const huddle = state.huddle.now;
  const held = Object.values(state.huddles).sort((a, b) => a.no - b.no);
  const nextNo = (state.counts.huddles ?? 0) + 1;
  const turn = (offices: readonly Label[]): Label => offices[(nextNo - 1) % Math.max(1, offices.length)] ?? plain('');
  const dues = new Set([huddle?.due, ...held.map(({ due }) => due)]);
  return {
    on: huddleOn(state, now),
    next: huddlesBetween(state, now - plannedMs(cell), now + NEXT_MS).find(({ due, skipped }) => !skipped && !dues.has(due)),
    last: held.at(-1),
    turn: { lead: turn(cell.leads), scribe: turn(cell.scribes) },
    members: cell.members.map(({ provider, office }) => memberView(definition, provider, office, huddle)),
    unanswered: measuresNow(state, now).offTarget.filter(({ bare }) => bare),
    actions: actionsView(state, now).actions.filter(({ due }) => localDay(definition.zone, due) <= localDay(definition.zone, now)),
    late: feedViews(state, now).filter(({ freshness, suspended }) => !isCurrent(freshness) && !suspended),
    goals: goalViews(state, now).filter(({ standing }) => standing === 'review-due'),
    health: healthView(held, cell, definition),
  };
}

function memberView(definition: BoardDefinition, provider: ProviderId, office: Label, huddle: Huddle | undefined): MemberView {
  const marked = huddle?.attendance[provider];
  return {
    provider,
    name: definition.providers[provider]?.name ?? plain(provider),
    office,
    ...(marked && { attendance: marked.attendance, ...(marked.name === undefined ? {} : { deputy: marked.name }) }),
  };
}

/* How well the meeting itself goes */

export function healthOf(held: HeldHuddle, { noticeHours }: Pick<CellDefinition, 'noticeHours'>): Health {
  const { no, openedAt, closedAt, due, calledAt, plannedMs: planned, here, expected, quorum, actions } = held;
  return {
    no,
    openedAt,
    attendance: expected === 0 ? undefined : Math.min(1, here.length / expected),
    quorum,
    onTime: due === undefined ? undefined : openedAt <= due + ON_TIME_MS,
    overrunMs: Math.max(0, closedAt - openedAt - planned),
    closed: actions.closedByNext === undefined || actions.raised.length === 0 ? undefined : actions.closedByNext / actions.raised.length,
    // Of its times everybody knows long ago; one that nobody had planned had no notice at all.
    noticeKept: due !== undefined && (calledAt === undefined || due - calledAt >= noticeHours * HOUR_MS),
  };
}

function keptOf(promise: Promised, { quorum, onTime, overrunMs, closed, noticeKept }: Health): boolean | undefined {
  switch (promise) {
    case 'attendance':
      return quorum;
    case 'onTime':
      return onTime;
    case 'within':
      return overrunMs === 0;
    case 'closed':
      return closed === undefined ? undefined : closed === 1;
    case 'noticeKept':
      return noticeKept;
  }
}

function healthView(held: readonly HeldHuddle[], cell: CellDefinition, definition: BoardDefinition): HealthView {
  const trend = held.map((one) => healthOf(one, cell));
  const lately = trend.slice(-LATELY);
  const share = (promise: Promised): number | undefined => {
    const known = lately
      .map((one) => (promise === 'attendance' || promise === 'closed' ? one[promise] : keptOf(promise, one)))
      .filter((one) => one !== undefined);
    return known.length === 0 ? undefined : known.reduce<number>((sum, one) => sum + Number(one), 0) / known.length;
  };
  return {
    trend,
    rows: PROMISES.map((promise) => ({ promise, share: share(promise), boxes: lately.map((one) => ({ no: one.no, kept: keptOf(promise, one) })) })),
    members: cell.members.map(({ provider }) => ({
      provider,
      name: definition.providers[provider]?.name ?? plain(provider),
      boxes: held.slice(-LATELY).map(({ no, here }) => ({ no, here: here.includes(provider) })),
    })),
  };
}

/* Minutes */

export interface RaisedAction {
  no: number;
  what: string;
  owner: string;
  due: number;
}
export interface RaisedConcern {
  no: number;
  text: string;
  owner?: string;
}
/** What the journal adds to what stood on the board at the close. */
export interface CloseFacts {
  closedAt: number;
  /** Left out: nobody closed it, and the clock did. */
  closedBy?: string;
  snapshot: string;
  actions: RaisedAction[];
  concerns: RaisedConcern[];
}
export interface Minutes extends CloseFacts {
  board: string;
  name: Label;
  simulated: boolean;
  zone: Zone;
  no: number;
  due?: number;
  openedAt: number;
  lead: Label;
  scribe: Label;
  plannedMs: number;
  quorum: { needed: number; here: number; met: boolean };
  members: MemberView[];
  items: { title: Label; minutes: number; spentMs: number }[];
  /** With the title of the tile that each is about. */
  notes: (HuddleNote & { tile?: Label })[];
  /** As they stood at the close: calculated as a range while parameters are missing, declared beside it. */
  levels: { name: Label; calculated?: { low: Label; high: Label }; declared?: Label }[];
}

/** Of the board as it stood at the close, the huddle still on. */
export function minutesOf(atClose: BoardState, facts: CloseFacts): Minutes | undefined {
  const { definition } = atClose;
  const cell = definition?.cell;
  const huddle = atClose.huddle.now;
  if (!cell || !huddle) return undefined;
  const on = huddleOn(atClose, facts.closedAt)!;
  return {
    ...facts,
    board: definition.id,
    name: definition.name,
    simulated: definition.simulated,
    zone: definition.zone,
    no: on.no,
    ...(on.due === undefined ? {} : { due: on.due }),
    openedAt: on.openedAt,
    lead: on.lead,
    scribe: on.scribe,
    plannedMs: on.plannedMs,
    quorum: { needed: cell.quorum, here: on.here, met: on.here >= cell.quorum },
    members: cell.members.map(({ provider, office }) => memberView(definition, provider, office, huddle)),
    items: on.items.map(({ title, minutes, spentMs }) => ({ title, minutes, spentMs })),
    notes: huddle.notes.map((note) => {
      const tile = definition.tiles[note.about?.tile ?? ''];
      return tile ? { ...note, tile: tile.title } : note;
    }),
    levels: levelViews(atClose, facts.closedAt).map(({ name, levels, calculated, declared }) => {
      const named = (n: number): Label => levels.find((one) => one.n === n)?.name ?? plain(String(n));
      return {
        name,
        ...(calculated && { calculated: { low: named(calculated.low), high: named(calculated.high) } }),
        ...(declared && { declared: named(declared.n) }),
      };
    }),
  };
}
