/** The review and the past of alerts against a week made by hand, on a real Postgres. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BoardEvent } from '@comm-cell/board/events';
import type { RuleId, Severity, Turn } from '@comm-cell/board/rule';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { reviewOf } from '../src/alerts/episodes.js';
import { episodesDuring, historyOf, shelvingsDuring, versionsOf } from '../src/alerts/past.js';
import { readingsBetween } from '../src/journal/readings-between.js';
import { learn, learnUsuals } from '../src/alerts/usual.js';
import { Appending, Journal } from '../src/journal/journal.js';
import { BoardKeeper } from '../src/keeper/board-keeper.js';
import { prepareBoard } from '../../../tests/support/api.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

/** A Monday, long ago enough that the week is over. */
const MONDAY = Date.UTC(2026, 0, 12);
const WEEK = { from: MONDAY, to: MONDAY + 7 * DAY_MS };
const A = { id: 'a', name: 'Duty manager' };
const B = { id: 'b', name: 'Site manager' };

let postgres: TestPostgres;
let url: string;
let journal: Journal;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  await prepareBoard(url, smallBoard());
  journal = new Journal(url);
});
afterAll(async () => {
  await journal.close();
  await postgres.stop();
});

async function write(at: number, ...events: BoardEvent[]): Promise<void> {
  const head = (await journal.head('small'))!;
  const prepared = new Appending('small', head, at).add(events, 'test', {}).finish();
  expect(await journal.append(prepared)).toBe('done');
}
const turned = (no: number, rule: RuleId, turn: Turn, due: number, more: object = {}): BoardEvent => ({ kind: 'AlertTurned', no, rule, turn, due, ...more });

/** One alert from its raising on: who answered after how many minutes, what was done, when it was over. */
interface Story {
  at: number;
  severity?: Severity;
  answered?: number;
  acted?: number;
  over?: number;
  behind?: RuleId;
}
let last = 0;
async function tell(rule: RuleId, { at, severity = 'act', answered, acted, over, behind }: Story): Promise<number> {
  const no = ++last;
  const after = (minutes: number): number => at + minutes * MINUTE_MS;
  await write(at, turned(no, rule, 'opened', at, { severity }), turned(no, rule, 'raised', at, { severity, value: 61 }));
  if (behind) await write(at, turned(no, rule, 'superseded', at, { behind }));
  if (answered !== undefined) await write(after(answered), turned(no, rule, 'acknowledged', after(answered), { by: A }));
  if (acted !== undefined) {
    const due = after(acted + 60);
    await write(
      after(acted),
      { kind: 'ActionRaised', no: 100 + no, what: 'open the annexe', owner: 'Site', due, alert: no, by: B },
      turned(no, rule, 'acting', after(acted)),
    );
  }
  if (over !== undefined) await write(after(over), turned(no, rule, 'stood-down', after(over)));
  return no;
}

