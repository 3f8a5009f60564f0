/** Messages nobody got, as the board shows them: one line for each that failed, one for each group that has nobody to tell. */
import { expect, test } from '@jest/globals';
import { emptyBoard, type StuckMessage } from '../src/state.js';
import { alertsView } from '../src/views/alerts.js';

const message = (group: string, channel: string, no: number): StuckMessage => ({ group, channel, about: `alert ${no}`, since: no, detail: 'why' });

test('a group without a contact is one line, however many alerts it was not told of; a broken address is one line each', () => {
  const stuck = {
    a: message('duty', 'none', 3),
    b: message('duty', 'none', 1),
    c: message('duty', 'email', 2),
    d: message('duty', 'email', 4),
    e: message('site', 'none', 5),
  };
  const view = alertsView({ ...emptyBoard, stuck }, 10);
  expect(view.counts.stuck).toBe(4);
  expect(view.stuck.map(({ channel, about, messages }) => [channel, about, messages])).toEqual([
    ['none', 'alert 1', 2],
    ['email', 'alert 2', 1],
    ['email', 'alert 4', 1],
    ['none', 'alert 5', 1],
  ]);
});
