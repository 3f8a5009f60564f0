/** What stands on the timeline of a replay: the journal's events that people look for, thinned where they are too many. */
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';
import { parseEvent } from '@comm-cell/contract/journal';
import type { Mark, MarksAnswer } from '@comm-cell/contract/replay';
import type { BoardQuery } from '../database/scoped.js';
import * as sql from '../journal/journal.sql.js';

/** More marks than this cannot be told apart on any screen. */
const MOST = 600;

interface MarkRow {
  seq: string;
  at: number;
  kind: BoardEvent['kind'];
  body: string | null;
  total: number;
  count: number;
}

export async function marksBetween(query: BoardQuery, board: BoardId, from: number, to: number): Promise<MarksAnswer> {
  const { rows } = await query.query<MarkRow>(sql.MARKS, [board, from, to, MOST]);
  const marks = rows.flatMap(({ seq, at, kind, body, count }): Mark[] => {
    const said = body === null ? saidOfKind(kind) : saidOf(parseEvent(body));
    return said ? [{ seq: Number(seq), at, count, ...said }] : [];
  });
  return { from, to, of: rows[0]?.total ?? 0, marks: marks.sort((a, b) => a.at - b.at || a.seq - b.seq) };
}

type Said = Omit<Mark, 'seq' | 'at' | 'count'>;

/** Of events too large to be read for a mark. */
function saidOfKind(kind: BoardEvent['kind']): Said | undefined {
  if (kind === 'BoardDefined') return { kind: 'definition', what: 'changed' };
  if (kind === 'ReadingsRecorded') return { kind: 'history', what: 'brought-in' };
  return undefined;
}

function saidOf(event: BoardEvent): Said | undefined {
  switch (event.kind) {
    case 'AlertTurned':
      return { kind: 'alert', what: event.turn, about: event.rule, no: event.no, ...optional({ severity: event.severity, by: event.by, text: event.reason }) };
    case 'LevelTurned':
      return { kind: 'level', what: 'set', about: event.level, level: event.high };
    case 'LevelDeclared':
      return { kind: 'level', what: 'declared', about: event.level, level: event.n, text: event.reason, by: event.by };
    case 'ActionRaised':
      return { kind: 'action', what: 'raised', no: event.no, text: event.what, by: event.by };
    case 'ActionClosed':
      return { kind: 'action', what: 'closed', no: event.no, text: event.result, by: event.by };
    case 'ConcernRaised':
      return { kind: 'concern', what: 'raised', no: event.no, text: event.text, by: event.by };
    case 'ConcernClosed':
      return { kind: 'concern', what: 'closed', no: event.no, text: event.result, by: event.by };
    case 'Passed':
      return { kind: 'passed', what: 'passed', no: event.no, about: event.to, text: event.text, by: event.by };
    case 'Arrived':
      return { kind: 'passed', what: 'arrived', no: event.no, about: event.from, text: event.text, by: event.by };
    case 'Answered':
      return { kind: 'passed', what: 'answered', no: event.no, about: event.from, text: event.text, by: event.by };
    case 'AnswerArrived':
      return { kind: 'passed', what: 'answer', no: event.no, text: event.text, by: event.by };
    case 'HuddleOpened':
      return { kind: 'huddle', what: 'opened', no: event.no, by: event.by };
    case 'HuddleClosed':
      return { kind: 'huddle', what: 'closed', no: event.no, ...optional({ by: event.by }) };
    case 'HuddleSkipped':
      return { kind: 'huddle', what: 'skipped', text: event.reason, by: event.by };
    case 'FeedFellSilent':
      return { kind: 'feed', what: 'silent', about: event.feed };
    case 'FeedHeardAgain':
      return { kind: 'feed', what: 'heard', about: event.feed };
    case 'FeedSuspended':
      return { kind: 'suspension', what: 'begun', about: event.feed, text: event.reason, ...optional({ by: event.by }) };
    case 'FeedResumed':
      return { kind: 'suspension', what: 'ended', about: event.feed, ...optional({ by: event.by }) };
    case 'PlaceClosed':
      return { kind: 'closure', what: 'begun', about: event.place, text: event.reason, by: event.by };
    case 'PlaceOpened':
      return { kind: 'closure', what: 'ended', about: event.place, ...optional({ by: event.by }) };
    case 'MomentNoted':
      return { kind: 'note', what: 'note', text: event.text, by: event.by };
    case 'RulesAgreed':
      return { kind: 'rules', what: 'agreed', by: event.by, ...optional({ about: event.rules[0]?.id ?? event.retired[0], text: event.reason }) };
    case 'SnapshotFrozen':
      return { kind: 'snapshot', what: 'frozen', about: event.snapshot, text: event.name, by: event.by };
    default:
      return undefined;
  }
}

/** Without what is not there. */
function optional<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
