/**
 * Escalation levels, worked out from a scheme that is data: figures → points → score → level. What is missing may be
 * anything from best to worst, so that a level is a range until it is known (domain: missing parameters are never guessed).
 */
import type { BoardDefinition, FeedDefinition, FigureId, ProviderId, SeriesId } from '../definition.js';
import type { LevelDefinition, LevelId, ParameterId, Scheme, SchemeParameter } from '../scheme.js';
import type { BoardState, DeclaredLevel, SeriesState } from '../state.js';
import { momentOfLocal, type Zone } from '../time.js';
import { combine, currentUntil } from './figure.js';
import { inBand } from './threshold.js';

/** From best to worst; the same twice when it is known. */
export type Span = readonly [low: number, high: number];

/** Number of the band (0 = none fits, 1 = the mildest) and its points. */
export function bandOf({ bands }: Pick<SchemeParameter, 'bands'>, value: number): { band: number; points: number } {
  const i = bands.findIndex(({ band }) => inBand(value, band));
  return i < 0 ? { band: 0, points: 0 } : { band: bands.length - i, points: bands[i]!.points };
}

export function mostOf({ bands }: Pick<SchemeParameter, 'bands'>): number {
  return bands[0]?.points ?? 0;
}

function cut(cuts: Scheme['cuts'], score: number): number {
  return (cuts.find(({ upTo }) => score <= upTo) ?? cuts.at(-1))?.level ?? 1;
}

function add(spans: readonly Span[]): Span {
  return [exact(spans.reduce((sum, [low]) => sum + low, 0)), exact(spans.reduce((sum, [, high]) => sum + high, 0))];
}

function worst(spans: readonly Span[]): Span {
  return [Math.max(...spans.map(([low]) => low)), Math.max(...spans.map(([, high]) => high))];
}

/** A weighted sum that is 11 must not become 11.000000000000002, and with it another level. */
function exact(value: number): number {
  return Number(value.toFixed(6));
}

/** The score of the parameters, and the level it stands for. */
export function assess(scheme: Scheme, points: readonly { parameter: SchemeParameter; span: Span }[]): { score: Span; level: Span } {
  const score = scheme.how === 'worst' ? worst(points.map(({ span }) => span)) : add(points.map(({ span }) => span));
  if (scheme.how !== 'worst-pillar') return { score, level: [cut(scheme.cuts, score[0]), cut(scheme.cuts, score[1])] };
  const pillars = new Map<string, Span[]>();
  for (const { parameter, span } of points) {
    const pillar = parameter.pillar ?? '';
    pillars.set(pillar, [...(pillars.get(pillar) ?? []), span]);
  }
  return {
    score,
    level: worst(
      [...pillars].map(([pillar, spans]): Span => {
        const cuts = scheme.pillars?.[pillar]?.cuts ?? scheme.cuts;
        const [low, high] = add(spans);
        return [cut(cuts, low), cut(cuts, high)];
      }),
    ),
  };
}

export interface ParameterNow {
  parameter: SchemeParameter;
  /** Left out: this level measures nothing for it. */
  figure?: FigureId;
  value: number | null;
  state: 'counted' | 'carried' | 'missing';
  band?: number;
  span: Span;
}

export interface PartNow {
  level: LevelId;
  weight: number;
  /** Its score, or its level where the whole is the worst of its parts. */
  span: Span;
}

export interface LevelNow {
  low: number;
  high: number;
  score: Span;
  /** Parameters that are there, of the level and of all that it is made of. */
  known: number;
  of: number;
  parameters: ParameterNow[];
  parts: PartNow[];
  /** Until this moment, itself included, time alone changes nothing of it. */
  until: number;
}

/** A parameter taken at another value than it has: "what one change would make it 2?" */
export interface Instead {
  level: LevelId;
  parameter: ParameterId;
  value: number;
}

/** What was measured at one moment of one state: figures are asked for again and again, by other levels and other questions. */
export type Measured = Map<string, MeasuredNow>;

