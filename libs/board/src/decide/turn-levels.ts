/**
 * What becomes of the calculated levels. A level is held: another one must stand for the scheme's time before it is set, so
 * that nothing flickers. Rising, whatever is worked out at the end of that time is set; falling, the worst that was seen
 * during it. To learn what was missing is no change: a range narrows at once.
 *
 * Moments come from the journal alone (readings, ends of carrying, of suspensions, of holds), never from the tick that
 * found them.
 */
import type { BoardDefinition, FeedId, ProviderId, SeriesId } from '../definition.js';
import type { BoardEvent } from '../events.js';
import type { Fold } from '../evolve.js';
import { declarersOf, levelNow, type LevelNow } from '../rules/level.js';
import { seriesOf } from '../rules/watched.js';
import type { LevelId, Scheme } from '../scheme.js';
import type { BoardState, LevelState } from '../state.js';

type LevelTurned = Extract<BoardEvent, { kind: 'LevelTurned' }>;

/**
 * Run after everything else of a submission, and of a tick. Applies what it returns to the fold. It costs a comparison of
 * references for each figure of a level, and more only when one of them has changed or a moment has passed.
 */
export function turnLevels(fold: Fold, at: number): BoardEvent[] {
  const { definition } = fold.peek;
  if (!definition?.response) return [];
  const events: BoardEvent[] = [];
  const judge = (watch: Watch, moment: number): void => {
    for (;;) {
      watch.now = levelNow(fold.peek, watch.level, moment)!;
      const event = turnOf(fold.peek.levels[watch.level], watch, moment);
      if (!event) return;
      events.push(event);
      fold.apply(event, at);
    }
  };
  const watches = watchesOf(definition);
  for (const watch of watches) {
    let i = 0;
    if (refsOf(fold.peek, watch, (ref) => i < watch.refs.length && ref === watch.refs[i++])) continue;
    const refs: unknown[] = [];
    refsOf(fold.peek, watch, (ref) => refs.push(ref) > 0);
    watch.refs = refs;
    const from = changedAt(fold.peek, watch);
    if (from <= at) judge(watch, from);
    else watch.refs = [];
  }
  for (;;) {
    let first: { watch: Watch; moment: number; ends: boolean } | undefined;
    for (const watch of watches) {
      if (watch.refs.length === 0) continue;
      const { next } = fold.peek.levels[watch.level] ?? {};
      const ends = next ? next.since + holdOf(watch.scheme, next.turn) : Infinity;
      const moment = Math.min(ends, watch.now.until + 1);
      if (moment <= at && (!first || moment < first.moment)) first = { watch, moment, ends: ends === moment };
    }
    if (!first) return events;
    const { watch, moment, ends } = first;
    if (ends) {
      const { low, high } = fold.peek.levels[watch.level]!.next!;
      const event = turned(watch, 'set', moment, low, high);
      events.push(event);
      fold.apply(event, at);
    }
    judge(watch, moment);
  }
}

/** What is known of a level between two calls. Only a memory: without it the same follows from the state, more slowly. */
interface Watch {
  level: LevelId;
  scheme: Scheme;
  series: readonly SeriesId[];
  /** It, and all that it is made of. */
  made: readonly LevelId[];
  feeds: readonly FeedId[];
  /** Providers whose status carries one of these levels. */
  declarers: readonly ProviderId[];
  /** What it was worked out from; empty: nothing yet. */
  refs: readonly unknown[];
  now: LevelNow;
}

const NOTHING: LevelNow = { low: 0, high: 0, score: [0, 0], known: 0, of: 0, parameters: [], parts: [], until: Infinity };
const watched = new WeakMap<BoardDefinition, Watch[]>();

function watchesOf(definition: BoardDefinition): Watch[] {
  let watches = watched.get(definition);
  if (!watches) {
    const { levels, schemes } = definition.response!;
    const made = (id: LevelId): LevelId[] => [id, ...(levels[id]!.of ?? []).flatMap(({ level }) => made(level))];
    watches = Object.values(levels)
      .filter(({ of, parameters }) => of ?? parameters)
      .map(({ id, scheme }) => {
        const parts = [...new Set(made(id))];
        const figures = parts.flatMap((part) => Object.values(levels[part]!.parameters ?? {}));
        const series = [...new Set(figures.flatMap((figure) => seriesOf(definition, figure)))];
        return {
          level: id,
          scheme: schemes[scheme]!,
          series,
          made: parts,
          feeds: [...new Set(series.map((one) => definition.series[one]!.feed))],
          declarers: [...new Set(parts.flatMap((part) => declarersOf(definition, part)))],
          refs: [],
          now: NOTHING,
        };
      });
    watched.set(definition, watches);
  }
  return watches;
}

/** Everything the level is worked out from; the fold replaces entries and never changes them. */
function refsOf(state: BoardState, { series, feeds, declarers, made }: Watch, each: (ref: unknown) => boolean): boolean {
  for (const id of series) if (!each(state.series[id]) || !each(state.held[id])) return false;
  for (const id of feeds) if (!each(state.feeds[id]?.suspended)) return false;
  for (const id of declarers) if (!each(state.statuses[id])) return false;
  for (const id of made) if (!each(state.declared[id])) return false;
  return true;
}

/** The last moment at which anything but time changed it: from there on it is worked out. */
function changedAt(state: BoardState, { level, series, declarers, made }: Watch): number {
  let moment = Math.max(state.definedAt, state.levels[level]?.judgedAt ?? 0);
  for (const id of series) moment = Math.max(moment, state.series[id]?.recordedAt ?? 0, state.held[id]?.recordedAt ?? 0);
  for (const id of made) moment = Math.max(moment, state.declared[id]?.at ?? 0);
  for (const id of declarers) moment = Math.max(moment, state.statuses[id]?.at ?? 0);
  return moment;
}

function holdOf({ hold }: Scheme, turn: 'rising' | 'falling'): number {
  return turn === 'rising' ? hold.raiseMs : hold.lowerMs;
}

function turnOf(held: LevelState | undefined, watch: Watch, due: number): LevelTurned | undefined {
  const { now } = watch;
  if (held?.low === undefined || held.high === undefined) return now.known > 0 ? turned(watch, 'set', due) : undefined;
  const { low, high, next } = held;
  if (now.low === low && now.high === high) return next && turned(watch, 'steady', due);
  if (now.low >= low && now.high <= high) return turned(watch, 'set', due);
  const turn = now.high > high ? 'rising' : 'falling';
  const sofar = turn === 'falling' && next?.turn === 'falling' ? next : now;
  const [to, upTo] = [Math.max(now.low, sofar.low), Math.max(now.high, sofar.high)];
  if (next?.turn === turn && next.low === to && next.high === upTo) return undefined;
  return turned(watch, holdOf(watch.scheme, turn) === 0 ? 'set' : turn, due, to, upTo);
}

function turned({ level, now }: Watch, turn: LevelTurned['turn'], due: number, low = now.low, high = now.high): LevelTurned {
  return { kind: 'LevelTurned', level, turn, due, low, high, score: [now.score[0], now.score[1]], known: now.known, of: now.of };
}
