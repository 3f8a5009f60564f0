/** `cell` of a board's file ↔ how the cell works, as it is journaled. */
import type { AgendaKind, CellDefinition } from '@comm-cell/board/cell';
import { DAY_MS, HOUR_MS, minuteOfDay } from '@comm-cell/board/time';
import { AGENDA_KINDS } from '@comm-cell/contract/cell';
import type { BoardFile, WrittenBoard } from '@comm-cell/contract/definition';
import { durationText, milliseconds, weekdayNames, weekdays } from './cadence.js';
import type { Source } from './source.js';

export function resolveCell(
  { cell, providers, board, groups }: BoardFile,
  source: Source,
  figures: Readonly<Record<string, unknown>>,
): CellDefinition | undefined {
  if (!cell) return undefined;
  const { tier, agenda, times, notice, reminder, tell, members, quorum, leads, scribes, measures, above, beside } = cell;
  for (const provider of Object.keys(members)) source.need(['cell', 'members', provider], 'provider', provider, providers);
  const most = Object.keys(members).length;
  if (quorum > most) source.say(['cell', 'quorum'], `there are only ${most} members`);
  measures.forEach(({ figure }, i) => source.need(['cell', 'measures', i, 'figure'], 'figure', figure, figures));
  if (above === board || beside?.includes(board)) source.say(['cell', above === board ? 'above' : 'beside'], 'leads back to the board itself');
  if (milliseconds(notice) % HOUR_MS !== 0) source.say(['cell', 'notice'], 'is counted in whole hours');
  const remindMs = reminder === undefined ? undefined : milliseconds(reminder);
  if ((remindMs ?? 0) > DAY_MS) source.say(['cell', 'reminder'], 'is given a day before at the earliest');
  tell?.forEach((group, i) => source.need(['cell', 'tell', i], 'group', group, groups));
  return {
    tier: tier as CellDefinition['tier'],
    agenda: Object.entries(agenda).map(([id, item]) => ({ id, kind: kindOf(id), ...item })),
    times: times.map(({ at, days, onHolidays }) => ({ at, days: weekdays(days), onHolidays })).sort((a, b) => minuteOfDay(a.at) - minuteOfDay(b.at)),
    noticeHours: milliseconds(notice) / HOUR_MS,
    ...(remindMs !== undefined && { remindMs }),
    ...(tell && { tell }),
    members: Object.entries(members).map(([provider, office]) => ({ provider, office })),
    quorum,
    leads,
    scribes,
    measures,
    ...(above !== undefined && { above }),
    ...(beside && { beside }),
  };
}

function kindOf(id: string): AgendaKind {
  return AGENDA_KINDS.find((kind) => kind === id) ?? 'own';
}

export function writtenCell(cell: CellDefinition): NonNullable<WrittenBoard['cell']> {
  const { tier, agenda, times, noticeHours, remindMs, tell, members, quorum, leads, scribes, measures, above, beside } = cell;
  return {
    tier,
    agenda: Object.fromEntries(agenda.map(({ id, title, minutes }) => [id, { title, minutes }])),
    times: times.map(({ at, days, onHolidays }) => ({ at, ...(days.length < 7 && { days: weekdayNames(days) }), onHolidays })),
    notice: durationText(noticeHours * HOUR_MS),
    ...(remindMs !== undefined && { reminder: durationText(remindMs) }),
    ...(tell && { tell: [...tell] }),
    members: Object.fromEntries(members.map(({ provider, office }) => [provider, office])),
    quorum,
    leads: [...leads],
    scribes: [...scribes],
    measures: measures.map((one) => ({ ...one })),
    ...(above !== undefined && { above }),
    ...(beside && { beside: [...beside] }),
  };
}
