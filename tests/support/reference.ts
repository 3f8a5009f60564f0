/**
 * A second mind on the alerts: what turns should a journal hold (I29)? It takes what people and feeds did from the journal,
 * never what the product made of it, and works everything out again by the dullest way there is: moment after moment, every
 * rule from the values in force. It shares only the freshness contract and the band with the product. No rates, no slopes,
 * nothing usual. Where the design is silent the comments say how it is read; silence of the data never helps (I31).
 */
import type { Band, BoardDefinition, FeedId, FigureId, SeriesId } from '@comm-cell/board/definition';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import type { GroupId } from '@comm-cell/board/response';
import type { Hours, PlainCondition, Rule, RuleId, Severity, Turn } from '@comm-cell/board/rule';
import { isCurrent, judgeFreshness } from '@comm-cell/board/rules/freshness';
import { inBand } from '@comm-cell/board/rules/threshold';
import { localDay, minuteOfDay, MINUTE_MS, offsetMsAt, weekday, type Zone } from '@comm-cell/board/time';

export interface Turned {
  rule: RuleId;
  turn: Turn;
  due: number;
}

/** between: not bad, and not beyond the easier line. none: not judged although the data is there. */
type Verdict = 'bad' | 'between' | 'clear' | 'lost' | 'none';

interface Open {
  phase: 'pending' | 'firing' | 'answered';
  severity: Severity;
  since: number;
  easing?: number;
  seen: number;
  seenAt: number;
  lost: boolean;
  /** Its rule was changed, and no new value of its figures has come since. */
  awaits: boolean;
  /** The ladder of whoever has it, and the moment from which its times count. */
  group: GroupId;
  askedAt: number;
  climbed: number;
  behind?: RuleId | undefined;
}

const PEOPLE: readonly Turn[] = ['acknowledged', 'taken', 'handed-over', 'acting', 'closed'];
const RANK: Record<Severity, number> = { watch: 0, act: 1, critical: 2 };

/** The turns that nobody's hand made, as the journal tells them. */
export function turnsIn(entries: readonly Pick<Entry, 'event'>[]): Turned[] {
  return entries.flatMap(({ event }) =>
    event.kind === 'AlertTurned' && !PEOPLE.includes(event.turn) ? [{ rule: event.rule, turn: event.turn, due: event.due }] : [],
  );
}

/**
 * Where the journal does not tell the turns of the reference, up to `until`. What became true at one moment has no order, and
 * who stands behind whom is idle at the moment at which an alert ends: rules are judged one after the other.
 */
export function differences(entries: readonly Entry[], until: number): string[] {
  const since = entries[0]?.at ?? 0;
  const told = (turns: readonly Turned[]): string[] => {
    const over = new Set(turns.filter(({ turn }) => turn === 'dropped' || turn === 'stood-down').map(({ rule, due }) => `${rule} ${due}`));
    const times = new Map<string, number>();
    return turns
      .filter(({ rule, turn, due }) => due <= until && (turn !== 'released' || !over.has(`${rule} ${due}`)))
      .map(({ rule, turn, due }) => {
        const one = `${rule} ${turn} ${(due - since) / MINUTE_MS}`;
        times.set(one, (times.get(one) ?? 0) + 1);
        return times.get(one) === 1 ? one : `${one} (${times.get(one)})`;
      });
  };
  const [is, ought] = [told(turnsIn(entries)), told(turnsOf(entries, until))];
  const [has, wants] = [new Set(is), new Set(ought)];
  return [...is.filter((one) => !wants.has(one)).map((one) => `too much: ${one}`), ...ought.filter((one) => !has.has(one)).map((one) => `missing: ${one}`)];
}

