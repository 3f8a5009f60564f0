import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type DemoPeople, demoPeople, role, session, type Session, signInBody, type SignInBody } from '@comm-cell/contract/desk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApi } from '../open-api.js';
import { commandsOf } from './desk-roles.js';
import { DESK_COOKIE, DeskSessions, SESSION_MS } from './desk-sessions.js';
import { Displays } from './displays.js';
import { People, type PersonOfDesk } from './people.js';
import { assertOwnPage } from './person.guard.js';
import { Refusal } from './refusal.js';

function sessionOf({ id, name, grants }: PersonOfDesk, expiresAt: Date): Session {
  return {
    person: { id, name },
    boards: [...grants].map(([board, { role, providers }]) => ({ board, role, providers: providers && [...providers], may: [...commandsOf(role)] })),
    expiresAt: expiresAt.getTime(),
  };
}

function cookieOf(secret: string, maxAgeS: number, { protocol }: FastifyRequest): string {
  return `${DESK_COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${protocol === 'https' ? '; Secure' : ''}`;
}

@ApiTags('desk')
@Controller('v1/desk')
export class DeskController {
  constructor(
    private readonly people: People,
    private readonly sessions: DeskSessions,
    private readonly displays: Displays,
  ) {}

  @Post('session')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in at the desk: exchanges the personal desk token for a cookie of one shift' })
  @ApiBody({ schema: openApi(signInBody) })
  @ApiResponse({ status: 200, schema: openApi(session) })
  async open(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: signInBody }) body: SignInBody,
  ): Promise<Session> {
    assertOwnPage(this.displays, request.headers);
    const person = 'token' in body ? await this.people.byToken(body.token.trim()) : await this.#demoPerson(body.person, request);
    if (!person)
      throw new Refusal(401, 'unknown-person', 'Nobody can sign in with this.', 'Check that the whole token was copied; ask the administrator for a new one.');
    await this.sessions.end(request.headers);
    const { secret, expiresAt } = await this.sessions.open(person);
    void reply.header('set-cookie', cookieOf(secret, SESSION_MS / 1_000, request));
    return sessionOf(person, expiresAt);
  }

  @Get('session')
  @ApiOperation({ summary: 'Who is signed in, and what they may do' })
  @ApiResponse({ status: 200, schema: openApi(session) })
  async who(@Req() request: FastifyRequest): Promise<Session> {
    const person = await this.sessions.holder(request.headers);
    if (!person) throw new Refusal(401, 'not-signed-in', 'Nobody is signed in at this desk.', 'Sign in with your personal desk token.');
    return sessionOf(person, person.expiresAt);
  }

  @Delete('session')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out' })
  async close(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    assertOwnPage(this.displays, request.headers);
    await this.who(request);
    await this.sessions.end(request.headers);
    void reply.header('set-cookie', cookieOf('', 0, request));
  }

  @Get('people')
  @ApiOperation({ summary: 'Who can be signed in by name: only in a demo, and only on the machine itself' })
  @ApiResponse({ status: 200, schema: openApi(demoPeople) })
  async demo(@Req() request: FastifyRequest): Promise<DemoPeople> {
    if (!this.sessions.isOpenDemo(request.headers))
      throw new Refusal(401, 'no-demo', 'People are listed only in a demo.', 'Sign in with your personal desk token.');
    const rank = (one: { role: string }): number => role.options.findIndex((known) => known === one.role);
    return (await this.people.ofDemo())
      .map(({ id, name, grants }) => ({ person: id, name, role: [...grants.values()][0]!.role }))
      .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  }

  async #demoPerson(id: string, { headers }: FastifyRequest): Promise<PersonOfDesk | undefined> {
    if (!this.sessions.isOpenDemo(headers)) return undefined;
    const person = await this.people.byId(id);
    return person?.demo ? person : undefined;
  }
}
