import { createHash } from 'node:crypto';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { correctFigure, correctionRows, pushFigures } from '@comm-cell/board/decide/push-figures';
import { type CandidateRow, lateRows, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import type { SeriesDefinition } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import { correctionBody, type CorrectionBody, type FigureHistory, figuresBody, type FiguresBody } from '@comm-cell/contract/console';
import { done, type Done } from '@comm-cell/contract/desk';
import { type Receipt, receipt } from '@comm-cell/contract/feed';
import type { FastifyReply } from 'fastify';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import type { Placed } from '../keeper/board-keeper.js';
import { openApi } from '../open-api.js';
import { historyBefore } from './figure-history.js';

/** Made by the screen, once for each batch: random enough that no two are the same. */
const BATCH = /^[\w-]{16,80}$/;

function rowsOf({ figures }: FiguresBody): CandidateRow[] {
  return figures.map(({ series, observedAt, value, notReported, revision }, row) => ({
    row,
    series,
    at: Date.parse(observedAt),
    value: value ?? null,
    rev: revision ?? 0,
    ...(notReported !== undefined && { why: notReported }),
  }));
}

function receiptOf(batchId: string, outcome: ReadingsOutcome, placed: Placed): Receipt {
  return { batchId, ...placed, ...outcome };
}

@ApiTags('console')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/console')
export class FiguresController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
  ) {}

  @Post('figures')
  @HttpCode(201)
  @Needs('push-figures')
  @ApiOperation({
    summary: 'Figures written by a person',
    description: 'The same Idempotency-Key again gets the receipt of then and counts once, so that a queue of a phone may send until it hears an answer.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: true, example: '5f0c1d9e7a3b4c2d8e6f' })
  @ApiBody({ schema: openApi(figuresBody) })
  @ApiResponse({ status: 201, schema: openApi(receipt) })
  @ApiResponse({ status: 200, description: 'Received before', schema: openApi(receipt) })
  async write(
    @Param('board') board: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Headers('idempotency-key') batch: string | undefined,
    @Body({ schema: figuresBody }) body: FiguresBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Receipt> {
    assertProvider(grant, body.provider);
    if (batch === undefined || !BATCH.test(batch))
      throw new Refusal(400, 'idempotency-key', 'The figures have no Idempotency-Key.', 'Send one of 16 to 80 letters and digits, made once for each batch.');
    const rows = rowsOf(body);
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest();
    const submitted = await this.boards.board(board).keeper.submit({
      source: `person:${by.id}`,
      rows: rows.length,
      late: (state) => lateRows(state, rows),
      decide: (state, known, at) => pushFigures(state, { provider: body.provider, batch, rows, by }, known, at),
      receipt: {
        feed: `person:${by.id}`,
        key: batch,
        bodyHash,
        write: (outcome, placed) => ({ status: 201, text: JSON.stringify(receiptOf(batch, outcome, placed)) }),
      },
    });
    if (!submitted.repeated) return receiptOf(batch, submitted.outcome, submitted.placed);
    if (!submitted.receipt.bodyHash.equals(bodyHash))
      throw new Refusal(422, 'key-reused', 'This Idempotency-Key was used for other figures.', 'Use a new key for new figures.');
    void reply.status(200);
    return JSON.parse(submitted.receipt.text) as Receipt;
  }

  @Post('corrections')
  @HttpCode(200)
  @Needs('correct-figure')
  @ApiOperation({ summary: 'Put one value right, with a reason; both stay in history' })
  @ApiBody({ schema: openApi(correctionBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async correct(
    @Param('board') board: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: correctionBody }) { series, observedAt, seen, value, reason }: CorrectionBody,
  ): Promise<Done> {
    this.#own(board, series, grant);
    const at = Date.parse(observedAt);
    const batch = `correction-${series}-${at}-${seen + 1}`;
    const command = { series, at, seen, value, reason, batch, by, ...(value === null && { why: reason }) };
    const submitted = await this.boards.board(board).keeper.submit({
      source: `person:${by.id}`,
      late: () => correctionRows(command),
      decide: (state, known, now) => correctFigure(state, command, known, now),
    });
    if (submitted.repeated) throw new Error('A correction has no receipt.');
    const { outcome, placed } = submitted;
    if (!('refused' in outcome)) return { seq: placed.toSeq, version: outcome.rev };
    const { field, code, detail, version } = outcome.refused;
    if (code === 'moved-on') throw new Refusal(409, code, detail, 'Look at its history, then correct what it is now.', undefined, { version });
    throw new Refusal(code === 'unknown-reading' ? 404 : 422, code, detail, detail, [{ field, code, detail }]);
  }

  @Get('figures/:series/history')
  @Needs('see-console')
  @ApiOperation({ summary: 'Every version of every value of a figure: who, when, why' })
  @ApiParam({ name: 'series', example: 'ed.in-department@stoke-mandeville' })
  @ApiQuery({ name: 'before', required: false, description: 'Only moments before this one (RFC 3339)' })
  async history(
    @Param('board') board: string,
    @Param('series') series: string,
    @Granted() grant: Grant,
    @Query('before') before: string | undefined,
  ): Promise<FigureHistory> {
    const own = this.#own(board, series, grant);
    const to = before === undefined ? Date.now() + 3_600_000 : Date.parse(before);
    if (Number.isNaN(to)) throw new Refusal(400, 'before', 'The moment cannot be read.', 'Write it as RFC 3339, e.g. 2026-01-16T14:30:00Z.');
    return historyBefore(this.reads, board, own, to);
  }

  /** A figure of a provider that is one's own. */
  #own(board: string, id: string, grant: Grant): SeriesDefinition {
    const { definition } = this.boards.board(board);
    const series = definition.series[id];
    if (!series) throw new Refusal(404, 'unknown-series', `This board has no figure "${id.slice(0, 120)}".`, 'GET …/console lists those of your work.');
    assertProvider(grant, definition.feeds[series.feed]!.provider);
    return series;
  }
}
