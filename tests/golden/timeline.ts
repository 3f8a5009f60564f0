/**
 * Plays a golden timeline: what providers send, at which minute, and what the wall must show then. It goes through the same
 * deciding, folding and viewing as the server and the screens; the clock is the timeline's own.
 */
import { canonical } from '@comm-cell/board/canonical';
import { acknowledge, closeAlert, handOver, shelveRule, take, unshelveRule } from '@comm-cell/board/decide/answer-alert';
import { closePlace, openPlace } from '@comm-cell/board/decide/close-place';
import type { Decision } from '@comm-cell/board/decide/decision';
import { raiseAction, closeAction } from '@comm-cell/board/decide/actions';
import { callHuddle, closeForgotten, closeHuddle, markAttendance, moveHuddle, noteHuddle, openHuddle, skipHuddle } from '@comm-cell/board/decide/huddle';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { claimCapacity, offerCapacity, withdrawCapacity } from '@comm-cell/board/decide/offer-capacity';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { correctFigure, correctionRows, pushFigures } from '@comm-cell/board/decide/push-figures';
import { comeDue, follow } from '@comm-cell/board/decide/react';
import { lateRows, readingKey, recordReadings, type CandidateRow, type KnownReadings, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { presentFigures, signOff } from '@comm-cell/board/decide/sign-off';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { clockStepped, tick } from '@comm-cell/board/decide/tick';
import type { BoardEvent, Entry, Person } from '@comm-cell/board/events';
import { evolveAll, Fold } from '@comm-cell/board/evolve';
import { isUnowned } from '@comm-cell/board/rules/alert';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { boardView, type BoardView, type FeedView } from '@comm-cell/board/views/board';
import { figureView, type FigureView } from '@comm-cell/board/views/figure';
import { huddlesBetween } from '@comm-cell/board/rules/cell-times';
import { healthOf, huddleView } from '@comm-cell/board/views/huddle';
import { offerViews, signOffView } from '@comm-cell/board/views/provided';
import { boardOf, durationMs, type BoardSketch } from '../../libs/board/test/board.js';
import { agreedDeed, sayAgreed } from './agreed.js';
import { cellDeed, sayCell } from './cell.js';
import { passedDeed, sayPassed } from './passed.js';

type Value = number | string;
interface Sent {
  value?: Value;
  'not reported'?: string;
  observed?: string;
  revision?: number;
  unit?: string;
}
interface Answer {
  alert: string;
  version?: number;
  group?: string;
  until?: string;
  reason?: string;
}
interface Correction {
  figure: string;
  observed: string;
  seen?: number;
  value: Value | null;
  reason?: string;
}
interface Offered {
  what: string;
  count: number;
  until: string;
  place?: string;
}
export interface Timeline {
  title: string;
  hazard: string;
  board: BoardSketch;
  story: Step[];
}
export interface Step {
  at: string;
  see?: Record<string, string>;
  answer?: string;
  [action: string]: unknown;
}
/** What a step is to show, and what it did show. */
export interface Seen {
  at: string;
  answer?: string;
  see?: Record<string, string>;
}

const CLOCK = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'medium' });
const ZONE = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeZoneName: 'short' });
const local = (moment: number): string => CLOCK.format(moment);
const zoneName = (moment: number): string => ZONE.formatToParts(moment).find(({ type }) => type === 'timeZoneName')!.value;

