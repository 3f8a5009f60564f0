/** History in and out on a real Postgres: backup, restore, journal files, retirement of old readings (I48, I6). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordReadings, type CandidateRow } from '@comm-cell/board/decide/record-readings';
import { prepareDatabase } from '../src/database/schema.js';
import { backup, checkBackup, restore, testRestore } from '../src/history/backup.js';
import { importJournal, journalLines } from '../src/history/journal-file.js';
import { retireReadings } from '../src/history/retention.js';
import { Journal } from '../src/journal/journal.js';
import { Keepers } from '../src/keeper/keepers.js';
import { verifyBoard, type Verdict } from '../src/verify.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

let postgres: TestPostgres;
const folder = mkdtempSync(path.join(tmpdir(), 'comm-cell-history-'));
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function started(url: string): Promise<{ journal: Journal; keepers: Keepers }> {
  const journal = new Journal(url);
  const keepers = new Keepers(
    journal,
    url,
    () => {},
    (error) => {
      throw error;
    },
  );
  await keepers.start();
  closing.push(async () => {
    await keepers.stop();
    await journal.close();
  });
  return { journal, keepers };
}

/** A board with `count` readings at these moments and some that are corrected, not reported, or words from afar. */
async function filled(moments: readonly number[]): Promise<{ url: string; journal: Journal; keepers: Keepers }> {
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const one = await started(url);
  await one.keepers.define(smallBoard({ range: { min: -1e6, max: 1e6 } }), 'test');
  for (const [i, at] of moments.entries()) await record(one.keepers, `b${i}`, at, i % 7 === 0 ? null : i / 3);
  await record(one.keepers, 'corrected', moments[1]!, 12.5, 1);
  await one.keepers.get('small')!.checkpoint();
  return { url, ...one };
}

function record(keepers: Keepers, key: string, at: number, value: number | null, rev = 0): Promise<unknown> {
  const rows: CandidateRow[] = [{ row: 0, series: 'm.1@here', at, value, rev, ...(value === null ? { why: 'counter\tbroke\\n' } : {}) }];
  return keepers.get('small')!.submit({
    source: 'ed',
    decide: (state, known, now) => recordReadings(state, { feed: 'ed', batch: key, rows, unreadable: [] }, known, now),
    late: () => rows,
  });
}

const HOUR = 3_600_000;
const MOMENTS = Array.from({ length: 40 }, (_, i) => Date.now() - (40 - i) * 60_000);

describe('a backup', () => {
  test('is restored whole, under a new epoch, with the same hashes and the same state (I48)', async () => {
    const { url, journal } = await filled(MOMENTS);
    const before = await verifyBoard(journal, 'small');
    const target = path.join(folder, 'whole');
    const manifest = await backup(url, target, new Date());
    expect(manifest.boards).toEqual([expect.objectContaining({ board: 'small', seq: before.seq, hash: before.hash })]);

    const there = await postgres.database();
    const { verdicts } = await restore(there, target, new Date());
    expect(verdicts).toEqual([before]);
    const restored = await started(there);
    const head = (await restored.journal.head('small'))!;
    expect(head.epoch).not.toBe(manifest.boards[0]!.epoch);
    expect(restored.keepers.get('small')!.stateHash()).toBe(before.stateHash);
    // It goes on from there: the chain holds over the seam.
    await record(restored.keepers, 'after', Date.now(), 3);
    const after = await verifyBoard(restored.journal, 'small');
    expect(after.faults).toEqual([]);
    expect(after.seq).toBeGreaterThan(before.seq);
  });

  test('can be tried in a database of its own, which is gone afterwards', async () => {
    const { url } = await filled(MOMENTS.slice(0, 5));
    const target = path.join(folder, 'tried');
    await backup(url, target, new Date());
    const { verdicts } = await testRestore(url, target, new Date());
    expect(verdicts.map(({ faults }) => faults)).toEqual([[]]);
    expect(await postgres.sql(url, `select 1 from pg_database where datname like 'commcell_restore_test_%'`)).toEqual([]);
  });

  test('is refused when any of its files was changed, cut or lost, and the target stays empty', async () => {
    const { url } = await filled(MOMENTS.slice(0, 5));
    const target = path.join(folder, 'damaged');
    await backup(url, target, new Date());
    const there = await postgres.database();
    for (const name of readdirSync(target)) {
      const file = path.join(target, name);
      const good = readFileSync(file);
      const bad = Buffer.from(good);
      bad[Math.floor(bad.length / 2)]! ^= 1;
      for (const content of [bad, good.subarray(0, good.length - 2), undefined]) {
        if (content === undefined) rmSync(file);
        else writeFileSync(file, content);
        await expect(restore(there, target, new Date())).rejects.toThrow(name === 'manifest.json' ? 'manifest.json' : name);
        writeFileSync(file, good);
      }
    }
    expect(await postgres.sql(there, `select to_regclass('board_head') as there`)).toEqual([{ there: null }]);
    await checkBackup(target);
  });

  test('is not restored over boards that are there', async () => {
    const { url } = await filled(MOMENTS.slice(0, 5));
    const target = path.join(folder, 'over');
    await backup(url, target, new Date());
    await expect(restore(url, target, new Date())).rejects.toThrow('has boards already');
    await expect(backup(url, target, new Date())).rejects.toThrow('not there yet');
  });

  test('with a journal that was edited before it was written is found on restoring (control)', async () => {
    const { url } = await filled(MOMENTS.slice(0, 8));
    await postgres.sql(url, `alter table journal disable trigger user`);
    await postgres.sql(
      url,
      `update journal set body = replace(body, '"feed":"ed"', '"feed":"eb"') where seq = (select max(seq) from journal where kind = 'ReadingsRecorded')`,
    );
    const target = path.join(folder, 'edited');
    await backup(url, target, new Date());
    const { verdicts } = await restore(await postgres.database(), target, new Date());
    expect(verdicts[0]!.faults[0]).toMatch(/was changed after it was recorded/);
  });
});

