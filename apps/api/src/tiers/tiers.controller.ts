import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { answerPassed, passOn } from '@comm-cell/board/decide/pass-on';
import type { Person } from '@comm-cell/board/events';
import { tiersView } from '@comm-cell/board/views/tiers';
import { done, type Done } from '@comm-cell/contract/desk';
import { answerPassedBody, type AnswerPassedBody, passed, type Passed, passOnBody, type PassOnBody, type TiersAnswer } from '@comm-cell/contract/tiers';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { Keepers } from '../keeper/keepers.js';
import { openApi } from '../open-api.js';
import { neighboursOf } from './tree.js';

@ApiTags('tiers')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/tiers')
export class TiersController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly keepers: Keepers,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What waits for an answer, here and elsewhere, what was answered, how the cells below stand, and to whom something can be passed' })
  tiers(@Param('board') board: string): TiersAnswer {
    const { keeper, state } = this.boards.board(board);
    const { epoch, seq } = keeper.snapshot.head;
    const { up, down, sideways } = neighboursOf(this.keepers, board);
    const listed = (cells: typeof up): TiersAnswer['neighbours']['up'] => Object.entries(cells).map(([id, name]) => ({ board: id, name }));
    return { epoch, seq, ...tiersView(state, Date.now()), neighbours: { up: listed(up), down: listed(down), sideways: listed(sideways) } };
  }

  @Post('passed')
  @HttpCode(201)
  @Needs('pass-on')
  @ApiOperation({ summary: 'Pass a concern or an action up, a message down, or ask the cells beside for help' })
  @ApiBody({ schema: openApi(passOnBody) })
  @ApiResponse({ status: 201, schema: openApi(passed) })
  async pass(@Param('board') board: string, @Who() by: Person, @Body({ schema: passOnBody }) { answerBy, ...body }: PassOnBody): Promise<Passed> {
    const until = answerBy === undefined ? {} : { answerBy: Date.parse(answerBy) };
    const neighbours = neighboursOf(this.keepers, board);
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => passOn(state, { ...body, ...until, by }, neighbours, at));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('arrived/:from/:no/answer')
  @HttpCode(200)
  @Needs('answer-passed')
  @ApiParam({ name: 'from', example: 'stoke-emergency' })
  @ApiParam({ name: 'no', example: 3 })
  @ApiOperation({ summary: 'Answer what another cell has passed here, once: yes, no or noted' })
  @ApiBody({ schema: openApi(answerPassedBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async answer(
    @Param('board') board: string,
    @Param('from') from: string,
    @Param('no') text: string,
    @Who() by: Person,
    @Body({ schema: answerPassedBody }) { answer, text: said = '' }: AnswerPassedBody,
  ): Promise<Done> {
    const no = numbered(text);
    const { placed } = await this.boards.submit(board, by, (state) => answerPassed(state, { from, no, answer, text: said, by }));
    return { seq: placed.toSeq, no };
  }
}

function numbered(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refusal(404, 'unknown-passed', `Nothing came under number "${text.slice(0, 20)}".`, 'GET …/tiers lists what waits.');
}