/** A clock time of the wall: "2026-01-16 14:00", "14:00" on the day before it, "+15m". A repeated hour needs GMT or BST. */
export function momentOf(text: string, before: number | undefined): number {
  if (text.startsWith('+') && before !== undefined) return before + durationMs(text.slice(1));
  const found = /^(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d)(:\d\d)?(?: (GMT|BST))?$/.exec(text);
  const day = found?.[1] ?? (before === undefined ? undefined : local(before).slice(0, 10));
  if (!found || day === undefined) throw new Error(`"${text}" is no moment such as "2026-01-16 14:00", "14:05" or "+15m"`);
  const clock = `${day} ${found[2]}${found[3] ?? ':00'}`;
  const winter = Date.parse(`${clock.replace(' ', 'T')}Z`);
  const fitting = [winter, winter - 3_600_000].filter((moment) => local(moment) === clock && (found[4] === undefined || zoneName(moment) === found[4]));
  if (fitting.length !== 1) throw new Error(`${fitting.length === 0 ? 'No clock ever shows' : 'Say GMT or BST, for clocks show twice'} "${text}"`);
  return fitting[0]!;
}

function clock(moment: number, now: number): string {
  const text = local(moment);
  return text.slice(0, 10) === local(now).slice(0, 10) ? text.slice(11, 16) : text.slice(0, 16);
}

/** "38 ok, fresh", "38 no colour, late", "nothing, never", "not reported (system down), fresh, last 38 at 14:00". */
function sayFigure(view: FigureView, now: number): string {
  const value = view.value ?? (view.why === undefined ? 'nothing' : `not reported (${view.why})`);
  const colour = view.status === 'none' ? (typeof view.value === 'number' ? ' no colour' : '') : ` ${view.status}`;
  return [
    `${value}${colour}`,
    view.freshness,
    ...(view.parts ? [`${view.parts.current} of ${view.parts.of}`] : []),
    ...(view.last ? [`last ${view.last.value} at ${clock(view.last.at, now)}`] : []),
    ...(view.held ? [`${view.held.value ?? 'nothing'} held back (${view.held.reason})`] : []),
  ].join(', ');
}

function sayFeed(feed: FeedView, now: number): string {
  return [
    feed.suspended ? `suspended until ${clock(feed.suspended.until, now)} (${feed.suspended.reason})` : feed.freshness,
    ...(feed.silentSince === undefined ? [] : [`silent since ${clock(feed.silentSince, now)}`]),
    ...(feed.held === 0 ? [] : [`${feed.held} held back`]),
    ...(feed.refused ? [`${feed.refused.count} refused (${feed.refused.code})`] : []),
  ].join(', ');
}

function sayReceipt({ accepted, duplicate, rejected, quarantined }: ReadingsOutcome): string {
  const counts = [
    accepted > 0 && `${accepted} accepted`,
    duplicate > 0 && `${duplicate} duplicate`,
    rejected.length > 0 && `${rejected.length} refused (${[...new Set(rejected.map(({ code }) => code))].join(', ')})`,
    quarantined.length > 0 && `${quarantined.length} held back (${[...new Set(quarantined.map(({ reason }) => reason))].join(', ')})`,
  ];
  return counts.filter((one) => one !== false).join(', ') || 'nothing';
}

/** "firing act since 14:15, unowned", "acknowledged act since 14:15, data lost since 14:40", "none". */
function sayAlert({ alerts, shelves }: BoardState, rule: string, now: number): string {
  const shelf = shelves[rule] ? [`shelved until ${clock(shelves[rule].until, now)}`] : [];
  const alert = alerts[rule];
  if (!alert) return ['none', ...shelf].join(', ');
  return [
    `${alert.phase} ${alert.severity} since ${clock(alert.firedAt ?? alert.since, now)}`,
    ...(isUnowned(alert) ? ['unowned'] : []),
    ...(alert.owner ? [`owned by ${alert.owner.by.name}`] : []),
    ...(alert.group === 'duty' || alert.group === 'data' ? [] : [`with ${alert.group}`]),
    ...(alert.lostSince === undefined ? [] : [`data lost since ${clock(alert.lostSince, now)}`]),
    ...(alert.behind === undefined ? [] : [`behind ${alert.behind}`]),
    ...(alert.changedFrom === undefined ? [] : [`rule changed from version ${alert.changedFrom}`]),
    ...shelf,
  ].join(', ');
}

