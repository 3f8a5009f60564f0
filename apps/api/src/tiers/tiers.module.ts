import { Logger, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Keepers } from '../keeper/keepers.js';
import { Relay } from './relay.js';
import { TiersController } from './tiers.controller.js';

/** The tree of cells: what is passed up, down and sideways, and how the cells below stand. */
@Module({
  controllers: [TiersController],
  providers: [
    {
      provide: Relay,
      inject: [Keepers],
      useFactory: (keepers: Keepers): Relay => {
        const log = new Logger('Tiers');
        return new Relay(keepers, (message) => log.warn(message));
      },
    },
  ],
})
export class TiersModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly keepers: Keepers,
    private readonly relay: Relay,
  ) {}

  onModuleInit(): void {
    this.keepers.onBoard((keeper) => keeper.subscribe((entries) => this.relay.heard(entries)));
    this.relay.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.relay.stop();
  }
}
