/** Retires old readings once a day where RETENTION is on; by hand it is `npm run retire`. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DAY_MS } from '@comm-cell/board/time';
import { CONFIG, type Config } from '../config.js';
import { type IsRolledUp, retireReadings } from './retention.js';

/** Injection token: how to tell that a month is rolled up. The trends know; the list of modules connects them. */
export const IS_ROLLED_UP = Symbol('is rolled up');

@Injectable()
export class Retiring implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('Retention');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'DATABASE_URL' | 'RETENTION'>,
    @Inject(IS_ROLLED_UP) private readonly isRolledUp: IsRolledUp,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.RETENTION === 'off') return;
    this.#timer = setInterval(() => void this.#retire(), DAY_MS);
    void this.#retire();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #retire(): Promise<void> {
    try {
      for (const { month, readings } of await retireReadings(this.config.DATABASE_URL, new Date(), this.isRolledUp))
        this.#log.warn(`The readings of ${month} are retired: ${readings}. Their hours stand in the roll-ups, their events in the journal.`);
    } catch (error) {
      this.#log.error(error instanceof Error ? error.message : String(error));
    }
  }
}
