/** Escalation levels as the wall shows them, and why they are what they are. */
import type { FigureId, Label, ProviderId } from '../definition.js';
import { judgeFreshness, worseFreshness, type Freshness } from '../rules/freshness.js';
import { bandOf, declaredNow, levelNow, mostOf, type LevelNow, type Measured, type ParameterNow } from '../rules/level.js';
import { seriesOf } from '../rules/watched.js';
import type { LevelId, ParameterId, Scheme, SchemeId, SchemeLevel, SchemeParameter } from '../scheme.js';
import type { BoardState } from '../state.js';
import { HOUR_MS } from '../time.js';

export interface ParameterView {
  id: ParameterId;
  label: Label;
  pillar?: string;
  figure: FigureId;
  value: number | null;
  /** Number of the band (0 = none fits, 1 = the mildest) and its points; absent when missing. */
  band?: number;
  points?: number;
  most: number;
  /** counted, carried (old but within the carry time) or missing. */
  state: 'counted' | 'carried' | 'missing';
  freshness: Freshness;
  ageMs?: number;
  confirmed: boolean;
}

export interface LevelView {
  id: LevelId;
  name: Label;
  provider?: ProviderId;
  scheme: SchemeId;
  mark: string;
  schemeName: Label;
  /** Not signed off, or bands that are not confirmed: to be shown as indicative. */
  indicative: boolean;
  levels: readonly SchemeLevel[];
  calculated?: {
    low: number;
    high: number;
    score: [number, number];
    /** "8 of 9" */
    known: number;
    of: number;
    since: number;
    direction?: 'up' | 'down';
    /** Runs towards another level, set at `at` if it stands. */
    next?: { low: number; high: number; at: number };
  };
  declared?: { n: number; by: string; at: number; reason: string; reviewBy: number; overdue: boolean; direction?: 'up' | 'down' };
  /** The calculated and the declared level have differed for more than an hour. */
  atOdds: boolean;
  parameters: ParameterView[];
  /** Parts of a weighted level. */
  parts: { level: LevelId; name: Label; weight: number; score?: [number, number] }[];
  /** Single changes that would make it one lower, the smallest first: bring this figure to this value. */
  wouldLower: { parameter: ParameterId; label: Label; to: number; saves: number }[];
}

/** Two levels that differ for longer are worth talking about. */
const AT_ODDS_MS = HOUR_MS;

export function levelViews(state: BoardState, now: number): LevelView[] {
  const response = state.definition?.response;
  const measured: Measured = new Map();
  return response ? Object.keys(response.levels).map((id) => levelView(state, id, now, measured)) : [];
}

function levelView(state: BoardState, id: LevelId, now: number, measured: Measured): LevelView {
  const { levels, schemes } = state.definition!.response!;
  const level = levels[id]!;
  const scheme = schemes[level.scheme]!;
  const worked = levelNow(state, id, now, measured);
  const calculated = worked && calculatedView(state, id, scheme, worked);
  const declared = declaredView(state, id, now);
  return {
    id,
    name: level.name,
    ...(level.provider !== undefined && { provider: level.provider }),
    scheme: scheme.id,
    mark: scheme.mark,
    schemeName: scheme.name,
    indicative: isIndicative(state, id),
    levels: scheme.levels,
    ...(calculated && { calculated }),
    ...(declared && { declared }),
    atOdds:
      calculated !== undefined &&
      declared !== undefined &&
      !declared.overdue &&
      (declared.n < calculated.low || declared.n > calculated.high) &&
      now - Math.max(calculated.since, declared.at) > AT_ODDS_MS,
    parameters: worked?.parameters.flatMap((one) => (one.figure === undefined ? [] : [parameterView(state, { ...one, figure: one.figure }, now)])) ?? [],
    parts: partViews(state, id, worked, now, measured),
    wouldLower: worked ? changesThatLower(state, id, worked, now, measured) : [],
  };
}

function calculatedView(state: BoardState, id: LevelId, scheme: Scheme, { score, known, of }: LevelNow): LevelView['calculated'] {
  const { low, high, since, before, next } = state.levels[id] ?? {};
  if (low === undefined || high === undefined || since === undefined) return undefined;
  const direction = before && directionOf(before.high === high ? low - before.low : high - before.high);
  return {
    low,
    high,
    score: [score[0], score[1]],
    known,
    of,
    since,
    ...(direction && { direction }),
    ...(next && { next: { low: next.low, high: next.high, at: next.since + (next.turn === 'rising' ? scheme.hold.raiseMs : scheme.hold.lowerMs) } }),
  };
}

function directionOf(by: number): 'up' | 'down' | undefined {
  return by > 0 ? 'up' : by < 0 ? 'down' : undefined;
}

/** A provider's own status is gone when its time is over; what a person declared stays, marked as overdue. */
function declaredView(state: BoardState, id: LevelId, now: number): LevelView['declared'] {
  const declared = declaredNow(state, id);
  if (!declared || (now > declared.reviewBy && declared.at !== state.declared[id]?.at)) return undefined;
  const { n, by, at, reason, reviewBy, before } = declared;
  const direction = before === undefined ? undefined : directionOf(n - before);
  return { n, by, at, reason, reviewBy, overdue: now > reviewBy, ...(direction && { direction }) };
}

