import type pg from 'pg';

/** A connection that is out of its pool. One that is left in doubt is thrown away when it is given back. */
export interface CheckedOut {
  client: pg.PoolClient;
  doubt(fault: Error): void;
  giveBack(): void;
}

/** Out of a pool of steady ones (steady-client): the pool does not listen for the end of what is out. */
export async function checkOut(pool: pg.Pool): Promise<CheckedOut> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const doubt = (fault: Error): void => void (broken ??= fault);
  client.on('error', doubt);
  const giveBack = (): void => {
    client.off('error', doubt);
    client.release(broken);
  };
  return { client, doubt, giveBack };
}

/** Work on one connection of a pool. */
export async function checkedOut<Result>(pool: pg.Pool, work: (client: pg.PoolClient, doubt: (fault: Error) => void) => Promise<Result>): Promise<Result> {
  const { client, doubt, giveBack } = await checkOut(pool);
  try {
    return await work(client, doubt);
  } finally {
    giveBack();
  }
}
