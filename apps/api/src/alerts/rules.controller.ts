import { Body, Controller, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AgreeOutcome, approveRule, proposeRule, withdrawRule } from '@comm-cell/board/decide/agree-rules';
import type { Refused } from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { Person } from '@comm-cell/board/events';
import type { RuleId } from '@comm-cell/board/rule';
import type { BoardState } from '@comm-cell/board/state';
import {
  agreement,
  type Agreement,
  done,
  type Done,
  proposalBody,
  type ProposalBody,
  proposeBody,
  type ProposeBody,
  type RulesAnswer,
  type RuleVersion,
} from '@comm-cell/contract/desk';
import { problem } from '@comm-cell/contract/feed';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { Journal } from '../journal/journal.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { versionsOf } from './past.js';

const MOVED_ON = { status: 409, description: 'Another change has been proposed since', schema: openApi(problem) };

/** Rules are data: proposed, agreed, versioned, never rewritten. */
@ApiTags('rules')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/rules')
export class RulesController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly journal: Journal,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All rules as they are in force, with versions, authors and changes that wait' })
  rules(@Param('board') board: string): RulesAnswer {
    const { state } = this.boards.board(board);
    return Object.entries(state.rules).map(([id, rule]) => {
      const alert = state.alerts[id];
      return { id, ...rule, ...(alert ? { open: { no: alert.no, phase: alert.phase } } : {}) };
    });
  }

  @Get(':rule/versions')
  @ApiOperation({ summary: 'Every version a rule has had, from the journal' })
  async versions(@Param('board') board: string, @Param('rule') rule: string): Promise<RuleVersion[]> {
    this.boards.board(board);
    const versions = await versionsOf(this.journal, board, rule);
    if (versions.length === 0)
      throw new Refusal(404, 'unknown-rule', `There never was a rule "${rule.slice(0, 90)}" on this board.`, 'GET …/rules lists them.');
    return versions;
  }

  @Put(':rule')
  @Needs('propose-rule')
  @ApiOperation({
    summary: 'Propose a change of a rule, a new rule, or its end',
    description: 'The tests of the rule itself must pass. A change of an act or critical rule waits for a second person; every other is agreed at its moment.',
  })
  @ApiBody({ schema: openApi(proposeBody) })
  @ApiResponse({ status: 200, schema: openApi(agreement) })
  async propose(
    @Param('board') board: string,
    @Param('rule') id: string,
    @Who() by: Person,
    @Body({ schema: proposeBody }) body: ProposeBody,
  ): Promise<Agreement> {
    const { rule, reason, from } = body;
    const command = { id, rule, reason, by, ...(from === undefined ? {} : { from: Date.parse(from) }) };
    return this.#agree(board, by, (state, at) => proposeRule(state, command, at));
  }

  @Post(':rule/approve')
  @HttpCode(200)
  @Needs('approve-rule')
  @ApiOperation({ summary: 'Agree to a change that somebody else has proposed' })
  @ApiBody({ schema: openApi(proposalBody) })
  @ApiResponse({ status: 200, schema: openApi(agreement) })
  @ApiResponse(MOVED_ON)
  approve(@Param('board') board: string, @Param('rule') id: string, @Who() by: Person, @Body({ schema: proposalBody }) body: ProposalBody): Promise<Agreement> {
    return this.#agree(board, by, (state, at) => otherProposal(state, id, body) ?? approveRule(state, { id, by }, at));
  }

  @Post(':rule/withdraw')
  @HttpCode(200)
  @Needs('withdraw-rule')
  @ApiOperation({ summary: 'Take a change back that is not in force yet' })
  @ApiBody({ schema: openApi(proposalBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  @ApiResponse(MOVED_ON)
  async withdraw(
    @Param('board') board: string,
    @Param('rule') id: string,
    @Who() by: Person,
    @Body({ schema: proposalBody }) body: ProposalBody,
  ): Promise<Done> {
    const { placed } = await this.boards.submit(board, by, (state) => otherProposal(state, id, body) ?? withdrawRule(state, { id, by }));
    return { seq: placed.toSeq };
  }

  async #agree(board: string, by: Person, decide: (state: BoardState, at: number) => Decision<AgreeOutcome>): Promise<Agreement> {
    const { outcome, placed } = await this.boards.submit(board, by, decide);
    return { seq: placed.toSeq, agreed: outcome.agreed, needsSecond: outcome.needsSecond };
  }
}

/** Only the change that was seen is settled: another may have been proposed in its place. */
function otherProposal(state: BoardState, id: RuleId, { proposedAt }: ProposalBody): Decision<{ refused: Refused }> | undefined {
  const proposed = state.rules[id]?.proposed;
  if (!proposed || proposed.at === proposedAt) return undefined;
  const detail = `Another change of rule "${id}" has been proposed since.`;
  return { events: [], outcome: { refused: { field: 'proposedAt', code: 'moved-on', detail } } };
}
