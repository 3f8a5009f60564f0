/** Demo mode: the catalogue's boards, with the past that was written for them, a key for every provider, and a file that tells where they are. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { boardIds, loadBoard } from '@comm-cell/catalogue/load';
import { seedDemoPeople } from './access/desk-demo.js';
import { FeedKeys } from './access/feed-keys.js';
import { made } from './awaited.js';
import type { Config } from './config.js';
import { importJournal } from './history/journal-file.js';
import { Journal } from './journal/journal.js';
import { Keepers } from './keeper/keepers.js';
import { DemoInbox } from './notify/demo-inbox.js';

interface Seeded {
  boards: { id: string; keys: { provider: string; feeds: string[]; key: string }[] }[];
  /** People who may answer alerts: in a demo they sign in by choosing, on this machine only. */
  signIns: Awaited<ReturnType<typeof seedDemoPeople>>;
}

const accessFile = (config: Config): string => path.join(config.DATA_DIR, 'demo-access.json');

async function readAccess(file: string): Promise<Seeded | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Seeded;
  } catch {
    return undefined;
  }
}

/**
 * A board that is not there yet begins with its past, where one is written: as soon as it is, while others still are. `all`: then no
 * more are to come. Whole or not at all: what was broken off is not there.
 */
async function takeInPast(app: INestApplicationContext, config: Config, board: string, all: Promise<unknown>): Promise<void> {
  const file = path.join(config.DATA_DIR, 'past', `${board}.ndjson`);
  for (let last = false; !existsSync(file);) {
    if (last) return;
    last = await Promise.race([all.then(() => true), sleep(100, false)]);
  }
  if (!(await app.get(Journal).head(board)))
    await importJournal(config.DATABASE_URL, file).catch((error: unknown) => {
      // A wall that begins today is better than none.
      new Logger('Demo').warn(`The past of board "${board}" is left out. ${error instanceof Error ? error.message : String(error)}`);
    });
  await rm(file, { force: true });
}

/** Keys of an earlier start are kept as long as they still open the same feeds. */
export async function seedDemo(app: INestApplicationContext, config: Config): Promise<Seeded> {
  const keepers = app.get(Keepers);
  const feedKeys = app.get(FeedKeys);
  const before = await readAccess(accessFile(config));
  const boards: Seeded['boards'] = [];
  const definitions = boardIds().map((id) => loadBoard(id));
  const past = made('past');
  await Promise.all(definitions.map(({ id }) => takeInPast(app, config, id, past)));
  for (const definition of definitions) {
    const { id } = definition;
    await keepers.define(definition, 'catalogue');
    const keys: Seeded['boards'][number]['keys'] = [];
    for (const provider of Object.keys(definition.providers)) {
      const feeds = Object.values(definition.feeds)
        .filter((feed) => feed.provider === provider)
        .map((feed) => feed.id);
      if (feeds.length === 0) continue;
      const known = before?.boards.find((board) => board.id === id)?.keys.find((key) => key.provider === provider)?.key;
      const holder = known === undefined ? undefined : await feedKeys.holder(known);
      const usable = holder !== undefined && holder.board === id && feeds.every((feed) => holder.feeds.includes(feed));
      keys.push({ provider, feeds, key: usable ? known! : await feedKeys.create(id, provider, feeds, 'demo', 'demo') });
    }
    boards.push({ id, keys });
  }
  const signIns = await seedDemoPeople(
    app,
    boards.map(({ id }) => id),
  );
  await app.get(DemoInbox).seed();
  return { boards, signIns };
}

/** Tells whoever may read the data folder where the boards are and how to reach them. `port`: on which this process listens. */
export async function tellAccess(config: Config, port: number, { boards, signIns }: Seeded): Promise<void> {
  const host = config.HOST === '0.0.0.0' || config.HOST === '::' ? '127.0.0.1' : config.HOST;
  const address = config.PUBLIC_ADDRESS ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const access = { address, boards: boards.map(({ id, keys }) => ({ id, wall: `${address}/wall/${id}`, keys })), signIns };
  const file = accessFile(config);
  await mkdir(config.DATA_DIR, { recursive: true });
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}
