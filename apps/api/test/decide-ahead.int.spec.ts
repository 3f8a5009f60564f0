/** What is decided while a statement is under way: it stands on what is not certain yet, and must never show it (docs/adr 0016). */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import { type CandidateRow, lateRows, recordReadings, type ReadingsOutcome } from '@comm-cell/board/decide/record-readings';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { prepareDatabase } from '../src/database/schema.js';
import { type AppendResult, Journal, type PreparedAppend, StoreDown } from '../src/journal/journal.js';
import { BoardKeeper, type Submission } from '../src/keeper/board-keeper.js';
import { Keepers } from '../src/keeper/keepers.js';
import { verifyBoard } from '../src/verify.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const START = Date.now() - 6 * 3_600_000;
let postgres: TestPostgres;
let url: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await postgres.stop();
});

/** A journal in which a test has its hand. */
class HeldJournal extends Journal {
  appends = 0;
  write: (prepared: PreparedAppend, onwards: () => Promise<AppendResult>) => Promise<AppendResult> = (_, onwards) => onwards();

  override append(prepared: PreparedAppend): Promise<AppendResult> {
    this.appends++;
    return this.write(prepared, () => super.append(prepared));
  }

  /** Appends wait from now on until what is answered is called. */
  hold(): () => void {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    this.write = (_, onwards) => held.then(onwards);
    return release;
  }
}

async function freshBoard(): Promise<void> {
  url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  const fail = (message: string | Error): never => {
    throw new Error(String(message));
  };
  const keepers = new Keepers(journal, url, fail, fail);
  await keepers.define(smallBoard(), 'test');
  await keepers.stop();
  await journal.close();
}

async function keeperOn(journal: HeldJournal): Promise<BoardKeeper> {
  closing.push(() => journal.close());
  const { board, ...head } = (await journal.heads())[0]!;
  const keeper = new BoardKeeper(board, journal, head);
  await keeper.load(() => {});
  return keeper;
}

function batch(key: string, readings: [at: number, value: number, series?: string][], told: { decided: number } = { decided: 0 }): Submission<ReadingsOutcome> {
  const rows: CandidateRow[] = readings.map(([at, value, series = 'm.1@here'], row) => ({ row, series, at, value, rev: 0 }));
  return {
    source: 'ed',
    rows: rows.length,
    late: (state) => lateRows(state, rows),
    decide: (state, known, at) => {
      told.decided++;
      return recordReadings(state, { feed: 'ed', batch: key, rows, unreadable: [] }, known, at);
    },
    receipt: { feed: 'ed', key, bodyHash: Buffer.alloc(32), write: (_, placed) => ({ status: 201, text: JSON.stringify(placed) }) },
  };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Until its groups have met no other process's for a while. */
async function leaveAlone(keeper: BoardKeeper): Promise<void> {
  for (let i = 0; i < 20; i++) await keeper.submit(batch(`alone-${i}`, [[START - 60_000 + i, i, 'm.3@here']]));
}

async function expectOneHistory(keeper: BoardKeeper, journal: Journal): Promise<void> {
  expect((await verifyBoard(journal, 'small')).faults).toEqual([]);
  const entries = (await journal.rowsAfter('small', 0, 10_000)).map((row) => journal.toEntry(row));
  await keeper.refresh();
  expect(canonical(keeper.snapshot.state)).toBe(canonical(evolveAll(structuredClone(emptyBoard), entries)));
  expect(Object.getPrototypeOf(keeper.snapshot.state.series)).toBe(Object.prototype);
}

test('it is decided before the commit, and sent, shown and answered only after it', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const keeper = await keeperOn(journal);
  const published: number[] = [];
  keeper.subscribe((entries) => published.push(...entries.map(({ seq }) => seq)));
  const { head } = keeper.snapshot;
  const release = journal.hold();
  const told = { decided: 0 };
  const answered: string[] = [];
  const first = keeper.submit(batch('first', [[START, 1]])).finally(() => answered.push('first'));
  await turns();
  const second = keeper.submit(batch('second', [[START + 1, 2]], told)).finally(() => answered.push('second'));
  await turns();
  expect({ decided: told.decided, appends: journal.appends, answered, published }).toEqual({ decided: 1, appends: 1, answered: [], published: [] });
  expect(keeper.snapshot.head).toBe(head);
  expect(keeper.snapshot.state.series['m.1@here']).toBeUndefined();
  release();
  expect(await Promise.all([first, second])).toMatchObject([{ placed: { fromSeq: head.seq + 1 } }, { placed: { fromSeq: head.seq + 2 } }]);
  expect({ decided: told.decided, appends: journal.appends, answered }).toEqual({ decided: 1, appends: 2, answered: ['first', 'second'] });
  expect(published).toEqual([head.seq + 1, head.seq + 2]);
  await expectOneHistory(keeper, journal);
});

