import pg from 'pg';
import { type CheckedOut, checkOut } from '../database/checked-out.js';

/** A connection that is out of its pool for as long as an answer is outstanding. */
interface Shared {
  out: Promise<CheckedOut>;
  outstanding: number;
}

/** Statements that go one behind the other on one connection, none waiting here for the answer to the one before it. */
export class Lane {
  #shared: Shared | undefined;

  /** `pool`: of connections with `pipeline`. */
  constructor(private readonly pool: pg.Pool) {}

  async query(query: pg.QueryConfig): Promise<pg.QueryResult> {
    const shared = (this.#shared ??= { out: checkOut(this.pool), outstanding: 0 });
    shared.outstanding++;
    try {
      const { client, doubt } = await shared.out;
      return await client.query(query).catch((error: Error) => {
        if (!(error instanceof pg.DatabaseError)) doubt(error);
        throw error;
      });
    } catch (error) {
      // Whatever comes next gets a connection of its own; after a mere refusal it may well be the same.
      this.#leave(shared);
      throw error;
    } finally {
      if (--shared.outstanding === 0) {
        this.#leave(shared);
        await shared.out.then((out) => out.giveBack()).catch(() => undefined);
      }
    }
  }

  #leave(shared: Shared): void {
    if (this.#shared === shared) this.#shared = undefined;
  }
}
