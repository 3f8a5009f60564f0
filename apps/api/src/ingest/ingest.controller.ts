import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { batchBody, problem, type Receipt, receipt, statusBody, type StatusBody, suspensionBody, type SuspensionBody } from '@comm-cell/contract/feed';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FeedKeyGuard, Holder } from '../access/feed-key.guard.js';
import type { FeedPrincipal } from '../access/feed-keys.js';
import { Refusal } from '../access/refusal.js';
import { CONTENT_TYPES } from './adapters/registry.js';
import { FILE_TYPES } from './files/table.js';
import { type Delivery, Intake } from './intake.js';
import { RawBody } from './raw-body.js';
import { openApi } from '../open-api.js';

type FeedRequest = FastifyRequest<{ Params: { feed: string } }>;

function dryRunOf(text: string | undefined): boolean {
  if (text === undefined || text === 'true' || text === 'false') return text === 'true';
  throw new Refusal(400, 'dry-run', 'dryRun is neither true nor false.', 'Send ?dryRun=true to try a batch without storing it.');
}

@ApiTags('feeds')
@ApiBearerAuth('feed-key')
@ApiParam({ name: 'feed', example: 'sandbox' })
@UseGuards(FeedKeyGuard)
@Controller('v1/feeds/:feed')
export class IngestController {
  constructor(private readonly intake: Intake) {}

  @Get()
  @ApiOperation({ summary: 'What this feed consists of, and the newest reading of each series' })
  describe(@Req() request: FeedRequest, @Holder() holder: FeedPrincipal): unknown {
    const keeper = this.intake.keeper(holder.board);
    const { state } = keeper.snapshot;
    const feed = state.definition!.feeds[request.params.feed]!;
    return {
      board: holder.board,
      feed: feed.id,
      provider: feed.provider,
      expected: feed.expected,
      graceMs: feed.graceMs,
      limitMs: feed.limitMs,
      series: feed.series.map((id) => {
        const series = state.definition!.series[id]!;
        const known = state.series[id];
        return {
          id,
          unit: state.definition!.metrics[series.metric]!.unit,
          range: series.range,
          newestAt: known ? new Date(known.at).toISOString() : null,
          newestValue: known?.value ?? null,
          newestRevision: known?.rev ?? null,
        };
      }),
    };
  }

