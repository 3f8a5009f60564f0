import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { closePlace, openPlace } from '@comm-cell/board/decide/close-place';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { signOff } from '@comm-cell/board/decide/sign-off';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { consoleView, type ConsoleView } from '@comm-cell/board/views/console';
import { levelViews } from '@comm-cell/board/views/levels';
import {
  closureBody,
  type ClosureBody,
  type ConsoleAnswer,
  type OwnLevel,
  signOffBody,
  type SignOffBody,
  wordBody,
  type WordBody,
} from '@comm-cell/contract/console';
import { done, type Done } from '@comm-cell/contract/desk';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';
import { hintsFor } from './hints.js';

function ownLevels(state: BoardState, { providers }: ConsoleView, now: number): OwnLevel[] {
  return levelViews(state, now).flatMap(({ id, provider, mark, name, levels, declared, scheme }) => {
    if (provider === undefined || !providers.some((one) => one.id === provider)) return [];
    if (state.definition!.response!.schemes[scheme]!.mode === 'calculated') return [];
    const level: OwnLevel = { level: id, provider, mark, name, steps: levels.map(({ n, name: step }) => ({ n, name: step })) };
    if (declared) level.declared = { n: declared.n, at: declared.at, by: declared.by, reason: declared.reason, reviewBy: declared.reviewBy };
    return [level];
  });
}

@ApiTags('console')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/console')
export class ConsoleController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
  ) {}

  @Get()
  @Needs('see-console')
  @ApiOperation({ summary: 'Your own work: what is due, what it was, what comes by itself; closures, offers, sign-off' })
  async console(@Param('board') board: string, @Granted() { providers }: Grant): Promise<ConsoleAnswer> {
    const { keeper, state, definition } = this.boards.board(board);
    const { epoch, seq } = keeper.snapshot.head;
    const now = Date.now();
    const view = consoleView(state, providers, now)!;
    const written = view.providers.flatMap(({ feeds }) => feeds.flatMap(({ automatic, figures }) => (automatic ? [] : figures.map(({ series }) => series))));
    return { epoch, seq, view, hints: await hintsFor(this.reads, definition, written, now), levels: ownLevels(state, view, now) };
  }

  @Post('sign-off')
  @HttpCode(200)
  @Needs('sign-off')
  @ApiOperation({ summary: 'Stand behind a provider’s figures as they are; what differs afterwards is a restatement' })
  @ApiBody({ schema: openApi(signOffBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async signOff(@Param('board') board: string, @Who() by: Person, @Granted() grant: Grant, @Body({ schema: signOffBody }) body: SignOffBody): Promise<Done> {
    assertProvider(grant, body.provider);
    const { placed } = await this.boards.submit(board, by, (state) => signOff(state, { ...body, by }));
    return { seq: placed.toSeq };
  }

  @Post('status')
  @HttpCode(200)
  @Needs('post-status')
  @ApiOperation({ summary: 'The provider’s own words for the wall, with an end (12 hours unless given)' })
  @ApiBody({ schema: openApi(wordBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async say(@Param('board') board: string, @Who() by: Person, @Granted() grant: Grant, @Body({ schema: wordBody }) body: WordBody): Promise<Done> {
    const { until, ...said } = body;
    assertProvider(grant, said.provider);
    const command = { ...said, by, ...(until !== undefined && { until: Date.parse(until) }) };
    const { placed } = await this.boards.submit(board, by, (state, at) => postStatus(state, command, at));
    return { seq: placed.toSeq };
  }

  @Put('places/:place/closure')
  @Needs('close-place')
  @ApiParam({ name: 'place', example: 'wycombe' })
  @ApiOperation({ summary: 'Close a place until a moment, at most seven days ahead; it opens again by itself' })
  @ApiBody({ schema: openApi(closureBody) })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async close(
    @Param('board') board: string,
    @Param('place') place: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: closureBody }) { until, reason }: ClosureBody,
  ): Promise<Done> {
    this.#assertOwnPlace(board, place, grant);
    const { placed } = await this.boards.submit(board, by, (state, at) => closePlace(state, { place, until: Date.parse(until), reason, by }, at));
    return { seq: placed.toSeq };
  }

  @Delete('places/:place/closure')
  @Needs('close-place')
  @ApiParam({ name: 'place', example: 'wycombe' })
  @ApiOperation({ summary: 'Open a place before its time' })
  @ApiResponse({ status: 200, schema: openApi(done) })
  async open(@Param('board') board: string, @Param('place') place: string, @Who() by: Person, @Granted() grant: Grant): Promise<Done> {
    this.#assertOwnPlace(board, place, grant);
    const { placed } = await this.boards.submit(board, by, (state) => openPlace(state, { place, by }));
    return { seq: placed.toSeq };
  }

  #assertOwnPlace(board: string, id: string, grant: Grant): void {
    const place = this.boards.board(board).definition.places[id];
    if (!place) throw new Refusal(404, 'unknown-place', `This board has no place "${id.slice(0, 60)}".`, 'GET …/console lists those of your work.');
    assertProvider(grant, place.provider);
  }
}
