/**
 * A board's file and the catalogue → the definition that is journaled, complete in itself. Goes on after a fault,
 * so that all of them are told at once; what it returns counts only if the source has nothing to say.
 */
import type { FigureId, Metric, ProviderDefinition, RollupDefinition, Target, Thresholds, TileDefinition } from '@comm-cell/board/definition';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { BoardFile, MetricEntry, UnitFile } from '@comm-cell/contract/definition';
import { resolveCell } from './cell.js';
import { expectedOf, faultOfLimit, milliseconds, weekdays } from './cadence.js';
import { faultsOfLines } from './lines.js';
import { find, unknown } from './names.js';
import { resolveResponse, type Answers } from './response.js';
import { faultsOfRollup } from './rollups.js';
import { resolveRules, type Measured } from './rules.js';
import type { Source } from './source.js';
import { zoneTable } from './zone.js';

export interface Catalogue extends Answers {
  units: Readonly<Record<string, UnitFile[string]>>;
  metrics: Readonly<Record<string, MetricEntry>>;
}

type Feeds = ProposedDefinition['feeds'];
type Series = ProposedDefinition['series'];
type Figures = Readonly<Record<FigureId, Series[string] | RollupDefinition>>;

export function resolveBoard(file: BoardFile, source: Source, shipped: Catalogue): ProposedDefinition {
  const catalogue = { ...shipped, metrics: { ...shipped.metrics, ...ownMetrics(file, source, shipped) } };
  const providers = named(resolveProviders(file.providers));
  const places = named(file.places);
  for (const { id, provider } of Object.values(places)) source.need(['places', id, 'provider'], 'provider', provider, providers);

  const { feeds, series } = resolveFeeds(file, source, catalogue);
  for (const id of Object.keys(providers)) {
    if (!Object.values(feeds).some(({ provider }) => provider === id)) source.say(['providers', id], 'has no feed, so the wall could never hear from it');
  }
  const rollups = resolveRollups(file, source, catalogue, series);
  const figures = { ...series, ...rollups };
  const tiles = named(file.tiles);
  for (const tile of Object.values(tiles)) checkTile(tile, file, source, catalogue, figures);
  checkWalls(file, source, figures);

  const measured = Object.fromEntries(Object.values(figures).map((figure) => [figure.id, measuredOf(figure, catalogue)]));
  const rules = resolveRules(file, source, measured, feeds);
  const response = resolveResponse(file, source, measured, Object.values(rules), catalogue);

  const cell = resolveCell(file, source, figures);

  const bucketMs = milliseconds(file.trend.bucket);
  if (bucketMs === 0) source.say(['trend', 'bucket'], 'must be longer than 0');
  const zone = zoneTable(file.timezone);
  if (!zone) source.say(['timezone'], `"${file.timezone}" is not a time zone, e.g. Europe/London`);

  const metrics = Object.fromEntries(inUse(Object.values(figures).map(({ metric }) => metric)).map((id) => [id, metricOf(id, catalogue.metrics[id]!)]));
  const units = Object.fromEntries(inUse(Object.values(metrics).map(({ unit }) => unit)).map((id) => [id, { id, ...catalogue.units[id]! }]));
  return {
    id: file.board,
    name: file.name,
    simulated: file.simulated,
    languages: file.languages,
    zone: zone ?? { name: file.timezone, offsets: [] },
    ...(file.notice && { notice: file.notice }),
    trend: { bucketMs, buckets: file.trend.buckets },
    units,
    metrics,
    providers,
    places,
    feeds,
    series,
    rollups,
    tiles,
    overview: file.overview,
    detail: file.detail,
    links: file.links,
    ...(response && { response }),
    ...(cell && { cell }),
    rules,
  };
}

/** What a line of a figure can be compared with. */
function measuredOf(figure: Figures[string], catalogue: Catalogue): Measured {
  const { direction, range, kind } = catalogue.metrics[figure.metric]!;
  const many = 'how' in figure && figure.how === 'sum' ? figure.of.length : 1;
  return {
    direction,
    range: 'range' in figure ? figure.range : { min: range.min * many, max: range.max * many },
    isNumber: kind !== 'text',
    isSeries: 'feed' in figure,
  };
}

/** What the board says of a metric goes before what the catalogue says; lines and range of a series stay with the series. */
function ownMetrics(file: BoardFile, source: Source, { metrics, units }: Catalogue): Record<string, MetricEntry> {
  const whole: Record<string, MetricEntry> = {};
  for (const [id, own] of Object.entries(file.metrics)) {
    const merged = { notation: 'number', decimals: 0, aliases: [], welshSeen: false, source: file.board, ...find(metrics, id), ...own } as Partial<MetricEntry>;
    const missing = (['label', 'short', 'unit', 'kind', 'direction', 'range'] as const).filter((setting) => merged[setting] === undefined);
    for (const setting of missing) source.say(['metrics', id, setting], 'is missing, and the catalogue has no such metric');
    if (missing.length > 0) continue;
    whole[id] = merged as MetricEntry;
    for (const [setting, reason] of faultsOfMetric(merged as MetricEntry, units)) source.say(['metrics', id, setting], reason);
  }
  return whole;
}

