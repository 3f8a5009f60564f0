/**
 * What follows from an event without anybody's doing: alerts turn, levels move, actions are chased. It runs with every
 * submission, in the same fold and the same append, so that an alert is as durable as the reading that raised it.
 *
 * Everything here is a function of the journal alone: timers end at moments computed from journaled times, whichever tick
 * or reading finds them, so that a restart, a slow tick or another process changes nothing.
 *
 * It rests on this: after every event each rule that it concerns has been judged, and time alone can only take a value away
 * or make a feed late. So between two events nothing can turn but what is listed here.
 */
import type { BoardDefinition, FeedId } from '../definition.js';
import type { BoardEvent } from '../events.js';
import type { Fold } from '../evolve.js';
import type { Rule, RuleId } from '../rule.js';
import { escalateAt, groupOf, nextGroup, remindAt } from '../rules/action.js';
import { climbsAt, holdEnds, isRaised, turned, whenJudged, type Turning } from '../rules/alert.js';
import { nextByTime, notBefore } from '../rules/by-time.js';
import { reminderDue } from '../rules/cell-times.js';
import { isIdle, judge } from '../rules/condition.js';
import { sightOf } from '../rules/figure.js';
import { isWithin } from '../rules/hours.js';
import { missedAt } from '../rules/passing.js';
import { figuresOf, plainParts, seriesOf, watched, type Watched } from '../rules/watched.js';
import type { Action, Alert, BoardState, RuleState } from '../state.js';
import { HOUR_MS } from '../time.js';
import { turnLevels } from './turn-levels.js';

/** An overdue action is chased at its moment and so often again, then it is for people to ask. */
export const CHASE_EVERY_MS = 4 * HOUR_MS;
export const CHASES = 6;

/** An act or critical rule, as it is or as it is to be, is not one person's to change. */
export function needsSecond(state: RuleState | undefined, proposed: Rule | null): boolean {
  return [state?.rule, proposed].some((rule) => rule?.severity === 'act' || rule?.severity === 'critical');
}

/** Something that is to happen at a moment. At the same one, in the order of rank: what helps before what hurts. */
interface Due {
  at: number;
  rank: number;
  run(): void;
}
const RANKS = {
  resumed: 0,
  agreed: 1,
  unshelved: 2,
  dwelt: 3,
  held: 4,
  began: 5,
  climbed: 6,
  lost: 7,
  reminded: 8,
  chased: 9,
  escalated: 10,
  gathered: 11,
  missed: 12,
} as const;

const ends = new WeakMap<Alert, number>();

/** When the next timer of an alert ends, at the earliest: remembered with the alert, which is replaced with every turn. */
function timerEnds(rule: Rule, alert: Alert, definition: BoardDefinition): number {
  let end = ends.get(alert);
  if (end === undefined) {
    const climb = climbsAt(alert, definition.response?.groups[alert.group])?.at;
    // Silence may raise one that is pending.
    end = alert.phase === 'pending' ? -Infinity : Math.min(holdEnds(rule, alert) ?? Infinity, climb ?? Infinity);
    ends.set(alert, end);
  }
  return end;
}

class Reaction {
  readonly events: BoardEvent[] = [];
  #moved = new Set<RuleId>();

  constructor(
    readonly fold: Fold,
    readonly at: number,
  ) {}

  get state(): BoardState {
    return this.fold.peek;
  }

  get watched(): Watched {
    return watched(this.state.definition!, this.state.rules);
  }

  apply(event: BoardEvent): void {
    this.fold.apply(event, this.at);
    this.events.push(event);
  }

  /** Takes the alert of a rule through these turns. */
  turn(id: RuleId, turns: readonly Turning[]): void {
    for (const turning of turns) {
      const { alerts, counts } = this.state;
      this.apply({ kind: 'AlertTurned', rule: id, no: alerts[id]?.no ?? counts.alerts + 1, ...turning });
      if (turning.turn !== 'counted') this.moved(id);
    }
  }

  /** The alert of this rule, and those of the rules it supersedes, may stand elsewhere now. */
  moved(id: RuleId): void {
    if (this.watched.before.size === 0 && this.state.alerts[id]?.behind === undefined) return;
    for (const one of [id, ...(this.state.rules[id]?.rule?.supersedes ?? [])]) this.#moved.add(one);
  }

  get hasMoved(): boolean {
    return this.#moved.size > 0;
  }

