/**
 * What has changed between two moments of a board, the worst first: the handover question "since I left at 18:00?". A pure
 * function of two states and their moments, so that the server and a screen that plays the past say the same.
 *
 * Colour and freshness count, not only values: a figure that stopped coming is worse than it was, whatever its number.
 */
import type { Answer } from '../cell.js';
import type { BoardDefinition, BoardId, FeedId, FigureId, Label, PlaceId, ProviderId } from '../definition.js';
import type { RuleId, Severity } from '../rule.js';
import { isRaised } from '../rules/alert.js';
import { isCurrent, type Freshness } from '../rules/freshness.js';
import type { Status } from '../rules/threshold.js';
import type { LevelId } from '../scheme.js';
import type { Alert, AlertPhase, BoardState } from '../state.js';
import { feedViews } from './board.js';
import { figureView, type FigureView } from './figure.js';
import { type CellBelowView, type PassView, tiersView, type TiersView } from './tiers.js';

/** A figure as it stood; null where the board had no such figure. */
export interface FigureThen {
  value: number | string | null;
  status: Status;
  freshness: Freshness;
  at?: number;
}

interface Weighed {
  /** Over 0: worse than before, the more the worse. Under 0: better. 0: neither, but different. */
  weight: number;
  worse: boolean;
}

export type Change = Weighed &
  (
    | { kind: 'figure'; figure: FigureId; label: Label; place: Label; before: FigureThen | null; after: FigureThen | null }
    /** `before: null`: it has been raised since; `after: null`: it is over. */
    | { kind: 'alert'; rule: RuleId; no: number; label: Label; place: Label; before: AlertThen | null; after: AlertThen | null }
    /** Calculated: from `low` to `high` while something is not known. */
    | { kind: 'level'; level: LevelId; label: Label; mark: string; before: LevelThen | null; after: LevelThen | null }
    | { kind: 'declared'; level: LevelId; label: Label; mark: string; before: number | null; after: number | null }
    | { kind: 'feed'; feed: FeedId; label: Label; before: Freshness | null; after: Freshness | null }
    /** Paused with its owner's words. */
    | { kind: 'suspension'; feed: FeedId; label: Label; before: SaidUntil | null; after: SaidUntil | null }
    | { kind: 'closure'; place: PlaceId; label: Label; before: SaidUntil | null; after: SaidUntil | null }
    | { kind: 'status'; provider: ProviderId; label: Label; before: { text: string; level?: number } | null; after: { text: string; level?: number } | null }
    | { kind: 'action'; no: number; what: string; owner: string; before: ActionThen | null; after: ActionThen | null }
    /** Passed between this cell and another; `before: null`: since then. */
    | { kind: 'passed'; board: BoardId; no: number; label: Label; what: string; before: PassedThen | null; after: PassedThen }
    /** A cell below, by the worse of what it worked out and declared; null: nothing known, or not heard any more. */
    | { kind: 'below'; board: BoardId; label: Label; mark: string; before: LevelThen | null; after: LevelThen | null }
    | { kind: 'rule'; rule: RuleId; label: Label; before: number | null; after: number | null }
    /** The board itself: places, labels, thresholds, layout. */
    | { kind: 'definition'; label: Label; before: number | null; after: number }
  );

export interface AlertThen {
  severity: Severity;
  phase: AlertPhase;
  since: number;
  owner?: string;
}
export type PassedThen = Answer | 'waiting' | 'missed';
export interface LevelThen {
  low: number;
  high: number;
}
export interface SaidUntil {
  reason: string;
  until: number;
}
export interface ActionThen {
  due: number;
  overdue: boolean;
}

/** What weighs how much; within a kind the finer differences are added. */
const WEIGHT = {
  critical: 1_000,
  level: 900,
  act: 800,
  closure: 700,
  figureActs: 600,
  feed: 500,
  lost: 450,
  watch: 400,
  figureWatches: 300,
  overdue: 250,
} as const;
const SEVERITY: Record<Severity, number> = { critical: WEIGHT.critical, act: WEIGHT.act, watch: WEIGHT.watch };
const STATUS: Record<Status, number> = { act: WEIGHT.figureActs, watch: WEIGHT.figureWatches, ok: 0, none: 0 };
/** A value that moves within its colour is told when it moves by so much of what it was. */
const NOTABLE = 0.1;

