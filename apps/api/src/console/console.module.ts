import { Module } from '@nestjs/common';
import { CapacityController } from './capacity.controller.js';
import { ConsoleController } from './console.controller.js';
import { FiguresController } from './figures.controller.js';

/** A provider’s own work by hand: what is due, figures, corrections, sign-off, status, closures, spare capacity. */
@Module({ controllers: [ConsoleController, FiguresController, CapacityController] })
export class ConsoleModule {}
