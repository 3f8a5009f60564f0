/** The alert desk over HTTP, against a real api process: answers and their versions, actions, levels, rules, back-tests (I32, I35). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Rule } from '@comm-cell/board/rule';
import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import type { AlertView } from '@comm-cell/board/views/alerts';
import type { AlertHistory, BackTest, DeskView, Done, RulesAnswer, RuleVersion, Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { DataSource } from 'typeorm';
import { DeskSession } from '../src/access/desk-session.entity.js';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Api, type Answer, DISPLAY_COOKIE, prepareBoard } from '../../../tests/support/api.js';
import { ruleOf as plainRule, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const both = (text: string): { en: string; cy: string } => ({ en: text, cy: text });

const rule = (id: string, more: Partial<Rule> = {}): Rule =>
  plainRule(id, { kind: 'line', figure: 'm.1@here', band: { over: 100 } }, { label: both(id), ...more });

/** Rule `n@here` looks at `m.<n>@here`, over 100. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 9 });
  const rules: Record<string, Rule> = {};
  for (let n = 1; n <= 9; n++) rules[`r${n}@here`] = rule(`r${n}@here`, { when: { kind: 'line', figure: `m.${n}@here`, band: { over: 100 } } });
  rules['r9@here']!.severity = 'watch';
  return {
    ...plain,
    rules,
    response: {
      groups: {
        duty: { id: 'duty', name: both('Duty'), kind: 'duty', climb: [] },
        site: { id: 'site', name: both('Site'), kind: 'site', climb: [] },
      },
      holidays: [],
      cards: {
        card: { id: 'card', title: both('Card'), steps: [{ id: 'first', text: both('Look'), phase: 'first-15', role: both('Duty') }] },
      },
      schemes: {
        plain: {
          id: 'plain',
          name: both('Plain'),
          mark: 'P',
          version: '1',
          issuer: 'test',
          source: 'test',
          from: '2020-01-01',
          mode: 'both',
          levels: [1, 2, 3, 4].map((n) => ({ n, name: both(`P${n}`), meaning: both(`level ${n}`), look: 'ok' as const })),
          parameters: [],
          cuts: [{ upTo: 100, level: 1 }],
          how: 'sum',
          hold: { raiseMs: 0, lowerMs: 0 },
          declaredMs: 12 * HOUR_MS,
        },
      },
      levels: { system: { id: 'system', scheme: 'plain', name: both('System') } },
    },
  };
}

let postgres: TestPostgres;
let url: string;
let api: Api;
let key: string;
let database: DataSource;
let duty: Desk;
let lead: Desk;
let second: Desk;

type Told = Problem & { code: string; version: number };

/** Somebody signed in, at one of the processes. */
class Desk {
  constructor(
    readonly id: string,
    readonly cookie: string,
    private readonly at: Api,
  ) {}
  get<Body>(route: string): Promise<Answer<Body>> {
    return this.at.request(`/v1/boards/small/${route}`, { headers: { cookie: this.cookie } });
  }
  send<Body = Done & Told>(route: string, body: unknown, method = 'POST'): Promise<Answer<Body>> {
    return this.at.request(`/v1/boards/small/${route}`, {
      method,
      headers: { cookie: this.cookie, 'content-type': 'application/json', origin: this.at.address },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
  async view(): Promise<DeskView> {
    return (await this.get<DeskView>('alerts')).body;
  }
  async alert(id: string): Promise<AlertView | undefined> {
    const { alerts } = await this.view();
    return [...alerts.open, ...alerts.pending, ...alerts.shelved].find((one) => one.rule === id);
  }
}

async function somebody(name: string, role: Session['boards'][number]['role'], at = api): Promise<Desk> {
  const { id, token } = await new People(database).create(['small'], name, role);
  const { headers } = await at.request('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  return new Desk(id, headers.get('set-cookie')!.split(';')[0]!, at);
}

let clock = Date.now() - 10 * MINUTE_MS;
async function send(n: number, value: number): Promise<void> {
  const observedAt = new Date((clock += 1_000)).toISOString();
  expect((await api.post('ed', key, { readings: [{ series: `m.${n}@here`, observedAt, value }] })).status).toBe(201);
}
/** Raises the alert of rule `n`. */
async function raise(n: number): Promise<AlertView> {
  await send(n, 200);
  return (await duty.alert(`r${n}@here`))!;
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  key = (await prepareBoard(url, board())).keys.ed!;
  api = await Api.start({ DATABASE_URL: url });
  database = await dataSource(url, [PersonOfBoard, DeskSession]).initialize();
  duty = await somebody('Duty manager', 'duty');
  lead = await somebody('System lead', 'coordinator');
  second = await somebody('Site manager', 'coordinator');
});
afterAll(async () => {
  await database.destroy();
  await api.stop();
  await postgres.stop();
});

describe('answers', () => {
  test('acknowledge, act, ease: the alert is the keeper’s, the names are the people’s', async () => {
    const seen = await raise(1);
    expect(seen).toMatchObject({ phase: 'firing', unowned: true, group: both('Duty') });
    const answer = await duty.send('alerts/r1@here/acknowledge', { no: seen.no, version: seen.version });
    expect(answer).toMatchObject({ status: 200, body: { no: seen.no, version: seen.version + 1 } });
    expect(await duty.alert('r1@here')).toMatchObject({ phase: 'acknowledged', acknowledged: { by: 'Duty manager' }, version: answer.body.version });
    await send(1, 50);
    expect(await duty.alert('r1@here')).toBeUndefined();
    const { body: history } = await duty.get<AlertHistory>(`alerts/${seen.no}/history`);
    expect(history.steps.map(({ turn }) => turn)).toEqual(['opened', 'raised', 'acknowledged', 'eased', 'stood-down']);
    expect(history.steps[2]).toMatchObject({ by: { id: duty.id, name: 'Duty manager' } });
    const [from, to] = [new Date(Date.now() - HOUR_MS), new Date(Date.now() + MINUTE_MS)].map((moment) => moment.toISOString());
    expect((await duty.get(`alerts/history?from=${from}&to=${to}`)).body).toMatchObject([
      { no: seen.no, ended: 'stood-down', answeredBy: { name: 'Duty manager' } },
    ]);
    expect((await duty.get(`alerts/review?from=${from}&to=${to}`)).body).toMatchObject({ raised: 1, acknowledgedShare: 1 });
  });

  test('a stale version is refused with the present one, and nothing is done', async () => {
    const seen = await raise(2);
    expect((await duty.send('alerts/r2@here/take', seenOf(seen))).status).toBe(200);
    const now = (await duty.alert('r2@here'))!;
    for (const route of ['acknowledge', 'take', 'hand-over', 'shelve', 'close']) {
      const more = route === 'hand-over' ? { group: 'site' } : route === 'close' ? { reason: 'x' } : {};
      const body = route === 'shelve' ? { version: seen.version, until: soon(), reason: 'x' } : { ...seenOf(seen), ...more };
      const { status, headers, body: told } = await lead.send(`alerts/r2@here/${route}`, body);
      expect([route, status, told.code, told.version]).toEqual([route, 409, 'moved-on', now.version]);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
    expect(await duty.alert('r2@here')).toMatchObject({ version: now.version, owner: { by: 'Duty manager' } });
  });

  test('the next alert of a rule is another one, even at the same version', async () => {
    const seen = await raise(3);
    await send(3, 50);
    const next = await raise(3);
    expect(next.version).toBe(seen.version);
    expect((await duty.send('alerts/r3@here/acknowledge', seenOf(seen))).body).toMatchObject({ status: 409, code: 'moved-on', version: next.version });
    expect(await duty.alert('r3@here')).toMatchObject({ phase: 'firing' });
  });

  test('of two people who answer at once, by way of two processes, one is told that it moved on', async () => {
    const other = await Api.start({ DATABASE_URL: url });
    try {
      const there = await somebody('Site manager', 'duty', other);
      for (let round = 0; round < 5; round++) {
        const seen = await raise(4);
        const answers = await Promise.all([duty, there].map((desk) => desk.send('alerts/r4@here/acknowledge', seenOf(seen))));
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        const { body: history } = await duty.get<AlertHistory>(`alerts/${seen.no}/history`);
        expect(history.steps.filter(({ turn }) => turn === 'acknowledged')).toHaveLength(1);
        await send(4, 50);
      }
    } finally {
      await other.stop();
    }
  });

  test('handed over to a group, shelved with an end and a reason, taken off the shelf', async () => {
    const seen = await raise(5);
    expect((await duty.send('alerts/r5@here/hand-over', { ...seenOf(seen), group: 'nobody' })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'group' }],
    });
    const handed = await duty.send('alerts/r5@here/hand-over', { ...seenOf(seen), group: 'site', reason: 'beds are theirs' });
    expect(handed.status).toBe(200);
    expect(await duty.alert('r5@here')).toMatchObject({ group: both('Site'), unowned: true });
    expect((await duty.send('alerts/r5@here/shelve', { until: new Date(Date.now() + 13 * HOUR_MS).toISOString(), reason: 'x' })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'until', code: 'too-long' }],
    });
    expect((await duty.send('alerts/r5@here/shelve', { version: handed.body.version, until: soon(), reason: 'known' })).status).toBe(200);
    expect((await duty.view()).alerts).toMatchObject({
      counts: { shelved: 1 },
      shelved: [{ rule: 'r5@here', shelved: { reason: 'known', by: 'Duty manager' } }],
    });
    expect((await duty.send('alerts/r5@here/unshelve', {})).status).toBe(200);
    expect((await duty.view()).alerts.counts.shelved).toBe(0);
  });

  test('what is not there is 404; what is in force is not closed by hand', async () => {
    expect((await duty.send('alerts/none@here/acknowledge', { no: 1, version: 1 })).status).toBe(404);
    expect((await lead.send('alerts/r6@here/close', { no: 1, version: 1, reason: 'x' })).status).toBe(404);
    const seen = await raise(6);
    expect((await lead.send('alerts/r6@here/close', { ...seenOf(seen), reason: 'x' })).body).toMatchObject({ status: 422, code: 'rule-in-force' });
    expect((await duty.get('alerts/9999/history')).status).toBe(404);
    expect((await duty.get('alerts/one/history')).status).toBe(404);
    expect((await api.request('/v1/boards/nowhere/alerts', { headers: { cookie: DISPLAY_COOKIE } })).status).toBe(404);
  });
});