/** Does the entry hold together? Each fault as the setting it is about and the reason. */
export function faultsOfMetric(metric: MetricEntry, units: Catalogue['units']): (readonly [setting: string, reason: string])[] {
  const { unit, kind, notation } = metric;
  const faults: (readonly [string, string])[] = [...faultsOfLines(metric)];
  if (notation !== 'number' && unit !== 'minutes') faults.push(['notation', `${notation} is a way to write minutes, not ${unit}`]);
  const quantity = find(units, unit)?.quantity;
  if (quantity === undefined) return [...faults, ['unit', unknown('unit', unit, Object.keys(units))]];
  for (const word of ['text', 'level'] as const) {
    if ((kind === word) !== (quantity === word)) faults.push(['kind', `a metric of kind ${kind} cannot be measured in ${unit}`]);
  }
  return faults;
}

function resolveProviders(providers: BoardFile['providers']): Record<string, Omit<ProviderDefinition, 'id'>> {
  return Object.fromEntries(
    Object.entries(providers).map(([id, { signOff, ...provider }]) => [
      id,
      { ...provider, ...(signOff && { signOff: { at: [...signOff.at].sort(), days: weekdays(signOff.days) } }) },
    ]),
  );
}

function resolveFeeds(file: BoardFile, source: Source, catalogue: Catalogue): { feeds: Feeds; series: Series } {
  const feeds: Record<string, Feeds[string]> = {};
  const line = milliseconds(file.trend.bucket) * file.trend.buckets;
  const series: Record<string, Series[string]> = {};
  for (const [id, { provider, name, owner, ...contract }] of Object.entries(file.feeds)) {
    const at = ['feeds', id];
    source.need([...at, 'provider'], 'provider', provider, file.providers);
    const feed = {
      id,
      provider,
      name,
      owner,
      expected: expectedOf(contract.expected),
      graceMs: milliseconds(contract.grace),
      limitMs: milliseconds(contract.limit),
      lagMs: milliseconds(contract.lag ?? '0s'),
      series: Object.keys(contract.series),
      ...(contract.means && { means: contract.means }),
      ...(contract.sameAs && { sameAs: contract.sameAs }),
    };
    feeds[id] = feed;
    for (const [i, other] of (contract.sameAs ?? []).entries()) source.need([...at, 'sameAs', i], 'feed', other, file.feeds);
    if ('everyMs' in feed.expected && feed.expected.everyMs === 0) source.say([...at, 'expected'], 'must be longer than 0');
    const short = faultOfLimit(feed);
    if (short !== undefined) source.say([...at, 'limit'], short);
    if (feed.series.length === 0) source.say([...at, 'series'], 'a feed has at least one series');

    for (const [figure, settings] of Object.entries(contract.series)) {
      const path = [...at, 'series', figure];
      const taken = find(series, figure);
      if (taken) source.say(path, `belongs to feed "${taken.feed}" already; a series has exactly one feed`);
      const parts = metricAndPlace(path, figure, file, source, catalogue);
      if (!parts) continue;
      const { metric, metricId, place } = parts;
      const { thresholds, target, range = metric.range, steady = contract.steady, ...jump } = settings ?? {};
      const lines = linesOf({ thresholds, target }, metric);
      for (const [setting, reason] of faultsOfLines({ direction: metric.direction, range, ...lines })) source.say([...path, setting], reason);
      if (jump.maxJump !== undefined && metric.kind === 'text') source.say([...path, 'maxJump'], 'words cannot jump');
      if (jump.maxJump !== undefined && metric.kind === 'since-midnight') {
        source.say([...path, 'maxJump'], 'a count since midnight falls to 0 every night, which would be held back as a jump');
      }
      const steadyMs = steady && metric.kind !== 'text' ? milliseconds(steady) : undefined;
      if (steadyMs !== undefined && steadyMs >= line) source.say([...path, 'steady'], 'must be shorter than the day line, by which it is judged');
      series[figure] = { id: figure, metric: metricId, place, feed: id, range, ...jump, ...(steadyMs === undefined ? {} : { steadyMs }), ...lines };
    }
  }
  return { feeds, series };
}

