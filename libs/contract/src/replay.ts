/**
 * The board room: the past of a board as it was shown, as it is known now, or under today's rules; snapshots people cite.
 * Moments come in as RFC 3339 with an offset and go out as epoch ms. All routes stand under /v1/boards/{board}/.
 *
 * Two clocks, never mixed: `shown` goes by the moment an event was recorded, `known` by the moment a reading was observed.
 */
import type { Entry, Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import type { Change } from '@comm-cell/board/views/changes';
import type { Difference } from '@comm-cell/board/known';
import { z } from 'zod';
import { line, moment } from './asked.js';

const DAY_MS = 86_400_000;
/** Links end by themselves; nobody remembers to take one back. */
export const LINK_LONGEST_MS = 90 * DAY_MS;
/** Entries in one answer at most, and when nothing is said. */
const ENTRIES_MOST = 5_000;
const ENTRIES_USUALLY = 2_000;
/** The header in which the page of a snapshot link sends the secret; the secret stands in the fragment of its address. */
export const LINK_HEADER = 'x-snapshot-secret';

const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/* GET replay/span */

/** What there is to be replayed: recorded moments of the first and the last event. */
export const span = z.object({ epoch: z.string(), from: z.int(), to: z.int(), seq: z.int() }).meta({ id: 'ReplaySpan' });
export type Span = z.infer<typeof span>;

/* GET replay/state?at=…&as=… or ?seq=…&as=… */

/**
 * shown: exactly what the wall stood at. known: the same moment with late, corrected and brought-in readings in their place.
 * today: what is known of that moment under the definition of today, with the alerts and levels that the rules of today would have
 * made of it; it never stood on a wall.
 */
const READ_AS = ['shown', 'known', 'today'] as const;
export type ReadAs = (typeof READ_AS)[number];

const oneMoment = { at: moment.exactOptional(), seq: seq.exactOptional() };
const eitherOne = ({ at, seq: place }: { at?: string; seq?: number }): boolean => (at === undefined) !== (place === undefined);
const EITHER = { path: ['at'], error: 'name either a moment (at) or a place in the journal (seq)' };

export const stateQuery = z.strictObject({ ...oneMoment, as: z.enum(READ_AS).default('shown') }).refine(eitherOne, EITHER);
export type StateQuery = z.infer<typeof stateQuery>;

/** What screens reported to have drawn in the minute before the moment. `seq`: where they stood; at most that of the answer. */
export interface Drawn {
  /** Beginning of the minute, epoch ms. */
  minute: number;
  seq: number;
  displays: number;
  agreed: number;
  different: number;
}

export interface StateAnswer {
  epoch: string;
  /** Last event recorded at or before the moment; 0 = before the first. */
  seq: number;
  /** The moment asked for; with `seq` asked for, the one at which it was recorded. Views are worked out for this moment. */
  at: number;
  as: ReadAs;
  /** SHA-256 (hex) of the canonical state; only of what was shown. */
  hash: string | null;
  /** Only of what was shown; null: no screen reported in that minute. */
  drawn: Drawn | null;
  state: BoardState;
  /** Only for `known` and `today`: series that differ from what was shown. */
  differences?: Difference[];
  /** Rules this answer was read under: when the definition was set, when a rule was last agreed; `today` = not those of the moment. */
  under: { definedAt: number; rulesAt: number; today: boolean };
}

/* GET replay/seek?at=… or ?seq=…: the same as `shown`, unfolded, several times faster for those who can fold */

export const seekQuery = z.strictObject(oneMoment).refine(eitherOne, EITHER);
export type SeekQuery = z.infer<typeof seekQuery>;

/**
 * The state shown at `seq` is `evolveAll(start.state, entries)` (libs/board evolve). `entries` are gapless; of deeds, which change
 * no picture, they keep nothing but the place. Scrubbing within a stretch needs its start only once. `drawn`: hashes that screens
 * reported for the last seq at or before this one; compare with the hash of the state folded up to `drawn.seq`.
 */
export interface SeekAnswer {
  epoch: string;
  seq: number;
  at: number;
  drawn: { minute: number; seq: number; reports: { hash: string; displays: number }[] } | null;
  start: { seq: number; at: number; state: BoardState };
  entries: Entry[];
}

/* GET replay/entries?after=…&until=…&most=… */

export const entriesQuery = z.strictObject({
  after: seq,
  until: moment.exactOptional(),
  most: z.coerce.number().int().min(1).max(ENTRIES_MOST).default(ENTRIES_USUALLY),
});
export type EntriesQuery = z.infer<typeof entriesQuery>;

/** Events after a seq, for playing: gapless; of deeds, which change no picture, nothing but the place is told. `to`: the last seq of them. */
export interface EntriesAnswer {
  epoch: string;
  /** Go on from here. */
  to: number;
  entries: Entry[];
  /** There are more up to `until`. */
  more: boolean;
}

/* GET replay/marks?from=…&to=… */

export type MarkKind =
  'alert' | 'level' | 'action' | 'concern' | 'passed' | 'huddle' | 'feed' | 'suspension' | 'closure' | 'note' | 'definition' | 'rules' | 'snapshot' | 'history';

/** Something to be seen on the timeline. `count` over 1: so many of this kind and sort lie here; this is the first of them. */
export interface Mark {
  seq: number;
  /** When it happened: recorded moment; of a note, the moment it is about. */
  at: number;
  kind: MarkKind;
  /**
   * alert: raised, stood-down, closed · level: set, declared · action: raised, closed · feed: silent, heard ·
   * suspension: begun, ended · closure: begun, ended · huddle: opened, closed, skipped · concern: raised, closed ·
   * passed: passed, arrived, answered, answer · note, definition: changed · rules: agreed · snapshot: frozen · history: brought-in
   */
  what: string;
  count: number;
  /** Rule, level, feed, place, or id of the snapshot. */
  about?: string;
  /** Number of the alert, action, concern or huddle, or of what was passed. */
  no?: number;
  severity?: 'watch' | 'act' | 'critical';
  /** Level set or declared. */
  level?: number;
  text?: string;
  by?: Person;
}

export interface MarksAnswer {
  from: number;
  to: number;
  /** How many there are before thinning. */
  of: number;
  marks: Mark[];
}

/* GET replay/changes?from=…&to=… */

export interface ChangesAnswer {
  from: number;
  to: number;
  /** The worst first, what is better last. */
  changes: Change[];
}

/* POST replay/notes */

export const noteBody = z.strictObject({ about: moment, text: line(500) }).meta({ id: 'MomentNote' });
export type NoteBody = z.infer<typeof noteBody>;

/* GET, POST snapshots · GET snapshots/{snapshot} */

export const freezeBody = z
  .strictObject({ name: line(120), note: line(500).exactOptional(), at: moment.exactOptional(), seq: z.int().min(1).exactOptional() })
  .refine(eitherOne, EITHER)
  .meta({ id: 'FreezeSnapshot' });
export type FreezeBody = z.infer<typeof freezeBody>;

export interface SnapshotHead {
  snapshot: string;
  name: string;
  note?: string;
  /** The moment that was frozen. */
  of: { seq: number; at: number; hash: string };
  frozenAt: number;
  by: Person;
}

/** What was checked when it was opened. `whole` only if all of it holds. */
export interface SnapshotProof {
  whole: boolean;
  /** The stored state gives its hash. */
  content: boolean;
  /** The journal says so: the event that froze it names this hash. */
  journaled: boolean;
  /** The journal's chain at the frozen place is still what it was. */
  chain: boolean;
}

export interface SnapshotLink {
  no: number;
  until: number;
  redacted: boolean;
  madeAt: number;
  by: string;
  endedAt?: number;
  /** How often it was opened, and when last. */
  opened: number;
  openedAt?: number;
}

export interface Snapshot extends SnapshotHead {
  board: string;
  state: BoardState;
  proof: SnapshotProof;
  links: SnapshotLink[];
}

/* POST snapshots/{snapshot}/links · DELETE snapshots/{snapshot}/links/{no} */

export const linkBody = z.strictObject({ until: moment, redact: z.boolean() }).meta({ id: 'ShareSnapshot' });
export type LinkBody = z.infer<typeof linkBody>;

/** `link`: the path of the page, its secret in the fragment. It is shown this once: only its hash is kept. */
export const linkAnswer = z.object({ no: z.int(), link: z.string(), until: z.int(), redacted: z.boolean() }).meta({ id: 'SnapshotLink' });
export type LinkAnswer = z.infer<typeof linkAnswer>;

/** GET /v1/snapshots/{id} with the secret in the header `x-snapshot-secret`; `id` is the part of the link before the fragment. */
export interface SharedSnapshot {
  board: string;
  snapshot: string;
  name: string;
  /** Left out when redacted, like all words and names within the state. */
  note?: string;
  by?: string;
  of: { seq: number; at: number; hash: string };
  frozenAt: number;
  proof: SnapshotProof;
  redacted: boolean;
  until: number;
  state: BoardState;
}
