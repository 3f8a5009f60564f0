/** What a release records: days of its boards played through the keeper's own steps, the golden timelines, and every kind of event. */
import { readdirSync, readFileSync } from 'node:fs';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { defineBoard, type ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { recordReadings, type CandidateRow } from '@comm-cell/board/decide/record-readings';
import type { BoardEvent, Entry, Person } from '@comm-cell/board/events';
import { emptyBoard } from '@comm-cell/board/state';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { loadBoard } from '@comm-cell/catalogue/load';
import type { ReadingRow } from '@comm-cell/contract/feed';
import { parse } from 'yaml';
import { rowsOf } from '../../../apps/simulator/src/winter/figures.js';
import { readWinter } from '../../../apps/simulator/src/winter/sitrep.js';
import { tell } from '../../../apps/simulator/test/stories.js';
import { boardOf } from '../../../libs/board/test/board.js';
import { dayOf, type Input, playDay, ruleOf, weatherOf } from '../../support/days.js';
import { play, type Timeline } from '../timeline.js';

type Recorded = Record<string, Entry[]>;

export function journals(): Recorded {
  return { ...storiesOfBoards(), ...aWinter(), ...aDayOfAlerts(), ...timelines(), 'every kind of event': everyKind() };
}

/** Whatever a feed says at one moment comes a minute later, in one batch. */
function played(board: ProposedDefinition, told: ReadonlyMap<string, readonly ReadingRow[]>, start: number, end: number, more: readonly Input[] = []): Entry[] {
  const inputs: Input[] = [...told].flatMap(([feed, rows]) =>
    [...new Set(rows.map(({ observedAt }) => observedAt))].map((moment): Input => {
      const at = Date.parse(moment);
      const some = rows.filter(({ observedAt }) => observedAt === moment);
      const candidates = some.map(({ series, value, notReported, unit }, row): CandidateRow => {
        return {
          row,
          series,
          at,
          rev: 0,
          value: value ?? null,
          ...(unit === undefined ? {} : { unit }),
          ...(notReported === undefined ? {} : { why: notReported }),
        };
      });
      const decide: Input['decide'] = (state, known, now) =>
        recordReadings(state, { feed, batch: `${feed} ${at}`, rows: candidates, unreadable: [] }, known, now).events;
      return { at: at + MINUTE_MS, source: feed, rows: candidates, decide };
    }),
  );
  const define: Input = { at: start, source: 'definition', decide: (state) => defineBoard(state, board).events };
  const ticks = Array.from({ length: Math.floor((end - start) / (10 * MINUTE_MS)) }, (_, i) => start + i * 10 * MINUTE_MS + 1);
  const ordered = [...inputs, ...more].filter(({ at }) => at < end).sort((a, b) => a.at - b.at);
  return playDay({ seed: 1, start, end, inputs: [define, ...ordered] }, { ticks, dies: () => false, restart: (state) => state }).journal;
}

function storiesOfBoards(): Recorded {
  const start = Date.parse('2026-01-19T06:00:00Z');
  const end = start + 3 * HOUR_MS;
  const told = Object.fromEntries(
    ['buckinghamshire', 'cwm-derwen'].map((id) => {
      const board = loadBoard(id);
      const [feed] = Object.keys(board.feeds);
      const words: Input = {
        at: start + HOUR_MS,
        source: feed!,
        decide: (state, _known, at) => postStatus(state, { feed: feed!, text: 'Llif araf · slow flow', level: 3 }, at).events,
      };
      return [`three hours of ${id}`, played(board, tell(id, 'winter-monday', start, end), start, end, [words])];
    }),
  );
  const sandbox = loadBoard('sandbox');
  const walk = new Map(
    Object.values(sandbox.feeds).map(({ id, series }) => [
      id,
      Array.from({ length: 24 }, (_, i) => series.map((one): ReadingRow => walked(sandbox, one, start + i * 15 * MINUTE_MS, i))).flat(),
    ]),
  );
  return { ...told, 'six hours of sandbox': played(sandbox, walk, start, start + 6 * HOUR_MS) };
}

function walked(board: ProposedDefinition, series: string, at: number, i: number): ReadingRow {
  const { metric, range } = board.series[series]!;
  const { kind, unit } = board.metrics[metric]!;
  const observedAt = new Date(at).toISOString();
  return { series, observedAt, unit, value: kind === 'text' ? `word ${i}` : range.min + ((i * 7) % Math.max(1, Math.min(50, range.max - range.min))) };
}

/** A recorded day an hour. */
function aWinter(): Recorded {
  const board = loadBoard('winter-replay');
  const { days } = readWinter('2022-23');
  const start = Date.parse('2026-01-19T06:00:00Z');
  const dates = [...days.keys()].slice(0, 14);
  const told = new Map(
    Object.values(board.feeds).map((feed) => [
      feed.id,
      dates.flatMap((date, i) => rowsOf(board, feed, date, days.get(date)!, new Date(start + (i + 1) * HOUR_MS).toISOString())),
    ]),
  );
  return { 'two weeks of winter-replay': played(board, told, start, start + 16 * HOUR_MS) };
}

function aDayOfAlerts(): Recorded {
  const day = dayOf(42);
  return { 'a day of alerts': playDay(day, weatherOf(day, 1)).journal };
}

function timelines(): Recorded {
  const folder = new URL('../', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(
    files.map((name) => [`timeline ${name.replace('.yaml', '')}`, play(parse(readFileSync(new URL(name, folder), 'utf8')) as Timeline).journal]),
  );
}

export function everyKind(): Entry[] {
  const by: Person = { id: 'ward', name: 'Ward' };
  const both = { en: 'Words', cy: 'Geiriau' };
  const start = Date.parse('2026-01-19T06:00:00Z');
  const until = start + DAY_MS;
  const series = 'ed.waiting@north';
  const rule = ruleOf('crowded@north', { kind: 'line', figure: series, band: { over: 40 } });
  const [define] = defineBoard(emptyBoard, sketch()).events;
  const events: BoardEvent[] = [
    define!,
    { kind: 'RulesAgreed', rules: [rule], retired: [], origin: 'file', by },
    { kind: 'RuleProposed', id: rule.id, rule: { ...rule, severity: 'critical' }, from: until, by, reason: 'too mild' },
    { kind: 'RuleApproved', id: rule.id, by },
    { kind: 'RuleWithdrawn', id: rule.id, by },
    { kind: 'UsualLearned', usuals: [{ figure: series, hours: Array<number>(168).fill(30), from: start - 90 * DAY_MS, to: start }] },
    { kind: 'ReadingsRecorded', feed: 'north', batch: 'b1', readings: [{ series, at: start, value: 55 }] },
    { kind: 'ReadingsQuarantined', feed: 'north', batch: 'b2', readings: [{ series, at: start + MINUTE_MS, value: 900, reason: 'jump' }] },
    { kind: 'HeldSettled', series, at: start + MINUTE_MS, value: 900, released: false, reason: 'a slip of the pen', by },
    { kind: 'ReadingsRefused', feed: 'north', batch: 'b3', count: 2, code: 'unknown-series', detail: 'no such series' },
    { kind: 'ReadingsRecorded', feed: 'north', batch: 'b4', readings: [{ series, at: start - HOUR_MS, value: 31 }], history: true },
    { kind: 'ReadingsRecorded', feed: 'north', batch: 'b5', readings: [{ series, at: start, value: 45, rev: 1 }], by, reason: 'counted again' },
    { kind: 'StatusPosted', provider: 'north', feed: 'north', text: 'slow flow', level: 3, until },
    { kind: 'FeedFellSilent', feed: 'north', since: start },
    { kind: 'FeedHeardAgain', feed: 'north' },
    { kind: 'FeedSuspended', feed: 'north', until, reason: 'upgrade', by },
    { kind: 'FeedResumed', feed: 'north', by },
    { kind: 'ClockStepped', byMs: 90_000 },
    { kind: 'AlertTurned', rule: rule.id, no: 1, turn: 'opened', due: start, value: 55, severity: 'act' },
    { kind: 'AlertTurned', rule: rule.id, no: 1, turn: 'raised', due: start, value: 55 },
    { kind: 'AlertTurned', rule: rule.id, no: 1, turn: 'acknowledged', due: start, by },
    { kind: 'RuleShelved', rule: rule.id, until, reason: 'known', by },
    { kind: 'RuleUnshelved', rule: rule.id, by },
    { kind: 'LevelTurned', level: 'system', turn: 'set', due: start, low: 2, high: 3, score: [4, 8], known: 3, of: 5 },
    { kind: 'LevelDeclared', level: 'system', n: 3, reason: 'as worked out', reviewBy: until, by },
    { kind: 'ActionRaised', no: 1, what: 'open ward 2', owner: 'site', due: until, rule: rule.id, alert: 1, by },
    { kind: 'ActionReminded', no: 1 },
    { kind: 'ActionChased', no: 1, times: 1 },
    { kind: 'ActionProgressed', no: 1, quarters: 2, note: 'staff found', by },
    { kind: 'ActionChanged', no: 1, due: until + HOUR_MS, reason: 'beds late', by },
    { kind: 'ActionEscalated', no: 1, group: 'system' },
    { kind: 'CardStepTicked', card: 'look', run: 'alert:1', step: 'go', by },
    { kind: 'MessageStuck', message: '7:0', group: 'duty', channel: 'email', about: 'alert 1', since: start, detail: 'no answer' },
    { kind: 'MessageMended', message: '7:0' },
    { kind: 'FiguresSignedOff', provider: 'north', figures: [{ series, at: start, rev: 1, value: 45 }], by, note: 'as counted' },
    { kind: 'PlaceClosed', place: 'north', until, reason: 'flood', by },
    { kind: 'PlaceOpened', place: 'north', by },
    { kind: 'CapacityOffered', no: 1, provider: 'north', what: 'beds', count: 4, until, by },
    { kind: 'CapacityClaimed', no: 1, provider: 'north', count: 1, by },
    { kind: 'CapacityWithdrawn', no: 1, by },
    { kind: 'CapacityOffered', no: 2, provider: 'north', what: 'beds', count: 2, until, by },
    { kind: 'SnapshotFrozen', snapshot: 'abcdefghjk', name: 'Board', of: { seq: 3, at: start, hash: '0'.repeat(64) }, by },
    { kind: 'MomentNoted', about: start, text: 'here it began', by },
    { kind: 'DeedDone', deed: 'signed-in', by },
    { kind: 'HuddleCalled', due: start + HOUR_MS, reason: 'pressure', by },
    { kind: 'HuddleSkipped', due: start + 2 * HOUR_MS, reason: 'nobody there', by },
    { kind: 'HuddleReminded', due: start + HOUR_MS },
    { kind: 'HuddleOpened', no: 1, due: start + HOUR_MS, lead: 'site', scribe: 'duty', by },
    { kind: 'HuddleMoved', no: 1, item: 'now', by },
    { kind: 'AttendanceMarked', no: 1, provider: 'north', attendance: 'here', by },
    { kind: 'HuddleNoted', no: 1, box: 'decision', text: 'open ward 2', by },
    { kind: 'ConcernRaised', no: 1, text: 'late discharges', about: { figure: series }, by },
    { kind: 'ConcernChanged', no: 1, status: 'contained', containment: 'transport ordered', by },
    { kind: 'ConcernDeclined', figure: series, reason: 'known', until, by },
    { kind: 'HuddleClosed', no: 1, of: { seq: 40, hash: '0'.repeat(64) }, by },
    { kind: 'ConcernRaised', no: 2, text: 'no porters', about: {}, by },
    { kind: 'ConcernClosed', no: 2, result: 'porters found', tags: ['staff'], by },
    { kind: 'IdeaProposed', no: 1, text: 'a board round at seven', by },
    { kind: 'IdeaAnswered', no: 1, accepted: true, answer: 'try it', by },
    { kind: 'IdeaMoved', no: 1, to: 'trial', note: 'for two weeks', by },
    {
      kind: 'GoalAgreed',
      no: 1,
      title: both,
      figure: series,
      baseline: { from: start - 30 * DAY_MS, to: start },
      target: { atMost: 30 },
      due: until,
      owner: 'site',
      reviewDays: 7,
      by,
    },
    { kind: 'GoalMeasured', no: 1, at: start, value: 40, by },
    { kind: 'GoalReviewed', no: 1, onTrack: 'yes', note: 'better', by },
    {
      kind: 'GoalAgreed',
      no: 2,
      title: both,
      unit: 'days',
      baseline: { from: start - DAY_MS, to: start },
      target: { atLeast: 3 },
      due: until,
      owner: 'duty',
      reviewDays: 7,
      by,
    },
    { kind: 'GoalClosed', no: 2, reached: true, note: 'done', by },
    { kind: 'CharterWritten', version: 1, text: both, by },
    { kind: 'CharterAccepted', version: 1, provider: 'north', name: 'Director', by },
    { kind: 'Passed', no: 1, way: 'up', to: 'region', type: 'help', text: 'beds wanted', answerBy: until, by },
    { kind: 'AnswerMissed', no: 1 },
    { kind: 'AnswerArrived', no: 1, answer: 'yes', text: 'two beds', by },
    { kind: 'Arrived', from: 'team', no: 4, way: 'up', type: 'help', text: 'staff wanted', by },
    { kind: 'Answered', from: 'team', no: 4, answer: 'noted', text: 'seen', by },
    { kind: 'CellReported', from: 'team', report: { name: both, tier: 1, of: { epoch: 'e1', seq: 9 }, open: { count: 1, since: start } } },
    { kind: 'ActionClosed', no: 1, result: 'ward open', by },
  ];
  return events.map((event, i) => ({ seq: i + 1, at: start + i * MINUTE_MS, event }));
}

function sketch(): ProposedDefinition {
  return boardOf({
    feeds: { north: { every: '15m', grace: '5m', limit: '1h' } },
    series: { 'ed.waiting@north': { feed: 'north', watch: 'over 40', act: 'over 60' } },
  });
}
