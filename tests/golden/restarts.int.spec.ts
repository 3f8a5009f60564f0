/**
 * Half a million minutes in which nothing happens, and a server that starts again after each: too many for the unit tests, which start
 * it again after every step that something came of (golden.spec.ts).
 */
import { expect, test } from '@jest/globals';
import { files, read } from './files.js';
import { play } from './timeline.js';

test.each(files)('%s is the same story if the server starts again after every step of it', (name) => {
  const timeline = read(name);
  expect(play(timeline, 'always').journal).toEqual(play(timeline).journal);
});
