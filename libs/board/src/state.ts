/** What the board is after folding the journal up to a seq. Plain JSON: it is stored, sent and hashed as it is. */
import { canonical } from './canonical.js';
import type { CellBelow, Charter, ComeIn, Concern, Goal, HeldHuddle, Huddle, Idea, PassedOn } from './cell.js';
import type { BoardDefinition, BoardId, FeedId, FigureId, PlaceId, ProviderId, SeriesId } from './definition.js';
import type { HoldReason, Person, SignedFigure, Usual } from './events.js';
import type { CardId, GroupId } from './response.js';
import type { Rule, RuleId, Severity } from './rule.js';
import type { LevelId } from './scheme.js';

/** A point of the day line: the newest reading of its bucket. `rev` is left out when 0. */
export type TrendPoint = [at: number, value: number | null, rev?: number];

export interface SeriesState {
  /** The newest reading by (observed at, revision). */
  at: number;
  rev: number;
  value: number | string | null;
  why?: string;
  /** When the newest reading was recorded, epoch ms. */
  recordedAt: number;
  /** The newest reading that had a value; absent while that is the newest of all. */
  last?: { at: number; value: number | string };
  /** Ascending by time, at most one point a bucket, not longer than the definition's day line. */
  trend: TrendPoint[];
  /** A person said of this very value, last at this moment, that it is right although it stays the same. */
  vouchedAt?: number;
}

/** A reading held back that no newer good reading has overtaken. */
export interface Held {
  at: number;
  value: number | string | null;
  reason: HoldReason;
  of?: FeedId;
  recordedAt: number;
}

export interface FeedState {
  /** When a batch with anything usable in it last arrived, epoch ms. */
  heardAt?: number;
  /** Readings held back so far. */
  held: number;
  /** The last refusal, until a batch is accepted again. */
  refused?: { at: number; count: number; code: string; detail: string };
  suspended?: { since: number; until: number; reason: string };
  silentSince?: number;
}

/** The provider's own words, shown until they expire. */
export interface ProviderStatus {
  text: string;
  level?: number;
  at: number;
  until: number;
}

/** A rule in force, or one that was (`rule: null`). */
export interface RuleState {
  /** +1 with every agreed change. */
  version: number;
  rule: Rule | null;
  /** Retired: what it was, for an alert of it that is still open. */
  was?: Rule;
  since: number;
  origin: 'file' | 'screen';
  by: Person;
  proposed?: { rule: Rule | null; from: number; by: Person; at: number; reason: string; approved?: Person };
}

export type AlertPhase = 'pending' | 'firing' | 'acknowledged' | 'actioning' | 'easing';

/** An alert that is open: from `opened` to `dropped`, `stood-down` or `closed`. One rule has at most one. */
export interface Alert {
  /** Its number on this board, for people to say. */
  no: number;
  rule: RuleId;
  /** Version of the rule it was last judged by. */
  ruleVersion: number;
  /** +1 with every turn; who answers an alert names the version they saw. */
  version: number;
  /** When its newest turn became true: what came to an end before then has been judged. */
  turnedAt?: number;
  phase: AlertPhase;
  /** Easing: the phase it goes back to. */
  back?: AlertPhase;
  severity: Severity;
  /** The condition holds since. */
  since: number;
  firedAt?: number;
  /** Value when it opened, then when it was raised. */
  value: number | null;
  /** Bad (pending) or good (easing) readings counted, and the observed moment of the newest. */
  seen: number;
  seenAt?: number;
  /** Beyond the easier line since. */
  easingSince?: number;
  acknowledged?: { by: Person; at: number };
  owner?: { by: Person; at: number };
  /** Who has it now; the rule's owner at first. */
  group: GroupId;
  /** Steps of the ladder that were told. */
  climbed: number;
  /** The ladder counts from here: when it was raised, released, taken off the shelf, handed over or made more severe. */
  climbFrom?: number;
  behind?: RuleId;
  /** The data stopped, and with it every way to know that it is over. */
  lostSince?: number;
  /** The rule was changed from this version while the alert was open. */
  changedFrom?: number;
  actions: number;
}

