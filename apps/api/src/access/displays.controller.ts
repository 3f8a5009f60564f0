import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DISPLAY_COOKIE, Displays } from './displays.js';
import { Refusal } from './refusal.js';

const tokenBody = z.strictObject({ token: z.string().min(1).max(200) });
const YEAR_S = 365 * 24 * 3600;

@ApiTags('displays')
@Controller('v1/displays')
export class DisplaysController {
  constructor(private readonly displays: Displays) {}

  @Post('session')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let this screen watch: exchanges the display token for a cookie' })
  @ApiBody({ schema: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } } })
  open(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: tokenBody }) { token }: { token: string }): void {
    if (!this.displays.isOwnOrigin(request.headers.origin, request.headers.host))
      throw new Refusal(403, 'foreign-page', 'This page belongs to another site.', 'Open the wall at its own address.');
    if (!this.displays.isToken(token))
      throw new Refusal(401, 'unknown-token', 'This display token is not known.', "Ask the administrator for the token of this board's displays.");
    const secure = request.protocol === 'https' ? '; Secure' : '';
    void reply.header('set-cookie', `${DISPLAY_COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${YEAR_S}${secure}`);
  }
}
