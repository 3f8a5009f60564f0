/**
 * What a board is made of, as it stands in the journal: complete in itself (metrics, units and time zone
 * included), so that a replay needs nothing but the journal. Definition files are turned into this shape by
 * libs/catalogue; their codec is libs/contract `definition`.
 */
import type { Band, BoardId, FeedId, FigureId, Label, MetricId, PlaceId, ProviderId, RollupId, SeriesId, TileId } from './names.js';
import type { CellDefinition } from './cell.js';
import type { ResponseDefinition } from './response.js';
import type { Zone } from './time.js';

export type { Band, BoardId, FeedId, FigureId, Label, MetricId, PlaceId, ProviderId, RollupId, SeriesId, TileId } from './names.js';

export interface Unit {
  id: string;
  /** Shown after the value; empty for plain counts. */
  symbol: Label;
  /** What kind of quantity it is: unit mix-ups by 60 are looked for in times, by 100 in shares. */
  quantity: 'count' | 'time' | 'share' | 'rate' | 'level' | 'text';
}

/**
 * stock: as it is now · rolling: over the last minutes · since-midnight: grows, falls to 0 at local midnight ·
 * daily: one value a day · level: an ordinal step · text: words.
 */
export type MetricKind = 'stock' | 'rolling' | 'since-midnight' | 'daily' | 'level' | 'text';
export type Direction = 'higher-is-worse' | 'lower-is-worse' | 'neutral';
/** How a number is written: plain, as minutes and seconds (of minutes), or hours and minutes (of minutes). */
export type Notation = 'number' | 'mm:ss' | 'h:mm';

export interface Thresholds {
  watch?: Band;
  act?: Band;
}
/** What is aimed for, as printed on the tile ("target ≤ 30"). */
export type Target = { atMost: number } | { atLeast: number };

export interface Metric {
  id: MetricId;
  label: Label;
  /** At most 13 characters in each language, for supporting lines and narrow tiles. */
  short: Label;
  unit: Unit['id'];
  kind: MetricKind;
  direction: Direction;
  notation: Notation;
  decimals: number;
  range: { min: number; max: number };
  /** Other names it goes by in providers' files, for suggestions when columns are mapped. */
  aliases?: readonly string[];
}

export interface SeriesDefinition {
  id: SeriesId;
  /** Number in the `readings` projection; given once, never reused. */
  no: number;
  metric: MetricId;
  place: PlaceId;
  feed: FeedId;
  /** Values outside are held back for a person (quarantine). */
  range: { min: number; max: number };
  /** Largest believable change between two readings; more is held back until the next reading confirms it. */
  maxJump?: number;
  /** A value that stays the same for longer is held back: its source may stand still. Shorter than the day line. */
  steadyMs?: number;
  thresholds?: Thresholds;
  target?: Target;
}

export interface RollupDefinition {
  id: RollupId;
  metric: MetricId;
  /** ratio: 100 × sum of `of` ÷ sum of `over`. */
  how: 'sum' | 'max' | 'min' | 'mean' | 'ratio';
  of: readonly SeriesId[];
  over?: readonly SeriesId[];
  thresholds?: Thresholds;
  target?: Target;
}

export interface ProviderDefinition {
  id: ProviderId;
  name: Label;
  kind: 'acute' | 'ambulance' | 'out-of-hours' | 'community' | 'hospice' | 'mental-health' | 'primary-care' | 'council' | 'coordination';
  /** Prefix of the level the provider itself declares, e.g. OPEL or REAP. */
  scheme?: string;
  /** When its duty director signs the figures off: local clock times and days (1 = Monday … 7 = Sunday). */
  signOff?: { at: readonly string[]; days: readonly number[] };
}

export interface PlaceDefinition {
  id: PlaceId;
  name: Label;
  provider: ProviderId;
}

/** When a feed is expected: every so often, or at local clock times on some days (1 = Monday … 7 = Sunday). */
export type Expected = { everyMs: number } | { at: readonly string[]; days: readonly number[] };

/** A provider's source and its freshness contract. The cadence belongs to the feed, never to the metric. */
export interface FeedDefinition {
  id: FeedId;
  provider: ProviderId;
  name: Label;
  owner: { name: Label; contact: string };
  expected: Expected;
  /** After the expected moment: so long "due", then "late". */
  graceMs: number;
  /** Age at which the value is withdrawn ("expired"). */
  limitMs: number;
  /** How long before its delivery a figure may have been observed (the census of 07:00 that comes at 08:00, yesterday's data). */
  lagMs: number;
  series: readonly SeriesId[];
  /** How the figures come: from a system, or written by people. Left out: either. */
  means?: 'system' | 'people';
  /** Feeds that report the same figures by their nature: their agreement is no mix-up. */
  sameAs?: readonly FeedId[];
}

/** A labelled supporting figure of a tile. */
export interface LineDefinition {
  label: Label;
  figure: FigureId;
}

export interface TileDefinition {
  id: TileId;
  title: Label;
  /** The place whose name the wall gives to scripts (`data-place`); the headline's place when left out. */
  place?: PlaceId;
  headline: FigureId;
  /** Words under the value, e.g. "seen in 4 h". */
  caption?: Label;
  lines: readonly LineDefinition[];
  /** Figures that make up a whole, drawn as one bar, e.g. people by time in department. */
  parts?: readonly LineDefinition[];
}

/** A column of tiles: a band of the overview, a stage of the detail. */
export interface ColumnDefinition {
  title: Label;
  /** A figure of the whole stage, e.g. "318 calls/h". */
  volume?: LineDefinition;
  tiles: readonly TileId[];
}

/** A way the patient goes from one tile to the next. */
export interface LinkDefinition {
  from: TileId;
  to: TileId;
  /** People an hour; `usual` is the middle of the three drawn widths. */
  volume?: { figure: FigureId; low: number; high: number };
  /** Drawn as blocked while any of these figures is in its act band. */
  blockedBy?: readonly FigureId[];
}

export interface BoardDefinition {
  id: BoardId;
  name: Label;
  /** Never mixed with real data: the mark cannot be switched off on the screen. */
  simulated: boolean;
  languages: readonly ('en' | 'cy')[];
  zone: Zone;
  /** Attribution that must stand on the screen, e.g. of openly licensed figures. */
  notice?: Label;
  /** The day line of every figure: `buckets` points of `bucketMs` each. */
  trend: { bucketMs: number; buckets: number };
  units: Readonly<Record<string, Unit>>;
  metrics: Readonly<Record<MetricId, Metric>>;
  providers: Readonly<Record<ProviderId, ProviderDefinition>>;
  places: Readonly<Record<PlaceId, PlaceDefinition>>;
  feeds: Readonly<Record<FeedId, FeedDefinition>>;
  series: Readonly<Record<SeriesId, SeriesDefinition>>;
  rollups: Readonly<Record<RollupId, RollupDefinition>>;
  tiles: Readonly<Record<TileId, TileDefinition>>;
  overview: readonly ColumnDefinition[];
  detail: readonly ColumnDefinition[];
  links: readonly LinkDefinition[];
  /** Absent on boards that only show. */
  response?: ResponseDefinition;
  /** Absent on boards that nobody meets around. */
  cell?: CellDefinition;
}
