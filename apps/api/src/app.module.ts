import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { Account } from './access/account.entity.js';
import { DeskSession } from './access/desk-session.entity.js';
import { FeedKey } from './access/feed-key.entity.js';
import { PeopleModule } from './access/people.module.js';
import { PersonOfBoard } from './access/people.entity.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BoardsModule } from './boards/boards.module.js';
import { CONFIG, type Config } from './config.js';
import { ConsoleModule } from './console/console.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DeskModule } from './desk/desk.module.js';
import { ConcernsModule } from './concerns/concerns.module.js';
import { GoalsModule } from './goals/goals.module.js';
import { HistoryModule } from './history/history.module.js';
import { HuddleModule } from './huddle/huddle.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { KeeperModule } from './keeper/keeper.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LiveModule } from './live/live.module.js';
import { Contact } from './notify/contact.entity.js';
import { NotifyModule } from './notify/notify.module.js';
import { OpsModule } from './ops/ops.module.js';
import { PacksModule } from './packs/packs.module.js';
import { ReplayModule } from './replay/replay.module.js';
import { TiersModule } from './tiers/tiers.module.js';
import { isRolledUp } from './trends/rolled-up.js';
import { TrendsModule } from './trends/trends.module.js';
import { Trends } from './trends/trends.service.js';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.with([FeedKey, PersonOfBoard, DeskSession, Account, Contact]),
        KeeperModule,
        AccessModule,
        PeopleModule,
        DeskModule,
        AuditModule,
        IngestModule,
        KeysModule,
        LiveModule,
        AlertsModule,
        NotifyModule,
        ConsoleModule,
        BoardsModule,
        ReplayModule,
        TrendsModule,
        PacksModule.with({ trends: Trends, from: TrendsModule }),
        HistoryModule.with(isRolledUp),
        GoalsModule.with({ trends: Trends, from: TrendsModule }),
        HuddleModule,
        ConcernsModule,
        TiersModule,
        OpsModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