describe('a week', () => {
  let standing: number;
  let acted: number;

  beforeAll(async () => {
    const hour = (n: number): number => MONDAY + n * HOUR_MS;
    // Before the week, and over before it: none of its business.
    await tell('long@here', { at: hour(-30), answered: 5, over: 60 });
    // Raised before the week, stood into it for more than a day.
    standing = await tell('crowded@here', { at: hour(-6), answered: 10, over: 31 * 60 });
    // Three by themselves, the second of them answered, so it was not by itself; the third took too long.
    await tell('long@here', { at: hour(1), over: 20 });
    await tell('long@here', { at: hour(3), answered: 4, over: 20 });
    await tell('long@here', { at: hour(5), over: 31 });
    acted = await tell('stroke@here', { at: hour(7), severity: 'critical', answered: 2, acted: 6, over: 90 });
    // Behind a composite from the beginning: nobody was told.
    await tell('beds@here', { at: hour(8), behind: 'system@here', over: 40 });
    // A flood: eleven within ten minutes, one more than allowed; the twelfth comes too late to be part of it.
    for (let i = 0; i < 11; i++) await tell(`flood-${i}@here`, { at: hour(50) + i * MINUTE_MS, answered: 30, over: 120 });
    await tell('late@here', { at: hour(50) + 25 * MINUTE_MS, over: 40 });
    await write(hour(60), { kind: 'RuleShelved', rule: 'long@here', until: hour(62), reason: 'known', by: A });
    await write(hour(70), { kind: 'RuleShelved', rule: 'long@here', until: hour(72), reason: 'known', by: A });
    // After the week.
    await tell('long@here', { at: WEEK.to + HOUR_MS, over: 20 });
  });

  test('every figure of the review is what a person counts', async () => {
    const episodes = await episodesDuring(journal, 'small', WEEK.from, WEEK.to, []);
    const shelvings = await shelvingsDuring(journal, 'small', WEEK.from, WEEK.to);
    const rules = ['long@here', 'stroke@here', 'never@here', 'beds@here', 'crowded@here'];
    const review = reviewOf({ ...WEEK, now: WEEK.to + DAY_MS, episodes, rules, shelvings });
    // long ×3, stroke, eleven of the flood, late: 16 told; beds stood behind.
    expect(review).toEqual({
      ...WEEK,
      raised: 16,
      behind: 1,
      // long (second), stroke, the eleven.
      acknowledgedShare: 13 / 16,
      medianToAcknowledgeMs: 30 * MINUTE_MS,
      actedShare: 1 / 16,
      // long (first).
      byThemselvesShare: 1 / 16,
      noisiest: [
        { rule: 'long@here', raised: 3 },
        { rule: 'flood-0@here', raised: 1 },
        { rule: 'flood-1@here', raised: 1 },
        { rule: 'flood-10@here', raised: 1 },
        { rule: 'flood-2@here', raised: 1 },
      ],
      neverFired: ['crowded@here', 'never@here'],
      standing: [{ no: standing, rule: 'crowded@here', raisedAt: MONDAY - 6 * HOUR_MS, forMs: 31 * HOUR_MS }],
      floods: [{ from: MONDAY + 50 * HOUR_MS, to: MONDAY + 50 * HOUR_MS + 10 * MINUTE_MS, raised: 11 }],
      shelved: [{ rule: 'long@here', times: 2 }],
    });
  });

  test('a week in which nothing was raised has no shares', async () => {
    const from = MONDAY - 300 * DAY_MS;
    const review = reviewOf({ from, to: from + 7 * DAY_MS, now: Date.now(), episodes: [], rules: [], shelvings: [] });
    expect(review).toMatchObject({ raised: 0, acknowledgedShare: null, actedShare: null, byThemselvesShare: null, medianToAcknowledgeMs: null });
  });

  test('a week that is not over counts what stands up to now', async () => {
    const episodes = await episodesDuring(journal, 'small', WEEK.from, WEEK.to, []);
    const now = MONDAY + 20 * HOUR_MS;
    const open = episodes.map((one) => (one.no === standing ? { no: one.no, rule: one.rule, openedAt: one.openedAt, raisedAt: one.raisedAt! } : one));
    expect(reviewOf({ ...WEEK, now, episodes: open, rules: [], shelvings: [] }).standing).toMatchObject([{ no: standing, forMs: 26 * HOUR_MS }]);
  });

  test('the story of one alert has its turns, its actions and its steps, in order, with names', async () => {
    await write(MONDAY + 7 * HOUR_MS + 8 * MINUTE_MS, { kind: 'CardStepTicked', card: 'stroke', run: `alert:${acted}`, step: 'call', by: A });
    await write(MONDAY + 9 * HOUR_MS, { kind: 'ActionClosed', no: 100 + acted, result: 'six beds', by: B });
    const history = (await historyOf(journal, 'small', acted))!;
    expect(history).toMatchObject({ no: acted, rule: 'stroke@here' });
    expect(history.steps.map(({ turn, by, text }) => [turn, by?.name, text])).toEqual([
      ['opened', undefined, undefined],
      ['raised', undefined, undefined],
      ['acknowledged', 'Duty manager', undefined],
      ['action-raised', 'Site manager', 'open the annexe'],
      ['acting', undefined, undefined],
      ['stood-down', undefined, undefined],
      ['step-ticked', 'Duty manager', 'call'],
      ['action-closed', 'Site manager', 'six beds'],
    ]);
    expect(await historyOf(journal, 'small', 9_999)).toBeUndefined();
    expect(await historyOf(journal, 'other', acted)).toBeUndefined();
  });

  test('versions of a rule, from its first to its end', async () => {
    const by = { id: 'file', name: 'file' };
    const rule = { id: 'long@here', forMs: 1 } as never;
    await write(MONDAY, { kind: 'RulesAgreed', rules: [rule, { id: 'x@here' } as never], retired: [], origin: 'file', by });
    await write(MONDAY + 1, { kind: 'RulesAgreed', rules: [{ id: 'x@here' } as never], retired: [], origin: 'file', by });
    await write(MONDAY + 2, { kind: 'RulesAgreed', rules: [], retired: ['long@here'], origin: 'screen', by: A, reason: 'noise' });
    expect(await versionsOf(journal, 'small', 'long@here')).toEqual([
      { version: 1, rule, since: MONDAY, origin: 'file', by },
      { version: 2, rule: null, since: MONDAY + 2, origin: 'screen', by: A, reason: 'noise' },
    ]);
  });
});

