import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  acknowledge,
  type AnswerAlert,
  type AnswerOutcome,
  closeAlert,
  handOver,
  type Refused,
  shelveRule,
  take,
  unshelveRule,
} from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { Person } from '@comm-cell/board/events';
import type { RuleId } from '@comm-cell/board/rule';
import type { Alert, BoardState } from '@comm-cell/board/state';
import { actionsView } from '@comm-cell/board/views/actions';
import { alertsView } from '@comm-cell/board/views/alerts';
import { levelViews } from '@comm-cell/board/views/levels';
import {
  closeAlertBody,
  type CloseAlertBody,
  done,
  type Done,
  type DeskView,
  handOverBody,
  type HandOverBody,
  shelveBody,
  type ShelveBody,
  seenBody,
  type SeenBody,
  unshelveBody,
} from '@comm-cell/contract/desk';
import { problem } from '@comm-cell/contract/feed';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';

const MOVED_ON = { status: 409, description: 'The alert has moved on: `version` is what it is now', schema: openApi(problem) };

/** The alert that was seen is not the rule's alert of now. */
function gone(rule: RuleId, no: number, open: Alert | undefined): Refused {
  if (!open) return { field: 'rule', code: 'unknown-alert', detail: `Rule "${rule.slice(0, 90)}" has no open alert; alert ${no} may be over.` };
  return { field: 'no', code: 'moved-on', detail: `Alert ${no} is over; rule "${rule}" has raised alert ${open.no} since.`, version: open.version };
}

/** What is wrong now, and what people answer to it. */
@ApiTags('alerts')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/alerts')
export class AlertsController {
  constructor(private readonly boards: DeskBoards) {}

  @Get()
  @ApiOperation({ summary: 'The alert desk at this moment: alerts, levels, actions, action cards' })
  now(@Param('board') board: string): DeskView {
    const { keeper, state } = this.boards.board(board);
    const { epoch, seq } = keeper.snapshot.head;
    const now = Date.now();
    return { epoch, seq, serverTime: now, alerts: alertsView(state, now), actions: actionsView(state, now), levels: levelViews(state, now) };
  }

  @Post(':rule/acknowledge')
  @HttpCode(200)
  @Needs('acknowledge')
  @ApiOperation({ summary: 'Somebody has seen it: it climbs no further' })
  @ApiBody({ schema: openApi(seenBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  acknowledge(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: seenBody }) body: SeenBody,
  ): Promise<Done> {
    return this.#answer(board, rule, grant, { ...body, by }, acknowledge);
  }

  @Post(':rule/take')
  @HttpCode(200)
  @Needs('take')
  @ApiOperation({ summary: 'Somebody is its owner from now on' })
  @ApiBody({ schema: openApi(seenBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  take(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: seenBody }) body: SeenBody,
  ): Promise<Done> {
    return this.#answer(board, rule, grant, { ...body, by }, take);
  }

  @Post(':rule/hand-over')
  @HttpCode(200)
  @Needs('hand-over')
  @ApiOperation({ summary: 'Another group has it from now on, and is told' })
  @ApiBody({ schema: openApi(handOverBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  handOver(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: handOverBody }) body: HandOverBody,
  ): Promise<Done> {
    return this.#answer(board, rule, grant, { ...body, by }, handOver);
  }

  @Post(':rule/shelve')
  @HttpCode(200)
  @Needs('shelve')
  @ApiOperation({ summary: 'Nobody is told of the rule until then: at most 12 hours, with a reason, counted on the wall' })
  @ApiBody({ schema: openApi(shelveBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  async shelve(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: shelveBody }) body: ShelveBody,
  ): Promise<Done> {
    this.#assertOwn(board, rule, grant);
    const command = { ...body, until: Date.parse(body.until), rule, by };
    const { placed } = await this.boards.submit(board, by, (state, at) => shelveRule(state, command, at));
    return { seq: placed.toSeq };
  }

  @Post(':rule/unshelve')
  @HttpCode(200)
  @Needs('unshelve')
  @ApiOperation({ summary: 'Take the rule off the shelf before its time' })
  @ApiBody({ schema: openApi(unshelveBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async unshelve(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: unshelveBody }) _body: object,
  ): Promise<Done> {
    this.#assertOwn(board, rule, grant);
    const { placed } = await this.boards.submit(board, by, (state, at) => unshelveRule(state, { rule, by }, at));
    return { seq: placed.toSeq };
  }

  @Post(':rule/close')
  @HttpCode(200)
  @Needs('close-alert')
  @ApiOperation({ summary: 'Close an alert whose rule is no longer in force; any other stands down by itself' })
  @ApiBody({ schema: openApi(closeAlertBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  close(
    @Param('board') board: string,
    @Param('rule') rule: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: closeAlertBody }) body: CloseAlertBody,
  ): Promise<Done> {
    return this.#answer(board, rule, grant, { ...body, by }, closeAlert);
  }

  /** Somebody limited to some organisations answers for what is wrong at their places. */
  #assertOwn(board: string, id: RuleId, grant: Grant): void {
    const { state, definition } = this.boards.board(board);
    const known = state.rules[id];
    const place = (known?.rule ?? known?.was)?.place;
    if (known) assertProvider(grant, definition.places[place ?? '']?.provider ?? 'the whole board');
  }

  /** The alert named in the body must be the rule's present one, or it has moved on. */
  async #answer<Command extends AnswerAlert>(
    board: string,
    rule: RuleId,
    grant: Grant,
    command: Command,
    decide: (state: BoardState, command: Command, at: number) => Decision<AnswerOutcome>,
  ): Promise<Done> {
    this.#assertOwn(board, rule, grant);
    const { outcome, placed } = await this.boards.submit(board, command.by, (state, at) => {
      const open = state.alerts[rule];
      return open?.no === command.no ? decide(state, command, at) : { events: [], outcome: { refused: gone(rule, command.no, open) } };
    });
    return { seq: placed.toSeq, no: outcome.no, version: outcome.version };
  }
}
