/**
 * Row-level security on every table with board data, whichever migration made it: found in the catalogue of the database, so
 * that a new table cannot be forgotten. The server's own role goes on seeing all boards (it serves them all); the reader sees
 * the board its transaction names, of the tables it was granted.
 */
import type pg from 'pg';

export const UNWALLED = `
  select c.oid::regclass::text as "table"
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'board_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and not (c.relrowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'one_board'))`;

/** Does nothing where the wall stands already. */
export async function wallBoards(client: pg.ClientBase, server: string, reader: string): Promise<void> {
  const { rows } = await client.query<{ table: string }>(UNWALLED);
  for (const { table } of rows) {
    await client.query(`
      begin;
      drop policy if exists every_board on ${table};
      drop policy if exists one_board on ${table};
      create policy every_board on ${table} to ${server} using (true) with check (true);
      create policy one_board on ${table} for select to ${reader} using (board_id = current_setting('commcell.board', true));
      alter table ${table} enable row level security;
      commit`);
  }
}
