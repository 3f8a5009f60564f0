import { Logger, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { StoreDown } from '../journal/journal.js';
import { Keepers } from '../keeper/keepers.js';
import { CalendarController } from './calendar.controller.js';
import { HeldHuddlesController, HuddleController } from './huddle.controller.js';
import { Huddles } from './huddles.js';

const LOOK_EVERY_MS = 15_000;

/** The meeting around the board: times, attendance, agenda, minutes, calendar. */
@Module({ controllers: [HuddleController, HeldHuddlesController, CalendarController], providers: [Huddles] })
export class HuddleModule implements OnModuleInit, OnModuleDestroy {
  readonly #log = new Logger('Huddle');
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(
    private readonly keepers: Keepers,
    private readonly huddles: Huddles,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#closeForgotten(), LOOK_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #closeForgotten(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const keeper of this.keepers.all()) await this.huddles.closeForgotten(keeper);
    } catch (error) {
      // A store that is away is come back to.
      if (!(error instanceof StoreDown)) this.#log.error(error instanceof Error ? error.message : String(error));
    } finally {
      this.#looking = false;
    }
  }
}
