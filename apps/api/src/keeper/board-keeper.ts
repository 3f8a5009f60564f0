/**
 * The one door for change of a board: decide → append → evolve → publish. Every api process has a keeper for
 * every board; the journal's expected-seq append keeps them in one order.
 *
 * Concurrent submissions share one statement (group commit). They are decided one after the other on a fold
 * of the state, so the second sees what the first will have done; nothing becomes visible before the commit.
 * While a statement is under way, what arrives is decided already on what it will have done (docs/adr 0016).
 */
import { createHash } from 'node:crypto';
import type { Decision } from '@comm-cell/board/decide/decision';
import { comeDue, follow } from '@comm-cell/board/decide/react';
import { type CandidateRow, type KnownReadings, readingKey } from '@comm-cell/board/decide/record-readings';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { isTold, messagesFor } from '@comm-cell/board/decide/tell';
import { Fold, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, stateText, wholeState } from '@comm-cell/board/state';
import { genesis, link } from '../journal/chain.js';
import { crashpoint } from '../journal/crashpoint.js';
import {
  Appending,
  type AppendResult,
  type Head,
  type Journal,
  type JournalRow,
  type NewReceipt,
  type PreparedAppend,
  StoreDown,
  type StoredHead,
  type StoredReceipt,
} from '../journal/journal.js';
import type { Told } from '../journal/tell.sql.js';

/** Where a submission ended up: `fromSeq`..`toSeq` is null when it led to no event. */
export interface Placed {
  epoch: string;
  fromSeq: number | null;
  toSeq: number | null;
}

export interface Submission<Outcome> {
  source: string;
  decide(state: BoardState, known: KnownReadings, at: number): Decision<Outcome>;
  /** How many rows it carries; groups are kept to a bearable size. */
  rows?: number;
  /** Rows whose twin may stand in older history, to be looked up before deciding. */
  late?(state: BoardState): CandidateRow[];
  /** Makes the same submission again give the same answer, whichever process it reaches. */
  receipt?: { feed: string; key: string; bodyHash: Buffer; write(outcome: Outcome, placed: Placed): { status: number; text: string } };
}

export type Submitted<Outcome> = { repeated: false; outcome: Outcome; placed: Placed } | { repeated: true; receipt: StoredReceipt };

export interface Snapshot {
  state: BoardState;
  head: Head;
}

interface Waiting {
  submission: Submission<unknown>;
  resolve(value: Submitted<unknown>): void;
  reject(error: unknown): void;
}

/** Submissions that share one statement, as far as they are decided. */
interface Group {
  /** What it leads to so far. Where it continues the journal stands in it: the group is of no use anywhere else. */
  appending: Appending;
  fold: Fold;
  waiting: Waiting[];
  answers: (() => void)[];
  receipts: NewReceipt[];
  keys: Set<string>;
  rows: number;
  mostRows: number;
  /** Takes no more: who comes next has to wait for a commit. */
  closed: boolean;
}

/** A group that is under way to the journal. */
interface Sent {
  group: Group;
  prepared: PreparedAppend;
  result: Promise<AppendResult>;
  /** The state after it; what is decided next is written into its series, so those that are new stand apart. */
  after: BoardState;
  written: Fold['written'];
}

/**
 * Events of the past kept at hand, so that a display that was away briefly gets them instead of the whole state: so many,
 * and with so many readings in all. More than that is dearer to keep and to send than the state is.
 */
const RECENT = 2_000;
const RECENT_READINGS = 5_000;
const GROUP_SUBMISSIONS = 256;
/** Where another process writes too, every group may be in vain, so there are few of them. */
const GROUP_ROWS = 10_000;
/** After so many groups that met no other process's, one is sent behind the other; before, it would often be in vain. */
const ALONE = 16;
/** Then small ones are best: of big ones the database and this process wait for each other in turn. */
const GROUP_ROWS_ALONE = 500;
const PAGE = 2_000;
/** More waiting submissions than this and new ones are turned away until the store has caught up. */
const QUEUE_LIMIT = 5_000;
const CHECKPOINT_EVERY = 10_000;
/** How long the outcome of an append may stay unknown before its senders are told to try again. */
const SETTLE_MS = 8_000;
/** Source of what follows from the rules, without anybody's doing. */
const RULES = 'rules';

