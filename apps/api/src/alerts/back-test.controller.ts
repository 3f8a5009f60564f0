import { setImmediate as breath } from 'node:timers/promises';
import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { BoardDefinition, SeriesId } from '@comm-cell/board/definition';
import { wrongWith } from '@comm-cell/board/decide/agree-rules';
import { backtest, type Line, seriesWatchedBy } from '@comm-cell/board/decide/backtest';
import type { Rule } from '@comm-cell/board/rule';
import { figuresOf } from '@comm-cell/board/rules/watched';
import { DAY_MS } from '@comm-cell/board/time';
import { type BackTest, backTestBody, type BackTestBody } from '@comm-cell/contract/desk';
import { Needs, PersonGuard } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { Journal } from '../journal/journal.js';
import { readingsBetween } from '../journal/readings-between.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { ruleOver } from './rule-over.js';

/** Readings before the stretch that a rule may need at its beginning: figures that stand for a day, slopes. */
const LEAD_MS = 2 * DAY_MS;
const OUTLINE_PARTS = 200;
/** With more rules than this nobody looks at each line. */
const OUTLINED = 3;

/** What a rule would have done: any rule, over any stretch of history, beside the one in force. Nothing is written. */
@ApiTags('rules')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/rules/backtest')
export class BackTestController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly journal: Journal,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('back-test')
  @ApiOperation({ summary: 'Run a rule over a stretch of history, beside the present one' })
  @ApiBody({ schema: openApi(backTestBody) })
  async run(@Param('board') board: string, @Body({ schema: backTestBody }) body: BackTestBody): Promise<BackTest> {
    const { state, definition } = this.boards.board(board);
    const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
    const present = state.rules[body.rule.id]?.rule ?? undefined;
    const pairs = body.figures
      ? body.figures.map((figure) => ({ proposed: ruleOver(body.rule, figure), present: present && ruleOver(present, figure) }))
      : [{ proposed: body.rule, present }];
    for (const { proposed } of pairs) assertPossible(definition, proposed);
    const lines = await readingsBetween(this.journal.pool, definition, seriesOfRules(definition, pairs), from - LEAD_MS, to);
    const rules: BackTest['rules'] = [];
    for (const { proposed, present } of pairs) {
      const figure = figuresOf(proposed.when)[0];
      const line = figure === undefined || pairs.length > OUTLINED ? undefined : lines.get(figure);
      const { usuals } = state;
      rules.push({
        ...(figure === undefined ? {} : { figure }),
        ...backtest(proposed, lines, { definition, from, to, usuals, ...(present ? { present } : {}) }),
        ...(line ? { line: outlineOf(line, from, to) } : {}),
      });
      // Readings and beats of all boards go through the same thread.
      await breath();
    }
    return { from, to, rules, readings: [...lines.values()].reduce((sum, { at }) => sum + at.length, 0) };
  }
}

function assertPossible(definition: BoardDefinition, rule: Rule): void {
  // Its own tests are about the figures it was written for; they are run when it is proposed.
  const wrong = wrongWith(definition, { ...rule, tests: [] });
  if (wrong) throw new Refusal(422, wrong.code, wrong.detail, wrong.detail, [{ ...wrong, field: `rule.${wrong.field}` }]);
}

function seriesOfRules(definition: BoardDefinition, pairs: readonly { proposed: Rule; present: Rule | undefined }[]): SeriesId[] {
  const rules = pairs.flatMap(({ proposed, present }) => (present ? [proposed, present] : [proposed]));
  return [...new Set(rules.flatMap((rule) => seriesWatchedBy(definition, rule)))];
}

/** The least and the greatest value of every part of the stretch: no peak that a rule fired on is missing. */
function outlineOf({ at, value }: Line, from: number, to: number): [at: number, value: number][] {
  // Whole, so that the end of a part is exact and lies behind its first reading.
  const partMs = Math.ceil((to - from) / OUTLINE_PARTS);
  const outline: [at: number, value: number][] = [];
  let i = at.findIndex((moment) => moment >= from);
  while (i >= 0 && i < at.length) {
    const end = from + (Math.floor((at[i]! - from) / partMs) + 1) * partMs;
    let least: number | undefined;
    let greatest: number | undefined;
    for (; i < at.length && at[i]! < end; i++) {
      if (Number.isNaN(value[i]!)) continue;
      if (least === undefined || value[i]! < value[least]!) least = i;
      if (greatest === undefined || value[i]! > value[greatest]!) greatest = i;
    }
    if (least === undefined || greatest === undefined) continue;
    for (const one of least === greatest ? [least] : [least, greatest].sort((a, b) => a - b)) outline.push([at[one]!, value[one]!]);
  }
  return outline;
}
