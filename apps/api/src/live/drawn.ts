/**
 * What displays report to have drawn, counted by the minute and written once a minute, apart from the live path: so that a replay
 * can say whether it matches what stood on the walls.
 */
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import { Journal } from '../journal/journal.js';

interface Report {
  board: BoardId;
  epoch: string;
  seq: number;
  /** SHA-256 (hex) of the state that was drawn. */
  hash: string;
  /** Which screen says so; a screen counts once for each thing it says in a minute. */
  display: string;
}

/** A board changes a few times between two beats at most; more different reports than this come from no honest screen. */
const DIFFERENT_MOST = 200;
const MINUTE_MS = 60_000;
const THIN_EVERY_MS = 6 * 3_600_000;
const HASH = /^[0-9a-f]{64}$/;

const WRITE = `
insert into drawn (board_id, epoch, seq, hash, displays, minute)
select *, to_timestamp($6::float8 / 1000) from unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::int[])
on conflict (board_id, seq, minute, epoch, hash) do update set displays = drawn.displays + excluded.displays`;
/** After two weeks the last report of each minute is enough, unless screens disagreed; after two years none is kept. */
const THIN = `
delete from drawn d where d.minute < now() - interval '2 years' or (
  d.minute between now() - interval '16 days' and now() - interval '14 days'
  and exists (select from drawn l where l.board_id = d.board_id and l.epoch = d.epoch and l.minute = d.minute and l.seq > d.seq)
  and not exists (select from drawn o where o.board_id = d.board_id and o.epoch = d.epoch and o.minute = d.minute and o.seq = d.seq and o.hash <> d.hash))`;

interface Counted {
  report: Report;
  displays: Set<string>;
}

@Injectable()
export class Drawn implements OnModuleInit, OnModuleDestroy {
  #counted = new Map<BoardId, Map<string, Counted>>();
  #timers: NodeJS.Timeout[] = [];

  constructor(private readonly journal: Journal) {}

  onModuleInit(): void {
    this.#timers.push(setInterval(() => void this.write(Date.now()).catch(() => {}), MINUTE_MS));
    this.#timers.push(setInterval(() => void this.thin().catch(() => {}), THIN_EVERY_MS));
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.write(Date.now()).catch(() => {});
  }

  take(report: Report): void {
    if (!HASH.test(report.hash)) return;
    let ofBoard = this.#counted.get(report.board);
    if (!ofBoard) this.#counted.set(report.board, (ofBoard = new Map()));
    const key = `${report.epoch} ${report.seq} ${report.hash}`;
    const counted = ofBoard.get(key);
    if (counted) counted.displays.add(report.display);
    else if (ofBoard.size < DIFFERENT_MOST) ofBoard.set(key, { report, displays: new Set([report.display]) });
  }

  /** Writes what was counted under the minute of `now` (epoch ms). What cannot be written is lost: the walls matter more. */
  async write(now: number): Promise<void> {
    const counted = [...this.#counted.values()].flatMap((ofBoard) => [...ofBoard.values()]);
    this.#counted.clear();
    if (counted.length === 0) return;
    await this.journal.pool.query(WRITE, [
      counted.map(({ report }) => report.board),
      counted.map(({ report }) => report.epoch),
      counted.map(({ report }) => report.seq),
      counted.map(({ report }) => report.hash),
      counted.map(({ displays }) => displays.size),
      Math.floor(now / MINUTE_MS) * MINUTE_MS,
    ]);
  }

  async thin(): Promise<void> {
    await this.journal.pool.query(THIN);
  }
}
