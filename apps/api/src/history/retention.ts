/**
 * Old readings go, what was made of them stays. A month of readings is dropped once it is older than the time it is kept and its
 * hours stand in the roll-ups; the journal with every event, alert, level and meeting is never touched, and neither is a month
 * that was not rolled up. How many readings went is kept, so that `npm run verify` can still add up.
 */
import type pg from 'pg';
import { connectOwner, DatabaseError } from '../database/schema.js';

/** Two winters and the summer between, with a month to spare. */
export const KEPT_MONTHS = 26;

export interface Retired {
  /** The month, as YYYY-MM. */
  month: string;
  readings: number;
}

/** One process retires at a time; another finds nothing to do. */
const RETIRING_LOCK = 4_216_002;

/** Whether the hours of a month are rolled up for every board that has readings in it. Given by the trends feature. */
export type IsRolledUp = (client: pg.Client, from: Date, to: Date) => Promise<boolean>;

/** Drops what may go, oldest first, a month at a time. Answers what went, and stops before a month that may not. */
export async function retireReadings(url: string, now: Date, isRolledUp: IsRolledUp, keptMonths = KEPT_MONTHS): Promise<Retired[]> {
  if (keptMonths < 1) throw new DatabaseError('Readings are kept for a month at least.');
  const client = await connectOwner(url);
  try {
    const { rows: locked } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [RETIRING_LOCK]);
    if (!locked[0]!.mine) return [];
    const retired: Retired[] = [];
    for (const { table, from, to } of await monthsBefore(client, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - keptMonths, 1)))) {
      if (!(await isRolledUp(client, from, to))) break;
      await client.query('begin');
      // Nobody may write into it between the count and the drop.
      await client.query(`lock table ${table} in access exclusive mode`);
      const month = from.toISOString().slice(0, 10);
      const { rows } = await client.query<{ readings: string | null }>(
        `with gone as (
           insert into readings_retired (board_id, month, readings) select board_id, $1::date, count(*) from ${table} group by board_id
           on conflict (board_id, month) do update set readings = readings_retired.readings + excluded.readings, retired_at = now() returning 1)
         select (select count(*) from ${table}) as readings from (select count(*) from gone) as written`,
        [month],
      );
      await client.query(`drop table ${table}`);
      await client.query('commit');
      retired.push({ month: month.slice(0, 7), readings: Number(rows[0]!.readings) });
    }
    return retired;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
}

async function monthsBefore(client: pg.Client, limit: Date): Promise<{ table: string; from: Date; to: Date }[]> {
  const { rows } = await client.query<{ table: string }>(
    `select c.relname as table from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'readings'::regclass and c.relname ~ '^readings_[0-9]{4}_[0-9]{2}$' order by c.relname`,
  );
  return rows
    .map(({ table }) => {
      const [, year, month] = /^readings_(\d{4})_(\d{2})$/.exec(table)!.map(Number) as [number, number, number];
      return { table, from: new Date(Date.UTC(year, month - 1, 1)), to: new Date(Date.UTC(year, month, 1)) };
    })
    .filter(({ to }) => to <= limit);
}
