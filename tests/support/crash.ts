/** What crash tests share: senders that never give up, their ledger, and the one checker that reads the ledger against the journal. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '@comm-cell/board/events';
import { Journal } from '@comm-cell/api/journal/journal';
import { verifyBoard } from '@comm-cell/api/verify';
import type { Receipt } from '@comm-cell/contract/feed';
import type { TestPostgres } from './postgres.js';

interface Sent {
  id: string;
  readings: { series: string; at: number; value: number }[];
  /** The answer that promised durability; absent when there never was one. */
  receipt?: Receipt;
  attempts: number;
}

/** The way to the server of the moment: answers status and receipt, or throws when the line broke. */
export type Send = (id: string, body: { readings: object[] }) => Promise<{ status: number; body: Receipt }>;

let moment = Date.now() - 20 * 3_600_000;

export class Ledger {
  readonly sent: Sent[] = [];
  /** Answers nobody should get. */
  readonly faults: string[] = [];
  #writing = true;
  #random: () => number;

  constructor(
    private readonly name: string,
    seed = 1,
  ) {
    this.#random = randomOf(seed);
  }

  get acked(): Sent[] {
    return this.sent.filter((one) => one.receipt);
  }
  /** Batches that needed more than one try: those that met a fault. */
  get retried(): number {
    return this.sent.filter((one) => one.attempts > 1).length;
  }

  /** Sends batch after batch until `end`; one in five that fail is never tried again, so that its fate is the server's alone. */
  async write(send: Send, restMs = 0): Promise<void> {
    while (this.#writing) {
      const one = this.#next();
      while (this.#writing && !(await this.#try(one, send))) {
        if (this.#random() < 0.2) break;
        await pause(20 + this.#random() * 60);
      }
      if (restMs) await pause(restMs);
    }
  }

  end(): void {
    this.#writing = false;
  }

  /** Sends every batch without a receipt until it has one, and some again: the answer must be the one of before. */
  async settle(send: Send): Promise<void> {
    for (const one of this.sent) {
      for (let i = 0; i < 200 && !one.receipt; i++) if (!(await this.#try(one, send))) await pause(100);
      if (!one.receipt) this.faults.push(`${one.id} never got a receipt`);
    }
    for (const one of this.sent.slice(-20)) await this.#try(one, send);
  }

  #next(): Sent {
    const readings = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, (_, i) => ({
      series: `m.${1 + (i % 3)}@here`,
      at: (moment += 7),
      value: Math.floor(this.#random() * 10_000),
    }));
    const one: Sent = { id: `${this.name}-${this.sent.length + 1}`, readings, attempts: 0 };
    this.sent.push(one);
    return one;
  }

  async #try(one: Sent, send: Send): Promise<boolean> {
    one.attempts++;
    let answer: Awaited<ReturnType<Send>>;
    try {
      answer = await send(one.id, { readings: one.readings.map(({ series, at, value }) => ({ series, observedAt: new Date(at).toISOString(), value })) });
    } catch {
      return false;
    }
    if (answer.status === 503) return false;
    if (answer.status !== 201 && answer.status !== 200) this.faults.push(`${one.id} was answered ${answer.status}`);
    else if (one.receipt && JSON.stringify(one.receipt) !== JSON.stringify(answer.body)) this.faults.push(`${one.id} got two different receipts`);
    else if (!one.receipt) one.receipt = answer.body;
    return true;
  }
}

/** Everything the ledgers and the displays know against what is stored. An empty list is the proof. */
export async function faultsOf(postgres: Pick<TestPostgres, 'sql'>, url: string, ledgers: readonly Ledger[], seen: readonly Entry[] = []): Promise<string[]> {
  const faults = ledgers.flatMap((ledger) => ledger.faults);
  const journal = new Journal(url);
  try {
    faults.push(...(await verifyBoard(journal, 'small')).faults);
  } finally {
    await journal.close();
  }
  const stored = await postgres.sql<{ seq: string; at: number; body: string }>(
    url,
    'select seq, (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal order by seq',
  );
  const entries = new Map(stored.map(({ seq, at, body }) => [Number(seq), { seq: Number(seq), at, event: JSON.parse(body) as Entry['event'] }]));
  const journaled = new Map<string, { times: number; value: unknown; seq: number }>();
  for (const { seq, event } of entries.values()) {
    if (event.kind !== 'ReadingsRecorded') continue;
    for (const { series, at, value } of event.readings) {
      const key = `${series} ${at}`;
      journaled.set(key, { times: (journaled.get(key)?.times ?? 0) + 1, value, seq });
    }
  }
  const rows = await postgres.sql<{ key: string; value: number }>(
    url,
    `select s.series_id || ' ' || (extract(epoch from r.observed_at) * 1000)::bigint as key, r.value from readings r join series s using (board_id, series_no)`,
  );
  const projected = new Map(rows.map(({ key, value }) => [key, value]));

  const known = new Set<string>();
  for (const { id, readings, receipt } of ledgers.flatMap((ledger) => ledger.sent)) {
    const there = readings.map(({ series, at, value }) => {
      const key = `${series} ${at}`;
      known.add(key);
      const found = journaled.get(key);
      if (found && (found.times !== 1 || found.value !== value || projected.get(key) !== value))
        faults.push(`${id}: ${key} is in the journal ${found.times} times as ${String(found.value)}, in the projection as ${projected.get(key)}`);
      return found;
    });
    const present = there.filter((one) => one).length;
    if (receipt && present < readings.length) faults.push(`${id} was acknowledged and is lost`);
    else if (present > 0 && present < readings.length) faults.push(`${id} is there in part`);
    if (new Set(there.flatMap((one) => (one ? [one.seq] : []))).size > 1) faults.push(`${id} is spread over several events`);
    if (receipt && present > 0 && (receipt.fromSeq !== there[0]!.seq || receipt.accepted !== readings.length))
      faults.push(`${id}: its receipt names another place`);
  }
  for (const key of journaled.keys()) if (!known.has(key)) faults.push(`${key} was never sent`);
  for (const entry of seen)
    if (JSON.stringify(entry) !== JSON.stringify(entries.get(entry.seq)))
      faults.push(`a display was shown event ${entry.seq}, which is not in the journal like that`);
  return faults;
}

/** The same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let x = seed || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** A process and all that descend from it, the way a power cut takes them: at once. */
export function killTree(pid: number): void {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const tree = [pid];
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child);
  for (const one of tree) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // Its parent took it along.
    }
  }
}
