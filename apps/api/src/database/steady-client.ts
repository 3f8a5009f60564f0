import pg from 'pg';

/**
 * A connection whose end never takes the process down. A pool takes its listener off when it hands a connection out, and whoever
 * asked for it gets it a moment later: a Postgres that dies in between speaks to nobody, and an 'error' nobody hears ends the
 * process. The next query on the connection reports it.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

/** A pool of them. */
export function steadyPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ Client: SteadyClient, ...config });
  // It speaks of its idle ones for itself.
  pool.on('error', () => {});
  return pool;
}
