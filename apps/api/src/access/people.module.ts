import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CONFIG, type Config } from '../config.js';
import { AccountController } from './account.controller.js';
import { Accounts } from './accounts.js';
import { Budgets } from './budgets.js';
import { DeskController } from './desk.controller.js';
import { DeskSessions } from './desk-sessions.js';
import { Gate } from './gate.js';
import { OidcController } from './oidc.controller.js';
import { Oidc } from './oidc.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { PeopleController } from './people.controller.js';
import { PersonGuard, SignedInGuard } from './person.guard.js';
import { Seal } from './seal.js';
import { SignIn } from './sign-in.js';

/** People: who they are, how they sign in, what they may do. */
@Global()
@Module({
  controllers: [DeskController, AccountController, OidcController, PeopleController],
  providers: [
    People,
    Accounts,
    Budgets,
    DeskSessions,
    SignIn,
    Oidc,
    PersonGuard,
    SignedInGuard,
    // Its own parameter is for tests, which watch how many hash at once.
    { provide: Passwords, useFactory: (): Passwords => new Passwords() },
    { provide: Seal, inject: [CONFIG], useFactory: (config: Config): Seal => new Seal(config) },
    { provide: APP_GUARD, useClass: Gate },
  ],
  exports: [People, Accounts, DeskSessions, SignIn, PersonGuard, SignedInGuard],
})
export class PeopleModule {}
