import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { closeAction, raiseAction, tickStep } from '@comm-cell/board/decide/actions';
import type { Person } from '@comm-cell/board/events';
import { actionBody, type ActionBody, closeActionBody, type CloseActionBody, done, type Done, stepBody, type StepBody } from '@comm-cell/contract/desk';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';

const NOT_ITS_ALERT = { field: 'alert', code: 'unknown-alert', detail: 'The rule that is named has no such open alert; it may be over.' };

/** Who does what by when, and the steps of action cards. */
@ApiTags('actions')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board')
export class ActionsController {
  constructor(private readonly boards: DeskBoards) {}

  @Post('actions')
  @HttpCode(201)
  @Needs('raise-action')
  @ApiOperation({ summary: 'Raise an action: from an alert, from a figure, or by itself' })
  @ApiBody({ schema: openApi(actionBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async raise(@Param('board') board: string, @Who() by: Person, @Body({ schema: actionBody }) body: ActionBody): Promise<Done> {
    const { rule, ...command } = { ...body, due: Date.parse(body.due), by };
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) =>
      rule !== undefined && state.alerts[rule]?.no !== body.alert ? { events: [], outcome: { refused: NOT_ITS_ALERT } } : raiseAction(state, command, at),
    );
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('actions/:no/close')
  @HttpCode(200)
  @Needs('close-action')
  @ApiParam({ name: 'no', example: 12 })
  @ApiOperation({ summary: 'Close an action with its result' })
  @ApiBody({ schema: openApi(closeActionBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async close(
    @Param('board') board: string,
    @Param('no') no: string,
    @Who() by: Person,
    @Body({ schema: closeActionBody }) { result }: CloseActionBody,
  ): Promise<Done> {
    if (!/^[1-9]\d{0,8}$/.test(no))
      throw new Refusal(404, 'unknown-action', `There is no action "${no.slice(0, 20)}".`, 'Its number stands beside it in the list.');
    const { outcome, placed } = await this.boards.submit(board, by, (state) => closeAction(state, { no: Number(no), result, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('cards/:run/steps/:step')
  @HttpCode(200)
  @Needs('tick-step')
  @ApiParam({ name: 'run', example: 'alert:147', description: 'What the card was begun for' })
  @ApiOperation({ summary: 'Tick a step of an action card, or say why it cannot be done' })
  @ApiBody({ schema: openApi(stepBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async tick(
    @Param('board') board: string,
    @Param('run') run: string,
    @Param('step') step: string,
    @Who() by: Person,
    @Body({ schema: stepBody }) body: StepBody,
  ): Promise<Done> {
    const { outcome, placed } = await this.boards.submit(board, by, (state) => tickStep(state, { ...body, run, step, by }));
    return { seq: placed.toSeq, ...outcome };
  }
}
