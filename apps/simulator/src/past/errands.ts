/** How an action comes to its end: half way its owner says so, then it is done. */
import { closeAction, progressAction } from '@comm-cell/board/decide/actions';
import type { Person } from '@comm-cell/board/events';
import { HALF_WAY } from '../tales.js';
import type { Telling } from './telling.js';

export function endAction(telling: Telling, no: number, begun: number, at: number, by: Person, result: string): void {
  const halfWay = begun + 0.35 * (at - begun) + telling.some(0.3 * (at - begun), 'half way', no);
  telling.agenda.add(halfWay, (now) => {
    const note = telling.say(telling.pick(HALF_WAY, 'half way says', no));
    telling.does(now, by, (state) => progressAction(state, { no, quarters: 2, note, by }));
  });
  telling.agenda.add(at, (now) => telling.does(now, by, (state) => closeAction(state, { no, result, by })));
}
