/**
 * `npm run check`: everything that can be said about the code without starting it, and the unit tests. Two pieces run at
 * a time; each prints only when it fails. `npm run check -- lint unit` runs only those; `lint` says the compiler's faults too.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// Room for what a parser throws away at once: collecting it in small portions is a quarter of the compiler's work.
const node = (...args) => [process.execPath, '--max-semi-space-size=64', ...args];

/** The slowest first, so that two lanes end together; the unit tests are two processes of their own. */
const pieces = {
  lint: node('.config/lint.mjs'),
  unit: node(
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config',
    '.config/jest.config.js',
    '--selectProjects',
    'unit',
  ),
  'types of the wall': node(
    'node_modules/svelte-check/bin/svelte-check',
    '--workspace',
    'apps/wall',
    '--tsconfig',
    'tsconfig.json',
    '--output',
    'human',
    '--threshold',
    'warning',
    '--fail-on-warnings',
  ),
  format: node(
    'node_modules/prettier/bin/prettier.cjs',
    '--config',
    '.config/prettier.json',
    '--ignore-path',
    '.gitignore',
    '--ignore-path',
    '.prettierignore',
    '--log-level',
    'warn',
    '--check',
    '.',
  ),
  'dead code': node('node_modules/knip/bin/knip.js', '--config', '.config/knip.json', '--tsConfig', '.config/knip.tsconfig.json', '--no-config-hints'),
  boundaries: node('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.config/dependency-cruiser.cjs', 'apps', 'libs', 'tests'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(pieces, name));
if (unknown.length > 0) {
  console.error(`No such piece: ${unknown.join(', ')}. There are: ${Object.keys(pieces).join(', ')}.`);
  process.exit(2);
}

function run(name) {
  const started = Date.now();
  const [command, ...args] = pieces[name];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' } });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    child.stderr.on('data', (text) => (said += text));
    child.on('error', (error) => resolve({ name, ok: false, said: String(error), seconds: 0 }));
    child.on('close', (code) => resolve({ name, ok: code === 0, said, seconds: Math.round((Date.now() - started) / 1000) }));
  });
}

const waiting = asked.length > 0 ? asked : Object.keys(pieces);
const failed = [];
async function lane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const { ok, said, seconds } = await run(name);
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (name === 'unit') console.log(said.slice(Math.max(0, said.lastIndexOf('\nTest Suites:'))).trim());
    if (ok) continue;
    failed.push(name);
    console.log(said.trim());
  }
}
await Promise.all([lane(), lane()]);
console.log(failed.length === 0 ? 'check: all good' : `check: ${failed.join(', ')} failed`);
process.exit(failed.length === 0 ? 0 : 1);
