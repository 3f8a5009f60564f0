import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { FeedKey } from './access/feed-key.entity.js';
import { CONFIG, type Config } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { KeeperModule } from './keeper/keeper.module.js';
import { LiveModule } from './live/live.module.js';
import { OpsModule } from './ops/ops.module.js';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [DatabaseModule.with([FeedKey]), KeeperModule, AccessModule, IngestModule, LiveModule, OpsModule],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
