import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { BoardEvent, Person } from '@comm-cell/board/events';
import { revisionsOf, settleHeld } from '@comm-cell/board/decide/settle-held';
import { takeBack, takeBackRows } from '@comm-cell/board/decide/take-back';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { parseEvent } from '@comm-cell/contract/journal';
import { done, type Done } from '@comm-cell/contract/desk';
import {
  type FeedsView,
  type FileReceipt,
  pauseBody,
  type PauseBody,
  type PayloadLine,
  replayBody,
  type ReplayBody,
  settleBody,
  type SettleBody,
  takeBackBody,
  type TakeBackBody,
  takenBack,
  type TakenBack,
} from '@comm-cell/contract/feeds';
import { DataSource } from 'typeorm';
import { Deeds } from '../../access/deeds.js';
import type { Grant } from '../../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../../access/person.guard.js';
import { Refusal } from '../../access/refusal.js';
import { type DefinedBoard, DeskBoards } from '../../desk/desk-boards.js';
import { StoreDown } from '../../journal/journal.js';
import { openApi } from '../../open-api.js';
import { Intake } from '../intake.js';
import { PayloadLog, type StoredPayload } from '../payload-log.js';
import { RawBody } from '../raw-body.js';
import { feedView, type FeedTurn, LOOK_BACK_MS } from './feeds-view.js';

type Recorded = Extract<BoardEvent, { kind: 'ReadingsRecorded' }>;

/** The feed of the board, if this person's work covers its provider. */
export function feedOf({ definition }: DefinedBoard, feed: string, grant: Grant): string {
  const known = definition.feeds[feed];
  if (!known) throw new Refusal(404, 'unknown-feed', `This board has no feed "${feed.slice(0, 60)}".`, 'Look at the list again.');
  assertProvider(grant, known.provider);
  return known.provider;
}

