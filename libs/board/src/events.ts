/**
 * Everything that happens on a board and changes a pixel, in the past tense. Stored events are never
 * changed; a correction is another event. New kinds and new optional fields may be added; a field's meaning
 * may not change (a change of meaning is a new kind).
 */
import type { BoardDefinition, FeedId, FigureId, PlaceId, ProviderId, SeriesId } from './definition.js';
import type { CellEvent } from './cell.js';
import type { Person } from './names.js';
import type { CardId, GroupId } from './response.js';

import type { Rule, RuleId, Severity, Turn } from './rule.js';
import type { LevelId } from './scheme.js';

export type { Person } from './names.js';

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
export type HoldReason = 'out-of-range' | 'jump' | 'unit-step' | 'conflict' | 'unchanged' | 'resent' | 'mix-up';

export interface HeldReading extends Reading {
  reason: HoldReason;
  /** mix-up: the feed whose figures these are. */
  of?: FeedId;
}

/** What is usual in each hour of the week (0 = Monday 00:00 local): the middle value, or null where too little is known. */
export interface Usual {
  figure: FigureId;
  hours: (number | null)[];
  /** Stretch of history it was learned from, epoch ms. */
  from: number;
  to: number;
}

/** A figure as it was signed off. `rev` is left out when 0. */
export interface SignedFigure {
  series: SeriesId;
  at: number;
  rev?: number;
  value: number | string | null;
}

export type Deed =
  | 'signed-in'
  | 'sign-in-refused'
  | 'signed-out'
  | 'sessions-ended'
  | 'person-added'
  | 'person-changed'
  | 'person-removed'
  | 'second-factor-set'
  | 'key-made'
  | 'key-revoked'
  | 'display-paired'
  | 'display-removed'
  | 'contact-changed'
  | 'feed-mapped'
  | 'refused'
  | 'calendar-renewed'
  | 'snapshot-shared'
  | 'snapshot-link-ended'
  | 'exported'
  | 'imported'
  | 'payload-sent-again'
  | 'looked-back';

