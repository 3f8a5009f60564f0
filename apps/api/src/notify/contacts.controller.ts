import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs, PersonGuard } from '../access/person.guard.js';
import { openApi } from '../open-api.js';
import { type ContactBody, contactBody, type ContactChange, contactChange, type ContactView, type NewContact, type TestOutcome } from './contact-form.js';
import { NotifyService } from './notify.service.js';

/** Contacts are personal data: reading them needs the same right as changing them. */
@ApiTags('telling people')
@Controller('v1/boards/:board')
@UseGuards(PersonGuard)
export class ContactsController {
  constructor(private readonly notify: NotifyService) {}

  @Get('contacts')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Whom messages of the groups reach; addresses masked' })
  list(@Param('board') board: string): Promise<ContactView[]> {
    return this.notify.contacts(board);
  }

  @Post('contacts')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Add a contact to a group; the secret of a signing channel is told in this answer alone' })
  @ApiBody({ schema: openApi(contactBody) })
  add(@Param('board') board: string, @Body({ schema: contactBody }) body: ContactBody): Promise<NewContact> {
    return this.notify.add(board, body);
  }

  @Patch('contacts/:contact')
  @Needs('manage-contacts')
  @ApiOperation({ summary: 'Change a contact, or switch it off' })
  @ApiBody({ schema: openApi(contactChange) })
  change(@Param('board') board: string, @Param('contact') contact: string, @Body({ schema: contactChange }) body: ContactChange): Promise<ContactView> {
    return this.notify.change(board, contact, body);
  }

  @Delete('contacts/:contact')
  @Needs('manage-contacts')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a contact and its address' })
  remove(@Param('board') board: string, @Param('contact') contact: string): Promise<void> {
    return this.notify.remove(board, contact);
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
  settle(@Param('board') board: string, @Param('message') message: string): Promise<void> {
    return this.notify.settle(board, message);
  }
}
