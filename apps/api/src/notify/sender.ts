/**
 * Sends what stands in the outbox: at least once, and never twice while nobody dies. A row is taken for the time of a lease;
 * it counts as delivered only after the other side has taken it. A process that ends in between leaves the row to another
 * one, which sends it again under the same id.
 */
import { quietUntil } from '@comm-cell/board/rules/hours';
import type { Hours } from '@comm-cell/board/rule';
import type { DataSource } from 'typeorm';
import type { Keepers } from '../keeper/keepers.js';
import { Undelivered } from './channels/channel.js';
import type { Channels } from './channels/registry.js';
import { type Body, type Language, languageOf, letterOf } from './letter.js';
import { reasonOf } from './outbound.js';
import * as sql from './outbox.sql.js';
import type { ReplyLinks } from './reply-links.js';
import type { NotifySettings } from './settings.js';

/** Sent at the same time by one process, and of those to one contact. */
const PARALLEL = 32;
const PER_CONTACT = 2;
const POLL_MS = 1_000;

interface Row {
  board: string;
  id: string;
  contact: string;
  channel: string;
  kind: string;
  about: string;
  body: string;
  attempts: number;
  /** Absent when the contact is gone. */
  address: string | null;
  secret: string | null;
  language: Language | null;
  quiet: Hours | null;
  enabled: boolean | null;
}

export class Sender {
  #inFlight = new Map<string, number>();
  #sending = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | undefined;
  #more = false;
  #stopped = false;

  constructor(
    private readonly database: DataSource,
    private readonly keepers: Pick<Keepers, 'get' | 'all'>,
    private readonly channels: Channels,
    private readonly links: ReplyLinks,
    private readonly settings: NotifySettings,
    /** Where people reach this server. */
    private readonly server: () => string,
    private readonly report: (message: string) => void,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.kick(), POLL_MS);
    this.kick();
  }

  /** Takes no more, and waits for what is on its way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#claiming;
    await Promise.all(this.#sending);
  }

  /** There may be something to send. */
  kick(): void {
    this.#more = true;
    if (this.#stopped || this.#claiming) return;
    this.#claiming = this.#claimAll()
      .catch((error: unknown) => this.report(`The outbox cannot be read (${error instanceof Error ? error.message : String(error)}); trying again.`))
      .finally(() => {
        this.#claiming = undefined;
        if (this.#more && !this.#stopped && this.#sending.size < PARALLEL) this.kick();
      });
  }

  async #claimAll(): Promise<void> {
    this.#more = false;
    const free = PARALLEL - this.#sending.size;
    if (free <= 0) return;
    const full = [...this.#inFlight].flatMap(([contact, n]) => (n >= PER_CONTACT ? [contact] : []));
    const boards = this.keepers.all().map(({ board }) => board);
    const leaseMs = this.settings.NOTIFY_ATTEMPT_MS + this.settings.NOTIFY_LEASE_MORE_MS;
    const rows = await this.database.query<Row[]>(sql.CLAIM, [boards, free, full, PER_CONTACT, leaseMs]);
    for (const row of rows) {
      const contact = `${row.board} ${row.contact}`;
      this.#inFlight.set(contact, (this.#inFlight.get(contact) ?? 0) + 1);
      const sending = this.#carry(row)
        .catch((error: unknown) => this.report(`Message ${row.id} cannot be marked (${error instanceof Error ? error.message : String(error)}).`))
        .finally(() => {
          const left = this.#inFlight.get(contact)! - 1;
          if (left > 0) this.#inFlight.set(contact, left);
          else this.#inFlight.delete(contact);
          this.#sending.delete(sending);
          this.kick();
        });
      this.#sending.add(sending);
    }
  }

  async #carry(row: Row): Promise<void> {
    const { NOTIFY_ATTEMPT_MS, NOTIFY_GIVE_UP_MS } = this.settings;
    const body = JSON.parse(row.body) as Body;
    const definition = this.keepers.get(row.board)?.snapshot.state.definition ?? null;
    const now = new Date();
    if (body.canWait && row.quiet && definition) {
      const until = quietUntil(row.quiet, definition.zone, now.getTime());
      if (until > now.getTime()) {
        await this.database.query(sql.HELD_BACK, [row.board, row.id, row.attempts, until]);
        return;
      }
    }
    const signal = AbortSignal.timeout(NOTIFY_ATTEMPT_MS);
    try {
      const channel = this.channels[row.channel];
      if (row.address === null || !row.enabled) throw new Undelivered('the contact was removed or switched off');
      if (!channel) throw new Undelivered('there is no such channel any more');
      const about = body.alert?.no ?? (body.action && (`a${body.action.no}` as const));
      const until = now.getTime() + this.settings.REPLY_LINK_MS;
      const reply = about === undefined ? undefined : await this.links.make(row.board, about, row.contact, until);
      const letter = letterOf(row, body, languageOf(definition, row.language), this.server(), now, reply);
      await inTime(channel.send({ address: row.address, secret: row.secret }, letter, signal), signal);
    } catch (error) {
      await this.database.query(sql.FAILED, [row.board, row.id, row.attempts, this.#pause(row.attempts), NOTIFY_GIVE_UP_MS, reasonOf(error, signal)]);
      return;
    }
    await this.database.query(sql.DELIVERED, [row.board, row.id]);
  }

  /** Twice as long after each attempt, and never the same for two messages: a sink that comes back is not run over. */
  #pause(attempts: number): number {
    const { NOTIFY_PAUSE_MS, NOTIFY_LONGEST_PAUSE_MS } = this.settings;
    return Math.min(NOTIFY_LONGEST_PAUSE_MS, NOTIFY_PAUSE_MS * 2 ** Math.min(attempts - 1, 20)) * (0.5 + this.random() / 2);
  }
}

/** Some libraries do not hear a signal; nobody waits for them. */
export async function inTime(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  sending.catch(() => {});
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
