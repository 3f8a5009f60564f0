import { Logger, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BoardReads } from '../database/scoped.js';
import { Journal, StoreDown } from '../journal/journal.js';
import { Keepers } from '../keeper/keepers.js';
import { Past } from './past.js';
import { ReplayController } from './replay.controller.js';
import { Snapshots } from './snapshots.js';
import { SharedSnapshotsController, SnapshotsController } from './snapshots.controller.js';
import { Waypoints } from './waypoints.js';

const LAY_EVERY_MS = 30_000;

@Module({
  controllers: [ReplayController, SnapshotsController, SharedSnapshotsController],
  providers: [
    {
      provide: Waypoints,
      inject: [Journal],
      useFactory: (journal: Journal): Waypoints => {
        const log = new Logger('Replay');
        return new Waypoints(journal, (message) => log.warn(message));
      },
    },
    { provide: Past, inject: [BoardReads, Waypoints], useFactory: (reads: BoardReads, waypoints: Waypoints): Past => new Past(reads, waypoints) },
    Snapshots,
  ],
})
export class ReplayModule implements OnModuleInit, OnModuleDestroy {
  readonly #log = new Logger('Replay');
  #timer: NodeJS.Timeout | undefined;
  #laying = false;

  constructor(
    private readonly keepers: Keepers,
    private readonly waypoints: Waypoints,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#layDue(), LAY_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
    this.waypoints.stop();
  }

  /** One board after the other: it is nobody's hurry. */
  async #layDue(): Promise<void> {
    if (this.#laying) return;
    this.#laying = true;
    try {
      for (const { board } of this.keepers.all()) {
        if (await this.waypoints.isDue(board)) await this.waypoints.lay(board, Infinity, false);
      }
    } catch (error) {
      // A store that is away is come back to; a broken journal is found, and told, by whoever keeps it.
      if (!(error instanceof StoreDown)) this.#log.error(error instanceof Error ? error.message : String(error));
    } finally {
      this.#laying = false;
    }
  }
}
