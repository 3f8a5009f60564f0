/** What the journal tells of a period, without its readings; each event with its place and its hash. Reads only. */
import type { BoardDefinition, BoardId } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';
import { DAY_MS } from '@comm-cell/board/time';
import { parseEvent } from '@comm-cell/contract/journal';
import type { BoardQuery } from '../database/scoped.js';

/** What began earlier than this before the period, and did not change since, is not known to have been so. */
const LEAD_MS = 60 * DAY_MS;
/** More events than this are nobody's paper; read at once they would also be too much for the server. */
export const EVENTS_MOST = 60_000;

const KINDS = [
  'AlertTurned',
  'RuleShelved',
  'RuleUnshelved',
  'LevelTurned',
  'LevelDeclared',
  'StatusPosted',
  'FiguresSignedOff',
  'ActionRaised',
  'ActionProgressed',
  'ActionChanged',
  'ActionEscalated',
  'ActionClosed',
  'ConcernRaised',
  'ConcernChanged',
  'ConcernClosed',
  'ConcernDeclined',
  'HuddleCalled',
  'HuddleOpened',
  'HuddleNoted',
  'HuddleClosed',
  'HuddleSkipped',
  'Passed',
  'Arrived',
  'Answered',
  'AnswerArrived',
  'AnswerMissed',
  'IdeaProposed',
  'IdeaAnswered',
  'IdeaMoved',
  'GoalAgreed',
  'GoalReviewed',
  'GoalClosed',
  'CharterWritten',
  'FeedFellSilent',
  'FeedHeardAgain',
  'FeedSuspended',
  'FeedResumed',
  'PlaceClosed',
  'PlaceOpened',
  'CapacityOffered',
  'CapacityClaimed',
  'CapacityWithdrawn',
  'MessageStuck',
  'MessageMended',
  'RulesAgreed',
  'BoardDefined',
] as const satisfies readonly BoardEvent['kind'][];

/** Kinds that a paper tells of, each with a line and with words; notes are read apart. */
export type ToldKind = (typeof KINDS)[number] | 'MomentNoted';

/**
 * What a paper leaves out: figures, which have their charts; small steps and reminders of what is told; proposals, until they are
 * agreed; what changes no picture. A new kind belongs either here or among those that are told: otherwise nothing compiles.
 */
export type UntoldKind =
  | 'ReadingsRecorded'
  | 'ReadingsQuarantined'
  | 'ReadingsRefused'
  | 'HeldSettled'
  | 'ClockStepped'
  | 'UsualLearned'
  | 'RuleProposed'
  | 'RuleApproved'
  | 'RuleWithdrawn'
  | 'CardStepTicked'
  | 'ActionChased'
  | 'ActionReminded'
  | 'HuddleMoved'
  | 'HuddleReminded'
  | 'AttendanceMarked'
  | 'GoalMeasured'
  | 'CharterAccepted'
  | 'CellReported'
  | 'SnapshotFrozen'
  | 'DeedDone';

/** An event with `definition` and `rules` left out where they would be long; they are read where they are needed. */
export interface Told {
  seq: number;
  at: number;
  hash: string;
  event: BoardEvent;
}
interface Row {
  seq: string;
  at: number;
  hash: string;
  body: string;
}

const COLUMNS = `seq, (extract(epoch from recorded_at) * 1000)::float8 as at, encode(hash, 'hex') as hash`;
/** The first condition stands as the index \`journal_without_readings\` has it. Of alerts and levels only the steps that people see. */
const EVENTS = `
select ${COLUMNS}, case when kind = 'BoardDefined' then (body::jsonb - 'definition')::text else body end as body from journal
where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused') and kind = any($2)
  and recorded_at >= to_timestamp($3::float8 / 1000) and recorded_at < to_timestamp($4::float8 / 1000)
  and (kind <> 'AlertTurned' or (body::jsonb ->> 'turn') in ('raised', 'acknowledged', 'taken', 'dropped', 'stood-down', 'closed'))
  and (kind <> 'LevelTurned' or (body::jsonb ->> 'turn') = 'set')
order by seq limit $5`;
const NOTES = `select ${COLUMNS}, body from journal where board_id = $1 and kind in ('MomentNoted', 'SnapshotFrozen') and kind = 'MomentNoted' order by seq`;
/** Without one before the period (figures that were brought in are older than their board) the first there was. */
const DEFINED = `
select body from journal where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused') and kind = 'BoardDefined'
order by (recorded_at < to_timestamp($2::float8 / 1000)) desc, case when recorded_at < to_timestamp($2::float8 / 1000) then -seq else seq end limit 1`;
const STANDS = `select seq::float8 as seq, encode(hash, 'hex') as hash from board_head where board_id = $1`;

export interface Chronicle {
  events: Told[];
  /** Notes on moments, whenever they were written. */
  notes: Told[];
  definition: BoardDefinition;
  stands: { seq: number; hash: string };
}

/** Undefined when there are more events than a paper can hold. */
export async function chronicleOf(query: BoardQuery, board: BoardId, from: number, to: number): Promise<Chronicle | undefined> {
  const { rows } = await query.query<Row>(EVENTS, [board, KINDS, from - LEAD_MS, to, EVENTS_MOST + 1]);
  if (rows.length > EVENTS_MOST) return undefined;
  const notes = await query.query<Row>(NOTES, [board]);
  const defined = await query.query<{ body: string }>(DEFINED, [board, to]);
  const { definition } = parseEvent(defined.rows[0]!.body) as Extract<BoardEvent, { kind: 'BoardDefined' }>;
  const stands = await query.query<{ seq: number; hash: string }>(STANDS, [board]);
  return { events: rows.map(toldOf), notes: notes.rows.map(toldOf), definition, stands: stands.rows[0]! };
}

function toldOf({ seq, at, hash, body }: Row): Told {
  return { seq: Number(seq), at, hash, event: parseEvent(body) };
}
