/** How each feed's names and files are read: saved by a person, looked up with every delivery that needs it. */
import { Injectable } from '@nestjs/common';
import type { BoardId, FeedId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import { feedMap, type FeedMap, type StoredMap } from '@comm-cell/contract/feeds';
import { DataSource } from 'typeorm';
import { StoreDown } from '../journal/journal.js';

@Injectable()
export class FeedMaps {
  constructor(private readonly database: DataSource) {}

  async of(board: BoardId, feed: FeedId): Promise<StoredMap | undefined> {
    const [row] = await this.#query<{ map: unknown; person_id: string; person_name: string; saved_at: Date }>(
      'select map, person_id, person_name, saved_at from feed_maps where board_id = $1 and feed_id = $2',
      [board, feed],
    );
    return row && { map: feedMap.parse(row.map), by: { id: row.person_id, name: row.person_name }, at: row.saved_at.getTime() };
  }

  async save(board: BoardId, feed: FeedId, map: FeedMap, by: Person): Promise<void> {
    await this.#query(
      `insert into feed_maps (board_id, feed_id, map, person_id, person_name) values ($1, $2, $3, $4, $5)
       on conflict (board_id, feed_id) do update
       set map = excluded.map, person_id = excluded.person_id, person_name = excluded.person_name, saved_at = now()`,
      [board, feed, JSON.stringify(map), by.id, by.name],
    );
  }

  async #query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return this.database.query<Row[]>(text, values).catch((error: unknown) => {
      throw new StoreDown(error);
    });
  }
}
