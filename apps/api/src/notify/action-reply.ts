/** What a reply link says of an action, and what may be answered: that it is done, or a word about it. */
import { closeAction, progressAction } from '@comm-cell/board/decide/actions';
import type { Refused } from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { offsetMsAt } from '@comm-cell/board/time';
import { progressBody } from '@comm-cell/contract/concerns';
import { closeActionBody } from '@comm-cell/contract/desk';
import { inBoth, paragraph } from './html.js';

const WORDS = {
  over: { en: 'This action is closed.', cy: 'Mae’r weithred hon wedi’i chau.' },
  done: { en: 'It is done', cy: 'Mae wedi’i gwneud' },
  result: { en: 'What came of it', cy: 'Y canlyniad' },
  comment: { en: 'Send a word', cy: 'Anfon gair' },
  note: { en: 'How it stands', cy: 'Sut mae’n sefyll' },
  noPatients: { en: 'Write nothing about any patient.', cy: 'Peidiwch ag ysgrifennu dim am unrhyw glaf.' },
} as const;

/** The page's parts. What the action is stands on the board, not here: this page asks for no sign-in. */
export function actionParts(state: BoardState, no: number): string[] {
  const action = state.actions[no];
  if (!action) return [paragraph(WORDS.over)];
  const zone = state.definition?.zone;
  const local = new Date(action.due + (zone ? offsetMsAt(zone, action.due) : 0)).toISOString().slice(0, 16).replace('T', ' ');
  const quarters = action.quarters ?? 0;
  return [
    ...(state.definition ? [paragraph(state.definition.name)] : []),
    `<h1>${inBoth({ en: `Action ${no}, due ${local}`, cy: `Gweithred ${no}, erbyn ${local}` })}</h1>`,
    paragraph({ en: `${quarters} of 4 quarters`, cy: `${quarters} o 4 chwarter` }),
    paragraph(WORDS.noPatients),
    form('result', WORDS.result, WORDS.done),
    form('note', WORDS.note, WORDS.comment),
  ];
}

function form(name: string, label: { en: string; cy: string }, button: { en: string; cy: string }): string {
  return `<form method="post"><p><label>${inBoth(label)}<br><input name="${name}" required maxlength="200" autocomplete="off"></label></p><button>${inBoth(button)}</button></form>`;
}

/** What was typed into one of the two forms, as a command; undefined for anything else. */
export function actionCommand(no: number, body: unknown, by: Person): ((state: BoardState) => Decision<{ no: number } | { refused: Refused }>) | undefined {
  const closing = closeActionBody.safeParse(body);
  if (closing.success) return (state) => closeAction(state, { no, by, ...closing.data });
  const saying = progressBody.safeParse(body);
  return saying.success && saying.data.note !== undefined ? (state) => progressAction(state, { no, by, note: saying.data.note! }) : undefined;
}