export interface Shelf {
  since: number;
  until: number;
  reason: string;
  by: Person;
}

export interface LevelState {
  /** The held level; a range while parameters are missing. Absent until the first is set. */
  low?: number;
  high?: number;
  score?: [number, number];
  known?: number;
  of?: number;
  since?: number;
  /** The level before, for the direction. */
  before?: { low: number; high: number };
  /** Another level, whose time runs. */
  next?: { low: number; high: number; since: number; turn: 'rising' | 'falling' };
  /** What time alone did up to this moment has been worked out: it is not looked at again in the light of what came later. */
  judgedAt?: number;
}

export interface DeclaredLevel {
  n: number;
  at: number;
  reason: string;
  reviewBy: number;
  by: Person;
  before?: number;
}

export interface Action {
  no: number;
  what: string;
  owner: string;
  due: number;
  raisedAt: number;
  by: Person;
  rule?: RuleId;
  alert?: number;
  figure?: string;
  provider?: ProviderId;
  concern?: number;
  goal?: number;
  chased: number;
  /** When its present due moment was promised; left out while that of its raising holds. */
  promisedAt?: number;
  /** Its owner was told beforehand that the moment comes near. */
  reminded?: true;
  /** How far it is, in quarters; with what its owner said last, and when. */
  quarters?: 0 | 1 | 2 | 3 | 4;
  note?: string;
  heardAt?: number;
  /** Its owner did not answer, and this group knows. */
  escalatedTo?: GroupId;
}

export interface CardRun {
  card: CardId;
  steps: Record<string, { at: number; by: Person; cannot?: string }>;
  /** What it was begun for is over since; kept for a day, for the steps of standing down. */
  over?: number;
}

export interface StuckMessage {
  group: GroupId;
  channel: string;
  about: string;
  since: number;
  detail: string;
}

export interface Closure {
  since: number;
  until: number;
  reason: string;
  by: Person;
}

/** Figures a duty director stands behind, until the next sign-off of the provider. */
export interface SignOff {
  at: number;
  by: Person;
  note?: string;
  figures: SignedFigure[];
  /** What turned out afterwards to have been the newest at the moment of signing: corrections, and readings that came late. */
  restated?: Record<SeriesId, Restated>;
}

export interface Restated extends SignedFigure {
  recordedAt: number;
  by?: Person;
  reason?: string;
}

/** Spare capacity that was offered. Kept until it is over, withdrawn or for a day after. */
export interface Offer {
  no: number;
  provider: ProviderId;
  place?: PlaceId;
  what: string;
  count: number;
  /** What nobody has claimed yet. */
  left: number;
  at: number;
  until: number;
  by: Person;
  claims: { provider: ProviderId; count: number; at: number; by: Person; note?: string }[];
}

