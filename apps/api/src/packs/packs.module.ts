import { type DynamicModule, type InjectionToken, Module, type Type } from '@nestjs/common';
import { Packs } from './packs.js';
import { PacksController } from './packs.controller.js';
import { Press } from './press.js';
import { PackTrends } from './sources.js';

/** Papers for a meeting. What they need of a neighbour is handed in by the list of modules. */
@Module({})
export class PacksModule {
  static with({ trends, from }: { trends: InjectionToken<PackTrends>; from: Type }): DynamicModule {
    return {
      module: PacksModule,
      imports: [from],
      controllers: [PacksController],
      providers: [Packs, Press, { provide: PackTrends, useExisting: trends }],
    };
  }
}
