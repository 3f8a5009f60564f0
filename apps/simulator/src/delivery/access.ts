/** The keys of the demo's providers: the server writes them to a file only its owner can read. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface FeedKey {
  board: string;
  provider: string;
  feed: string;
  key: string;
}
export interface Access {
  address: string;
  feeds: readonly FeedKey[];
}

interface AccessFile {
  address: string;
  boards: { id: string; keys: { provider: string; feeds: string[]; key: string }[] }[];
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError;
}

/** Waits for the file and for the server: both come up at their own pace when everything is started at once. */
export async function waitForAccess(file: string, patienceMs: number, signal: AbortSignal): Promise<Access> {
  const until = Date.now() + patienceMs;
  for (;;) {
    let missing: string;
    try {
      const { address, boards } = JSON.parse(await readFile(file, 'utf8')) as AccessFile;
      missing = `no server answers at ${address}; start it, or name another file of keys with --access`;
      if (await answers(address, signal)) {
        return {
          address,
          feeds: boards.flatMap(({ id, keys }) => keys.flatMap(({ provider, feeds, key }) => feeds.map((feed) => ({ board: id, provider, feed, key })))),
        };
      }
    } catch (error) {
      // A file half written is as good as none: it is whole the next time.
      if (!isMissing(error)) throw new Error(`Cannot read the demo's keys: ${(error as Error).message}.`, { cause: error });
      missing = `there is no file of keys at ${file}; start the server with DEMO=on, or name the file with --access`;
    }
    if (Date.now() > until) throw new Error(`Waited ${Math.round(patienceMs / 1000)} s in vain: ${missing}.`);
    await pause(250, undefined, { signal });
  }
}

async function answers(address: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${address}/health/ready`, { signal });
    await response.body?.cancel();
    return response.status !== 503;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
