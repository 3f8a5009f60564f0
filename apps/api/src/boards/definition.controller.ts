import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { changeBoard } from '@comm-cell/board/decide/define-board';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { loadCatalogue } from '@comm-cell/catalogue/load';
import { writeYaml } from '@comm-cell/catalogue/yaml';
import { changeBody, type ChangeBody, changed, type Changed, checkBody, type CheckBody, type Checked, type DefinitionView } from '@comm-cell/contract/boards';
import type { FastifyReply } from 'fastify';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { lookedAt, refusalOf, standingOf } from './looked-at.js';

/** The board as a file: fetched, tried, changed. Whoever may watch a board sees what it is made of. */
@ApiTags('definition')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/definition')
export class DefinitionController {
  constructor(private readonly boards: DeskBoards) {}

  @Get()
  @ApiOperation({ summary: 'What the board is made of, rules in force included, as the file that would define it' })
  @ApiProduces('application/json', 'application/yaml')
  @ApiQuery({ name: 'as', required: false, enum: ['json', 'yaml'] })
  definition(
    @Param('board') board: string,
    @Query('as') as: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): DefinitionView | string {
    const { state } = this.boards.board(board);
    const { file, hash } = standingOf(state);
    if (as !== 'yaml' && (as !== undefined || !accept?.includes('application/yaml'))) return viewOf(state, file, hash);
    void reply.header('content-type', 'application/yaml; charset=utf-8').header('content-disposition', `attachment; filename="${state.definition!.id}.yaml"`);
    return `# Comm Cell board "${state.definition!.id}", definition ${hash}\n${writeYaml(file)}`;
  }

  @Post('check')
  @HttpCode(200)
  @Needs('edit-board')
  @ApiOperation({ summary: 'What a change would come to: its faults with path and line, what would be different, the whole definition. Nothing is changed' })
  @ApiBody({ schema: openApi(checkBody) })
  check(@Param('board') board: string, @Who() by: Person, @Body({ schema: checkBody }) body: CheckBody): Checked {
    const { state, definition } = this.boards.board(board);
    const { hash, faults, differences, proposed, rules } = lookedAt(state, body.change);
    if (!proposed) return { hash, faults, differences, definition: null };
    const { events, outcome } = changeBoard(state, { was: definition, proposed, rules, reason: 'dry run', by }, Date.now());
    if ('refused' in outcome) {
      const { field, detail } = outcome.refused;
      return { hash, faults: [{ at: [field], path: field, line: 1, reason: detail }], differences, definition: null };
    }
    const defined = events.find((event) => event.kind === 'BoardDefined');
    return { hash, faults, differences, definition: defined?.definition ?? definition };
  }

  @Put()
  @Needs('edit-board')
  @ApiOperation({ summary: 'Change the board: by edits or by a whole file, with a reason; rules that need a second person wait for one' })
  @ApiBody({ schema: openApi(changeBody) })
  @ApiResponse({ status: 200, schema: openApi(changed) })
  async change(@Param('board') board: string, @Who() by: Person, @Body({ schema: changeBody }) { base, reason, change }: ChangeBody): Promise<Changed> {
    const { keeper, state, definition: was } = this.boards.board(board);
    const { hash, faults, proposed, rules } = lookedAt(state, change);
    if (hash !== base)
      throw new Refusal(409, 'moved-on', 'Somebody has changed the board meanwhile.', 'Fetch it again, look at what is different, then change it.', undefined, {
        hash,
      });
    if (!proposed) throw refusalOf(faults);
    const { outcome, placed } = await this.boards.submit(board, by, (now, at) => changeBoard(now, { was, proposed, rules, reason, by }, at));
    return { seq: placed.toSeq, hash: standingOf(keeper.snapshot.state).hash, waiting: outcome.waiting };
  }
}

function viewOf({ definition, definedAt, definedBy }: BoardState, file: DefinitionView['file'], hash: string): DefinitionView {
  const { metrics } = loadCatalogue();
  const seen = Object.values(definition!.metrics).filter(({ id, label }) => metrics[id]?.welshSeen && metrics[id].label.cy === label.cy);
  return {
    board: definition!.id,
    hash,
    definedAt,
    definedBy,
    file,
    definition: definition!,
    welshSeen: seen.map(({ id }) => id),
    metrics: Object.fromEntries(Object.entries(metrics).map(([id, { label, unit }]) => [id, { label, unit }])),
  };
}
