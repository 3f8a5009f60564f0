/** The life of an alert put together from its turns in the journal, and what a week of such lives says. Pure. */
import type { BoardEvent } from '@comm-cell/board/events';
import type { RuleId } from '@comm-cell/board/rule';
import { DAY_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { Episode, Review } from '@comm-cell/contract/desk';

export type Turned = Extract<BoardEvent, { kind: 'AlertTurned' }>;

const BY_ITSELF_MS = 30 * MINUTE_MS;
const FLOOD_MS = 10 * MINUTE_MS;
const FLOOD_OVER = 10;
const STANDING_MS = DAY_MS;
const NOISIEST = 5;

/** `turns` in the order of the journal, each alert from its first turn on. */
export function episodesOf(turns: Iterable<Turned>): Episode[] {
  const episodes = new Map<number, Episode>();
  for (const turned of turns) {
    const { no, rule, due } = turned;
    const episode = episodes.get(no) ?? { no, rule, openedAt: due };
    episodes.set(no, episode);
    if (turned.severity !== undefined) episode.severity = turned.severity;
    switch (turned.turn) {
      case 'raised':
        episode.raisedAt = due;
        if (turned.value !== undefined) episode.value = turned.value;
        break;
      case 'acknowledged':
      case 'taken':
        episode.answeredAt ??= due;
        if (turned.by) episode.answeredBy ??= turned.by;
        break;
      case 'acting':
        episode.actedAt ??= due;
        break;
      case 'superseded':
        if (turned.behind !== undefined) episode.behind = { rule: turned.behind, since: due };
        break;
      case 'released':
        delete episode.behind;
        break;
      case 'dropped':
      case 'stood-down':
      case 'closed':
        episode.endedAt = due;
        episode.ended = turned.turn;
        break;
      default:
      // The other turns leave no mark on a life.
    }
  }
  return [...episodes.values()];
}

/** Nobody was ever told of it: a composite spoke for it from the beginning. */
function wasHidden({ behind, raisedAt }: Episode): boolean {
  return behind !== undefined && raisedAt !== undefined && behind.since <= raisedAt;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function floodsOf(raisedAts: readonly number[]): Review['floods'] {
  const floods: Review['floods'] = [];
  let first = 0;
  let floodsFirst = 0;
  raisedAts.forEach((at, last) => {
    while (at - raisedAts[first]! > FLOOD_MS) first++;
    if (last - first + 1 <= FLOOD_OVER) return;
    const flood = floods.at(-1);
    if (flood && raisedAts[first]! <= flood.to) {
      flood.to = at;
      flood.raised = last - floodsFirst + 1;
    } else {
      floodsFirst = first;
      floods.push({ from: raisedAts[first]!, to: at, raised: last - first + 1 });
    }
  });
  return floods;
}

function timesOf(rules: readonly RuleId[]): { rule: RuleId; times: number }[] {
  const times = new Map<RuleId, number>();
  for (const rule of rules) times.set(rule, (times.get(rule) ?? 0) + 1);
  return [...times].map(([rule, n]) => ({ rule, times: n })).sort((a, b) => b.times - a.times || a.rule.localeCompare(b.rule));
}

export interface Week {
  from: number;
  to: number;
  /** The review may be asked for before the stretch is over. */
  now: number;
  /** Every alert that was open at some moment of the stretch. */
  episodes: readonly Episode[];
  /** Rules in force. */
  rules: readonly RuleId[];
  shelvings: readonly RuleId[];
}

/** The numbers of EEMUA 191 and ISA-18.2 by which an alarm system is judged. */
export function reviewOf({ from, to, now, episodes, rules, shelvings }: Week): Review {
  const fired = episodes
    .filter((one): one is Episode & { raisedAt: number } => one.raisedAt !== undefined && one.raisedAt >= from && one.raisedAt < to)
    .sort((a, b) => a.raisedAt - b.raisedAt);
  const told = fired.filter((one) => !wasHidden(one));
  const shareOf = (some: (one: (typeof told)[number]) => boolean): number | null => (told.length === 0 ? null : told.filter(some).length / told.length);
  const byItself = ({ raisedAt, ended, endedAt, answeredAt, actedAt }: (typeof told)[number]): boolean =>
    ended === 'stood-down' && endedAt! - raisedAt <= BY_ITSELF_MS && answeredAt === undefined && actedAt === undefined;
  const until = Math.min(to, now);
  const firedRules = new Set(fired.map(({ rule }) => rule));
  return {
    from,
    to,
    raised: told.length,
    behind: fired.length - told.length,
    acknowledgedShare: shareOf(({ answeredAt }) => answeredAt !== undefined),
    medianToAcknowledgeMs: median(told.flatMap(({ raisedAt, answeredAt }) => (answeredAt === undefined ? [] : [answeredAt - raisedAt]))),
    actedShare: shareOf(({ actedAt }) => actedAt !== undefined),
    byThemselvesShare: shareOf(byItself),
    noisiest: timesOf(told.map(({ rule }) => rule))
      .slice(0, NOISIEST)
      .map(({ rule, times }) => ({ rule, raised: times })),
    neverFired: rules.filter((rule) => !firedRules.has(rule)).sort(),
    standing: episodes
      .flatMap(({ no, rule, raisedAt, endedAt }) => {
        if (raisedAt === undefined || raisedAt >= to || (endedAt ?? Infinity) < from) return [];
        const forMs = Math.min(endedAt ?? until, until) - raisedAt;
        return forMs > STANDING_MS ? [{ no, rule, raisedAt, forMs }] : [];
      })
      .sort((a, b) => b.forMs - a.forMs),
    floods: floodsOf(told.map(({ raisedAt }) => raisedAt)),
    shelved: timesOf(shelvings),
  };
}
