/**
 * Figures written by people. They pass the very checks of those that come from systems, and stand in the journal with the name
 * of whoever wrote them; a correction is another reading of the same moment with a higher revision and a reason.
 */
import type { FeedId, ProviderId, SeriesId } from '../definition.js';
import type { BoardEvent, Person } from '../events.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';
import { type CandidateRow, type KnownReadings, type ReadingsOutcome, readingKey, recordReadings, type RejectedRow } from './record-readings.js';

export interface PushFigures {
  provider: ProviderId;
  /** Made by the screen that sends it, so that the same batch again is the same. */
  batch: string;
  rows: readonly CandidateRow[];
  by: Person;
}

/** One batch may bring figures of several feeds of its provider: a person knows figures, not feeds. */
export function pushFigures(state: BoardState, { provider, batch, rows, by }: PushFigures, known: KnownReadings, at: number): Decision<ReadingsOutcome> {
  const definition = state.definition;
  if (!definition) throw new Error('A board without a definition takes no figures.');
  const events: BoardEvent[] = [];
  const outcome: ReadingsOutcome = { received: rows.length, accepted: 0, duplicate: 0, rejected: [], quarantined: [] };
  const byFeed = new Map<FeedId, CandidateRow[]>();
  for (const row of rows) {
    const feed = definition.feeds[definition.series[row.series]?.feed ?? ''];
    const refuse = (code: string, detail: string): unknown => outcome.rejected.push({ row: row.row, field: 'series', code, detail });
    if (!feed) refuse('unknown-series', `This board has no figure "${row.series}".`);
    else if (feed.provider !== provider) refuse('other-provider', `"${row.series}" is not a figure of "${provider}".`);
    else if (feed.means === 'system') refuse('automatic', `"${row.series}" comes from a system; to put one value right, correct it with a reason.`);
    else byFeed.set(feed.id, [...(byFeed.get(feed.id) ?? []), row]);
  }
  for (const [feed, own] of byFeed) {
    const led = recordReadings(state, { feed, batch, rows: own, unreadable: [], by }, known, at);
    // Who mistypes is told on the spot; that is no fault of the feed for a wall to show.
    events.push(...led.events.filter(({ kind }) => kind !== 'ReadingsRefused'));
    outcome.accepted += led.outcome.accepted;
    outcome.duplicate += led.outcome.duplicate;
    outcome.rejected.push(...led.outcome.rejected);
    outcome.quarantined.push(...led.outcome.quarantined);
  }
  return { events, outcome };
}

export interface CorrectFigure {
  series: SeriesId;
  /** The moment whose value is wrong. */
  at: number;
  /** Revision of the value that was seen, so that nobody corrects what somebody else has just put right. */
  seen: number;
  value: number | string | null;
  /** `value: null`: why there is none after all. */
  why?: string;
  reason: string;
  batch: string;
  by: Person;
}
export type CorrectionOutcome = { series: SeriesId; rev: number } | { refused: Refused };

/** What has to be known of the past to correct it: whether the value is there, and whether it still is the newest of its moment. */
export function correctionRows({ series, at, seen }: Pick<CorrectFigure, 'series' | 'at' | 'seen'>): CandidateRow[] {
  return [seen, seen + 1].map((rev) => ({ row: 0, series, at, rev, value: null }));
}

export function correctFigure(state: BoardState, command: CorrectFigure, known: KnownReadings, at: number): Decision<CorrectionOutcome> {
  const { series: id, seen, value, why, by, batch } = command;
  const refuse = (field: string, code: string, detail: string, version?: number): Decision<CorrectionOutcome> => ({
    events: [],
    outcome: { refused: { field, code, detail, ...(version !== undefined && { version }) } },
  });
  const series = state.definition?.series[id];
  if (!series) return refuse('series', 'unknown-series', `This board has no figure "${id}".`);
  const reason = command.reason.trim();
  if (reason === '') return refuse('reason', 'missing', 'Say why it is corrected, for those who will compare.');
  const newest = state.series[id];
  const valueOf = (rev: number): number | string | null | undefined =>
    newest?.at === command.at && newest.rev === rev ? newest.value : known.get(readingKey(id, command.at, rev));
  const wrong = valueOf(seen);
  if (wrong === undefined)
    return refuse('observedAt', 'unknown-reading', 'There is no such value to correct: nothing was reported for this moment and revision.');
  const rev = seen + 1;
  if (valueOf(rev) !== undefined || (newest?.at === command.at && newest.rev > seen))
    return refuse('seen', 'moved-on', 'Somebody has corrected this value already.', Math.max(rev, newest?.at === command.at ? newest.rev : 0));
  if (wrong === value) return refuse('value', 'same-value', 'That is the value it has.');
  const row: CandidateRow = { row: 0, series: id, at: command.at, value, rev, ...(why !== undefined && { why }) };
  const { events, outcome } = recordReadings(state, { feed: series.feed, batch, rows: [row], unreadable: [], by }, known, at);
  const fault: Pick<RejectedRow, 'field' | 'code' | 'detail'> | undefined =
    outcome.rejected[0] ?? outcome.quarantined.map(({ reason: code, detail }) => ({ field: 'value', code, detail }))[0];
  if (fault) return refuse(fault.field, fault.code, fault.code === 'out-of-range' ? outOfRange(series.range) : fault.detail);
  return { events: events.map((event) => (event.kind === 'ReadingsRecorded' ? { ...event, reason } : event)), outcome: { series: id, rev } };
}

function outOfRange({ min, max }: { min: number; max: number }): string {
  return `Outside the believable range of this figure, ${min} to ${max}.`;
}
