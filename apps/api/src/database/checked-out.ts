import type pg from 'pg';

/**
 * Work on one connection of a pool. While it is out, the pool does not listen for its end: without a listener of our own a
 * restart of Postgres would take the process down. A connection that `work` leaves in doubt is thrown away.
 */
export async function checkedOut<Result>(pool: pg.Pool, work: (client: pg.PoolClient, doubt: (fault: Error) => void) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const ended = (fault: Error): void => void (broken ??= fault);
  client.on('error', ended);
  try {
    return await work(client, ended);
  } finally {
    client.off('error', ended);
    client.release(broken);
  }
}
