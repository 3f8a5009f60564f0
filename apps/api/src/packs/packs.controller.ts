import { Body, Controller, Get, HttpCode, Param, Post, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { PACK_FORMATS, type PackBody, packBody, type PackFormat, type PackHead, type PackMade, packMade, type PackPreview } from '@comm-cell/contract/packs';
import type { FastifyReply } from 'fastify';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { openApi } from '../open-api.js';
import { Packs } from './packs.js';

const TYPES: Record<PackFormat, string> = {
  pdf: 'application/pdf',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Papers for meetings. Whoever may look back may open one; making one is written down. */
@ApiTags('packs')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/packs')
export class PacksController {
  constructor(private readonly packs: Packs) {}

  @Get()
  @Needs('replay')
  @ApiOperation({ summary: 'Papers of this board, the newest first' })
  list(@Param('board') board: string): Promise<PackHead[]> {
    return this.packs.list(board);
  }

  @Post()
  @HttpCode(201)
  @Needs('make-pack')
  @ApiOperation({ summary: 'Make a paper: a meeting pack, a week or a winter in review, or the timeline of an incident' })
  @ApiBody({ schema: openApi(packBody) })
  @ApiResponse({ status: 201, schema: openApi(packMade) })
  async make(@Param('board') board: string, @Who() by: Person, @Body({ schema: packBody }) body: PackBody): Promise<PackMade> {
    return { id: await this.packs.make(board, by, body) };
  }

  @Post('preview')
  @HttpCode(200)
  @Needs('make-pack')
  @ApiOperation({ summary: 'The same written out, without keeping it' })
  @ApiBody({ schema: openApi(packBody) })
  preview(@Param('board') board: string, @Who() by: Person, @Body({ schema: packBody }) body: PackBody): Promise<PackPreview> {
    return this.packs.preview(board, by, body);
  }

  @Get(':file')
  @Needs('replay')
  @ApiParam({ name: 'file', example: 'k7m2xw9c4p.pdf', description: 'Its id, and pdf, pptx, csv or json' })
  @ApiProduces(...Object.values(TYPES))
  @ApiOperation({ summary: 'A paper, printed from the facts it was made of' })
  async open(
    @Param('board') board: string,
    @Param('file') file: string,
    @Who() by: Person,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const [, id, format] = /^([a-z0-9]{10})\.([a-z]{3,4})$/.exec(file) ?? [];
    const known = PACK_FORMATS.find((one) => one === format);
    if (id === undefined || known === undefined)
      throw new Refusal(404, 'unknown-pack', 'There is no such paper.', `Name its id and one of ${PACK_FORMATS.join(', ')}, e.g. k7m2xw9c4p.pdf.`);
    const { facts, bytes } = await this.packs.open(board, id, known, by);
    const name = `${board}-${facts.kind}-${new Date(facts.from).toISOString().slice(0, 10)}.${known}`;
    void reply.header('content-type', TYPES[known]).header('content-disposition', `attachment; filename="${name}"`);
    return new StreamableFile(bytes);
  }
}
