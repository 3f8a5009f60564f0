import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AlertHistory, type Episode, review, type Review, stretchQuery, type StretchQuery } from '@comm-cell/contract/desk';
import { PersonGuard } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { Journal } from '../journal/journal.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { reviewOf } from './episodes.js';
import { episodesDuring, historyOf, shelvingsDuring } from './past.js';

/** What has been: closed alerts, the story of one, the weekly review. All of it comes from the journal. */
@ApiTags('alerts')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/alerts')
export class ReviewController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly journal: Journal,
  ) {}

  @Get('history')
  @ApiOperation({ summary: 'Alerts that ended within a stretch, the last one first' })
  @ApiQuery({ name: 'from', example: '2026-01-12T00:00:00Z' })
  @ApiQuery({ name: 'to', example: '2026-01-19T00:00:00Z' })
  async ended(@Param('board') board: string, @Query({ schema: stretchQuery }) query: StretchQuery): Promise<Episode[]> {
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
    this.boards.board(board);
    return (await episodesDuring(this.journal, board, from, to, []))
      .filter(({ raisedAt, endedAt = Infinity }) => raisedAt !== undefined && endedAt < to)
      .sort((a, b) => b.endedAt! - a.endedAt!);
  }

  @Get('review')
  @ApiOperation({ summary: 'The weekly review: how many alerts, how well they were answered, which of them are noise' })
  @ApiQuery({ name: 'from', example: '2026-01-12T00:00:00Z' })
  @ApiQuery({ name: 'to', example: '2026-01-19T00:00:00Z' })
  @ApiResponse({ status: 200, schema: openApi(review) })
  async review(@Param('board') board: string, @Query({ schema: stretchQuery }) query: StretchQuery): Promise<Review> {
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
    const { state } = this.boards.board(board);
    const open = Object.values(state.alerts).map(({ no }) => no);
    const [episodes, shelvings] = await Promise.all([episodesDuring(this.journal, board, from, to, open), shelvingsDuring(this.journal, board, from, to)]);
    const rules = Object.entries(state.rules).flatMap(([id, { rule }]) => (rule ? [id] : []));
    return reviewOf({ from, to, now: Date.now(), episodes, rules, shelvings });
  }

  @Get(':no/history')
  @ApiParam({ name: 'no', example: 147 })
  @ApiOperation({ summary: 'Everything that happened to one alert, and what was done about it' })
  async history(@Param('board') board: string, @Param('no') no: string): Promise<AlertHistory> {
    this.boards.board(board);
    const history = /^[1-9]\d{0,8}$/.test(no) ? await historyOf(this.journal, board, Number(no)) : undefined;
    if (!history)
      throw new Refusal(404, 'unknown-alert', `There never was an alert "${no.slice(0, 20)}" on this board.`, 'Its number stands beside it in the list.');
    return history;
  }
}
