/**
 * Everything that happens on a board and changes a pixel, in the past tense. Stored events are never
 * changed; a correction is another event. New kinds and new optional fields may be added; a field's meaning
 * may not change (a change of meaning is a new kind).
 */
import type { BoardDefinition, FeedId, ProviderId, SeriesId } from './definition.js';

/** A value of a series observed at a moment; `value: null` = the provider says it cannot report, and `why`. */
export interface Reading {
  series: SeriesId;
  /** Observed at, epoch ms. */
  at: number;
  value: number | string | null;
  /** Revision; left out when 0. A correction is the same series and moment with a higher revision. */
  rev?: number;
  why?: string;
}

/** Why a well-formed reading was held back for a person to look at. */
export type HoldReason = 'out-of-range' | 'jump' | 'unit-step' | 'conflict';

export interface HeldReading extends Reading {
  reason: HoldReason;
}

export type BoardEvent =
  | { kind: 'BoardDefined'; definition: BoardDefinition }
  | { kind: 'ReadingsRecorded'; feed: FeedId; batch: string; readings: Reading[] }
  | { kind: 'ReadingsQuarantined'; feed: FeedId; batch: string; readings: HeldReading[] }
  /** A batch, or part of one, was refused; the feed's light says so with the first reason. */
  | { kind: 'ReadingsRefused'; feed: FeedId; batch: string; count: number; code: string; detail: string }
  | { kind: 'StatusPosted'; provider: ProviderId; feed: FeedId; text: string; level?: number; until: number }
  | { kind: 'FeedSuspended'; feed: FeedId; until: number; reason: string }
  | { kind: 'FeedResumed'; feed: FeedId }
  /** Found by the clock: the whole feed is past its grace. `since` is the moment it became late. */
  | { kind: 'FeedFellSilent'; feed: FeedId; since: number }
  | { kind: 'FeedHeardAgain'; feed: FeedId }
  /** The server's clock jumped against its own running time; ages are to be taken with care. */
  | { kind: 'ClockStepped'; byMs: number };

/** An event in its place: `seq` is gapless from 1, `at` is the moment it was recorded (epoch ms). */
export interface Entry {
  seq: number;
  at: number;
  event: BoardEvent;
}