/** The journal does not continue what this process knows: it was restored or rewritten. */
export class BrokenChain extends Error {}
export class Overloaded extends Error {}

export class BoardKeeper {
  #state: BoardState = structuredClone(emptyBoard);
  #head: Head;
  #recent: Entry[] = [];
  #recentReadings = 0;
  #queue: Waiting[] = [];
  #working: Promise<void> | undefined;
  /** The state after the last group that was sent, for the next one to be decided on if that head comes about. Who takes it writes into it. */
  #next: { head: Head; state: BoardState } | undefined;
  /** The group whose answer is waited for, and the one sent behind it. */
  #under: Sent | undefined;
  #behind: Sent | undefined;
  /** The first of the queue, decided on what the groups under way will have done. Dropped when that comes out otherwise. */
  #ahead: Group | undefined;
  #following = false;
  /** Groups that came about since this process last met another's. */
  #alone = 0;
  #refreshing: { seq: number; resolve(): void; reject(error: unknown): void }[] = [];
  /** The journal is known to reach at least this seq. */
  #grownTo = 0;
  #checkpointAt = 0;
  #hash: { seq: number; text: string } | undefined;
  #listeners = new Set<(entries: readonly Entry[]) => void>();

  constructor(
    readonly board: string,
    private readonly journal: Journal,
    head: StoredHead,
  ) {
    this.#head = { epoch: head.epoch, seq: 0, hash: genesis(board, head.firstEpoch) };
  }

