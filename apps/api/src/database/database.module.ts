import { type DynamicModule, Global, Module, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { dataSource, type Entity, prepareDatabase } from './schema.js';
import { BoardReads } from './scoped.js';

/** The plain tables' data source. It exists only after the database has been checked and migrated. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleDestroy {
  constructor(private readonly database: DataSource) {}

  static with(entities: readonly Entity[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: DataSource,
          inject: [CONFIG],
          useFactory: async (config: Config): Promise<DataSource> => {
            await prepareDatabase(config.DATABASE_URL, new Date());
            return dataSource(config.DATABASE_URL, entities).initialize();
          },
        },
        BoardReads,
      ],
      exports: [DataSource, BoardReads],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.database.destroy();
  }
}
