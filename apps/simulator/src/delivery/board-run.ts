/** One board from start to stop: first the history its feeds still lack, then every observation at its own moment. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { FeedDefinition, ProviderDefinition } from '@comm-cell/board/definition';
import { DAY_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { Scenario } from '../scenarios/scenario.js';
import type { SystemShape } from '../system/system.js';
import type { Access } from './access.js';
import { Provider, Refused } from './provider.js';
import { Reporter } from './reporter.js';
import { delayMs, nextObservation } from './schedule.js';
import { inTurns, Sending, type Log } from './sending.js';
import { Voice } from './voice.js';

const FEEDS_AT_ONCE = 4;

export interface RunOptions {
  board: ProposedDefinition;
  shape: SystemShape;
  scenario: Scenario;
  seed: number;
  historyDays: number;
  access: Access;
  signal: AbortSignal;
  log: Log;
}

export class BoardRun {
  readonly #feeds: FeedDefinition[];
  readonly #sendings = new Map<string, Sending>();
  readonly #startedAt = Date.now();
  readonly #reporter: Reporter;

  constructor(readonly options: RunOptions) {
    const { board, shape, scenario, seed, historyDays, access, signal, log } = options;
    for (const key of access.feeds) {
      if (key.board === board.id && board.feeds[key.feed]) this.#sendings.set(key.feed, new Sending(new Provider(access.address, key, signal), log));
    }
    this.#feeds = Object.values(board.feeds).filter(({ id }) => this.#sendings.has(id));
    if (this.#feeds.length === 0) throw new Error(`The file of keys has none for board "${board.id}"; choose others with --boards.`);
    this.#reporter = new Reporter(board, shape, scenario, seed, this.#startedAt - historyDays * DAY_MS, this.#startedAt);
  }

  async fillHistory(): Promise<void> {
    const { board, historyDays, log } = this.options;
    const began = Date.now();
    const since = new Map<string, number>();
    await inTurns(this.#feeds, FEEDS_AT_ONCE, async ({ id }) => since.set(id, await this.#newestOf(id, this.#startedAt - historyDays * DAY_MS)));
    const history = this.#reporter.history(since, this.#startedAt);
    let accepted = 0;
    await inTurns(this.#feeds, FEEDS_AT_ONCE, async ({ id }) => {
      const taken = await this.#sendings.get(id)!.send(history.get(id) ?? []);
      accepted += taken;
    });
    log(`Board "${board.id}": ${accepted} readings of ${this.#feeds.length} feeds up to now, in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  }

  /** The newest moment the server has of a feed; the beginning of history when it has none. */
  async #newestOf(feed: string, beginning: number): Promise<number> {
    const sending = this.#sendings.get(feed)!;
    try {
      const { series } = await sending.provider.newest();
      return Math.max(beginning, ...series.flatMap(({ newestAt }) => (newestAt === null ? [] : [Date.parse(newestAt)])));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.options.log(`${error.message} It is left out.`);
      sending.stopped = true;
      return this.#startedAt;
    }
  }

  async live(): Promise<void> {
    await Promise.all([this.#observe(), ...Object.values(this.options.board.providers).map((provider) => this.#speak(provider))]);
  }

  async #observe(): Promise<void> {
    const { board, signal } = this.options;
    const due = new Map(this.#feeds.map((feed) => [feed, nextObservation(feed, board.zone, this.#startedAt)]));
    const failures: unknown[] = [];
    while (failures.length === 0) {
      const [feed, at] = [...due].reduce((soonest, one) => (one[1] < soonest[1] ? one : soonest));
      // Long waits in pieces: a computer that slept must notice.
      while (Date.now() < at) await pause(Math.min(at - Date.now(), MINUTE_MS), undefined, { signal });
      const rows = this.#reporter.report(feed, at);
      due.set(feed, nextObservation(feed, board.zone, at));
      if (rows.length > 0) {
        this.#sendLater(feed, at, rows).catch((error: unknown) => {
          if (!signal.aborted) failures.push(error);
        });
      }
    }
    throw failures[0];
  }

  async #sendLater(feed: FeedDefinition, at: number, rows: Parameters<Sending['send']>[0]): Promise<void> {
    await pause(Math.max(0, at + delayMs(feed, at) - Date.now()), undefined, { signal: this.options.signal });
    await this.#sendings.get(feed.id)!.send(rows);
  }

  async #speak(provider: ProviderDefinition): Promise<void> {
    const { board, scenario, signal, log } = this.options;
    const feed = this.#feeds.find((one) => one.provider === provider.id);
    if (!feed) return;
    const voice = new Voice(provider, board, scenario, this.#startedAt);
    for (;;) {
      const now = Date.now();
      // Whoever speaks before the first figures are due has lived until now, too.
      this.#reporter.moveTo(now);
      const silent = (scenario.feed?.(feed, now, this.#startedAt) ?? 'speaks') === 'silent';
      const said = silent ? undefined : voice.speak(this.#reporter.system, now);
      if (said) {
        try {
          await this.#sendings.get(feed.id)!.provider.say({ ...said, until: new Date(said.until).toISOString() });
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          log(`Status of ${provider.name.en} on board "${board.id}" not taken. ${error.message}`);
        }
      }
      await pause(voice.pause(), undefined, { signal });
    }
  }
}
