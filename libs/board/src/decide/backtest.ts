/**
 * What a rule would have done over a stretch of history. The readings go through the same judging and the same steps as live;
 * only the fold is left out, so that a month of many series takes less than a second.
 *
 * What it does not know: when a reading arrived (each counts from its observed moment, and the newest revision of it alone), what
 * was held back, planned silences, people (nobody acknowledges), other rules (nothing stands behind a composite). Data counts as lost
 * when the gap to the next reading is longer than the present contract of its feed allows.
 */
import type { BoardDefinition, FeedDefinition, FigureId, SeriesDefinition, SeriesId } from '../definition.js';
import type { Usual } from '../events.js';
import type { Hours, Rule } from '../rule.js';
import { whenJudged, withTurn, type Turning } from '../rules/alert.js';
import { nextByTime } from '../rules/by-time.js';
import { judge } from '../rules/condition.js';
import { currentUntil, type FigureNow, type Sight } from '../rules/figure.js';
import { isWithin } from '../rules/hours.js';
import { figuresOf, plainParts, seriesOf } from '../rules/watched.js';
import type { Alert, RuleState, TrendPoint } from '../state.js';

/** Readings of one series, ascending by observed moment; NaN = not reported. */
export interface Line {
  at: Float64Array;
  value: Float64Array;
}
export interface BacktestOptions {
  definition: BoardDefinition;
  /** Only firings in this stretch count; earlier readings make the board what it was at its beginning. */
  from: number;
  to: number;
  usuals?: Readonly<Record<FigureId, Pick<Usual, 'hours'>>>;
  /** The rule in force, to be looked at beside the other. */
  present?: Rule;
}
export interface Firing {
  from: number;
  /** Absent: still on at the end. */
  to?: number;
  /** The worst value of what the rule compares. */
  peak: number | null;
}
export interface Tested {
  firings: Firing[];
  count: number;
  totalMs: number;
  longestMs: number;
  /** Began outside the hours of the owner's group, or (it has none) outside 08:00 to 18:00 of Monday to Friday. */
  outOfHours: number;
}

const OFFICE: Hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };

/** Where a series stands: its reading of now, and up to when that is current. */
interface Cursor {
  line: Line;
  i: number;
  until: number;
  feed: FeedDefinition;
}

/** Recorded history, moved on reading by reading. */
class Past implements Sight {
  #cursors = new Map<SeriesId, Cursor>();
  #all: Cursor[];

  constructor(
    readonly definition: BoardDefinition,
    private readonly usuals: Readonly<Record<FigureId, Pick<Usual, 'hours'>>>,
    ids: Iterable<SeriesId>,
    lines: ReadonlyMap<SeriesId, Line>,
  ) {
    for (const id of ids) {
      const feed = definition.feeds[definition.series[id]?.feed ?? ''];
      const line = lines.get(id);
      if (feed && line && line.at.length > 0) this.#cursors.set(id, { line, i: -1, until: -Infinity, feed });
    }
    this.#all = [...this.#cursors.values()];
  }