describe('actions and cards', () => {
  test('raised from an alert, in the rail, closed with a result; the alert is in hand', async () => {
    const seen = await raise(7);
    const raised = await duty.send('actions', { what: 'Open the annexe', owner: 'Site manager', due: soon(), alert: seen.no });
    expect(raised).toMatchObject({ status: 201, body: { no: 1 } });
    expect(await duty.alert('r7@here')).toMatchObject({ phase: 'actioning', actions: 1 });
    expect((await duty.view()).actions).toMatchObject({
      overdue: 0,
      actions: [{ no: 1, what: 'Open the annexe', alert: { rule: 'r7@here' }, overdueMs: 0, by: 'Duty manager' }],
    });
    const other = await duty.send('actions', { what: 'Look', owner: 'Duty', due: soon(), figure: 'm.1@here' });
    expect(other.status).toBe(201);
    expect((await duty.send('actions', { what: 'Look', owner: 'Duty', due: soon(), figure: 'none@here' })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'figure' }],
    });
    expect((await duty.send('actions', { what: 'Look', owner: 'Duty', due: new Date(Date.now() - 1).toISOString() })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'due' }],
    });
    expect((await duty.send('actions/1/close', { result: 'six beds' })).status).toBe(200);
    expect((await duty.send('actions/1/close', { result: 'again' })).status).toBe(404);
    expect((await duty.view()).actions.actions.map(({ no }) => no)).toEqual([2]);
  });

  test('a step is ticked once, by somebody, or cannot be done for a reason', async () => {
    const { no } = (await duty.alert('r7@here'))!;
    expect((await duty.send(`cards/alert:${no}/steps/first`, { card: 'card', cannot: 'nobody here' })).status).toBe(200);
    const run = async (): Promise<unknown> => (await duty.view()).actions.runs.find((one) => one.run === `alert:${no}`);
    expect(await run()).toMatchObject({ card: 'card', cannot: 1, steps: [{ id: 'first', ticked: { by: 'Duty manager', cannot: 'nobody here' } }] });
    expect((await duty.send(`cards/alert:${no}/steps/first`, { card: 'card' })).status).toBe(200);
    expect(await run()).toMatchObject({ started: 1, cannot: 0 });
    expect((await duty.send(`cards/alert:${no}/steps/none`, { card: 'card' })).status).toBe(404);
    expect((await duty.send('cards/alert:9999/steps/first', { card: 'card' })).status).toBe(404);
    expect((await duty.send(`cards/alert:${no}/steps/first`, { card: 'none' })).status).toBe(422);
  });
});