/** The same turns, as they ought to be, up to the moment `until`. */
export function turnsOf(entries: readonly Entry[], until: number): Turned[] {
  const reference = new Reference();
  for (let i = 0; i < entries.length; i++) {
    const { at, event } = entries[i]!;
    reference.waitUntil(at);
    // What one batch brought is judged together.
    const read = reference.take(event, at);
    while (sameBatch(event, entries[i + 1]?.event)) for (const id of reference.take(entries[++i]!.event, at)) read.add(id);
    reference.judge(at, at, read);
  }
  reference.waitUntil(until);
  return reference.turns;
}

const sameBatch = (a: BoardEvent, b?: BoardEvent): boolean => b !== undefined && 'batch' in a && 'batch' in b && a.feed === b.feed && a.batch === b.batch;

/** By the clock on the wall. The days are those on which the hours begin; `to` is not in them any more. */
export function inHours(hours: Hours | undefined, zone: Zone, moment: number): boolean {
  if (!hours) return true;
  const today = localDay(zone, moment);
  const minute = (moment + offsetMsAt(zone, moment)) / MINUTE_MS - today * 1440;
  const [from, to] = [minuteOfDay(hours.from), minuteOfDay(hours.to)];
  const on = (day: number): boolean => hours.days.includes(weekday(day));
  if (from < to) return on(today) && minute >= from && minute < to;
  return (on(today) && minute >= from) || (on(today - 1) && minute < to);
}

class Reference {
  readonly turns: Turned[] = [];
  #definition!: BoardDefinition;
  #values = new Map<SeriesId, { at: number; rev: number; value: number | string | null; recordedAt: number; ends: number[] }>();
  #held = new Map<SeriesId, number>();
  #pauses = new Map<FeedId, { until: number }>();
  #rules = new Map<RuleId, Rule>();
  #series = new Map<RuleId, readonly SeriesId[]>();
  #open = new Map<RuleId, Open>();
  #shelves = new Map<RuleId, number>();
  #now = -Infinity;
  #due = -Infinity;

