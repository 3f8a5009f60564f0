import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import {
  type ContactBody,
  contactBody,
  type ContactChange,
  contactChange,
  type ContactView,
  type NewContact,
  type TestOutcome,
  type UndeliveredMessage,
  type Ways,
} from '@comm-cell/contract/contacts';
import { Deeds } from '../access/deeds.js';
import { Needs, PersonGuard, Who } from '../access/person.guard.js';
import { openApi } from '../open-api.js';
import { NotifyService } from './notify.service.js';

/** Contacts are personal data: reading them needs the same right as changing them. */
@ApiTags('telling people')
@Controller('v1/boards/:board')
@UseGuards(PersonGuard)
export class ContactsController {
  constructor(
    private readonly notify: NotifyService,
    private readonly deeds: Deeds,
  ) {}

  @Get('contacts')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Whom messages of the groups reach; addresses masked' })
  list(@Param('board') board: string): Promise<ContactView[]> {
    return this.notify.contacts(board);
  }

  @Get('contacts/ways')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'The groups of the board, the ways they can be told, and what a browser needs to subscribe to push messages' })
  ways(@Param('board') board: string): Ways {
    return this.notify.ways(board);
  }

  @Get('messages')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Messages nobody got, as the board shows them' })
  undelivered(@Param('board') board: string): UndeliveredMessage[] {
    return this.notify.undelivered(board);
  }

  @Post('contacts')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Add a contact to a group; the secret of a signing channel is told in this answer alone' })
  @ApiBody({ schema: openApi(contactBody) })
  async add(@Param('board') board: string, @Who() by: Person, @Body({ schema: contactBody }) body: ContactBody): Promise<NewContact> {
    const added = await this.notify.add(board, body);
    await this.#tell(board, by, added, 'added');
    return added;
  }

  @Patch('contacts/:contact')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Change a contact, or switch it off' })
  @ApiBody({ schema: openApi(contactChange) })
  async change(
    @Param('board') board: string,
    @Param('contact') contact: string,
    @Who() by: Person,
    @Body({ schema: contactChange }) body: ContactChange,
  ): Promise<ContactView> {
    const changed = await this.notify.change(board, contact, body);
    await this.#tell(board, by, changed, Object.keys(body).join(', '));
    return changed;
  }

  @Delete('contacts/:contact')
  @Needs('manage-contacts')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a contact and its address' })
  async remove(@Param('board') board: string, @Param('contact') contact: string, @Who() by: Person): Promise<void> {
    await this.#tell(board, by, await this.notify.remove(board, contact), 'removed');
  }

  @Post('contacts/:contact/test')
  @Needs('manage-contacts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a test message now, and tell how it went' })
  test(@Param('board') board: string, @Param('contact') contact: string): Promise<TestOutcome> {
    return this.notify.test(board, contact);
  }

  @Post('messages/:message/again')
  @Needs('manage-contacts')
  @HttpCode(204)
  @ApiOperation({ summary: 'Send a message that was given up once more' })
  again(@Param('board') board: string, @Param('message') message: string): Promise<void> {
    return this.notify.again(board, message);
  }

  @Post('messages/:message/settled')
  @Needs('manage-contacts')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take an undelivered message off the board: its receivers were told otherwise' })
  async settle(@Param('board') board: string, @Param('message') message: string, @Who() by: Person): Promise<void> {
    const stuck = this.notify.undelivered(board).find(({ id }) => id === message);
    await this.notify.settle(board, message);
    await this.deeds.tell([board], { deed: 'contact-changed', by, about: stuck?.group ?? message, detail: `settled: ${stuck?.about ?? message}` });
  }

  /** Of a contact, the trail names its group, its channel and its id: never whom, never where. */
  #tell(board: string, by: Person, { id, group, channel }: ContactView, how: string): Promise<void> {
    return this.deeds.tell([board], { deed: 'contact-changed', by, about: group, detail: `${channel} ${id}: ${how}` });
  }
}