describe('readings of a stretch', () => {
  const insert = (no: number, rows: [at: number, rev: number, value: number | null][]): Promise<unknown> =>
    postgres.sql(
      url,
      `insert into readings (board_id, series_no, observed_at, revision, value, seq)
       select 'small', $1, to_timestamp(t.at / 1000), t.rev, t.value, 1 from unnest($2::float8[], $3::smallint[], $4::float8[]) as t(at, rev, value)`,
      [no, rows.map(([at]) => at), rows.map(([, rev]) => rev), rows.map(([, , value]) => value)],
    );
  const definition = { ...smallBoard(), series: Object.fromEntries(Object.values(smallBoard().series).map((one, i) => [one.id, { ...one, no: i + 1 }])) };

  test('come ascending, the newest revision of each moment, and "not reported" stays that', async () => {
    await insert(1, [
      [MONDAY + 2, 0, 5],
      [MONDAY, 0, 1.25],
      [MONDAY, 2, 7.5],
      [MONDAY, 1, 3],
      [MONDAY + 1, 0, -0.001],
      [MONDAY + 2, 1, null],
      [MONDAY - 1, 0, 99],
      [MONDAY + 10, 0, 99],
    ]);
    const lines = await readingsBetween(journal.pool, definition, ['m.1@here', 'm.2@here'], MONDAY, MONDAY + 10);
    expect([...lines.keys()]).toEqual(['m.1@here']);
    const { at, value } = lines.get('m.1@here')!;
    expect([...at]).toEqual([MONDAY, MONDAY + 1, MONDAY + 2]);
    expect([...value]).toEqual([7.5, -0.001, NaN]);
  });

  test('what is usual: the middle of the weeks for each local hour, known from three weeks on', async () => {
    // Around the change to summer time: 09:00 in London is 09:00 UTC before 29 March 2026 and 08:00 UTC after it.
    const now = Date.UTC(2026, 3, 13);
    const nineOnMonday = (week: number): number => now - week * 7 * DAY_MS + (week <= 2 ? 8 : 9) * HOUR_MS;
    const values = [, 10, 20, 90, 40];
    for (const week of [1, 2, 3, 4]) {
      const at = nineOnMonday(week);
      // The hour's value is the middle of its readings, whatever the outlier.
      await insert(2, [
        [at, 0, values[week]!],
        [at + MINUTE_MS, 0, values[week]!],
        [at + 2 * MINUTE_MS, 0, 5_000],
      ]);
    }
    // Ten o'clock is known to two weeks only.
    for (const week of [1, 2]) await insert(2, [[nineOnMonday(week) + HOUR_MS, 0, 1]]);
    const [usual, ...more] = await learnUsuals(journal, definition, ['m.2@here', 'm.3@here', 'gone@here'], now);
    expect(more).toEqual([]);
    expect(usual).toMatchObject({ figure: 'm.2@here', to: now });
    expect(usual!.hours).toHaveLength(168);
    expect(usual!.hours.flatMap((value, hour) => (value === null ? [] : [[hour, value]]))).toEqual([[9, 30]]);
  });

  test('a roll-up is usual only in hours of which all its parts know', async () => {
    const rollups = { 'sum@here': { id: 'sum@here', metric: 'm.1', how: 'sum' as const, of: ['m.2@here', 'm.3@here'] } };
    const now = Date.UTC(2026, 3, 13);
    for (const week of [1, 2, 3]) await insert(3, [[now - week * 7 * DAY_MS + (week <= 2 ? 8 : 9) * HOUR_MS + 5 * MINUTE_MS, 0, 1]]);
    const [usual] = await learnUsuals(journal, { ...definition, rollups }, ['sum@here'], now);
    expect(usual!.hours.flatMap((value, hour) => (value === null ? [] : [[hour, value]]))).toEqual([[9, 21]]);
  });

  test('several processes learn at once: it is journaled once, and not again before the week is over', async () => {
    const rule = ruleOf(
      'unusual@here',
      { kind: 'usual', figure: 'm.1@here', band: { over: 150 } },
      { label: { en: 'Unusual', cy: 'Anarferol' }, severity: 'watch' },
    );
    const fresh = await postgres.database();
    await prepareBoard(fresh, { ...smallBoard(), rules: { [rule.id]: rule } });
    const now = Date.now();
    await postgres.sql(
      fresh,
      // The same local hour of five weeks, also across a clock change.
      `insert into readings (board_id, series_no, observed_at, revision, value, seq)
       select 'small', 1, (to_timestamp($1::float8 / 1000) at time zone 'Europe/London' - week * interval '7 days') at time zone 'Europe/London', 0, 10 * week, 1
       from generate_series(1, 5) week`,
      [now],
    );
    const journals = [new Journal(fresh), new Journal(fresh)];
    try {
      const keepers = await Promise.all(
        journals.map(async (one) => {
          const { board, ...head } = (await one.heads())[0]!;
          const keeper = new BoardKeeper(board, one, head);
          await keeper.load(() => {});
          return { keeper, journal: one };
        }),
      );
      const learned = (): Promise<unknown[]> => postgres.sql(fresh, `select 1 from journal where kind = 'UsualLearned'`);
      await Promise.all(keepers.map(({ keeper, journal: own }) => learn(own, keeper, now)));
      expect(await learned()).toHaveLength(1);
      await keepers[0]!.keeper.refresh();
      expect(keepers[0]!.keeper.snapshot.state.usuals['m.1@here']!.hours.filter((hour) => hour !== null)).toEqual([30]);
      for (const { keeper, journal: own } of keepers) await learn(own, keeper, now + 5 * DAY_MS);
      expect(await learned()).toHaveLength(1);
    } finally {
      for (const one of journals) await one.close();
    }
  });
});
