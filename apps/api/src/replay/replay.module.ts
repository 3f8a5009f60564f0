import { Module } from '@nestjs/common';

/** Any past moment of a board, as it was shown or as it is known now; snapshots. */
@Module({})
export class ReplayModule {}
