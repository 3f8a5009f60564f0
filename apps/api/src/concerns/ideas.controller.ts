import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { answerIdea, moveIdea, proposeIdea } from '@comm-cell/board/decide/ideas';
import type { Person } from '@comm-cell/board/events';
import { answerIdeaBody, type AnswerIdeaBody, ideaBody, type IdeaBody, moveIdeaBody, type MoveIdeaBody } from '@comm-cell/contract/concerns';
import { done, type Done } from '@comm-cell/contract/desk';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { numbered } from './numbered.js';

@ApiTags('concerns')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/ideas')
export class IdeasController {
  constructor(private readonly boards: DeskBoards) {}

  @Post()
  @HttpCode(201)
  @Needs('propose-idea')
  @ApiOperation({ summary: 'Propose something that would be better; it is answered by the end of the next meeting' })
  @ApiBody({ schema: openApi(ideaBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async propose(@Param('board') board: string, @Who() by: Person, @Body({ schema: ideaBody }) { text }: IdeaBody): Promise<Done> {
    const { outcome, placed } = await this.boards.submit(board, by, (state) => proposeIdea(state, { text, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post(':no/answer')
  @HttpCode(200)
  @Needs('answer-idea')
  @ApiParam({ name: 'no', example: 3 })
  @ApiOperation({ summary: 'Accept or decline an idea, and say why' })
  @ApiBody({ schema: openApi(answerIdeaBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async answer(
    @Param('board') board: string,
    @Param('no') text: string,
    @Who() by: Person,
    @Body({ schema: answerIdeaBody }) body: AnswerIdeaBody,
  ): Promise<Done> {
    const no = numbered('idea', text);
    const { placed } = await this.boards.submit(board, by, (state) => answerIdea(state, { ...body, no, by }));
    return { seq: placed.toSeq, no };
  }

  @Post(':no/move')
  @HttpCode(200)
  @Needs('answer-idea')
  @ApiParam({ name: 'no', example: 3 })
  @ApiOperation({ summary: 'An accepted idea goes on trial; one that is tried is done' })
  @ApiBody({ schema: openApi(moveIdeaBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async move(@Param('board') board: string, @Param('no') text: string, @Who() by: Person, @Body({ schema: moveIdeaBody }) body: MoveIdeaBody): Promise<Done> {
    const no = numbered('idea', text);
    const { placed } = await this.boards.submit(board, by, (state) => moveIdea(state, { ...body, no, by }));
    return { seq: placed.toSeq, no };
  }
}