/** Undefined for a level that is only declared. */
export function levelNow(state: BoardState, id: LevelId, at: number, measured: Measured = new Map(), instead?: Instead): LevelNow | undefined {
  const definition = state.definition!;
  const level = definition.response!.levels[id]!;
  const scheme = definition.response!.schemes[level.scheme]!;
  if (level.of) return wholeNow(state, level, scheme, at, measured, instead);
  if (!level.parameters) return undefined;
  let until = Infinity;
  const parameters = parametersOf(level, scheme).map((parameter): ParameterNow => {
    const figure = level.parameters![parameter.id];
    const missing: ParameterNow = { parameter, ...(figure !== undefined && { figure }), value: null, state: 'missing', span: [0, mostOf(parameter)] };
    if (figure === undefined) return missing;
    const other = instead?.level === id && instead.parameter === parameter.id ? instead.value : undefined;
    const found = measure(state, figure, parameter.carryMs, at, measured);
    until = Math.min(until, found.until);
    const value = other ?? found.value;
    if (value === null) return missing;
    const { band, points } = bandOf(parameter, value);
    return { parameter, figure, value, state: found.carried && other === undefined ? 'carried' : 'counted', band, span: [points, points] };
  });
  const { score, level: reached } = assess(scheme, parameters);
  const known = parameters.filter((one) => one.state !== 'missing').length;
  return { low: reached[0], high: reached[1], score, known, of: parameters.length, parameters, parts: [], until };
}

const concerning = new WeakMap<LevelDefinition, readonly SchemeParameter[]>();

/** Where a scheme has pillars, a level is about those of which it measures anything. */
function parametersOf(level: LevelDefinition, scheme: Scheme): readonly SchemeParameter[] {
  let found = concerning.get(level);
  if (!found) {
    const measured = new Set(scheme.parameters.filter(({ id }) => level.parameters?.[id] !== undefined).map(({ pillar }) => pillar));
    concerning.set(level, (found = scheme.parameters.filter(({ pillar }) => pillar === undefined || measured.has(pillar))));
  }
  return found;
}

function wholeNow(state: BoardState, level: LevelDefinition, scheme: Scheme, at: number, measured: Measured, instead?: Instead): LevelNow {
  const definition = state.definition!;
  const response = definition.response!;
  let until = Infinity;
  let known = 0;
  let of = 0;
  const parts: PartNow[] = [];
  for (const { level: id, weight, from, to } of level.of!) {
    const begins = midnightOf(definition, from);
    const ends = to === undefined ? Infinity : midnightOf(definition, to);
    if (at < begins) until = Math.min(until, begins - 1);
    if (at < begins || at >= ends) continue;
    until = Math.min(until, ends - 1);
    const part = levelNow(state, id, at, measured, instead);
    if (part) {
      until = Math.min(until, part.until);
      known += part.known;
      of += part.of;
      parts.push({ level: id, weight, span: scheme.how === 'sum' ? part.score : [part.low, part.high] });
      continue;
    }
    const declared = declaredNow(state, id);
    const stands = declared !== undefined && at <= declared.reviewBy;
    if (stands) until = Math.min(until, declared.reviewBy);
    known += stands ? 1 : 0;
    of += 1;
    const all = response.schemes[response.levels[id]!.scheme]!.levels.map(({ n }) => n);
    parts.push({ level: id, weight, span: stands ? [declared.n, declared.n] : [Math.min(...all), Math.max(...all)] });
  }
  if (scheme.how === 'sum') {
    const score = add(parts.map(({ span, weight }): Span => [weight * span[0], weight * span[1]]));
    return { low: cut(scheme.cuts, score[0]), high: cut(scheme.cuts, score[1]), score, known, of, parameters: [], parts, until };
  }
  const [low, high] = parts.length > 0 ? worst(parts.map(({ span }) => span)) : [scheme.levels[0]!.n, scheme.levels.at(-1)!.n];
  return { low, high, score: [low, high], known, of, parameters: [], parts, until };
}

/** Local midnight at which "2026-04-01" begins. */
function midnightOf({ zone }: BoardDefinition, date: string): number {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  // Years are counted from March, so that the leap day is the last of them.
  const shift = month < 3 ? 1 : 0;
  const y = year - shift;
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * (month + 12 * shift - 3) + 2) / 5) + day - 1;
  return momentOfLocal(zone, days - 719_468, 0);
}

interface MeasuredNow {
  value: number | null;
  carried: boolean;
  until: number;
}

/** A value that is no longer current is carried for a while from when it ceased to be; a sum with a part missing is missing. */
function measure(state: BoardState, figure: FigureId, carryMs: number, at: number, measured: Measured): MeasuredNow {
  const key = `${figure} ${carryMs}`;
  let found = measured.get(key);
  if (!found) measured.set(key, (found = measureFigure(state, figure, carryMs, at)));
  return found;
}

