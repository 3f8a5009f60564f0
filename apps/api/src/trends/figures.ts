/**
 * Figures over time, put together from hourly tallies. A figure made of several has a value only where all of its parts have one:
 * a sum of some would be too small, and look good. How many were known stands beside it.
 */
import type { BoardDefinition, FigureId, Metric, RollupDefinition, Target } from '@comm-cell/board/definition';
import { combine } from '@comm-cell/board/rules/figure';
import { seriesOf } from '@comm-cell/board/rules/watched';
import { type How, NEEDS, type Period, summaryOf, talliesIn, type Told } from '@comm-cell/board/spc/periods';
import type { Improvement } from '@comm-cell/board/spc/xmr';
import { HOUR_MS } from '@comm-cell/board/time';
import type { Extent, FigureChoice, FigureChoices, RolledUp, Trend } from '@comm-cell/contract/trends';
import type { BoardQuery } from '../database/scoped.js';
import * as sql from './hours.sql.js';

export type ReadAs = 'known' | 'shown';
/** What each series tells of each hour, by its number, ascending. */
export type Hours = ReadonlyMap<number, readonly Told[]>;

export interface Measured {
  id: FigureId;
  metric: Metric;
  target: Target | undefined;
  /** Numbers of its series: of the value, and for shares of what it is divided by. */
  of: readonly number[];
  over: readonly number[];
  combined: RollupDefinition['how'] | undefined;
}

/** What a figure of the board is made of; undefined when there is none of that name. */
export function measuredOf(definition: BoardDefinition, id: FigureId): Measured | undefined {
  const series = definition.series[id];
  const rollup = definition.rollups[id];
  const metric = definition.metrics[(series ?? rollup)?.metric ?? ''];
  if (!metric) return undefined;
  const numbers = (ids: readonly string[]): number[] => ids.map((one) => definition.series[one]!.no);
  return {
    id,
    metric,
    target: (series ?? rollup)?.target,
    of: numbers(rollup ? rollup.of : seriesOf(definition, id)),
    over: numbers(rollup?.over ?? []),
    combined: rollup?.how,
  };
}

/**
 * How a period is summarised unless somebody says otherwise: what grows through the day stands at its greatest just before
 * midnight, a level is as bad as it got, what is told once a day is what was told last; everything else is its mean.
 */
export function usualHow({ kind }: Metric): How {
  if (kind === 'since-midnight' || kind === 'level') return 'max';
  return kind === 'daily' ? 'last' : 'mean';
}

export function improvementOf({ direction }: Metric): Improvement {
  return direction === 'higher-is-worse' ? 'decrease' : direction === 'lower-is-worse' ? 'increase' : 'neutral';
}

/** The greatest and least of a combined figure are those of its hourly means: its parts need not have peaked together. */
export function columnFor({ combined }: Measured, how: How): sql.Column {
  return combined !== undefined && (how === 'max' || how === 'min') ? 'sum' : NEEDS[how];
}

interface HourRow {
  no: number;
  hour: number[];
  n: number[];
  value: number[];
}

/** What the figures need of a stretch to be summarised by a method for which they all go by the same column. */
export async function hoursOf(
  query: BoardQuery,
  board: string,
  figures: readonly Measured[],
  column: sql.Column,
  { from, to }: Period,
  as: ReadAs,
): Promise<Hours> {
  const series = [...new Set(figures.flatMap(({ of, over }) => [...of, ...over]))];
  const { rows } = await query.query<HourRow>({
    name: `trend-hours-${column}`,
    text: sql.hours(column),
    values: [board, series, Math.floor(from / HOUR_MS), Math.ceil(to / HOUR_MS), as === 'shown'],
  });
  return new Map(rows.map(({ no, hour, n, value }) => [no, hour.map((one, i): Told => ({ at: one * HOUR_MS, n: n[i]!, value: value[i]! }))]));
}

/** Readings as they are. Only for figures that are one series: parts of others are not read at the same moments. */
export async function rawOf(query: BoardQuery, board: string, { id, of, metric }: Measured, from: number, to: number, as: ReadAs): Promise<Trend> {
  const { rows } = await query.query<{ at: number[]; value: (number | null)[] }>(sql.RAW, [board, of, from, to, as === 'shown']);
  const { at, value } = rows[0] ?? { at: [], value: [] };
  return {
    figure: id,
    of: 1,
    how: usualHow(metric),
    at,
    value,
    n: value.map((one) => (one === null ? 0 : 1)),
    known: value.map((one) => (one === null ? 0 : 1)),
  };
}