export type BoardEvent =
  | CellEvent
  /** `by` and `reason`: changed on screen; left out when it came from its file. */
  | { kind: 'BoardDefined'; definition: BoardDefinition; by?: Person; reason?: string }
  /**
   * `by`: a person wrote these figures; with `reason` they correct earlier ones. `history`: older figures brought in afterwards,
   * for trends alone: they change nothing that a wall shows and fire no alert.
   */
  | { kind: 'ReadingsRecorded'; feed: FeedId; batch: string; readings: Reading[]; by?: Person; reason?: string; history?: true }
  | { kind: 'ReadingsQuarantined'; feed: FeedId; batch: string; readings: HeldReading[] }
  /** A batch, or part of one, was refused; the feed's light says so with the first reason. */
  | { kind: 'ReadingsRefused'; feed: FeedId; batch: string; count: number; code: string; detail: string }
  /** Through a feed, or by a person. */
  | { kind: 'StatusPosted'; provider: ProviderId; feed?: FeedId; text: string; level?: number; until: number; by?: Person }
  | { kind: 'FeedSuspended'; feed: FeedId; until: number; reason: string; by?: Person }
  | { kind: 'FeedResumed'; feed: FeedId; by?: Person }
  /** What was held back was looked at: `released` ones were recorded in the same append. */
  | { kind: 'HeldSettled'; series: SeriesId; at: number; rev?: number; value: number | string | null; released: boolean; reason: string; by: Person }
  /** A duty director stands behind a provider's figures as they were. Whatever differs later is a restatement. */
  | { kind: 'FiguresSignedOff'; provider: ProviderId; figures: SignedFigure[]; by: Person; note?: string }
  | { kind: 'PlaceClosed'; place: PlaceId; until: number; reason: string; by: Person }
  /** `by` left out: its time was over. */
  | { kind: 'PlaceOpened'; place: PlaceId; by?: Person }
  /** Spare capacity: so many of something, until a moment, for whoever claims it first. */
  | { kind: 'CapacityOffered'; no: number; provider: ProviderId; place?: PlaceId; what: string; count: number; until: number; by: Person }
  | { kind: 'CapacityClaimed'; no: number; provider: ProviderId; count: number; by: Person; note?: string }
  | { kind: 'CapacityWithdrawn'; no: number; by: Person }
  /** Found by the clock: the whole feed is past its grace. `since` is the moment it became late. */
  | { kind: 'FeedFellSilent'; feed: FeedId; since: number }
  | { kind: 'FeedHeardAgain'; feed: FeedId }
  /** The server's clock jumped against its own running time; ages are to be taken with care. */
  | { kind: 'ClockStepped'; byMs: number }
  /**
   * These rules are in force from now on, each as a new version; `retired` ones no longer are. `due`: they were agreed before, to
   * begin at this moment.
   */
  | { kind: 'RulesAgreed'; rules: Rule[]; retired: RuleId[]; origin: 'file' | 'screen'; by: Person; reason?: string; due?: number }
  /** A change that waits: for its moment, and for a second person where one is needed. `rule: null` = retire it. */
  | { kind: 'RuleProposed'; id: RuleId; rule: Rule | null; from: number; by: Person; reason: string }
  | { kind: 'RuleApproved'; id: RuleId; by: Person }
  | { kind: 'RuleWithdrawn'; id: RuleId; by: Person }
  | { kind: 'UsualLearned'; usuals: Usual[] }
  /**
   * An alert went a step on. `no` names the alert, `due` is the moment the step became true (a timer's end, not the tick that
   * found it). `by`: a person's doing.
   */
  | {
      kind: 'AlertTurned';
      rule: RuleId;
      no: number;
      turn: Turn;
      due: number;
      value?: number | null;
      severity?: Severity;
      /** counted: which reading was counted. */
      seenAt?: number;
      /** climbed, handed-over: who is told now. superseded: see `behind`. */
      group?: GroupId;
      behind?: RuleId;
      by?: Person;
      reason?: string;
    }
  | { kind: 'RuleShelved'; rule: RuleId; until: number; reason: string; by: Person }
  /** `by` left out: its time was over. */
  | { kind: 'RuleUnshelved'; rule: RuleId; by?: Person }
  | {
      kind: 'LevelTurned';
      level: LevelId;
      /** rising, falling: another level than the held one is worked out, its time runs; steady: it is not any more; set: it holds now. */
      turn: 'rising' | 'falling' | 'steady' | 'set';
      due: number;
      /** Range of the level: the same twice when every parameter is known. */
      low: number;
      high: number;
      /** Range of the score. */
      score: [number, number];
      known: number;
      of: number;
    }
  | { kind: 'LevelDeclared'; level: LevelId; n: number; reason: string; reviewBy: number; by: Person }
  | {
      kind: 'ActionRaised';
      no: number;
      what: string;
      owner: string;
      provider?: ProviderId;
      due: number;
      rule?: RuleId;
      alert?: number;
      figure?: FigureId;
      concern?: number;
      goal?: number;
      by: Person;
    }
  | { kind: 'ActionClosed'; no: number; result: string; by: Person }
  /** Overdue, and its owner is told (again). */
  | { kind: 'ActionChased'; no: number; times: number }
  /** `run` names what the card was begun for: `alert:147`, `level:system:4:1763800000000`. `cannot`: why the step cannot be done. */
  | { kind: 'CardStepTicked'; card: CardId; run: string; step: string; by: Person; cannot?: string }
  /** A message nobody got in time, or (`mended`) that got through after all. */
  | { kind: 'MessageStuck'; message: string; group: GroupId; channel: string; about: string; since: number; detail: string }
  | { kind: 'MessageMended'; message: string }
  /** A named moment people cite: what stood on the wall at `seq`, proved by `hash`. Changes no picture. */
  | { kind: 'SnapshotFrozen'; snapshot: string; name: string; note?: string; of: { seq: number; at: number; hash: string }; by: Person }
  /** A remark on a moment of the past, for those who look back. Changes no picture. */
  | { kind: 'MomentNoted'; about: number; text: string; by: Person }
  /** What somebody did or tried that changes no picture: signing in, keys, people, displays, exports. Changes no picture. */
  | { kind: 'DeedDone'; deed: Deed; by: Person | null; about?: string; detail?: string };

/** An event in its place: `seq` is gapless from 1, `at` is the moment it was recorded (epoch ms). */
export interface Entry {
  seq: number;
  at: number;
  event: BoardEvent;
}
