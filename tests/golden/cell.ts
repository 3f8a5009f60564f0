/** What people of a cell do between its meetings, and how a story says what stands there: actions, concerns, ideas. */
import { changeAction, closeAction, progressAction, type Quarters, raiseAction } from '@comm-cell/board/decide/actions';
import { changeConcern, closeConcern, declineConcern, raiseConcern } from '@comm-cell/board/decide/concerns';
import type { Decision } from '@comm-cell/board/decide/decision';
import { answerIdea, moveIdea, proposeIdea } from '@comm-cell/board/decide/ideas';
import { messagesFor } from '@comm-cell/board/decide/tell';
import type { Entry, Person } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { actionsView } from '@comm-cell/board/views/actions';
import { concernsView } from '@comm-cell/board/views/concerns';

/** Moments as a story writes them. */
export type MomentOf = (text: string) => number;

interface Said {
  no: number;
  text: string;
  owner: string;
  due: string;
  until: string;
  reason: string;
  figure: string;
  tile: string;
  concern: number;
  quarters: Quarters;
  note: string;
  result: string;
  tags: string[];
  accepted: boolean;
  to: 'trial' | 'done';
}

const DOES =
  /^(\S+) (raises an action|progresses|changes|closes action|raises a concern|writes of concern|closes concern|declines|proposes|answers idea|moves idea)$/;

/** The command of "matron raises a concern"; undefined for what is none of these. */
export function cellDeed(action: string, what: unknown, momentOf: MomentOf): ((state: BoardState, at: number) => Decision<object>) | undefined {
  const [, who = '', does = ''] = DOES.exec(action) ?? [];
  if (does === '') return undefined;
  const by: Person = { id: who, name: who };
  const { due: dueText, until, ...said } = what as Said;
  const due = dueText === undefined ? {} : { due: momentOf(dueText) };
  const all = { ...said, ...due, by };
  return (state, at): Decision<object> => {
    switch (does) {
      case 'raises an action': {
        const { text, ...rest } = all;
        return raiseAction(state, { ...rest, due: momentOf(dueText), what: text }, at);
      }
      case 'progresses':
        return progressAction(state, all);
      case 'changes':
        return changeAction(state, { ...all, reason: said.reason ?? 'said in the story' }, at);
      case 'closes action':
        return closeAction(state, all);
      case 'raises a concern': {
        const { figure, tile, ...rest } = all;
        return raiseConcern(state, { ...rest, about: { ...(figure && { figure }), ...(tile && { tile }) } }, at);
      }
      case 'writes of concern':
        return changeConcern(state, all, at);
      case 'closes concern':
        return closeConcern(state, all);
      case 'declines':
        return declineConcern(state, { figure: said.figure, reason: said.reason, until: momentOf(until), by }, at);
      case 'proposes':
        return proposeIdea(state, all);
      case 'answers idea':
        return answerIdea(state, { ...all, answer: said.text });
      default:
        return moveIdea(state, all);
    }
  };
}

/** What a story sees of the cell; undefined for what is none of it. `clock`: a moment as the story writes it. */
export function sayCell(what: string, state: BoardState, now: number, journal: readonly Entry[], clock: (moment: number) => string): string | undefined {
  if (what === 'actions') return actionsSaid(state, now, clock);
  const { concerns, offTarget, unjudged, ideas } = concernsView(state, now);
  if (what === 'concerns')
    return (
      concerns
        .map(({ no, status, text, owner, due, overdueMs }) =>
          [`${no} ${status}: ${text}`, owner, due !== undefined && `${overdueMs > 0 ? 'overdue since' : 'due'} ${clock(due)}`].filter(Boolean).join(', '),
        )
        .join(' · ') || 'none'
    );
  if (what === 'off target') {
    const said = offTarget.map(({ figure, concern, declined }) => {
      if (concern !== undefined) return `${figure} concern ${concern}`;
      return declined ? `${figure} declined until ${clock(declined.until)} (${declined.reason})` : `${figure} bare`;
    });
    return [...said, ...unjudged.map(({ figure }) => `${figure} not judged`)].join(' · ') || 'none';
  }
  if (what === 'ideas')
    return (
      ideas
        .map(({ no, status, answerBy, late }) =>
          [`${no} ${status}`, answerBy !== undefined && `${late ? 'should have been answered by' : 'answer by'} ${clock(answerBy)}`].filter(Boolean).join(', '),
        )
        .join(' · ') || 'none'
    );
  if (what === 'told of actions') return toldOf('Action', journal, clock);
  if (what === 'told of huddles') return toldOf('Huddle', journal, clock);
  if (what === 'called')
    return (
      Object.keys(state.called)
        .map((due) => clock(Number(due)))
        .join(' · ') || 'none'
    );
  return undefined;
}

function actionsSaid(state: BoardState, now: number, clock: (moment: number) => string): string {
  const said = actionsView(state, now).actions.map(({ no, owner, quarters, due, overdueMs, chased, escalatedTo }) =>
    [
      `${no} ${owner} ${quarters}/4`,
      `${overdueMs > 0 ? 'overdue since' : 'due'} ${clock(due)}`,
      chased > 0 && `chased ${chased}`,
      escalatedTo && `with ${escalatedTo.en}`,
    ]
      .filter(Boolean)
      .join(', '),
  );
  return said.join(' · ') || 'none';
}

/** Every message about an action, or about a huddle: when, of what kind, to whom. */
function toldOf(what: 'Action' | 'Huddle', journal: readonly Entry[], clock: (moment: number) => string): string {
  const told = journal.flatMap((entry, i) =>
    entry.event.kind.startsWith(what)
      ? messagesFor(evolveAll(emptyBoard, journal.slice(0, i + 1)), entry).map(({ kind, group }) => `${clock(entry.at)} ${kind} ${group}`)
      : [],
  );
  return told.join(' · ') || 'nothing';
}
