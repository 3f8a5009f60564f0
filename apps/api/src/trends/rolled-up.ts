/** What retention asks before readings may go (history/retention): the roll-ups of every board have taken them in. */
import type pg from 'pg';

const BEHIND = `
select 1 from board_head b left join reading_hours_head h using (board_id)
where (h.seq is null or h.epoch <> b.epoch or h.seq < b.seq)
  and exists (select from readings r where r.board_id = b.board_id and r.observed_at >= $1 and r.observed_at < $2 and r.seq > coalesce(case when h.epoch = b.epoch then h.seq end, 0))
limit 1`;

/** Whether every reading observed in the stretch stands in an hour of the roll-ups. */
export async function isRolledUp(client: pg.ClientBase, from: Date, to: Date): Promise<boolean> {
  return (await client.query(BEHIND, [from, to])).rows.length === 0;
}
