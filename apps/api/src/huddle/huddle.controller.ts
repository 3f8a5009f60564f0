import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { callHuddle, markAttendance, moveHuddle, noteHuddle, openHuddle, skipHuddle } from '@comm-cell/board/decide/huddle';
import type { Person } from '@comm-cell/board/events';
import { huddleView } from '@comm-cell/board/views/huddle';
import { done, type Done } from '@comm-cell/contract/desk';
import {
  attendanceBody,
  type AttendanceBody,
  type BeforeAnswer,
  closeHuddleBody,
  type CloseHuddleBody,
  type HeldAnswer,
  type HuddleAnswer,
  type MinutesAnswer,
  moveHuddleBody,
  type MoveHuddleBody,
  noteHuddleBody,
  type NoteHuddleBody,
  openHuddleBody,
  type OpenHuddleBody,
  planHuddleBody,
  type PlanHuddleBody,
  planned,
  type Planned,
} from '@comm-cell/contract/huddle';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { Huddles, noCell } from './huddles.js';

/** The huddle that is on, and what comes next. Everybody sees it over the live socket; this is where it is moved. */
@ApiTags('huddle')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/huddle')
export class HuddleController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly huddles: Huddles,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The huddle that is on, the next one, what it has to look at, and how the last ones went' })
  look(@Param('board') board: string): HuddleAnswer {
    const { keeper, state } = this.boards.board(board);
    const { epoch, seq } = keeper.snapshot.head;
    const serverTime = Date.now();
    const view = huddleView(state, serverTime);
    if (!view) throw noCell();
    return { epoch, seq, serverTime, view };
  }

  @Get('before')
  @ApiOperation({ summary: 'What has changed since the close of the last huddle, the worst first' })
  before(@Param('board') board: string): Promise<BeforeAnswer> {
    return this.huddles.before(board);
  }

  @Post('open')
  @HttpCode(201)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'Open a huddle: the planned one if it is its time' })
  @ApiBody({ schema: openApi(openHuddleBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async open(@Param('board') board: string, @Who() by: Person, @Body({ schema: openHuddleBody }) body: OpenHuddleBody): Promise<Done> {
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => openHuddle(state, { ...body, by }, at));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('move')
  @HttpCode(200)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'Bring everybody to an item of the agenda, and to a tile' })
  @ApiBody({ schema: openApi(moveHuddleBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async move(@Param('board') board: string, @Who() by: Person, @Body({ schema: moveHuddleBody }) body: MoveHuddleBody): Promise<Done> {
    const { outcome, placed } = await this.boards.submit(board, by, (state) => moveHuddle(state, { ...body, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('attendance')
  @HttpCode(200)
  @Needs('join-huddle')
  @ApiOperation({ summary: 'Say that an organisation is here, has sent a deputy or is absent' })
  @ApiBody({ schema: openApi(attendanceBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async attend(
    @Param('board') board: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: attendanceBody }) body: AttendanceBody,
  ): Promise<Done> {
    assertProvider(grant, body.provider);
    const { outcome, placed } = await this.boards.submit(board, by, (state) => markAttendance(state, { ...body, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('notes')
  @HttpCode(201)
  @Needs('join-huddle')
  @ApiOperation({ summary: 'Write down a decision, something released, what went well, or a remark' })
  @ApiBody({ schema: openApi(noteHuddleBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async note(@Param('board') board: string, @Who() by: Person, @Body({ schema: noteHuddleBody }) { resource, ...note }: NoteHuddleBody): Promise<Done> {
    const released = resource && { amount: resource.amount, from: resource.from, to: resource.to, ...ends(resource.until) };
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) =>
      noteHuddle(state, { ...note, ...(released && { resource: released }), by }, at),
    );
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('close')
  @HttpCode(200)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'Close the huddle: the board is frozen with it, and the minutes stand' })
  @ApiBody({ schema: openApi(closeHuddleBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async close(@Param('board') board: string, @Who() by: Person, @Body({ schema: closeHuddleBody }) { no }: CloseHuddleBody): Promise<Done> {
    const { toSeq } = await this.huddles.close(board, no, by);
    return { seq: toSeq, no };
  }

  @Post('calls')
  @HttpCode(201)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'Call a huddle outside the times; the answer says whether the notice is kept' })
  @ApiBody({ schema: openApi(planHuddleBody) })
  @ApiResponse({ status: 201, schema: openApi(planned) })
  async call(@Param('board') board: string, @Who() by: Person, @Body({ schema: planHuddleBody }) { due, reason }: PlanHuddleBody): Promise<Planned> {
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => callHuddle(state, { due: Date.parse(due), reason, by }, at));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('skips')
  @HttpCode(201)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'Take a planned huddle off the list' })
  @ApiBody({ schema: openApi(planHuddleBody) })
  @ApiResponse({ status: 201, schema: openApi(planned) })
  async skip(@Param('board') board: string, @Who() by: Person, @Body({ schema: planHuddleBody }) { due, reason }: PlanHuddleBody): Promise<Planned> {
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => skipHuddle(state, { due: Date.parse(due), reason, by }, at));
    return { seq: placed.toSeq, ...outcome };
  }
}

function ends(until: string | undefined): { until?: number } {
  return until === undefined ? {} : { until: Date.parse(until) };
}

/** Those that were held. */
@ApiTags('huddle')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/huddles')
export class HeldHuddlesController {
  constructor(private readonly huddles: Huddles) {}

  @Get()
  @ApiOperation({ summary: 'The newest sixty huddles, the newest first, with their health' })
  held(@Param('board') board: string): HeldAnswer {
    return this.huddles.held(board);
  }

  @Get(':no/minutes')
  @ApiParam({ name: 'no', example: 12 })
  @ApiOperation({ summary: 'The minutes: decisions, actions, levels, attendance, of the board as it stood at the close' })
  minutes(@Param('board') board: string, @Param('no') no: string): Promise<MinutesAnswer> {
    if (!/^[1-9]\d{0,6}$/.test(no))
      throw new Refusal(404, 'unknown-huddle', `There is no huddle "${no.slice(0, 20)}".`, 'GET …/huddles lists those that were held.');
    return this.huddles.minutes(board, Number(no));
  }
}
