import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { periodsWithin } from '@comm-cell/board/spc/periods';
import { DAY_MS, isoDate, localDay, momentOfLocal } from '@comm-cell/board/time';
import { dayRows, partsOf } from '@comm-cell/board/views/days';
import { DAYS_USUALLY, type DaysAnswer, daysQuery, type DaysQuery } from '@comm-cell/contract/concerns';
import { PersonGuard } from '../access/person.guard.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { talliesOf } from './tallies.js';

/** The cell's measures, a box a day: for whoever may watch the board. */
@ApiTags('concerns')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/days')
export class DaysController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
  ) {}

  @Get()
  @ApiQuery({ name: 'from', required: false, example: '2026-01-01' })
  @ApiQuery({ name: 'to', required: false, example: '2026-01-31' })
  @ApiOperation({ summary: 'Day boxes: was the day good, not good, or is there no data? Days are those of the board’s clock' })
  async days(@Param('board') board: string, @Query({ schema: daysQuery }) { from, to }: DaysQuery): Promise<DaysAnswer> {
    const { definition } = this.boards.board(board);
    const { zone } = definition;
    const now = Date.now();
    const last = to === undefined ? localDay(zone, now) : Date.parse(to) / DAY_MS;
    const first = from === undefined ? last - DAYS_USUALLY + 1 : Date.parse(from) / DAY_MS;
    const days = periodsWithin(zone, 'day', momentOfLocal(zone, first, 0), momentOfLocal(zone, last + 1, 0));
    const series = new Set(
      (definition.cell?.measures ?? []).flatMap(({ figure }) => {
        const { of, over } = partsOf(definition, figure);
        return [...of, ...over];
      }),
    );
    const hours =
      series.size === 0 ? new Map() : await this.reads.scoped(board, (query) => talliesOf(query, definition, series, days[0]!.from, days.at(-1)!.to));
    return { board, from: isoDate(first), to: isoDate(last), rows: dayRows(definition, days, hours, now) };
  }
}