  /** The moment of the next reading of any series. */
  get next(): number {
    let next = Infinity;
    for (const { line, i } of this.#all) if (i + 1 < line.at.length && line.at[i + 1]! < next) next = line.at[i + 1]!;
    return next;
  }

  moveTo(moment: number): void {
    for (const cursor of this.#all) {
      const { at } = cursor.line;
      if (cursor.i + 1 >= at.length || at[cursor.i + 1]! > moment) continue;
      while (cursor.i + 1 < at.length && at[cursor.i + 1]! <= moment) cursor.i++;
      const seenAt = at[cursor.i]!;
      cursor.until = currentUntil(cursor.feed, this.definition.zone, { at: seenAt, recordedAt: seenAt });
    }
  }

  series({ id }: SeriesDefinition, at: number): FigureNow {
    const cursor = this.#cursors.get(id);
    if (!cursor || cursor.i < 0) return { value: null, current: false, partial: false, why: 'never' };
    const value = cursor.line.value[cursor.i]!;
    const seenAt = cursor.line.at[cursor.i]!;
    if (at > cursor.until) return { value, current: false, partial: false, seenAt, why: 'late' };
    if (Number.isNaN(value)) return { value: null, current: false, partial: false, seenAt, why: 'not-reported' };
    return { value, current: true, partial: false, seenAt };
  }

  losesAt(id: SeriesId): number | undefined {
    const cursor = this.#cursors.get(id);
    return cursor && cursor.i >= 0 ? cursor.until : undefined;
  }

  window(id: SeriesId, overMs: number): TrendPoint[] {
    const cursor = this.#cursors.get(id);
    const points: TrendPoint[] = [];
    if (!cursor) return points;
    const { at, value } = cursor.line;
    const newest = at[cursor.i] ?? -Infinity;
    for (let i = cursor.i; i >= 0 && at[i]! >= newest - overMs; i--) points.push([at[i]!, Number.isNaN(value[i]!) ? null : value[i]!]);
    return points.reverse();
  }

  usual(figure: FigureId): Pick<Usual, 'hours'> | undefined {
    return this.usuals[figure];
  }

  suspendedUntil(): undefined {
    return undefined;
  }
}

/** Is `a` worse than `b` for this rule? */
function isWorse(rule: Rule, a: number, b: number): boolean {
  const { when } = rule;
  const low = when.kind !== 'composite' && when.kind !== 'late' && when.band.over === undefined && when.band.atLeast === undefined;
  return low ? a < b : a > b;
}

/** All series a rule looks at. */
export function seriesWatchedBy(definition: BoardDefinition, rule: Rule): SeriesId[] {
  const figures = [...figuresOf(rule.when), ...(rule.least ? [rule.least.figure] : [])];
  const late = plainParts(rule.when).flatMap((part) => (part.kind === 'late' ? (definition.feeds[part.feed]?.series ?? []) : []));
  return [...new Set([...figures.flatMap((figure) => seriesOf(definition, figure)), ...late])].filter((id) => definition.series[id]);
}

interface Watching {
  turned?(turning: Turning, alert: Alert | undefined): void;
  judged?(value: number | null): void;
}

/** Takes a rule through all readings before `to`, and through time up to `until`; answers the alert that is open then. */
function run(
  { rule, ...version }: RuleState & { rule: Rule },
  lines: ReadonlyMap<SeriesId, Line>,
  { definition, to, until, usuals }: Pick<BacktestOptions, 'definition' | 'to' | 'usuals'> & { until: number },
  watching: Watching,
): Alert | undefined {
  const past = new Past(definition, usuals ?? {}, seriesWatchedBy(definition, rule), lines);
  const mayOpen = (moment: number): boolean => !rule.active || isWithin(rule.active, definition.zone, moment);
  const waits = rule.active !== undefined || rule.least !== undefined || plainParts(rule.when).some(({ kind }) => kind === 'late');

  let alert: Alert | undefined;
  let changedAt = -Infinity;
  const turn = (turns: readonly Turning[]): void => {
    for (const turning of turns) {
      alert = withTurn(alert, { kind: 'AlertTurned', rule: rule.id, no: 1, ...turning }, { ...version, rule });
      watching.turned?.(turning, alert);
    }
  };
  const judgeAt = (moment: number, after = false): Turning[] =>
    whenJudged(rule, alert, judge(past, rule, after ? moment + 1 : moment), moment, mayOpen(moment));
  const wait = (end: number): void => {
    // Before the first reading there is nothing that time could bring about.
    while (changedAt > -Infinity && (alert || waits)) {
      const next = nextByTime(past, rule, alert, changedAt, judgeAt, -Infinity, end);
      if (!next) return;
      turn(next.turns);
    }
  };
  for (let moment = past.next; moment < to; moment = past.next) {
    wait(moment);
    past.moveTo(moment);
    changedAt = moment;
    const judged = judge(past, rule, moment);
    turn(whenJudged(rule, alert, judged, moment, mayOpen(moment)));
    watching.judged?.(judged.value);
  }
  wait(until);
  return alert;
}

function play(rule: Rule, lines: ReadonlyMap<SeriesId, Line>, options: BacktestOptions): Tested {
  const { definition, from, to } = options;
  const hours = definition.response?.groups[rule.owner]?.hours ?? OFFICE;
  let firing: Firing | undefined;
  const firings: Firing[] = [];
  run(
    { version: 1, rule, since: -Infinity, origin: 'file', by: { id: '', name: '' } },
    lines,
    { ...options, until: to },
    {
      turned({ turn, due }, alert) {
        if (turn === 'raised') firing = { from: due, peak: alert?.value ?? null };
        else if (!alert && firing) {
          firings.push({ ...firing, to: due });
          firing = undefined;
        }
      },
      judged(value) {
        if (firing && value !== null && (firing.peak === null || isWorse(rule, value, firing.peak))) firing.peak = value;
      },
    },
  );
  if (firing) firings.push(firing);

  const within = firings.filter((one) => (one.to ?? to) > from).map((one) => (one.from < from ? { ...one, from } : one));
  const lasted = within.map((one) => (one.to ?? to) - one.from);
  return {
    firings: within,
    count: within.length,
    totalMs: lasted.reduce((a, b) => a + b, 0),
    longestMs: Math.max(0, ...lasted),
    outOfHours: within.filter((one) => !isWithin(hours, definition.zone, one.from)).length,
  };
}

/** The alert that would be open at a moment if the rule had been in force for as long as there are readings. */
export function standing(
  rule: RuleState & { rule: Rule },
  lines: ReadonlyMap<SeriesId, Line>,
  { at, ...options }: Pick<BacktestOptions, 'definition' | 'usuals'> & { at: number },
): Alert | undefined {
  return run(rule, lines, { ...options, to: at + 1, until: at }, {});
}

export function backtest(rule: Rule, lines: ReadonlyMap<SeriesId, Line>, options: BacktestOptions): { proposed: Tested; present?: Tested } {
  const proposed = play(rule, lines, options);
  return options.present ? { proposed, present: play(options.present, lines, options) } : { proposed };
}
