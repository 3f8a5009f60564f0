/**
 * A moment of the past as the rules of another day would have had it: its figures judged by their thresholds, with the alerts and
 * levels that they would have made of the readings as they are known now. It never stood on a wall.
 *
 * What it does not know is what a back-test does not know (see `backtest`): when a reading arrived, planned silences, people. So
 * nobody has answered these alerts, and none has climbed its ladder. A level is held as live, from the lead before the moment on;
 * what was declared at the moment counts for all of that lead.
 */
import type { BoardDefinition, FigureId, SeriesId } from '../definition.js';
import type { Reading } from '../events.js';
import { Fold } from '../evolve.js';
import type { Rule } from '../rule.js';
import { isRaised } from '../rules/alert.js';
import { seriesOf, watched } from '../rules/watched.js';
import type { Alert, BoardState, RuleState } from '../state.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import { type Line, seriesWatchedBy, standing } from './backtest.js';
import { turnLevels } from './turn-levels.js';

/** Readings from so long before the moment are needed: figures that stand for a day, slopes, alerts that are open for long. */
export const LEAD_MS = 2 * DAY_MS;
/** No scheme holds a level for longer; what came before is not seen in it any more. */
const LEVELS_MS = 12 * HOUR_MS;

type InForce = RuleState & { rule: Rule };

function rulesOf(today: BoardState): InForce[] {
  return Object.values(today.rules).filter((state): state is InForce => state.rule !== null);
}

/** Series whose readings it takes to say what alerts and levels there would have been. */
export function seriesFor(today: BoardState): SeriesId[] {
  const { definition } = today;
  if (!definition) return [];
  return [...new Set([...rulesOf(today).flatMap(({ rule }) => seriesWatchedBy(definition, rule)), ...seriesOfLevels(definition)])];
}

function seriesOfLevels(definition: BoardDefinition): SeriesId[] {
  const figures = Object.values(definition.response?.levels ?? {}).flatMap(({ parameters }): FigureId[] => Object.values(parameters ?? {}));
  return [...new Set(figures.flatMap((figure) => seriesOf(definition, figure)))];
}

/** `known`: the moment with all readings in their places (`knownState`). Yields now and then, for others to be let in between. */
export function* underToday(known: BoardState, today: BoardState, at: number, lines: ReadonlyMap<SeriesId, Line>): Generator<void, BoardState> {
  const { definition, definedAt, definedBy, rules, usuals, numbers } = today;
  const state: BoardState = { ...known, definition, definedAt, definedBy, rules, usuals, numbers, alerts: {}, shelves: {}, levels: {} };
  if (!definition) return state;
  const { levels = {} } = definition.response ?? {};
  state.declared = Object.fromEntries(Object.entries(known.declared).filter(([id]) => levels[id]));
  state.alerts = yield* alertsAt(today, definition, at, lines);
  state.levels = yield* levelsAt(state, definition, at, lines);
  return state;
}

/** Numbered from 1, the oldest first; those that a raised composite stands for are behind it. */
function* alertsAt(today: BoardState, definition: BoardDefinition, at: number, lines: ReadonlyMap<SeriesId, Line>): Generator<void, BoardState['alerts']> {
  const open: Alert[] = [];
  for (const rule of rulesOf(today)) {
    const alert = standing(rule, lines, { definition, usuals: today.usuals, at });
    if (alert) open.push(alert);
    yield;
  }
  open.sort((a, b) => a.since - b.since || (a.rule < b.rule ? -1 : 1));
  const alerts = Object.fromEntries(open.map((alert, i): [string, Alert] => [alert.rule, { ...alert, no: i + 1 }]));
  const { before } = watched(definition, today.rules);
  for (const alert of Object.values(alerts)) {
    const cause = (before.get(alert.rule) ?? []).find((other) => other !== alert.rule && alerts[other] !== undefined && isRaised(alerts[other]));
    if (cause !== undefined) alert.behind = cause;
  }
  return alerts;
}

function* levelsAt(state: BoardState, definition: BoardDefinition, at: number, lines: ReadonlyMap<SeriesId, Line>): Generator<void, BoardState['levels']> {
  const series = seriesOfLevels(definition);
  if (series.length === 0) return {};
  // A definition object of its own: what the live levels remember of theirs must not be touched.
  const fold = new Fold({ ...state, definition: { ...definition }, definedAt: 0, series: {}, held: {}, alerts: {} });
  for (const [moment, readings] of byMoment(series, lines, at)) {
    // As live: first what time has brought about, then what came.
    if (moment >= at - LEVELS_MS) turnLevels(fold, moment);
    fold.apply({ kind: 'ReadingsRecorded', feed: '', batch: '', readings }, moment);
    if (moment < at - LEVELS_MS) continue;
    turnLevels(fold, moment);
    yield;
  }
  turnLevels(fold, at);
  return fold.finish().levels;
}

/** Readings of these series up to a moment, those of one moment together, ascending. */
function byMoment(series: readonly SeriesId[], lines: ReadonlyMap<SeriesId, Line>, at: number): [number, Reading[]][] {
  const moments = new Map<number, Reading[]>();
  for (const id of series) {
    const line = lines.get(id);
    line?.at.forEach((moment, i) => {
      if (moment > at) return;
      const value = line.value[i]!;
      const readings = moments.get(moment) ?? [];
      if (readings.length === 0) moments.set(moment, readings);
      readings.push({ series: id, at: moment, value: Number.isNaN(value) ? null : value });
    });
  }
  return [...moments].sort(([a], [b]) => a - b);
}
