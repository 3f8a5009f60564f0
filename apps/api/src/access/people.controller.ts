import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import {
  linkBody,
  type LinkBody,
  partBody,
  type PartBody,
  peopleOfBoard,
  type PeopleOfBoard,
  personBody,
  type PersonBody,
  personMade,
  type PersonMade,
} from '@comm-cell/contract/access';
import { role } from '@comm-cell/contract/desk';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { openApi } from '../open-api.js';
import { Accounts } from './accounts.js';
import { Deeds } from './deeds.js';
import { AtDesk, Granted, Needs, PersonGuard, Who } from './person.guard.js';
import { DeskSessions, type Seated } from './desk-sessions.js';
import { commandsOf } from './matrix.js';
import { type Grant, People } from './people.js';
import { Refusal } from './refusal.js';

/** Who has a part in a board: for its administrators, and for those of some organisations within these. */
@ApiTags('people')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly accounts: Accounts,
    private readonly sessions: DeskSessions,
    private readonly deeds: Deeds,
    @Inject(CONFIG) private readonly config: Pick<Config, 'PUBLIC_ADDRESS'>,
  ) {}

  @Get()
  @Needs('manage-people')
  @ApiOperation({ summary: 'Everybody of the board, what they may do, and whether they are signed in' })
  @ApiResponse({ status: 200, schema: openApi(peopleOfBoard) })
  async list(@Param('board') board: string): Promise<PeopleOfBoard> {
    const people = await this.people.ofBoard(board);
    const ids = people.map(({ id }) => id);
    const [accounts, open] = [await this.accounts.emails(ids), await this.sessions.openOf(ids)];
    return {
      people: people.map(({ id, name, role, providers }) => {
        const { email, entered, secondFactor } = accounts.get(id) ?? { email: null, entered: true, secondFactor: false };
        return {
          id,
          name,
          role,
          providers: providers && [...providers],
          email,
          entered,
          secondFactor,
          signedIn: open.filter(({ personId }) => personId === id).length,
        };
      }),
      may: Object.fromEntries(role.options.map((one) => [one, [...commandsOf(one)]])) as PeopleOfBoard['may'],
    };
  }

  @Post()
  @Needs('manage-people')
  @ApiOperation({ summary: 'Add a person; the link to their first sign-in is shown this once' })
  @ApiBody({ schema: openApi(personBody) })
  @ApiResponse({ status: 201, schema: openApi(personMade) })
  async add(
    @Param('board') board: string,
    @AtDesk() seated: Seated,
    @Granted() grant: Grant,
    @Req() request: FastifyRequest,
    @Body({ schema: personBody }) { name, email, ...part }: PersonBody,
  ): Promise<PersonMade> {
    const by = { id: seated.id, name: seated.name };
    assertWithin(grant, part);
    const known = await this.accounts.byEmail(email);
    if (known && (await this.people.byId(known.personId))?.grants.has(board))
      throw new Refusal(409, 'known-person', `${known.name} has a part in this board already.`, 'Change what they may do instead.');
    const person = known ? { id: known.personId, name: known.name } : await this.accounts.create({ name, email });
    await this.deeds.tell([board], { deed: 'person-added', by, about: person.id, detail: said(person.name, part) });
    await this.people.grant(board, person, part);
    const canEnter = known && (known.passwordHash !== null || known.subject !== null);
    // Somebody whom another board has just invited has its link already; a second one would open that board too.
    if (canEnter || (await this.#elsewhere(person.id, seated))) return { id: person.id, link: null };
    return { id: person.id, link: this.#linkTo(await this.accounts.invite(person.id), request) };
  }

  @Put(':person')
  @HttpCode(204)
  @Needs('manage-people')
  @ApiOperation({ summary: 'Change what a person may do on this board' })
  @ApiBody({ schema: openApi(partBody) })
  async change(
    @Param('board') board: string,
    @Param('person') id: string,
    @Who() by: Person,
    @Granted() grant: Grant,
    @Body({ schema: partBody }) part: PartBody,
  ): Promise<void> {
    const person = await this.#ofBoard(board, id, grant);
    assertWithin(grant, part);
    if (part.role !== 'administrator' || part.providers !== null) await this.#assertNotLast(board, id);
    await this.deeds.tell([board], { deed: 'person-changed', by, about: id, detail: said(person.name, part) });
    await this.people.grant(board, person, part);
  }

  @Delete(':person')
  @HttpCode(204)
  @Needs('manage-people')
  @ApiOperation({ summary: 'Take a person off this board; their sessions and open screens end with it' })
  async remove(@Param('board') board: string, @Param('person') id: string, @Who() by: Person, @Granted() grant: Grant): Promise<void> {
    const person = await this.#ofBoard(board, id, grant);
    await this.#assertNotLast(board, id);
    await this.deeds.tell([board], { deed: 'person-removed', by, about: id, detail: person.name });
    await this.people.revoke(id, board);
    if (await this.people.byId(id)) return;
    await this.sessions.endOf(id, 'all');
    await this.accounts.end(id);
  }

  @Post(':person/link')
  @Needs('manage-people')
  @ApiOperation({ summary: 'A new link for somebody who forgot their password or lost their second factor' })
  @ApiBody({ schema: openApi(linkBody) })
  @ApiResponse({ status: 201, schema: openApi(personMade) })
  async link(
    @Param('board') board: string,
    @Param('person') id: string,
    @AtDesk() by: Seated,
    @Granted() grant: Grant,
    @Req() request: FastifyRequest,
    @Body({ schema: linkBody }) { secondFactor }: LinkBody,
  ): Promise<PersonMade> {
    const person = await this.#ofBoard(board, id, grant);
    if (await this.#elsewhere(id, by))
      throw new Refusal(403, 'other-board', `${person.name} also has a part in boards that are not yours.`, 'Ask an administrator of all their boards.');
    if (!(await this.accounts.byId(id))) throw new Refusal(409, 'no-account', `${person.name} has no account.`, 'Add them with their e-mail address.');
    await this.deeds.tell([board], {
      deed: 'person-changed',
      by: { id: by.id, name: by.name },
      about: id,
      detail: secondFactor ? 'new link, second factor off' : 'new link',
    });
    if (secondFactor) await this.accounts.dropSecondFactor(id);
    return { id, link: this.#linkTo(await this.accounts.invite(id), request) };
  }

  @Delete(':person/sessions')
  @HttpCode(204)
  @Needs('manage-people')
  @ApiOperation({ summary: 'Sign a person out everywhere' })
  async signOut(@Param('board') board: string, @Param('person') id: string, @Who() by: Person, @Granted() grant: Grant): Promise<void> {
    const person = await this.#ofBoard(board, id, grant);
    await this.deeds.tell([board], { deed: 'sessions-ended', by, about: id, detail: person.name });
    await this.sessions.endOf(id, 'all');
  }

  async #ofBoard(board: string, id: string, grant: Grant): Promise<Person & Grant> {
    const person = (await this.people.ofBoard(board)).find((one) => one.id === id);
    if (!person) throw new Refusal(404, 'unknown-person', 'There is no such person on this board.', 'Look at the list again.');
    assertWithin(grant, person);
    return person;
  }

  /** Whoever holds a link is that person, on every board: it takes an administrator of all of them. */
  async #elsewhere(id: string, { grants }: Seated): Promise<boolean> {
    const parts = (await this.people.byId(id))?.grants ?? new Map<string, Grant>();
    return [...parts].some(([board, part]) => {
      const own = grants.get(board);
      return own?.role !== 'administrator' || !covers(own, part);
    });
  }

  /** A board without an administrator could never be mended on screen again. */
  async #assertNotLast(board: string, id: string): Promise<void> {
    const whole = (await this.people.ofBoard(board)).filter((one) => one.role === 'administrator' && one.providers === null);
    if (whole.length === 1 && whole[0]!.id === id)
      throw new Refusal(409, 'last-administrator', 'This is the last administrator of the board.', 'Make somebody else an administrator first.');
  }

  /** The secret stands behind the #: browsers send it to nobody, so no log and no proxy has it. */
  #linkTo(secret: string, { protocol, host }: FastifyRequest): string {
    return `${this.config.PUBLIC_ADDRESS?.replace(/\/$/, '') ?? `${protocol}://${host}`}/sign-in#invitation=${secret}`;
  }
}

/** An administrator of some organisations hands out no more than these. */
function assertWithin(own: Grant, other: Pick<Grant, 'providers'>): void {
  if (covers(own, other)) return;
  throw new Refusal(
    403,
    'other-provider',
    'Your role does not cover all of this.',
    'Limit it to your own organisations, or ask an administrator of the whole board.',
  );
}

function covers(own: Grant, other: Pick<Grant, 'providers'>): boolean {
  return own.providers === null || (other.providers?.every((provider) => own.providers!.includes(provider)) ?? false);
}

function said(name: string, { role, providers }: Grant): string {
  return `${name}: ${role}${providers === null ? '' : ` (${providers.join(', ')})`}`;
}
