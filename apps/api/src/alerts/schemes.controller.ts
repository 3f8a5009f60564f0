import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { signOffScheme } from '@comm-cell/board/decide/sign-off-scheme';
import type { Person } from '@comm-cell/board/events';
import { done, type Done } from '@comm-cell/contract/desk';
import { signOffSchemeBody, type SignOffSchemeBody } from '@comm-cell/contract/schemes';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';

@ApiTags('levels')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/schemes')
export class SchemesController {
  constructor(private readonly boards: DeskBoards) {}

  @Post(':scheme/sign-off')
  @HttpCode(200)
  @Needs('sign-off-scheme')
  @ApiParam({ name: 'scheme', example: 'opel-2023-24' })
  @ApiOperation({ summary: 'Stand behind a scheme as it is: its levels are no longer marked as indicative' })
  @ApiBody({ schema: openApi(signOffSchemeBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async signOff(
    @Param('board') board: string,
    @Param('scheme') scheme: string,
    @Who() by: Person,
    @Body({ schema: signOffSchemeBody }) { version, reason }: SignOffSchemeBody,
  ): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state, at) => signOffScheme(state, { scheme, version, reason, by }, at));
    return { seq: placed.toSeq };
  }
}
