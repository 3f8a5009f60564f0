/** Boards small enough to read, for examples, properties and golden timelines. */
import type { ProposedDefinition } from '../src/decide/define-board.js';
import type { CellDefinition } from '../src/cell.js';
import type { ResponseDefinition } from '../src/response.js';
import type { Condition, Hours, PlainCondition, Rule, Severity } from '../src/rule.js';
import type { Band, FeedDefinition, Label, Metric, ProviderDefinition, RollupDefinition, Unit } from '../src/definition.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/time.js';
import { LONDON } from './london.js';

export interface FeedSketch {
  provider?: string;
  /** "15m", or local clock times with `days` (all days when left out). */
  every?: string;
  at?: string[];
  days?: string[];
  grace: string;
  limit: string;
  lag?: string;
  means?: FeedDefinition['means'];
  'same as'?: string[];
}
export interface SeriesSketch {
  feed: string;
  /** patients (default), minutes, percent, calls-per-hour, or words. */
  unit?: string;
  range?: [number, number];
  /** "over 40", "at least 40", "under 95", "at most 95". */
  watch?: string;
  act?: string;
  jump?: number;
  steady?: string;
}
export interface BoardSketch {
  providers?: Record<string, Pick<ProviderDefinition, 'scheme' | 'signOff'>>;
  feeds: Record<string, FeedSketch>;
  series: Record<string, SeriesSketch>;
  rollups?: Record<string, { how: RollupDefinition['how']; of: string[]; over?: string[]; watch?: string; act?: string }>;
  trend?: { bucket: string; buckets: number };
  /** With rules there are three groups: `duty`, who is followed by `site` after 10 minutes and `system` after 20, and `data`. */
  rules?: Record<string, RuleSketch>;
  /** The cell of three items (5 minutes each), whose members are all providers, with a notice of a day. */
  cell?: {
    times: { at: string; days?: string[]; holidays?: 'held' | 'skipped' }[];
    quorum?: number;
    leads?: string[];
    holidays?: string[];
    remind?: string;
    tell?: string[];
    measures?: Record<string, string>;
  };
}
export interface PlainSketch {
  line?: string;
  share?: string;
  of?: string;
  least?: number;
  rate?: string;
  reach?: string;
  during?: string;
  within?: string;
  usual?: string;
  difference?: string;
  less?: string;
  late?: string;
  is?: string;
}
export interface RuleSketch {
  when: PlainSketch | { composite: PlainSketch[]; atLeast: number };
  severity?: Severity;
  for?: string;
  readings?: number;
  clear?: { is?: string; for?: string; readings?: number };
  least?: { figure: string; atLeast: number };
  active?: { days?: string[]; from: string; to: string };
  owner?: string;
  supersedes?: string[];
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const SIZES: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const BANDS: Record<string, keyof Band> = { over: 'over', 'at least': 'atLeast', under: 'under', 'at most': 'atMost' };
const UNITS: Record<string, Unit> = {
  patients: unit('patients', '', 'count'),
  minutes: unit('minutes', 'min', 'time'),
  percent: unit('percent', '%', 'share'),
  'calls-per-hour': unit('calls-per-hour', '/h', 'rate'),
  words: unit('words', '', 'text'),
};

function unit(id: string, symbol: string, quantity: Unit['quantity']): Unit {
  return { id, symbol: label(symbol), quantity };
}

export function label(text: string): Label {
  return { en: text, cy: text };
}

/** "15m" as milliseconds. */
export function durationMs(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (!found) throw new Error(`"${text}" is no duration such as 15m`);
  return Number(found[1]) * SIZES[found[2]!]!;
}

function band(text: string): Band {
  const found = /^(over|at least|under|at most) (-?\d+(?:\.\d+)?)$/.exec(text);
  if (!found) throw new Error(`"${text}" is no band such as "over 40"`);
  return { [BANDS[found[1]!]!]: Number(found[2]) };
}

function plain({ line, share, of, least, rate, reach, during, within, usual, difference, less, late, is }: PlainSketch): PlainCondition {
  if (late !== undefined) return { kind: 'late', feed: late };
  const it = band(is!);
  if (share !== undefined) return { kind: 'share', figure: share, of: of!, least: least ?? 1, band: it };
  if (rate !== undefined) return { kind: 'rate', figure: rate, overMs: durationMs(during!), band: it };
  if (reach !== undefined) return { kind: 'reach', figure: reach, overMs: durationMs(during!), withinMs: durationMs(within!), band: it };
  if (usual !== undefined) return { kind: 'usual', figure: usual, band: it };
  if (difference !== undefined) return { kind: 'difference', figure: difference, less: less!, band: it };
  return { kind: 'line', figure: line!, band: it };
}

function hours({ days = DAYS, from, to }: NonNullable<RuleSketch['active']>): Hours {
  return { days: days.map((day) => DAYS.indexOf(day) + 1), from, to };
}

/** A rule as short as its story needs it. */
export function ruleOf(id: string, sketch: RuleSketch): Rule {
  const { when, clear = {} } = sketch;
  const condition: Condition = 'composite' in when ? { kind: 'composite', of: when.composite.map(plain), atLeast: when.atLeast } : plain(when);
  const rule: Rule = {
    id,
    label: label(id),
    place: half(id, 1),
    severity: sketch.severity ?? 'act',
    when: condition,
    forMs: durationMs(sketch.for ?? '0s'),
    forReadings: sketch.readings ?? 1,
    clear: { forMs: durationMs(clear.for ?? '0s'), readings: clear.readings ?? 1, ...(clear.is !== undefined && { band: band(clear.is) }) },
    owner: sketch.owner ?? (condition.kind === 'late' ? 'data' : 'duty'),
    card: 'look',
    tests: [],
  };
  if (sketch.least) rule.least = sketch.least;
  if (sketch.active) rule.active = hours(sketch.active);
  if (sketch.supersedes) rule.supersedes = sketch.supersedes;
  return rule;
}

export const RESPONSE: ResponseDefinition = {
  groups: {
    duty: {
      id: 'duty',
      name: label('Duty manager'),
      kind: 'duty',
      climb: [
        { afterMs: 10 * MINUTE_MS, group: 'site' },
        { afterMs: 20 * MINUTE_MS, group: 'system' },
      ],
    },
    site: { id: 'site', name: label('Site'), kind: 'site', climb: [] },
    system: { id: 'system', name: label('System'), kind: 'system', climb: [] },
    data: { id: 'data', name: label('Data team'), kind: 'data', climb: [] },
  },
  holidays: [],
  cards: {
    look: {
      id: 'look',
      title: label('Look'),
      steps: [
        { id: 'see', text: label('See'), phase: 'first-15', role: label('Duty manager') },
        { id: 'call', text: label('Call'), phase: 'first-hour', role: label('Duty manager') },
      ],
    },
  },
  schemes: {},
  levels: {},
};

function lines(sketch: { watch?: string; act?: string }): { thresholds?: { watch?: Band; act?: Band } } {
  if (sketch.watch === undefined && sketch.act === undefined) return {};
  return { thresholds: { ...(sketch.watch !== undefined && { watch: band(sketch.watch) }), ...(sketch.act !== undefined && { act: band(sketch.act) }) } };
}

function half(id: string, which: 0 | 1): string {
  const part = id.split('@')[which];
  if (!part) throw new Error(`"${id}" is not metric@place`);
  return part;
}

function cell(
  { times, quorum = 1, leads = ['lead', 'second'], remind, tell, measures = {} }: NonNullable<BoardSketch['cell']>,
  providers: Iterable<string>,
): CellDefinition {
  return {
    tier: 3,
    agenda: (['last-24h', 'now', 'actions'] as const).map((kind) => ({ id: kind, kind, title: label(kind), minutes: 5 })),
    times: times.map(({ at, days = DAYS, holidays = 'held' }) => ({ at, days: days.map((day) => DAYS.indexOf(day) + 1), onHolidays: holidays })),
    noticeHours: 24,
    ...(remind !== undefined && { remindMs: durationMs(remind) }),
    ...(tell && { tell }),
    members: [...providers].map((provider) => ({ provider, office: label(`office of ${provider}`) })),
    quorum,
    leads: leads.map(label),
    scribes: [label('scribe')],
    measures: Object.entries(measures).map(([figure, good]) => ({ figure, title: label(figure), how: 'mean', good: band(good) })),
  };
}

/** The whole definition of a sketched board: one tile a figure, all in one column. */
export function boardOf(sketch: BoardSketch): ProposedDefinition {
  const rollups = sketch.rollups ?? {};
  const figures = [...Object.keys(sketch.series), ...Object.keys(rollups)];
  const unitOf = (id: string): string =>
    sketch.series[id]?.unit ?? (rollups[id] ? (rollups[id].how === 'ratio' ? 'percent' : unitOf(rollups[id].of[0]!)) : 'patients');
  const metric = (id: string): Metric => ({
    id: half(id, 0),
    label: label(half(id, 0)),
    short: label(half(id, 0)),
    unit: unitOf(id),
    kind: unitOf(id) === 'words' ? 'text' : 'stock',
    direction: 'neutral',
    notation: 'number',
    decimals: unitOf(id) === 'patients' ? 0 : 1,
    range: { min: 0, max: 1000 },
  });
  const feed = (id: string, one: FeedSketch): FeedDefinition => ({
    id,
    provider: one.provider ?? id,
    name: label(id),
    owner: { name: label(`Owner of ${id}`), contact: 'ext. 1234' },
    expected: one.at === undefined ? { everyMs: durationMs(one.every ?? '15m') } : { at: one.at, days: (one.days ?? DAYS).map((day) => DAYS.indexOf(day) + 1) },
    graceMs: durationMs(one.grace),
    limitMs: durationMs(one.limit),
    lagMs: durationMs(one.lag ?? '0m'),
    series: Object.keys(sketch.series).filter((series) => sketch.series[series]!.feed === id),
    ...(one.means && { means: one.means }),
    ...(one['same as'] && { sameAs: one['same as'] }),
  });
  const providers = new Set(Object.entries(sketch.feeds).map(([id, one]) => one.provider ?? id));
  const tile = (figure: string) => [figure, { id: figure, title: label(figure), headline: figure, lines: [] }] as const;
  const column = { title: label('All'), tiles: figures };
  return {
    id: 'small',
    name: label('A small board'),
    simulated: true,
    languages: ['en', 'cy'],
    zone: LONDON,
    trend: sketch.trend ? { bucketMs: durationMs(sketch.trend.bucket), buckets: sketch.trend.buckets } : { bucketMs: 30 * MINUTE_MS, buckets: 48 },
    units: UNITS,
    metrics: Object.fromEntries(figures.map((id) => [half(id, 0), metric(id)])),
    providers: Object.fromEntries(
      [...providers].map((id): [string, ProviderDefinition] => [id, { id, name: label(id), kind: 'acute', ...sketch.providers?.[id] }]),
    ),
    places: Object.fromEntries(
      Object.entries(sketch.series).map(([id, one]) => [
        half(id, 1),
        { id: half(id, 1), name: label(half(id, 1)), provider: sketch.feeds[one.feed]!.provider ?? one.feed },
      ]),
    ),
    feeds: Object.fromEntries(Object.entries(sketch.feeds).map(([id, one]) => [id, feed(id, one)])),
    series: Object.fromEntries(
      Object.entries(sketch.series).map(([id, one]) => [
        id,
        {
          id,
          metric: half(id, 0),
          place: half(id, 1),
          feed: one.feed,
          range: { min: one.range?.[0] ?? 0, max: one.range?.[1] ?? 1000 },
          ...(one.jump !== undefined && { maxJump: one.jump }),
          ...(one.steady !== undefined && { steadyMs: durationMs(one.steady) }),
          ...lines(one),
        },
      ]),
    ),
    rollups: Object.fromEntries(
      Object.entries(rollups).map(([id, one]) => [
        id,
        { id, metric: half(id, 0), how: one.how, of: one.of, ...(one.over && { over: one.over }), ...lines(one) },
      ]),
    ),
    tiles: Object.fromEntries(figures.map(tile)),
    overview: [column],
    detail: [column],
    links: [],
    ...(sketch.cell && { cell: cell(sketch.cell, providers) }),
    ...((sketch.rules || sketch.cell) && { response: { ...RESPONSE, holidays: sketch.cell?.holidays ?? [] } }),
    ...(sketch.rules && { rules: Object.fromEntries(Object.entries(sketch.rules).map(([id, rule]) => [id, ruleOf(id, rule)])) }),
  };
}
