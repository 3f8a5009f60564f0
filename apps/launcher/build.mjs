/**
 * Builds what is not built: transpiles the TypeScript packages, and lets Vite make the page. A part whose inputs
 * hash as they did last time (dist/.stamp) is left alone, so that a second start builds nothing.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const CONFIG = ['package-lock.json', '.swcrc'];
const TRANSPILED = ['libs/board', 'libs/contract', 'libs/catalogue', 'libs/client', 'apps/api', 'apps/simulator'];
const PAGE = 'apps/wall';
/** Programs that get the packages they import into their own file. */
const BUNDLED = new Map([['apps/api', 'main.js']]);
/** What the server and the page run; a display whose page has another build id than its server loads itself anew. */
const SERVED = ['libs/board', 'libs/contract', 'libs/catalogue', 'apps/api', PAGE];
/** Beside the API's own code, so that it is found when the API is started without the launcher. */
const BUILD_ID = 'apps/api/dist/build-id';

/**
 * What would be built from the sources as they are.
 * @returns {{ id: string, stale: { dir: string, stamp: string }[] }}
 */
export function planBuild(root = ROOT) {
  const config = CONFIG.map((file) => hashFile(path.join(root, file))).join();
  const sources = new Map([...TRANSPILED, PAGE].map((dir) => [dir, hashSources(path.join(root, dir))]));
  const id = hash([config, ...SERVED.map((dir) => sources.get(dir))].join()).slice(0, 12);
  const stale = [];
  for (const [dir, source] of sources) {
    // The page carries the id in itself, so it follows the server's sources too.
    const stamp = hash([config, source, dir === PAGE ? id : ''].join());
    if (source !== '' && read(path.join(root, dir, 'dist/.stamp')) !== stamp) stale.push({ dir, stamp });
  }
  return { id, stale };
}

/**
 * Builds what is stale, everything at once. What is made may be waited for piece by piece: `code` (all but the page's can be
 * imported), `server` (its one file is there, too), `page`, `whole`.
 * @returns {{ id: string, stale: string[], code: Promise<void>, server: Promise<void>, page: Promise<void>, whole: Promise<void> }}
 */
export function startBuild(root = ROOT) {
  const { id, stale } = planBuild(root);
  const parts = stale.map(({ dir, stamp }) => {
    const home = path.join(root, dir);
    rmSync(path.join(home, 'dist/.stamp'), { force: true });
    const code = dir === PAGE ? makePage(root, home, id) : transpile(root, home);
    const program = BUNDLED.get(dir);
    const made = code.then(() => program && bundle(root, path.join(home, 'dist', program))).then(() => replaceFile(path.join(home, 'dist/.stamp'), stamp));
    return { dir, code, made };
  });
  const all = async (which, some = parts) => void (await Promise.all(some.map((part) => part[which])));
  const [pages, others] = [parts.filter(({ dir }) => dir === PAGE), parts.filter(({ dir }) => dir !== PAGE)];
  const whole = all('made').then(() => {
    if (read(path.join(root, BUILD_ID)) !== id) replaceFile(path.join(root, BUILD_ID), id);
  });
  const build = { code: all('code', others), server: all('made', others), page: all('made', pages), whole };
  // Whoever waits for one of them hears of its failure; the others need not end the process.
  for (const promise of Object.values(build)) promise.catch(() => undefined);
  return { id, stale: stale.map(({ dir }) => dir), ...build };
}

export async function build(root = ROOT) {
  const { id, stale, whole } = startBuild(root);
  await whole;
  return { id, built: stale };
}

