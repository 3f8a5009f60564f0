import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { type Errand, errand, type ErrandBody, errandBody } from '@comm-cell/contract/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApi } from '../open-api.js';
import { Accounts } from './accounts.js';
import { cookieFor, cookieIn, DeskSessions } from './desk-sessions.js';
import { Open } from './gate.js';
import { Oidc, type Returned } from './oidc.js';
import { digestOf } from './people.js';
import { assertFresh } from './person.guard.js';
import { Refusal } from './refusal.js';
import { assertSafe, SignIn } from './sign-in.js';

/** Ties the organisation's answer to the browser that asked. Lax, because the answer comes from the organisation's page. */
const ERRAND = 'commcell_errand';
/** Codes of refusals the sign-in page has words for; it gets nothing else. */
const TOLD = /^[a-z-]+$/;

@ApiTags('desk')
@Controller('v1/sign-in')
export class OidcController {
  constructor(
    private readonly oidc: Oidc,
    private readonly accounts: Accounts,
    private readonly sessions: DeskSessions,
    private readonly signIn: SignIn,
  ) {}

  @Post()
  @HttpCode(200)
  @Open('signing in: the organisation proves who it is')
  @ApiOperation({ summary: 'Begin to sign in with the organisation’s own account: where to go' })
  @ApiBody({ schema: openApi(errandBody) })
  @ApiResponse({ status: 200, schema: openApi(errand) })
  async begin(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: errandBody }) { to, again, invitation, link }: ErrandBody,
  ): Promise<Errand> {
    const safe = assertSafe(request);
    const personId = invitation !== undefined ? await this.#invited(invitation) : link ? await this.#linking(request) : null;
    const { address, secret, maxAgeS } = await this.oidc.begin({
      destination: ownPath(to),
      again,
      personId,
      invitationHash: invitation === undefined ? null : digestOf(invitation),
    });
    void reply.header('set-cookie', cookieFor(ERRAND, secret, maxAgeS, safe, 'Lax'));
    return { address };
  }

  /** The browser comes back here by itself, so that refusals are shown by a page rather than as data. */
  @Get('back')
  @Open('signing in: the answer belongs to an errand of this browser')
  @ApiExcludeEndpoint()
  async back(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const safe = assertSafe(request);
    const away = cookieFor(ERRAND, '', 0, safe, 'Lax');
    const code = await this.#returned(request, reply).catch((error: unknown) => {
      if (error instanceof Refusal && TOLD.test(error.code)) return { refused: error.code };
      throw error;
    });
    const cookies = [reply.getHeader('set-cookie') ?? []].flat().map(String);
    void reply.removeHeader('set-cookie').header('set-cookie', [...cookies, away]);
    void reply.status(303).header('location', 'to' in code ? code.to : `/sign-in?refused=${code.refused}`);
  }

  async #returned(request: FastifyRequest, reply: FastifyReply): Promise<{ to: string }> {
    const returned = await this.oidc.complete(cookieIn(ERRAND, request.headers), request.url.split('?').slice(1).join('?'));
    const person = returned.personId === null ? await this.#linked(returned) : await this.#link(returned, returned.personId);
    await this.signIn.enter(person, 'organisation', returned.provedAt, request, reply);
    return { to: returned.destination };
  }

  async #linked({ issuer, subject }: Returned): Promise<Person> {
    const account = await this.accounts.bySubject(issuer, subject);
    if (!account)
      throw new Refusal(403, 'not-linked', 'Nobody here has this account of your organisation.', 'Ask the administrator for an invitation and open it first.');
    return { id: account.personId, name: account.name };
  }

  async #link({ issuer, subject, invitationHash }: Returned, personId: string): Promise<Person> {
    const account = await this.accounts.byId(personId);
    if (!account || (invitationHash !== null && !(await this.accounts.useInvitation(invitationHash))))
      throw new Refusal(404, 'unknown-link', 'This link is not valid any more.', 'Ask the administrator for a new one.');
    if (!(await this.accounts.link(personId, issuer, subject)))
      throw new Refusal(409, 'linked-already', 'Somebody else here has this account of your organisation.', 'Sign in with your own.');
    return { id: personId, name: account.name };
  }

  async #invited(secret: string): Promise<string> {
    const account = await this.accounts.invited(secret);
    if (!account)
      throw new Refusal(404, 'unknown-link', 'This link is not valid any more.', 'It opens once, within three days. Ask the administrator for a new one.');
    return account.personId;
  }

  async #linking({ headers }: FastifyRequest): Promise<string> {
    const seated = await this.sessions.holder(headers);
    if (!seated) throw new Refusal(401, 'not-signed-in', 'Nobody is signed in at this desk.', 'Sign in first.');
    assertFresh(seated);
    return seated.id;
  }
}

/** An address of this server and no other: `//elsewhere` and `/\elsewhere` lead away. */
function ownPath(to: string): string {
  const own = 'http://own.invalid';
  if (!to.startsWith('/') || !URL.canParse(to, own)) return '/';
  const { origin, pathname, search, hash } = new URL(to, own);
  return origin === own ? pathname + search + hash : '/';
}
