import { Module } from '@nestjs/common';

/** Papers for a meeting. */
@Module({})
export class PacksModule {}
