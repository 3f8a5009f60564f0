import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { acceptCharter, writeCharter } from '@comm-cell/board/decide/charter';
import type { Person } from '@comm-cell/board/events';
import { charterView, protocolView } from '@comm-cell/board/views/charter';
import {
  acceptCharterBody,
  type AcceptCharterBody,
  type CharterAnswer,
  charterDone,
  type CharterDone,
  writeCharterBody,
  type WriteCharterBody,
} from '@comm-cell/contract/goals';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';

@ApiTags('goals')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/charter')
export class CharterController {
  constructor(private readonly boards: DeskBoards) {}

  @Get()
  @ApiOperation({ summary: 'The team charter, who has accepted it, and which of its rules about meetings the last huddles kept' })
  look(@Param('board') board: string): CharterAnswer {
    const { state } = this.boards.board(board);
    return { charter: charterView(state) ?? null, protocol: protocolView(state) ?? null };
  }

  @Post()
  @HttpCode(201)
  @Needs('write-charter')
  @ApiOperation({ summary: 'Write a new version of the charter in both languages; every organisation accepts it anew' })
  @ApiBody({ schema: openApi(writeCharterBody) })
  @ApiResponse({ status: 201, schema: openApi(charterDone) })
  async write(@Param('board') board: string, @Who() by: Person, @Body({ schema: writeCharterBody }) body: WriteCharterBody): Promise<CharterDone> {
    const { outcome, placed } = await this.boards.submit(board, by, (state) => writeCharter(state, { ...body, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('accept')
  @HttpCode(200)
  @Needs('accept-charter')
  @ApiOperation({ summary: 'Accept the charter for an organisation, by the office that does so' })
  @ApiBody({ schema: openApi(acceptCharterBody) })
  @ApiResponse({ status: 200, schema: openApi(charterDone) })
  async accept(
    @Param('board') board: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: acceptCharterBody }) body: AcceptCharterBody,
  ): Promise<CharterDone> {
    assertProvider(grant, body.provider);
    const { outcome, placed } = await this.boards.submit(board, by, (state) => acceptCharter(state, { ...body, by }));
    return { seq: placed.toSeq, ...outcome };
  }
}
