import { Module } from '@nestjs/common';

/** History as series of figures: trends, control charts, comparisons. */
@Module({})
export class TrendsModule {}
