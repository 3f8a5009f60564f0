/** What people are told is written with its cause: the part of the append that fills the outbox. Sending it is notify's work. */
import type { Message } from '@comm-cell/board/decide/tell';

/** What is told of one journal entry. */
export interface Told {
  seq: number;
  messages: readonly Message[];
}

/**
 * Two expressions for the `with` list of the statement that appends the entries, so that a message is as durable as its cause
 * and exists if and only if that does. They read the board from an expression `head (board_id)`, which is empty when nothing
 * was appended, and seven parameters from `$first` on:
 *
 *     seqs bigint[] · ordinals smallint[] · groups text[] · kinds text[] · abouts text[]
 *     not_before float8[] (epoch ms; null = at once, by the database's clock) · bodies text, parted by U+001E
 *
 * A group has one row for each of its enabled contacts; a group without any has one row that is undelivered from the start.
 */
export function tell(first: number): string {
  const [seqs, ordinals, groups, kinds, abouts, notBefore, bodies] = Array.from({ length: 7 }, (_, i) => `$${first + i}`);
  return `
message as (
  select head.board_id, m.* from head, unnest(
    ${seqs}::bigint[], ${ordinals}::smallint[], ${groups}::text[], ${kinds}::text[], ${abouts}::text[], ${notBefore}::float8[], string_to_array(${bodies}, E'\\x1e')
  ) as m(seq, ordinal, group_id, kind, about, not_before, body)
), told as (
  insert into outbox (board_id, seq, ordinal, group_id, contact_id, channel, kind, about, body, not_before, next_at, state, last_error)
  select m.board_id, m.seq, m.ordinal, m.group_id, coalesce(c.contact_id, ''), coalesce(c.channel, 'none'), m.kind, m.about, m.body,
    coalesce(to_timestamp(m.not_before / 1000), now()), coalesce(to_timestamp(m.not_before / 1000), now()),
    case when c.contact_id is null then 'undelivered' else 'pending' end,
    case when c.contact_id is null then 'the group has no contact' end
  from message m left join lateral (
    select contact_id, channel from contacts where board_id = m.board_id and group_id = m.group_id and enabled) as c on true
)`;
}

/** The parameters of `tell`, in its order. `at`: the moment of the entries. */
export function tellValues(told: readonly Told[], at: number): unknown[] {
  const rows = told.flatMap(({ seq, messages }) => messages.map((message, ordinal) => ({ seq, ordinal, message })));
  return [
    rows.map(({ seq }) => seq),
    rows.map(({ ordinal }) => ordinal),
    rows.map(({ message }) => message.group),
    rows.map(({ message }) => message.kind),
    rows.map(({ message }) => message.about),
    rows.map(({ message }) => (message.notBefore > at ? message.notBefore : null)),
    // JSON text has no control characters of its own.
    rows.map(({ message: { group: _group, notBefore: _notBefore, ...body } }) => JSON.stringify(body)).join('\x1e'),
  ];
}
