/**
 * Plays a golden timeline: what providers send, at which minute, and what the wall must show then. It goes through the same
 * deciding, folding and viewing as the server and the screens; the clock is the timeline's own.
 */
import { canonical } from '@comm-cell/board/canonical';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { lateRows, readingKey, recordReadings, type CandidateRow, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { tick } from '@comm-cell/board/decide/tick';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { evolve, evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { boardView, type BoardView, type FeedView } from '@comm-cell/board/views/board';
import { figureView, type FigureView } from '@comm-cell/board/views/figure';
import { boardOf, durationMs, type BoardSketch } from '../../libs/board/test/board.js';

type Value = number | string;
interface Sent {
  value?: Value;
  'not reported'?: string;
  observed?: string;
  revision?: number;
  unit?: string;
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

function look(what: string, state: BoardState, view: BoardView, now: number): string {
  const [kind, id = ''] = what.split(' ');
  const figure = figureView(state, what.includes('@') ? (kind === 'line' || kind === 'age' || kind === 'number' ? id : what) : '', now);
  if (figure && kind === 'line') return figure.trend.map(([at, value]) => `${clock(at, now)} ${value ?? '-'}`).join(' · ');
  if (figure && kind === 'age') return figure.ageMs === undefined ? 'none' : `${figure.ageMs / 60_000} min`;
  if (figure && kind === 'number') return String(state.numbers[id]);
  if (figure) return sayFigure(figure, now);
  if (what === 'feeds') return `${view.feeds.onTime} of ${view.feeds.of} on time`;
  if (what === 'attention') return view.attention.map((one) => `${one.figure.figure} ${one.figure.status}`).join(', ') || 'nothing';
  if (what === 'level') return view.declared ? `${view.declared.scheme ?? 'level'} ${view.declared.level} by ${view.declared.provider.en}` : 'none';
  const feed = kind === 'feed' && view.feeds.list.find((one) => one.id === id);
  if (feed) return sayFeed(feed, now);
  const provider = kind === 'words' && view.providers.find((one) => one.id === id);
  if (provider) return provider.status?.text ?? 'none';
  throw new Error(`A timeline cannot look at "${what}"`);
}

/** A board with its journal, moved by hand. */
class Played {
  state: BoardState = emptyBoard;
  readonly journal: Entry[] = [];
  #readings = new Map<string, Value | null>();
  now: number;

  constructor(start: number, sketch: BoardSketch) {
    this.now = start;
    this.#journal(defineBoard(this.state, boardOf(sketch)).events);
  }

  /** The server's clock ticks once a minute here. */
  waitUntil(moment: number): void {
    if (moment < this.now) throw new Error(`A timeline cannot go back to ${local(moment)}`);
    while (this.now < moment) {
      this.now = Math.min(moment, (Math.floor(this.now / 60_000) + 1) * 60_000);
      this.#journal(tick(this.state, this.now).events);
    }
  }

  do(action: string, what: unknown): string {
    if (action === 'board becomes') {
      const { events, outcome } = defineBoard(this.state, boardOf(what as BoardSketch));
      this.#journal(events);
      return outcome.changed ? 'changed' : 'nothing';
    }
    const [, feed = '', verb = ''] = /^(\S+) (sends|says|is suspended|is resumed)$/.exec(action) ?? [];
    if (verb === 'sends') return this.#send(feed, what as Record<string, Value | Sent>);
    if (verb === 'says') {
      const { until, ...said } = what as { text: string; level?: number; until?: string };
      const { events, outcome } = postStatus(this.state, { feed, ...said, ...(until !== undefined && { until: momentOf(until, this.now) }) }, this.now);
      this.#journal(events);
      return 'refused' in outcome ? `refused (${outcome.refused.code})` : 'accepted';
    }
    if (verb === 'is suspended') {
      const { until, reason } = what as { until: string; reason: string };
      const { events, outcome } = suspendFeed(this.state, { feed, until: momentOf(until, this.now), reason }, this.now);
      this.#journal(events);
      return 'refused' in outcome ? `refused (${outcome.refused.code})` : 'accepted';
    }
    if (verb === 'is resumed') {
      const { events, outcome } = resumeFeed(this.state, { feed });
      this.#journal(events);
      return outcome.resumed ? 'accepted' : 'nothing';
    }
    throw new Error(`A timeline does not know "${action}"`);
  }

  #send(feed: string, what: Record<string, Value | Sent>): string {
    const rows = Object.entries(what).flatMap(([series, one]) =>
      (Array.isArray(one) ? (one as (Value | Sent)[]) : [one]).map((each) => this.#row(series, each)),
    );
    const known = new Map(
      lateRows(this.state, rows).flatMap(({ series, at, rev }) => {
        const key = readingKey(series, at, rev);
        const value = this.#readings.get(key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
    const { events, outcome } = recordReadings(this.state, { feed, batch: `batch ${this.journal.length}`, rows, unreadable: [] }, known, this.now);
    for (const event of events)
      if (event.kind === 'ReadingsRecorded')
        for (const { series, at, rev, value } of event.readings) this.#readings.set(readingKey(series, at, rev ?? 0), value);
    this.#journal(events);
    return sayReceipt(outcome);
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

  #journal(events: BoardEvent[]): void {
    for (const event of events) {
      this.state = evolve(this.state, { event, at: this.now });
      this.journal.push({ seq: this.journal.length + 1, at: this.now, event });
    }
  }
}

/** Plays the story and says, step by step, what there was to see of what the timeline names. */
export function play({ board, story }: Pick<Timeline, 'board' | 'story'>): { seen: Seen[]; journal: Entry[]; state: BoardState } {
  const first = story[0];
  if (!first) throw new Error('A timeline needs a story.');
  const played = new Played(momentOf(first.at, undefined), board);
  const seen = story.map((step): Seen => {
    const { at, see, answer, ...actions } = step;
    played.waitUntil(momentOf(at, played.now));
    const answers = Object.entries(actions).map(([action, what]) => played.do(action, what));
    const shown: Seen = { at };
    if (answer !== undefined) shown.answer = answers.join('; ');
    if (see !== undefined) {
      const view = boardView(played.state, played.now, 'overview')!;
      shown.see = Object.fromEntries(Object.keys(see).map((what) => [what, look(what, played.state, view, played.now)]));
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
