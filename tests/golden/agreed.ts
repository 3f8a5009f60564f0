/** What a cell agrees on, and how a story says what stands of it: goals, the charter, the rules of meetings. */
import { acceptCharter, writeCharter } from '@comm-cell/board/decide/charter';
import type { Decision } from '@comm-cell/board/decide/decision';
import { agreeGoal, closeGoal, measureGoal, reviewGoal } from '@comm-cell/board/decide/goals';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { charterView, protocolView } from '@comm-cell/board/views/charter';
import { goalViews } from '@comm-cell/board/views/goals';
import type { MomentOf } from './cell.js';

interface Said {
  no: number;
  title: string;
  figure: string;
  unit: string;
  from: string;
  to: string;
  'at most': number;
  'at least': number;
  due: string;
  owner: string;
  every: number;
  at: string;
  value: number;
  track: 'yes' | 'no' | 'cannot-tell';
  reached: boolean;
  note: string;
  seen: number;
  text: string;
  version: number;
  for: string;
  office: string;
}

const DOES = /^(\S+) (agrees a goal|measures goal|reviews goal|closes goal|writes the charter|accepts the charter)$/;

/** The command of "lead agrees a goal"; undefined for what is none of these. */
export function agreedDeed(action: string, what: unknown, momentOf: MomentOf): ((state: BoardState, at: number) => Decision<object>) | undefined {
  const [, who = '', does = ''] = DOES.exec(action) ?? [];
  if (does === '') return undefined;
  const by: Person = { id: who, name: who };
  const said = what as Said;
  const { no, note } = said;
  const both = (text: string): { en: string; cy: string } => ({ en: text, cy: text });
  return (state, at): Decision<object> => {
    switch (does) {
      case 'agrees a goal': {
        const { title, figure, unit, from, to, due, owner, every: reviewDays } = said;
        const target = said['at most'] === undefined ? { atLeast: said['at least'] } : { atMost: said['at most'] };
        const measure = { ...(figure && { figure }), ...(unit && { unit }) };
        const baseline = { from: momentOf(from), to: momentOf(to) };
        return agreeGoal(state, { title: both(title), ...measure, baseline, target, due: momentOf(due), owner, reviewDays, by }, at);
      }
      case 'measures goal':
        return measureGoal(state, { no, at: momentOf(said.at), value: said.value, by }, at);
      case 'reviews goal':
        return reviewGoal(state, { no, onTrack: said.track, note, by });
      case 'closes goal':
        return closeGoal(state, { no, reached: said.reached, note, by });
      case 'writes the charter':
        return writeCharter(state, { version: said.seen, text: both(said.text), by });
      default:
        return acceptCharter(state, { version: said.version, provider: said.for, name: said.office, by });
    }
  };
}

/** What a story sees of it; undefined for what is none of it. `clock`: a moment as the story writes it. */
export function sayAgreed(what: string, state: BoardState, now: number, clock: (moment: number) => string): string | undefined {
  if (what === 'goals')
    return (
      goalViews(state, now)
        .map(({ no, standing, latest, figure, reviewDue, overdueMs, actions }) =>
          [
            `${no} ${standing}`,
            `at ${latest?.value ?? figure?.now?.value ?? 'nothing'}`,
            `look again ${clock(reviewDue)}`,
            overdueMs > 0 && 'overdue',
            actions.length > 0 && `action ${actions.join(' ')}`,
          ]
            .filter(Boolean)
            .join(', '),
        )
        .join(' · ') || 'none'
    );
  if (what === 'charter') {
    const charter = charterView(state);
    if (!charter) return 'none';
    const accepted = charter.members.map(({ provider, accepted: one }) => `${provider} ${one ? `${one.name} ${clock(one.at)}` : 'not yet'}`);
    return [`version ${charter.version}`, ...accepted].join(', ');
  }
  if (what.startsWith('protocol ')) {
    const { kept = {} } = protocolView(state)?.huddles.find(({ no }) => no === Number(what.slice(9))) ?? {};
    return (
      Object.entries(kept)
        .map(([rule, one]) => `${rule} ${one ? 'kept' : 'not kept'}`)
        .join(', ') || 'none'
    );
  }
  return undefined;
}
