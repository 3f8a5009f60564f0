import { Refusal } from '../access/refusal.js';

/** The number in an address: of a concern or an idea. */
export function numbered(kind: 'concern' | 'idea', text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refusal(404, `unknown-${kind}`, `There is no ${kind} "${text.slice(0, 20)}".`, 'Its number stands beside it in the list.');
}