/** "signed at 11:00 by lead, restated ed.waiting@north 38 to 41 (mistyped), due 2026-01-17 11:00". */
function saySignOff(state: BoardState, provider: string, now: number): string {
  const view = signOffView(state, state.definition!.providers[provider]!, now);
  if (!view) return 'none';
  return [
    view.last ? `signed at ${clock(view.last.at, now)} by ${view.last.by}` : 'not signed',
    ...view.restated.map(({ series, from = 'nothing', to, reason }) => `restated ${series} ${from} to ${to}${reason === undefined ? '' : ` (${reason})`}`),
    ...(view.dueAt === undefined ? [] : [`${view.dueAt <= now ? 'overdue since' : 'due'} ${clock(view.dueAt, now)}`]),
  ].join(', ');
}

/** "1 of north: 1 of 2 slots until 16:00 (1 south)". */
function sayOffers(state: BoardState, now: number): string {
  const said = offerViews(state, now).map(({ no, provider, left, count, what, until, claims }) => {
    const claimed = claims.map((claim) => `${claim.count} ${claim.provider}`).join(', ');
    return `${no} of ${provider}: ${left} of ${count} ${what} until ${clock(until, now)}${claimed && ` (${claimed})`}`;
  });
  return said.join(' · ') || 'none';
}

const percent = (share: number | undefined): string => (share === undefined ? '-' : `${Math.round(share * 100)} %`);

/** "1 at now, tile ed.waiting@north, led by lead, 2 here of 1, 7 of 15 min" */
function sayHuddle(state: BoardState, now: number): string {
  const view = huddleView(state, now);
  const on = view?.on;
  if (!on) return view?.next ? `next ${clock(view.next.due, now)}, led by ${view.turn.lead.en}` : 'none';
  const minutes = (ms: number): number => Math.floor(ms / 60_000);
  return [
    `${on.no} at ${on.item?.id ?? '-'}${on.tile === undefined ? '' : `, tile ${on.tile}`}`,
    `led by ${on.lead.en}`,
    `${on.here} here, quorum ${on.quorum}`,
    `${minutes(on.elapsedMs)} of ${minutes(on.plannedMs)} min`,
    ...(on.due === undefined ? ['not planned'] : []),
  ].join(', ');
}

/** "100 % there, quorum, on time, over 3 min, 50 % closed, notice kept" */
function sayHealth(state: BoardState, no: string): string {
  const held = state.huddles[no];
  if (!held) return 'none';
  const { attendance, quorum, onTime, overrunMs, closed, noticeKept } = healthOf(held, state.definition!.cell!);
  return [
    `${percent(attendance)} there`,
    quorum ? 'quorum' : 'no quorum',
    onTime === undefined ? 'not planned' : onTime ? 'on time' : 'late',
    ...(overrunMs > 0 ? [`over ${Math.ceil(overrunMs / 60_000)} min`] : []),
    ...(closed === undefined ? [] : [`${percent(closed)} closed`]),
    noticeKept ? 'notice kept' : 'no notice',
  ].join(', ');
}

/** The huddles of the days to come: "2026-01-17 09:15 · 2026-01-18 09:15 (skipped)". */
function saySchedule(state: BoardState, days: number, now: number): string {
  return huddlesBetween(state, now, now + days * 86_400_000)
    .map(({ due, called, skipped }) => `${local(due).slice(0, 16)} ${zoneName(due)}${called ? ' (called)' : ''}${skipped ? ' (skipped)' : ''}`)
    .join(' · ');
}

