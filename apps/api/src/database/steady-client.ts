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
