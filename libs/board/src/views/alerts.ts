/** Alerts as the wall and the desk show them at `now`: the worst first, a flood grouped by its cause. */
import type { BoardDefinition, FigureId, Label, PlaceId, Target, TileId } from '../definition.js';
import type { CardId, GroupId } from '../response.js';
import type { Condition, RuleId, Severity } from '../rule.js';
import { climbsAt, dwellEnds, holdEnds, isRaised, isUnowned } from '../rules/alert.js';
import { judge } from '../rules/condition.js';
import { sightOf } from '../rules/figure.js';
import { figuresOf, plainParts } from '../rules/watched.js';
import type { Alert, AlertPhase, BoardState, StuckMessage } from '../state.js';
import { MINUTE_MS } from '../time.js';
import { figureView, type FigureView } from './figure.js';

export interface AlertView {
  no: number;
  rule: RuleId;
  /** To be named by whoever answers it. */
  version: number;
  phase: AlertPhase;
  severity: Severity;
  label: Label;
  placeId: PlaceId;
  place: Label;
  /** The tile on which the figure stands, if any. */
  tile?: string;
  when: Condition;
  /** The (first) figure as it is now. */
  figure?: FigureView;
  target?: Target;
  /** What the rule compares now with its line (a share, a slope …); null when it cannot be judged. */
  value: number | null;
  /** Condition `reach`: when the line will be crossed at the present slope. */
  reachAt?: number;
  since: number;
  firedAt?: number;
  /** Since it fired, or since it is pending, ms. */
  ageMs: number;
  groupId: GroupId;
  group: Label;
  /** Nobody has acknowledged or taken it yet. */
  unowned: boolean;
  acknowledged?: { by: string; at: number };
  owner?: { by: string; at: number };
  /** Who will be told next, and when, if nobody answers. */
  climbs?: { group: Label; at: number };
  /** When a running dwell or hold will end (time only; readings may still be missing). */
  endsAt?: number;
  lostSince?: number;
  changedFrom?: number;
  /** The composite it stands behind. */
  behind?: RuleId;
  shelved?: { until: number; reason: string; by: string };
  card: CardId;
  actions: number;
  /** About missing data: for the owner of the data. */
  aboutData: boolean;
}

export interface AlertsView {
  /** Raised and to be seen: worst severity first, then unowned, then newest. Without pending, shelved and superseded ones. */
  open: AlertView[];
  /** The same, put together by cause: a composite with what stands behind it, else the place. Worst group first. */
  groups: { key: string; label: Label; worst: Severity; alerts: AlertView[]; behind: AlertView[] }[];
  pending: AlertView[];
  shelved: AlertView[];
  counts: { critical: number; act: number; watch: number; unowned: number; pending: number; shelved: number; behind: number; stuck: number };
  /** More than ten were raised within ten minutes: only what came first and what explains the rest should be drawn large. */
  flood?: { since: number; raised: number };
  /** Number of the newest alert that nobody owns: drawn to the eye once. */
  newestUnowned?: number;
  /** Messages nobody got: shown until they are delivered after all. */
  stuck: { group: Label; channel: string; about: string; since: number; detail: string; messages: number }[];
}

const WORST: Record<Severity, number> = { critical: 0, act: 1, watch: 2 };
const FLOOD_MS = 10 * MINUTE_MS;
const FLOOD_RAISED = 10;

const plain = (text: string): Label => ({ en: text, cy: text });

const tilesOfDefinition = new WeakMap<BoardDefinition, Map<FigureId, TileId>>();

/** The tile a figure stands on: as its headline, else as a line or a part of it. */
function tileOf(definition: BoardDefinition, figure: FigureId): TileId | undefined {
  let tiles = tilesOfDefinition.get(definition);
  if (!tiles) {
    tiles = new Map();
    for (const { id, headline } of Object.values(definition.tiles)) if (!tiles.has(headline)) tiles.set(headline, id);
    for (const { id, lines, parts } of Object.values(definition.tiles))
      for (const line of [...lines, ...(parts ?? [])]) if (!tiles.has(line.figure)) tiles.set(line.figure, id);
    tilesOfDefinition.set(definition, tiles);
  }
  return tiles.get(figure);
}

