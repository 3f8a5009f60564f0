import { Module } from '@nestjs/common';

/** What was agreed: goals, the charter, and what is passed between cells. */
@Module({})
export class GoalsModule {}