function look(what: string, state: BoardState, view: BoardView, now: number, journal: readonly Entry[]): string {
  const [kind, id = ''] = what.split(' ');
  if (kind === 'alert') return sayAlert(state, id, now);
  if (kind === 'turns') {
    const turns = journal.flatMap(({ event }) => (event.kind === 'AlertTurned' && event.rule === id ? [`${clock(event.due, now)} ${event.turn}`] : []));
    return turns.join(' · ') || 'none';
  }
  if (what === 'huddle') return sayHuddle(state, now);
  if (kind === 'health') return sayHealth(state, id);
  if (kind === 'schedule') return saySchedule(state, Number(id), now);
  if (kind === 'frozen') return journal.flatMap(({ event }) => (event.kind === 'SnapshotFrozen' ? [`${event.name} by ${event.by.name}`] : [])).join(' · ');
  const figure = figureView(state, what.includes('@') ? (kind === 'line' || kind === 'age' || kind === 'number' ? id : what) : '', now);
  if (figure && kind === 'line') return figure.trend.map(([at, value]) => `${clock(at, now)} ${value ?? '-'}`).join(' · ');
  if (figure && kind === 'age') return figure.ageMs === undefined ? 'none' : `${figure.ageMs / 60_000} min`;
  if (figure && kind === 'number') return String(state.numbers[id]);
  if (figure) return sayFigure(figure, now);
  if (what === 'feeds') return `${view.feeds.onTime} of ${view.feeds.of} on time`;
  if (what === 'attention') return view.attention.map((one) => `${one.figure.figure} ${one.figure.status}`).join(', ') || 'nothing';
  if (what === 'level') return view.declared ? `${view.declared.scheme ?? 'level'} ${view.declared.level} by ${view.declared.provider.en}` : 'none';
  const place = kind === 'place' && state.definition?.places[id];
  if (place) {
    const closed = view.closures.find((one) => one.place === place.id);
    return closed ? `closed until ${clock(closed.until, now)} (${closed.reason})` : 'open';
  }
  if (kind === 'sign-off') return saySignOff(state, id, now);
  if (what === 'offers') return sayOffers(state, now);
  const cell =
    sayCell(what, state, now, journal, (moment) => clock(moment, now)) ??
    sayAgreed(what, state, now, (moment) => clock(moment, now)) ??
    sayPassed(what, state, now, journal, (moment) => clock(moment, now));
  if (cell !== undefined) return cell;
  const feed = kind === 'feed' && view.feeds.list.find((one) => one.id === id);
  if (feed) return sayFeed(feed, now);
  const provider = kind === 'words' && view.providers.find((one) => one.id === id);
  if (provider) return provider.status?.text ?? 'none';
  throw new Error(`A timeline cannot look at "${what}"`);
}

/** Of all steps of a story, 99 in 100 are minutes in which nothing happens: `always` restarts after those too. */
type Restarts = 'never' | 'after events' | 'always';

/** A board with its journal, moved by hand. */
class Played {
  state: BoardState = emptyBoard;
  readonly journal: Entry[] = [];
  #readings = new Map<string, Value | null>();
  now: number;

  constructor(
    start: number,
    sketch: BoardSketch,
    private readonly restarts: Restarts,
  ) {
    this.now = start;
    this.#submit((state) => defineBoard(state, boardOf(sketch)));
  }

  /** The server's clock ticks once a minute here. */
  waitUntil(moment: number): void {
    if (moment < this.now) throw new Error(`A timeline cannot go back to ${local(moment)}`);
    while (this.now < moment) {
      this.now = Math.min(moment, (Math.floor(this.now / 60_000) + 1) * 60_000);
      this.#submit((state) => tick(state, this.now));
      this.#submit((state) => closeForgotten(state, this.#frozen(), this.now));
    }
  }

