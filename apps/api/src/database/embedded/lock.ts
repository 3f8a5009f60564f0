/** One parent per data folder: a second one would stop the first one's database as an orphan. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { birthOf, isTaken } from './processes.js';

/** Returns what gives the lock back. */
export function takeLock(file: string, dataDir: string): () => void {
  const own = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) });
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder !== null || attempt === 3)
      throw new Error(
        `Another Comm Cell${holder === null ? '' : ` (process ${holder})`} is already running on the data folder ${dataDir}; stop it first, or give this one its own folder with DATA_DIR and its own PORT.`,
      );
    rmSync(file, { force: true });
  }
}

function holderOf(file: string): number | null {
  try {
    const { pid, birth } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; birth: string };
    return isTaken(pid) && birthOf(pid) === birth ? pid : null;
  } catch {
    return null;
  }
}
