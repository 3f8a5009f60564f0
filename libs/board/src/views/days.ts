/**
 * One box a day for each chosen measure: good, not good, or no data, by the measure's own band. Source: the day boxes of the lean
 * "letter" boards. A day whose parts did not all report has no data: it is never filled in from those that did.
 */
import type { DayMeasure } from '../cell.js';
import type { BoardDefinition, FigureId, SeriesId } from '../definition.js';
import { combine } from '../rules/figure.js';
import { inBand } from '../rules/threshold.js';
import { type Period, summarise, type Tally, talliesIn } from '../spc/periods.js';
import { isoDate, localDay } from '../time.js';

export type DayVerdict = 'good' | 'not-good' | 'no-data';

export interface DayBox {
  /** Local date, "2026-01-16". */
  day: string;
  value: number | null;
  verdict: DayVerdict;
  /** The day is not over: it may still turn. */
  running?: true;
}

export interface DayRow extends DayMeasure {
  boxes: DayBox[];
}

/** What a figure is put together from: series of its value, and for shares of what it is divided by. */
export function partsOf(definition: BoardDefinition, figure: FigureId): { of: readonly SeriesId[]; over: readonly SeriesId[] } {
  const rollup = definition.rollups[figure];
  if (rollup) return { of: rollup.of, over: rollup.over ?? [] };
  return { of: definition.series[figure] ? [figure] : [], over: [] };
}

/** A figure over one stretch, from the hourly tallies of its series in it; null where any of its parts has none. */
export function valueOver(
  definition: BoardDefinition,
  figure: FigureId,
  hours: ReadonlyMap<SeriesId, readonly Tally[]>,
  how: DayMeasure['how'],
): number | null {
  const { of, over } = partsOf(definition, figure);
  const parts = [...of, ...over].map((id) => hours.get(id) ?? []);
  if (parts.length === 0 || parts.some((tallies) => tallies.length === 0)) return null;
  const rollup = definition.rollups[figure];
  if (!rollup) return summarise(parts[0]!, how);
  const together = (values: readonly (number | null)[]): number | null =>
    values.includes(null) ? null : combine(rollup.how, values.slice(0, of.length) as number[], values.slice(of.length) as number[]);
  if (how !== 'max') return together(parts.map((tallies) => summarise(tallies, how)));
  // Parts need not peak together: the greatest is looked for hour by hour.
  const byHour = parts.map((tallies) => new Map(tallies.map((tally) => [tally.at, tally])));
  const values = [...byHour[0]!.keys()].flatMap((at) => {
    const hour = byHour.map((tallies) => tallies.get(at));
    const value = hour.includes(undefined) ? null : together(hour.map((tally) => summarise([tally!], 'mean')));
    return value === null ? [] : [value];
  });
  return values.length === 0 ? null : Math.max(...values);
}

/** Rows of boxes over the days, which ascend; `hours` ascend too. `now` tells the day that is running. */
export function dayRows(definition: BoardDefinition, days: readonly Period[], hours: ReadonlyMap<SeriesId, readonly Tally[]>, now: number): DayRow[] {
  return (definition.cell?.measures ?? []).map((measure): DayRow => {
    const { of, over } = partsOf(definition, measure.figure);
    const split = new Map([...of, ...over].map((id) => [id, talliesIn(days, hours.get(id) ?? [])]));
    const boxes = days.map((day, i): DayBox => {
      const value = valueOver(definition, measure.figure, new Map([...split].map(([id, tallies]) => [id, tallies[i]!])), measure.how);
      const verdict = value === null ? 'no-data' : inBand(value, measure.good) ? 'good' : 'not-good';
      const box: DayBox = { day: isoDate(localDay(definition.zone, day.from)), value, verdict };
      return day.to > now ? { ...box, running: true } : box;
    });
    return { ...measure, boxes };
  });
}
