import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import {
  compareQuery,
  type CompareQuery,
  type Comparison,
  type Effect,
  effectQuery,
  type EffectQuery,
  type Extent,
  figureQuery,
  type FigureQuery,
  type FigureChoices,
  type LeadLagAnswer,
  leadLagQuery,
  type LeadLagQuery,
  type SpcAnswer,
  spcQuery,
  type SpcQuery,
  type TrendsAnswer,
  trendsQuery,
  type TrendsQuery,
} from '@comm-cell/contract/trends';
import { PersonGuard } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { choicesOf } from './figures.js';
import { spcCsv } from './spc-csv.js';
import { Trends } from './trends.service.js';

const AS = { name: 'as', required: false, enum: ['known', 'shown'], description: 'known: highest revisions; shown: as the values first came' } as const;
const HOW = { name: 'how', required: false, enum: ['mean', 'last', 'max', 'min', 'sum'] } as const;
const FROM = { name: 'from', required: false, example: '2026-01-01T00:00:00Z' } as const;
const TO = { name: 'to', required: false, example: '2026-02-01T00:00:00Z', description: 'Left out: the end of what is known' } as const;

/** The past of figures, for whoever may read the board. Everything goes by the moment a reading was observed. */
@ApiTags('trends')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/trends')
export class TrendsController {
  constructor(
    private readonly trends: Trends,
    private readonly boards: DeskBoards,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Figures over time: readings, or hours, shifts, days and weeks summarised by a named method' })
  @ApiQuery({ name: 'figures', example: 'ed.waiting@north,ed.waiting@south', description: 'Up to twelve, with commas between' })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery({ name: 'by', required: false, enum: ['raw', 'hour', 'shift', 'day', 'week'] })
  @ApiQuery(HOW)
  @ApiQuery(AS)
  figures(@Param('board') board: string, @Query({ schema: trendsQuery }) query: TrendsQuery): Promise<TrendsAnswer> {
    return this.trends.trends(board, query);
  }

  @Get('spc')
  @ApiOperation({ summary: 'Control chart (XmR, or days between rare events) with special causes, both icons, warnings and what people did meanwhile' })
  @ApiQuery({ name: 'figure', example: 'ed.waiting@north' })
  @ApiQuery(FROM)
  @ApiQuery(TO)
  @ApiQuery({ name: 'by', required: false, enum: ['day', 'shift', 'week'] })
  @ApiQuery(HOW)
  @ApiQuery(AS)
  @ApiQuery({
    name: 'screen',
    required: false,
    enum: ['yes', 'no'],
    description: 'Leave outlying moving ranges out of the limits; the official Excel tool does not',
  })
  @ApiQuery({ name: 'fixAfter', required: false, example: 12 })
  @ApiQuery({ name: 'rebase', required: false, example: '2026-01-16T00:00:00Z~second ward opened', description: 'May stand several times' })
  @ApiQuery({ name: 'target', required: false, example: 'none' })
  spc(@Param('board') board: string, @Query({ schema: spcQuery }) query: SpcQuery): Promise<SpcAnswer> {
    return this.trends.spc(board, query);
  }

  @Get('spc.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="control-chart.csv"')
  @ApiProduces('text/csv')
  @ApiOperation({ summary: 'The same as a table with its definitions, for a spreadsheet' })
  async csv(@Param('board') board: string, @Query({ schema: spcQuery }) query: SpcQuery): Promise<string> {
    return spcCsv(this.boards.board(board).definition, await this.trends.spc(board, query));
  }

  @Get('compare')
  @ApiOperation({ summary: 'The last week hour by hour beside the week before, last year and what is usual' })
  @ApiQuery({ name: 'figure', example: 'ed.waiting@north' })
  @ApiQuery(TO)
  @ApiQuery(HOW)
  @ApiQuery(AS)
  compare(@Param('board') board: string, @Query({ schema: compareQuery }) query: CompareQuery): Promise<Comparison> {
    return this.trends.compare(board, query);
  }

  @Get('effect')
  @ApiOperation({ summary: 'Before and after a moment: whether the level differs, and how sure that is' })
  @ApiQuery({ name: 'figure', example: 'ed.waiting@north' })
  @ApiQuery({ name: 'about', example: '2026-01-16T00:00:00Z' })
  effect(@Param('board') board: string, @Query({ schema: effectQuery }) query: EffectQuery): Promise<Effect> {
    return this.trends.effect(board, query);
  }

  @Get('lead-lag')
  @ApiOperation({ summary: 'Whether changes of one figure come before changes of another, by how many hours, and how sure that is' })
  @ApiQuery({ name: 'a', example: 'ambulance.queue@north' })
  @ApiQuery({ name: 'b', example: 'ed.waiting@north' })
  leadLag(@Param('board') board: string, @Query({ schema: leadLagQuery }) query: LeadLagQuery): Promise<LeadLagAnswer> {
    return this.trends.leadLag(board, query);
  }

  @Get('figures')
  @ApiOperation({ summary: 'What can be looked at on this board' })
  choices(@Param('board') board: string): FigureChoices {
    return choicesOf(this.boards.board(board).definition);
  }

  @Get('extent')
  @ApiOperation({ summary: 'First and last hour that anything is known of a figure' })
  @ApiQuery({ name: 'figure', example: 'ed.waiting@north' })
  extent(@Param('board') board: string, @Query({ schema: figureQuery }) { figure }: FigureQuery): Promise<Extent> {
    return this.trends.extent(board, figure);
  }
}
