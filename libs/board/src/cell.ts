/**
 * The comm cell around the board: its meeting, what people owe each other, what they agreed. How a cell works is data of the
 * board's definition; what happens in it are events like all others, so a replay shows the meeting with the numbers of then.
 */
import type { SchemeLevel } from './scheme.js';
import type { Band, BoardId, FigureId, GroupId, Label, Person, ProviderId, TileId } from './names.js';

/** What an item of the agenda looks at; `own`: something of this cell's own. */
export type AgendaKind = 'last-24h' | 'now' | 'next-24h' | 'concerns' | 'actions' | 'escalate' | 'own';

export interface AgendaItem {
  id: string;
  kind: AgendaKind;
  title: Label;
  minutes: number;
}

/** When the cell meets: local clock time and days (1 = Monday … 7 = Sunday). Bank holidays are those of the response. */
export interface HuddleTime {
  at: string;
  days: readonly number[];
  onHolidays: 'held' | 'skipped';
}

/** A measure with a box a day, coloured by whether the day's value lies in the good band. */
export interface DayMeasure {
  figure: FigureId;
  title: Label;
  how: 'mean' | 'max' | 'last' | 'sum';
  good: Band;
}

export interface CellDefinition {
  /** 1 = team, 2 = provider, 3 = system, 4 = region. */
  tier: 1 | 2 | 3 | 4;
  agenda: readonly AgendaItem[];
  times: readonly HuddleTime[];
  /** A huddle outside its times needs so much notice, in hours. */
  noticeHours: number;
  /** Those concerned get a word so long before each huddle; left out: half an hour; 0: nobody does. */
  remindMs?: number;
  /** Who is told of its meetings; left out: whoever is told of levels. */
  tell?: readonly GroupId[];
  /** Organisations that answer for themselves, and the office each sends. */
  members: readonly { provider: ProviderId; office: Label }[];
  /** So many of them make a quorum. */
  quorum: number;
  /** Offices that lead and write, in turn. */
  leads: readonly Label[];
  scribes: readonly Label[];
  measures: readonly DayMeasure[];
  /** The cell above, and cells beside it that may be asked for help. */
  above?: BoardId;
  beside?: readonly BoardId[];
}

/** Concerns, actions, ideas, goals and what is passed between cells each have their own numbers on a board. */
export type ConcernStatus = 'open' | 'contained' | 'cause-known' | 'countermeasure' | 'checking';
export type IdeaStatus = 'proposed' | 'accepted' | 'declined' | 'trial' | 'done';
export type Attendance = 'here' | 'deputy' | 'absent';
export type Way = 'up' | 'down' | 'sideways';
export type Answer = 'yes' | 'no' | 'noted';

/** What a concern, an action or something passed on is about. */
export interface About {
  figure?: FigureId;
  tile?: TileId;
  alert?: number;
  concern?: number;
  action?: number;
  goal?: number;
}

