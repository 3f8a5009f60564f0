import { Controller, Get, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { exportQuery, type ExportQuery } from '@comm-cell/contract/history';
import { Readable } from 'node:stream';
import { Deeds } from '../access/deeds.js';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { Journal } from '../journal/journal.js';
import { journalLines } from './journal-file.js';
import { readingsCsv } from './readings-csv.js';

@ApiTags('history')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/export')
export class ExportController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly kept: Journal,
    private readonly deeds: Deeds,
  ) {}

  @Get('journal')
  @Needs('export')
  @ApiProduces('application/x-ndjson')
  @ApiOperation({ summary: 'The whole journal of the board as lines of JSON, for another machine: it keeps its hashes there' })
  async journal(@Param('board') board: string, @Who() by: Person): Promise<StreamableFile> {
    this.boards.board(board);
    await this.deeds.tell([board], { deed: 'exported', by, about: 'journal' });
    return streamed(journalLines(this.kept, board, Date.now()), 'application/x-ndjson', `${board}-journal.ndjson`);
  }

  @Get('readings')
  @Needs('export')
  @ApiProduces('text/csv')
  @ApiQuery({ name: 'from', required: false })
  @ApiQuery({ name: 'to', required: false })
  @ApiOperation({ summary: 'Readings with every revision as CSV, each with what it means, its unit and when it was recorded' })
  async readings(@Param('board') board: string, @Query({ schema: exportQuery }) query: ExportQuery, @Who() by: Person): Promise<StreamableFile> {
    const { definition } = this.boards.board(board);
    const from = query.from === undefined ? -Infinity : Date.parse(query.from);
    const to = query.to === undefined ? Infinity : Date.parse(query.to);
    await this.deeds.tell([board], { deed: 'exported', by, about: 'readings', detail: `${query.from ?? 'beginning'} to ${query.to ?? 'now'}` });
    return streamed(readingsCsv(this.kept.pool, definition, from, to), 'text/csv; charset=utf-8', `${board}-readings.csv`);
  }
}

function streamed(parts: AsyncIterable<string>, type: string, name: string): StreamableFile {
  return new StreamableFile(Readable.from(parts, { objectMode: false }), { type, disposition: `attachment; filename="${name}"` });
}
