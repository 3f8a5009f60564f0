import { createHash } from 'node:crypto';
import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { recordReadings, lateRows, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { batchBody, problem, type Receipt, receipt, statusBody, type StatusBody, suspensionBody, type SuspensionBody } from '@comm-cell/contract/feed';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FeedKeyGuard, Holder } from '../access/feed-key.guard.js';
import type { FeedPrincipal } from '../access/feed-keys.js';
import { Refusal } from '../access/refusal.js';
import type { BoardKeeper, Placed } from '../keeper/board-keeper.js';
import { Keepers } from '../keeper/keepers.js';
import { ADAPTERS } from './adapters/registry.js';
import type { RawBody } from './raw-body.js';
import { openApi } from '../open-api.js';

type FeedRequest = FastifyRequest<{ Params: { feed: string } }>;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

function receiptOf(batchId: string, outcome: ReadingsOutcome, placed: Placed): Receipt {
  const { received, accepted, duplicate, rejected, quarantined } = outcome;
  return { batchId, epoch: placed.epoch, fromSeq: placed.fromSeq, toSeq: placed.toSeq, received, accepted, duplicate, rejected, quarantined };
}

/** A batch of which nothing at all could be used is an error to its sender, receipt or no receipt. */
function statusOf(outcome: ReadingsOutcome): number {
  return outcome.received > 0 && outcome.rejected.length === outcome.received ? 422 : 201;
}

@ApiTags('feeds')
@ApiBearerAuth('feed-key')
@ApiParam({ name: 'feed', example: 'sandbox' })
@UseGuards(FeedKeyGuard)
@Controller('v1/feeds/:feed')
export class IngestController {
  constructor(private readonly keepers: Keepers) {}

  @Get()
  @ApiOperation({ summary: 'What this feed consists of, and the newest reading of each series' })
  describe(@Req() request: FeedRequest, @Holder() holder: FeedPrincipal): unknown {
    const keeper = this.#keeper(holder);
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
  @ApiConsumes('application/json', 'text/csv')
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
    const keeper = this.#keeper(holder);
    const { feed } = request.params;
    if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false')
      throw new Refusal(400, 'dry-run', 'dryRun is neither true nor false.', 'Send ?dryRun=true to try a batch without storing it.');
    if (!body)
      throw new Refusal(415, 'no-body', 'The request has no body that can be read.', 'Send the readings with a Content-Type of application/json or text/csv.');
    const bodyHash = createHash('sha256').update(body.contentType).update('\n').update(body.bytes).digest();
    const batchId = givenKey ?? `body-${bodyHash.toString('hex')}`;
    if (!IDEMPOTENCY_KEY.test(batchId))
      throw new Refusal(400, 'idempotency-key', 'The Idempotency-Key cannot be used.', 'It has 1 to 200 visible ASCII characters, such as a UUID.');
    const adapter = ADAPTERS.find((one) => one.contentType === body.contentType);
    if (!adapter)
      throw new Refusal(
        415,
        'media-type',
        `Batches of type "${body.contentType}" are not understood.`,
        `Send one of: ${ADAPTERS.map((one) => one.contentType).join(', ')}.`,
      );
    const payload = adapter.read(body.text);
    const command = { feed, batch: batchId, ...payload };
    const submission = {
      source: feed,
      rows: payload.rows.length,
      late: (state: Parameters<typeof lateRows>[0]) => lateRows(state, payload.rows),
      decide: (state: Parameters<typeof recordReadings>[0], known: Parameters<typeof recordReadings>[2], at: number) =>
        recordReadings(state, command, known, at),
    };
    if (dryRun === 'true') {
      void reply.status(200);
      const outcome = await keeper.preview(submission);
      return { ...receiptOf(batchId, outcome, { epoch: keeper.snapshot.head.epoch, fromSeq: null, toSeq: null }), dryRun: true };
    }
    const submitted = await keeper.submit({
      ...submission,
      receipt: {
        feed,
        key: batchId,
        bodyHash,
        write: (outcome: ReadingsOutcome, placed: Placed) => ({ status: statusOf(outcome), text: JSON.stringify(receiptOf(batchId, outcome, placed)) }),
      },
    });
    if (submitted.repeated) {
      if (!submitted.receipt.bodyHash.equals(bodyHash)) {
        throw new Refusal(
          422,
          'key-reused',
          'This Idempotency-Key was used for another body.',
          'Use a new key for new content; repeat a key only with the very same body.',
        );
      }
      return this.#answer(reply, JSON.parse(submitted.receipt.text) as Receipt, submitted.receipt.status === 201 ? 200 : submitted.receipt.status);
    }
    return this.#answer(reply, receiptOf(batchId, submitted.outcome, submitted.placed), statusOf(submitted.outcome));
  }

  #answer(reply: FastifyReply, given: Receipt, status: number): Receipt {
    if (status === 422) {
      throw new Refusal(
        422,
        'nothing-usable',
        'No reading of this batch can be used; nothing was stored.',
        'Each row says what to mend; send the corrected batch under a new Idempotency-Key.',
        given.rejected,
        { ...given },
      );
    }
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
    const submitted = await this.#keeper(holder).submit({ source: command.feed, decide: (state, _known, at) => postStatus(state, command, at) });
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
    const submitted = await this.#keeper(holder).submit({ source: command.feed, decide: (state, _known, at) => suspendFeed(state, command, at) });
    if (submitted.repeated) throw new Error('A suspension has no receipt.');
    if ('refused' in submitted.outcome) throw this.#refused(submitted.outcome.refused);
    return { until: new Date(submitted.outcome.until).toISOString() };
  }

  @Delete('suspension')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a planned silence before its time' })
  async resume(@Req() request: FeedRequest, @Holder() holder: FeedPrincipal): Promise<void> {
    const { feed } = request.params;
    await this.#keeper(holder).submit({ source: feed, decide: (state) => resumeFeed(state, { feed }) });
  }

  #keeper(holder: FeedPrincipal): BoardKeeper {
    const keeper = this.keepers.get(holder.board);
    if (!keeper?.snapshot.state.definition)
      throw new Refusal(503, 'not-ready', 'The board of this feed is not ready.', 'Try again in a moment.', undefined, {}, 2);
    return keeper;
  }

  #refused({ field, code, detail }: { field: string; code: string; detail: string }): Refusal {
    return new Refusal(422, code, detail, detail, [{ field, code, detail }]);
  }
}