export type CellEvent =
  /** The huddle that was planned for `due`, or one outside the times (`due` left out). */
  | { kind: 'HuddleOpened'; no: number; due?: number; lead: string; scribe: string; by: Person }
  /** Everybody looks at this item, and at this tile. */
  | { kind: 'HuddleMoved'; no: number; item: string; tile?: TileId; by: Person }
  | { kind: 'AttendanceMarked'; no: number; provider: ProviderId; attendance: Attendance; name?: string; by: Person }
  /** resource: `amount` of something released from one to another, until a moment. */
  | {
      kind: 'HuddleNoted';
      no: number;
      box: 'decision' | 'resource' | 'went-well' | 'note';
      text: string;
      about?: About;
      resource?: { amount: string; from: string; to: string; until?: number };
      by: Person;
    }
  /** `by` left out: nobody closed it within its time and it was closed by the clock. `of`: what stood on the board at its close. */
  | { kind: 'HuddleClosed'; no: number; of: { seq: number; hash: string }; by?: Person }
  /** A huddle outside the times. */
  | { kind: 'HuddleCalled'; due: number; reason: string; by: Person }
  | { kind: 'HuddleSkipped'; due: number; reason: string; by: Person }
  /** Its moment comes near, and those concerned are told. */
  | { kind: 'HuddleReminded'; due: number }
  | { kind: 'ActionProgressed'; no: number; quarters: 0 | 1 | 2 | 3 | 4; note?: string; by: Person }
  | { kind: 'ActionChanged'; no: number; owner?: string; provider?: ProviderId; due?: number; reason: string; by: Person }
  /** Its time comes near, and its owner is told beforehand. */
  | { kind: 'ActionReminded'; no: number }
  /** Ignored by its owner: the next tier knows. */
  | { kind: 'ActionEscalated'; no: number; group: string }
  | { kind: 'ConcernRaised'; no: number; text: string; about: About; provider?: ProviderId; owner?: string; due?: number; containment?: string; by: Person }
  | {
      kind: 'ConcernChanged';
      no: number;
      status?: ConcernStatus;
      containment?: string;
      cause?: string;
      countermeasure?: string;
      owner?: string;
      provider?: ProviderId;
      due?: number;
      by: Person;
    }
  | { kind: 'ConcernClosed'; no: number; result: string; tags: string[]; by: Person }
  /** An off-target measure that needs no concern, and why, until a moment. */
  | { kind: 'ConcernDeclined'; figure: FigureId; reason: string; until: number; by: Person }
  | { kind: 'IdeaProposed'; no: number; text: string; by: Person }
  | { kind: 'IdeaAnswered'; no: number; accepted: boolean; answer: string; by: Person }
  | { kind: 'IdeaMoved'; no: number; to: 'trial' | 'done'; note: string; by: Person }
  /** The measure is a figure of the board, or entered by hand (`unit` then says what). */
  | {
      kind: 'GoalAgreed';
      no: number;
      title: Label;
      figure?: FigureId;
      unit?: string;
      baseline: { from: number; to: number };
      target: { atMost: number } | { atLeast: number };
      due: number;
      owner: string;
      reviewDays: number;
      by: Person;
    }
  | { kind: 'GoalMeasured'; no: number; at: number; value: number; by: Person }
  | { kind: 'GoalReviewed'; no: number; onTrack: 'yes' | 'no' | 'cannot-tell'; note: string; by: Person }
  | { kind: 'GoalClosed'; no: number; reached: boolean; note: string; by: Person }
  | { kind: 'CharterWritten'; version: number; text: Label; by: Person }
  | { kind: 'CharterAccepted'; version: number; provider: ProviderId; name: string; by: Person }
  /**
   * Passed to another cell: up with a reason, down as word for all, sideways as a question for help. `name`: what the other
   * board is called; `what`: the concern or action it is about, as it was written down.
   */
  | { kind: 'Passed'; no: number; way: Way; to: BoardId; name?: Label; type: string; text: string; about?: About; what?: string; answerBy?: number; by: Person }
  /** The same at the other cell. */
  | { kind: 'Arrived'; from: BoardId; name?: Label; no: number; way: Way; type: string; text: string; what?: string; answerBy?: number; by: Person }
  | { kind: 'Answered'; from: BoardId; no: number; answer: Answer; text: string; by: Person }
  /** The answer, back where it was asked. */
  | { kind: 'AnswerArrived'; no: number; answer: Answer; text: string; by: Person }
  /** Its moment has passed without an answer: at the cell that was asked, and (`from` left out) at the one that asks. */
  | { kind: 'AnswerMissed'; from?: BoardId; no: number }
  /** How a cell below stands; again every few minutes, so that its silence shows. null: it is no longer below. */
  | { kind: 'CellReported'; from: BoardId; report: CellReport | null };

