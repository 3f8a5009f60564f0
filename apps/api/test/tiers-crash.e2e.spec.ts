/**
 * The api dies at every named place of an append while it carries what cells pass to each other, two processes at a time on one
 * Postgres. Afterwards everything that was passed has arrived once, and every answer is back once.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '@comm-cell/board/cell';
import { answerPassed, passOn, takeIn } from '@comm-cell/board/decide/pass-on';
import type { BoardEvent } from '@comm-cell/board/events';
import { Journal } from '@comm-cell/api/journal/journal';
import type { BoardKeeper } from '@comm-cell/api/keeper/board-keeper';
import { Keepers } from '@comm-cell/api/keeper/keepers';
import { Api, ApiEnded, prepareBoard, until } from '../../../tests/support/api.js';
import { withCell } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const by = { id: 'lead', name: 'Lead' };
const NAMED = { up: { upper: { en: 'upper', cy: 'upper' } }, down: {}, sideways: {} };
const ANSWERS: readonly Answer[] = ['yes', 'no', 'noted'];
const PLACES = ['append.before', 'append.after-commit', 'append.after-evolve', 'publish.after'] as const;
const EACH_ROUND = 3;

let postgres: TestPostgres;
let journal: Journal;
let keepers: Keepers;
let url: string;
let lower: BoardKeeper;
let upper: BoardKeeper;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres?.stop();
});

/** Two cells, and the hands of their people: these keepers decide and write, but carry nothing. */
async function begin(): Promise<void> {
  url = await postgres.database();
  await prepareBoard(url, withCell({ id: 'upper' }));
  const below = withCell({ id: 'lower' });
  await prepareBoard(url, { ...below, cell: { ...below.cell!, tier: 2, above: 'upper' } });
  journal = new Journal(url);
  keepers = new Keepers(
    journal,
    url,
    () => {},
    (error) => {
      throw error;
    },
  );
  await keepers.start();
  [lower, upper] = [keepers.get('lower')!, keepers.get('upper')!];
}
async function end(): Promise<void> {
  await keepers.stop();
  await journal.close();
}

async function raiseAndPass(text: string): Promise<void> {
  await lower.submit({
    source: 'test',
    decide: (state, _known, at) => {
      const no = (state.counts.concerns ?? 0) + 1;
      const raised: BoardEvent = { kind: 'ConcernRaised', no, text, about: {}, by };
      const about = { concern: no };
      const with_ = { ...state, concerns: { ...state.concerns, [no]: { no, text, about: {}, status: 'open' as const, raisedAt: at, changedAt: at, by } } };
      const { events, outcome } = passOn(with_, { way: 'up', type: 'safety', text, about, by }, NAMED, at);
      return { events: [raised, ...events], outcome };
    },
  });
}
async function answerAll(): Promise<void> {
  await upper.refresh();
  for (const { from, no, answer } of Object.values(upper.snapshot.state.arrived))
    if (!answer)
      await upper.submit({ source: 'test', decide: (state) => answerPassed(state, { from, no, answer: ANSWERS[no % 3]!, text: `answer to ${no}`, by }) });
}

/** Everything the two journals say against each other. An empty list is the proof. */
async function faults(): Promise<string[]> {
  const rows = await postgres.sql<{ board: string; body: string }>(url, 'select board_id as board, body from journal order by board_id, seq');
  const of = <K extends BoardEvent['kind']>(board: string, kind: K): Extract<BoardEvent, { kind: K }>[] =>
    rows.flatMap((row) => {
      const event = JSON.parse(row.body) as BoardEvent;
      return row.board === board && event.kind === kind ? [event as Extract<BoardEvent, { kind: K }>] : [];
    });
  const found: string[] = [];
  const compare = (name: string, sent: readonly { no: number; text: string }[], come: readonly { no: number; text: string }[]): void => {
    for (const { no, text } of sent) {
      const same = come.filter((one) => one.no === no);
      if (same.length !== 1) found.push(`${name} ${no} came ${same.length} times`);
      else if (same[0]!.text !== text) found.push(`${name} ${no} came as something else`);
    }
    for (const { no } of come) if (!sent.some((one) => one.no === no)) found.push(`${name} ${no} was never sent`);
  };
  compare('passed', of('lower', 'Passed'), of('upper', 'Arrived'));
  compare('answer', of('upper', 'Answered'), of('lower', 'AnswerArrived'));
  return found;
}

test('eight deaths of two processes at once: everything arrives once, every answer is back once', async () => {
  await begin();
  /** Of those that did not come to their place: their fellow had done the work. */
  let idle = 0;
  const ends: string[] = [];
  const die = async (place: string, pass: number): Promise<void> => {
    try {
      const api = await Api.start({ DATABASE_URL: url, CRASHPOINT: `${place}:${pass}` });
      const patience = setTimeout(() => (idle++, void api.kill9()), 5_000);
      const { signal } = await api.exited;
      clearTimeout(patience);
      ends.push(String(signal));
    } catch (error) {
      if (!(error instanceof ApiEnded)) throw error;
      ends.push('while starting');
    }
  };
  let sent = 0;
  for (const place of PLACES)
    for (const pass of [1, 3]) {
      for (let i = 0; i < EACH_ROUND; i++) await raiseAndPass(`concern ${++sent}`);
      await answerAll();
      await Promise.all([die(place, pass), die(place, pass + 1)]);
    }
  expect(ends).toHaveLength(16);
  expect(idle).toBeLessThan(8);
  const survivors = await Promise.all([Api.start({ DATABASE_URL: url }), Api.start({ DATABASE_URL: url })]);
  const answered = async (): Promise<boolean> => {
    await answerAll();
    await lower.refresh();
    return Object.values(lower.snapshot.state.passed).every(({ answer }) => answer !== undefined);
  };
  await until(answered, 'every answer is back');
  expect(Object.keys(lower.snapshot.state.passed)).toHaveLength(sent);
  expect(await faults()).toEqual([]);
  // The cell below is heard by now, from whichever process is first.
  await until(async () => (await upper.refresh(), upper.snapshot.state.below['lower'] !== undefined), 'the cell below is heard');
  await Promise.all(survivors.map((one) => one.stop()));
  await end();
}, 300_000);

test('positive control: a carrier that notes its place first loses one, a carrier that never looks doubles one; both are seen', async () => {
  await begin();
  for (let i = 1; i <= 3; i++) await raiseAndPass(`concern ${i}`);
  let place = 0;
  const carry = async (diesAt?: number): Promise<void> => {
    for (const one of Object.values(lower.snapshot.state.passed)) {
      if (one.no <= place) continue;
      place = one.no;
      if (one.no === diesAt) return;
      await upper.submit({ source: 'test', decide: (state) => takeIn(state, 'lower', undefined, one) });
    }
  };
  await carry(2);
  await carry();
  expect(await faults()).toEqual(['passed 2 came 0 times']);
  const first = Object.values(lower.snapshot.state.passed)[0]!;
  await upper.submit({ source: 'test', decide: (state) => takeIn({ ...state, arrived: {} }, 'lower', undefined, first) });
  expect(await faults()).toEqual(['passed 1 came 2 times', 'passed 2 came 0 times']);
  await end();
});
