/**
 * NOTIFY as a wake-up hint: a board's journal may have grown to a seq. It may be lost at any time, so whoever listens
 * also polls. The connection is renewed for ever.
 */
import pg from 'pg';

const RENEW_MS = 1_000;

export class WakeUp {
  #client: pg.Client | undefined;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly onGrown: (board: string, seq: number) => void,
  ) {}

  async start(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client({ connectionString: this.url, application_name: 'comm-cell wake-up', keepAlive: true, connectionTimeoutMillis: 3_000 });
    const renew = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      client.end().catch(() => {});
      if (!this.#closed) this.#timer = setTimeout(() => void this.start(), RENEW_MS);
    };
    this.#client = client;
    client.on('error', renew);
    client.on('end', renew);
    client.on('notification', ({ payload = '' }) => {
      const [board, seq] = payload.split(' ');
      // Anybody with access may notify: without a seq it only says "look".
      if (board) this.onGrown(board, /^\d+$/.test(seq ?? '') ? Number(seq) : Infinity);
    });
    try {
      await client.connect();
      await client.query('listen journal');
    } catch {
      renew();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }
}
