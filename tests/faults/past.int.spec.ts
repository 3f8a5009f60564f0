/** The written past of a demo board on a real Postgres: taken in whole or not at all, and then a journal like any other. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evolveAll, Fold } from '@comm-cell/board/evolve';
import { emptyBoard, stateText } from '@comm-cell/board/state';
import { loadBoard } from '@comm-cell/catalogue/load';
import { dataSource, prepareDatabase } from '../../apps/api/src/database/schema.js';
import { BoardReads } from '../../apps/api/src/database/scoped.js';
import { importJournal } from '../../apps/api/src/history/journal-file.js';
import { Journal } from '../../apps/api/src/journal/journal.js';
import { Keepers } from '../../apps/api/src/keeper/keepers.js';
import { Past } from '../../apps/api/src/replay/past.js';
import { Waypoints } from '../../apps/api/src/replay/waypoints.js';
import { verifyBoard } from '../../apps/api/src/verify.js';
import { writePast } from '../../apps/simulator/src/past/write.js';
import { scenarios } from '../../apps/simulator/src/scenarios/named.js';
import { systems } from '../../apps/simulator/src/systems/named.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const BOARD = 'cwm-derwen';
const NOW = Math.floor(Date.now() / 60_000) * 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-past-'));
let postgres: TestPostgres;
let lines: readonly string[];
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const told = { shape: systems[BOARD]!, scenario: scenarios['winter-monday']!, seed: 1, days: 2, closeDays: 1, now: NOW };
  ({ lines } = writePast({ board: loadBoard(BOARD), ...told }));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: readonly string[] = lines): string {
  const written = path.join(folder, `${name}.ndjson`);
  writeFileSync(written, content.join(''));
  return written;
}

async function prepared(): Promise<{ url: string; journal: Journal }> {
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  closing.push(() => journal.close());
  return { url, journal };
}

describe('a written past', () => {
  test('is a whole journal: verified, with its snapshots and its end put by, and nobody told of any of it', async () => {
    const { url, journal } = await prepared();
    const taken = await importJournal(url, file('whole'));
    const verdict = await verifyBoard(journal, BOARD);
    expect(verdict).toMatchObject({ board: BOARD, seq: taken.seq, hash: taken.hash, faults: [], checkpoints: 1 });
    expect(verdict.readings).toBeGreaterThan(5_000);

    const counted = await postgres.sql(url, `select kind, count(*)::int as n from journal group by 1`);
    const n = (kind: string): number => counted.find((row) => row['kind'] === kind)?.['n'] as number;
    for (const kind of ['AlertTurned', 'LevelTurned', 'LevelDeclared', 'StatusPosted', 'HuddleOpened', 'ActionRaised', 'ConcernRaised'])
      expect([kind, n(kind)]).toEqual([kind, expect.any(Number)]);
    expect(await postgres.sql(url, `select (select count(*) from outbox)::int as told, (select count(*) from receipts)::int as receipts`)).toEqual([
      { told: 0, receipts: 0 },
    ]);
    // What was frozen at the close of a huddle is what a fold up to there gives.
    const frozen = await postgres.sql(url, `select seq::int as seq, state_hash, chain_hash, body from snapshots order by seq`);
    expect(frozen).toHaveLength(n('HuddleClosed'));
    for (const { seq, state_hash, chain_hash } of frozen) {
      const rows = await journal.rowsAfter(BOARD, 0, seq as number);
      const state = evolveAll(
        structuredClone(emptyBoard),
        rows.map((row) => journal.toEntry(row)),
      );
      expect(createHash('sha256').update(stateText(state)).digest('hex')).toBe(state_hash);
      expect(rows.at(-1)!.hash.equals(chain_hash as Buffer)).toBe(true);
    }
  });

  test('is looked back at as at any other, at any moment', async () => {
    const { url, journal } = await prepared();
    const { seq } = await importJournal(url, file('looked-back'));
    const database = await dataSource(url, []).initialize();
    const reads = new BoardReads({ DATABASE_URL: url }, database);
    const waypoints = new Waypoints(journal, () => {}, 128 * 1024);
    closing.push(
      () => database.destroy(),
      () => reads.onModuleDestroy(),
    );
    await waypoints.lay(BOARD, seq, true);
    const entries = (await journal.rowsAfter(BOARD, 0, seq)).map((row) => journal.toEntry(row));
    const past = new Past(reads, waypoints);
    for (const share of [0.01, 0.3, 0.5, 0.77, 1]) {
      const moment = NOW - 2 * 86_400_000 * (1 - share);
      const before = entries.filter(({ at }) => at <= moment);
      const fold = new Fold(structuredClone(emptyBoard));
      for (const { event, at } of before) fold.apply(event, at);
      const { state } = await past.shown(BOARD, { at: moment });
      expect([share, stateText(state)]).toEqual([share, stateText(fold.finish())]);
    }
  });

  test('goes on where it ends, under the keeper of a server', async () => {
    const { url, journal } = await prepared();
    const { seq } = await importJournal(url, file('goes-on'));
    const keepers = new Keepers(
      journal,
      url,
      () => {},
      (error) => {
        throw error;
      },
    );
    await keepers.start();
    closing.push(() => keepers.stop());
    expect(await keepers.define(loadBoard(BOARD), 'catalogue')).toEqual({ changed: false });
    const { state, head } = keepers.get(BOARD)!.snapshot;
    expect(head.seq).toBeGreaterThanOrEqual(seq);
    expect(Object.keys(state.huddles).length).toBeGreaterThan(0);
    expect((await verifyBoard(journal, BOARD)).faults).toEqual([]);
  });

  test('that was changed, cut or shuffled after it was written is refused, and leaves nothing', async () => {
    const { url, journal } = await prepared();
    const middle = lines.findIndex((line, i) => i > 100 && line.includes('"kind\\":\\"ReadingsRecorded'));
    const edited = [...lines];
    edited[middle] = edited[middle]!.replace(/(\\"value\\":)(\d)/, (_, before: string, digit: string) => `${before}${(Number(digit) + 1) % 10}`);
    expect(edited[middle]).not.toBe(lines[middle]);
    await expect(importJournal(url, file('edited', edited))).rejects.toThrow('The story was changed after it was written');
    await expect(importJournal(url, file('lost', lines.toSpliced(middle, 1)))).rejects.toThrow(/The file names \d+ events and holds \d+/);
    await expect(importJournal(url, file('cut', lines.slice(0, -1)))).rejects.toThrow('it was cut');
    expect(await journal.heads()).toEqual([]);
    for (const table of ['journal', 'readings', 'series', 'snapshots', 'checkpoints'])
      expect(await postgres.sql(url, `select count(*)::int as n from ${table}`)).toEqual([{ n: 0 }]);
    // The same file untouched is taken in: it was the change that was refused.
    await importJournal(url, file('untouched'));
    await expect(importJournal(url, file('twice'))).rejects.toThrow('There is a board');
  });
});