  do(action: string, what: unknown): string {
    if (action === 'board becomes') return this.#submit((state) => defineBoard(state, boardOf(what as BoardSketch))).changed ? 'changed' : 'nothing';
    if (action === 'server clock jumps') {
      // What lies between was never seen by a tick.
      const byMs = durationMs(what as string);
      this.now += byMs;
      this.#submit(() => clockStepped(byMs));
      return 'accepted';
    }
    if (action === 'usual is learned') {
      const hours = (value: number): number[] => Array<number>(168).fill(value);
      const usuals = Object.entries(what as Record<string, number>).map(([figure, value]) => ({ figure, hours: hours(value), from: 0, to: this.now }));
      this.#submit(() => ({ events: [{ kind: 'UsualLearned', usuals }], outcome: null }));
      return 'learned';
    }
    const [, feed = '', verb = ''] = /^(\S+) (sends|says|is suspended|is resumed)$/.exec(action) ?? [];
    if (verb === 'sends') return this.#send(feed, what as Record<string, Value | Sent>);
    if (verb === 'says') {
      const { until, ...said } = what as { text: string; level?: number; until?: string };
      return this.#told((state) => postStatus(state, { feed, ...said, ...(until !== undefined && { until: momentOf(until, this.now) }) }, this.now), feed);
    }
    if (verb === 'is suspended') {
      const { until, reason } = what as { until: string; reason: string };
      return this.#told((state) => suspendFeed(state, { feed, until: momentOf(until, this.now), reason }, this.now), feed);
    }
    if (verb === 'is resumed') return this.#submit((state) => resumeFeed(state, { feed }), feed).resumed ? 'accepted' : 'nothing';
    const [, who = '', does = ''] = /^(\S+) (acknowledges|takes|hands over|closes|shelves|unshelves)$/.exec(action) ?? [];
    if (does !== '') return this.#answer({ id: who, name: who }, does, typeof what === 'string' ? { alert: what } : (what as Answer));
    const [, person = '', acts = '', about = ''] =
      /^(\S+) (writes|corrects|signs off|closes place|opens place|offers|claims|withdraws)(?: (\S+))?$/.exec(action) ?? [];
    if (acts !== '') return this.#provide({ id: person, name: person }, acts, about, what);
    const [, attendee = '', meets = ''] = /^(\S+) (opens|moves to|marks|notes|ends|calls|skips|raises|finishes)$/.exec(action) ?? [];
    if (meets !== '') return this.#meet({ id: attendee, name: attendee }, meets, what);
    const deed =
      cellDeed(action, what, (text) => momentOf(text, this.now)) ??
      agreedDeed(action, what, (text) => momentOf(text, this.now)) ??
      passedDeed(action, what, (text) => momentOf(text, this.now));
    if (deed) return this.#told((state) => deed(state, this.now));
    throw new Error(`A timeline does not know "${action}"`);
  }

