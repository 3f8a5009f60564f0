import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { changeConcern, closeConcern, copyConcern, declineConcern, raiseConcern } from '@comm-cell/board/decide/concerns';
import type { Person } from '@comm-cell/board/events';
import { concernsView, type ConcernsView } from '@comm-cell/board/views/concerns';
import {
  changeConcernBody,
  type ChangeConcernBody,
  closeConcernBody,
  type CloseConcernBody,
  copied,
  type Copied,
  copyBody,
  type CopyBody,
  declineConcernBody,
  type DeclineConcernBody,
  type Library,
  libraryQuery,
  type LibraryQuery,
  raiseConcernBody,
  type RaiseConcernBody,
} from '@comm-cell/contract/concerns';
import { done, type Done } from '@comm-cell/contract/desk';
import type { Seated } from '../access/desk-sessions.js';
import { commandsOf } from '../access/matrix.js';
import type { Grant } from '../access/people.js';
import { assertProvider, AtDesk, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { closedConcerns, libraryOf } from './library.js';
import { numbered } from './numbered.js';

const dueOf = (due: string | undefined): { due?: number } => (due === undefined ? {} : { due: Date.parse(due) });

@ApiTags('concerns')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/concerns')
export class ConcernsController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Open concerns, measures off target with and without one, and ideas with the meeting by which they are to be answered' })
  concerns(@Param('board') board: string): ConcernsView {
    return concernsView(this.boards.board(board).state, Date.now());
  }

  @Post()
  @HttpCode(201)
  @Needs('raise-concern')
  @ApiOperation({ summary: 'Raise a concern: from a tile, from a figure, or by itself. A figure has one open concern' })
  @ApiBody({ schema: openApi(raiseConcernBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async raise(
    @Param('board') board: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: raiseConcernBody }) { due, ...body }: RaiseConcernBody,
  ): Promise<Done> {
    if (body.provider !== undefined) assertProvider(grant, body.provider);
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => raiseConcern(state, { ...body, ...dueOf(due), by }, at));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('declined')
  @HttpCode(200)
  @Needs('change-concern')
  @ApiOperation({ summary: 'Say why a measure that is off target needs no concern, and until when that holds' })
  @ApiBody({ schema: openApi(declineConcernBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async decline(@Param('board') board: string, @Who() by: Person, @Body({ schema: declineConcernBody }) { until, ...body }: DeclineConcernBody): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state, at) => declineConcern(state, { ...body, until: Date.parse(until), by }, at));
    return { seq: placed.toSeq };
  }

  @Get('library')
  @ApiQuery({ name: 'q', required: false, example: 'handover', description: 'Words that must all be found; left out, the newest' })
  @ApiOperation({ summary: 'Closed concerns: cause, countermeasure, result, and the figure before and after' })
  library(@Param('board') board: string, @Query({ schema: libraryQuery }) { q }: LibraryQuery): Promise<Library> {
    const { state } = this.boards.board(board);
    return this.reads.scoped(board, (query) => libraryOf(query, state, q, Date.now()));
  }

  @Post('library/:no/copy')
  @HttpCode(201)
  @Needs('raise-concern')
  @ApiParam({ name: 'no', example: 7 })
  @ApiOperation({ summary: 'Go on with a closed concern in another cell: it is raised there, with the cause and the countermeasure that were found' })
  @ApiBody({ schema: openApi(copyBody) })
  @ApiResponse({ status: 201, schema: openApi(copied) })
  async copy(
    @Param('board') board: string,
    @Param('no') text: string,
    @AtDesk() seated: Seated,
    @Body({ schema: copyBody }) { to }: CopyBody,
  ): Promise<Copied> {
    const no = numbered('concern', text);
    const grant = seated.grants.get(to);
    if (!grant || !commandsOf(grant.role).includes('raise-concern'))
      throw new Refusal(403, 'other-board', `You may not raise concerns on board "${to.slice(0, 60)}".`, 'Ask somebody of that cell.');
    const { state } = this.boards.board(board);
    const found = (await this.reads.scoped(board, (query) => closedConcerns(query, state))).find((one) => one.no === no);
    if (!found) throw new Refusal(404, 'unknown-concern', `There is no closed concern ${no}.`, 'GET …/concerns/library lists them.');
    const by = { id: seated.id, name: seated.name };
    const { text: said, cause, countermeasure } = found;
    const learned = { ...(cause === undefined ? {} : { cause }), ...(countermeasure === undefined ? {} : { countermeasure }) };
    const { outcome, placed } = await this.boards.submit(to, by, (there) => copyConcern(there, { from: { board, no }, text: said, ...learned, by }));
    return { to, no: outcome.no, seq: placed.toSeq };
  }

  @Post(':no/change')
  @HttpCode(200)
  @Needs('change-concern')
  @ApiParam({ name: 'no', example: 7 })
  @ApiOperation({ summary: 'Write down what contains a concern, its cause, its countermeasure, who does it by when, and how far it is' })
  @ApiBody({ schema: openApi(changeConcernBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async change(
    @Param('board') board: string,
    @Param('no') text: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: changeConcernBody }) { due, ...body }: ChangeConcernBody,
  ): Promise<Done> {
    if (body.provider !== undefined) assertProvider(grant, body.provider);
    const no = numbered('concern', text);
    const { placed } = await this.boards.submit(board, by, (state, at) => changeConcern(state, { ...body, ...dueOf(due), no, by }, at));
    return { seq: placed.toSeq, no };
  }

  @Post(':no/close')
  @HttpCode(200)
  @Needs('change-concern')
  @ApiParam({ name: 'no', example: 7 })
  @ApiOperation({ summary: 'Close a concern with its result and the words under which others will find it' })
  @ApiBody({ schema: openApi(closeConcernBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async close(
    @Param('board') board: string,
    @Param('no') text: string,
    @Who() by: Person,
    @Body({ schema: closeConcernBody }) body: CloseConcernBody,
  ): Promise<Done> {
    const no = numbered('concern', text);
    const { placed } = await this.boards.submit(board, by, (state) => closeConcern(state, { ...body, no, by }));
    return { seq: placed.toSeq, no };
  }
}
