import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Deeds } from './deeds.js';
import { Displays } from './displays.js';
import { DisplaysController } from './displays.controller.js';
import { FeedKeyGuard } from './feed-key.guard.js';
import { FeedKeys } from './feed-keys.js';
import { WatchGuard } from './watch.guard.js';

@Global()
@Module({
  controllers: [DisplaysController],
  providers: [
    Deeds,
    FeedKeys,
    FeedKeyGuard,
    WatchGuard,
    { provide: Displays, inject: [CONFIG], useFactory: (config: Config): Displays => new Displays(config) },
  ],
  exports: [Deeds, FeedKeys, FeedKeyGuard, WatchGuard, Displays],
})
export class AccessModule {}
