import { Body, Controller, Delete, Get, HttpCode, Logger, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { type DemoPeople, demoPeople, role, session, type Session, signInBody, type SignInBody } from '@comm-cell/contract/desk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApi } from '../open-api.js';
import { Accounts } from './accounts.js';
import { Budgets } from './budgets.js';
import type { ProvedBy } from './desk-session.entity.js';
import { DeskSessions, type Seated } from './desk-sessions.js';
import { Open } from './gate.js';
import { People } from './people.js';
import { AtDesk, SignedInGuard } from './person.guard.js';
import { Refusal } from './refusal.js';
import { assertSafe, sessionOf, SignIn } from './sign-in.js';

@ApiTags('desk')
@Controller('v1/desk')
export class DeskController {
  readonly #log = new Logger('Sign-in');

  constructor(
    private readonly people: People,
    private readonly accounts: Accounts,
    private readonly budgets: Budgets,
    private readonly sessions: DeskSessions,
    private readonly signIn: SignIn,
  ) {}

  @Post('session')
  @HttpCode(200)
  @Open('signing in: the body proves who it is')
  @ApiOperation({ summary: 'Sign in: exchanges password and code, or a desk token, for a cookie of one shift' })
  @ApiBody({ schema: openApi(signInBody) })
  @ApiResponse({ status: 200, schema: openApi(session) })
  async open(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: signInBody }) body: SignInBody,
  ): Promise<Session> {
    assertSafe(request);
    const { person, via } = await this.#prove(body, request);
    await this.signIn.enter(person, via, new Date(), request, reply);
    return sessionOf((await this.sessions.holder(request.headers))!);
  }

  @Get('session')
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Who is signed in, and what they may do' })
  @ApiResponse({ status: 200, schema: openApi(session) })
  who(@AtDesk() seated: Seated): Session {
    return sessionOf(seated);
  }

  @Delete('session')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Sign out' })
  async close(@AtDesk() seated: Seated, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.signIn.leave(seated, request, reply);
  }

  @Get('people')
  @Open('only in a demo, on the machine itself: who can be signed in by name')
  @ApiOperation({ summary: 'Who can be signed in by name: only in a demo, and only on the machine itself' })
  @ApiResponse({ status: 200, schema: openApi(demoPeople) })
  async demo(@Req() request: FastifyRequest): Promise<DemoPeople> {
    if (!this.sessions.isOpenDemo(request.headers)) throw new Refusal(401, 'no-demo', 'People are listed only in a demo.', 'Sign in with your e-mail address.');
    const rank = (one: { role: string }): number => role.options.findIndex((known) => known === one.role);
    return (await this.people.ofDemo())
      .map(({ id, name, grants }) => ({ person: id, name, role: [...grants.values()][0]!.role }))
      .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  }

  async #prove(body: SignInBody, request: FastifyRequest): Promise<{ person: Person; via: ProvedBy }> {
    if ('email' in body) return { person: await this.#byPassword(body, request), via: 'password' };
    if ('token' in body) {
      const person = await this.people.byToken(body.token.trim());
      if (person) return { person, via: 'token' };
      throw new Refusal(401, 'unknown-person', 'Nobody can sign in with this.', 'Check that the whole token was copied; ask the administrator for a new one.');
    }
    const person = this.sessions.isOpenDemo(request.headers) ? await this.people.byId(body.person) : undefined;
    if (person?.demo) return { person, via: 'demo' };
    throw new Refusal(401, 'unknown-person', 'Nobody can sign in with this.', 'People are chosen by name only in a demo, on the machine itself.');
  }

  /** One answer for an address nobody has, a wrong password and a wrong code. */
  async #byPassword({ email, password, code }: Extract<SignInBody, { email: string }>, request: FastifyRequest): Promise<Person> {
    const device = await this.accounts.knows(this.signIn.deviceOf(request), email);
    const guess = { email: email.toLowerCase(), address: request.ip, device };
    await this.budgets.spend(guess);
    const entered = await this.accounts.enter({ email, password, code });
    if (entered === 'needs-code')
      throw new Refusal(
        401,
        'second-factor',
        'The password is right; the code is still needed.',
        'Enter the code that your authenticator app shows, or a recovery code.',
      );
    if (entered === 'wrong') {
      const account = await this.accounts.byEmail(email);
      // Not waited for: the time it takes would tell that there is such an account.
      if (account)
        void this.signIn
          .turnedAway({ id: account.personId, name: account.name }, code === undefined ? 'password' : 'code')
          .catch((error: unknown) => this.#log.error(`A refused sign-in could not be journaled: ${String(error)}`));
      throw new Refusal(401, 'unknown-person', 'Nobody can sign in with this.', 'Check the e-mail address, the password and, if you use one, the code.');
    }
    await this.budgets.giveBack(guess);
    return { id: entered.account.personId, name: entered.account.name };
  }
}
