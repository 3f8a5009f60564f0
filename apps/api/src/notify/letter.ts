import type { BoardDefinition, Label } from '@comm-cell/board/definition';
import type { Message } from '@comm-cell/board/decide/tell';
import type { Letter } from './channels/channel.js';

export type Language = 'en' | 'cy' | 'both';

/** An outbox row's body: the message without the group it was told to. */
export type Body = Pick<Message, 'title' | 'lines' | 'link' | 'canWait' | 'alert' | 'action'>;

const OPEN: Label = { en: 'On the board', cy: 'Ar y bwrdd' };
const REPLY: Label = { en: 'Acknowledge', cy: 'Cydnabod' };
const ANSWER: Label = { en: 'Done, or a word about it', cy: 'Wedi’i wneud, neu air amdani' };

export function languageOf(definition: BoardDefinition | null, wanted: Language | null): Language {
  if (wanted !== null) return wanted;
  const spoken = definition?.languages ?? ['en'];
  return spoken.length > 1 ? 'both' : (spoken[0] ?? 'en');
}

/** The message in a person's language; both stand one after the other, never mixed. `server`: where people reach this one. */
export function letterOf(
  row: { id: string; board: string; kind: string; about: string },
  { title, lines, link, action }: Pick<Body, 'title' | 'lines' | 'link' | 'action'>,
  language: Language,
  server: string,
  at: Date,
  reply?: string,
): Letter {
  const one = ({ en, cy }: Label): string => (language === 'both' && en !== cy ? `${en} / ${cy}` : language === 'cy' ? cy : en);
  const all = language === 'both' ? [...lines.map(({ en }) => en), '', ...lines.map(({ cy }) => cy)] : lines.map((line) => one(line));
  return {
    ...row,
    title: one(title),
    lines: all,
    labels: { title, lines },
    link: server + link,
    ...(reply === undefined ? {} : { reply: server + reply }),
    words: { open: one(OPEN), reply: one(action ? ANSWER : REPLY) },
    at,
  };
}
