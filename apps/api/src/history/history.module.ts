import { type DynamicModule, Module } from '@nestjs/common';
import { ExportController } from './export.controller.js';
import type { IsRolledUp } from './retention.js';
import { IS_ROLLED_UP, Retiring } from './retiring.js';

/** History in and out: export of everything a board has, and retirement of old readings. Backup, restore and taking in are commands (see README). */
@Module({})
export class HistoryModule {
  static with(isRolledUp: IsRolledUp): DynamicModule {
    return { module: HistoryModule, controllers: [ExportController], providers: [Retiring, { provide: IS_ROLLED_UP, useValue: isRolledUp }] };
  }
}
