import { Module } from '@nestjs/common';
import { RollUps } from './roll-up.js';
import { TrendsController } from './trends.controller.js';
import { Trends } from './trends.service.js';

/** History as series of figures: trends, control charts, comparisons. */
@Module({
  controllers: [TrendsController],
  providers: [RollUps, Trends],
  exports: [Trends],
})
export class TrendsModule {}
