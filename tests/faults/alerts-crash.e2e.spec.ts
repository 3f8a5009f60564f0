/**
 * The api dies forty times while readings cross the lines of rules: at every named place of the journal's way and at any moment,
 * three processes on one Postgres. Afterwards the journal holds the turns of the reference evaluator, each once and at its own
 * moment, whoever was alive to find it (I29); every process and every display stands at the fold of it (I36).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Entry } from '@comm-cell/board/events';
import type { PlainCondition, Rule, Turn } from '@comm-cell/board/rule';
import { Api, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { faultsOf, Ledger } from '../support/crash.js';
import { RESPONSE, ruleOf } from '../support/days.js';
import { Display } from '../support/display.js';
import { deaths, Lane, PLACES } from '../support/lane.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { differences, turnsIn } from '../support/reference.js';

const ROUNDS = 40;
const SEED = 20261123;
const DAY_MS = 86_400_000;
/** A value so old is late in a moment: the contract of the feeds is a day and half a day of grace. */
const NEARLY_LATE_MS = 1.5 * DAY_MS;
/** The clock of a process ticks every two seconds. */
const FOUND_MS = 5_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

const over = (figure: string, line: number): PlainCondition => ({ kind: 'line', figure, band: { over: line } });

/** Rules whose timers are as long as a process lives here. */
const RULES: Rule[] = [
  ruleOf('line', over('m.1@here', 5_000), { clear: { band: { under: 3_000 }, forMs: 0, readings: 1 } }),
  ruleOf('dwell', over('m.2@here', 2_000), { forMs: 150, clear: { forMs: 40, readings: 1 } }),
  ruleOf('counted', over('m.3@here', 4_000), { forReadings: 3, clear: { forMs: 0, readings: 2 } }),
  ruleOf(
    'difference',
    { kind: 'difference', figure: 'm.1@here', less: 'm.2@here', band: { atLeast: 0 } },
    { severity: 'watch', clear: { forMs: 80, readings: 1 } },
  ),
  ruleOf(
    'composite',
    { kind: 'composite', of: [over('m.1@here', 6_000), over('m.2@here', 6_000), over('m.3@here', 6_000)], atLeast: 2 },
    { supersedes: ['line', 'counted'] },
  ),
  ruleOf('slow', over('m.1@here-2', 5), { forMs: 1_200, clear: { forMs: 700, readings: 1 } }),
  ruleOf('slower', over('m.2@here-2', 5), { forMs: 2_500, forReadings: 2, severity: 'critical' }),
  ruleOf('late', { kind: 'late', feed: 'ed-2' }, { forMs: 400, clear: { forMs: 300, readings: 1 } }),
];

const TURNS_OF_READINGS: readonly Turn[] = ['opened', 'counted', 'raised', 'dropped', 'climbed', 'eased', 'relapsed', 'stood-down', 'superseded', 'released'];
const climb = [300, 900, 2_000].map((afterMs) => ({ afterMs, group: 'site' }));

function boardWithRules(): ProposedDefinition {
  const { groups, ...response } = RESPONSE;
  return {
    ...smallBoard({ feeds: 2, everyMs: DAY_MS }),
    response: { ...response, groups: { ...groups, duty: { ...groups.duty!, climb } } },
    rules: Object.fromEntries(RULES.map((rule) => [rule.id, rule])),
  };
}

async function journalOf(url: string): Promise<Entry[]> {
  const rows = await postgres.sql<{ seq: string; at: number; body: string }>(
    url,
    'select seq, round(extract(epoch from recorded_at) * 1000)::float8 as at, body from journal order by seq',
  );
  return rows.map(({ seq, at, body }) => ({ seq: Number(seq), at, event: JSON.parse(body) as Entry['event'] }));
}

