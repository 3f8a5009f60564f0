/** Words for what goes between cells, in both languages: on the wall, on the cell's page and in the huddle. */
import type { Answer, Way } from '@comm-cell/board/cell';
import type { Tongue } from '../../words.js';
import { belowWords } from './below-words.js';

const en = {
  ...belowWords.en,
  missedBy: (age: string) => `should have been answered ${age} ago`,
  answerBy: (time: string) => `answer by ${time}`,
  waits: (age: string) => `without an answer for ${age}`,
  way: {
    out: { up: (name) => `passed up to ${name}`, down: (name) => `word to ${name}`, sideways: (name) => `help asked of ${name}` },
    in: { up: (name) => `passed up by ${name}`, down: (name) => `word from ${name}`, sideways: (name) => `${name} asks for help` },
  } as Record<'out' | 'in', Record<Way, (name: string) => string>>,
  ask: { up: 'Pass up', down: 'Send word down', sideways: 'Ask for help' } satisfies Record<Way, string>,
  askText: { up: 'Why it is passed up', down: 'The message', sideways: 'What is needed' } satisfies Record<Way, string>,
  about: 'Which concern or action',
  concern: (no: number) => `Concern ${no}`,
  action: (no: number) => `Action ${no}`,
  type: 'Of what kind',
  to: 'To whom',
  all: 'All of them',
  by: 'Answer by',
  usual: { up: 'within four hours', down: 'within a day', sideways: 'within half an hour' } satisfies Record<Way, string>,
  reply: 'Answer',
  replyAsk: 'Your answer',
  answer: { yes: 'yes', no: 'no', noted: 'noted' } satisfies Record<Answer, string>,
  said: 'What will be done, or why not',
  answered: 'Answered this week',
  took: (age: string) => `after ${age}`,
  nothing: 'Nothing waits for an answer between cells.',
};
export type TiersWords = typeof en;

const cy: TiersWords = {
  ...belowWords.cy,
  missedBy: (age) => `dylid bod wedi ateb ${age} yn ôl`,
  answerBy: (time) => `ateb erbyn ${time}`,
  waits: (age) => `heb ateb ers ${age}`,
  way: {
    out: { up: (name) => `pasiwyd i fyny i ${name}`, down: (name) => `neges i ${name}`, sideways: (name) => `gofynnwyd am gymorth gan ${name}` },
    in: { up: (name) => `pasiwyd i fyny gan ${name}`, down: (name) => `neges gan ${name}`, sideways: (name) => `mae ${name} yn gofyn am gymorth` },
  },
  ask: { up: 'Pasio i fyny', down: 'Anfon neges i lawr', sideways: 'Gofyn am gymorth' },
  askText: { up: 'Pam y’i pasir i fyny', down: 'Y neges', sideways: 'Beth sydd ei angen' },
  about: 'Pa bryder neu gam',
  concern: (no) => `Pryder ${no}`,
  action: (no) => `Cam ${no}`,
  type: 'O ba fath',
  to: 'I bwy',
  all: 'Pob un ohonynt',
  by: 'Ateb erbyn',
  usual: { up: 'o fewn pedair awr', down: 'o fewn diwrnod', sideways: 'o fewn hanner awr' },
  reply: 'Ateb',
  replyAsk: 'Eich ateb',
  answer: { yes: 'ie', no: 'na', noted: 'nodwyd' },
  said: 'Beth a wneir, neu pam ddim',
  answered: 'Atebwyd yr wythnos hon',
  took: (age) => `ar ôl ${age}`,
  nothing: 'Nid oes dim rhwng celloedd yn aros am ateb.',
};

export const tiersWords: Readonly<Record<Tongue, TiersWords>> = { en, cy };
