/** What the sender and its watchman ask the outbox. Rows come into it with the append of their cause: journal/tell.sql.ts. */

/**
 * Takes rows that are due, each for one process until its lease is over. At most `$4` of one contact, the freshest first, so
 * that a dead address with a long past keeps nobody waiting; `$3`: contacts that have their fill in this process.
 */
export const CLAIM = `
with due as (
  select board_id, message_id, attempts, next_at, row_number() over (partition by board_id, contact_id order by attempts, next_at) as nth
  from outbox
  where board_id = any($1::text[]) and state = 'pending' and next_at <= now() and (leased_until is null or leased_until <= now())
    and board_id || ' ' || contact_id <> all($3::text[])
), mine as (
  select o.board_id, o.message_id from outbox o join due using (board_id, message_id)
  where due.nth <= $4 and o.state = 'pending' and o.next_at <= now() and (o.leased_until is null or o.leased_until <= now())
  order by due.attempts, due.next_at limit $2 for update of o skip locked
), claimed as (
  update outbox o set leased_until = now() + $5::float8 * interval '1 ms', attempts = o.attempts + 1
  from mine where o.board_id = mine.board_id and o.message_id = mine.message_id
  returning o.*
)
select c.board_id as board, c.message_id as id, c.seq, c.group_id as "group", c.contact_id as contact, c.channel, c.kind, c.about, c.body, c.attempts,
  p.address, p.secret, p.language, p.quiet, p.enabled
from claimed c left join contacts p on p.board_id = c.board_id and p.contact_id = c.contact_id and p.channel = c.channel`;

/** Delivered is delivered, whichever attempt it was. */
export const DELIVERED = `
update outbox set state = 'delivered', delivered_at = now(), leased_until = null, last_error = null
where board_id = $1 and message_id = $2 and state <> 'delivered'`;

/** Only the attempt that holds the row may say that it failed. `$4`: pause in ms. Given up when it has been tried for `$5` ms. */
export const FAILED = `
update outbox set last_error = $6, leased_until = null, next_at = now() + $4::float8 * interval '1 ms',
  state = case when now() - not_before > $5::float8 * interval '1 ms' then 'undelivered' else 'pending' end
where board_id = $1 and message_id = $2 and attempts = $3 and state = 'pending'`;

/** `$4`: epoch ms. Held back is not an attempt. */
export const HELD_BACK = `
update outbox set not_before = to_timestamp($4::float8 / 1000), next_at = to_timestamp($4::float8 / 1000), leased_until = null, attempts = attempts - 1
where board_id = $1 and message_id = $2 and attempts = $3 and state = 'pending'`;

/** What the board must show as undelivered and does not yet: `$2` are the messages it shows. */
export const STUCK = `
select message_id as id, group_id as "group", channel, about, round(extract(epoch from not_before) * 1000)::float8 as since,
  coalesce(last_error, 'it has not been sent yet') as detail
from outbox
where board_id = $1 and state in ('pending', 'undelivered') and message_id <> all($2::uuid[])
  and (state = 'undelivered' or now() - not_before > $3::float8 * interval '1 ms')
order by not_before limit 100`;

/** Of the messages the board shows as undelivered, those that are no longer. */
export const MENDED = `select message_id as id from outbox where board_id = $1 and message_id = any($2::uuid[]) and state in ('delivered', 'settled')`;

/** Once more, from the start: a message that was given up, to the same contact. */
export const AGAIN = `
update outbox set state = 'pending', attempts = 0, next_at = now(), not_before = now(), leased_until = null
where board_id = $1 and message_id = $2 and state = 'undelivered' and channel <> 'none'`;

/** A person has seen that nobody got it, and has told them otherwise. */
export const SETTLED = `update outbox set state = 'settled', leased_until = null where board_id = $1 and message_id = $2 and state in ('pending', 'undelivered')`;

export const REPLY_KEY = `
with fresh as (insert into reply_keys (board_id, secret) values ($1, $2) on conflict do nothing returning secret)
select secret from fresh union all select secret from reply_keys where board_id = $1 limit 1`;
