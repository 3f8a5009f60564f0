import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { newBoardBody, type NewBoardBody } from '@comm-cell/contract/boards';
import type { Done } from '@comm-cell/contract/desk';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { NewBoards } from './new-boards.js';

/** More boards beside one that there is: for its administrators. */
@ApiTags('definition')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/boards')
export class BoardsController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly made: NewBoards,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('create-board')
  @ApiOperation({ summary: 'Make another board from a template' })
  @ApiBody({ schema: openApi(newBoardBody) })
  async make(@Param('board') beside: string, @Who() by: Person, @Body({ schema: newBoardBody }) body: NewBoardBody): Promise<Done> {
    this.boards.board(beside);
    return this.made.make(body, by);
  }
}
