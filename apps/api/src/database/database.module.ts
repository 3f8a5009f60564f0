import { Global, Module, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { dataSource, prepareDatabase } from './schema.js';

/** The plain tables' data source. It exists only after the database has been checked and migrated. */
@Global()
@Module({
  providers: [
    {
      provide: DataSource,
      inject: [CONFIG],
      useFactory: async (config: Config): Promise<DataSource> => {
        await prepareDatabase(config.DATABASE_URL, new Date());
        return dataSource(config.DATABASE_URL).initialize();
      },
    },
  ],
  exports: [DataSource],
})
export class DatabaseModule implements OnModuleDestroy {
  constructor(private readonly database: DataSource) {}

  async onModuleDestroy(): Promise<void> {
    await this.database.destroy();
  }
}
