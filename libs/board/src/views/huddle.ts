/** The huddle as a screen shows it: where the meeting is, what it has to look at, how well the last ones went, and its minutes. */
import type { AgendaItem, Attendance, CellDefinition, HeldHuddle, Huddle, HuddleNote } from '../cell.js';
import type { BoardDefinition, FigureId, Label, ProviderId, TileId } from '../definition.js';
import { huddlesBetween, type PlannedHuddle, plannedMs } from '../rules/cell-times.js';
import { isCurrent } from '../rules/freshness.js';
import type { Status } from '../rules/threshold.js';
import type { BoardState } from '../state.js';
import { DAY_MS, HOUR_MS, localDay, MINUTE_MS, type Zone } from '../time.js';
import { actionsView, type ActionView } from './actions.js';
import { feedViews, type FeedView } from './board.js';
import { figureView } from './figure.js';
import { levelViews } from './levels.js';

/** Whoever begins within this much of the moment begins on time. */
const ON_TIME_MS = 2 * MINUTE_MS;
/** How far ahead the next huddle is looked for. */
const NEXT_MS = 14 * DAY_MS;
/** Huddles the meeting's health is told of. */
const LATELY = 10;

export interface ItemView extends AgendaItem {
  /** What was spent on it, the running item included. */
  spentMs: number;
  now: boolean;
}
export interface MemberView {
  provider: ProviderId;
  name: Label;
  office: Label;
  attendance?: Attendance;
  /** Who stands in. */
  deputy?: string;
}
export interface HuddleOn {
  no: number;
  due?: number;
  openedAt: number;
  lead: Label;
  scribe: Label;
  items: ItemView[];
  item: ItemView | undefined;
  tile?: TileId;
  /** Since it began; `plannedMs` is the whole agenda. */
  elapsedMs: number;
  plannedMs: number;
  here: number;
  quorum: number;
  notes: HuddleNote[];
  raised: Huddle['raised'];
}
/** An off-target measure that has neither a concern nor a recorded reason. */
export interface Unanswered {
  figure: FigureId;
  tile: TileId;
  label: Label;
  place: Label;
  status: Exclude<Status, 'ok' | 'none'>;
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
export interface HealthView {
  /** The newest last. */
  trend: Health[];
  attendance: number | undefined;
  onTime: number | undefined;
  within: number | undefined;
  closed: number | undefined;
  quorum: number | undefined;
  noticeKept: number | undefined;
  /** Of each member, over the same huddles. */
  members: { provider: ProviderId; name: Label; here: number; of: number }[];
}
export interface HuddleView {
  on: HuddleOn | undefined;
  next: PlannedHuddle | undefined;
  last: HeldHuddle | undefined;
  /** Whose turn it is. */
  turn: { lead: Label; scribe: Label };
  members: MemberView[];
  unanswered: Unanswered[];
  /** Overdue, or due before the day is over. */
  actions: ActionView[];
  late: FeedView[];
  health: HealthView;
}

const plain = (text: string): Label => ({ en: text, cy: text });

/** Offices are journaled by their English name; the Welsh stands in the definition, as long as the office does. */
function officeOf(offices: readonly Label[], name: string): Label {
  return offices.find(({ en }) => en === name) ?? plain(name);
}

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
    on: huddle && huddleOn(huddle, cell, now),
    next: huddlesBetween(state, now - plannedMs(cell), now + NEXT_MS).find(({ due, skipped }) => !skipped && !dues.has(due)),
    last: held.at(-1),
    turn: { lead: turn(cell.leads), scribe: turn(cell.scribes) },
    members: cell.members.map(({ provider, office }) => memberView(definition, provider, office, huddle)),
    unanswered: unanswered(state, definition, now),
    actions: actionsView(state, now).actions.filter(({ due }) => localDay(definition.zone, due) <= localDay(definition.zone, now)),
    late: feedViews(state, now).filter(({ freshness, suspended }) => !isCurrent(freshness) && !suspended),
    health: healthView(held.slice(-LATELY), cell, definition),
  };
}

function huddleOn(huddle: Huddle, cell: CellDefinition, now: number): HuddleOn {
  const { no, due, openedAt, lead, scribe, item, itemAt, spentMs, tile, attendance, notes, raised } = huddle;
  const items = cell.agenda.map((one): ItemView => {
    const isNow = one.id === item;
    return { ...one, now: isNow, spentMs: (spentMs[one.id] ?? 0) + (isNow ? Math.max(0, now - itemAt) : 0) };
  });
  return {
    no,
    ...(due === undefined ? {} : { due }),
    openedAt,
    lead: officeOf(cell.leads, lead),
    scribe: officeOf(cell.scribes, scribe),
    items,
    item: items.find((one) => one.now),
    ...(tile === undefined ? {} : { tile }),
    elapsedMs: Math.max(0, now - openedAt),
    plannedMs: plannedMs(cell),
    here: Object.values(attendance).filter((one) => one.attendance !== 'absent').length,
    quorum: cell.quorum,
    notes,
    raised,
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

/** "All off-target measures should be raised as a concern": those that are not, the worst first. */
function unanswered(state: BoardState, definition: BoardDefinition, now: number): Unanswered[] {
  const raised = Object.values(state.concerns).map(({ about }) => about);
  // A figure may head a tile of the overview and one of the detail: it is one question all the same.
  const asked = new Set<FigureId>();
  return Object.values(definition.tiles)
    .filter(({ headline }) => !asked.has(headline) && asked.add(headline))
    .flatMap(({ id: tile, headline: figure }): Unanswered[] => {
      const view = figureView(state, figure, now);
      if (!view || (view.status !== 'act' && view.status !== 'watch')) return [];
      if (raised.some((about) => about.figure === figure || (about.tile !== undefined && definition.tiles[about.tile]?.headline === figure))) return [];
      if ((state.declined[figure]?.until ?? 0) > now) return [];
      return [{ figure, tile, label: view.metric.label, place: definition.places[view.place]?.name ?? definition.name, status: view.status }];
    })
    .sort((a, b) => Number(a.status !== 'act') - Number(b.status !== 'act'));
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

function healthView(held: readonly HeldHuddle[], cell: CellDefinition, definition: BoardDefinition): HealthView {
  const trend = held.map((one) => healthOf(one, cell));
  const share = (of: (one: Health) => number | boolean | undefined): number | undefined => {
    const known = trend.map(of).filter((one) => one !== undefined);
    return known.length === 0 ? undefined : known.reduce<number>((sum, one) => sum + Number(one), 0) / known.length;
  };
  return {
    trend,
    attendance: share(({ attendance }) => attendance),
    onTime: share(({ onTime }) => onTime),
    within: share(({ overrunMs }) => overrunMs === 0),
    closed: share(({ closed }) => closed),
    quorum: share(({ quorum }) => quorum),
    noticeKept: share(({ noticeKept }) => noticeKept),
    members: cell.members.map(({ provider }) => ({
      provider,
      name: definition.providers[provider]?.name ?? plain(provider),
      here: held.filter(({ here }) => here.includes(provider)).length,
      of: held.length,
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
  const on = huddleOn(huddle, cell, facts.closedAt);
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
