/** One parent per data folder: a second one would stop the first one's database as an orphan. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { birthOf, isTaken } from './processes.js';

/** Returns what gives the lock back. */
export function takeLock(file: string, dataDir: string): () => void {
  const own = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) });
  // Written elsewhere and linked in: whoever sees the lock sees whose it is, never an empty file on its way.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        linkSync(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (typeof holder === 'number' || attempt === 3)
        throw new Error(
          `Another Comm Cell${typeof holder === 'number' ? ` (process ${holder})` : ''} is already running on the data folder ${dataDir}; stop it first, or give this one its own folder with DATA_DIR and its own PORT.`,
        );
      if (holder === 'dead' && inherit(file, draft, dataDir)) break;
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Takes a dead parent's lock over; only who holds the lock of the lock may, else two heirs would remove each other's. */
function inherit(file: string, draft: string, dataDir: string): boolean {
  const release = takeLock(`${file}.heir`, dataDir);
  try {
    if (holderOf(file) !== 'dead') return false;
    renameSync(draft, file);
    return true;
  } finally {
    release();
  }
}

/** A running process's number, or what has become of the holder. */
function holderOf(file: string): number | 'dead' | 'gone' {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
  try {
    const { pid, birth } = JSON.parse(text) as { pid: number; birth: string };
    return isTaken(pid) && birthOf(pid) === birth ? pid : 'dead';
  } catch {
    return 'dead';
  }
}