  @Post('batches')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Push readings',
    description:
      'Answered after the readings are durable. The same Idempotency-Key again gets the same receipt; without the header the body itself is the key.',
  })
  @ApiConsumes(...new Set(CONTENT_TYPES))
  @ApiHeader({ name: 'Idempotency-Key', required: false, example: 'stoke-ed-2026-01-16T14:30Z' })
  @ApiQuery({ name: 'dryRun', required: false, schema: { type: 'boolean' }, description: 'Judge everything, store nothing' })
  @ApiBody({ schema: openApi(batchBody) })
  @ApiResponse({ status: 201, description: 'Recorded', schema: openApi(receipt) })
  @ApiResponse({ status: 200, description: 'Recorded before under this key: the receipt of then (also the answer to a dry run)', schema: openApi(receipt) })
  @ApiResponse({ status: 422, description: 'Nothing in the batch can be used, or the key was used for another body', schema: openApi(problem) })
  async batch(
    @Req() request: FeedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Holder() holder: FeedPrincipal,
    @Body() body: RawBody | undefined,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Query('dryRun') dryRun: string | undefined,
  ): Promise<Receipt> {
    return this.#take('batches', request, reply, holder, body, givenKey, dryRunOf(dryRun));
  }

  @Post('files')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Push a file as it is',
    description:
      "CSV or .xlsx, read as the feed's map says that was saved on its page at /feeds. Stored as a whole or not at all. The same file again gets the same receipt.",
  })
  @ApiConsumes(...FILE_TYPES)
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiHeader({ name: 'Observed-At', required: false, description: 'The moment of a file whose lines have none, RFC 3339' })
  @ApiQuery({ name: 'dryRun', required: false, schema: { type: 'boolean' }, description: 'Say of every figure what would become of it, store nothing' })
  @ApiResponse({ status: 201, description: 'Recorded', schema: openApi(receipt) })
  @ApiResponse({ status: 422, description: 'Some of it cannot be used, so none of it was stored', schema: openApi(problem) })
  async file(
    @Req() request: FeedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Holder() holder: FeedPrincipal,
    @Body() body: RawBody | undefined,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Query('dryRun') dryRun: string | undefined,
  ): Promise<Receipt> {
    return this.#take('files', request, reply, holder, body, givenKey, dryRunOf(dryRun));
  }

  @Post('history')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Bring in older readings with their original times',
    description: 'For trends and reviews: no tile moves and no alert fires. It waits while live readings come in. What still matters on the wall is refused.',
  })
  @ApiConsumes(...new Set(CONTENT_TYPES))
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiQuery({ name: 'dryRun', required: false, schema: { type: 'boolean' } })
  @ApiResponse({ status: 201, description: 'Recorded', schema: openApi(receipt) })
  async history(
    @Req() request: FeedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Holder() holder: FeedPrincipal,
    @Body() body: RawBody | undefined,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Query('dryRun') dryRun: string | undefined,
  ): Promise<Receipt> {
    return this.#take('history', request, reply, holder, body, givenKey, dryRunOf(dryRun));
  }

  async #take(
    door: Delivery['door'],
    request: FeedRequest,
    reply: FastifyReply,
    holder: FeedPrincipal,
    body: RawBody | undefined,
    key: string | undefined,
    dryRun: boolean,
  ): Promise<Receipt> {
    const { status, receipt: given } = await this.intake.take({
      board: holder.board,
      feed: request.params.feed,
      door,
      body,
      sender: holder.keyId,
      key,
      dryRun,
    });
    void reply.status(status);
    return given;
  }

  @Post('status')
  @HttpCode(201)
  @ApiOperation({ summary: "The provider's own words for the wall, with an end (12 hours unless given)" })
  @ApiBody({ schema: openApi(statusBody) })
  async status(
    @Req() request: FeedRequest,
    @Holder() holder: FeedPrincipal,
    @Body({ schema: statusBody }) body: StatusBody,
  ): Promise<{ provider: string; until: string }> {
    const { text, level, until } = body;
    const command = {
      feed: request.params.feed,
      text,
      ...(level === undefined ? {} : { level }),
      ...(until === undefined ? {} : { until: Date.parse(until) }),
    };
    const submitted = await this.intake.keeper(holder.board).submit({ source: command.feed, decide: (state, _known, at) => postStatus(state, command, at) });
    if (submitted.repeated) throw new Error('A status has no receipt.');
    if ('refused' in submitted.outcome) throw this.#refused(submitted.outcome.refused);
    return { provider: submitted.outcome.provider, until: new Date(submitted.outcome.until).toISOString() };
  }

  @Put('suspension')
  @ApiOperation({ summary: 'Announce a planned silence of the feed, with an end' })
  @ApiBody({ schema: openApi(suspensionBody) })
  async suspend(
    @Req() request: FeedRequest,
    @Holder() holder: FeedPrincipal,
    @Body({ schema: suspensionBody }) body: SuspensionBody,
  ): Promise<{ until: string }> {
    const command = { feed: request.params.feed, until: Date.parse(body.until), reason: body.reason };
    const submitted = await this.intake.keeper(holder.board).submit({ source: command.feed, decide: (state, _known, at) => suspendFeed(state, command, at) });
    if (submitted.repeated) throw new Error('A suspension has no receipt.');
    if ('refused' in submitted.outcome) throw this.#refused(submitted.outcome.refused);
    return { until: new Date(submitted.outcome.until).toISOString() };
  }

  @Delete('suspension')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a planned silence before its time' })
  async resume(@Req() request: FeedRequest, @Holder() holder: FeedPrincipal): Promise<void> {
    const { feed } = request.params;
    await this.intake.keeper(holder.board).submit({ source: feed, decide: (state) => resumeFeed(state, { feed }) });
  }

  #refused({ field, code, detail }: { field: string; code: string; detail: string }): Refusal {
    return new Refusal(422, code, detail, detail, [{ field, code, detail }]);
  }
}
