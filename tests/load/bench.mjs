/**
 * `npm run bench`: the product against the floor of this machine, in one sitting.
 *   npm run bench                           everything, at least five runs each; renews docs/benchmarks.md
 *   npm run bench -- --only=e2e,ingest      some of it
 *   npm run bench -- --quick                three short runs, printed only
 */
import { parseArgs } from 'node:util';
import { build } from '../../apps/launcher/build.mjs';

const MEASURES = ['e2e', 'ingest', 'fan-out', 'reconnect', 'cold-start', 'seek', 'start', 'page'];
const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const chosen = values.only?.split(',') ?? MEASURES;
const unknown = chosen.filter((name) => !MEASURES.includes(name));
if (unknown.length > 0) throw new Error(`There is no measure "${unknown.join('", "')}"; there are ${MEASURES.join(', ')}.`);

await build();
const { Rig } = await import('./rig.mjs');
const { judge, renewPage } = await import('./report.mjs');

const results = [];
const rig = await Rig.start();
try {
  for (const name of chosen) {
    const { measure } = await import(`./measures/${name}.mjs`);
    const tell = (figures) => {
      results.push({ measure: name, ...figures });
      console.log(JSON.stringify(results.at(-1)));
    };
    await measure({ rig, quick: values.quick, runs: values.quick ? 3 : 5, tell });
  }
} finally {
  await rig.stop();
}
console.log(judge(results));
if (!values.quick) renewPage(chosen, results);
process.exit();