describe('levels', () => {
  test('declared with a reason and a review, beside the calculated one', async () => {
    const reviewBy = Date.now() + HOUR_MS;
    expect((await lead.send('levels/system/declare', { n: 3, reason: 'crowded', reviewBy: new Date(reviewBy).toISOString() })).status).toBe(200);
    const { body: levels } = await duty.get('levels');
    expect(levels).toMatchObject([{ id: 'system', declared: { n: 3, by: 'System lead', reason: 'crowded', reviewBy, overdue: false } }]);
    expect((await lead.send('levels/system/declare', { n: 9, reason: 'x' })).body).toMatchObject({ status: 422, errors: [{ field: 'n' }] });
    expect((await lead.send('levels/none/declare', { n: 1, reason: 'x' })).status).toBe(404);
  });
});

describe('rules', () => {
  test('a change to an act rule needs a second person; the author cannot be that', async () => {
    const changed = rule('r8@here', { when: { kind: 'line', figure: 'm.8@here', band: { over: 150 } } });
    expect((await lead.send('rules/r8@here', { rule: changed, reason: 'too many' }, 'PUT')).status).toBe(200);
    const before = await ruleOf('r8@here');
    expect(before).toMatchObject({ version: 1, origin: 'file', proposed: { by: { id: lead.id }, reason: 'too many' } });
    const proposal = { proposedAt: before.proposed!.at };
    expect((await lead.send('rules/r8@here/approve', proposal)).body).toMatchObject({ status: 422 });
    expect((await second.send('rules/r8@here/approve', { proposedAt: 1 })).body).toMatchObject({ status: 409, code: 'moved-on' });
    expect(await ruleOf('r8@here')).toMatchObject({ version: 1 });
    expect((await second.send('rules/r8@here/approve', proposal)).status).toBe(200);
    await untilVersion('r8@here', 2);
    expect(await ruleOf('r8@here')).toMatchObject({ origin: 'screen', rule: { when: { band: { over: 150 } } } });
    const { body: versions } = await duty.get<RuleVersion[]>('rules/r8@here/versions');
    expect(versions).toMatchObject([
      { version: 1, origin: 'file', rule: { when: { band: { over: 100 } } } },
      { version: 2, origin: 'screen', rule: { when: { band: { over: 150 } } } },
    ]);
    expect((await second.send('rules/r8@here/approve', proposal)).status).not.toBe(200);
  });

  test('a watch rule needs no second person; a change that waits can be withdrawn', async () => {
    const changed = rule('r9@here', { severity: 'watch', when: { kind: 'line', figure: 'm.9@here', band: { over: 120 } } });
    expect((await lead.send('rules/r9@here', { rule: changed, reason: 'x' }, 'PUT')).status).toBe(200);
    await untilVersion('r9@here', 2);
    const later = new Date(Date.now() + HOUR_MS).toISOString();
    expect((await lead.send('rules/r9@here', { rule: null, from: later, reason: 'noise' }, 'PUT')).status).toBe(200);
    const { proposed } = await ruleOf('r9@here');
    expect(proposed).toMatchObject({ rule: null, from: Date.parse(later) });
    expect((await second.send('rules/r9@here/withdraw', { proposedAt: proposed!.at })).status).toBe(200);
    expect((await ruleOf('r9@here')).proposed).toBeUndefined();
  });

  test.each([
    ['no owner', { owner: undefined }],
    ['an owner that is not there', { owner: 'nobody' }],
    ['no card', { card: undefined }],
    ['a card that is not there', { card: 'none' }],
    ['a figure that is not there', { when: { kind: 'line', figure: 'none@here', band: { over: 1 } } }],
    ['no line', { when: { kind: 'line', figure: 'm.1@here', band: {} } }],
    ['an unknown kind', { when: { kind: 'guess', figure: 'm.1@here' } }],
    [
      'a test of its own that fails',
      { tests: [{ title: 'fires', readings: [{ minute: 0, values: { 'm.1@here': 1 } }], minutes: 5, expect: [{ minute: 0, turn: 'raised' }] }] },
    ],
  ])('%s: not proposed', async (_name, more) => {
    const { status, body } = await lead.send('rules/r1@here', { rule: { ...rule('r1@here'), ...more }, reason: 'x' }, 'PUT');
    expect([status, body.errors?.length ?? 0]).toEqual([422, expect.any(Number)]);
    expect((await ruleOf('r1@here')).proposed).toBeUndefined();
  });

  test('the rule in the body is the one in the address', async () => {
    expect((await lead.send('rules/r1@here', { rule: rule('r2@here'), reason: 'x' }, 'PUT')).status).toBe(422);
  });
});