/** Only what is worked out can be indicative; a declared level is what somebody said. */
export function isIndicative(state: BoardState, id: LevelId): boolean {
  const { levels, schemes } = state.definition!.response!;
  const { scheme: name, parameters, of } = levels[id]!;
  const scheme = schemes[name]!;
  if (!parameters && !of) return false;
  if (!scheme.signedOff) return true;
  return scheme.parameters.some((one) => parameters?.[one.id] !== undefined && !one.confirmed) || (of ?? []).some(({ level }) => isIndicative(state, level));
}

function parameterView(
  state: BoardState,
  { parameter, figure, value, state: standing, band, span }: ParameterNow & { figure: FigureId },
  now: number,
): ParameterView {
  const definition = state.definition!;
  let freshness: Freshness = 'fresh';
  let ageMs = 0;
  for (const id of seriesOf(definition, figure)) {
    const feed = definition.feeds[definition.series[id]!.feed]!;
    const judged = judgeFreshness(feed, definition.zone, state.series[id], state.feeds[feed.id]?.suspended, now);
    freshness = worseFreshness(freshness, judged.freshness);
    ageMs = Math.max(ageMs, judged.ageMs);
  }
  return {
    id: parameter.id,
    label: parameter.label,
    ...(parameter.pillar !== undefined && { pillar: parameter.pillar }),
    figure,
    value,
    ...(band !== undefined && { band, points: span[0] }),
    most: mostOf(parameter),
    state: standing,
    freshness,
    ...(Number.isFinite(ageMs) && { ageMs }),
    confirmed: parameter.confirmed,
  };
}

function partViews(state: BoardState, id: LevelId, worked: LevelNow | undefined, now: number, measured: Measured): LevelView['parts'] {
  const { levels, schemes } = state.definition!.response!;
  const adds = schemes[levels[id]!.scheme]!.how === 'sum';
  return (worked?.parts ?? []).map(({ level, weight, span }) => {
    const stands = levelNow(state, level, now, measured) !== undefined || now <= (declaredNow(state, level)?.reviewBy ?? -Infinity);
    return { level, name: levels[level]!.name, weight: adds ? weight : 1, ...(stands && { score: [span[0], span[1]] as [number, number] }) };
  });
}

/**
 * For each figure the nearest value that alone would make the level one lower. A figure that is missing is no way down: its
 * owner cannot choose what it will read. None at all means that no single change is enough.
 */
function changesThatLower(state: BoardState, id: LevelId, worked: LevelNow, now: number, measured: Measured): LevelView['wouldLower'] {
  const { levels } = state.definition!.response!;
  const changes: (LevelView['wouldLower'][number] & { far: number })[] = [];
  const look = (level: LevelId, { parameters, parts }: LevelNow): void => {
    for (const { parameter, figure, value, span } of parameters) {
      if (value === null || figure === undefined || span[0] === 0) continue;
      const found = valuesBetter(parameter, value, stepOf(state, figure))
        .sort((a, b) => Math.abs(a - value) - Math.abs(b - value))
        .find((to) => levelNow(state, id, now, measured, { level, parameter: parameter.id, value: to })!.high < worked.high);
      if (found === undefined) continue;
      const name = levels[level]!.name;
      const label = level === id ? parameter.label : { en: `${name.en}: ${parameter.label.en}`, cy: `${name.cy}: ${parameter.label.cy}` };
      const far = Math.abs(found - value) / Math.max(1, Math.abs(value));
      changes.push({ parameter: parameter.id, label, to: found, saves: span[0] - bandOf(parameter, found).points, far });
    }
    for (const part of parts) {
      const inner = levelNow(state, part.level, now, measured);
      if (inner) look(part.level, inner);
    }
  };
  look(id, worked);
  return changes.sort((a, b) => a.far - b.far || a.saves - b.saves).map(({ far: _far, ...change }) => change);
}

/** Values just outside a band that score fewer points than now. */
function valuesBetter(parameter: SchemeParameter, value: number, step: number): number[] {
  const { points } = bandOf(parameter, value);
  const edges = parameter.bands.flatMap(({ band: { over, atLeast, under, atMost } }) => [
    over,
    under,
    atLeast === undefined ? undefined : Number((atLeast - step).toFixed(6)),
    atMost === undefined ? undefined : Number((atMost + step).toFixed(6)),
  ]);
  return edges.filter((edge) => edge !== undefined).filter((edge) => bandOf(parameter, edge).points < points);
}

/** The smallest difference that can be read on the wall. */
function stepOf(state: BoardState, figure: FigureId): number {
  const definition = state.definition!;
  const metric = definition.metrics[(definition.series[figure] ?? definition.rollups[figure])!.metric]!;
  return 10 ** -metric.decimals;
}
