import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { DeskModule } from './access/desk.module.js';
import { DeskSession } from './access/desk-session.entity.js';
import { FeedKey } from './access/feed-key.entity.js';
import { PersonOfBoard } from './access/people.entity.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { CONFIG, type Config } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { KeeperModule } from './keeper/keeper.module.js';
import { LiveModule } from './live/live.module.js';
import { Contact } from './notify/contact.entity.js';
import { NotifyModule } from './notify/notify.module.js';
import { OpsModule } from './ops/ops.module.js';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.with([FeedKey, PersonOfBoard, DeskSession, Contact]),
        KeeperModule,
        AccessModule,
        DeskModule,
        IngestModule,
        LiveModule,
        AlertsModule,
        NotifyModule,
        OpsModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
