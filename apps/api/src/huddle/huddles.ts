/**
 * What the routes and the clock of the huddle have in common: closing one, and reading those that were held. A huddle is closed
 * together with the board as it stood, so its minutes are read from what was on the wall and not from what is known by now.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AtClose, closeForgotten, closeHuddle } from '@comm-cell/board/decide/huddle';
import type { BoardEvent, Person } from '@comm-cell/board/events';
import { forgottenAt } from '@comm-cell/board/rules/cell-times';
import { type BoardState, stateText, wholeState } from '@comm-cell/board/state';
import { changesBetween } from '@comm-cell/board/views/changes';
import { healthOf, minutesOf, type RaisedAction, type RaisedConcern } from '@comm-cell/board/views/huddle';
import type { BeforeAnswer, HeldAnswer, MinutesAnswer } from '@comm-cell/contract/huddle';
import { parseEvent } from '@comm-cell/contract/journal';
import { Refusal } from '../access/refusal.js';
import { type BoardQuery, BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { putBy } from '../desk/freeze.js';
import { Journal, StoreDown } from '../journal/journal.js';
import * as sql from '../journal/journal.sql.js';
import type { BoardKeeper, Placed } from '../keeper/board-keeper.js';

type Event<Kind extends BoardEvent['kind']> = Extract<BoardEvent, { kind: Kind }>;

const STORED = `select state_hash, body from snapshots where board_id = $1 and snapshot_id = $2`;

interface Closed {
  openedSeq: number;
  closedSeq: number;
  closedAt: number;
  closedBy?: string;
  snapshot: string;
}

@Injectable()
export class Huddles {
  constructor(
    private readonly boards: DeskBoards,
    private readonly journal: Journal,
    private readonly reads: BoardReads,
  ) {}

  async close(board: string, no: number, by: Person): Promise<Placed> {
    const { keeper, state } = this.boards.board(board);
    // Nothing is put by for a huddle that is not on.
    if (state.huddle.now?.no !== no) return (await this.boards.submit(board, by, (now) => closeHuddle(now, { no, frozen: NOT_FROZEN, by }))).placed;
    const frozen = await this.#freeze(keeper);
    return (await this.boards.submit(board, by, (now) => closeHuddle(now, { no, frozen, by }))).placed;
  }

  /** Closes a huddle that everybody has left, once it is time. */
  async closeForgotten(keeper: BoardKeeper): Promise<void> {
    const forgotten = forgottenAt(keeper.snapshot.state);
    if (forgotten === undefined || Date.now() < forgotten) return;
    const frozen = await this.#freeze(keeper);
    await keeper.submit({ source: 'clock', decide: (state, _known, at) => closeForgotten(state, frozen, at) });
  }

  /** The newest first. */
  held(board: string): HeldAnswer {
    const { state, definition } = this.boards.board(board);
    const cell = definition.cell;
    if (!cell) throw noCell();
    return Object.values(state.huddles)
      .sort((a, b) => b.no - a.no)
      .map((held) => ({ ...held, health: healthOf(held, cell) }));
  }

  async before(board: string): Promise<BeforeAnswer> {
    const { state } = this.boards.board(board);
    const last = Object.values(state.huddles).sort((a, b) => b.no - a.no)[0];
    if (!last) return { changes: [] };
    const then = await this.#scoped(board, async (query) => {
      const closed = await closedHuddle(query, board, last.no);
      return stateOf(query, board, closed.snapshot);
    });
    return { since: last.closedAt, no: last.no, changes: changesBetween(then, last.closedAt, state, Date.now()) };
  }

  async minutes(board: string, no: number): Promise<MinutesAnswer> {
    const { keeper } = this.boards.board(board);
    const { epoch, seq } = keeper.snapshot.head;
    return this.#scoped(board, async (query) => {
      const { openedSeq, closedSeq, ...facts } = await closedHuddle(query, board, no);
      const { rows } = await query.query<{ body: string }>(sql.RAISED_BETWEEN, [board, openedSeq, closedSeq]);
      const raised = rows.map(({ body }) => parseEvent(body));
      const minutes = minutesOf(await stateOf(query, board, facts.snapshot), {
        ...facts,
        actions: raised.flatMap((event): RaisedAction[] =>
          event.kind === 'ActionRaised' ? [{ no: event.no, what: event.what, owner: event.owner, due: event.due }] : [],
        ),
        concerns: raised.flatMap((event): RaisedConcern[] =>
          event.kind === 'ConcernRaised' ? [{ no: event.no, text: event.text, ...(event.owner === undefined ? {} : { owner: event.owner }) }] : [],
        ),
      });
      if (!minutes) throw unknownHuddle(no);
      return { epoch, seq, ...minutes };
    });
  }

  async #freeze(keeper: BoardKeeper): Promise<AtClose> {
    const { state, head } = keeper.snapshot;
    const shown = { seq: head.seq, at: Date.now(), state, hash: keeper.stateHash(), chainHash: head.hash };
    return { snapshot: await putBy(this.journal, keeper.board, shown), of: { seq: shown.seq, at: shown.at, hash: shown.hash } };
  }

  async #scoped<Result>(board: string, work: (query: BoardQuery) => Promise<Result>): Promise<Result> {
    return this.reads.scoped(board, work).catch((error: unknown) => {
      throw error instanceof Refusal ? error : new StoreDown(error);
    });
  }
}

/** Of a huddle that is not on: the decision refuses it and uses none of this. */
const NOT_FROZEN: AtClose = { snapshot: '', of: { seq: 0, at: 0, hash: '' } };

async function closedHuddle(query: BoardQuery, board: string, no: number): Promise<Closed> {
  const { rows } = await query.query<{ seq: number; at: number; body: string; next: string | null }>(sql.HUDDLE_TURNS, [board, no]);
  const [opened, closed] = rows;
  if (!opened || !closed?.next) throw unknownHuddle(no);
  const { by } = parseEvent(closed.body) as Event<'HuddleClosed'>;
  const { snapshot } = parseEvent(closed.next) as Event<'SnapshotFrozen'>;
  return { openedSeq: opened.seq, closedSeq: closed.seq, closedAt: closed.at, snapshot, ...(by && { closedBy: by.name }) };
}

/** What was put by, proved by its hash: minutes of another state would be worse than none. */
async function stateOf(query: BoardQuery, board: string, snapshot: string): Promise<BoardState> {
  const { rows } = await query.query<{ state_hash: string; body: string }>(STORED, [board, snapshot]);
  const state = rows[0] && wholeState(JSON.parse(rows[0].body) as BoardState);
  if (!state || createHash('sha256').update(stateText(state)).digest('hex') !== rows[0]!.state_hash)
    throw new Refusal(
      500,
      'broken-snapshot',
      'What was put by at the close of this huddle is not what stood on the board.',
      'Tell those who run the server; a backup has it.',
    );
  return state;
}

export function noCell(): Refusal {
  return new Refusal(404, 'no-cell', 'This board has no cell.', 'An administrator says in the definition of the board how the cell meets.');
}

function unknownHuddle(no: number): Refusal {
  return new Refusal(404, 'unknown-huddle', `Huddle ${no} was not held on this board, or is not closed yet.`, 'GET …/huddles lists those that were held.');
}
