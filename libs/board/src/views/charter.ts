/** The charter with who has accepted it, and whether each held meeting kept what was agreed about meetings. */
import type { HeldHuddle } from '../cell.js';
import type { Label, ProviderId } from '../definition.js';
import type { BoardState } from '../state.js';
import { healthOf } from './huddle.js';

export interface CharterView {
  version: number;
  text: Label;
  at: number;
  by: string;
  members: { provider: ProviderId; name: Label; office: Label; accepted?: { name: string; at: number } }[];
  accepted: number;
}

/** Undefined: none has been written. */
export function charterView({ definition, charter: { now } }: BoardState): CharterView | undefined {
  if (!definition || !now) return undefined;
  const members = (definition.cell?.members ?? []).map(({ provider, office }): CharterView['members'][number] => {
    const accepted = now.accepted[provider];
    return { provider, name: definition.providers[provider]?.name ?? { en: provider, cy: provider }, office, ...(accepted && { accepted }) };
  });
  const { version, text, at, by } = now;
  return { version, text, at, by: by.name, members, accepted: members.filter(({ accepted }) => accepted).length };
}

/** Announced early enough; enough organisations; begun on time; every item come to; what was agreed done by the next one. */
export const PROTOCOL = ['notice', 'quorum', 'on-time', 'agenda', 'actions'] as const;
export type ProtocolRule = (typeof PROTOCOL)[number];

export interface ProtocolView {
  /** Ascending. A rule that cannot be judged for a huddle is missing there. */
  huddles: { no: number; openedAt: number; kept: Partial<Record<ProtocolRule, boolean>> }[];
  rules: { rule: ProtocolRule; kept: number; of: number }[];
}

const LATELY = 12;

/** Undefined: the board has no cell. */
export function protocolView(state: BoardState): ProtocolView | undefined {
  const cell = state.definition?.cell;
  if (!cell) return undefined;
  const held = Object.values(state.huddles).sort((a, b) => a.no - b.no);
  const huddles = held.slice(-LATELY).map((one) => ({ no: one.no, openedAt: one.openedAt, kept: keptOf(one, cell) }));
  return {
    huddles,
    rules: PROTOCOL.map((rule) => {
      const judged = huddles.flatMap(({ kept }) => kept[rule] ?? []);
      return { rule, kept: judged.filter(Boolean).length, of: judged.length };
    }),
  };
}

function keptOf(held: HeldHuddle, cell: { noticeHours: number }): Partial<Record<ProtocolRule, boolean>> {
  const { noticeKept, quorum, onTime, closed } = healthOf(held, cell);
  const { agenda } = held;
  return {
    notice: noticeKept,
    quorum,
    ...(onTime === undefined ? {} : { 'on-time': onTime }),
    ...(agenda.of === 0 ? {} : { agenda: agenda.held === agenda.of }),
    ...(closed === undefined ? {} : { actions: closed === 1 }),
  };
}