function alertView(state: BoardState, alert: Alert, now: number): AlertView {
  const definition = state.definition!;
  const rule = state.rules[alert.rule]?.rule;
  const said = rule ?? state.rules[alert.rule]?.was;
  const groups = definition.response?.groups;
  const group = groups?.[alert.group];
  const placeId = said?.place ?? alert.rule.slice(alert.rule.lastIndexOf('@') + 1);
  const when: Condition = said?.when ?? { kind: 'composite', of: [], atLeast: 0 };
  const figureId = figuresOf(when)[0];
  const judged = rule && judge(sightOf(state), rule, now);
  const from = alert.firedAt ?? alert.since;
  const view: AlertView = {
    no: alert.no,
    rule: alert.rule,
    version: alert.version,
    phase: alert.phase,
    severity: alert.severity,
    label: said?.label ?? plain(alert.rule),
    placeId,
    place: definition.places[placeId]?.name ?? definition.providers[placeId]?.name ?? (placeId === 'system' ? definition.name : plain(placeId)),
    when,
    value: judged?.value ?? null,
    since: alert.since,
    ageMs: Math.max(0, now - from),
    groupId: alert.group,
    group: group?.name ?? plain(alert.group),
    unowned: isUnowned(alert),
    card: said?.card ?? '',
    actions: alert.actions,
    aboutData: group?.kind === 'data' || plainParts(when).some(({ kind }) => kind === 'late'),
  };
  if (alert.firedAt !== undefined) view.firedAt = alert.firedAt;
  if (figureId !== undefined) {
    const tile = tileOf(definition, figureId);
    if (tile !== undefined) view.tile = tile;
    const figure = figureView(state, figureId, now);
    if (figure) view.figure = figure;
    if (figure?.target) view.target = figure.target;
  }
  if (judged?.reachAt !== undefined) view.reachAt = judged.reachAt;
  if (alert.acknowledged) view.acknowledged = { by: alert.acknowledged.by.name, at: alert.acknowledged.at };
  if (alert.owner) view.owner = { by: alert.owner.by.name, at: alert.owner.at };
  const shelf = state.shelves[alert.rule];
  if (shelf && now < shelf.until) view.shelved = { until: shelf.until, reason: shelf.reason, by: shelf.by.name };
  const climb = view.shelved || !rule ? undefined : climbsAt(alert, group);
  if (climb) view.climbs = { group: groups?.[climb.group]?.name ?? plain(climb.group), at: climb.at };
  const endsAt = rule ? (dwellEnds(rule, alert) ?? holdEnds(rule, alert)) : undefined;
  if (endsAt !== undefined) view.endsAt = endsAt;
  if (alert.lostSince !== undefined) view.lostSince = alert.lostSince;
  if (alert.changedFrom !== undefined) view.changedFrom = alert.changedFrom;
  if (alert.behind !== undefined) view.behind = alert.behind;
  return view;
}

function byWorst(a: AlertView, b: AlertView): number {
  return WORST[a.severity] - WORST[b.severity] || Number(b.unowned) - Number(a.unowned) || (b.firedAt ?? b.since) - (a.firedAt ?? a.since) || b.no - a.no;
}

/** A composite gathers what stands behind it; all else is gathered by its place. */
function groupsOf(open: readonly AlertView[], behind: readonly AlertView[]): AlertsView['groups'] {
  const groups = new Map<string, AlertsView['groups'][number]>();
  const causes = new Set(behind.map((one) => one.behind));
  for (const one of open) {
    const isCause = causes.has(one.rule);
    const key = isCause ? `alert:${one.no}` : `place:${one.placeId}`;
    const group = groups.get(key);
    if (group) group.alerts.push(one);
    else
      groups.set(key, {
        key,
        label: isCause ? one.label : one.place,
        worst: one.severity,
        alerts: [one],
        behind: isCause ? behind.filter((other) => other.behind === one.rule) : [],
      });
  }
  return [...groups.values()];
}

/** The newest ten minutes in which more than ten of these were raised. */
function floodOf(raised: readonly AlertView[]): AlertsView['flood'] {
  const moments = raised.flatMap(({ firedAt }) => (firedAt === undefined ? [] : [firedAt])).sort((a, b) => a - b);
  for (let last = moments.length - 1; last >= FLOOD_RAISED; last--) {
    let first = last;
    while (first > 0 && moments[first - 1]! > moments[last]! - FLOOD_MS) first--;
    if (last - first + 1 > FLOOD_RAISED) return { since: moments[first]!, raised: last - first + 1 };
  }
  return undefined;
}

export function alertsView(state: BoardState, now: number): AlertsView {
  const definition = state.definition;
  const all = definition ? Object.values(state.alerts).map((alert) => alertView(state, alert, now)) : [];
  all.sort(byWorst);
  const raised = all.filter(isRaised);
  const behind = raised.filter((one) => one.behind !== undefined);
  const shelved = raised.filter((one) => one.behind === undefined && one.shelved);
  const open = raised.filter((one) => one.behind === undefined && !one.shelved);
  const pending = all.filter((one) => !isRaised(one));
  const groups = definition?.response?.groups;
  const stuck = undelivered(state);
  const view: AlertsView = {
    open,
    groups: groupsOf(open, behind),
    pending,
    shelved,
    counts: {
      critical: open.filter(({ severity }) => severity === 'critical').length,
      act: open.filter(({ severity }) => severity === 'act').length,
      watch: open.filter(({ severity }) => severity === 'watch').length,
      unowned: open.filter(({ unowned }) => unowned).length,
      pending: pending.length,
      // Every silence counts, whether it hides something now or not.
      shelved: Object.values(state.shelves).filter(({ until }) => now < until).length,
      behind: behind.length,
      stuck: stuck.length,
    },
    stuck: stuck.map(({ group, ...one }) => ({ group: groups?.[group]?.name ?? plain(group), ...one })),
  };
  const flood = floodOf(raised);
  if (flood) view.flood = flood;
  const newest = open.filter(({ unowned }) => unowned).sort((a, b) => b.firedAt! - a.firedAt! || b.no - a.no)[0];
  if (newest) view.newestUnowned = newest.no;
  return view;
}

/**
 * Messages nobody got, oldest first. A group without a contact is one fault, however many alerts it was not told of; each of these
 * has its own event all the same, because each goes on to the next group by itself.
 */
function undelivered(state: BoardState): (StuckMessage & { messages: number })[] {
  const all = Object.values(state.stuck).sort((a, b) => a.since - b.since);
  const first = new Map<string, StuckMessage & { messages: number }>();
  for (const [i, one] of all.entries()) {
    const key = one.channel === 'none' ? `none ${one.group}` : String(i);
    const before = first.get(key);
    if (before) before.messages++;
    else first.set(key, { ...one, messages: 1 });
  }
  return [...first.values()];
}
