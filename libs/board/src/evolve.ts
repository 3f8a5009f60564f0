/**
 * The one fold: it runs unchanged in the server, in the browser and in replay. No clock, no randomness, no I/O.
 * Raise REDUCER_VERSION whenever the same events would fold to another state: stored checkpoints of another
 * version are then refolded instead of trusted.
 */
import type { SeriesId } from './definition.js';
import type { BoardEvent, Entry } from './events.js';
import { actionsSlice } from './slices/actions.js';
import { alertsSlice } from './slices/alerts.js';
import { cellSlice } from './slices/cell.js';
import { definitionSlice } from './slices/definition.js';
import { Draft } from './slices/draft.js';
import { feedsSlice } from './slices/feeds.js';
import { levelsSlice } from './slices/levels.js';
import { providedSlice } from './slices/provided.js';
import { readingsSlice } from './slices/readings.js';
import { rulesSlice } from './slices/rules.js';
import { statusesSlice } from './slices/statuses.js';
import type { BoardState, SeriesState } from './state.js';

export const REDUCER_VERSION = 3;

/** Every kind of event that this build folds. */
export const KINDS: Readonly<Record<BoardEvent['kind'], true>> = {
  BoardDefined: true,
  ReadingsRecorded: true,
  ReadingsQuarantined: true,
  ReadingsRefused: true,
  StatusPosted: true,
  FeedSuspended: true,
  FeedResumed: true,
  FeedFellSilent: true,
  FeedHeardAgain: true,
  ClockStepped: true,
  RulesAgreed: true,
  RuleProposed: true,
  RuleApproved: true,
  RuleWithdrawn: true,
  UsualLearned: true,
  AlertTurned: true,
  RuleShelved: true,
  RuleUnshelved: true,
  LevelTurned: true,
  LevelDeclared: true,
  ActionRaised: true,
  ActionClosed: true,
  ActionChased: true,
  CardStepTicked: true,
  MessageStuck: true,
  MessageMended: true,
  HeldSettled: true,
  FiguresSignedOff: true,
  PlaceClosed: true,
  PlaceOpened: true,
  CapacityOffered: true,
  CapacityClaimed: true,
  CapacityWithdrawn: true,
  SnapshotFrozen: true,
  MomentNoted: true,
  DeedDone: true,
  HuddleOpened: true,
  HuddleMoved: true,
  AttendanceMarked: true,
  HuddleNoted: true,
  HuddleClosed: true,
  HuddleCalled: true,
  HuddleSkipped: true,
  HuddleReminded: true,
  ActionProgressed: true,
  ActionChanged: true,
  ActionReminded: true,
  ActionEscalated: true,
  ConcernRaised: true,
  ConcernChanged: true,
  ConcernClosed: true,
  ConcernDeclined: true,
  IdeaProposed: true,
  IdeaAnswered: true,
  IdeaMoved: true,
  GoalAgreed: true,
  GoalMeasured: true,
  GoalReviewed: true,
  GoalClosed: true,
  CharterWritten: true,
  CharterAccepted: true,
  Passed: true,
  Arrived: true,
  Answered: true,
  AnswerArrived: true,
  AnswerMissed: true,
  CellReported: true,
};

/** An event this build does not know. A screen must cover itself: going on would show a wrong board. */
export class UnknownEvent extends Error {
  constructor(readonly kind: string) {
    super(`This build does not know events of kind "${kind}".`);
    this.name = 'UnknownEvent';
  }
}

/** Folds many events with one copy of what they touch. The state it started from is not changed. */
export class Fold {
  #draft: Draft;

  constructor(start: BoardState, inPlace = false) {
    this.#draft = new Draft(start, inPlace);
  }

  /**
   * Writes the series into the state itself: for its one owner, who gives it up. A fold that is not carried to its end leaves
   * a state that is of no use.
   */
  static inPlace(own: BoardState): Fold {
    return new Fold(own, true);
  }

  apply(event: BoardEvent, at: number): this {
    if (!Object.hasOwn(KINDS, event.kind)) throw new UnknownEvent(event.kind);
    definitionSlice(this.#draft, event, at);
    readingsSlice(this.#draft, event, at);
    feedsSlice(this.#draft, event, at);
    statusesSlice(this.#draft, event, at);
    rulesSlice(this.#draft, event, at);
    alertsSlice(this.#draft, event, at);
    levelsSlice(this.#draft, event, at);
    actionsSlice(this.#draft, event, at);
    providedSlice(this.#draft, event, at);
    cellSlice(this.#draft, event, at);
    return this;
  }

  /** A look at the fold so far: entries by their key, and only until the next `apply`. */
  get peek(): BoardState {
    return this.#draft.state;
  }

  /** The state so far. It is safe to keep while folding goes on, unless series are written in place. */
  finish(): BoardState {
    return this.#draft.finish();
  }

  /** The series that were written in place since the fold began. */
  get written(): ReadonlyMap<SeriesId, SeriesState> {
    return this.#draft.written ?? new Map();
  }
}

export function evolve(state: BoardState, entry: Pick<Entry, 'event' | 'at'>): BoardState {
  return new Fold(state).apply(entry.event, entry.at).finish();
}

export function evolveAll(state: BoardState, entries: Iterable<Pick<Entry, 'event' | 'at'>>): BoardState {
  const fold = new Fold(state);
  for (const { event, at } of entries) fold.apply(event, at);
  return fold.finish();
}
