/**
 * `npm run bench`: the product against the floor of this machine, in one sitting.
 *   npm run bench                           everything, at least five runs each; renews docs/benchmarks.md
 *   npm run bench -- --only=e2e,ingest      some of it
 *   npm run bench -- --quick                three short runs, printed only (--quick --write: into docs/benchmarks.md all the same)
 */
import { parseArgs } from 'node:util';
import { build } from '../../apps/launcher/build.mjs';

const MEASURES = ['e2e', 'ingest', 'alerts', 'fan-out', 'reconnect', 'cold-start', 'seek', 'trends', 'replay', 'start', 'page'];
const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } } });
const chosen = values.only?.split(',') ?? MEASURES;
const unknown = chosen.filter((name) => !MEASURES.includes(name));
if (unknown.length > 0) throw new Error(`There is no measure "${unknown.join('", "')}"; there are ${MEASURES.join(', ')}.`);

await build();
const { Rig } = await import('./rig.mjs');
const { judge, renewPage } = await import('./report.mjs');

const results = [];
const failed = [];
const rig = await Rig.start();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void rig.stop().then(() => process.exit(1)));
try {
  for (const name of chosen) {
    const { measure } = await import(`./measures/${name}.mjs`);
    const tell = (figures) => {
      results.push({ measure: name, ...figures });
      console.log(JSON.stringify(results.at(-1)));
    };
    await measure({ rig, quick: values.quick, runs: values.quick ? 3 : 5, tell }).catch((error) => {
      // The others are still worth having; what failed keeps its figures of last time.
      console.error(`${name} failed: ${error.message}`);
      failed.push(name);
    });
  }
} finally {
  await rig.stop();
}
console.log(judge(results));
const measured = chosen.filter((name) => !failed.includes(name));
if (!values.quick || values.write)
  renewPage(
    measured,
    results.filter(({ measure }) => measured.includes(measure)),
  );
process.exit(failed.length > 0 ? 1 : 0);
