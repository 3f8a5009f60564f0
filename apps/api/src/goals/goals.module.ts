import { type DynamicModule, type InjectionToken, Module, type Type } from '@nestjs/common';
import { CharterController } from './charter.controller.js';
import { GoalsController } from './goals.controller.js';
import { Goals } from './goals.js';
import { GoalTrends } from './sources.js';

/** What the cell has agreed on: its goals, and how it works together. */
@Module({})
export class GoalsModule {
  static with({ trends, from }: { trends: InjectionToken<GoalTrends>; from: Type }): DynamicModule {
    return {
      module: GoalsModule,
      imports: [from],
      controllers: [GoalsController, CharterController],
      providers: [Goals, { provide: GoalTrends, useExisting: trends }],
    };
  }
}
