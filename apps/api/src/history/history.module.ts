import { Module } from '@nestjs/common';

/** History in and out: import, export, retention. */
@Module({})
export class HistoryModule {}