describe('back-tests', () => {
  /** Yesterday, a reading every quarter of an hour: over the line from 10:00 to 11:00 and at 12:00, over the proposed one at 10:30 only. */
  const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 12 * HOUR_MS;
  const values = (at: number): number => {
    if (at === noon - 90 * MINUTE_MS) return 180;
    return (at >= noon - 2 * HOUR_MS && at < noon - HOUR_MS) || at === noon ? 120 : 20;
  };
  const stretch = { from: new Date(noon - 6 * HOUR_MS).toISOString(), to: new Date(noon + 6 * HOUR_MS).toISOString() };

  beforeAll(async () => {
    const readings = Array.from({ length: 49 }, (_, i) => noon - 6 * HOUR_MS + i * 15 * MINUTE_MS).map((at) => ({
      series: 'm.6@here',
      observedAt: new Date(at).toISOString(),
      value: values(at),
    }));
    expect((await api.post('ed', key, { readings })).body).toMatchObject({ accepted: 49 });
  });

  test('answers the proposed rule beside the present one: when, how long, how high', async () => {
    const proposed = rule('r6@here', { when: { kind: 'line', figure: 'm.6@here', band: { over: 150 } } });
    const { status, body } = await duty.send<BackTest>('rules/backtest', { rule: proposed, ...stretch });
    expect(status).toBe(200);
    expect(body.rules).toHaveLength(1);
    expect(body.rules[0]!.present).toMatchObject({
      count: 2,
      totalMs: 75 * MINUTE_MS,
      firings: [
        { from: noon - 2 * HOUR_MS, to: noon - HOUR_MS, peak: 180 },
        { from: noon, to: noon + 15 * MINUTE_MS, peak: 120 },
      ],
    });
    expect(body.rules[0]!.proposed).toMatchObject({
      count: 1,
      totalMs: 15 * MINUTE_MS,
      firings: [{ from: noon - 90 * MINUTE_MS, to: noon - 75 * MINUTE_MS, peak: 180 }],
    });
  });

  test('the same rule over many figures, each with its own answer', async () => {
    const { body } = await duty.send<BackTest>('rules/backtest', { rule: rule('new@here'), figures: ['m.5@here', 'm.6@here'], ...stretch });
    expect(body.rules.map(({ figure, proposed, present }) => [figure, proposed.count, present])).toEqual([
      ['m.5@here', 0, undefined],
      ['m.6@here', 2, undefined],
    ]);
  });

  test('refuses what it cannot answer', async () => {
    const body = { rule: rule('r6@here'), ...stretch };
    expect((await duty.send('rules/backtest', { ...body, to: stretch.from })).status).toBe(422);
    expect((await duty.send('rules/backtest', { ...body, figures: ['none@here'] })).status).toBe(422);
    expect((await duty.send('rules/backtest', { ...body, from: '2020-01-01T00:00:00Z' })).status).toBe(422);
    expect((await duty.send('rules/backtest', { ...body, rule: null })).status).toBe(422);
  });
});