  /** An input of the journal; answers the series that have a new value. */
  take(event: BoardEvent, at: number): Set<SeriesId> {
    const read = new Set<SeriesId>();
    if (event.kind === 'BoardDefined') this.#definition = event.definition;
    if (event.kind === 'ReadingsRecorded')
      for (const { series, at: seen, rev = 0, value } of event.readings) {
        const known = this.#values.get(series);
        if (seen >= (this.#held.get(series) ?? Infinity)) this.#held.delete(series);
        if (known && (seen < known.at || (seen === known.at && rev <= known.rev))) continue;
        this.#values.set(series, { at: seen, rev, value, recordedAt: at, ends: this.#endsOf(series, { at: seen, recordedAt: at }) });
        read.add(series);
      }
    if (event.kind === 'ReadingsQuarantined')
      for (const { series, at: seen } of event.readings)
        if (seen >= Math.max(this.#values.get(series)?.at ?? -Infinity, this.#held.get(series) ?? -Infinity)) this.#held.set(series, seen);
    if (event.kind === 'FeedSuspended') this.#pauses.set(event.feed, { until: event.until });
    if (event.kind === 'FeedResumed') this.#pauses.delete(event.feed);
    if (event.kind === 'RuleShelved') this.#shelves.set(event.rule, event.until);
    if (event.kind === 'RuleUnshelved' && event.by) this.#unshelve(event.rule, at);
    if (event.kind === 'RulesAgreed') {
      for (const rule of event.rules) this.#agree(rule.id, rule, at);
      for (const id of event.retired) this.#agree(id, undefined, at);
    }
    const alert = event.kind === 'AlertTurned' && PEOPLE.includes(event.turn) && this.#open.get(event.rule);
    if (alert && (event.turn === 'acknowledged' || event.turn === 'acting')) alert.phase = 'answered';
    if (alert && event.turn === 'handed-over') Object.assign(alert, { phase: 'firing', group: event.group });
    if (alert && event.turn === 'handed-over') this.#ask(event.rule, at);
    if (alert && event.turn === 'closed') this.#open.delete(event.rule);
    return read;
  }

  /** An open alert keeps its phase. A hold counts anew: what was clear by the old line need not be by the new one. */
  #agree(id: RuleId, rule: Rule | undefined, at: number): void {
    if (rule) this.#rules.set(id, rule);
    if (rule) this.#series.set(id, this.#seriesOf(rule));
    else this.#rules.delete(id);
    const alert = this.#open.get(id);
    if (!alert) return;
    alert.awaits = true;
    if (alert.easing !== undefined) Object.assign(alert, { easing: at, seen: 0 });
    if (rule && RANK[rule.severity] > RANK[alert.severity] && alert.phase !== 'pending') {
      alert.phase = 'firing';
      this.#ask(id, at);
    }
    if (rule) alert.severity = rule.severity;
    this.#say(id, 'rule-changed', at);
  }

  #unshelve(id: RuleId, at: number): void {
    if (this.#shelves.delete(id)) this.#ask(id, at);
  }

  /** Told like new: the ladder begins again. */
  #ask(id: RuleId, at: number): void {
    const alert = this.#open.get(id);
    if (alert?.phase === 'firing') Object.assign(alert, { askedAt: at, climbed: 0 });
  }

  #say(rule: RuleId, turn: Turn, due: number): void {
    this.turns.push({ rule, turn, due });
  }

  /** Every moment up to and including `until` at which anything could have changed by itself. */
  waitUntil(until: number): void {
    for (let next = this.#next(); next[0] <= until; next = this.#next()) this.judge(...next);
    this.#now = Math.max(this.#now, until);
    this.#due = Math.max(this.#due, until);
  }

  /** A value is in time at the very end of its grace: late is one millisecond later, and said to be since that end. */
  #next(): [moment: number, due: number] {
    let [moment, due] = [Infinity, Infinity];
    const at = (when: number, since = when): void => {
      const isAhead = when > this.#now || since > this.#due;
      if (isAhead && (when < moment || (when === moment && since < due))) [moment, due] = [when, since];
    };
    for (const { ends } of this.#values.values()) for (const end of ends) at(end + 1, end);
    for (const { until } of this.#pauses.values()) at(until);
    for (const until of this.#shelves.values()) at(until);
    for (const [id, rule] of this.#rules) {
      const alert = this.#open.get(id);
      if (alert) {
        at(alert.since + rule.forMs);
        if (alert.easing !== undefined) at(alert.easing + rule.clear.forMs);
        for (const { afterMs } of this.#ladder(alert)) at(alert.askedAt + afterMs);
      } else if (rule.active && this.#verdict(rule, this.#now) === 'bad') at((Math.floor(this.#now / MINUTE_MS) + 1) * MINUTE_MS);
    }
    return [moment, due];
  }

  /** Up to when a value is current, and up to when it is not withdrawn. */
  #endsOf(id: SeriesId, reading: { at: number; recordedAt: number }): number[] {
    const feed = this.#definition.feeds[this.#definition.series[id]!.feed]!;
    const { expectedAt } = judgeFreshness(feed, this.#definition.zone, reading, undefined, reading.at);
    return [expectedAt! + feed.graceMs, Math.min(reading.at, reading.recordedAt) + feed.limitMs];
  }

  #ladder({ severity, group }: Open): readonly { afterMs: number }[] {
    return severity === 'watch' ? [] : (this.#definition.response?.groups[group]?.climb ?? []);
  }

  judge(now: number, due: number, read: ReadonlySet<SeriesId> = new Set()): void {
    this.#now = now;
    this.#due = due;
    for (const [id, until] of this.#shelves) if (until <= due) this.#unshelve(id, until);
    for (const rule of this.#rules.values()) this.#turn(rule, now, due, read);
    for (const [id, alert] of this.#open) {
      const raised = (composite: RuleId): boolean => (this.#open.get(composite)?.phase ?? 'pending') !== 'pending';
      const behind = [...this.#rules.values()].find((rule) => rule.supersedes?.includes(id) && raised(rule.id))?.id;
      if (behind !== alert.behind) this.#say(id, behind === undefined ? 'released' : 'superseded', due);
      if (alert.behind !== undefined && behind === undefined) this.#ask(id, due);
      alert.behind = behind;
    }
    for (const [id, alert] of this.#open) {
      if (!this.#rules.has(id) || alert.phase !== 'firing' || alert.behind !== undefined || this.#shelves.has(id)) continue;
      const told = this.#ladder(alert).filter(({ afterMs }) => alert.askedAt + afterMs <= due).length;
      for (; alert.climbed < told; alert.climbed++) this.#say(id, 'climbed', due);
    }
  }

  #turn(rule: Rule, now: number, due: number, read: ReadonlySet<SeriesId>): void {
    const verdict = this.#verdict(rule, now);
    const series = this.#series.get(rule.id)!;
    const newest = Math.max(-Infinity, ...series.map((id) => this.#values.get(id)?.at ?? -Infinity));
    const say = (turn: Turn): void => this.#say(rule.id, turn, due);
    let alert = this.#open.get(rule.id);
    if (!alert) {
      if (verdict !== 'bad' || !inHours(rule.active, this.#definition.zone, due)) return;
      alert = {
        phase: 'pending',
        severity: rule.severity,
        since: due,
        seen: 1,
        seenAt: newest,
        lost: false,
        awaits: false,
        group: rule.owner,
        askedAt: Infinity,
        climbed: 0,
      };
      this.#open.set(rule.id, alert);
      say('opened');
    }
    if (series.some((id) => read.has(id))) alert.awaits = false;
    const clear = verdict === 'clear' && !alert.awaits;
    const another = newest > alert.seenAt && !alert.awaits;
    if (alert.easing !== undefined && !clear && (!alert.awaits || verdict === 'lost')) {
      delete alert.easing;
      say('relapsed');
    }
    if (alert.lost !== (verdict === 'lost')) {
      alert.lost = !alert.lost;
      say(alert.lost ? 'data-lost' : 'data-back');
    }
    if (alert.phase === 'pending') {
      if (!alert.awaits && (verdict === 'clear' || verdict === 'between')) {
        this.#open.delete(rule.id);
        return say('dropped');
      }
      if (verdict === 'bad' && another && alert.seen < rule.forReadings) {
        Object.assign(alert, { seen: alert.seen + 1, seenAt: newest });
        say('counted');
      }
      // Readings that are missing because the data stopped will not come; to wait for them would let silence suppress an alert.
      if (due < alert.since + rule.forMs || (alert.seen < rule.forReadings && !alert.lost)) return;
      Object.assign(alert, { phase: 'firing', askedAt: due });
      say('raised');
    }
    if (!clear) return;
    if (alert.easing === undefined) {
      Object.assign(alert, { easing: due, seen: 1, seenAt: newest });
      say('eased');
    } else if (another && alert.seen < rule.clear.readings) {
      Object.assign(alert, { seen: alert.seen + 1, seenAt: newest });
      say('counted');
    }
    if (due < alert.easing! + rule.clear.forMs || alert.seen < rule.clear.readings) return;
    this.#open.delete(rule.id);
    say('stood-down');
  }

  #verdict(rule: Rule, now: number): Verdict {
    const { when, clear, least } = rule;
    const verdict = when.kind === 'composite' ? this.#composite(when.of, when.atLeast, now) : this.#plain(when, clear.band, now);
    const whole = least && this.#number(least.figure, now);
    if (!least || verdict === 'lost') return verdict;
    // A denominator nobody knows hides nothing and clears nothing.
    if (whole === undefined) return verdict === 'bad' ? 'bad' : 'lost';
    return whole < least.atLeast ? 'none' : verdict;
  }

  #composite(of: readonly PlainCondition[], atLeast: number, now: number): Verdict {
    const parts = of.map((part) => this.#plain(part, undefined, now));
    const [bad, fine] = [parts.filter((part) => part === 'bad').length, parts.filter((part) => part === 'clear').length];
    if (bad >= atLeast) return 'bad';
    if (parts.length - fine < atLeast) return 'clear';
    return parts.includes('lost') ? 'lost' : 'none';
  }

  #plain(when: PlainCondition, easier: Band | undefined, now: number): Verdict {
    if (when.kind === 'late') {
      const { series } = this.#definition.feeds[when.feed]!;
      const seen = series.map((id) => this.#freshness(id, now));
      if (seen.some(isCurrent)) return 'clear';
      return seen.some((one) => one === 'late' || one === 'expired') ? 'bad' : 'none';
    }
    if (when.kind !== 'line' && when.kind !== 'share' && when.kind !== 'difference')
      throw new Error(`The reference does not know conditions of kind "${when.kind}".`);
    let value = this.#number(when.figure, now);
    if (when.kind === 'line' && value === undefined) return this.#badAlready(when.figure, when.band, now) ? 'bad' : 'lost';
    if (when.kind !== 'line') {
      const other = this.#number(when.kind === 'share' ? when.of : when.less, now);
      if (value === undefined || other === undefined) return 'lost';
      if (when.kind === 'share' && other < when.least) return 'none';
      value = when.kind === 'share' ? (100 * value) / other : value - other;
    }
    if (inBand(value!, when.band)) return 'bad';
    return !easier || inBand(value!, easier) ? 'clear' : 'between';
  }

  #freshness(id: SeriesId, now: number): ReturnType<typeof judgeFreshness>['freshness'] {
    const feed = this.#definition.feeds[this.#definition.series[id]!.feed]!;
    return judgeFreshness(feed, this.#definition.zone, this.#values.get(id), this.#pauses.get(feed.id), now).freshness;
  }

  /** The value of a figure, if it is a number, current, complete and not in doubt. */
  #number(figure: FigureId, now: number): number | undefined {
    const rollup = this.#definition.rollups[figure];
    if (rollup) {
      const parts = rollup.of.map((id) => this.#number(id, now));
      return parts.every((part) => part !== undefined) ? sumOrMax(rollup.how, parts) : undefined;
    }
    const value = this.#values.get(figure)?.value;
    return typeof value === 'number' && isCurrent(this.#freshness(figure, now)) && !this.#held.has(figure) ? value : undefined;
  }

  /** A sum or a greatest that is over its line with a part missing is so whatever that part may be. */
  #badAlready(figure: FigureId, { over, atLeast }: Band, now: number): boolean {
    const rollup = this.#definition.rollups[figure];
    if (!rollup || rollup.of.some((id) => this.#held.has(id))) return false;
    const parts = rollup.of.map((id) => this.#number(id, now)).filter((part) => part !== undefined);
    return parts.length > 0 && inBand(sumOrMax(rollup.how, parts), { ...(over !== undefined && { over }), ...(atLeast !== undefined && { atLeast }) });
  }

  #seriesOf({ when }: Rule): SeriesId[] {
    const plain = when.kind === 'composite' ? when.of : [when];
    const figures = plain.flatMap((one) =>
      one.kind === 'late'
        ? this.#definition.feeds[one.feed]!.series
        : [one.figure, ...(one.kind === 'share' ? [one.of] : one.kind === 'difference' ? [one.less] : [])],
    );
    return figures.flatMap((figure) => this.#definition.rollups[figure]?.of ?? [figure]);
  }
}

function sumOrMax(how: string, parts: readonly number[]): number {
  if (how !== 'sum' && how !== 'max') throw new Error(`The reference does not know roll-ups by ${how}.`);
  return how === 'sum' ? parts.reduce((a, b) => a + b, 0) : Math.max(...parts);
}
