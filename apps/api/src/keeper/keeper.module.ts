import { Global, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { Journal } from '../journal/journal.js';
import { Keepers } from './keepers.js';

@Global()
@Module({
  providers: [
    {
      provide: Journal,
      // The data source stands for "the schema is there".
      inject: [CONFIG, DataSource],
      useFactory: (config: Config): Journal => new Journal(config.DATABASE_URL),
    },
    {
      provide: Keepers,
      inject: [CONFIG, Journal],
      useFactory: async (config: Config, journal: Journal): Promise<Keepers> => {
        const log = new Logger('Keepers');
        const keepers = new Keepers(
          journal,
          config.DATABASE_URL,
          (message) => log.warn(message),
          (error) => {
            log.fatal(error.message);
            // Going on would show a board that is not in the journal; the supervisor starts a fresh process.
            process.exit(1);
          },
        );
        await keepers.start();
        return keepers;
      },
    },
  ],
  exports: [Journal, Keepers],
})
export class KeeperModule implements OnModuleDestroy {
  constructor(
    private readonly keepers: Keepers,
    private readonly journal: Journal,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.keepers.stop();
    await this.journal.close();
  }
}
