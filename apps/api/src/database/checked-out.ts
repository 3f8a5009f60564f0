import type pg from 'pg';

/** A connection that is out of its pool. One that is left in doubt is thrown away when it is given back. */
export interface CheckedOut {
  client: pg.PoolClient;
  doubt(fault: Error): void;
  giveBack(): void;
}

/** Out of a pool of steady ones (steady-client). The pool itself throws away what comes back broken. */
export async function checkOut(pool: pg.Pool): Promise<CheckedOut> {
  const client = await pool.connect();
  let broken: Error | undefined;
  return { client, doubt: (fault) => void (broken ??= fault), giveBack: () => client.release(broken) };
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
