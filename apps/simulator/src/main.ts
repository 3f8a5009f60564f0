/** A demo system: simulated providers push through the public API, as any provider could. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBoard } from '@comm-cell/catalogue/load';
import { waitForAccess } from './delivery/access.js';
import { BoardRun } from './delivery/board-run.js';
import { Chair } from './delivery/chair.js';
import { say, stoppable, wholeNumber } from './program.js';
import { scenarios } from './scenarios/named.js';
import { systems } from './systems/named.js';

const HELP = `Usage: node apps/simulator/dist/main.js [options]

  --scenario NAME    ${Object.entries(scenarios)
    .map(([name, { about }]) => `${name.padEnd(15)}${about}`)
    .join('\n                     ')}
                     (winter-monday when left out)
  --boards A,B       ${Object.keys(systems).join(', ')} (all when left out)
  --seed N           another story with the same rules (1 when left out)
  --access FILE      the providers' keys (DATA_DIR/demo-access.json when left out)
  --history DAYS     how far back the first start goes (14 when left out)
  --once             only fill the history, then end`;

await stoppable(async (signal) => {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'winter-monday' },
      boards: { type: 'string', default: Object.keys(systems).join(',') },
      seed: { type: 'string', default: '1' },
      access: { type: 'string', default: join(process.env['DATA_DIR'] ?? '.data', 'demo-access.json') },
      history: { type: 'string', default: '14' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const scenario = Object.hasOwn(scenarios, values.scenario) ? scenarios[values.scenario] : undefined;
  if (!scenario) throw new Error(`There is no scenario "${values.scenario}"; choose one of ${Object.keys(scenarios).join(', ')}.`);
  const seed = wholeNumber('--seed', values.seed, 0, 2 ** 31);
  const historyDays = wholeNumber('--history', values.history, 0, 90);
  const boards = values.boards.split(',').map((id) => {
    const shape = Object.hasOwn(systems, id) ? systems[id] : undefined;
    if (!shape) throw new Error(`There is no simulated system for board "${id}"; choose from ${Object.keys(systems).join(', ')}.`);
    return { board: loadBoard(id), shape };
  });
  const access = await waitForAccess(values.access, 60_000, signal);
  say(`Scenario ${values.scenario}: ${scenario.about}`);
  const runs = boards.map(({ board, shape }) => new BoardRun({ board, shape, scenario, seed, historyDays, access, signal, log: say }));
  for (const run of runs) await run.fillHistory();
  if (values.once) return;
  const chairs = boards.filter(({ board }) => board.cell).map(({ board }) => new Chair(board, access.address, signal, say));
  await Promise.all([...runs.map((run) => run.live()), ...chairs.map((chair) => chair.preside())]);
});