test('one that is left alone sends it before the commit, and shows and answers nothing of it before its own', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const keeper = await keeperOn(journal);
  await leaveAlone(keeper);
  const before = journal.appends;
  const { head } = keeper.snapshot;
  const seen: string[] = [];
  keeper.subscribe((entries) => seen.push(...entries.map(({ seq }) => `shown ${seq - head.seq}`)));
  const releases: (() => void)[] = [];
  journal.write = async (_, onwards) => {
    const result = await onwards();
    await new Promise<void>((resolve) => releases.push(resolve));
    return result;
  };
  const [first, second, third] = [1, 2, 3].map((n) => () => keeper.submit(batch(`n-${n}`, [[START + n, n]])).then(() => seen.push(`answered ${n}`)));
  const answers = [first!()];
  await turns();
  answers.push(second!());
  await turns();
  answers.push(third!());
  while (releases.length < 2) await turns();
  expect({ appends: journal.appends - before, seen }).toEqual({ appends: 2, seen: [] });
  expect(keeper.snapshot.head).toBe(head);
  // The answer to the later one cannot overtake on one line; if it did, it would still have to wait.
  releases[1]!();
  await turns();
  expect(seen).toEqual([]);
  releases[0]!();
  while (releases.length < 3) await turns();
  expect(seen).toEqual(['shown 1', 'shown 2', 'answered 1', 'answered 2']);
  releases[2]!();
  await Promise.all(answers);
  expect(seen.slice(4)).toEqual(['shown 3', 'answered 3']);
  await expectOneHistory(keeper, journal);
});

/** What is sent behind a group that another process has just forestalled with one of the same length; `onTop` seeds a fault there. */
async function forestalled(
  onTop: (prepared: PreparedAppend, hash: Buffer) => PreparedAppend,
): Promise<{ keeper: BoardKeeper; journal: HeldJournal; answers: unknown[] }> {
  await freshBoard();
  const journal = new HeldJournal(url);
  const [keeper, other] = [await keeperOn(journal), await keeperOn(new HeldJournal(url))];
  await leaveAlone(keeper);
  const before = journal.appends;
  const release = journal.hold();
  const held = journal.write;
  journal.write = (prepared, onwards) => {
    const behind = journal.appends - before === 2;
    return behind ? held(prepared, () => Journal.prototype.append.call(journal, onTop(prepared, other.snapshot.head.hash))) : held(prepared, onwards);
  };
  const first = keeper.submit(batch('first', [[START, 1]]));
  await turns();
  const second = keeper.submit(batch('second', [[START + 5, 2]]));
  await turns();
  expect(journal.appends - before).toBe(2);
  await other.submit(batch('other', [[START + 1, 9, 'm.2@here']]));
  release();
  return { keeper, journal, answers: await Promise.all([first, second].map((answer) => answer.catch((error: Error) => error))) };
}

test('what was sent behind a group that did not come about is not taken for the continuation of another of its length', async () => {
  const { keeper, journal, answers } = await forestalled((prepared) => prepared);
  expect(answers).toMatchObject([{ outcome: { accepted: 1 } }, { outcome: { accepted: 1 } }]);
  await expectOneHistory(keeper, journal);
});

test('positive control: if the seq alone were asked for, the chain would break there, and the check says so', async () => {
  const { journal } = await forestalled((prepared, hash) => ({
    ...prepared,
    values: prepared.values.map((value) => (value === prepared.head.hash ? hash : value)),
  }));
  expect((await verifyBoard(journal, 'small')).faults).not.toEqual([]);
});

test('what somebody is told of waits for the commit: it is read from the board as it was then', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const keeper = await keeperOn(journal);
  await leaveAlone(keeper);
  const before = journal.appends;
  const release = journal.hold();
  const first = keeper.submit(batch('first', [[START, 1]]));
  await turns();
  const told = keeper.submit({
    source: 'admin',
    decide: (_, __, at) => ({
      events: [{ kind: 'LevelDeclared', level: 'opel', n: 2, reason: 'the ward is full', reviewBy: at + 3_600_000, by: { id: 'duty', name: 'Duty manager' } }],
      outcome: null,
    }),
  });
  await turns();
  expect(journal.appends - before).toBe(1);
  release();
  await first;
  await told;
  expect(journal.appends - before).toBe(2);
  await expectOneHistory(keeper, journal);
});

