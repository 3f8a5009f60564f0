import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { changeAction, closeAction, progressAction, raiseAction, tickStep } from '@comm-cell/board/decide/actions';
import type { ProviderId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Action } from '@comm-cell/board/state';
import { type ActionHistory, changeActionBody, type ChangeActionBody, progressBody, type ProgressBody } from '@comm-cell/contract/concerns';
import { actionBody, type ActionBody, closeActionBody, type CloseActionBody, done, type Done, stepBody, type StepBody } from '@comm-cell/contract/desk';
import { commandsOf } from '../access/matrix.js';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { actionHistory } from './action-history.js';

const NOT_ITS_ALERT = { field: 'alert', code: 'unknown-alert', detail: 'The rule that is named has no such open alert; it may be over.' };

function unknown(no: string): Refusal {
  return new Refusal(404, 'unknown-action', `There is no action "${no.slice(0, 20)}".`, 'Its number stands beside it in the list.');
}

function unsaid(): Refusal {
  return new Refusal(422, 'which-provider', 'Your role covers several organisations.', 'Name in "provider" whose action it is.');
}

function mayNotAnswer(role: string): Refusal {
  return new Refusal(403, 'role', `The role "${role}" does not answer alerts.`, 'Raise the action from its figure, or by itself.');
}

function numbered(no: string): number {
  if (/^[1-9]\d{0,8}$/.test(no)) return Number(no);
  throw unknown(no);
}

/** Whose organisation it is in, where a role is for some organisations alone: it is theirs, unless they say which of them. */
function ownProvider({ providers }: Grant, named: ProviderId | undefined): ProviderId | undefined {
  return named ?? (providers?.length === 1 ? providers[0] : undefined);
}

/** Somebody limited to some organisations moves their actions and what they raised themselves, and leaves the others' alone. */
function assertOwn(grant: Grant, action: Action | undefined, by: Person): void {
  if (action && grant.providers !== null && action.by.id !== by.id) assertProvider(grant, action.provider ?? '');
}

/** Who does what by when, and the steps of action cards. */
@ApiTags('actions')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board')
export class ActionsController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
  ) {}

  @Post('actions')
  @HttpCode(201)
  @Needs('raise-action')
  @ApiOperation({ summary: 'Raise an action: from an alert, from a figure, or by itself' })
  @ApiBody({ schema: openApi(actionBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async raise(@Param('board') board: string, @Who() by: Person, @Granted() grant: Grant, @Body({ schema: actionBody }) body: ActionBody): Promise<Done> {
    const provider = ownProvider(grant, body.provider);
    if (provider !== undefined) assertProvider(grant, provider);
    else if (grant.providers !== null) throw unsaid();
    // An action answers the alert it comes from.
    if (body.alert !== undefined && !commandsOf(grant.role).includes('acknowledge')) throw mayNotAnswer(grant.role);
    const { rule, ...command } = { ...body, ...(provider === undefined ? {} : { provider }), due: Date.parse(body.due), by };
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
    const { outcome, placed } = await this.boards.submit(board, by, (state) => closeAction(state, { no: numbered(no), result, by }));
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('actions/:no/progress')
  @HttpCode(200)
  @Needs('progress-action')
  @ApiParam({ name: 'no', example: 12 })
  @ApiOperation({ summary: 'Say how far an action is, in quarters, or write a word about it' })
  @ApiBody({ schema: openApi(progressBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async progress(
    @Param('board') board: string,
    @Param('no') no: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: progressBody }) body: ProgressBody,
  ): Promise<Done> {
    const { outcome, placed } = await this.boards.submit(board, by, (state) => {
      assertOwn(grant, state.actions[no], by);
      return progressAction(state, { ...body, no: numbered(no), by });
    });
    return { seq: placed.toSeq, ...outcome };
  }

  @Post('actions/:no/change')
  @HttpCode(200)
  @Needs('raise-action')
  @ApiParam({ name: 'no', example: 12 })
  @ApiOperation({ summary: 'Agree another owner, organisation or moment, with the reason why' })
  @ApiBody({ schema: openApi(changeActionBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async change(
    @Param('board') board: string,
    @Param('no') no: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: changeActionBody }) { due, ...body }: ChangeActionBody,
  ): Promise<Done> {
    const command = { ...body, no: numbered(no), by, ...(due === undefined ? {} : { due: Date.parse(due) }) };
    if (command.provider !== undefined) assertProvider(grant, command.provider);
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => {
      assertOwn(grant, state.actions[no], by);
      return changeAction(state, command, at);
    });
    return { seq: placed.toSeq, ...outcome };
  }

  @Get('actions/:no/history')
  @ApiParam({ name: 'no', example: 12 })
  @ApiOperation({ summary: 'Everything that was said of an action, from its raising to its result' })
  async history(@Param('board') board: string, @Param('no') no: string): Promise<ActionHistory> {
    this.boards.board(board);
    const history = await this.reads.scoped(board, (query) => actionHistory(query, board, numbered(no)));
    if (!history) throw unknown(no);
    return history;
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