test(`${ROUNDS} deaths: the journal holds the turns of the reference, and every state is its fold`, async () => {
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, boardWithRules());
  const lanes = [1, 2, 3].map(() => new Lane(url, keys.ed!));
  const ledgers = lanes.map((_, i) => new Ledger(`a${i}`, SEED + i));

  const atTheEdge = async (api: Api | undefined, freshMs: number, values: [number, number]): Promise<void> => {
    const observedAt = new Date(Date.now() - NEARLY_LATE_MS + freshMs).toISOString();
    const readings = values.map((value, k) => ({ series: `m.${k + 1}@here-2`, observedAt, value }));
    await api?.post('ed-2', keys['ed-2']!, { readings });
  };
  let writes = true;
  /** Values that stand for a second or two and then are late, until the next one comes: slow timers and silence. */
  const edge = async (): Promise<void> => {
    for (let i = 0; writes; i++) {
      const value = (k: number): number => ((i >> (1 + k)) % 2 === 0 ? 9 : 1);
      await atTheEdge(lanes[i % 3]!.api, 600 + (i % 5) * 900, [value(0), value(1)]).catch(() => {});
      await pause(500);
    }
  };
  const waiting = deaths(ROUNDS, SEED);
  const writing = [edge(), ...ledgers.map((ledger, i) => ledger.write(lanes[i]!.send, 40))];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let death = waiting.pop(); death; death = waiting.pop()) await lane.die(death);
    }),
  );

  const survivors = await Promise.all([Api.start({ DATABASE_URL: url }), Api.start({ DATABASE_URL: url })]);
  for (const [i, lane] of lanes.entries()) lane.api = survivors[i % 2];
  // Processes that die so often take little: whatever the deaths have left to be seen comes while everybody goes on writing.
  const seen = async (turn: Turn): Promise<boolean> => turnsIn(await journalOf(url)).some((one) => one.turn === turn);
  for (const turn of TURNS_OF_READINGS) await until(() => seen(turn), `an alert that is ${turn}`);
  writes = false;
  for (const ledger of ledgers) ledger.end();
  await Promise.all(writing);
  for (const [i, ledger] of ledgers.entries()) await ledger.settle(lanes[i]!.send);
  // An alert that loses its data, and gets it back.
  for (let i = 0; i < 2; i++) {
    await atTheEdge(survivors[0], 5_000, [9, 9]);
    await pause(i === 0 ? 5_000 + FOUND_MS : 0);
  }
  const displays = survivors.map(({ address }) => new Display({ address, board: 'small' }));
  await pause(FOUND_MS + 2_000);
  const end = Date.now() - FOUND_MS;
  const journal = await journalOf(url);
  expect(differences(journal, end)).toEqual([]);
  // Readings of the edge are in no ledger.
  expect((await faultsOf(postgres, url, ledgers)).filter((fault) => !fault.includes('@here-2'))).toEqual([]);
  const { seq } = await survivors[0].board<{ seq: number }>('small');
  await Promise.all(displays.map((one) => one.provenAt(seq)));
  expect(displays.map(({ different }) => different)).toEqual([0, 0]);

  // What the proof rests on: every kind of death and every turn that nobody's hand makes, found by ticks as well as by readings.
  const died = lanes.map((lane) => Object.keys(lane.died).join()).join();
  for (const name of [...Object.keys(PLACES), 'any moment']) expect(died).toContain(name);
  const turns = new Set(turnsIn(journal).map(({ turn }) => turn));
  for (const turn of [...TURNS_OF_READINGS, 'data-lost', 'data-back']) expect([...turns]).toContain(turn);
  const waited = journal.filter(({ at, event }) => event.kind === 'AlertTurned' && at > event.due).length;
  expect(waited).toBeGreaterThan(ROUNDS);

  // Positive control: each kind of harm to one turn is seen.
  const place = journal.findIndex(({ event }) => event.kind === 'AlertTurned' && event.turn === 'raised');
  const raised = journal[place]!;
  const harmed = (...instead: Entry[]): string[] => differences([...journal.slice(0, place), ...instead, ...journal.slice(place + 1)], end);
  expect(harmed()).toEqual([expect.stringMatching(/^missing: .* raised/)]);
  expect(harmed(raised, raised)).toEqual([expect.stringMatching(/^too much: .* raised .* \(2\)/)]);
  const later = raised.event.kind === 'AlertTurned' && { ...raised, event: { ...raised.event, due: raised.event.due + 1 } };
  expect(harmed(later as Entry)).toEqual([expect.stringMatching(/^too much/), expect.stringMatching(/^missing/)]);

  for (const one of displays) one.close();
  await Promise.all(survivors.map((one) => one.stop()));
}, 600_000);

test('positive control: a process that forgets its timers when it starts is caught', async () => {
  const url = await postgres.database();
  const { keys } = await prepareBoard(url, boardWithRules());
  const api = await Api.start({ DATABASE_URL: url });
  const observedAt = new Date(Date.now() - DAY_MS / 2).toISOString();
  await api.post('ed-2', keys['ed-2']!, { readings: [{ series: 'm.1@here-2', observedAt, value: 9 }] });
  await api.kill9();
  const opened = await journalOf(url);
  expect(turnsIn(opened)).toEqual([expect.objectContaining({ rule: 'slow', turn: 'opened' })]);
  // Nobody was there to find the end of the dwell: to the reference that is a turn that is missing.
  const end = opened.at(-1)!.at + 1_200;
  expect(differences(opened, end)).toEqual([expect.stringMatching(/^missing: slow raised/)]);
  await pause(1_300);
  const next = await Api.start({ DATABASE_URL: url });
  await until(async () => turnsIn(await journalOf(url)).length > 1, 'the next process raises it');
  await next.stop();
  expect(differences(await journalOf(url), end)).toEqual([]);
});