export interface BoardState {
  definition: BoardDefinition | null;
  definedAt: number;
  /** Who changed it on screen last; null: it stands as its file has it. */
  definedBy: Person | null;
  /** Numbers of all series there ever were; a number is never given twice. */
  numbers: Record<SeriesId, number>;
  series: Record<SeriesId, SeriesState>;
  held: Record<SeriesId, Held>;
  feeds: Record<FeedId, FeedState>;
  statuses: Record<ProviderId, ProviderStatus>;
  /** The last jump of the server's clock. */
  clock: { at: number; byMs: number } | null;
  rules: Record<RuleId, RuleState>;
  /** Open alerts by rule. */
  alerts: Record<RuleId, Alert>;
  /** Numbers given to alerts, actions and offers so far. */
  counts: { alerts: number; actions: number; offers?: number; huddles?: number; concerns?: number; ideas?: number; goals?: number; passed?: number };
  shelves: Record<RuleId, Shelf>;
  /** Newest readings of the series that slopes are taken of, ascending by observed moment. */
  windows: Record<SeriesId, TrendPoint[]>;
  usuals: Record<string, Usual>;
  levels: Record<LevelId, LevelState>;
  declared: Record<LevelId, DeclaredLevel>;
  /** Open actions by number. */
  actions: Record<string, Action>;
  cards: Record<string, CardRun>;
  stuck: Record<string, StuckMessage>;
  closures: Record<PlaceId, Closure>;
  signOffs: Record<ProviderId, SignOff>;
  /** Offers of spare capacity by number. */
  offers: Record<string, Offer>;
  /** The huddle that is on, as `now`, and the latest of which people were reminded. */
  huddle: { now?: Huddle; reminded?: { due: number } };
  /** Held ones by number, the newest sixty. */
  huddles: Record<string, HeldHuddle>;
  /** Huddles outside the times, and planned ones that are not held, by their moment. */
  called: Record<string, { reason: string; by: Person; at: number; skipped: boolean }>;
  /** Open concerns by number. */
  concerns: Record<string, Concern>;
  /** Off-target measures that need no concern, and until when. */
  declined: Record<FigureId, { reason: string; until: number; at: number; by: Person }>;
  ideas: Record<string, Idea>;
  goals: Record<string, Goal>;
  /** The charter in force, as `now`. */
  charter: { now?: Charter };
  passed: Record<string, PassedOn>;
  /** What came from other cells, as `board:number`. */
  arrived: Record<string, ComeIn>;
  /** Cells below, by their board. */
  below: Record<BoardId, CellBelow>;
}

export const emptyBoard: BoardState = {
  definition: null,
  definedAt: 0,
  definedBy: null,
  numbers: {},
  series: {},
  held: {},
  feeds: {},
  statuses: {},
  clock: null,
  rules: {},
  alerts: {},
  counts: { alerts: 0, actions: 0 },
  shelves: {},
  windows: {},
  usuals: {},
  levels: {},
  declared: {},
  actions: {},
  cards: {},
  stuck: {},
  closures: {},
  signOffs: {},
  offers: {},
  huddle: {},
  huddles: {},
  called: {},
  concerns: {},
  declined: {},
  ideas: {},
  goals: {},
  charter: {},
  passed: {},
  arrived: {},
  below: {},
};

/** Mostly nothing is held back. To know it once is cheaper than to look for each of a thousand series in vain. */
export function holdsAny({ held }: Pick<BoardState, 'held'>): boolean {
  return Object.keys(held).length > 0;
}

const texts = new WeakMap<object, string>();

function remembered(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = canonical(value)));
  return text;
}

/** A state that was stored by an earlier release has no slices that came later: they were empty then. */
export function wholeState(stored: Partial<BoardState>): BoardState {
  return { ...structuredClone(emptyBoard), ...stored };
}

/**
 * The canonical text of a state, equal to `canonical` of its slices that hold something. An empty slice is not written, so that
 * a slice that comes with a later release does not change the hash of what was before it. The definition and the entries of a
 * state are replaced, never changed in place, so their texts are remembered: only what has changed is written anew.
 */
export function stateText(state: BoardState): string {
  const parts: string[] = [];
  for (const key of Object.keys(state).sort() as (keyof BoardState)[]) {
    const slice = state[key];
    const ids = typeof slice === 'object' && slice !== null ? Object.keys(slice).sort() : undefined;
    if (ids?.length === 0) continue;
    let text: string;
    if (!ids || key === 'counts' || key === 'numbers') text = canonical(slice);
    else if (key === 'definition' || key === 'clock' || key === 'definedBy') text = remembered(slice as object);
    else text = `{${ids.map((id) => `${JSON.stringify(id)}:${remembered((slice as Record<string, object>)[id]!)}`).join(',')}}`;
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}
