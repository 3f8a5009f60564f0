import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Deeds } from './deeds.js';
import { BoardDisplaysController, DisplaysController } from './displays.controller.js';
import { PairedDisplays } from './displays-paired.js';
import { DisplayPairing } from './displays-pairing.js';
import { Displays } from './displays.js';
import { FeedKeyGuard } from './feed-key.guard.js';
import { FeedKeys } from './feed-keys.js';
import { WatchGuard } from './watch.guard.js';

@Global()
@Module({
  controllers: [DisplaysController, BoardDisplaysController],
  providers: [
    Deeds,
    FeedKeys,
    FeedKeyGuard,
    WatchGuard,
    PairedDisplays,
    DisplayPairing,
    {
      provide: Displays,
      inject: [CONFIG, PairedDisplays],
      useFactory: (config: Config, paired: PairedDisplays): Displays => new Displays(config, paired),
    },
  ],
  exports: [Deeds, FeedKeys, FeedKeyGuard, WatchGuard, Displays, PairedDisplays],
})
export class AccessModule {}
