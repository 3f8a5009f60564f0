import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  type AcceptBody,
  acceptBody,
  type Accepted,
  accepted,
  type AccountView,
  accountView,
  type CodeBody,
  codeBody,
  type InvitationBody,
  invitation,
  invitationBody,
  type InvitationView,
  type PasswordBody,
  passwordBody,
  type RecoveryCodes,
  recoveryCodes,
  type SecondFactorOffer,
  secondFactorOffer,
  ways,
  type Ways,
} from '@comm-cell/contract/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApi } from '../open-api.js';
import type { Account } from './account.entity.js';
import { Accounts } from './accounts.js';
import { Budgets } from './budgets.js';
import { Deeds } from './deeds.js';
import { DeskSessions, type Seated } from './desk-sessions.js';
import { Open } from './gate.js';
import { needsSecondFactor } from './matrix.js';
import { Oidc } from './oidc.js';
import { digestOf } from './people.js';
import { assertFresh, AtDesk, SignedInGuard } from './person.guard.js';
import { Refusal } from './refusal.js';
import { assertSafe, SignIn } from './sign-in.js';

/** What people do about their own account: nothing here touches anybody else's. */
@ApiTags('account')
@Controller('v1/account')
export class AccountController {
  constructor(
    private readonly accounts: Accounts,
    private readonly budgets: Budgets,
    private readonly sessions: DeskSessions,
    private readonly signIn: SignIn,
    private readonly oidc: Oidc,
    private readonly deeds: Deeds,
  ) {}

  @Get('ways')
  @Open('what the sign-in page offers')
  @ApiOperation({ summary: 'How one can sign in here' })
  @ApiResponse({ status: 200, schema: openApi(ways) })
  ways(@Req() { headers }: FastifyRequest): Ways {
    return { organisation: this.oidc.name, demo: this.sessions.isOpenDemo(headers) };
  }

  @Post('invitation/look')
  @HttpCode(200)
  @Open('the link that was handed over: its secret is in the body')
  @ApiOperation({ summary: 'Whose invitation this is; it is not used up' })
  @ApiBody({ schema: openApi(invitationBody) })
  @ApiResponse({ status: 200, schema: openApi(invitation) })
  async look(@Body({ schema: invitationBody }) { secret }: InvitationBody): Promise<InvitationView> {
    const { name, email } = await this.#invited(secret);
    return { name, email, organisation: this.oidc.name };
  }