  #frozen(): { snapshot: string; of: { seq: number; at: number; hash: string } } {
    return { snapshot: `snapshot-${this.journal.length}`, of: { seq: this.journal.length, at: this.now, hash: '' } };
  }

  /** What people do in a huddle: in the one that is on, unless the story says which one they saw. */
  #meet(by: Person, meets: string, what: unknown): string {
    const { no: slept, ...said } = (typeof what === 'object' ? what : {}) as Record<string, string>;
    return this.#told((state): Decision<object> => {
      const no = slept === undefined ? (state.huddle.now?.no ?? 0) : Number(slept);
      switch (meets) {
        case 'opens':
          return openHuddle(state, { ...(said['lead'] !== undefined && { lead: said['lead'] }), by }, this.now);
        case 'moves to':
          return moveHuddle(state, { no, item: said['item'] ?? String(what), ...(said['tile'] !== undefined && { tile: said['tile'] }), by });
        case 'marks': {
          const [provider = '', attendance = ''] = Object.entries(said)[0] ?? [];
          const [how, name] = attendance.split(': ') as ['here' | 'deputy' | 'absent', string?];
          return markAttendance(state, { no: state.huddle.now?.no ?? 0, provider, attendance: how, ...(name !== undefined && { name }), by });
        }
        case 'notes': {
          const { box, text, resource } = what as { box: 'decision'; text: string; resource?: { amount: string; from: string; to: string } };
          return noteHuddle(state, { no, box, text, ...(resource && { resource }), by }, this.now);
        }
        case 'ends':
          return closeHuddle(state, { no, frozen: this.#frozen(), by });
        case 'calls':
          return callHuddle(state, { due: momentOf(said['due']!, this.now), reason: said['reason']!, by }, this.now);
        case 'skips':
          return skipHuddle(state, { due: momentOf(said['due']!, this.now), reason: said['reason']!, by }, this.now);
        case 'raises':
          return raiseAction(state, { what: said['what']!, owner: said['owner']!, due: momentOf(said['due']!, this.now), by }, this.now);
        default:
          return closeAction(state, { no: what as number, result: 'done', by });
      }
    });
  }

  /** What people do at the console. They sign off what they see, and correct what stands, unless the story says otherwise. */
  #provide(by: Person, acts: string, about: string, what: unknown): string {
    if (acts === 'writes') {
      const rows = Object.entries(what as Record<string, Value | Sent>).map(([series, one]) => this.#row(series, one));
      return sayReceipt(
        this.#recorded(
          lateRows(this.state, rows),
          (known) => (state) => pushFigures(state, { provider: about, batch: `batch ${this.journal.length}`, rows, by }, known, this.now),
        ),
      );
    }
    if (acts === 'corrects') {
      const { figure, observed, seen = 0, value, reason = 'mistyped' } = what as Correction;
      const command = { series: figure, at: momentOf(observed, this.now), seen, value, reason, batch: `batch ${this.journal.length}`, by };
      const outcome = this.#recorded(correctionRows(command), (known) => (state) => correctFigure(state, command, known, this.now));
      return 'refused' in outcome ? `refused (${outcome.refused.code})` : 'accepted';
    }
    return this.#told((state): Decision<object> => {
      switch (acts) {
        case 'signs off':
          return signOff(state, { provider: about, seen: (what as { seen?: [] } | null)?.seen ?? presentFigures(state, about), by });
        case 'closes place': {
          const { until, reason } = what as { until: string; reason: string };
          return closePlace(state, { place: about, until: momentOf(until, this.now), reason, by }, this.now);
        }
        case 'opens place':
          return openPlace(state, { place: about, by });
        case 'offers': {
          const { until, ...offered } = what as Offered;
          return offerCapacity(state, { provider: about, ...offered, until: momentOf(until, this.now), by }, this.now);
        }
        case 'claims':
          return claimCapacity(state, { ...(what as { no: number; count: number }), provider: about, by }, this.now);
        default:
          return withdrawCapacity(state, { no: what as number, by }, this.now);
      }
    });
  }

  #send(feed: string, what: Record<string, Value | Sent>): string {
    const rows = Object.entries(what).flatMap(([series, one]) =>
      (Array.isArray(one) ? (one as (Value | Sent)[]) : [one]).map((each) => this.#row(series, each)),
    );
    const command = { feed, batch: `batch ${this.journal.length}`, rows, unreadable: [] };
    return sayReceipt(this.#recorded(lateRows(this.state, rows), (known) => (state) => recordReadings(state, command, known, this.now), feed));
  }

  /** Looks what is to be known of the past up, and keeps what is recorded for those who look later. */
  #recorded<Outcome>(wanted: readonly CandidateRow[], decide: (known: KnownReadings) => (state: BoardState) => Decision<Outcome>, feed?: string): Outcome {
    const known = new Map(
      wanted.flatMap(({ series, at, rev }) => {
        const key = readingKey(series, at, rev);
        const value = this.#readings.get(key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
    const from = this.journal.length;
    const outcome = this.#submit(decide(known), feed);
    for (const { event } of this.journal.slice(from))
      if (event.kind === 'ReadingsRecorded')
        for (const { series, at, rev, value } of event.readings) this.#readings.set(readingKey(series, at, rev ?? 0), value);
    return outcome;
  }

  /** People answer the alert as it is now, unless the story says which version they saw. */
  #answer(by: Person, does: string, { alert: rule, version, group = '', until, reason = 'said in the story' }: Answer): string {
    return this.#told((state) => {
      const alert = state.alerts[rule];
      const seen = { no: alert?.no ?? 0, version: version ?? alert?.version ?? 0, by };
      if (does === 'acknowledges') return acknowledge(state, seen, this.now);
      if (does === 'takes') return take(state, seen, this.now);
      if (does === 'hands over') return handOver(state, { ...seen, group }, this.now);
      if (does === 'closes') return closeAlert(state, { ...seen, reason }, this.now);
      if (does === 'unshelves') return unshelveRule(state, { rule, by }, this.now);
      return shelveRule(state, { rule, until: momentOf(until ?? '+1h', this.now), reason, by }, this.now);
    });
  }

  #told(decide: (state: BoardState) => Decision<object>, feed?: string): string {
    const outcome = this.#submit(decide, feed);
    if ('taken' in outcome) return `too late, ${(outcome.taken as { left: number }).left} left`;
    return 'refused' in outcome ? `refused (${(outcome.refused as { code: string }).code})` : 'accepted';
  }

  /** The keeper's own steps: what is due, what is submitted, what follows from it. */
  #submit<Outcome>(decide: (state: BoardState) => Decision<Outcome>, feed?: string): Outcome {
    const fold = new Fold(this.state);
    const before = this.journal.length;
    this.#journal(comeDue(fold, this.now, fold.peek.definition?.feeds[feed ?? '']?.id));
    const { events, outcome } = decide(fold.peek);
    for (const event of events) fold.apply(event, this.now);
    this.#journal(events);
    this.#journal(follow(fold, events, this.now));
    this.state = fold.finish();
    if (this.restarts === 'always' || (this.restarts === 'after events' && this.journal.length > before))
      this.state = JSON.parse(JSON.stringify(this.state)) as BoardState;
    return outcome;
  }

  #row(series: string, one: Value | Sent): CandidateRow {
    const sent: Sent = typeof one === 'object' ? one : { value: one };
    const strange = Object.keys(sent).filter((key) => !['value', 'not reported', 'observed', 'revision', 'unit'].includes(key));
    if (strange.length > 0) throw new Error(`A reading has no "${strange.join('", "')}"`);
    return {
      row: 0,
      series,
      at: sent.observed === undefined ? this.now : momentOf(sent.observed, this.now),
      value: sent.value ?? null,
      rev: sent.revision ?? 0,
      ...(sent.unit !== undefined && { unit: sent.unit }),
      ...(sent['not reported'] !== undefined && { why: sent['not reported'] }),
    };
  }

  #journal(events: readonly BoardEvent[]): void {
    for (const event of events) this.journal.push({ seq: this.journal.length + 1, at: this.now, event });
  }
}