/** A cell below as its own wall has it. */
export interface CellReport {
  name: Label;
  tier: CellDefinition['tier'];
  /** Where it stood in its journal. */
  of: { epoch: string; seq: number };
  /** The level of its whole; absent where it has none. */
  level?: {
    /** "OPEL" */
    mark: string;
    /** Not signed off, or not confirmed. */
    indicative: boolean;
    /** A range while parameters are missing; `look` is that of its worst end. Absent: nothing is worked out. */
    calculated?: { low: number; high: number; look: SchemeLevel['look']; since: number; known: number; of: number };
    declared?: { n: number; look: SchemeLevel['look']; at: number; reviewBy: number };
  };
  /** What it has asked others and has no answer to: how much, since when, and the first moment it was promised for. */
  open?: { count: number; since: number; answerBy?: number };
}

export interface HuddleNote {
  at: number;
  box: 'decision' | 'resource' | 'went-well' | 'note';
  text: string;
  about?: About;
  resource?: { amount: string; from: string; to: string; until?: number };
  by: Person;
}

/** The huddle that is on. */
export interface Huddle {
  no: number;
  due?: number;
  /** Outside the times: when it was called. */
  calledAt?: number;
  openedAt: number;
  lead: string;
  scribe: string;
  item: string;
  /** When the item was come to, and the time spent on each before. */
  itemAt: number;
  spentMs: Record<string, number>;
  tile?: TileId;
  attendance: Record<ProviderId, { attendance: Attendance; name?: string; at: number }>;
  notes: HuddleNote[];
  /** Numbers of actions and concerns that were raised in it. */
  raised: { actions: number[]; concerns: number[] };
}

/** One that was held: what its health is counted from. The newest first; older ones stand in the journal. */
export interface HeldHuddle {
  no: number;
  due?: number;
  calledAt?: number;
  openedAt: number;
  closedAt: number;
  plannedMs: number;
  here: ProviderId[];
  expected: number;
  quorum: boolean;
  notices: number;
  /** Items of the agenda that were come to. */
  agenda: { held: number; of: number };
  actions: { raised: number[]; closedByNext?: number };
}

export interface Concern {
  no: number;
  text: string;
  about: About;
  status: ConcernStatus;
  raisedAt: number;
  changedAt: number;
  by: Person;
  provider?: ProviderId;
  owner?: string;
  due?: number;
  containment?: string;
  cause?: string;
  countermeasure?: string;
}

export interface Idea {
  no: number;
  text: string;
  status: IdeaStatus;
  at: number;
  by: Person;
  answer?: { text: string; at: number; by: Person };
  note?: string;
}

export interface Goal {
  no: number;
  title: Label;
  figure?: FigureId;
  unit?: string;
  baseline: { from: number; to: number };
  target: { atMost: number } | { atLeast: number };
  due: number;
  owner: string;
  reviewDays: number;
  agreedAt: number;
  by: Person;
  /** Entered by hand, ascending; the newest hundred. */
  measured: [at: number, value: number][];
  review?: { at: number; onTrack: 'yes' | 'no' | 'cannot-tell'; note: string; by: Person };
}

export interface Charter {
  version: number;
  text: Label;
  at: number;
  by: Person;
  accepted: Record<ProviderId, { name: string; at: number }>;
}

/** Passed to another cell and not answered, or answered within the last week. */
export interface PassedOn {
  no: number;
  way: Way;
  to: BoardId;
  name?: Label;
  type: string;
  text: string;
  about?: About;
  what?: string;
  at: number;
  answerBy?: number;
  /** Its moment passed without an answer, and those concerned were told. */
  missed?: true;
  by: Person;
  answer?: { answer: Answer; text: string; at: number; by: Person };
}

/** Come from another cell. */
export interface ComeIn {
  from: BoardId;
  name?: Label;
  no: number;
  way: Way;
  type: string;
  text: string;
  what?: string;
  at: number;
  answerBy?: number;
  missed?: true;
  by: Person;
  answer?: { answer: Answer; text: string; at: number; by: Person };
}

/** What a cell below said last, and when. */
export interface CellBelow extends CellReport {
  at: number;
}