/** A figure over periods, which ascend. */
export function trendOf(figure: Measured, hours: Hours, periods: readonly Period[], how: How): Trend {
  const parts = [...figure.of, ...figure.over].map((no) => talliesIn(periods, hours.get(no) ?? []));
  const trend: Trend = { figure: figure.id, of: parts.length, how, at: [], value: [], n: [], known: [] };
  for (const [i, { from }] of periods.entries()) {
    const own = parts.map((part) => part[i]!);
    let [known, n] = [0, 0];
    for (const tallies of own) {
      if (tallies.length > 0) known++;
      for (const tally of tallies) n += tally.n;
    }
    trend.at.push(from);
    trend.value.push(known === parts.length ? valueOf(figure, own, how) : null);
    trend.n.push(n);
    trend.known.push(known);
  }
  return trend;
}

/**
 * Means, sums and last values of the parts are combined; the greatest and least of a combined figure are looked for hour by hour,
 * since its parts need not have peaked together. A share over a period is that of the sums, never the mean of shares.
 */
function valueOf({ combined, of }: Measured, parts: readonly (readonly Told[])[], how: How): number | null {
  if (combined === undefined) return summaryOf(parts[0]!, how);
  const together = (values: readonly (number | null)[]): number | null => {
    if (values.includes(null)) return null;
    const known = values as readonly number[];
    return combine(combined, known.slice(0, of.length), known.slice(of.length));
  };
  if (how !== 'max' && how !== 'min') return together(parts.map((tallies) => summaryOf(tallies, how)));
  const others = parts.slice(1).map((tallies) => new Map(tallies.map((tally) => [tally.at, tally])));
  const hourly = parts[0]!.flatMap((tally) => {
    const value = together([tally, ...others.map((hours) => hours.get(tally.at))].map((one) => (one ? summaryOf([one], 'mean') : null)));
    return value === null ? [] : [value];
  });
  return hourly.length === 0 ? null : how === 'max' ? Math.max(...hourly) : Math.min(...hourly);
}

/** The stretch of which anything is known. */
export async function extentOf(query: BoardQuery, board: string, { id, of, over }: Measured): Promise<Extent> {
  const { rows } = await query.query<{ first: number; last: number }>(sql.EXTENT, [board, [...of, ...over]]);
  if (rows.length === 0) return { figure: id, first: null, last: null };
  return { figure: id, first: Math.min(...rows.map(({ first }) => first)) * HOUR_MS, last: (Math.max(...rows.map(({ last }) => last)) + 1) * HOUR_MS };
}

export async function rolledUpOf(query: BoardQuery, board: string): Promise<RolledUp> {
  return (await query.query<RolledUp>(sql.STANDS, [board])).rows[0]!;
}

export function targetOf({ target }: Measured): number | null {
  return target === undefined ? null : 'atMost' in target ? target.atMost : target.atLeast;
}

export function choicesOf(definition: BoardDefinition): FigureChoices {
  const heads = definition.overview.flatMap(({ tiles }) => tiles.map((tile) => definition.tiles[tile]!.headline));
  const figures = [...new Set([...heads, ...Object.keys(definition.rollups), ...Object.keys(definition.series)])].flatMap((id): FigureChoice[] => {
    const measured = measuredOf(definition, id);
    if (!measured || measured.metric.kind === 'text') return [];
    const { metric, of, over } = measured;
    const at = id.slice(id.lastIndexOf('@') + 1);
    return [
      {
        id,
        label: metric.label,
        place: definition.places[at]?.name ?? { en: at, cy: at },
        unit: definition.units[metric.unit]!.symbol,
        notation: metric.notation,
        decimals: metric.decimals,
        how: usualHow(metric),
        improvement: improvementOf(metric),
        target: targetOf(measured),
        of: of.length + over.length,
      },
    ];
  });
  const levels = Object.fromEntries(Object.entries(definition.response?.levels ?? {}).map(([id, { name }]) => [id, name]));
  return { board: definition.name, simulated: definition.simulated, notice: definition.notice ?? null, zone: definition.zone, levels, figures };
}
