import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import {
  freezeBody,
  type FreezeBody,
  LINK_HEADER,
  linkAnswer,
  type LinkAnswer,
  linkBody,
  type LinkBody,
  type SharedSnapshot,
  type Snapshot,
  type SnapshotHead,
} from '@comm-cell/contract/replay';
import { Open } from '../access/gate.js';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { openApi } from '../open-api.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { Snapshots } from './snapshots.js';

@ApiTags('snapshots')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/snapshots')
export class SnapshotsController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly snapshots: Snapshots,
  ) {}

  @Get()
  @Needs('replay')
  @ApiOperation({ summary: 'Snapshots of this board, the newest first' })
  list(@Param('board') board: string): Promise<SnapshotHead[]> {
    this.boards.board(board);
    return this.snapshots.list(board);
  }

  @Post()
  @HttpCode(201)
  @Needs('freeze')
  @ApiOperation({ summary: 'Freeze a moment under a name' })
  @ApiBody({ schema: openApi(freezeBody) })
  freeze(@Param('board') board: string, @Who() by: Person, @Body({ schema: freezeBody }) body: FreezeBody): Promise<SnapshotHead> {
    this.boards.board(board);
    return this.snapshots.freeze(board, by, body);
  }

  @Get(':snapshot')
  @Needs('replay')
  @ApiOperation({ summary: 'A snapshot: its state, what proves it, and its links' })
  open(@Param('board') board: string, @Param('snapshot') snapshot: string): Promise<Snapshot> {
    this.boards.board(board);
    return this.snapshots.open(board, snapshot);
  }

  @Post(':snapshot/links')
  @HttpCode(201)
  @Needs('share-snapshot')
  @ApiOperation({ summary: 'A link for a screen without a sign-in: read only, ends by itself, shown this once' })
  @ApiBody({ schema: openApi(linkBody) })
  @ApiResponse({ status: 201, schema: openApi(linkAnswer) })
  share(
    @Param('board') board: string,
    @Param('snapshot') snapshot: string,
    @Who() by: Person,
    @Body({ schema: linkBody }) body: LinkBody,
  ): Promise<LinkAnswer> {
    this.boards.board(board);
    return this.snapshots.share(board, snapshot, by, body);
  }

  @Delete(':snapshot/links/:no')
  @HttpCode(204)
  @Needs('share-snapshot')
  @ApiOperation({ summary: 'End a link' })
  async end(@Param('board') board: string, @Param('snapshot') snapshot: string, @Param('no') no: string, @Who() by: Person): Promise<void> {
    this.boards.board(board);
    await this.snapshots.endLink(board, snapshot, /^[1-9]\d{0,5}$/.test(no) ? Number(no) : 0, by);
  }
}

/** For the board-room PC at which nobody signs in. */
@ApiTags('snapshots')
@Controller('v1/snapshots')
export class SharedSnapshotsController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get(':id')
  @Open('the link that was handed over: its secret is in a header')
  @ApiParam({ name: 'id', example: 'buckinghamshire.k7m2xw9c4p' })
  @ApiHeader({ name: LINK_HEADER, description: 'The part of the link after #' })
  @ApiOperation({ summary: 'A snapshot by its link' })
  shared(@Param('id') id: string, @Headers(LINK_HEADER) secret?: string): Promise<SharedSnapshot> {
    return this.snapshots.shared(id, secret);
  }
}