describe('a journal file', () => {
  async function written(journal: Journal, name: string): Promise<string> {
    const file = path.join(folder, name);
    let text = '';
    for await (const lines of journalLines(journal, 'small', 0)) text += lines;
    writeFileSync(file, text);
    return file;
  }

  test('gives another machine the same hashes, state and readings', async () => {
    const { url, journal } = await filled(MOMENTS);
    const before = await verifyBoard(journal, 'small');
    const file = await written(journal, 'journal.ndjson');
    const there = await postgres.database();
    await prepareDatabase(there, new Date());
    expect(await importJournal(there, file)).toEqual({ board: 'small', seq: before.seq, hash: before.hash });
    const other = await started(there);
    expect(same(await verifyBoard(other.journal, 'small'))).toEqual(same(before));
    const ROWS = `select series_no, observed_at, revision, value, words, seq from readings order by series_no, observed_at, revision`;
    expect(await postgres.sql(there, ROWS)).toEqual(await postgres.sql(url, ROWS));
    await expect(importJournal(there, file)).rejects.toThrow('already');
  });

  test('is refused when a line was changed, left out, moved or cut, and nothing is taken in', async () => {
    const { journal } = await filled(MOMENTS.slice(0, 6));
    const file = await written(journal, 'broken.ndjson');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const there = await postgres.database();
    await prepareDatabase(there, new Date());
    const recorded = lines.findIndex((line) => line.includes('ReadingsRecorded'));
    const faults: string[][] = [
      lines.map((line, i) => (i === recorded ? line.replace('ReadingsRecorded', 'ReadingsRecordeb') : line)),
      lines.filter((_, i) => i !== 3),
      lines.map((line, i) => (i === 3 ? lines[4]! : i === 4 ? lines[3]! : line)),
      lines.slice(0, -1),
      [...lines.slice(0, -2), lines.at(-1)!],
      ['{"format":2}', ...lines.slice(1)],
    ];
    for (const broken of faults) {
      writeFileSync(file, `${broken.join('\n')}\n`);
      await expect(importJournal(there, file)).rejects.toThrow(/Nothing was taken in|No event|no journal file/);
      expect(await postgres.sql(there, 'select 1 from journal union all select 1 from board_head')).toEqual([]);
    }
  });

  const same = ({ checkpoints: _checkpoints, ...verdict }: Verdict): Omit<Verdict, 'checkpoints'> => verdict;
});

describe('retirement', () => {
  test('drops whole months of readings once they are rolled up, never the journal, and verify still adds up', async () => {
    const old = Date.UTC(2024, 0, 15, 12);
    const url = await postgres.database();
    await prepareDatabase(url, new Date(old));
    await prepareDatabase(url, new Date());
    const { journal, keepers } = await started(url);
    await keepers.define(smallBoard(), 'test');
    await record(keepers, 'old', old, 5);
    await record(keepers, 'older', old - 30 * 24 * HOUR, 4);
    await record(keepers, 'new', Date.now() - HOUR, 6);
    const events = await postgres.sql(url, 'select count(*)::int as n from journal');

    expect(await retireReadings(url, new Date(), async () => false)).toEqual([]);
    expect(await postgres.sql(url, 'select 1 from readings')).toHaveLength(3);
    const retired = await retireReadings(url, new Date(), async () => true, 12);
    expect(retired.filter(({ readings }) => readings > 0)).toEqual([
      { month: '2023-12', readings: 1 },
      { month: '2024-01', readings: 1 },
    ]);
    expect(await postgres.sql(url, 'select value from readings')).toEqual([{ value: 6 }]);
    expect(await postgres.sql(url, 'select count(*)::int as n from journal')).toEqual(events);
    expect((await verifyBoard(journal, 'small')).faults).toEqual([]);
    // The control: without the count of what went, the sums do not agree.
    await postgres.sql(url, 'delete from readings_retired');
    expect((await verifyBoard(journal, 'small')).faults).toEqual([expect.stringContaining('the projection 1')]);
  });
});
