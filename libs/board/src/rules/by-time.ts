/** What time alone brings about for one rule: the ends of dwell and hold, lost data, late feeds, the start of active hours. */
import type { Rule } from '../rule.js';
import type { Alert } from '../state.js';
import { dwellEnds, holdEnds, type Course, type Turning } from './alert.js';
import { judge, lateSince, lossesUpTo } from './condition.js';
import type { Sight } from './figure.js';
import { beginAfter } from './hours.js';
import { plainParts } from './watched.js';

/** How many beginnings of active hours are looked back at; a value is seldom current for longer. */
const BEGINNINGS = 14;

export interface ByTime {
  at: number;
  what: 'dwelt' | 'held' | 'began' | 'lost';
  turns: Turning[];
}

/** Moments at which something this rule watches was lost, or its feed became late: since its last change and its last turn. */
function lossesSince(sight: Sight, rule: Rule, alert: (Course & Pick<Alert, 'turnedAt'>) | undefined, since: number, at: number): number[] {
  const late =
    rule.when.kind === 'late' || rule.when.kind === 'composite' ? plainParts(rule.when).flatMap((part) => (part.kind === 'late' ? [part.feed] : [])) : [];
  // No value that is lost makes anything bad that is not: only silence itself does, or a denominator that hid it.
  if (alert === undefined && late.length === 0 && !rule.least) return [];
  // What is lost already is not lost again; a moment within a suspension, looked at when that is over, would even seem good.
  const moments = alert?.lostSince === undefined ? lossesUpTo(sight, rule, at) : [];
  if (late.length === 0 && moments.length === 0) return [];
  const all = new Set(moments);
  for (const feed of late) {
    const moment = lateSince(sight, feed);
    if (moment !== undefined && moment < at) all.add(moment);
  }
  return [...all].filter((moment) => moment >= since && moment >= (alert?.turnedAt ?? -Infinity)).sort((a, b) => a - b);
}

/** A timer that a new version of the rule has made shorter, or begun, ends with that version's beginning at the earliest. */
export function notBefore(end: number | undefined, agreedAt: number): number | undefined {
  return end === undefined ? undefined : Math.max(end, agreedAt);
}

/**
 * The first of them up to `at`. `since`: when what the rule watches, or the rule itself, last changed. `judgeAt`: the turns to
 * which judging at a moment leads (`after`: just behind it). `agreedAt`: when this version of the rule came into force.
 */
export function nextByTime(
  sight: Sight,
  rule: Rule,
  alert: (Course & Pick<Alert, 'turnedAt'>) | undefined,
  since: number,
  judgeAt: (moment: number, after?: boolean) => Turning[],
  agreedAt: number,
  at: number,
): ByTime | undefined {
  const valueAt = (moment: number): Pick<Turning, 'value'> => {
    const { judged, value } = judge(sight, rule, moment);
    return judged ? { value } : {};
  };
  let first: ByTime | undefined;
  const dwell = alert && notBefore(dwellEnds(rule, alert), agreedAt);
  const hold = alert && notBefore(holdEnds(rule, alert), agreedAt);
  if (dwell !== undefined && dwell <= at)
    first = { at: dwell, what: 'dwelt', turns: [{ turn: 'raised', due: dwell, severity: rule.severity, ...valueAt(dwell) }] };
  else if (hold !== undefined && hold <= at) first = { at: hold, what: 'held', turns: [{ turn: 'stood-down', due: hold, ...valueAt(hold) }] };
  else if (!alert && rule.active) {
    let begin = beginAfter(rule.active, sight.definition.zone, since);
    for (let i = 0; !first && i < BEGINNINGS && begin !== undefined && begin <= at; i++) {
      const turns = judgeAt(begin);
      if (turns.length > 0) first = { at: begin, what: 'began', turns };
      else begin = beginAfter(rule.active, sight.definition.zone, begin);
    }
  }
  for (const moment of lossesSince(sight, rule, alert, since, at)) {
    if (first && first.at <= moment) break;
    const turns = judgeAt(moment, true);
    if (turns.length > 0) return { at: moment, what: 'lost', turns };
  }
  return first;
}
