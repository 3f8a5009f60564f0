import { Body, Controller, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { firstAccountBody, type FirstAccountBody, firstBoardBody, type FirstBoardBody, type StartView } from '@comm-cell/contract/boards';
import type { Done } from '@comm-cell/contract/desk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Accounts } from '../access/accounts.js';
import { Displays } from '../access/displays.js';
import { Open } from '../access/gate.js';
import { assertOwnPage, SignedInGuard, Who } from '../access/person.guard.js';
import { assertSafe, SignIn } from '../access/sign-in.js';
import { openApi } from '../open-api.js';
import { NewBoards } from './new-boards.js';
import { SetUp } from './set-up.js';

/** The first account and the first board, for whoever holds the address that the server printed. Over once there is an administrator. */
@ApiTags('start')
@Controller('v1/start')
export class StartController {
  constructor(
    private readonly setUp: SetUp,
    private readonly boards: NewBoards,
    private readonly accounts: Accounts,
    private readonly signIn: SignIn,
    private readonly displays: Displays,
  ) {}

  @Get()
  @Open('says whether a set-up waits, and which templates ship with the product')
  @ApiOperation({ summary: 'Does this system wait for its first administrator? And what boards can be made from' })
  async view(): Promise<StartView> {
    return { waits: await this.setUp.waits(), templates: this.boards.templates() };
  }

  @Post('account')
  @HttpCode(204)
  @Open('the set-up address: its secret is in the body')
  @ApiOperation({ summary: 'The first account; it signs in at once' })
  @ApiBody({ schema: openApi(firstAccountBody) })
  async account(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: firstAccountBody }) { setUp, name, email, password }: FirstAccountBody,
  ): Promise<void> {
    assertOwnPage(this.displays, request.headers);
    assertSafe(request);
    await this.setUp.assert(setUp);
    // Somebody who begins again, after a mistyped password or a closed window, goes on with the same account.
    const known = await this.accounts.byEmail(email);
    const person: Person = known ? { id: known.personId, name: known.name } : await this.accounts.create({ name, email });
    await this.accounts.setPassword(known ?? (await this.accounts.byId(person.id))!, password);
    await this.signIn.enter(person, 'password', new Date(), request, reply);
  }

  @Post('board')
  @HttpCode(200)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'The first board, from a template. Whoever makes it is its administrator, and the set-up address ends' })
  @ApiBody({ schema: openApi(firstBoardBody) })
  async board(@Who() by: Person, @Body({ schema: firstBoardBody }) { setUp, ...board }: FirstBoardBody): Promise<Done> {
    await this.setUp.assert(setUp);
    return this.boards.make(board, by);
  }
}
