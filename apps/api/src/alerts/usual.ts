/**
 * What is usual at each hour of the week, learned once a week from the last six for the figures that rules compare with it.
 * An hour's value is the middle of its readings; what is usual is the middle of the weeks, so that one bad night counts for
 * no more than one week. Hours that fewer than three weeks know of stay unknown, and their rules are not judged.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { BoardDefinition, FigureId, SeriesId } from '@comm-cell/board/definition';
import type { Usual } from '@comm-cell/board/events';
import { combine } from '@comm-cell/board/rules/figure';
import { plainParts, seriesOf } from '@comm-cell/board/rules/watched';
import type { BoardState } from '@comm-cell/board/state';
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import { Journal, StoreDown } from '../journal/journal.js';
import type { BoardKeeper } from '../keeper/board-keeper.js';
import { Keepers } from '../keeper/keepers.js';

const WEEKS = 6;
const WEEKS_NEEDED = 3;
const HOURS = 7 * 24;
/** Learned anew when what is known is older than this. */
const OLD_MS = 6 * DAY_MS;
const LOOK_MS = HOUR_MS;

/** The middle value of each local hour: whole hours since Monday 1970-01-05 00:00 of the local calendar. */
const HOURLY = `
select s.no, hours.hour, hours.middle
from unnest($2::int[]) as s(no), lateral (
  select floor(extract(epoch from (observed_at at time zone $5) - timestamp '1970-01-05') / 3600)::int as hour, percentile_cont(0.5) within group (order by value) as middle
  from (
    select distinct on (observed_at) observed_at, value from readings
    where board_id = $1 and series_no = s.no and observed_at >= to_timestamp($3::float8 / 1000) and observed_at < to_timestamp($4::float8 / 1000)
    order by observed_at, revision desc) as newest
  where value is not null group by 1) as hours`;

/** Figures that rules compare with what is usual, and of which that is not known or was learned too long ago. */
function toLearn(state: BoardState, at: number): Set<FigureId> {
  const figures = new Set<FigureId>();
  for (const { rule, proposed } of Object.values(state.rules)) {
    for (const when of [rule?.when, proposed?.rule?.when]) {
      for (const part of when ? plainParts(when) : []) {
        if (part.kind === 'usual' && at - (state.usuals[part.figure]?.to ?? -Infinity) > OLD_MS) figures.add(part.figure);
      }
    }
  }
  return figures;
}

function middleOf(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}

/** The figures of which anything could be learned from the six weeks up to `to`. */
export async function learnUsuals(journal: Journal, definition: BoardDefinition, figures: Iterable<FigureId>, to: number): Promise<Usual[]> {
  const from = to - WEEKS * 7 * DAY_MS;
  const known = [...figures].filter((figure) => definition.series[figure] ?? definition.rollups[figure]);
  const byNo = new Map(known.flatMap((figure) => seriesOf(definition, figure)).map((id) => [definition.series[id]!.no, id]));
  const { rows } = await journal.pool
    .query<{ no: number; hour: number; middle: number }>(HOURLY, [definition.id, [...byNo.keys()], from, to, definition.zone.name])
    .catch((error: unknown) => {
      throw new StoreDown(error);
    });
  const hourly = new Map<SeriesId, Map<number, number>>();
  for (const { no, hour, middle } of rows) {
    const id = byNo.get(no)!;
    const hours = hourly.get(id) ?? new Map<number, number>();
    hourly.set(id, hours.set(hour, middle));
  }
  return known.flatMap((figure) => {
    const weeks = Array.from({ length: HOURS }, (): number[] => []);
    for (const [hour, value] of hoursOf(definition, figure, hourly)) weeks[((hour % HOURS) + HOURS) % HOURS]!.push(value);
    const hours = weeks.map((values) => (values.length < WEEKS_NEEDED ? null : Number(middleOf(values).toFixed(6))));
    return hours.every((hour) => hour === null) ? [] : [{ figure, hours, from, to }];
  });
}

/** A figure's value of each hour; a roll-up has one only where all its parts have. */
function hoursOf(definition: BoardDefinition, figure: FigureId, hourly: ReadonlyMap<SeriesId, ReadonlyMap<number, number>>): Map<number, number> {
  const none = new Map<number, number>();
  const rollup = definition.rollups[figure];
  if (!rollup) return new Map(hourly.get(figure) ?? none);
  const parts = [...rollup.of, ...(rollup.over ?? [])].map((id) => hourly.get(id) ?? none);
  const hours = new Map<number, number>();
  for (const hour of parts[0]?.keys() ?? []) {
    const values = parts.map((part) => part.get(hour));
    if (values.includes(undefined)) continue;
    const value = combine(rollup.how, values.slice(0, rollup.of.length) as number[], values.slice(rollup.of.length) as number[]);
    if (value !== null) hours.set(hour, value);
  }
  return hours;
}

/** Several processes may come to learn at once: what is known by then is asked again when it is decided. */
export async function learn(journal: Journal, keeper: BoardKeeper, now: number): Promise<void> {
  const { state } = keeper.snapshot;
  const wanted = state.definition ? toLearn(state, now) : new Set<FigureId>();
  if (wanted.size === 0) return;
  const usuals = await learnUsuals(journal, state.definition!, wanted, now);
  if (usuals.length === 0) return;
  await keeper.submit({
    source: 'usual',
    decide: (present, _known, at) => {
      const still = toLearn(present, at);
      const fresh = usuals.filter(({ figure }) => still.has(figure));
      return { events: fresh.length > 0 ? [{ kind: 'UsualLearned', usuals: fresh }] : [], outcome: null };
    },
  });
}

@Injectable()
export class UsualLearner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('Usual');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly keepers: Keepers,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#learn(), LOOK_MS);
    void this.#learn();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #learn(): Promise<void> {
    for (const keeper of this.keepers.all()) {
      // What is usual can wait; the next look tries again.
      await learn(this.journal, keeper, Date.now()).catch((error: unknown) => this.#log.warn(`Board ${keeper.board}: ${String(error)}`));
    }
  }
}