  @Post('invitation')
  @HttpCode(200)
  @Open('the link that was handed over: its secret is in the body')
  @ApiOperation({ summary: 'Set the password with an invitation; it is used up' })
  @ApiBody({ schema: openApi(acceptBody) })
  @ApiResponse({ status: 200, schema: openApi(accepted) })
  async accept(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: acceptBody }) { secret, password }: AcceptBody,
  ): Promise<Accepted> {
    assertSafe(request);
    const account = await this.#invited(secret);
    // A password that is refused does not use the link up, and whoever comes second with it changes nothing.
    const hash = await this.accounts.hashOf(account, password);
    if (!(await this.accounts.useInvitation(digestOf(secret)))) throw overLink();
    await this.accounts.keepPassword(account, hash);
    const person = { id: account.personId, name: account.name };
    await this.sessions.endOf(account.personId, 'all');
    if (account.totpSecret !== null) return { signIn: true };
    await this.signIn.enter(person, 'password', new Date(), request, reply);
    return { signIn: false };
  }

  @Get()
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'The own account, and where one is signed in' })
  @ApiResponse({ status: 200, schema: openApi(accountView) })
  async view(@AtDesk() seated: Seated): Promise<AccountView> {
    const account = await this.accounts.byId(seated.id);
    const sessions = (await this.sessions.openOf([seated.id])).map(({ sessionNo, via, agent, openedAt, seenAt, expiresAt }) => ({
      no: sessionNo,
      via,
      agent,
      openedAt: openedAt.getTime(),
      seenAt: seenAt.getTime(),
      expiresAt: expiresAt.getTime(),
      own: sessionNo === seated.no,
    }));
    const none = { name: seated.name, email: null, password: false, secondFactor: false, recoveryLeft: 0, organisation: false };
    return { ...(account ? this.accounts.view(account) : none), owes: seated.owes ? 'second-factor' : null, sessions };
  }

  @Put('password')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Change the own password; all other sessions end' })
  @ApiBody({ schema: openApi(passwordBody) })
  async changePassword(@AtDesk() seated: Seated, @Req() request: FastifyRequest, @Body({ schema: passwordBody }) body: PasswordBody): Promise<void> {
    const account = await this.#own(seated);
    const guess = { email: account.email, address: request.ip, device: await this.accounts.knows(this.signIn.deviceOf(request), account.email) };
    await this.budgets.spend(guess);
    if (account.passwordHash !== null && !(await this.accounts.isPasswordOf(account, body.present)))
      throw new Refusal(422, 'wrong-password', 'The present password is not right.', 'Type the password you signed in with.', [
        { field: 'present', code: 'wrong-password', detail: 'The present password is not right.' },
      ]);
    // Who came in by the organisation and has no password yet proves afresh who they are.
    if (account.passwordHash === null) assertFresh(seated);
    const hash = await this.accounts.hashOf(account, body.password);
    await this.#tell(seated, 'sessions-ended', await this.#others(seated));
    await this.accounts.keepPassword(account, hash);
    await this.budgets.giveBack(guess);
    await this.sessions.endOf(seated.id, { but: seated.no });
  }

  @Post('second-factor')
  @HttpCode(200)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Begin with an authenticator app: its secret, as text and as the address of a QR code' })
  @ApiResponse({ status: 200, schema: openApi(secondFactorOffer) })
  async offer(@AtDesk() seated: Seated): Promise<SecondFactorOffer> {
    assertFresh(seated);
    return this.accounts.offerSecondFactor(await this.#own(seated));
  }

  @Put('second-factor')
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Confirm the app with a first code; recovery codes are shown this once' })
  @ApiBody({ schema: openApi(codeBody) })
  @ApiResponse({ status: 200, schema: openApi(recoveryCodes) })
  async confirm(@AtDesk() seated: Seated, @Body({ schema: codeBody }) { code }: CodeBody): Promise<RecoveryCodes> {
    assertFresh(seated);
    const account = await this.#own(seated);
    const step = this.accounts.offeredStep(account, code);
    if (step === undefined)
      throw new Refusal(422, 'wrong-code', 'The code is not right.', 'Wait for the next code of the app; check that the phone’s clock is right.', [
        { field: 'code', code: 'wrong-code', detail: 'The code is not right.' },
      ]);
    await this.#tell(seated, 'second-factor-set');
    return { recovery: await this.accounts.confirmSecondFactor(account, step) };
  }

  @Delete('second-factor')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'Take the second factor off, where the role does not demand it' })
  async drop(@AtDesk() seated: Seated): Promise<void> {
    assertFresh(seated);
    if ([...seated.grants.values()].some(({ role }) => needsSecondFactor(role)))
      throw new Refusal(409, 'second-factor-needed', 'Your role needs a second factor.', 'Set up a new app instead: it takes the place of the old one.');
    await this.#tell(seated, 'second-factor-set', 'off');
    await this.accounts.dropSecondFactor(seated.id);
  }

  @Delete('sessions')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'End all other sessions of one’s own' })
  async endOthers(@AtDesk() seated: Seated): Promise<void> {
    await this.#tell(seated, 'sessions-ended', await this.#others(seated));
    await this.sessions.endOf(seated.id, { but: seated.no });
  }

  @Delete('sessions/:no')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  @ApiOperation({ summary: 'End one session of one’s own' })
  async endOne(@AtDesk() seated: Seated, @Param('no') no: string): Promise<void> {
    if (!(await this.sessions.openOf([seated.id])).some(({ sessionNo }) => sessionNo === no))
      throw new Refusal(404, 'unknown-session', 'You have no such session.', 'Look at the list again: it may be over.');
    await this.#tell(seated, 'sessions-ended', '1');
    await this.sessions.endOf(seated.id, { no });
  }

  /** How many other sessions there are. */
  async #others({ id, no }: Seated): Promise<string> {
    return String((await this.sessions.openOf([id])).filter(({ sessionNo }) => sessionNo !== no).length);
  }

  async #invited(secret: string): Promise<Account> {
    const account = await this.accounts.invited(secret);
    if (!account) throw overLink();
    return account;
  }

  async #own({ id }: Seated): Promise<Account> {
    const account = await this.accounts.byId(id);
    if (!account)
      throw new Refusal(409, 'no-account', 'There is no account behind this sign-in.', 'Ask the administrator to add you with your e-mail address.');
    return account;
  }

  async #tell({ id, name, grants }: Seated, deed: 'sessions-ended' | 'second-factor-set', detail?: string): Promise<void> {
    await this.deeds.tell([...grants.keys()], { deed, by: { id, name }, about: id, ...(detail === undefined ? {} : { detail }) });
  }
}

function overLink(): Refusal {
  return new Refusal(404, 'unknown-link', 'This link is not valid any more.', 'It opens once, within three days. Ask the administrator for a new one.');
}