const plain = (text: string): Label => ({ en: text, cy: text });

/** What differs between `before`, looked at at `beforeAt`, and `after` at `afterAt`; the worst first, what is better last. */
export function changesBetween(before: BoardState, beforeAt: number, after: BoardState, afterAt: number): Change[] {
  const definition = after.definition;
  if (!definition) return [];
  const found = [
    ...figures(before, beforeAt, after, afterAt, definition),
    ...alerts(before, after, definition),
    ...levels(before, after, definition),
    ...feeds(before, beforeAt, after, afterAt),
    ...said(before, beforeAt, after, afterAt, definition),
    ...actions(before, beforeAt, after, afterAt),
    ...between(tiersView(before, beforeAt), tiersView(after, afterAt)),
    ...rules(before, after, definition),
  ];
  return found.sort((a, b) => b.weight - a.weight);
}

const weighed = (weight: number): Weighed => ({ weight, worse: weight > 0 });

function then(view: FigureView | undefined): FigureThen | null {
  if (!view || (view.freshness === 'never' && view.value === null)) return null;
  const { value, status, freshness, at } = view;
  return { value, status, freshness, ...(at === undefined ? {} : { at }) };
}

function figures(before: BoardState, beforeAt: number, after: BoardState, afterAt: number, definition: BoardDefinition): Change[] {
  return shownFigures(definition).flatMap((figure): Change[] => {
    const view = figureView(after, figure, afterAt);
    const [was, is] = [then(figureView(before, figure, beforeAt)), then(view)];
    const weight = figureWeight(was, is, view?.metric.direction);
    if (weight === undefined) return [];
    const place = definition.places[view!.place]?.name ?? definition.name;
    return [{ kind: 'figure', figure, label: view!.metric.label, place, before: was, after: is, ...weighed(weight) }];
  });
}

/** Everything that stands on a tile, once: what nobody can see on the wall is nothing to hand over. */
function shownFigures({ tiles }: BoardDefinition): FigureId[] {
  return [...new Set(Object.values(tiles).flatMap(({ headline, lines, parts }) => [headline, ...[...lines, ...(parts ?? [])].map(({ figure }) => figure)]))];
}

/** Undefined: nothing worth a word. */
function figureWeight(was: FigureThen | null, is: FigureThen | null, direction: FigureView['metric']['direction'] | undefined): number | undefined {
  const [knew, know] = [isKnown(was), isKnown(is)];
  if (!knew && !know) return undefined;
  if (knew && !know) return WEIGHT.lost;
  if (!knew) return STATUS[is!.status] > 0 ? STATUS[is!.status] : -WEIGHT.lost;
  const turned = STATUS[is!.status] - STATUS[was!.status];
  if (turned !== 0) return turned;
  if (typeof was!.value !== 'number' || typeof is!.value !== 'number') return was!.value === is!.value ? undefined : 0;
  const moved = (is!.value - was!.value) / Math.max(1, Math.abs(was!.value));
  if (Math.abs(moved) < NOTABLE) return undefined;
  const sign = direction === 'higher-is-worse' ? 1 : direction === 'lower-is-worse' ? -1 : 0;
  return sign * Math.sign(moved) * Math.min(100, Math.abs(moved) * 100);
}

/** A sum is bad already when one of its parts is, although another is missing: a colour is knowledge too. */
function isKnown(figure: FigureThen | null): boolean {
  return figure !== null && figure.value !== null && (isCurrent(figure.freshness) || figure.status !== 'none');
}

