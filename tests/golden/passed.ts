/** What cells pass to each other, from the side of one of them, and how a story says what waits and how the cells below stand. */
import type { Answer, CellReport, Way } from '@comm-cell/board/cell';
import type { Decision } from '@comm-cell/board/decide/decision';
import { answerPassed, type Neighbours, passOn, takeBack, takeIn, takeReport } from '@comm-cell/board/decide/pass-on';
import { messagesFor } from '@comm-cell/board/decide/tell';
import type { Entry, Person } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { tiersView } from '@comm-cell/board/views/tiers';
import type { MomentOf } from './cell.js';

const label = (text: string): { en: string; cy: string } => ({ en: text, cy: text });
/** The cells around the one of the story. */
const AROUND: Neighbours = {
  up: { system: label('system') },
  down: { 'ward-a': label('ward-a'), 'ward-b': label('ward-b') },
  sideways: { 'next-door': label('next-door') },
};

interface Said {
  way: Way;
  type: string;
  text: string;
  to: string;
  concern: number;
  action: number;
  'answer by': string;
  from: string;
  no: number;
  answer: Answer;
  level: number;
  waits: number;
  gone: boolean;
  seq: number;
}

const DOES = /^(\S+) (passes on|brings|answers from|brings the answer|reports)$/;

/** "matron passes on"; "system brings" and "ward-a reports" are the relay's doing on behalf of another board. */
export function passedDeed(action: string, what: unknown, momentOf: MomentOf): ((state: BoardState, at: number) => Decision<object>) | undefined {
  const [, who = '', does = ''] = DOES.exec(action) ?? [];
  if (does === '') return undefined;
  const { 'answer by': until, concern, action: task, ...said } = what as Said;
  const by: Person = { id: who, name: who };
  const answerBy = until === undefined ? {} : { answerBy: momentOf(until) };
  return (state, at): Decision<object> => {
    switch (does) {
      case 'passes on': {
        const about = { ...(concern !== undefined && { concern }), ...(task !== undefined && { action: task }) };
        return passOn(state, { ...said, ...answerBy, ...(Object.keys(about).length > 0 && { about }), by }, AROUND, at);
      }
      case 'brings':
        return takeIn(state, who, label(who), { no: said.no, way: said.way, to: 'here', type: said.type, text: said.text, ...answerBy, at, by });
      case 'answers from':
        return answerPassed(state, { ...said, text: said.text ?? '', by });
      case 'brings the answer':
        return takeBack(state, who, {
          ...said,
          from: 'here',
          way: 'up',
          type: 'safety',
          at,
          by,
          answer: { answer: said.answer, text: said.text ?? '', at, by },
        });
      default:
        return takeReport(state, who, said.gone ? null : reportOf(who, said, at), at);
    }
  };
}

const LOOKS = ['ok', 'watch', 'act', 'critical'] as const;

function reportOf(who: string, { level, waits, seq }: Pick<Said, 'level' | 'waits' | 'seq'>, at: number): CellReport {
  const look = LOOKS[level - 1] ?? 'critical';
  return {
    name: label(who),
    tier: 1,
    of: { epoch: 'a', seq },
    ...(level !== undefined && { level: { mark: 'OPEL', indicative: false, calculated: { low: level, high: level, look, since: 0, known: 9, of: 9 } } }),
    ...(waits !== undefined && { open: { count: waits, since: at, answerBy: at } }),
  };
}

/** undefined for what is none of it. */
export function sayPassed(what: string, state: BoardState, now: number, journal: readonly Entry[], clock: (moment: number) => string): string | undefined {
  const { waiting, answered, below } = tiersView(state, now);
  if (what === 'waiting')
    return (
      waiting
        .map(({ dir, board, no, type, missedMs, answerBy }) =>
          [`${dir} ${board} ${no} ${type.en}`, answerBy !== undefined && `${missedMs > 0 ? 'missed' : 'by'} ${clock(answerBy)}`].filter(Boolean).join(', '),
        )
        .join(' · ') || 'nothing'
    );
  if (what === 'answered')
    return answered.map(({ dir, board, no, answer }) => `${dir} ${board} ${no} ${answer!.answer}: ${answer!.text}`).join(' · ') || 'nothing';
  if (what === 'below')
    return (
      below
        .map(({ board, level, unheard, heardAt, open }) =>
          [
            `${board} ${level?.calculated?.high ?? '?'} ${level?.look ?? 'none'}`,
            `${unheard ? 'not heard since' : 'heard'} ${clock(heardAt)}`,
            open && `${open.count} waiting`,
          ]
            .filter(Boolean)
            .join(', '),
        )
        .join(' · ') || 'none'
    );
  if (what === 'told of passing')
    return (
      journal
        .flatMap((entry, i) =>
          /^(Arrived|AnswerArrived|AnswerMissed)$/.test(entry.event.kind)
            ? messagesFor(evolveAll(emptyBoard, journal.slice(0, i + 1)), entry).map(({ kind, group }) => `${clock(entry.at)} ${kind} ${group}`)
            : [],
        )
        .join(' · ') || 'nobody'
    );
  return undefined;
}