  get snapshot(): Snapshot {
    return { state: this.#state, head: this.#head };
  }

  /** SHA-256 of the canonical state; worked out once for each seq. */
  stateHash(): string {
    if (this.#hash?.seq !== this.#head.seq) {
      this.#hash = { seq: this.#head.seq, text: createHash('sha256').update(stateText(this.#state)).digest('hex') };
    }
    return this.#hash.text;
  }

  /** Events after `seq`, if they are still at hand. */
  recentAfter(seq: number): Entry[] | undefined {
    if (seq === this.#head.seq) return [];
    const first = this.#recent[0]?.seq;
    if (first === undefined || seq < first - 1 || seq > this.#head.seq) return undefined;
    return this.#recent.slice(seq - first + 1);
  }

  subscribe(listener: (entries: readonly Entry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Loads the newest checkpoint that can be proved, then folds what came after it. */
  async load(report: (message: string) => void): Promise<void> {
    for (const checkpoint of await this.journal.checkpoints(this.board)) {
      const fault = await this.#adopt(checkpoint);
      if (fault === undefined) break;
      report(`Board ${this.board}: checkpoint ${checkpoint.seq} is not used (${fault}); folding from an earlier place.`);
    }
    this.#checkpointAt = this.#head.seq;
    await this.#catchUp();
  }

  async #adopt(checkpoint: Awaited<ReturnType<Journal['checkpoints']>>[number]): Promise<string | undefined> {
    if (checkpoint.epoch !== this.#head.epoch) return 'it belongs to another history';
    if (checkpoint.reducerVersion !== REDUCER_VERSION) return `it was folded by version ${checkpoint.reducerVersion}, this is ${REDUCER_VERSION}`;
    if (!checkpoint.journalHash?.equals(checkpoint.chainHash)) return 'its place in the journal does not match';
    let state: BoardState;
    try {
      state = wholeState(JSON.parse(checkpoint.body) as BoardState);
    } catch {
      return 'it cannot be read';
    }
    if (createHash('sha256').update(stateText(state)).digest('hex') !== checkpoint.stateHash) return 'its content does not match its hash';
    this.#state = state;
    this.#head = { epoch: checkpoint.epoch, seq: checkpoint.seq, hash: checkpoint.chainHash };
    return undefined;
  }

  submit<Outcome>(submission: Submission<Outcome>): Promise<Submitted<Outcome>> {
    if (this.#queue.length >= QUEUE_LIMIT) return Promise.reject(new Overloaded('Too many batches are waiting for the database.'));
    return new Promise<Submitted<Outcome>>((resolve, reject) => {
      this.#queue.push({ submission: submission as Submission<unknown>, resolve: resolve as Waiting['resolve'], reject });
      this.#start();
      this.#decideAhead();
    });
  }

  /** What a submission would lead to, without journaling anything. */
  async preview<Outcome>(submission: Submission<Outcome>): Promise<Outcome> {
    await this.refresh();
    const known = await this.journal.knownReadings(this.board, submission.late?.(this.#state) ?? []);
    return submission.decide(this.#state, known, Date.now()).outcome;
  }

  /**
   * Takes in what other processes have journaled. Resolves when this process stands at the head it found. With `seq`, nothing
   * is asked of the store if this process is there already: most wake-ups tell it of its own appends.
   */
  refresh(seq = Infinity): Promise<void> {
    if (seq <= this.#head.seq) return Promise.resolve();
    this.#grownTo = Math.max(this.#grownTo, seq);
    return new Promise((resolve, reject) => {
      this.#refreshing.push({ seq, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#hasWork()) this.#start();
    });
  }

  #hasWork(): boolean {
    return this.#queue.length > 0 || this.#refreshing.length > 0 || this.#behind !== undefined;
  }

  async #work(): Promise<void> {
    // A turn of the event loop lets submissions that arrived together share one statement.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#hasWork()) {
      if (!this.#behind) await this.#refreshNow();
      if (this.#behind ?? this.#queue.length > 0) await this.#commit();
    }
  }

  /** Between two groups only, none being under way, and not after them all: under load there is no such time. */
  async #refreshNow(): Promise<void> {
    const asked = this.#refreshing.splice(0);
    try {
      const behind = this.#grownTo > this.#head.seq;
      this.#grownTo = 0;
      if (behind) await this.#catchUp();
      for (const { resolve } of asked) resolve();
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  get #mostRows(): number {
    return this.#alone < ALONE ? GROUP_ROWS : GROUP_ROWS_ALONE;
  }

  /** What of the queue goes into the next group, in its order. */
  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    const later: Waiting[] = [];
    const room = { keys: new Set<string>(), rows: 0, mostRows: this.#mostRows, waiting: group };
    for (const one of this.#queue) {
      if (takesIn(room, one)) enter(room, one);
      else later.push(one);
    }
    this.#queue = later;
    return group;
  }

  /** Carries one group to its end: every promise in it is settled when this returns. */
  async #commit(): Promise<void> {
    const giveUpAt = performance.now() + SETTLE_MS;
    let sent = this.#behind;
    this.#behind = undefined;
    let ahead = sent ? undefined : this.#takeAhead();
    let open = sent?.group.waiting ?? ahead?.waiting ?? this.#takeGroup();
    for (let attempt = 0; open.length > 0; attempt++) {
      try {
        if (attempt > 0) {
          await this.#catchUp();
          open = await this.#answerRepeated(open);
        }
        const group = sent?.group ?? ahead ?? (await this.#decide(open));
        ahead = undefined;
        if (group.appending.entries.length === 0 && group.receipts.length === 0) {
          this.#giveBack(group);
          return this.#answer(group);
        }
        sent ??= this.#send(group);
        this.#under = sent;
        this.#decideAhead();
        if ((await sent.result) === 'done') return this.#finish(sent);
      } catch (error) {
        if (!(error instanceof StoreDown) || performance.now() > giveUpAt) return this.#giveUp(open, error);
        // The statement may have been carried out although its answer was lost: look before trying again. Receipts alone leave
        // nothing to be told by in the journal; they are looked for before the next try.
        if (sent && sent.prepared.entries.length > 0) {
          const written = await this.journal.wasWritten(this.board, sent.prepared).catch(() => false);
          if (written) return this.#finish(sent);
        }
      } finally {
        this.#under = undefined;
      }
      sent = undefined;
      this.#abandonBehind();
      // Two busy processes would otherwise meet at the same moment again and again.
      if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(10 * 2 ** attempt, 500)));
    }
  }

  #send(group: Group): Sent {
    const { appending, receipts, fold } = group;
    const prepared = appending.finish(receipts, this.#tell(group));
    const after = fold.finish();
    this.#next = { head: prepared.next, state: after };
    this.#ahead = undefined;
    const result = this.journal.append(prepared);
    // One that is sent behind another may fail while that one is still waited for.
    result.catch(() => {});
    return { group, prepared, result, after, written: fold.written };
  }

  /** Decides what has arrived since a group was sent, in its order, up to the first that has to wait for the commit. */
  #decideAhead(): void {
    const last = this.#behind ?? this.#under;
    if (!last || this.#queue.length === 0) return;
    const { prepared, group: under } = last;
    const group = (this.#ahead ??= groupOn(this.board, this.#mostRows, this.#draft(prepared.next), prepared.next, Math.max(Date.now(), under.appending.at)));
    while (!group.closed && group.waiting.length < this.#queue.length) {
      const one = this.#queue[group.waiting.length]!;
      // A late row's twin may be in the group under way, where a look into the journal does not find it.
      group.closed = !takesIn(group, one) || (one.submission.late?.(group.fold.peek).length ?? 0) > 0;
      if (!group.closed) this.#decideOne(group, one, new Map());
    }
    if (this.#following || this.#behind) return;
    this.#following = true;
    // A turn of the event loop lets what arrived together go together.
    setImmediate(() => {
      this.#following = false;
      this.#sendBehind();
    });
  }

  /**
   * Sends the group that was decided ahead behind the one under way: the database goes from one to the other without waiting for
   * this process. It counts only if that one comes about, so nothing of it is shown or answered before its own commit.
   */
  #sendBehind(): void {
    const { group: under, prepared } = this.#under ?? {};
    if (!under || !prepared || this.#behind || this.#alone < ALONE || this.#grownTo > prepared.next.seq) return;
    const group = this.#ahead;
    if (!group || group.appending.entries.length === 0 || group.appending.entries.some(({ event }) => isTold(event))) return;
    this.#queue = this.#queue.slice(group.waiting.length);
    this.#behind = this.#send(group);
    this.#decideAhead();
  }

  /** What follows a group that did not come about cannot come about either: the database checks the chain. It is the queue's again. */
  #abandonBehind(): void {
    this.#alone = 0;
    this.#ahead = undefined;
    if (this.#behind) this.#queue = [...this.#behind.group.waiting, ...this.#queue];
    this.#behind = undefined;
  }

  #takeAhead(): Group | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (!ahead || ahead.appending.head !== this.#head) return undefined;
    if (ahead.waiting.length === 0) {
      this.#giveBack(ahead);
      return undefined;
    }
    this.#queue = this.#queue.slice(ahead.waiting.length);
    return ahead;
  }

  #giveUp(open: readonly Waiting[], error: unknown): void {
    if (!(error instanceof BrokenChain)) this.#grownTo = Infinity;
    this.#abandonBehind();
    for (const { reject } of open) reject(error);
  }

  /** Decides a group one by one on a fold of the state. A submission that cannot be decided fails alone. */
  async #decide(open: readonly Waiting[]): Promise<Group> {
    const late = open.flatMap(({ submission }) => submission.late?.(this.#state) ?? []);
    const known = new Map(late.length > 0 ? await this.journal.knownReadings(this.board, late) : []);
    // A series belongs to one feed: only senders that stand in the group twice can meet their own readings in it.
    const meets = new Set(open.map(({ submission }) => submission.source)).size < open.length;
    const group = groupOn(this.board, this.#mostRows, this.#draft(this.#head), this.#head, Math.max(Date.now(), this.#recent.at(-1)?.at ?? 0));
    for (const one of open) {
      const led = this.#decideOne(group, one, known);
      for (const event of meets ? led : []) {
        if (event.kind !== 'ReadingsRecorded') continue;
        for (const { series, at: observedAt, rev, value } of event.readings) known.set(readingKey(series, observedAt, rev ?? 0), value);
      }
    }
    return group;
  }

  /**
   * The state at a head, for a fold to write into. It has series of its own (their entries are shared), so that what is decided can
   * be written in place at once, and the visible ones after the commit. A fold that comes to nothing takes it along.
   */
  #draft(head: Head): BoardState {
    const state = this.#next?.head === head ? this.#next.state : { ...this.#state, series: { ...this.#state.series } };
    this.#next = undefined;
    return state;
  }

  /** A group that led to nothing has written nothing. */
  #giveBack({ appending, fold }: Group): void {
    if (appending.entries.length === 0) this.#next = { head: appending.head, state: fold.finish() };
  }

  #decideOne(group: Group, one: Waiting, known: KnownReadings): readonly BoardEvent[] {
    const { submission } = one;
    const { appending, fold, receipts, answers } = group;
    const { head, at } = appending;
    const journal = (led: readonly BoardEvent[], source: string) => appending.add(led, source, fold.peek.numbers);
    enter(group, one);
    try {
      journal(comeDue(fold, at, fold.peek.definition?.feeds[submission.source]?.id), RULES);
      const { events: led, outcome } = submission.decide(fold.peek, known, at);
      const first = head.seq + appending.entries.length + 1;
      const placed: Placed = { epoch: head.epoch, fromSeq: led.length > 0 ? first : null, toSeq: led.length > 0 ? first + led.length - 1 : null };
      for (const event of led) fold.apply(event, at);
      journal(led, submission.source);
      journal(follow(fold, led, at), RULES);
      if (submission.receipt) {
        const { feed, key, bodyHash } = submission.receipt;
        receipts.push({ feed, key, bodyHash, ...submission.receipt.write(outcome, placed) });
      }
      answers.push(() => one.resolve({ repeated: false, outcome, placed }));
      return led;
    } catch (error) {
      // Told with the answers of the others: what it was decided on is not certain before.
      answers.push(() => one.reject(error));
      return [];
    }
  }

  /**
   * Who is to be told of these events. Whoever is told of one thing reads the board as it was then, so the group is folded once
   * more, step by step; that happens only when it holds something worth telling.
   */
  #tell({ appending: { entries } }: Group): Told[] {
    if (!entries.some(({ event }) => isTold(event))) return [];
    const fold = new Fold(this.#state);
    const told: Told[] = [];
    for (const { seq, at, event } of entries) {
      const before = event.kind === 'AlertTurned' ? fold.peek.alerts[event.rule] : undefined;
      fold.apply(event, at);
      if (!isTold(event)) continue;
      const messages = messagesFor(fold.peek, { at, event }, before);
      if (messages.length > 0) told.push({ seq, messages });
    }
    return told;
  }

  /** After the commit only: the new state becomes visible, then the senders get their answers. */
  #finish({ group, prepared, after, written }: Sent): void {
    this.#alone++;
    this.#take(prepared.next, prepared.entries, { ...after, series: this.#visible(written) });
    crashpoint('append.after-evolve');
    this.#answerRefreshed();
    this.#checkpointWhenDue();
    // The group behind it is sent before that: the database need not wait until everybody has been answered.
    setImmediate(() => this.#answer(group));
  }

  /** Most who ask for a look were woken by this process's own appends. */
  #answerRefreshed(): void {
    const { seq } = this.#head;
    for (const one of this.#refreshing) if (one.seq <= seq) one.resolve();
    this.#refreshing = this.#refreshing.filter((one) => one.seq > seq);
  }

  #visible(written: Fold['written']): BoardState['series'] {
    const { series } = this.#state;
    written.forEach((one, id) => (series[id] = one));
    return series;
  }

  #answer({ answers }: Group): void {
    crashpoint('receipt.before-answer');
    for (const answer of answers) answer();
  }

  #take(head: Head, entries: readonly Entry[], state: BoardState): void {
    this.#state = state;
    this.#head = head;
    if (entries.length === 0) return;
    this.#recent.push(...entries);
    for (const entry of entries) this.#recentReadings += weightOf(entry);
    if (this.#recent.length > RECENT * 2 || this.#recentReadings > RECENT_READINGS * 2) this.#forget();
    for (const listener of this.#listeners) listener(entries);
    crashpoint('publish.after');
  }

  /** Keeps the newest events; the very newest always, for its moment. */
  #forget(): void {
    let from = this.#recent.length - 1;
    let readings = weightOf(this.#recent[from]!);
    while (from > 0 && this.#recent.length - from < RECENT && readings + weightOf(this.#recent[from - 1]!) <= RECENT_READINGS)
      readings += weightOf(this.#recent[--from]!);
    this.#recent = this.#recent.slice(from);
    this.#recentReadings = readings;
  }

  async #catchUp(): Promise<void> {
    const head = await this.journal.head(this.board);
    if (!head || head.epoch !== this.#head.epoch || head.seq < this.#head.seq) {
      throw new BrokenChain(
        `The journal of board ${this.board} is not the one this process knows (it was restored or replaced); the process has to start again.`,
      );
    }
    while (this.#head.seq < head.seq) {
      const rows = await this.journal.rowsAfter(this.board, this.#head.seq, PAGE);
      if (rows.length === 0) throw new BrokenChain(`The journal of board ${this.board} ends at ${this.#head.seq} although its head says ${head.seq}.`);
      this.#takeRows(rows);
    }
  }

  #takeRows(rows: readonly JournalRow[]): void {
    this.#alone = 0;
    const fold = Fold.inPlace(this.#draft(this.#head));
    const entries: Entry[] = [];
    let { seq, hash } = this.#head;
    for (const row of rows) {
      hash = link(hash, row.seq, row.at, row.source, row.body);
      if (row.seq !== ++seq || !hash.equals(row.hash)) throw new BrokenChain(`The journal of board ${this.board} is broken at ${seq}: run "npm run verify".`);
      const entry = this.journal.toEntry(row);
      fold.apply(entry.event, entry.at);
      entries.push(entry);
    }
    const head = { epoch: this.#head.epoch, seq, hash };
    const after = fold.finish();
    this.#next = { head, state: after };
    this.#take(head, entries, { ...after, series: this.#visible(fold.written) });
  }

  /** Senders whose batch stands in the journal already get the receipt of then; the others stay open. */
  async #answerRepeated(open: readonly Waiting[]): Promise<Waiting[]> {
    const wanted = open.flatMap(({ submission: { receipt } }) => (receipt ? [receipt] : []));
    const stored = new Map((await this.journal.receipts(this.board, wanted)).map((one) => [receiptKey(one), one]));
    return open.filter(({ submission: { receipt }, resolve }) => {
      const found = receipt && stored.get(receiptKey(receipt));
      if (found) resolve({ repeated: true, receipt: found });
      return !found;
    });
  }

  #checkpointWhenDue(): void {
    if (this.#head.seq - this.#checkpointAt >= CHECKPOINT_EVERY) void this.checkpoint().catch(() => {});
  }

  /** Stores the present state, unless that has been done. */
  async checkpoint(): Promise<void> {
    const { state, head } = this.snapshot;
    if (head.seq === this.#checkpointAt) return;
    const before = this.#checkpointAt;
    this.#checkpointAt = head.seq;
    try {
      // The body keeps the order in which a definition names its parts, which is their order on the wall.
      const body = JSON.stringify(state);
      await this.journal.saveCheckpoint(this.board, {
        seq: head.seq,
        epoch: head.epoch,
        reducerVersion: REDUCER_VERSION,
        chainHash: head.hash,
        stateHash: createHash('sha256').update(stateText(state)).digest('hex'),
        body,
      });
      crashpoint('checkpoint.after');
    } catch (error) {
      this.#checkpointAt = before;
      throw error;
    }
  }
}

function groupOn(board: string, mostRows: number, state: BoardState, head: Head, at: number): Group {
  return {
    appending: new Appending(board, head, at),
    fold: Fold.inPlace(state),
    waiting: [],
    answers: [],
    receipts: [],
    keys: new Set(),
    rows: 0,
    mostRows,
    closed: false,
  };
}

type Room = Pick<Group, 'waiting' | 'keys' | 'rows' | 'mostRows'>;

function takesIn({ waiting, keys, rows, mostRows }: Room, { submission: { receipt, rows: size = 1 } }: Waiting): boolean {
  // The same key twice: the second waits for the next group and finds the receipt of the first.
  if (receipt && keys.has(receiptKey(receipt))) return false;
  return waiting.length === 0 || (waiting.length < GROUP_SUBMISSIONS && rows + size <= mostRows);
}

function enter(room: Room, one: Waiting): void {
  const { receipt, rows = 1 } = one.submission;
  if (receipt) room.keys.add(receiptKey(receipt));
  room.rows += rows;
  room.waiting.push(one);
}

function weightOf({ event }: Entry): number {
  return 'readings' in event ? event.readings.length : 0;
}

function receiptKey(receipt: { feed: string; key: string }): string {
  return `${receipt.feed}\n${receipt.key}`;
}