function resolveRollups(file: BoardFile, source: Source, catalogue: Catalogue, series: Series): Record<string, RollupDefinition> {
  const rollups: Record<string, RollupDefinition> = {};
  for (const [id, { thresholds, target, ...rollup }] of Object.entries(file.rollups)) {
    const path = ['rollups', id];
    if (find(series, id)) source.say(path, 'is a series of a feed already');
    const sides = [
      ['of', rollup.of],
      ['over', rollup.over ?? []],
    ] as const;
    const missing = sides.flatMap(([side, ids]) => ids.filter((part, i) => !source.need([...path, side, i], 'series', part, series)));
    const parts = metricAndPlace(path, id, file, source, catalogue);
    if (!parts) continue;
    const { metric, metricId } = parts;
    if (missing.length === 0) {
      const units = new Set([...rollup.of, ...(rollup.over ?? [])].map((part) => catalogue.metrics[series[part]!.metric]?.unit));
      for (const reason of faultsOfRollup(rollup, metric, catalogue.units[metric.unit]!.quantity, units)) source.say([...path, 'how'], reason);
    }
    // What one place can bear says nothing about several together: a sum has only lines of its own.
    const many = rollup.how === 'sum' ? rollup.of.length : 1;
    const lines = linesOf({ thresholds, target }, many > 1 ? {} : metric);
    const range = { min: metric.range.min * many, max: metric.range.max * many };
    for (const [setting, reason] of faultsOfLines({ direction: metric.direction, range, ...lines })) source.say([...path, setting], reason);
    rollups[id] = { id, metric: metricId, ...rollup, ...lines };
  }
  return rollups;
}

function checkTile({ id, place, headline, lines, parts = [] }: TileDefinition, file: BoardFile, source: Source, catalogue: Catalogue, figures: Figures): void {
  const path = ['tiles', id];
  if (place !== undefined) source.need([...path, 'place'], 'place', place, file.places);
  source.need([...path, 'headline'], 'figure', headline, figures);
  lines.forEach(({ figure }, i) => source.need([...path, 'lines', i, 'figure'], 'figure', figure, figures));
  const known = parts.filter(({ figure }, i) => source.need([...path, 'parts', i, 'figure'], 'figure', figure, figures));
  if (new Set(known.map(({ figure }) => catalogue.metrics[figures[figure]!.metric]?.unit)).size > 1)
    source.say([...path, 'parts'], 'parts of one whole share a unit');
}

function checkWalls(file: BoardFile, source: Source, figures: Figures): void {
  const walls = (['overview', 'detail'] as const).map((density) => {
    const shown = new Set<string>();
    file[density].forEach(({ volume, tiles }, i) => {
      if (volume) source.need([density, i, 'volume', 'figure'], 'figure', volume.figure, figures);
      tiles.forEach((tile, j) => {
        source.need([density, i, 'tiles', j], 'tile', tile, file.tiles);
        if (shown.has(tile)) source.say([density, i, 'tiles', j], `tile "${tile}" is on this wall already`);
        shown.add(tile);
      });
    });
    return shown;
  });
  for (const id of Object.keys(file.tiles))
    if (!walls.some((wall) => wall.has(id))) source.say(['tiles', id], 'is neither on the overview nor on the detail wall');

  file.links.forEach(({ from, to, volume, blockedBy = [] }, i) => {
    const path = ['links', i];
    const ends = [source.need([...path, 'from'], 'tile', from, file.tiles), source.need([...path, 'to'], 'tile', to, file.tiles)];
    if (ends.every(Boolean) && !walls.some((wall) => wall.has(from) && wall.has(to))) source.say(path, `"${from}" and "${to}" are never on the same wall`);
    if (volume) source.need([...path, 'volume', 'figure'], 'figure', volume.figure, figures);
    if (volume && volume.low >= volume.high) source.say([...path, 'volume', 'low'], 'low must be below high');
    blockedBy.forEach((figure, j) => {
      const known = source.need([...path, 'blockedBy', j], 'figure', figure, figures);
      if (known && !figures[figure]!.thresholds?.act) source.say([...path, 'blockedBy', j], `"${figure}" has no act line, so it could never block`);
    });
  });
}

/** Of `metric@place`; nothing when one of them is unknown, which has been said then. */
function metricAndPlace(path: readonly PropertyKey[], figure: FigureId, file: BoardFile, source: Source, catalogue: Catalogue) {
  const cut = figure.lastIndexOf('@');
  const [metricId, place] = [figure.slice(0, cut), figure.slice(cut + 1)];
  const known = [source.need(path, 'metric', metricId, catalogue.metrics), source.need(path, 'place', place, file.places)];
  return known.every(Boolean) ? { metric: catalogue.metrics[metricId]!, metricId, place } : undefined;
}

export interface OwnLines {
  thresholds?: Thresholds | null | undefined;
  target?: Target | null | undefined;
}

/** A figure's own lines go before those of its metric; null = none at all. */
export function linesOf(own: OwnLines, general: OwnLines): { thresholds?: Thresholds; target?: Target } {
  const thresholds = own.thresholds === undefined ? general.thresholds : own.thresholds;
  const target = own.target === undefined ? general.target : own.target;
  return { ...(thresholds && { thresholds }), ...(target && { target }) };
}

export function metricOf(id: string, { label, short, unit, kind, direction, notation, decimals, range, aliases }: MetricEntry): Metric {
  return { id, label, short, unit, kind, direction, notation, decimals, range, ...(aliases.length > 0 && { aliases }) };
}

function named<T extends object>(record: Readonly<Record<string, T>>): Record<string, { id: string } & T> {
  return Object.fromEntries(Object.entries(record).map(([id, one]) => [id, { id, ...one }]));
}

function inUse(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
