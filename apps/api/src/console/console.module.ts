import { Module } from '@nestjs/common';

/** A provider’s own work by hand: what is due, figures, corrections, sign-off, status, closures, spare capacity. */
@Module({})
export class ConsoleModule {}