  /**
   * Puts them behind one another. Once everything of one moment has turned, so that nobody is told of an alert that a
   * composite leaves free and that is over in the same moment.
   */
  arrange(due: number): void {
    const { before } = this.watched;
    for (const id of this.#moved) {
      const { alerts } = this.state;
      const alert = alerts[id];
      if (!alert) continue;
      const cause = (before.get(id) ?? []).find((other) => other !== id && alerts[other] !== undefined && isRaised(alerts[other]));
      if (cause === alert.behind) continue;
      // The beginning of active hours is found with the next reading of the feed, which may be after the composite was raised.
      if (cause === undefined) this.apply(turned(alert, 'released', due));
      else this.apply(turned(alert, 'superseded', Math.max(due, alerts[cause]!.firedAt!), { behind: cause }));
    }
    this.#moved.clear();
  }

  /** Judges a rule as things stood at `moment`. `after`: a moment at which something ended, judged just behind it. */
  judge(rule: Rule, moment: number, after = false): Turning[] {
    const alert = this.state.alerts[rule.id];
    const judged = judge(sightOf(this.state), rule, after ? moment + 1 : moment);
    // Under a new version the next reading is judged, not the one that there was: till then only a loss of data counts.
    if (alert?.changedFrom !== undefined && (judged.judged || isIdle(judged)) && this.#readAt(rule) <= this.state.rules[rule.id]!.since)
      return alert.lostSince === undefined ? [] : [{ turn: 'data-back', due: moment }];
    return whenJudged(rule, alert, judged, moment, this.mayOpen(rule, moment));
  }

  mayOpen(rule: Rule, moment: number): boolean {
    return !rule.active || isWithin(rule.active, this.state.definition!.zone, moment);
  }

  /** Judges a rule that something has happened to. */
  follow(id: RuleId, moment: number): void {
    const { rule, version } = this.state.rules[id]!;
    const alert = this.state.alerts[id];
    if (alert && alert.ruleVersion !== version) this.turn(id, [{ turn: 'rule-changed', due: moment, ...(rule && { severity: rule.severity }) }]);
    if (rule) this.turn(id, this.judge(rule, moment));
  }

  /** The next thing that happens to a rule by time alone. */
  ruleDue(id: RuleId): Due | undefined {
    const { rule = null, since = 0 } = this.state.rules[id] ?? {};
    if (!rule) return undefined;
    const alert = this.state.alerts[id];
    const judgeAt = (moment: number, after?: boolean): Turning[] => this.judge(rule, moment, after);
    const next = nextByTime(sightOf(this.state), rule, alert, this.#changedAt(rule), judgeAt, since, this.at);
    const climb = alert && !this.state.shelves[id] ? climbsAt(alert, this.state.definition!.response?.groups[alert.group]) : undefined;
    const climbs = notBefore(climb?.at, since) ?? Infinity;
    if (climb && climbs <= this.at && !(next && (next.at < climbs || (next.at === climbs && next.what !== 'lost'))))
      return { at: climbs, rank: RANKS.climbed, run: () => this.apply(turned(alert!, 'climbed', climbs, { group: climb.group })) };
    return next && { at: next.at, rank: RANKS[next.what], run: () => this.turn(id, next.turns) };
  }

  /** The newest recorded reading of what the rule watches. */
  #readAt(rule: Rule): number {
    const { definition, series } = this.state;
    const late = plainParts(rule.when).flatMap((part) => (part.kind === 'late' ? (definition!.feeds[part.feed]?.series ?? []) : []));
    let newest = -Infinity;
    for (const id of [...late, ...figuresOf(rule.when).flatMap((figure) => seriesOf(definition!, figure))])
      newest = Math.max(newest, series[id]?.recordedAt ?? -Infinity);
    return newest;
  }

  /** When that, or the rule itself, last changed. */
  #changedAt(rule: Rule): number {
    return Math.max(this.state.rules[rule.id]!.since, this.#readAt(rule));
  }

  resumeDue(feed: FeedId): Due | undefined {
    const until = this.state.feeds[feed]?.suspended?.until;
    if (until === undefined || until > this.at) return undefined;
    const run = (): void => {
      this.apply({ kind: 'FeedResumed', feed });
      for (const rule of [...(this.watched.byFeed.get(feed) ?? [])]) this.follow(rule.id, until);
    };
    return { at: until, rank: RANKS.resumed, run };
  }

  agreeDue(id: RuleId): Due | undefined {
    const state = this.state.rules[id];
    const proposed = state?.proposed;
    if (!proposed || proposed.from > this.at || (needsSecond(state, proposed.rule) && !proposed.approved)) return undefined;
    const { rule, from, by, reason } = proposed;
    const run = (): void => {
      this.apply({ kind: 'RulesAgreed', rules: rule ? [rule] : [], retired: rule ? [] : [id], origin: 'screen', by, reason, due: from });
      this.follow(id, from);
      for (const one of Object.keys(this.state.alerts)) this.moved(one);
    };
    return { at: from, rank: RANKS.agreed, run };
  }

  shelfDue(id: RuleId): Due | undefined {
    const shelf = this.state.shelves[id];
    return shelf && shelf.until <= this.at ? { at: shelf.until, rank: RANKS.unshelved, run: () => this.apply({ kind: 'RuleUnshelved', rule: id }) } : undefined;
  }

  /** What comes next for an action: a word beforehand, chasing, and the next group where its owner says nothing. */
  actionDue(no: string): Due | undefined {
    const action = this.state.actions[no];
    if (!action) return undefined;
    const group = action.escalatedTo === undefined ? groupOf(this.state, action) : undefined;
    const above = group === undefined ? undefined : nextGroup(this.state, group);
    const dues: Due[] = [];
    if (!action.reminded && action.chased === 0)
      dues.push({ at: remindAt(action), rank: RANKS.reminded, run: () => this.apply({ kind: 'ActionReminded', no: action.no }) });
    if (action.chased < CHASES) dues.push({ at: action.due + action.chased * CHASE_EVERY_MS, rank: RANKS.chased, run: () => this.#chase(action) });
    if (above !== undefined)
      dues.push({ at: escalateAt(action), rank: RANKS.escalated, run: () => this.apply({ kind: 'ActionEscalated', no: action.no, group: above }) });
    return dues.filter(({ at }) => at <= this.at).sort((a, b) => a.at - b.at || a.rank - b.rank)[0];
  }

  /** A word before the next huddle. */
  huddleDue(): Due | undefined {
    const near = reminderDue(this.state, this.at);
    return near && { at: near.since, rank: RANKS.gathered, run: () => this.apply({ kind: 'HuddleReminded', due: near.due }) };
  }

  /** The moment for an answer has passed: of what came in (by its key), or of what was passed on (by its number). */
  missedDue(slice: 'passed' | 'arrived', key: string): Due | undefined {
    const one = this.state[slice][key];
    const at = one && missedAt(one);
    if (at === undefined || at > this.at) return undefined;
    const from = 'from' in one! ? { from: one.from } : {};
    return { at, rank: RANKS.missed, run: () => this.apply({ kind: 'AnswerMissed', ...from, no: one!.no }) };
  }

  #chase({ no, chased }: Action): void {
    this.apply({ kind: 'ActionChased', no, times: chased + 1 });
  }
}

/**
 * Before a submission is decided: everything that became due up to `at`, in the order in which it did. `feed`: only the
 * silence of this feed is looked for (a reading of it is about to end it); left out, as on a tick, that of all.
 * Applies what it returns to the fold.
 */
export function comeDue(fold: Fold, at: number, feed?: FeedId): BoardEvent[] {
  // Levels first: they look at suspensions that end here.
  const levels = turnLevels(fold, at);
  const reaction = new Reaction(fold, at);
  const { definition, alerts, shelves, actions, feeds } = reaction.state;
  if (!definition) return [];
  /** Where to look for the next due of a thing, by the thing. */
  const looks = new Map<string, () => Due | undefined>();
  const rule = (id: RuleId): unknown => looks.set(id, () => reaction.ruleDue(id));
  const { before } = reaction.watched;
  const near = new Set(feed === undefined ? [] : reaction.watched.byFeed.get(feed));
  // What stands before or behind another must be found in its time, for the other's sake.
  const matters = (one: Rule): boolean => before.has(one.id) || one.supersedes !== undefined || near.has(one);
  const closed = (rules: readonly Rule[]): void => {
    for (const one of rules) if (feed === undefined || matters(one)) rule(one.id);
  };
  const { late, timed, proposed } = reaction.watched;
  for (const [id, alert] of Object.entries(alerts)) {
    const state = reaction.state.rules[id];
    // Of many open alerts few have anything to do with a reading: the silence of other feeds is found by the next tick.
    if (feed === undefined || !state?.rule || matters(state.rule) || timerEnds(state.rule, alert, definition) <= at) rule(id);
  }
  for (const [id, rules] of late) if (feed === undefined || id === feed || before.size > 0) closed(rules);
  if (timed.length > 0) closed(timed);
  for (const id in feeds) if (feeds[id]!.suspended) looks.set(`feed ${id}`, () => reaction.resumeDue(id));
  for (const id of proposed) looks.set(`proposed ${id}`, () => reaction.agreeDue(id));
  for (const id of Object.keys(shelves)) looks.set(`shelf ${id}`, () => reaction.shelfDue(id));
  for (const no of Object.keys(actions)) looks.set(`action ${no}`, () => reaction.actionDue(no));
  // Half an hour's notice does not depend on a reading that is a few seconds before the next tick.
  if (definition.cell && feed === undefined) looks.set('huddle', () => reaction.huddleDue());

  for (const slice of feed === undefined ? (['passed', 'arrived'] as const) : [])
    for (const key of Object.keys(reaction.state[slice])) looks.set(`${slice} ${key}`, () => reaction.missedDue(slice, key));

  const dues = new Map<string, Due>();
  const look = (key: string): void => {
    const due = looks.get(key)?.();
    if (due) dues.set(key, due);
    else dues.delete(key);
  };
  /** What has been touched may be due at another moment now, and new alerts may be open. */
  const lookAgain = (from: number): void => {
    const ids = reaction.events.slice(from).flatMap((event) => {
      if (event.kind === 'RulesAgreed') return [...event.rules.map(({ id }) => id), ...event.retired];
      return event.kind === 'AlertTurned' || event.kind === 'RuleUnshelved' ? [event.rule] : [];
    });
    for (const id of ids) {
      rule(id);
      look(id);
    }
  };
  for (const key of looks.keys()) look(key);
  for (let moment = -Infinity; ;) {
    let first: string | undefined;
    for (const [key, due] of dues) {
      const best = first === undefined ? undefined : dues.get(first)!;
      if (!best || due.at < best.at || (due.at === best.at && (due.rank < best.rank || (due.rank === best.rank && key < first!)))) first = key;
    }
    const due = first === undefined ? undefined : dues.get(first)!;
    const from = reaction.events.length;
    // Nobody is told to climb to an alert that stands behind another from this moment on.
    if (reaction.hasMoved && !(due && due.at <= moment && due.rank < RANKS.climbed)) {
      reaction.arrange(moment);
      lookAgain(from);
      continue;
    }
    if (!due) return [...levels, ...reaction.events];
    moment = due.at;
    due.run();
    look(first!);
    lookAgain(from);
  }
}

/** The rules that an event concerns. */
function* concerned(reaction: Reaction, event: BoardEvent): Iterable<RuleId> {
  const { state, watched: index } = reaction;
  switch (event.kind) {
    case 'ReadingsRecorded':
    case 'ReadingsQuarantined':
      if ('history' in event) return;
      for (const { series } of event.readings) {
        const rules = index.bySeries.get(series);
        if (rules) for (const rule of rules) yield rule.id;
      }
      break;
    case 'FeedSuspended':
    case 'FeedResumed':
      for (const rule of index.byFeed.get(event.feed) ?? []) yield rule.id;
      break;
    case 'RulesAgreed':
      for (const { id } of event.rules) yield id;
      yield* event.retired;
      break;
    case 'BoardDefined':
      yield* Object.keys(state.rules);
      break;
    case 'UsualLearned':
      for (const { figure } of event.usuals)
        for (const series of seriesOf(state.definition!, figure))
          for (const rule of index.bySeries.get(series) ?? []) if (figuresOf(rule.when).includes(figure)) yield rule.id;
      break;
    default:
  }
}

/** After it: what follows from the events just applied. Applies what it returns to the fold. */
export function follow(fold: Fold, led: readonly BoardEvent[], at: number): BoardEvent[] {
  const reaction = new Reaction(fold, at);
  if (!reaction.state.definition) return [];
  const touched = new Set<RuleId>();
  for (const event of led) {
    for (const id of concerned(reaction, event)) touched.add(id);
    if (event.kind === 'AlertTurned') reaction.moved(event.rule);
  }
  // One order for all processes: the numbers of new alerts depend on it.
  for (const id of [...touched].sort()) {
    reaction.follow(id, at);
    // A new version with a shorter time may find that it is over.
    if (reaction.state.alerts[id]?.changedFrom !== undefined) reaction.ruleDue(id)?.run();
  }
  if (led.some(({ kind }) => kind === 'RulesAgreed')) for (const id of Object.keys(reaction.state.alerts)) reaction.moved(id);
  reaction.arrange(at);
  return led.length > 0 ? [...reaction.events, ...turnLevels(fold, at)] : reaction.events;
}
