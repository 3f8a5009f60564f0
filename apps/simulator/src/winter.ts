/** Plays a recorded winter onto the replay board: one recorded day every few seconds, through the public API. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadBoard } from '@comm-cell/catalogue/load';
import { waitForAccess } from './delivery/access.js';
import { Provider } from './delivery/provider.js';
import { Sending } from './delivery/sending.js';
import { say, stoppable } from './program.js';
import { rowsOf } from './winter/figures.js';
import { readWinter, winterNames } from './winter/sitrep.js';

const BOARD = 'winter-replay';
const HELP = `Usage: npm run winter -- [options]

  --winter YEARS     ${winterNames().join(', ')} (2022-23 when left out)
  --day TIME         how long a recorded day lasts, e.g. 5s or 1m (5s when left out)
  --from DATE        the recorded day to begin with, e.g. 2022-12-01
  --loop             begin again at the end, until stopped
  --access FILE      the providers' keys (DATA_DIR/demo-access.json when left out)`;

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(number) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
  if (!(ms >= 10)) throw new Error(`--day takes a time such as 5s, 500ms or 1m, not "${text}".`);
  return ms;
}

await stoppable(async (signal) => {
  const { values } = parseArgs({
    options: {
      winter: { type: 'string', default: '2022-23' },
      day: { type: 'string', default: '5s' },
      from: { type: 'string' },
      loop: { type: 'boolean', default: false },
      access: { type: 'string', default: join(process.env['DATA_DIR'] ?? '.data', 'demo-access.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const dayMs = milliseconds(values.day);
  const { name, days } = readWinter(values.winter);
  const dates = [...days.keys()].filter((date) => values.from === undefined || date >= values.from);
  if (dates.length === 0)
    throw new Error(`Winter ${name} has no day on or after ${values.from}; it runs from ${[...days.keys()][0]} to ${[...days.keys()].at(-1)}.`);
  const board = loadBoard(BOARD);
  const access = await waitForAccess(values.access, 60_000, signal);
  const feeds = access.feeds.flatMap((key) => {
    const feed = key.board === BOARD ? board.feeds[key.feed] : undefined;
    return feed ? [{ feed, sending: new Sending(new Provider(access.address, key, signal), say) }] : [];
  });
  if (feeds.length === 0) throw new Error(`The file of keys has none for board "${BOARD}"; start the server with the demo boards.`);
  do {
    say(`Winter ${name} from ${dates[0]} to ${dates.at(-1)}, a day every ${values.day}, on board "${BOARD}".`);
    let due = Date.now();
    for (const date of dates) {
      const playedAt = new Date().toISOString();
      await Promise.all(feeds.map(({ feed, sending }) => sending.send(rowsOf(board, feed, date, days.get(date)!, playedAt))));
      due = Math.max(due + dayMs, Date.now());
      await pause(due - Date.now(), undefined, { signal });
    }
    say(`Winter ${name} has been played to the end.`);
  } while (values.loop);
});
