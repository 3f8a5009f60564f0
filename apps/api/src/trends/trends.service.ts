/** Answers of the trends: reads the roll-ups of one board, and lets libs/board spc judge them. */
import { Injectable } from '@nestjs/common';
import type { BoardDefinition } from '@comm-cell/board/definition';
import { beforeAfter } from '@comm-cell/board/spc/before-after';
import { daysBetween } from '@comm-cell/board/spc/days-between';
import { leadLag } from '@comm-cell/board/spc/lead-lag';
import { quantileOf } from '@comm-cell/board/spc/mean';
import { hourOfWeek, type How, type PeriodKind, periodOf, periodsWithin, sameDayLastYear } from '@comm-cell/board/spc/periods';
import { warningsOf } from '@comm-cell/board/spc/warnings';
import { type SpcChart, xmr } from '@comm-cell/board/spc/xmr';
import { DAY_MS, HOUR_MS, localDay, MINUTE_MS, momentOfLocal, offsetMsAt, weekday, type Zone } from '@comm-cell/board/time';
import type {
  CompareQuery,
  Comparison,
  Effect,
  EffectQuery,
  Extent,
  LeadLagAnswer,
  LeadLagQuery,
  SpcAnswer,
  SpcQuery,
  TrendsAnswer,
  TrendsQuery,
} from '@comm-cell/contract/trends';
import { Refusal } from '../access/refusal.js';
import { type BoardQuery, BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { StoreDown } from '../journal/journal.js';
import {
  columnFor,
  extentOf,
  type Hours,
  hoursOf,
  improvementOf,
  type Measured,
  measuredOf,
  rawOf,
  type ReadAs,
  rolledUpOf,
  targetOf,
  trendOf,
  usualHow,
} from './figures.js';
import { marksBetween } from './marks.js';
import { RollUps } from './roll-up.js';

/** Stretch when none is asked for. */
const USUALLY_MS: Record<PeriodKind | 'raw', number> = { raw: 2 * DAY_MS, hour: 14 * DAY_MS, shift: 45 * DAY_MS, day: 90 * DAY_MS, week: 371 * DAY_MS };
/** Longest stretch: a year of hours with its leap day and a month to look back to; readings themselves are for a closer look. */
const LONGEST_MS: Record<PeriodKind | 'raw', number> = {
  raw: 31 * DAY_MS,
  hour: 400 * DAY_MS,
  shift: 1_100 * DAY_MS,
  day: 3_700 * DAY_MS,
  week: 3_700 * DAY_MS,
};
const LEAD_LAG_LONGEST_MS = 120 * DAY_MS;
const LEAD_LAG_USUALLY_MS = 28 * DAY_MS;
const BAND_WEEKS = 8;
/** Weeks that must know an hour before its band is drawn. */
const BAND_NEEDS = 3;
const BAND = { low: 0.1, high: 0.9 };
/** Any seed will do; the same one makes the same paper twice. */
const SEED = 1_948;

interface Asked {
  from?: string;
  to?: string;
  how?: How;
  as: ReadAs;
}
interface Stretch {
  from: number;
  to: number;
}

@Injectable()
export class Trends {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
    private readonly rollUps: RollUps,
  ) {}

  async extent(board: string, figure: string): Promise<Extent> {
    const { definition } = this.boards.board(board);
    const measured = this.#measured(definition, figure);
    return this.#read(board, (query) => extentOf(query, board, measured));
  }

  async trends(board: string, asked: TrendsQuery): Promise<TrendsAnswer> {
    const { by, as } = asked;
    const { definition } = this.boards.board(board);
    const measured = asked.figures.map((figure) => this.#measured(definition, figure));
    const made = measured.find(({ combined }) => combined !== undefined);
    if (by === 'raw' && made)
      throw new Refusal(422, 'raw-roll-up', `"${made.id}" is made of several series, which are not read at the same moments.`, 'Ask for it by the hour.');
    return this.#read(board, async (query) => {
      const { from, to } = await this.#stretch(query, board, definition.zone, measured, asked, by);
      const rolledUp = await rolledUpOf(query, board);
      const trends: TrendsAnswer['trends'] = [];
      if (by === 'raw') for (const one of measured) trends.push(await rawOf(query, board, one, from, to, as));
      else {
        const periods = periodsWithin(definition.zone, by, from, to);
        const howOf = (one: Measured): How => asked.how ?? usualHow(one.metric);
        const read = new Map<string, Hours>();
        for (const one of measured) {
          const column = columnFor(one, howOf(one));
          if (!read.has(column))
            read.set(
              column,
              await hoursOf(
                query,
                board,
                measured.filter((other) => columnFor(other, howOf(other)) === column),
                column,
                { from, to },
                as,
              ),
            );
          trends.push(trendOf(one, read.get(column)!, periods, howOf(one)));
        }
      }
      return { from, to, by, as, rolledUp, trends };
    });
  }

  async spc(board: string, asked: SpcQuery): Promise<SpcAnswer> {
    const { definition } = this.boards.board(board);
    const { zone } = definition;
    const measured = this.#measured(definition, asked.figure);
    const how = asked.how ?? usualHow(measured.metric);
    const improvement = asked.improvement ?? improvementOf(measured.metric);
    if (asked.chart === 'between' && improvement === 'neutral')
      throw new Refusal(
        422,
        'no-direction',
        `For "${measured.id}" neither direction is better.`,
        'Say which is: improvement=increase when it is good that they are far apart.',
      );
    return this.#read(board, async (query) => {
      const { from, to } = await this.#stretch(query, board, zone, [measured], asked, asked.by);
      const hours = await hoursOf(query, board, [measured], columnFor(measured, how), { from, to }, asked.as);
      const periods = periodsWithin(zone, asked.by, from, to).filter(
        (period) => asked.weekday === undefined || weekday(localDay(zone, period.from)) === asked.weekday,
      );
      const { at, value, known, of } = trendOf(measured, hours, periods, how);
      const points = at.map((moment, i) => ({ at: moment, value: value[i]! }));
      const target = asked.target === 'none' ? null : (asked.target ?? targetOf(measured));
      const settings = {
        screen: asked.screen,
        ...(target === null ? {} : { target }),
        ...(asked.fixAfter === undefined ? {} : { fixAfter: asked.fixAfter }),
        ...(asked.rebase === undefined ? {} : { rebase: asked.rebase.map(({ at: moment, reason }) => ({ at: Date.parse(moment), reason })) }),
      };
      let spc: SpcChart;
      let sinceLast: number | null = null;
      if (asked.chart === 'between') {
        const events = points.flatMap((point) => (point.value !== null && point.value >= asked.atLeast ? [point.at] : []));
        // That harm is far apart is good: the direction of days between is the other one.
        ({ sinceLast, ...spc } = daysBetween({ events, improvement: improvement === 'decrease' ? 'increase' : 'decrease', ...settings }, to));
      } else spc = xmr({ points, improvement, ...settings });
      return {
        figure: measured.id,
        from,
        to,
        by: asked.by,
        how,
        as: asked.as,
        chart: asked.chart,
        improvement,
        target,
        bounds: asked.chart === 'between' ? { min: 0, max: null } : boundsOf(definition, measured),
        spc,
        parts: { of, known },
        sinceLast,
        warnings: asked.chart === 'between' ? [] : warningsOf(points, zone, asked.by === 'day' && asked.weekday === undefined),
        marks: await marksBetween(query, board, from, to),
        rolledUp: await rolledUpOf(query, board),
      };
    });
  }

  async compare(board: string, asked: CompareQuery): Promise<Comparison> {
    const { definition } = this.boards.board(board);
    const { zone } = definition;
    const measured = this.#measured(definition, asked.figure);
    const how = asked.how ?? usualHow(measured.metric);
    return this.#read(board, async (query) => {
      const { to } = await this.#stretch(query, board, zone, [measured], asked, 'hour');
      const from = shifted(zone, to, (day) => day - 7);
      const now = periodsWithin(zone, 'hour', from, to).map((period) => period.from);
      const weeksAgo = (weeks: number): number[] => now.map((at) => shifted(zone, at, (day) => day - 7 * weeks));
      const lastYear = now.map((at) => shifted(zone, at, sameDayLastYear));
      const weeks = Array.from({ length: BAND_WEEKS }, (_, i) => weeksAgo(i + 1));
      const read = (stretch: Stretch): Promise<Hours> => hoursOf(query, board, [measured], columnFor(measured, how), stretch, asked.as);
      const recent = await read({ from: from - (BAND_WEEKS * 7 + 1) * DAY_MS, to });
      const before = await read({ from: Math.min(...lastYear, from), to: Math.max(...lastYear, from) + HOUR_MS });
      const valuesAt = (hours: Hours, moments: readonly number[]): (number | null)[] => {
        // Clock times that a change skips or repeats may name an hour twice: each is looked up for itself.
        const ascending = [...new Set(moments)].sort((a, b) => a - b);
        const { value } = trendOf(
          measured,
          hours,
          ascending.map((at) => ({ from: at, to: at + HOUR_MS })),
          how,
        );
        const byMoment = new Map(ascending.map((at, i) => [at, value[i]!]));
        return moments.map((at) => byMoment.get(at)!);
      };
      const past = weeks.map((moments) => valuesAt(recent, moments));
      const bands = now.map((_, i) => past.flatMap((values) => (values[i] === null ? [] : [values[i]!])));
      const share = (of: number): (number | null)[] => bands.map((values) => (values.length < BAND_NEEDS ? null : quantileOf(values, of)));
      return {
        figure: measured.id,
        from,
        to,
        how,
        at: now,
        now: valuesAt(recent, now),
        lastWeek: past[0]!,
        lastYear: valuesAt(before, lastYear),
        low: share(BAND.low),
        middle: share(0.5),
        high: share(BAND.high),
        weeks: Math.max(0, ...bands.map((values) => values.length)),
      };
    });
  }

  async effect(board: string, asked: EffectQuery): Promise<Effect> {
    const { definition } = this.boards.board(board);
    const { zone } = definition;
    const measured = this.#measured(definition, asked.figure);
    const how = asked.how ?? usualHow(measured.metric);
    const about = Date.parse(asked.about);
    return this.#read(board, async (query) => {
      const own = periodOf(zone, asked.by, about);
      const { last } = await extentOf(query, board, measured);
      const [from, to] = [
        shifted(zone, own.from, (day) => day - asked.days),
        Math.min(
          shifted(zone, own.to, (day) => day + asked.days),
          periodOf(zone, asked.by, last ?? 0).from,
        ),
      ];
      const periods = periodsWithin(zone, asked.by, from, Math.max(from, to)).filter((period) => period.from !== own.from);
      const { at, value } = trendOf(
        measured,
        await hoursOf(query, board, [measured], columnFor(measured, how), { from, to: Math.max(from, to) }, asked.as),
        periods,
        how,
      );
      const points = at.map((moment, i): Effect['points'][number] => ({ at: moment, value: value[i]!, side: moment < about ? 'before' : 'after' }));
      const side = (which: 'before' | 'after'): (number | null)[] => points.filter((point) => point.side === which).map((point) => point.value);
      return {
        figure: measured.id,
        about,
        from,
        to,
        how,
        points,
        ...beforeAfter(side('before'), side('after')),
        marks: await marksBetween(query, board, from, to),
      };
    });
  }

  async leadLag(board: string, asked: LeadLagQuery): Promise<LeadLagAnswer> {
    const { definition } = this.boards.board(board);
    const { zone } = definition;
    const [a, b] = [this.#measured(definition, asked.a), this.#measured(definition, asked.b)];
    return this.#read(board, async (query) => {
      const stretch = await this.#stretch(query, board, zone, [a, b], asked, 'hour');
      const { to } = stretch;
      const firsts = asked.from === undefined ? await Promise.all([a, b].map((one) => extentOf(query, board, one))) : [];
      const from = asked.from === undefined ? Math.min(to, Math.max(to - LEAD_LAG_USUALLY_MS, ...firsts.map(({ first }) => first ?? 0))) : stretch.from;
      if (to - from > LEAD_LAG_LONGEST_MS)
        throw new Refusal(
          422,
          'too-long',
          'Who leads whom is looked for over at most 120 days.',
          'Ask for a shorter stretch; what led in January need not lead in June.',
        );
      const hours = await hoursOf(query, board, [a, b], columnFor(a, 'mean'), { from, to }, asked.as);
      const periods = periodsWithin(zone, 'hour', from, to);
      const values = (one: Measured): (number | null)[] => trendOf(one, hours, periods, 'mean').value;
      const found = leadLag({ a: values(a), b: values(b), hours: periods.map((period) => hourOfWeek(zone, period.from)), most: asked.most, seed: SEED });
      return { a: a.id, b: b.id, from, to, ...found };
    });
  }

  /** One picture of the roll-ups, brought up to where the journal stands when it is asked for. */
  async #read<Result>(board: string, work: (query: BoardQuery) => Promise<Result>): Promise<Result> {
    await this.rollUps.catchUp(board);
    return this.reads.scoped(board, work).catch((error: unknown) => {
      throw error instanceof Refusal || error instanceof RangeError ? error : new StoreDown(error);
    });
  }

  #measured(definition: BoardDefinition, id: string): Measured {
    const measured = measuredOf(definition, id);
    if (measured === undefined)
      throw new Refusal(
        404,
        'unknown-figure',
        `This board has no figure "${id.slice(0, 100)}".`,
        'A figure is metric@place, e.g. ed.waiting@north; the definition lists them.',
      );
    if (measured.metric.kind === 'text')
      throw new Refusal(422, 'not-a-number', `"${id.slice(0, 100)}" is words, not a number.`, 'Choose a figure that is measured in numbers.');
    return measured;
  }

  /** Whole periods: the one that is still running is not looked at, because half a day of a count would look like a good day. */
  async #stretch(
    query: BoardQuery,
    board: string,
    zone: Zone,
    figures: readonly Measured[],
    asked: Pick<Asked, 'from' | 'to'>,
    by: PeriodKind | 'raw',
  ): Promise<Stretch> {
    const extents = asked.from !== undefined && asked.to !== undefined ? [] : await Promise.all(figures.map((figure) => extentOf(query, board, figure)));
    const last = Math.max(0, ...extents.map((extent) => extent.last ?? 0));
    const whole = by === 'raw' || by === 'hour' ? last : periodOf(zone, by, last).from;
    const to = asked.to === undefined ? whole : Date.parse(asked.to);
    const first = Math.min(to, ...extents.flatMap((extent) => extent.first ?? []));
    const from = asked.from === undefined ? Math.max(to - USUALLY_MS[by], first) : Date.parse(asked.from);
    if (to - from > LONGEST_MS[by])
      throw new Refusal(
        422,
        'too-long',
        `By ${by}, at most ${LONGEST_MS[by] / DAY_MS} days are answered at once.`,
        'Ask for a shorter stretch, or for longer periods.',
      );
    return { from, to };
  }
}

/** The same clock time on another local day. */
function shifted(zone: Zone, at: number, dayOf: (day: number) => number): number {
  const day = localDay(zone, at);
  const minute = Math.floor((at + offsetMsAt(zone, at)) / MINUTE_MS) - day * 24 * 60;
  return momentOfLocal(zone, dayOf(day), minute);
}

/** Shares end at 0 and 100, and nothing that is counted or timed is under 0. */
function boundsOf(definition: BoardDefinition, { metric }: Measured): SpcAnswer['bounds'] {
  if (definition.units[metric.unit]?.quantity === 'share') return { min: 0, max: Math.max(100, metric.range.max) };
  return metric.range.min >= 0 ? { min: 0, max: null } : null;
}
