import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { agreeGoal, closeGoal, measureGoal, reviewGoal } from '@comm-cell/board/decide/goals';
import type { Person } from '@comm-cell/board/events';
import { goalViews } from '@comm-cell/board/views/goals';
import { done, type Done } from '@comm-cell/contract/desk';
import {
  agreeGoalBody,
  type AgreeGoalBody,
  closeGoalBody,
  type CloseGoalBody,
  type GoalsAnswer,
  type GoalTrendAnswer,
  measureGoalBody,
  type MeasureGoalBody,
  reviewGoalBody,
  type ReviewGoalBody,
} from '@comm-cell/contract/goals';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { Goals } from './goals.js';

const NO = { name: 'no', example: 2 } as const;

/** Actions are raised for a goal where actions are raised: POST …/actions with its number. */
@ApiTags('goals')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/goals')
export class GoalsController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly goals: Goals,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Open goals as they stand, and the closed ones with their results' })
  async look(@Param('board') board: string): Promise<GoalsAnswer> {
    const { state } = this.boards.board(board);
    return { goals: goalViews(state, Date.now()), closed: await this.goals.closed(board) };
  }

  @Get(':no/trend')
  @ApiParam(NO)
  @ApiOperation({ summary: 'A goal over time against its baseline, with a verdict and what was done for it' })
  trend(@Param('board') board: string, @Param('no', ParseIntPipe) no: number): Promise<GoalTrendAnswer> {
    return this.goals.trend(board, no);
  }

  @Post()
  @HttpCode(201)
  @Needs('agree-goal')
  @ApiOperation({ summary: 'Agree on a goal: what is measured, the baseline, the target, by when, who, and how often it is looked at' })
  @ApiBody({ schema: openApi(agreeGoalBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async agree(@Param('board') board: string, @Who() by: Person, @Body({ schema: agreeGoalBody }) { baseline, due, ...body }: AgreeGoalBody): Promise<Done> {
    const command = { ...body, baseline: { from: Date.parse(baseline.from), to: Date.parse(baseline.to) }, due: Date.parse(due), by };
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => agreeGoal(state, command, at));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post(':no/measured')
  @HttpCode(200)
  @Needs('review-goal')
  @ApiParam(NO)
  @ApiOperation({ summary: 'Enter a value of a goal that is measured by hand; one for the same moment takes the place of the former' })
  @ApiBody({ schema: openApi(measureGoalBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async measure(
    @Param('board') board: string,
    @Param('no', ParseIntPipe) no: number,
    @Who() by: Person,
    @Body({ schema: measureGoalBody }) { at: observed, value }: MeasureGoalBody,
  ): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state, at) => measureGoal(state, { no, at: Date.parse(observed), value, by }, at));
    return { seq: placed.toSeq, no };
  }

  @Post(':no/review')
  @HttpCode(200)
  @Needs('review-goal')
  @ApiParam(NO)
  @ApiOperation({ summary: 'Say whether a goal is on track; it is due again after its interval' })
  @ApiBody({ schema: openApi(reviewGoalBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async review(
    @Param('board') board: string,
    @Param('no', ParseIntPipe) no: number,
    @Who() by: Person,
    @Body({ schema: reviewGoalBody }) body: ReviewGoalBody,
  ): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state) => reviewGoal(state, { ...body, no, by }));
    return { seq: placed.toSeq, no };
  }

  @Post(':no/close')
  @HttpCode(200)
  @Needs('review-goal')
  @ApiParam(NO)
  @ApiOperation({ summary: 'Close a goal: whether it was reached, and what came of it' })
  @ApiBody({ schema: openApi(closeGoalBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async close(
    @Param('board') board: string,
    @Param('no', ParseIntPipe) no: number,
    @Who() by: Person,
    @Body({ schema: closeGoalBody }) body: CloseGoalBody,
  ): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state) => closeGoal(state, { ...body, no, by }));
    return { seq: placed.toSeq, no };
  }
}
