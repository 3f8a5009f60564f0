import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { changesBetween } from '@comm-cell/board/views/changes';
import { done, type Done, stretchQuery, type StretchQuery } from '@comm-cell/contract/desk';
import {
  type ChangesAnswer,
  entriesQuery,
  type EntriesQuery,
  type MarksAnswer,
  noteBody,
  type NoteBody,
  seekQuery,
  type SeekQuery,
  span,
  type Span,
  type StateAnswer,
  stateQuery,
  type StateQuery,
} from '@comm-cell/contract/replay';
import { Deeds } from '../access/deeds.js';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { StoreDown } from '../journal/journal.js';
import { openApi } from '../open-api.js';
import { marksBetween } from './marks.js';
import { Past, type When } from './past.js';

const JSON_TEXT = 'application/json; charset=utf-8';
/** Whoever looks back for an hour has looked back once, to the auditor. */
const TOLD_AGAIN_MS = 3_600_000;

/** The past of a board: reads only, but for notes on a moment. */
@ApiTags('replay')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/replay')
export class ReplayController {
  readonly #told = new Map<string, number>();

  constructor(
    private readonly boards: DeskBoards,
    private readonly past: Past,
    private readonly reads: BoardReads,
    private readonly deeds: Deeds,
  ) {}

  @Get('span')
  @Needs('replay')
  @ApiOperation({ summary: 'What there is to be replayed' })
  @ApiResponse({ status: 200, schema: openApi(span) })
  async span(@Param('board') board: string, @Who() by: Person): Promise<Span> {
    this.boards.board(board);
    const key = `${board} ${by.id}`;
    const now = Date.now();
    if (now - (this.#told.get(key) ?? -Infinity) > TOLD_AGAIN_MS) {
      this.#told.set(key, now);
      await this.deeds.tell([board], { deed: 'looked-back', by });
    }
    return this.past.span(board);
  }

  @Get('state')
  @Needs('replay')
  @ApiQuery({ name: 'at', required: false, example: '2026-01-16T14:30:00Z' })
  @ApiQuery({ name: 'seq', required: false })
  @ApiQuery({ name: 'as', required: false, enum: ['shown', 'known', 'today'] })
  @ApiOperation({ summary: 'The board at a moment: as it was shown, as it is known now, or under the rules of today' })
  state(@Param('board') board: string, @Query({ schema: stateQuery }) query: StateQuery): Promise<StateAnswer> {
    const { state } = this.boards.board(board);
    return this.past.state(board, whenOf(query), query.as, state);
  }

  @Get('seek')
  @Needs('replay')
  @Header('content-type', JSON_TEXT)
  @ApiQuery({ name: 'at', required: false, example: '2026-01-16T14:30:00Z' })
  @ApiQuery({ name: 'seq', required: false })
  @ApiOperation({ summary: 'The board as it was shown, as a stored state and the events to be folded onto it' })
  seek(@Param('board') board: string, @Query({ schema: seekQuery }) query: SeekQuery): Promise<string> {
    this.boards.board(board);
    return this.past.seek(board, whenOf(query));
  }

  @Get('entries')
  @Needs('replay')
  @Header('content-type', JSON_TEXT)
  @ApiQuery({ name: 'after', example: 1200 })
  @ApiQuery({ name: 'until', required: false })
  @ApiQuery({ name: 'most', required: false })
  @ApiOperation({ summary: 'The events after a place, for playing' })
  entries(@Param('board') board: string, @Query({ schema: entriesQuery }) { after, until, most }: EntriesQuery): Promise<string> {
    this.boards.board(board);
    return this.past.entries(board, { after, most, until: until === undefined ? Date.now() : Date.parse(until) });
  }

  @Get('marks')
  @Needs('replay')
  @ApiQuery({ name: 'from', example: '2026-01-12T00:00:00Z' })
  @ApiQuery({ name: 'to', example: '2026-01-19T00:00:00Z' })
  @ApiOperation({ summary: 'What stands on the timeline: alerts, levels, actions, silences, notes, changes of the board' })
  async marks(@Param('board') board: string, @Query({ schema: stretchQuery }) query: StretchQuery): Promise<MarksAnswer> {
    this.boards.board(board);
    return this.reads
      .scoped(board, (scoped) => marksBetween(scoped, board, Date.parse(query.from), Date.parse(query.to)))
      .catch((error: unknown) => {
        throw new StoreDown(error);
      });
  }

  @Get('changes')
  @Needs('replay')
  @ApiQuery({ name: 'from', example: '2026-01-15T18:00:00Z' })
  @ApiQuery({ name: 'to', example: '2026-01-16T07:50:00Z' })
  @ApiOperation({ summary: 'What has changed between two moments, the worst first' })
  async changes(@Param('board') board: string, @Query({ schema: stretchQuery }) query: StretchQuery): Promise<ChangesAnswer> {
    this.boards.board(board);
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
    const before = await this.past.shown(board, { at: from });
    const after = await this.past.shown(board, { at: to });
    return { from, to, changes: changesBetween(before.state, from, after.state, to) };
  }

  @Post('notes')
  @HttpCode(200)
  @Needs('note-moment')
  @ApiOperation({ summary: 'A remark on a moment of the past' })
  @ApiBody({ schema: openApi(noteBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async note(@Param('board') board: string, @Who() by: Person, @Body({ schema: noteBody }) { about: written, text }: NoteBody): Promise<Done> {
    const about = Date.parse(written);
    if (about > Date.now())
      throw new Refusal(422, 'ahead', 'A note is about a moment of the past.', 'Name a moment that is over.', [
        { field: 'about', code: 'ahead', detail: 'lies ahead' },
      ]);
    const { placed } = await this.boards.submit(board, by, () => ({ events: [{ kind: 'MomentNoted', about, text, by }], outcome: {} }));
    return { seq: placed.toSeq };
  }
}

/** The query has been checked: one of the two is there. */
function whenOf({ at, seq }: SeekQuery): When {
  return seq === undefined ? { at: Date.parse(at!) } : { seq };
}
