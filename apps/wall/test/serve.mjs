/**
 * Serves the built wall with boards in every condition, without the API and its database:
 *   npm run build -w apps/wall && node apps/wall/test/serve.mjs [port] [board file]
 * then open /wall/usual, /wall/calm, /wall/surge, /wall/mixed, /wall/late, /wall/empty, /wall/opel4, /wall/alerts or /wall/flood.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

const here = import.meta.dirname;
const { module } = await runnerImport(join(here, 'fixture.ts'), {
  root: join(here, '..'),
  configFile: false,
  logLevel: 'error',
  // The environment of runnerImport, whose own conditions are added to these: sources, not what was built of them.
  environments: { inline: { resolve: { conditions: ['source', 'import', 'default'] } } },
  resolve: { noExternal: [/^@comm-cell\//] },
});
export const start = (port = 0, source = 'buckinghamshire', dist = join(here, '../dist')) => module.serve(dist, source, port);

if (process.argv[1] === import.meta.filename) {
  const fixture = await start(Number(process.argv[2] ?? 4310), process.argv[3], process.env.DIST);
  process.stdout.write(`${fixture.url}/\n`);
}
