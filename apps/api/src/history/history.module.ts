import { Module } from '@nestjs/common';
import { ExportController } from './export.controller.js';

/** History in and out: export of everything a board has. Backup, restore, taking in and retirement are commands (see README). */
@Module({ controllers: [ExportController] })
export class HistoryModule {}
