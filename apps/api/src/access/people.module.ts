import { Global, Module } from '@nestjs/common';
import { DeskController } from './desk.controller.js';
import { DeskSessions } from './desk-sessions.js';
import { People } from './people.js';
import { PersonGuard } from './person.guard.js';

/** People: who they are, how they sign in, what they may do. */
@Global()
@Module({ controllers: [DeskController], providers: [People, DeskSessions, PersonGuard], exports: [People, DeskSessions, PersonGuard] })
export class PeopleModule {}