function alerts(before: BoardState, after: BoardState, definition: BoardDefinition): Change[] {
  const raised = ({ alerts: open }: BoardState): Map<number, Alert> =>
    new Map(
      Object.values(open)
        .filter(isRaised)
        .map((one) => [one.no, one]),
    );
  const [was, is] = [raised(before), raised(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((no): Change[] => {
    const [old, now] = [was.get(no), is.get(no)];
    if (old && now && old.severity === now.severity && old.phase === now.phase && old.owner?.by.name === now.owner?.by.name) return [];
    const { rule } = (now ?? old)!;
    const known = after.rules[rule] ?? before.rules[rule];
    const stated = known?.rule ?? known?.was;
    const place = stated?.place ?? rule.slice(rule.lastIndexOf('@') + 1);
    const weight = (now ? SEVERITY[now.severity] : 0) - (old ? SEVERITY[old.severity] : 0);
    return [
      {
        kind: 'alert',
        rule,
        no,
        label: stated?.label ?? plain(rule),
        place: definition.places[place]?.name ?? definition.providers[place]?.name ?? definition.name,
        before: alertThen(old),
        after: alertThen(now),
        ...weighed(weight),
      },
    ];
  });
}

function alertThen(alert: Alert | undefined): AlertThen | null {
  if (!alert) return null;
  const { severity, phase, since, firedAt, owner } = alert;
  return { severity, phase, since: firedAt ?? since, ...(owner ? { owner: owner.by.name } : {}) };
}

function levels(before: BoardState, after: BoardState, definition: BoardDefinition): Change[] {
  const { levels: defined = {}, schemes = {} } = definition.response ?? {};
  return Object.values(defined).flatMap(({ id: level, name: label, scheme }): Change[] => {
    const mark = schemes[scheme]?.mark ?? '';
    const changes: Change[] = [];
    const [was, is] = [levelThen(before, level), levelThen(after, level)];
    if (was?.low !== is?.low || was?.high !== is?.high)
      changes.push({ kind: 'level', level, label, mark, before: was, after: is, ...weighed(levelWeight(was?.high, is?.high)) });
    const [said, says] = [before.declared[level]?.n ?? null, after.declared[level]?.n ?? null];
    if (said !== says) changes.push({ kind: 'declared', level, label, mark, before: said, after: says, ...weighed(levelWeight(said, says)) });
    return changes;
  });
}

function levelThen({ levels: held }: BoardState, id: LevelId): LevelThen | null {
  const { low, high } = held[id] ?? {};
  return low === undefined || high === undefined ? null : { low, high };
}

function levelWeight(was: number | null | undefined, is: number | null | undefined): number {
  if (typeof was !== 'number' || typeof is !== 'number') return 0;
  return Math.sign(is - was) * (WEIGHT.level + Math.abs(is - was));
}

function feeds(before: BoardState, beforeAt: number, after: BoardState, afterAt: number): Change[] {
  const was = new Map(feedViews(before, beforeAt).map((one) => [one.id, one]));
  return feedViews(after, afterAt).flatMap((now): Change[] => {
    const old = was.get(now.id);
    const changes: Change[] = [];
    const [stood, stands] = [old ? isCurrent(old.freshness) : null, isCurrent(now.freshness)];
    if (stood !== null && stood !== stands)
      changes.push({
        kind: 'feed',
        feed: now.id,
        label: now.name,
        before: old!.freshness,
        after: now.freshness,
        ...weighed(stands ? -WEIGHT.feed : WEIGHT.feed),
      });
    if (old?.suspended?.until !== now.suspended?.until)
      changes.push({ kind: 'suspension', feed: now.id, label: now.name, before: old?.suspended ?? null, after: now.suspended ?? null, ...weighed(0) });
    return changes;
  });
}

/** What people have said of places and of themselves. What has run out is not said any more. */
function said(before: BoardState, beforeAt: number, after: BoardState, afterAt: number, definition: BoardDefinition): Change[] {
  const changes: Change[] = [];
  for (const { id: place, name: label } of Object.values(definition.places)) {
    const [was, is] = [standing(before.closures[place], beforeAt), standing(after.closures[place], afterAt)];
    if (was?.until === is?.until && was?.reason === is?.reason) continue;
    const weight = was && is ? 0 : is ? WEIGHT.closure : -WEIGHT.closure;
    changes.push({ kind: 'closure', place, label, before: reasonOf(was), after: reasonOf(is), ...weighed(weight) });
  }
  for (const { id: provider, name: label } of Object.values(definition.providers)) {
    const [was, is] = [standing(before.statuses[provider], beforeAt), standing(after.statuses[provider], afterAt)];
    if (was?.text === is?.text && was?.level === is?.level) continue;
    changes.push({ kind: 'status', provider, label, before: wordsOf(was), after: wordsOf(is), ...weighed(levelWeight(was?.level, is?.level) / 2) });
  }
  return changes;
}

function standing<T extends { until: number }>(one: T | undefined, now: number): T | undefined {
  return one && now < one.until ? one : undefined;
}
function reasonOf(one: { reason: string; until: number } | undefined): SaidUntil | null {
  return one ? { reason: one.reason, until: one.until } : null;
}
function wordsOf(one: { text: string; level?: number } | undefined): { text: string; level?: number } | null {
  return one ? { text: one.text, ...(one.level === undefined ? {} : { level: one.level }) } : null;
}

function actions(before: BoardState, beforeAt: number, after: BoardState, afterAt: number): Change[] {
  return [...new Set([...Object.keys(before.actions), ...Object.keys(after.actions)])].flatMap((no): Change[] => {
    const [was, is] = [before.actions[no], after.actions[no]];
    const overdue = [was !== undefined && was.due < beforeAt, is !== undefined && is.due < afterAt] as const;
    if (was && is && overdue[0] === overdue[1]) return [];
    const { no: number, what, owner } = (is ?? was)!;
    return [
      {
        kind: 'action',
        no: number,
        what,
        owner,
        before: was ? { due: was.due, overdue: overdue[0] } : null,
        after: is ? { due: is.due, overdue: overdue[1] } : null,
        ...weighed((Number(overdue[1]) - Number(overdue[0])) * WEIGHT.overdue),
      },
    ];
  });
}

/** What went between cells, and the cells below. */
function between(before: TiersView, after: TiersView): Change[] {
  const keyOf = ({ dir, board, no }: PassView): string => `${dir} ${board} ${no}`;
  const stood = ({ answer, missedMs }: PassView): PassedThen => answer?.answer ?? (missedMs > 0 ? 'missed' : 'waiting');
  const was = new Map([...before.waiting, ...before.answered].map((one) => [keyOf(one), stood(one)]));
  const passed = [...after.waiting, ...after.answered].flatMap((one): Change[] => {
    const [old, now] = [was.get(keyOf(one)) ?? null, stood(one)];
    if (old === now) return [];
    const weight = (Number(now === 'missed') - Number(old === 'missed')) * WEIGHT.overdue;
    return [{ kind: 'passed', board: one.board, no: one.no, label: one.name, what: one.what ?? one.text, before: old, after: now, ...weighed(weight) }];
  });
  const knew = new Map(before.below.map((one) => [one.board, one]));
  const below = after.below.flatMap((one): Change[] => {
    const [old, now] = [belowThen(knew.get(one.board)), belowThen(one)];
    if (old?.low === now?.low && old?.high === now?.high) return [];
    const weight = now ? levelWeight(old?.high, now.high) : WEIGHT.feed;
    return [{ kind: 'below', board: one.board, label: one.name, mark: one.level?.mark ?? '', before: old, after: now, ...weighed(weight) }];
  });
  return [...passed, ...below];
}

function belowThen(cell: CellBelowView | undefined): LevelThen | null {
  const { calculated, declared } = cell?.level ?? {};
  if (!cell || cell.unheard || !(calculated ?? declared)) return null;
  return { low: Math.max(calculated?.low ?? 0, declared?.n ?? 0), high: Math.max(calculated?.high ?? 0, declared?.n ?? 0) };
}

/** Rules agreed or retired, and the board redefined: neither worse nor better, but what the colours mean is another thing now. */
function rules(before: BoardState, after: BoardState, definition: BoardDefinition): Change[] {
  const versionOf = (state: BoardState, id: RuleId): number | null => (state.rules[id]?.rule ? state.rules[id].version : null);
  const changes = [...new Set([...Object.keys(before.rules), ...Object.keys(after.rules)])].flatMap((rule): Change[] => {
    const [was, is] = [versionOf(before, rule), versionOf(after, rule)];
    if (was === is) return [];
    const known = after.rules[rule] ?? before.rules[rule];
    return [{ kind: 'rule', rule, label: known?.rule?.label ?? known?.was?.label ?? plain(rule), before: was, after: is, ...weighed(0) }];
  });
  if (before.definedAt === after.definedAt) return changes;
  return [
    ...changes,
    { kind: 'definition', label: definition.name, before: before.definition ? before.definedAt : null, after: after.definedAt, ...weighed(0) },
  ];
}
