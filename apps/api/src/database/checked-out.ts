import type pg from 'pg';

/**
 * Work on one connection of a pool (of steady ones). A connection that breaks meanwhile, or that `work` leaves in doubt, is thrown away.
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
