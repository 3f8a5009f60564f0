/**
 * A sign of life that has gone the whole way. Every minute a made-up reading is pushed through the public door, as any
 * provider would; its rule turns, journal and outbox take the turn in, and the webhook that leaves is the signal. If any link
 * breaks, the signal stays away and whoever listens outside raises the alarm (invariant I37).
 */
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Label } from '@comm-cell/board/definition';
import type { DataSource } from 'typeorm';
import type { FeedKeys } from '../access/feed-keys.js';
import type { Keepers } from '../keeper/keepers.js';
import type { Channel } from './channels/channel.js';
import { Contact } from './contact.entity.js';
import type { NotifySettings } from './settings.js';

export const WATCHDOG = 'watchdog';
const SERIES = 'pulse@watchdog';
const KEY_GOOD_FOR_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

const both = (en: string, cy: string): Label => ({ en, cy });

/** One feed, one series, one rule that turns with every beat, one group with one contact. */
export function watchdogBoard(everyMs: number): ProposedDefinition {
  const name = both('Watchdog', 'Corff gwarchod');
  return {
    id: WATCHDOG,
    name,
    simulated: true,
    languages: ['en'],
    zone: { name: 'UTC', offsets: [[0, 0]] },
    trend: { bucketMs: 30 * MINUTE_MS, buckets: 48 },
    units: { beat: { id: 'beat', symbol: both('', ''), quantity: 'count' } },
    metrics: {
      pulse: {
        id: 'pulse',
        label: both('Pulse', 'Curiad'),
        short: both('Pulse', 'Curiad'),
        unit: 'beat',
        kind: 'stock',
        direction: 'neutral',
        notation: 'number',
        decimals: 0,
        range: { min: 0, max: 1 },
      },
    },
    providers: { watchdog: { id: 'watchdog', name, kind: 'coordination' } },
    places: { watchdog: { id: 'watchdog', name, provider: 'watchdog' } },
    feeds: {
      pulse: {
        id: 'pulse',
        provider: 'watchdog',
        name,
        owner: { name, contact: '–' },
        expected: { everyMs },
        graceMs: everyMs,
        limitMs: 10 * everyMs,
        lagMs: 0,
        series: [SERIES],
      },
    },
    series: { [SERIES]: { id: SERIES, metric: 'pulse', place: 'watchdog', feed: 'pulse', range: { min: 0, max: 1 } } },
    rollups: {},
    tiles: { pulse: { id: 'pulse', title: name, headline: SERIES, lines: [] } },
    overview: [{ title: name, tiles: ['pulse'] }],
    detail: [{ title: name, tiles: ['pulse'] }],
    links: [],
    response: {
      groups: { outside: { id: 'outside', name: both('Outside', 'Y tu allan'), kind: 'data', climb: [] } },
      holidays: [],
      cards: { watchdog: { id: 'watchdog', title: name, steps: [] } },
      schemes: {},
      levels: {},
    },
    rules: {
      'pulse@watchdog': {
        id: 'pulse@watchdog',
        label: both('Sign of life', 'Arwydd o fywyd'),
        place: 'watchdog',
        severity: 'watch',
        when: { kind: 'line', figure: SERIES, band: { atLeast: 1 } },
        forMs: 0,
        forReadings: 1,
        clear: { forMs: 0, readings: 1 },
        owner: 'outside',
        card: 'watchdog',
        tests: [],
      },
    },
  };
}

export class DeadMan {
  #timer: NodeJS.Timeout | undefined;
  #key: { text: string; madeAt: number } | undefined;

  constructor(
    private readonly keepers: Keepers,
    private readonly feedKeys: FeedKeys,
    private readonly database: DataSource,
    private readonly webhook: Channel,
    private readonly settings: NotifySettings,
    private readonly report: (message: string) => void,
  ) {}

  /** `server`: where this process listens. Nothing happens unless there is somebody to signal to. */
  async start(server: string): Promise<void> {
    const { DEADMAN_URL: address, DEADMAN_EVERY_MS: everyMs } = this.settings;
    if (address === undefined) return;
    const fault = this.webhook.fault(address);
    if (fault !== undefined) throw new Error(`The settings are not right: DEADMAN_URL: ${fault}`);
    await this.keepers.define(watchdogBoard(everyMs), 'dead man');
    const contact = { boardId: WATCHDOG, contactId: 'outside', groupId: 'outside', channel: 'webhook', name: 'DEADMAN_URL', language: null, quiet: null };
    // The secret of an earlier start stays.
    await this.database
      .createQueryBuilder()
      .insert()
      .into(Contact)
      .values({ ...contact, address, secret: this.webhook.newSecret!(), enabled: true })
      .orUpdate(['address', 'enabled'], ['board_id', 'contact_id'])
      .execute();
    const beat = (): void =>
      void this.#beat(server, everyMs).catch((error: unknown) => this.report(`No pulse (${error instanceof Error ? error.message : 'fault'}).`));
    this.#timer = setInterval(beat, everyMs);
    beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Moment and value follow from the clock alone: of several processes the first one's counts, the others' are duplicates. */
  async #beat(server: string, everyMs: number): Promise<void> {
    const nth = Math.floor(Date.now() / everyMs);
    const reading = { series: SERIES, observedAt: new Date(nth * everyMs).toISOString(), value: nth % 2 };
    const answer = await fetch(`${server}/v1/feeds/pulse/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.#bearer()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ readings: [reading] }),
      signal: AbortSignal.timeout(Math.min(everyMs, 10_000)),
    });
    await answer.body?.cancel();
    if (answer.status === 401) this.#key = undefined;
    if (!answer.ok) throw new Error(`the feed door answered ${answer.status}`);
  }

  async #bearer(): Promise<string> {
    if (!this.#key || Date.now() - this.#key.madeAt > KEY_GOOD_FOR_MS / 2) {
      const ends = new Date(Date.now() + KEY_GOOD_FOR_MS);
      this.#key = { text: await this.feedKeys.create(WATCHDOG, 'watchdog', ['pulse'], 'dead man', 'live', ends), madeAt: Date.now() };
    }
    return this.#key.text;
  }
}
