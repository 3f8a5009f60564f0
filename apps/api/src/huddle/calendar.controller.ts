import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { calendarLink, type CalendarLink } from '@comm-cell/contract/huddle';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Deeds } from '../access/deeds.js';
import { Open } from '../access/gate.js';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { CONFIG, type Config } from '../config.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { Journal, StoreDown } from '../journal/journal.js';
import { openApi } from '../open-api.js';
import { calendarOf } from './calendar.js';
import { noCell } from './huddles.js';

const RENEW = `
insert into calendar_links (board_id, secret_hash, made_by) values ($1, $2, $3)
on conflict (board_id) do update set secret_hash = excluded.secret_hash, made_at = now(), made_by = excluded.made_by`;
const HASH = `select secret_hash from calendar_links where board_id = $1`;

/** Calendars cannot sign in: whoever has the address may read when the cell meets, and nothing else. */
@ApiTags('huddle')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@Controller('v1/boards/:board')
export class CalendarController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly journal: Journal,
    private readonly deeds: Deeds,
    @Inject(CONFIG) private readonly config: Pick<Config, 'PUBLIC_ADDRESS'>,
  ) {}

  @Post('huddle/calendar')
  @HttpCode(201)
  @UseGuards(PersonGuard)
  @Needs('run-huddle')
  @ApiOperation({ summary: 'A new address for calendars; the one before ends. Shown this once' })
  @ApiResponse({ status: 201, schema: openApi(calendarLink) })
  async renew(@Param('board') board: string, @Who() by: Person): Promise<CalendarLink> {
    if (!this.boards.board(board).definition.cell) throw noCell();
    const secret = randomBytes(32).toString('base64url');
    await this.#query(RENEW, [board, digest(secret), by.name]);
    await this.deeds.tell([board], { deed: 'calendar-renewed', by, about: board });
    return { address: `/v1/boards/${encodeURIComponent(board)}/huddles.ics?key=${secret}` };
  }

  @Get('huddles.ics')
  @Open('calendar clients, by the secret in the address that was handed over')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('cache-control', 'private, no-cache')
  @ApiQuery({ name: 'key', description: 'The secret of the address' })
  @ApiQuery({ name: 'lang', required: false, enum: ['en', 'cy'] })
  @ApiOperation({ summary: 'The huddles of the next 90 days as an iCalendar file; 304 for whoever has it already' })
  async calendar(
    @Param('board') board: string,
    @Req() { protocol, host, headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('key') key?: string,
    @Query('lang') lang?: string,
  ): Promise<string> {
    const [row] = typeof key === 'string' && key.length <= 100 ? await this.#query<{ secret_hash: Buffer }>(HASH, [board]) : [];
    // Whoever guesses learns nothing: a board that is not there and a wrong secret get the same answer.
    if (!row || !timingSafeEqual(row.secret_hash, digest(key!)))
      throw new Refusal(404, 'unknown-link', 'This address does not lead to a calendar.', 'Ask the lead of the huddle for the present address.');
    const { state, definition } = this.boards.board(board);
    const tongue = lang === 'cy' || (lang !== 'en' && definition.languages[0] === 'cy') ? 'cy' : 'en';
    const calendar = calendarOf(state, Date.now(), tongue, this.config.PUBLIC_ADDRESS ?? `${protocol}://${host}`);
    if (calendar === undefined) throw noCell();
    // Calendars ask for hours on end: what they have already is not sent again.
    const tag = `"${digest(calendar.text).toString('base64url').slice(0, 22)}"`;
    void reply.headers({ etag: tag, 'last-modified': new Date(calendar.changedAt).toUTCString() });
    if (!headers['if-none-match']?.includes(tag)) return calendar.text;
    void reply.status(304);
    return '';
  }

  async #query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.journal.pool.query(text, values).catch((error: unknown) => {
      throw new StoreDown(error);
    });
    return rows as Row[];
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
