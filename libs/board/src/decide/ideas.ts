/** Ideas for doing it better: each gets an answer; what is accepted is tried out before it stays. */
import type { IdeaStatus } from '../cell.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

export type IdeaOutcome = { no: number } | { refused: Refused };

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });

export function proposeIdea(state: BoardState, { text, by }: { text: string; by: Person }): Decision<IdeaOutcome> {
  const no = (state.counts.ideas ?? 0) + 1;
  return { events: [{ kind: 'IdeaProposed', no, text, by }], outcome: { no } };
}

export interface AnswerIdea {
  no: number;
  accepted: boolean;
  /** A yes says who begins with it, a no says why. */
  answer: string;
  by: Person;
}

export function answerIdea(state: BoardState, { no, accepted, answer, by }: AnswerIdea): Decision<IdeaOutcome> {
  const idea = state.ideas[no];
  if (!idea) return refuse('no', 'unknown-idea', `There is no idea ${no}; it may be settled.`);
  if (idea.status !== 'proposed') return refuse('no', 'answered', `Idea ${no} has been answered.`);
  return { events: [{ kind: 'IdeaAnswered', no, accepted, answer, by }], outcome: { no } };
}

const NEXT: Readonly<Partial<Record<IdeaStatus, readonly string[]>>> = { accepted: ['trial', 'done'], trial: ['done'] };

export function moveIdea(state: BoardState, { no, to, note, by }: { no: number; to: 'trial' | 'done'; note: string; by: Person }): Decision<IdeaOutcome> {
  const idea = state.ideas[no];
  if (!idea) return refuse('no', 'unknown-idea', `There is no idea ${no}; it may be settled.`);
  if (!NEXT[idea.status]?.includes(to))
    return refuse('to', 'not-yet', idea.status === 'proposed' ? `Idea ${no} has not been answered yet.` : `Idea ${no} cannot go from ${idea.status} to ${to}.`);
  return { events: [{ kind: 'IdeaMoved', no, to, note, by }], outcome: { no } };
}
