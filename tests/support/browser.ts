/**
 * The browser of the tests: the system's Chromium when there is one, else the one that comes from the npm registry, so that
 * a bare machine can run everything.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** CHROMIUM_PATH, or the first Chromium on the PATH. */
export function systemChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (!executable(named)) throw new Error(`CHROMIUM_PATH names "${named}", which is not a program.`);
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

const UNPACK = `
  import chromium from '@sparticuz/chromium';
  const executablePath = await chromium.executablePath();
  console.log(JSON.stringify({ executablePath, libraries: process.env.LD_LIBRARY_PATH ?? '' }));
`;

/**
 * The packaged Chromium unpacks itself into the temporary folder and takes any file of that name it finds there, of whatever
 * version and however complete: hence a folder of its own, one process at a time, and a mark when it is done. Its libraries
 * come out only when it believes to be in the cloud it was made for. All that is said to a process of its own, which also
 * keeps the environment of the tests as it is.
 */
export async function packagedChromium(): Promise<Pick<LaunchOptions, 'executablePath' | 'env'>> {
  const require = createRequire(import.meta.url);
  const manifest = JSON.parse(readFileSync(join(require.resolve('@sparticuz/chromium'), '../../../package.json'), 'utf8')) as { version: string };
  const folder = join(tmpdir(), `comm-cell-chromium-${manifest.version}-${process.getuid?.() ?? 'user'}`);
  const unpacking = `${folder}.unpacking`;
  const done = join(folder, 'complete');

  for (let waits = 0; !existsSync(done) && !tryMake(unpacking) && waits < 300; waits++) await pause(200);
  try {
    if (!existsSync(done)) rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const said = execFileSync(process.execPath, ['--input-type=module', '--eval', UNPACK], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
      encoding: 'utf8',
    });
    const { executablePath, libraries } = JSON.parse(said) as { executablePath: string; libraries: string };
    writeFileSync(done, '');
    return { executablePath, env: { ...process.env, LD_LIBRARY_PATH: libraries } };
  } finally {
    rmSync(unpacking, { recursive: true, force: true });
  }
}

/** Makes a folder unless it is there: the one that made it goes ahead. */
function tryMake(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const system = options.executablePath ?? systemChromium();
  const found = system === undefined ? await packagedChromium() : { executablePath: system };
  // The packaged one gets none of the flags it comes with: they switch off what walls rely on (CORS, CSP).
  return chromium.launch({ headless: true, ...found, ...options, args: [...ARGS, ...(options.args ?? [])] });
}
