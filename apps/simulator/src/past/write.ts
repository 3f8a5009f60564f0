/** The past of a board, told from its beginning up to now: feeds at their own pace, the clock, people on duty, the cell. */
import { defineBoard, type ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { type CandidateRow, recordReadings } from '@comm-cell/board/decide/record-readings';
import { suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import type { FeedDefinition } from '@comm-cell/board/definition';
import { DAY_MS, HOUR_MS, localDay, MINUTE_MS, minuteOfDay, momentOfLocal } from '@comm-cell/board/time';
import type { ReadingRow } from '@comm-cell/contract/feed';
import { Reporter } from '../delivery/reporter.js';
import { delayMs, nextObservation } from '../delivery/schedule.js';
import { Voice } from '../delivery/voice.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { SystemShape } from '../system/system.js';
import { CellLife } from './cell.js';
import { Chronicle } from './chronicle.js';
import { Duty } from './duty.js';
import { MAINTENANCE, OUTAGE_NOTED } from '../tales.js';
import { OFFICES, Telling } from './telling.js';

/** The server's clock ticks more often; what a tick finds has its own moment written in it, and readings find most of it sooner. */
const TICK_MS = 20 * MINUTE_MS;
/** What feeds had agreed to in the calmer time: as often as this at most, and as much later before it is missed. */
const CALM = { everyMs: 2 * HOUR_MS, graceMs: 30 * MINUTE_MS, limitMs: 5 * HOUR_MS };

export interface PastOptions {
  board: ProposedDefinition;
  shape: SystemShape;
  scenario: Scenario;
  seed: number;
  days: number;
  /** So many of them, the last ones, have every feed at its own pace; before, none is more often than every two hours, and the board says so. */
  closeDays: number;
  /** Where the past ends, epoch ms. */
  now: number;
}

export interface Past {
  lines: readonly string[];
  events: number;
  /** What the board refused to somebody in the story. */
  refused: readonly string[];
}

export function writePast({ board, shape, scenario, seed, days, closeDays, now }: PastOptions): Past {
  const from = now - days * DAY_MS;
  const closeFrom = Math.max(from, now - closeDays * DAY_MS);
  const reporter = new Reporter(board, shape, scenario, seed, from, now);
  const chronicle = new Chronicle(board.id, now, (event, at) => duty.hear(event, at));
  const telling = new Telling(board, chronicle, from, now, seed);
  const duty = new Duty(telling);
  const calmer = closeFrom > from ? calm(board) : board;
  const define = (at: number, definition: ProposedDefinition) => chronicle.submit(at, 'catalogue', (state) => defineBoard(state, definition));
  define(from, calmer);
  if (calmer !== board) telling.agenda.add(closeFrom, (at) => define(at, board));
  const silences = plannedSilences(telling);
  // One interval earlier than it is asked to: nothing is late at the moment from which more is expected.
  const closer = Math.max(from, closeFrom - CALM.everyMs);
  for (const { id } of Object.values(board.feeds)) {
    const silent = silences.get(id) ?? [];
    observe(telling, reporter, calmer.feeds[id]!, silent, from, closer);
    observe(telling, reporter, board.feeds[id]!, silent, closer, now);
  }
  for (const provider of Object.values(board.providers)) {
    const feed = Object.values(board.feeds).find((one) => one.provider === provider.id);
    if (feed) speak(telling, reporter, new Voice(provider, board, scenario, now), feed);
  }
  const tick = (at: number): void => {
    chronicle.tick(at);
    telling.agenda.add(at + TICK_MS, tick);
  };
  telling.agenda.add(from + TICK_MS, tick);
  if (board.response) duty.plan();
  if (board.cell) new CellLife(telling, board.cell).plan();
  telling.agenda.runUntil(now);
  return { events: chronicle.seq, lines: chronicle.end(), refused: chronicle.refused };
}

function calm(board: ProposedDefinition): ProposedDefinition {
  const feeds = Object.values(board.feeds).map((feed): FeedDefinition => {
    if (!('everyMs' in feed.expected) || feed.expected.everyMs >= CALM.everyMs) return feed;
    const { everyMs, graceMs, limitMs } = CALM;
    return { ...feed, expected: { everyMs }, graceMs: Math.max(feed.graceMs, graceMs), limitMs: Math.max(feed.limitMs, limitMs) };
  });
  return { ...board, feeds: Object.fromEntries(feeds.map((feed) => [feed.id, feed])) };
}

type Stretch = readonly [from: number, to: number];

/** A feed looks at its figures, and sends them a while later. */
function observe(telling: Telling, reporter: Reporter, feed: FeedDefinition, silences: readonly Stretch[], from: number, to: number): void {
  const { agenda, board, chronicle } = telling;
  const look = (at: number): void => {
    const rows = reporter.report(feed, at);
    if (rows.length > 0 && !silences.some(([begins, ends]) => at >= begins && at < ends)) {
      const sent = { feed: feed.id, batch: `${feed.id}-${at}`, rows: rows.map(candidate), unreadable: [] };
      agenda.add(at + delayMs(feed, at), (sentAt) => chronicle.submit(sentAt, feed.id, (state) => recordReadings(state, sent, new Map(), sentAt), feed.id));
    }
    plan(at);
  };
  const plan = (after: number): void => {
    const next = nextObservation(feed, board.zone, after);
    if (next <= to) agenda.add(next, look);
  };
  plan(from);
}

function candidate({ series, observedAt, value, unit, notReported }: ReadingRow, row: number): CandidateRow {
  return {
    row,
    series,
    at: Date.parse(observedAt),
    value: value ?? null,
    rev: 0,
    ...(unit !== undefined && { unit }),
    ...(notReported !== undefined && { why: notReported }),
  };
}

function speak(telling: Telling, reporter: Reporter, voice: Voice, feed: FeedDefinition): void {
  const turn = (at: number): void => {
    const said = voice.speak(reporter.system, at);
    if (said) telling.chronicle.submit(at, feed.id, (state) => postStatus(state, { feed: feed.id, ...said }, at), feed.id);
    telling.agenda.add(at + voice.pause(), turn);
  };
  telling.agenda.add(telling.from + voice.pause(), turn);
}

/** One feed was silent for a morning, and nobody knew why; another one's silence was announced. */
function plannedSilences(telling: Telling): Map<string, Stretch[]> {
  const { board, agenda, from, until } = telling;
  const { zone } = board;
  const live = Object.values(board.feeds).filter(({ expected }) => 'everyMs' in expected);
  const today = localDay(zone, until);
  const on = (daysAgo: number, clock: string): number => momentOfLocal(zone, today - daysAgo, minuteOfDay(clock));
  const silences = new Map<string, Stretch[]>();
  const [first, second] = [telling.pick(live, 'silent'), telling.pick(live, 'upgraded')];
  const outage: Stretch = [on(5, '09:40'), on(5, '12:00')];
  const upgrade: Stretch = [on(2, '21:00'), on(2, '23:30')];
  if (first && outage[0] > from) {
    silences.set(first.id, [outage]);
    const by = OFFICES.lead;
    agenda.add(outage[1], (at) =>
      telling.does(at, by, () => ({ events: [{ kind: 'MomentNoted', about: outage[0], text: telling.say(OUTAGE_NOTED), by }], outcome: {} })),
    );
  }
  if (second && upgrade[0] > from) {
    const [begins, until] = upgrade;
    silences.set(second.id, [...(silences.get(second.id) ?? []), upgrade]);
    const by = OFFICES.site;
    agenda.add(begins, (at) => telling.does(at, by, (state) => suspendFeed(state, { feed: second.id, until, reason: telling.say(MAINTENANCE), by }, at)));
  }
  return silences;
}