test('when another process was faster, it is decided again on what that has written', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const [keeper, other] = [await keeperOn(journal), await keeperOn(new HeldJournal(url))];
  const release = journal.hold();
  const told = { decided: 0 };
  const first = keeper.submit(batch('first', [[START, 1]]));
  await turns();
  const second = keeper.submit(batch('second', [[START + 5, 2]], told));
  await turns();
  await other.submit(batch('other', [[START + 5, 2]]));
  release();
  expect(await first).toMatchObject({ outcome: { accepted: 1 } });
  expect(await second).toMatchObject({ outcome: { accepted: 0, duplicate: 1 } });
  expect(told.decided).toBe(2);
  await expectOneHistory(keeper, journal);
});

test('a twin in the group under way is found, though no look into the journal could find it', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const keeper = await keeperOn(journal);
  const release = journal.hold();
  const first = keeper.submit(batch('first', [[START, 1], [START + 9, 3]])); // prettier-ignore
  await turns();
  const twins = ['late', 'newest'].map((key, i) => keeper.submit(batch(key, [[START + 9 * i, 1 + 2 * i]])));
  const same = keeper.submit(batch('first', [[START, 1], [START + 9, 3]])); // prettier-ignore
  await turns();
  release();
  await first;
  expect(await Promise.all(twins)).toMatchObject([{ outcome: { duplicate: 1, accepted: 0 } }, { outcome: { duplicate: 1, accepted: 0 } }]);
  expect(await same).toMatchObject({ repeated: true });
  await expectOneHistory(keeper, journal);
});

test('one that cannot be decided on what never came about is tried again, not refused', async () => {
  await freshBoard();
  const journal = new HeldJournal(url);
  const keeper = await keeperOn(journal);
  const release = journal.hold();
  const onwards = journal.write;
  journal.write = (prepared, write) => (journal.appends === 1 ? onwards(prepared, () => Promise.resolve('outdated')) : write());
  const told = { decided: 0 };
  const first = keeper.submit({
    ...batch('first', []),
    decide: (state, known, at) => batch('first', [[START, told.decided++ === 0 ? 666 : 1]]).decide(state, known, at),
  });
  await turns();
  let refused = 0;
  const picky = keeper.submit({
    source: 'ed',
    decide: (state) => {
      if (state.series['m.1@here']?.value !== 666) return { events: [], outcome: 'fine' };
      refused++;
      throw new Error('666 is not wanted');
    },
  });
  await turns();
  release();
  expect(await first).toMatchObject({ repeated: false });
  expect(await picky).toMatchObject({ outcome: 'fine' });
  expect(refused).toBe(1);
});

test.each([
  { processes: 2, every: 7 },
  { processes: 1, every: 29 },
])(
  'whatever becomes of the statements of $processes, what was answered is in the journal once, and all fold to one state',
  async ({ processes, every }) => {
    await freshBoard();
    const journals = Array.from({ length: processes }, () => new HeldJournal(url));
    for (const journal of journals) {
      let n = 0;
      journal.write = async (_, onwards) => {
        // Those sent behind one another share the fate of the first, and have fates of their own.
        const fate = n++ % every;
        if (fate === 2) return 'outdated';
        if (fate === 4) throw new StoreDown(new Error('lost before'));
        const result = await onwards();
        if (fate === 5) throw new StoreDown(new Error('lost after'));
        return result;
      };
    }
    const keepers = await Promise.all(journals.map(keeperOn));
    const answers: { key: string; fromSeq: number | null }[] = [];
    const senders = Array.from({ length: 12 }, async (_, sender) => {
      for (let i = 0; i < 25; i++) {
        const key = `${sender}-${i}`;
        const series = `m.${(sender % 3) + 1}@here`;
        // Some come late, some twice.
        const at = START + 1_000 * (i % 5 === 4 ? i - 2 : i) + (i % 6 === 5 ? 0 : sender);
        const answer = await keepers[sender % processes]!.submit(batch(key, [[at, i % 90, series]]));
        if (!answer.repeated) answers.push({ key, fromSeq: answer.placed.fromSeq });
        else answers.push({ key, fromSeq: (JSON.parse(answer.receipt.text) as { fromSeq: number | null }).fromSeq });
      }
    });
    await Promise.all(senders);
    expect(answers).toHaveLength(300);
    const entries = new Map((await journals[0]!.rowsAfter('small', 0, 10_000)).map((row) => [row.seq, journals[0]!.toEntry(row).event]));
    for (const { key, fromSeq } of answers) if (fromSeq !== null) expect(entries.get(fromSeq)).toMatchObject({ batch: key });
    expect(await postgres.sql(url, `select 1 from receipts`)).toHaveLength(300);
    for (const [i, keeper] of keepers.entries()) await expectOneHistory(keeper, journals[i]!);
  },
  60_000,
);