async function transpile(root, dir) {
  const { transformFile } = await tool('@swc/core', (name) => import(name));
  const [src, dist] = [path.join(dir, 'src'), path.join(dir, 'dist')];
  const made = new Set(['.stamp', 'build-id']);
  await Promise.all(
    filesUnder(src).map(async (name) => {
      if (!name.endsWith('.ts') || name.endsWith('.d.ts')) return;
      const source = path.join(src, name);
      const target = name.replace(/\.ts$/, '.js');
      const sourceFileName = path.relative(path.dirname(path.join(dist, target)), source);
      const { code, map } = await transformFile(source, { configFile: path.join(root, '.swcrc'), swcrc: false, sourceFileName }).catch((error) => {
        throw new Error(`${path.relative(root, source)} could not be transpiled: ${firstLine(error.message)}`, { cause: error });
      });
      replaceFile(path.join(dist, target), `${code}//# sourceMappingURL=${path.basename(target)}.map\n`);
      replaceFile(path.join(dist, `${target}.map`), map);
      made.add(target).add(`${target}.map`);
    }),
  );
  // What has no source any more must not be imported by chance.
  for (const name of filesUnder(dist)) if (!made.has(name) && !DRAFT.test(name)) rmSync(path.join(dist, name));
}

/**
 * To find, read and link the thousand files of the packages would take most of a start. Our own libraries stay outside, since
 * they are built by themselves; so do zod, which they share with the program, and what lies beside files that it serves.
 */
async function bundle(root, file) {
  const { rolldown } = await tool('rolldown', (name) => import(pathToFileURL(createRequire(toolOf(path.join(root, PAGE), 'vite')).resolve(name)).href));
  const made = await rolldown({
    input: file,
    platform: 'node',
    external: [/^@comm-cell\//, /^zod(\/|$)/, /^swagger-ui-dist/],
    // What a package imports only where it is installed stays an import; there is nothing to say about it.
    logLevel: 'silent',
  });
  const { output } = await made.generate({ format: 'esm', codeSplitting: false });
  await made.close();
  replaceFile(file, output[0].code);
  rmSync(`${file}.map`, { force: true });
}

/** Made beside the old page and swapped in, so that a server that is running serves one or the other. */
async function makePage(root, dir, id) {
  const fresh = path.join(root, '.build', `page.${process.pid}`);
  const vite = path.join(path.dirname(await tool('vite', () => toolOf(dir, 'vite'))), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: dir,
    env: { ...process.env, COMM_CELL_BUILD: id, NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => {
    child.kill('SIGKILL');
    rmSync(fresh, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', end);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  process.off('exit', end);
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`The page in ${path.relative(root, dir)} could not be built:\n${said.trim()}`);
  }
  rmSync(path.join(dir, 'dist'), { recursive: true, force: true });
  renameSync(fresh, path.join(dir, 'dist'));
}

const toolOf = (dir, name) => createRequire(path.join(dir, 'package.json')).resolve(`${name}/package.json`);

async function tool(name, load) {
  try {
    return await load(name);
  } catch (error) {
    throw new Error(`The build tool ${name} is not installed; run npm ci (without --omit=dev) once.`, { cause: error });
  }
}

/** '' when there is nothing to build from. */
function hashSources(dir) {
  const owned = ['src', 'public', 'fonts'].flatMap((sub) => filesUnder(path.join(dir, sub)).map((name) => path.join(sub, name)));
  const files = [...owned, ...['index.html', 'vite.config.js', 'svelte.config.js', 'package.json'].filter((name) => existsSync(path.join(dir, name)))];
  return owned.length === 0 ? '' : hash(files.map((name) => `${name.replaceAll('\\', '/')} ${hashFile(path.join(dir, name))}`).join('\n'));
}

function filesUnder(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

const DRAFT = /\.\d+$/;
/** Never half a file under its name, even when two starts build at once. */
function replaceFile(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

const hash = (text) => createHash('sha256').update(text).digest('hex');
const hashFile = (file) => (existsSync(file) ? hash(readFileSync(file)) : '');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const firstLine = (text) => text.split('\n').find((line) => line.trim() !== '') ?? '';

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const began = performance.now();
    const { id, built } = await build();
    console.log(
      `Build ${id}: ${built.length === 0 ? 'nothing had changed' : `made ${built.join(', ')} in ${((performance.now() - began) / 1000).toFixed(1)} s`}.`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
