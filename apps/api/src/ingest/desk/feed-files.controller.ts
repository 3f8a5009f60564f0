import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { receipt } from '@comm-cell/contract/feed';
import {
  feedMap,
  type FeedMap,
  type FileLook,
  type FileReceipt,
  lookQuery,
  type LookQuery,
  type StoredMap,
  tryBody,
  type TryBody,
} from '@comm-cell/contract/feeds';
import { Deeds } from '../../access/deeds.js';
import type { Grant } from '../../access/people.js';
import { Granted, Needs, PersonGuard, Who } from '../../access/person.guard.js';
import { Refusal } from '../../access/refusal.js';
import { DeskBoards } from '../../desk/desk-boards.js';
import { openApi } from '../../open-api.js';
import { FeedMaps } from '../feed-maps.js';
import { look } from '../files/look.js';
import { FILE_TYPES } from '../files/table.js';
import { Intake } from '../intake.js';
import { isZone } from '../moments.js';
import { RawBody } from '../raw-body.js';
import { feedOf } from './feed-desk.controller.js';

@ApiTags('feed desk')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@ApiParam({ name: 'feed', example: 'sandbox' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/feeds/:feed')
export class FeedFilesController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly maps: FeedMaps,
    private readonly intake: Intake,
    private readonly deeds: Deeds,
  ) {}

  @Get('map')
  @Needs('see-feeds')
  @ApiOperation({ summary: "How this feed's names and files are read" })
  async map(@Param('board') board: string, @Param('feed') feed: string, @Granted() grant: Grant): Promise<StoredMap | Record<string, never>> {
    feedOf(this.boards.board(board), feed, grant);
    return (await this.maps.of(board, feed)) ?? {};
  }

  @Put('map')
  @Needs('map-feed')
  @ApiOperation({ summary: "Save how this feed's names and files are read, from now on" })
  @ApiBody({ schema: openApi(feedMap) })
  async saveMap(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: feedMap }) map: FeedMap,
  ): Promise<StoredMap> {
    feedOf(this.boards.board(board), feed, grant);
    this.#check(board, feed, map);
    await this.deeds.tell([board], { deed: 'feed-mapped', by, about: feed, detail: `${map.columns.length} columns, ${map.ignored.length} not stored` });
    await this.maps.save(board, feed, map, by);
    return (await this.maps.of(board, feed))!;
  }

  @Post('files/look')
  @HttpCode(200)
  @Needs('map-feed')
  @ApiConsumes(...FILE_TYPES)
  @ApiOperation({ summary: 'What a file looks like: sheets, headings, samples, and which series they may mean' })
  async look(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Granted() grant: Grant,
    @Body() body: RawBody | undefined,
    @Query({ schema: lookQuery }) { afresh, ...asked }: LookQuery,
  ): Promise<FileLook> {
    const defined = this.boards.board(board);
    feedOf(defined, feed, grant);
    if (!body || body.bytes.length === 0) throw new Refusal(415, 'no-body', 'There is no file.', 'Choose a CSV or .xlsx file.');
    return look(body.bytes, defined.definition, feed, afresh ? undefined : (await this.maps.of(board, feed))?.map, asked);
  }

  @Post('files/try')
  @HttpCode(200)
  @Needs('map-feed')
  @ApiOperation({ summary: 'Say of every figure of a file what would become of it under a map that is not saved yet' })
  @ApiBody({ schema: openApi(tryBody) })
  async try(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: tryBody }) { map, content, observedAt }: TryBody,
  ): Promise<FileReceipt> {
    feedOf(this.boards.board(board), feed, grant);
    this.#check(board, feed, map);
    const body = new RawBody('application/octet-stream', Buffer.from(content, 'base64'), observedAt === undefined ? {} : { 'observed-at': observedAt });
    return (await this.intake.take({ board, feed, door: 'files', body, sender: by, dryRun: true, map })).receipt;
  }

  @Post('files')
  @HttpCode(201)
  @Needs('push-figures')
  @ApiConsumes(...FILE_TYPES)
  @ApiOperation({ summary: 'Store a file under the saved map, as a whole or not at all' })
  @ApiResponse({ status: 201, schema: openApi(receipt) })
  async store(
    @Param('board') board: string,
    @Param('feed') feed: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body() body: RawBody | undefined,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<FileReceipt> {
    feedOf(this.boards.board(board), feed, grant);
    return (await this.intake.take({ board, feed, door: 'files', body, sender: by, key, dryRun: false })).receipt;
  }

  #check(board: string, feed: string, map: FeedMap): void {
    const { definition } = this.boards.board(board);
    if (!isZone(map.time.zone))
      throw new Refusal(422, 'unknown-zone', `There is no time zone "${map.time.zone}".`, 'Name it like Europe/London.', [
        { field: 'time.zone', code: 'unknown-zone', detail: 'Name it like Europe/London.' },
      ]);
    const strange = map.columns.find(({ series }) => definition.series[series]?.feed !== feed);
    if (strange) {
      const detail = `Series "${strange.series}" does not belong to feed "${feed}".`;
      throw new Refusal(422, 'not-of-this-feed', detail, 'Choose one of the feed’s own series.', [{ field: 'columns', code: 'not-of-this-feed', detail }]);
    }
  }
}