@ApiTags('feed desk')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/feeds')
export class FeedDeskController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly database: DataSource,
    private readonly intake: Intake,
    private readonly log: PayloadLog,
    private readonly deeds: Deeds,
  ) {}

  @Get()
  @Needs('see-feeds')
  @ApiOperation({ summary: 'Every feed against its contract: now, and over the last seven days' })
  async feeds(@Param('board') board: string, @Granted() grant: Grant): Promise<FeedsView> {
    const { state, definition } = this.boards.board(board);
    const now = Date.now();
    const [turns, heardFrom] = await Promise.all([this.#turns(board, now), this.#heardFrom(board)]);
    const mine = Object.values(definition.feeds).filter(({ provider }) => grant.providers === null || grant.providers.includes(provider));
    return {
      serverTime: now,
      zone: definition.zone.name,
      simulated: definition.simulated,
      feeds: mine.map(({ id }) => feedView(state, definition, id, turns, heardFrom.get(id), now)),
    };
  }

  /**
   * When each feed's oldest reading was recorded. History that was brought in afterwards makes that later than the first delivery
   * was: then less is known than could be, never more.
   */
  async #heardFrom(board: string): Promise<Map<string, number>> {
    const rows = await this.database
      .query<{ series_id: string; at: Date }[]>(
        `select s.series_id, j.recorded_at as at from series s
         cross join lateral (select seq from readings r where r.board_id = s.board_id and r.series_no = s.series_no order by observed_at limit 1) as oldest
         join journal j on j.board_id = s.board_id and j.seq = oldest.seq
         where s.board_id = $1`,
        [board],
      )
      .catch((error: unknown) => {
        throw new StoreDown(error);
      });
    const { definition } = this.boards.board(board);
    const first = new Map<string, number>();
    for (const { series_id: series, at } of rows) {
      const feed = definition.series[series]?.feed;
      if (feed !== undefined) first.set(feed, Math.min(first.get(feed) ?? Infinity, at.getTime()));
    }
    return first;
  }

  async #turns(board: string, now: number): Promise<FeedTurn[]> {
    const rows = await this.database
      .query<{ at: Date; body: string }[]>(
        `select recorded_at as at, body from journal
         where board_id = $1 and recorded_at >= $2 and kind in ('FeedFellSilent', 'FeedHeardAgain', 'FeedSuspended', 'FeedResumed') order by seq`,
        [board, new Date(now - LOOK_BACK_MS)],
      )
      .catch((error: unknown) => {
        throw new StoreDown(error);
      });
    return rows.map(({ at, body }) => ({ at: at.getTime(), event: JSON.parse(body) as FeedTurn['event'] }));
  }

  @Get(':feed/payloads')
  @Needs('see-feeds')
  @ApiOperation({ summary: 'The last payloads of a feed and what their senders were told' })
  async payloads(@Param('board') board: string, @Param('feed') feed: string, @Granted() grant: Grant): Promise<PayloadLine[]> {
    feedOf(this.boards.board(board), feed, grant);
    return this.log.newest(board, feed);
  }

  @Get(':feed/payloads/:id')
  @Needs('see-feeds')
  @ApiOperation({ summary: 'One payload as it came' })
  async payload(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @Granted() grant: Grant,
  ): Promise<PayloadLine & { text: string | null }> {
    const { body, headers: _headers, ...line } = await this.#payload(board, feed, id, grant);
    const isText = body !== null && !body.includes(0) && !body.subarray(0, 2).equals(Buffer.from('PK'));
    return { ...line, text: isText ? body.toString('utf8') : null };
  }

  @Post(':feed/payloads/:id/replay')
  @HttpCode(200)
  @Needs('replay-payload')
  @ApiOperation({ summary: 'Judge a payload again as things stand now, and send it again under a new key' })
  @ApiBody({ schema: openApi(replayBody) })
  async replay(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: replayBody }) { dryRun }: ReplayBody,
  ): Promise<FileReceipt> {
    const { door, contentType, headers, body } = await this.#payload(board, feed, id, grant);
    if (!body) throw new Refusal(410, 'not-kept', 'This payload was too large to be kept.', 'Ask its sender to send it again.');
    if (!dryRun) await this.deeds.tell([board], { deed: 'payload-sent-again', by, about: feed, detail: id });
    const { receipt } = await this.intake.take({
      board,
      feed,
      door,
      body: new RawBody(contentType, body, headers),
      sender: by,
      key: `replay-${randomUUID()}`,
      dryRun,
    });
    return receipt;
  }

  @Post(':feed/payloads/:id/take-back')
  @HttpCode(200)
  @Needs('correct-figure')
  @ApiOperation({ summary: 'Take a delivery back whole, with a reason: every reading of it gets a higher revision, nothing is erased' })
  @ApiBody({ schema: openApi(takeBackBody) })
  @ApiResponse({ status: 200, schema: openApi(takenBack) })
  async takeBack(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: takeBackBody }) { reason }: TakeBackBody,
  ): Promise<TakenBack> {
    const { batch, door } = await this.#payload(board, feed, id, grant);
    const recorded = batch === null ? [] : await this.#recordedBy(board, feed, batch);
    const readings = recorded.flatMap((event) => event.readings);
    if (batch === null || readings.length === 0)
      throw new Refusal(
        409,
        'nothing-stored',
        'Nothing of this delivery was stored, so there is nothing to take back.',
        'What is held back can be rejected instead.',
      );
    const command = { feed, batch, readings, history: door === 'history', reason, by };
    const { outcome, placed } = await this.boards.submit(
      board,
      by,
      (state, _at, known) => takeBack(state, command, known),
      () => takeBackRows(readings),
    );
    return { ...outcome, seq: outcome.taken > 0 ? placed.toSeq : null };
  }

  /** What a delivery recorded, found by its receipt. */
  async #recordedBy(board: string, feed: string, batch: string): Promise<Recorded[]> {
    const rows = await this.database
      .query<{ body: string }[]>(
        `select j.body from receipts r
         join journal j on j.board_id = r.board_id and j.kind = 'ReadingsRecorded'
           and j.seq between (r.receipt::json ->> 'fromSeq')::bigint and (r.receipt::json ->> 'toSeq')::bigint
         where r.board_id = $1 and r.feed_id = $2 and r.idempotency_key = $3`,
        [board, feed, batch],
      )
      .catch((error: unknown) => {
        throw new StoreDown(error);
      });
    // An append may hold events of other deliveries as well.
    return rows.map(({ body }) => parseEvent(body) as Recorded).filter((event) => event.feed === feed && event.batch === batch);
  }

  async #payload(board: string, feed: string, id: string, grant: Grant): Promise<StoredPayload> {
    feedOf(this.boards.board(board), feed, grant);
    const found = await this.log.find(board, feed, id);
    if (!found) throw new Refusal(404, 'unknown-payload', 'This payload is not kept any more.', 'The last 50 of a feed are kept, for 14 days at most.');
    return found;
  }

  @Post('held')
  @HttpCode(200)
  @Needs('settle-held')
  @ApiOperation({ summary: 'Release a reading that was held back, or reject it, with a reason' })
  @ApiBody({ schema: openApi(settleBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async settle(@Param('board') board: string, @Who() by: Person, @Granted() grant: Grant, @Body({ schema: settleBody }) body: SettleBody): Promise<Done> {
    const defined = this.boards.board(board);
    const series = defined.definition.series[body.series];
    if (!series) throw new Refusal(422, 'unknown-series', `This board has no series "${body.series}".`, 'Look at the list again.');
    feedOf(defined, series.feed, grant);
    const command = { ...body, by };
    const { placed } = await this.boards.submit(
      board,
      by,
      (state, at, known) => settleHeld(state, command, known, at),
      () => revisionsOf(command),
    );
    return { seq: placed.toSeq };
  }

  @Post(':feed/pause')
  @HttpCode(200)
  @Needs('pause-feed')
  @ApiOperation({ summary: 'Announce a planned silence of a feed, with an end' })
  @ApiBody({ schema: openApi(pauseBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async pause(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: pauseBody }) { until, reason }: PauseBody,
  ): Promise<Done> {
    feedOf(this.boards.board(board), feed, grant);
    const { placed } = await this.boards.submit(board, by, (state, at) => suspendFeed(state, { feed, until: Date.parse(until), reason, by }, at));
    return { seq: placed.toSeq };
  }

  @Delete(':feed/pause')
  @Needs('pause-feed')
  @ApiOperation({ summary: 'End a planned silence before its time' })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async resume(@Param('board') board: string, @Param('feed') feed: string, @Who() by: Person, @Granted() grant: Grant): Promise<Done> {
    feedOf(this.boards.board(board), feed, grant);
    const { placed } = await this.boards.submit(board, by, (state) => resumeFeed(state, { feed, by }));
    return { seq: placed.toSeq };
  }
}
