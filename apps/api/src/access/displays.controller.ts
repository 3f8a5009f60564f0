import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { type CodeBody, codeBody, type DisplayView, type PairBody, pairBody, type Pairing, type WaitingScreen } from '@comm-cell/contract/displays';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { openApi } from '../open-api.js';
import { Deeds } from './deeds.js';
import { screenCookie, PairedDisplays } from './displays-paired.js';
import { DisplayPairing } from './displays-pairing.js';
import { DISPLAY_COOKIE, Displays } from './displays.js';
import { Open } from './gate.js';
import { assertOwnPage, Needs, PersonGuard, Who } from './person.guard.js';
import { Refusal } from './refusal.js';

const tokenBody = z.strictObject({ token: z.string().min(1).max(200) });
const YEAR_S = 365 * 24 * 3600;
const AGENT_MOST = 200;

/** What a screen itself asks: nobody stands at it who could sign in. */
@ApiTags('displays')
@Controller('v1/displays')
export class DisplaysController {
  constructor(
    private readonly displays: Displays,
    private readonly pairing: DisplayPairing,
  ) {}

  @Post('session')
  @HttpCode(204)
  @Open('a screen asks to be let in: the body holds a token of the configuration')
  @ApiOperation({ summary: 'Let this screen watch: exchanges a display token of the configuration for a cookie' })
  @ApiBody({ schema: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } } })
  open(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: tokenBody }) { token }: { token: string }): void {
    assertOwnPage(this.displays, request.headers);
    if (!this.displays.isToken(token))
      throw new Refusal(401, 'unknown-token', 'This display token is not known.', "Ask the administrator for the token of this board's displays.");
    const secure = request.protocol === 'https' ? '; Secure' : '';
    void reply.header('set-cookie', `${DISPLAY_COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${YEAR_S}${secure}`);
  }

  @Post('pairing')
  @HttpCode(200)
  @Open('a screen asks to be let in: a person has to approve its code')
  @ApiOperation({ summary: 'Ask to be paired: a code to show, and a cookie that becomes this screen’s own once the code was approved' })
  async begin(@Req() { headers, ip, protocol }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Pairing> {
    assertOwnPage(this.displays, headers);
    const { pairing, secret } = await this.pairing.begin(headers.cookie, ip, (headers['user-agent'] ?? '').slice(0, AGENT_MOST));
    if (secret !== undefined) void reply.header('set-cookie', screenCookie(secret, protocol === 'https'));
    return pairing;
  }

  @Get('pairing')
  @Open('a screen asks about its own code, which its cookie names')
  @ApiOperation({ summary: 'What has become of this screen’s code' })
  state(@Req() { headers }: FastifyRequest): Promise<Pairing> {
    return this.pairing.state(headers.cookie);
  }
}

/** What people do about the screens of a board. */
@ApiTags('displays')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/displays')
export class BoardDisplaysController {
  constructor(
    private readonly paired: PairedDisplays,
    private readonly pairing: DisplayPairing,
    private readonly deeds: Deeds,
  ) {}

  @Get()
  @Needs('manage-displays')
  @ApiOperation({ summary: 'Screens that were let in: where they hang, when they were last there, which build they run' })
  list(@Param('board') board: string): Promise<DisplayView[]> {
    return this.paired.list(board);
  }

  @Post('code')
  @HttpCode(200)
  @Needs('manage-displays')
  @ApiOperation({ summary: 'Which screen shows this code; it is not let in yet' })
  @ApiBody({ schema: openApi(codeBody) })
  look(@Param('board') board: string, @Who() by: Person, @Body({ schema: codeBody }) { code }: CodeBody): Promise<WaitingScreen> {
    return this.pairing.look(board, by, code);
  }

  @Post()
  @Needs('manage-displays')
  @ApiOperation({ summary: 'Let the screen that shows this code watch this board, and say where it hangs' })
  @ApiBody({ schema: openApi(pairBody) })
  approve(@Param('board') board: string, @Who() by: Person, @Body({ schema: pairBody }) { code, place }: PairBody): Promise<DisplayView> {
    return this.pairing.approve(board, by, code, place);
  }

  @Delete(':display')
  @HttpCode(204)
  @Needs('manage-displays')
  @ApiOperation({ summary: 'Remove a screen: it is shut out within five seconds' })
  async remove(@Param('board') board: string, @Param('display') display: string, @Who() by: Person): Promise<void> {
    const place = (await this.paired.list(board)).find(({ id }) => id === display)?.place;
    if (place === undefined) throw new Refusal(404, 'unknown-display', 'There is no such screen on this board.', 'Look at the list of screens again.');
    await this.deeds.tell([board], { deed: 'display-removed', by, about: place });
    await this.paired.remove(board, display);
  }
}