function measureFigure(state: BoardState, figure: FigureId, carryMs: number, at: number): MeasuredNow {
  const rollup = state.definition!.rollups[figure];
  if (!rollup) return measureSeries(state, figure, carryMs, at);
  const parts = rollup.of.map((id) => measureSeries(state, id, carryMs, at));
  const wholes = (rollup.over ?? []).map((id) => measureSeries(state, id, carryMs, at));
  const all = [...parts, ...wholes];
  const until = Math.min(...all.map((one) => one.until));
  if (all.some(({ value }) => value === null)) return { value: null, carried: false, until };
  const numbers = (of: readonly MeasuredNow[]): number[] => of.map(({ value }) => value!);
  const value = combine(rollup.how, numbers(parts), numbers(wholes));
  return { value: value === null ? null : exact(value), carried: all.some(({ carried }) => carried), until };
}

function measureSeries(state: BoardState, id: SeriesId, carryMs: number, at: number): MeasuredNow {
  const { series, feeds, zone } = state.definition!;
  const known = state.series[id];
  const feed = feeds[series[id]?.feed ?? ''];
  if (!feed || !known) return { value: null, carried: false, until: Infinity };
  const back = state.feeds[feed.id]?.suspended?.until;
  const paused = back !== undefined && at < back;
  // A suspension that ends may show the value again.
  const resumes = paused ? back - 1 : Infinity;
  if (typeof known.value === 'number') {
    const until = untilOf(known, feed, zone);
    if (at <= until && !paused && !state.held[id]) return { value: known.value, carried: false, until };
    return carried(known.value, until + carryMs);
  }
  // Not reported: the value before it, by its own contract. Its recorded moment is no longer known.
  return typeof known.last?.value === 'number'
    ? carried(known.last.value, currentUntil(feed, zone, { at: known.last.at, recordedAt: known.last.at }) + carryMs)
    : { value: null, carried: false, until: resumes };

  function carried(value: number, ends: number): MeasuredNow {
    return carryMs > 0 && at <= ends ? { value, carried: true, until: Math.min(ends, resumes) } : { value: null, carried: false, until: resumes };
  }
}

const untils = new WeakMap<SeriesState, { feed: FeedDefinition; until: number }>();

/** To look for clock times in a zone is slow, and a reading stays what it is. */
function untilOf(known: SeriesState, feed: FeedDefinition, zone: Zone): number {
  let found = untils.get(known);
  if (found?.feed !== feed) untils.set(known, (found = { feed, until: currentUntil(feed, zone, known) }));
  return found.until;
}

/** What the board was told last holds, whether by a person or by the provider's own feed. */
export type Declared = Omit<DeclaredLevel, 'by'> & { by: string };

export function declaredNow(state: BoardState, id: LevelId): Declared | undefined {
  const definition = state.definition!;
  const by = state.declared[id];
  let newest: Declared | undefined = by && { ...by, by: by.by.name };
  for (const provider of declarersOf(definition, id)) {
    const status = state.statuses[provider];
    if (status?.level === undefined || status.at < (newest?.at ?? -Infinity)) continue;
    const known = definition.response!.schemes[definition.response!.levels[id]!.scheme]!.levels.some(({ n }) => n === status.level);
    if (known)
      newest = {
        n: status.level,
        at: status.at,
        reason: status.text,
        reviewBy: status.until,
        by: definition.providers[provider]!.name[definition.languages[0] ?? 'en'],
      };
  }
  return newest;
}

const declarers = new WeakMap<BoardDefinition, Map<LevelId, ProviderId[]>>();

/**
 * The providers whose own status carries this level: its provider, or for the whole system those that co-ordinate, if they
 * use the scheme. A provider with several such levels speaks for the one that is made of the others, or for none.
 */
export function declarersOf(definition: BoardDefinition, id: LevelId): readonly ProviderId[] {
  let known = declarers.get(definition);
  if (!known) declarers.set(definition, (known = new Map()));
  let found = known.get(id);
  if (!found) {
    const { levels, schemes } = definition.response!;
    const speaksFor = (provider: ProviderId, level: LevelDefinition): boolean => {
      const { kind, scheme } = definition.providers[provider]!;
      return scheme === schemes[level.scheme]!.mark && (level.provider === undefined ? kind === 'coordination' : level.provider === provider);
    };
    found = Object.keys(definition.providers).filter((provider) => {
      const mine = Object.values(levels).filter((level) => speaksFor(provider, level));
      const inner = new Set(mine.flatMap(({ of = [] }) => of.map(({ level }) => level)));
      const outer = mine.filter((level) => !inner.has(level.id));
      return outer.length === 1 && outer[0]!.id === id;
    });
    known.set(id, found);
  }
  return found;
}
