import { Module } from '@nestjs/common';
import { ConcernsController } from './concerns.controller.js';
import { DaysController } from './days.controller.js';
import { IdeasController } from './ideas.controller.js';

/** Concerns and ideas: what is not right, what was learned from it, what could be better; and how the days went. */
@Module({ controllers: [ConcernsController, IdeasController, DaysController] })
export class ConcernsModule {}
