import { Body, Controller, Delete, HttpCode, Param, ParseIntPipe, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { claimCapacity, offerCapacity, withdrawCapacity } from '@comm-cell/board/decide/offer-capacity';
import type { Person } from '@comm-cell/board/events';
import { claimBody, type ClaimBody, offerBody, type OfferBody } from '@comm-cell/contract/console';
import { done, type Done } from '@comm-cell/contract/desk';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';

@ApiTags('console')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/console/offers')
export class CapacityController {
  constructor(private readonly boards: DeskBoards) {}

  @Post()
  @HttpCode(201)
  @Needs('offer-capacity')
  @ApiOperation({ summary: 'Offer spare capacity until a moment, at most 24 hours ahead' })
  @ApiBody({ schema: openApi(offerBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async offer(@Param('board') board: string, @Who() by: Person, @Granted() grant: Grant, @Body({ schema: offerBody }) body: OfferBody): Promise<Done> {
    assertProvider(grant, body.provider);
    const command = { ...body, until: Date.parse(body.until), by };
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => offerCapacity(state, command, at));
    return { seq: placed.toSeq, no: outcome.no };
  }

  @Post(':no/claims')
  @HttpCode(201)
  @Needs('claim-capacity')
  @ApiParam({ name: 'no', example: 7 })
  @ApiOperation({ summary: 'Claim of what another provider offers; whoever is too late is told what is left (409)' })
  @ApiBody({ schema: openApi(claimBody) })
  @ApiResponse({ status: 201, schema: openApi(done) })
  async claim(
    @Param('board') board: string,
    @Param('no', ParseIntPipe) no: number,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: claimBody }) body: ClaimBody,
  ): Promise<Done> {
    assertProvider(grant, body.provider);
    const { outcome, placed } = await this.boards.submit(board, by, (state, at) => claimCapacity(state, { no, ...body, by }, at));
    if ('taken' in outcome) {
      const { left } = outcome.taken;
      throw new Refusal(
        409,
        'taken',
        left === 0 ? 'Others were faster: all of it is claimed.' : `Others were faster: ${left} left.`,
        'Nothing was claimed for you.',
        undefined,
        { left },
      );
    }
    return { seq: placed.toSeq, no };
  }

  @Delete(':no')
  @Needs('offer-capacity')
  @ApiParam({ name: 'no', example: 7 })
  @ApiOperation({ summary: 'Take back what nobody has claimed; what was claimed stays promised' })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async withdraw(@Param('board') board: string, @Param('no', ParseIntPipe) no: number, @Who() by: Person, @Granted() grant: Grant): Promise<Done> {
    const offer = this.boards.board(board).state.offers[no];
    if (offer) assertProvider(grant, offer.provider);
    const { placed } = await this.boards.submit(board, by, (state, at) => withdrawCapacity(state, { no, by }, at));
    return { seq: placed.toSeq, no };
  }
}
