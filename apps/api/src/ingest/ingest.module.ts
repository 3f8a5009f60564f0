import { Module } from '@nestjs/common';
import { FeedDeskController } from './desk/feed-desk.controller.js';
import { FeedFilesController } from './desk/feed-files.controller.js';
import { FeedMaps } from './feed-maps.js';
import { HistoryLane } from './history-lane.js';
import { IngestController } from './ingest.controller.js';
import { Intake } from './intake.js';
import { PayloadLog } from './payload-log.js';

@Module({ controllers: [IngestController, FeedDeskController, FeedFilesController], providers: [FeedMaps, HistoryLane, Intake, PayloadLog] })
export class IngestModule {}
