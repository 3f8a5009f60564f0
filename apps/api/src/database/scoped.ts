/**
 * Reads on a person's behalf, of one board alone. The route has asked already whether the person may; this is the second wall:
 * the connections belong to a role that may only read, and row-level security shows it no row of any board but the named one
 * (invariants I13, I38). Without a name it sees nothing.
 */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { checkedOut } from './checked-out.js';
import { READER_ROLE } from './schema.js';
import { steadyPool } from './steady-client.js';

/** One connection inside its transaction. Statements may have names, so that their plans are kept. */
export type BoardQuery = Pick<pg.ClientBase, 'query'>;

@Injectable()
export class BoardReads implements OnModuleDestroy {
  readonly #pool: pg.Pool;

  /** The data source is asked for because it exists only once the roles and policies do. */
  constructor(@Inject(CONFIG) { DATABASE_URL }: Pick<Config, 'DATABASE_URL'>, _migrated: DataSource) {
    this.#pool = steadyPool({
      connectionString: DATABASE_URL,
      application_name: 'comm-cell reader',
      max: 4,
      connectionTimeoutMillis: 3_000,
      query_timeout: 16_000,
      keepAlive: true,
      options: `-c role=${READER_ROLE} -c statement_timeout=15000 -c idle_in_transaction_session_timeout=20000 -c tcp_user_timeout=5000`,
    });
  }

  /** `work` reads one consistent picture of the board, in one read-only transaction; it sees no other board. */
  async scoped<Result>(board: string, work: (query: BoardQuery) => Promise<Result>): Promise<Result> {
    return checkedOut(this.#pool, async (client, doubt) => {
      try {
        await client.query(`begin isolation level repeatable read read only; set local commcell.board = ${client.escapeLiteral(board)}`);
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that could not be rolled back might still carry the board it was opened for.
        await client.query('rollback').catch(doubt);
        throw error;
      }
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#pool.end();
  }
}
