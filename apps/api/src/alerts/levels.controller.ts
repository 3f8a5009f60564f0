import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { declareLevel } from '@comm-cell/board/decide/declare-level';
import type { Person } from '@comm-cell/board/events';
import { type LevelView, levelViews } from '@comm-cell/board/views/levels';
import { declareBody, type DeclareBody, done, type Done } from '@comm-cell/contract/desk';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';

@ApiTags('levels')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/levels')
export class LevelsController {
  constructor(private readonly boards: DeskBoards) {}

  @Get()
  @ApiOperation({ summary: 'Levels, calculated and declared, and why: every parameter with its value, band, points and age' })
  levels(@Param('board') board: string): LevelView[] {
    return levelViews(this.boards.board(board).state, Date.now());
  }

  @Post(':level/declare')
  @HttpCode(200)
  @Needs('declare-level')
  @ApiParam({ name: 'level', example: 'system' })
  @ApiOperation({ summary: 'Declare a level, with a reason and a moment by which it is looked at again' })
  @ApiBody({ schema: openApi(declareBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async declare(
    @Param('board') board: string,
    @Param('level') level: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: declareBody }) body: DeclareBody,
  ): Promise<Done> {
    assertProvider(grant, this.boards.board(board).definition.response?.levels[level]?.provider ?? 'the whole board');
    const { n, reason, reviewBy } = body;
    const command = { level, n, reason, by, ...(reviewBy === undefined ? {} : { reviewBy: Date.parse(reviewBy) }) };
    const { placed } = await this.boards.submit(board, by, (state, at) => declareLevel(state, command, at));
    return { seq: placed.toSeq };
  }
}
