/** Writes the past of the demo's boards as story files, one a board: no server, no database, nothing but the model and a clock that is given. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { loadBoard } from '@comm-cell/catalogue/load';
import { writePast } from './past/write.js';
import { say, stoppable, wholeNumber } from './program.js';
import { scenarios } from './scenarios/named.js';
import { systems } from './systems/named.js';

const HELP = `Usage: node apps/simulator/dist/past.js [options]

  --out FOLDER       where the files go, one a board (DATA_DIR/past when left out)
  --boards A,B       ${Object.keys(systems).join(', ')} (all when left out)
  --days N           how long the past is (14 when left out)
  --close DAYS       so many of them, the last, with every feed at its own pace; before, every two hours at most (3 when left out)
  --now MOMENT       where it ends, e.g. 2026-01-15T09:00:00Z (now when left out)
  --scenario NAME    as for the simulator (winter-monday when left out)
  --seed N           another story with the same rules (1 when left out)`;

interface Told {
  boards: readonly ProposedDefinition[];
  out: string;
  scenario: string;
  seed: number;
  days: number;
  closeDays: number;
  now: number;
}

function write(board: ProposedDefinition, { out, scenario, seed, days, closeDays, now }: Told): void {
  const began = performance.now();
  const { lines, events, refused } = writePast({ board, shape: systems[board.id]!, scenario: scenarios[scenario]!, seed, days, closeDays, now });
  const file = join(out, `${board.id}.ndjson`);
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  for (const line of refused) say(`Board "${board.id}": refused ${line}`);
  say(`Board "${board.id}": ${events} events of ${days} days, in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(process.env['DATA_DIR'] ?? '.data', 'past') },
      boards: { type: 'string', default: Object.keys(systems).join(',') },
      days: { type: 'string', default: '14' },
      close: { type: 'string', default: '3' },
      now: { type: 'string' },
      scenario: { type: 'string', default: 'winter-monday' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const { out, scenario } = values;
  if (!Object.hasOwn(scenarios, scenario)) throw new Error(`There is no scenario "${scenario}"; choose one of ${Object.keys(scenarios).join(', ')}.`);
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  if (!Number.isFinite(now)) throw new Error(`--now takes a moment such as 2026-01-15T09:00:00Z, not "${values.now}".`);
  const seed = wholeNumber('--seed', values.seed, 0, 2 ** 31);
  const days = wholeNumber('--days', values.days, 1, 90);
  const closeDays = wholeNumber('--close', values.close, 0, 90);
  const boards = values.boards.split(',');
  const stranger = boards.find((id) => !Object.hasOwn(systems, id));
  if (stranger !== undefined) throw new Error(`There is no simulated system for board "${stranger}"; choose from ${Object.keys(systems).join(', ')}.`);
  mkdirSync(out, { recursive: true, mode: 0o700 });
  // Boards know nothing of one another here. The first, mostly the largest, has a thread of its own; in the other the next ones
  // find the model's code compiled already.
  const told = { out, scenario, seed, days, closeDays, now };
  const [first, ...others] = boards.map((id) => loadBoard(id));
  await stoppable(async (signal) => {
    await Promise.all([[first!], others].filter((some) => some.length > 0).map((some) => inThread({ boards: some, ...told }, signal)));
  });
}

function inThread(workerData: Told, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    signal.addEventListener('abort', () => void worker.terminate());
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The past of ${workerData.boards.map(({ id }) => `"${id}"`).join(', ')} was not written.`)),
    );
  });
}

if (isMainThread) await main();
else for (const board of (workerData as Told).boards) write(board, workerData as Told);
