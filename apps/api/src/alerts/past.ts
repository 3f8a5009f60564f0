/** What the journal tells of alerts, actions and rules. Reads only, over the index that leaves readings out. */
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import type { RuleId, Turn } from '@comm-cell/board/rule';
import type { AlertHistory, AlertStep, Episode, RuleVersion } from '@comm-cell/contract/desk';
import { parseEvent } from '@comm-cell/contract/journal';
import type pg from 'pg';
import { type Journal, StoreDown } from '../journal/journal.js';
import { episodesOf, type Turned } from './episodes.js';

/** Named so that the planner sees the condition of the index `journal_without_readings`. */
const NO_READINGS = `kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused')`;
const ROW = `seq, (extract(epoch from recorded_at) * 1000)::float8 as at, body`;

/** Alerts that were raised within the stretch or ended after its beginning. */
const CONCERNED = `
select distinct (body::jsonb ->> 'no')::int as no from journal
where board_id = $1 and ${NO_READINGS} and kind = 'AlertTurned' and recorded_at >= to_timestamp($2::float8 / 1000)
  and ((body::jsonb ->> 'turn') in ('stood-down', 'closed') or ((body::jsonb ->> 'turn') = 'raised' and recorded_at < to_timestamp($3::float8 / 1000)))`;

const TURNS_OF = `
select ${ROW} from journal
where board_id = $1 and kind = 'AlertTurned' and (body::jsonb ->> 'no')::int = any($2::int[]) order by seq`;

const KINDS_BETWEEN = `
select ${ROW} from journal
where board_id = $1 and ${NO_READINGS} and kind = any($2) and recorded_at >= to_timestamp($3::float8 / 1000) and recorded_at < to_timestamp($4::float8 / 1000)
order by seq`;

const ENDS: readonly string[] = ['dropped', 'stood-down', 'closed'] satisfies Turn[];

type Kind = BoardEvent['kind'];
type EventOf<K extends Kind> = Extract<BoardEvent, { kind: K }>;
interface EntryOf<K extends Kind> extends Entry {
  event: EventOf<K>;
}

/** Alerts that were open at some moment of the stretch, each with its whole life. `open`: numbers of those that are open now. */
export async function episodesDuring(journal: Journal, board: BoardId, from: number, to: number, open: readonly number[]): Promise<Episode[]> {
  const concerned = await rowsOf<{ no: number }>(journal, CONCERNED, [board, from, to]);
  const turns = await turnsOf(journal, board, [...new Set([...concerned.map(({ no }) => no), ...open])]);
  return episodesOf(turns.map(({ event }) => event)).filter(({ openedAt, endedAt = Infinity }) => openedAt < to && endedAt >= from);
}

/** Rules put on the shelf within the stretch, each time. */
export async function shelvingsDuring(journal: Journal, board: BoardId, from: number, to: number): Promise<RuleId[]> {
  return (await between(journal, board, ['RuleShelved'], from, to)).map(({ event }) => event.rule);
}

/** Everything that was done about an alert, from its first turn on. Undefined when there never was such an alert. */
export async function historyOf(journal: Journal, board: BoardId, no: number): Promise<AlertHistory | undefined> {
  const turns = await turnsOf(journal, board, [no]);
  const first = turns[0];
  if (!first) return undefined;
  const { rule } = first.event;
  const last = turns.at(-1)!;
  const over = ENDS.includes(last.event.turn) ? last.at : Infinity;
  const done = await between(journal, board, ['RuleShelved', 'RuleUnshelved', 'ActionRaised', 'ActionClosed', 'CardStepTicked'], first.at, Infinity);
  const actions = new Set(done.flatMap(({ event }) => (event.kind === 'ActionRaised' && event.alert === no ? [event.no] : [])));
  const steps: (AlertStep & { seq: number })[] = turns.map(({ seq, at, event: { kind: _kind, no: _no, rule: _rule, reason, seenAt: _seenAt, ...turned } }) => ({
    seq,
    at,
    ...turned,
    ...(reason === undefined ? {} : { text: reason }),
  }));
  for (const { seq, at, event } of done) {
    if (event.kind === 'RuleShelved' && event.rule === rule && at <= over) steps.push({ seq, at, turn: 'shelved', by: event.by, text: event.reason });
    if (event.kind === 'RuleUnshelved' && event.rule === rule && at <= over) steps.push({ seq, at, turn: 'unshelved', ...(event.by ? { by: event.by } : {}) });
    if (event.kind === 'ActionRaised' && event.alert === no) steps.push({ seq, at, turn: 'action-raised', by: event.by, text: event.what });
    if (event.kind === 'ActionClosed' && actions.has(event.no)) steps.push({ seq, at, turn: 'action-closed', by: event.by, text: event.result });
    if (event.kind === 'CardStepTicked' && event.run === `alert:${no}`)
      steps.push({ seq, at, turn: 'step-ticked', by: event.by, text: event.cannot === undefined ? event.step : `${event.step}: ${event.cannot}` });
  }
  return { no, rule, steps: steps.sort((a, b) => a.seq - b.seq).map(({ seq: _seq, ...step }) => step) };
}

/** All versions of a rule, the first one first. */
export async function versionsOf(journal: Journal, board: BoardId, id: RuleId): Promise<RuleVersion[]> {
  const versions: RuleVersion[] = [];
  for (const { at, event } of await between(journal, board, ['RulesAgreed'], 0, Infinity)) {
    const rule = event.rules.find((one) => one.id === id) ?? null;
    if (!rule && !event.retired.includes(id)) continue;
    const { origin, by, reason, due } = event;
    versions.push({ version: versions.length + 1, rule, since: due ?? at, origin, by, ...(reason === undefined ? {} : { reason }) });
  }
  return versions;
}

async function turnsOf(journal: Journal, board: BoardId, nos: readonly number[]): Promise<(Entry & { event: Turned })[]> {
  return nos.length === 0 ? [] : entries<'AlertTurned'>(await rowsOf(journal, TURNS_OF, [board, nos]));
}

async function between<K extends Kind>(journal: Journal, board: BoardId, kinds: readonly K[], from: number, to: number): Promise<EntryOf<K>[]> {
  return entries<K>(await rowsOf(journal, KINDS_BETWEEN, [board, kinds, from, Math.min(to, LAST)]));
}
/** The last moment that Postgres knows, roughly. */
const LAST = Date.UTC(9999, 0);

interface Row {
  seq: string;
  at: number;
  body: string;
}
function entries<K extends Kind>(rows: readonly Row[]): EntryOf<K>[] {
  return rows.map(({ seq, at, body }) => ({ seq: Number(seq), at, event: parseEvent(body) as EventOf<K> }));
}

async function rowsOf<R extends pg.QueryResultRow = Row>(journal: Journal, text: string, values: unknown[]): Promise<R[]> {
  try {
    return (await journal.pool.query<R>(text, values)).rows;
  } catch (error) {
    throw new StoreDown(error);
  }
}