/**
 * Plays the story and says, step by step, what there was to see of what the timeline names. `restarts`: when the server dies, and
 * knows only what is stored.
 */
export function play({ board, story }: Pick<Timeline, 'board' | 'story'>, restarts: Restarts = 'never'): { seen: Seen[]; journal: Entry[]; state: BoardState } {
  const first = story[0];
  if (!first) throw new Error('A timeline needs a story.');
  const played = new Played(momentOf(first.at, undefined), board, restarts);
  const seen = story.map((step): Seen => {
    const { at, see, answer, ...actions } = step;
    played.waitUntil(momentOf(at, played.now));
    const answers = Object.entries(actions).map(([action, what]) => played.do(action, what));
    const shown: Seen = { at };
    if (answer !== undefined) shown.answer = answers.join('; ');
    if (see !== undefined) {
      const view = boardView(played.state, played.now, 'overview')!;
      shown.see = Object.fromEntries(Object.keys(see).map((what) => [what, look(what, played.state, view, played.now, played.journal)]));
    }
    return shown;
  });
  return { seen, journal: played.journal, state: played.state };
}

/** The same journal folded anew, once in one go and once on from a stored state at each place. */
export function refolded(journal: readonly Entry[], cut: number): string {
  const stored = JSON.parse(JSON.stringify(evolveAll(emptyBoard, journal.slice(0, cut)))) as BoardState;
  return canonical(evolveAll(stored, journal.slice(cut)));
}