describe('every route that takes a body', () => {
  interface OpenApi {
    paths: Record<string, Record<string, { requestBody?: unknown }>>;
  }
  test('refuses a bad one as problem+json, and none of the bad ones is a fault of the server or changes anything', async () => {
    const { body: document } = await api.request<OpenApi>('/openapi.json');
    const admin = await somebody('Administrator', 'administrator');
    const before = await postgres.sql(url, `select count(*) from journal where source like 'person:%'`);
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!path.startsWith('/v1/boards/{board}/')) continue;
      for (const [method, { requestBody }] of Object.entries(methods)) {
        if (!requestBody) continue;
        const route = path
          .replace('/v1/boards/{board}/', '')
          .replace(/\{(\w+)\}/g, (_, name: string) => (name === 'rule' ? 'r1@here' : name === 'no' ? '1' : name === 'level' ? 'system' : 'x'));
        for (const body of [
          '',
          '{',
          'null',
          '[]',
          '"text"',
          '5',
          '{"a":1}',
          '{"__proto__":{"version":1}}',
          '{"version":{"$ne":1},"no":1}',
          '\u0000',
          `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
        ]) {
          const { status, headers } = await admin.send(route, body, method.toUpperCase());
          expect([path, body.slice(0, 40), status >= 400 && status < 500]).toEqual([path, body.slice(0, 40), true]);
          expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
        }
      }
    }
    expect(await postgres.sql(url, `select count(*) from journal where source like 'person:%'`)).toEqual(before);
  });
});

function seenOf({ no, version }: AlertView): { no: number; version: number } {
  return { no, version };
}
function soon(): string {
  return new Date(Date.now() + HOUR_MS).toISOString();
}
async function ruleOf(id: string): Promise<RulesAnswer[number]> {
  return (await duty.get<RulesAnswer>('rules')).body.find((one) => one.id === id)!;
}
async function untilVersion(id: string, version: number): Promise<void> {
  for (let i = 0; i < 200 && (await ruleOf(id)).version < version; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await ruleOf(id)).version).toBe(version);
}
