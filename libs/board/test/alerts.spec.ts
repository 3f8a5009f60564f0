import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../src/canonical.js';
import { closeAction, raiseAction, tickStep } from '../src/decide/actions.js';
import { approveRule, proposeRule, withdrawRule, wrongWith } from '../src/decide/agree-rules.js';
import { acknowledge, closeAlert, handOver, SHELF_LONGEST_MS, shelveRule, take, unshelveRule } from '../src/decide/answer-alert.js';
import { backtest } from '../src/decide/backtest.js';
import { defineBoard } from '../src/decide/define-board.js';
import { CHASE_EVERY_MS, CHASES, comeDue, follow } from '../src/decide/react.js';
import { tick } from '../src/decide/tick.js';
import type { BoardEvent, Entry, Person } from '../src/events.js';
import { evolveAll, Fold } from '../src/evolve.js';
import type { Rule } from '../src/rule.js';
import { isRaised } from '../src/rules/alert.js';
import { slopeOf } from '../src/rules/condition.js';
import { beginAfter, isWithin } from '../src/rules/hours.js';
import { emptyBoard, type Alert, type BoardState } from '../src/state.js';
import { HOUR_MS, MINUTE_MS } from '../src/time.js';
import { actionsView } from '../src/views/actions.js';
import { alertsView } from '../src/views/alerts.js';
import { boardOf, ruleOf, type RuleSketch } from './board.js';
import { LONDON } from './london.js';

const START = Date.parse('2026-01-16T14:00:00Z');
const A: Person = { id: 'a', name: 'Matron' };
const B: Person = { id: 'b', name: 'Site' };
const WAITING = 'ed.waiting@north';
const LINE: RuleSketch = { when: { line: WAITING, is: 'over 40' }, for: '15m', clear: { is: 'under 35', for: '30m' } };

/** A board, moved by hand through the keeper's own steps. */
class Board {
  state: BoardState = emptyBoard;
  readonly journal: Entry[] = [];
  now = START;

  constructor(rules: Record<string, RuleSketch>) {
    const feeds = { north: { every: '15m', grace: '5m', limit: '1h' }, south: { every: '15m', grace: '5m', limit: '1h' } };
    const series = { [WAITING]: { feed: 'north' }, 'ed.seen@north': { feed: 'north' }, 'ed.waiting@south': { feed: 'south' } };
    const rollups = { 'ed.waiting@system': { how: 'sum' as const, of: [WAITING, 'ed.waiting@south'] } };
    this.do((state) => defineBoard(state, boardOf({ feeds, series, rollups, rules })));
  }

  do<Outcome>(decide: (state: BoardState, at: number) => { events: BoardEvent[]; outcome: Outcome }, feed?: string): Outcome {
    const fold = new Fold(this.state);
    const due = comeDue(fold, this.now, feed);
    const { events, outcome } = decide(fold.peek, this.now);
    for (const event of events) fold.apply(event, this.now);
    for (const event of [...due, ...events, ...follow(fold, events, this.now)]) this.journal.push({ seq: this.journal.length + 1, at: this.now, event });
    this.state = fold.finish();
    return outcome;
  }

  send(minute: number, values: Record<string, number | null>): this {
    this.now = START + minute * MINUTE_MS;
    for (const feed of ['north', 'south']) {
      const readings = Object.entries(values)
        .filter(([id]) => id.endsWith(feed))
        .map(([series, value]) => ({ series, at: this.now, value }));
      if (readings.length > 0) this.do(() => ({ events: [{ kind: 'ReadingsRecorded', feed, batch: 'b', readings }], outcome: null }), feed);
    }
    return this;
  }

  waitTo(minute: number): this {
    this.now = START + minute * MINUTE_MS;
    this.do((state, at) => tick(state, at));
    return this;
  }

  alert(rule: string): Alert {
    return this.state.alerts[rule]!;
  }

  turns(rule: string): string {
    return this.journal
      .flatMap(({ event }) => (event.kind === 'AlertTurned' && event.rule === rule ? [`${(event.due - START) / MINUTE_MS} ${event.turn}`] : []))
      .join(', ');
  }
}

const refusal = (outcome: object): string => ('refused' in outcome ? (outcome.refused as { code: string }).code : 'accepted');
const firing = (): Board => new Board({ 'crowded@north': LINE }).send(0, { [WAITING]: 50 }).send(15, { [WAITING]: 50 });
const seen = (board: Board, by = A) => ({ no: board.alert('crowded@north').no, version: board.alert('crowded@north').version, by });

describe('silence', () => {
  test('does not keep a pending alert back, nor one that waits for readings', () => {
    const rules = { 'time@north': LINE, 'count@north': { ...LINE, readings: 3 } };
    const board = new Board(rules).send(0, { [WAITING]: 50 }).waitTo(300);
    expect(board.turns('time@north')).toBe('0 opened, 15 raised, 20 data-lost, 25 climbed, 35 climbed');
    expect(board.turns('count@north')).toBe('0 opened, 20 data-lost, 20 raised, 30 climbed, 40 climbed');
  });

  test('of one part does not end what a sum without it is over already', () => {
    const rules = { 'many@system': { when: { line: 'ed.waiting@system', is: 'over 60' } } };
    const board = new Board(rules)
      .send(0, { [WAITING]: 70, 'ed.waiting@south': 20 })
      .send(15, { [WAITING]: 75 })
      .waitTo(21);
    expect(board.turns('many@system')).toBe('0 opened, 0 raised, 10 climbed, 20 climbed');
    expect(board.waitTo(36).turns('many@system')).toContain('35 data-lost');
  });

  test('never ends an alert (I31): whatever was sent, after the last reading nothing stands down but by a hold that ran on current values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 40 }), value: fc.integer({ min: 25, max: 55 }) }), { minLength: 1, maxLength: 12 }),
        (steps) => {
          const board = new Board({ 'crowded@north': LINE });
          let minute = 0;
          for (const { after, value } of steps) board.send((minute += after), { [WAITING]: value });
          const open = board.alert('crowded@north');
          board.waitTo(minute + 600);
          const ended = board.turns('crowded@north').match(/\d+ stood-down/g) ?? [];
          for (const one of ended) expect(Number.parseInt(one, 10)).toBeLessThanOrEqual(minute + 20);
          if (open && open.phase !== 'easing') expect(isRaised(board.alert('crowded@north'))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('the turns do not depend on when the clock ticks, nor on restarts; a replay gives the same state', () => {
  const step = fc.record({
    after: fc.integer({ min: 1, max: 35 }),
    north: fc.integer({ min: 25, max: 55 }),
    south: fc.option(fc.integer({ min: 0, max: 40 })),
  });
  const rules: Record<string, RuleSketch> = {
    'crowded@north': LINE,
    'late@north': { when: { late: 'north' }, for: '7m', clear: { for: '10m' } },
    'many@system': { when: { line: 'ed.waiting@system', is: 'over 70' }, readings: 2, active: { from: '15:10', to: '18:00' } },
    'rising@north': { when: { rate: WAITING, during: '1h', is: 'over 10' }, supersedes: ['crowded@north'] },
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 }), (steps, ticks) => {
      const played = (clock: readonly number[], restarts: boolean): Board => {
        const board = new Board(rules);
        const left = [...clock].sort((a, b) => a - b);
        let minute = 0;
        for (const { after, north, south } of steps) {
          minute += after;
          while (left[0]! < minute) board.waitTo(left.shift()!);
          board.send(minute, { [WAITING]: north, ...(south !== null && { 'ed.waiting@south': south }) });
          if (restarts) board.state = JSON.parse(JSON.stringify(board.state)) as BoardState;
        }
        return board.waitTo(600);
      };
      const [one, other] = [played([], false), played(ticks, true)];
      for (const id of Object.keys(rules)) expect(other.turns(id)).toBe(one.turns(id));
      expect(canonical(evolveAll(emptyBoard, other.journal))).toBe(canonical(other.state));
    }),
    { numRuns: 100 },
  );
});

describe('people', () => {
  test('answer the version they saw (I32), and once', () => {
    const board = firing();
    const before = seen(board);
    expect(board.do((state, at) => acknowledge(state, before, at))).toEqual({ no: 1, rule: 'crowded@north', version: before.version + 1 });
    expect(board.do((state, at) => take(state, before, at))).toMatchObject({ refused: { code: 'moved-on', version: before.version + 1 } });
    expect(board.do((state, at) => acknowledge(state, { ...before, no: 7 }, at))).toMatchObject({ refused: { code: 'unknown-alert' } });
    expect(board.waitTo(20).turns('crowded@north')).toBe('0 opened, 15 raised, 15 acknowledged');
  });

  test('cannot answer what has not been raised', () => {
    const board = new Board({ 'crowded@north': LINE }).send(0, { [WAITING]: 50 });
    expect(refusal(board.do((state, at) => acknowledge(state, seen(board), at)))).toBe('not-raised');
  });

  test('hand over to a group that is asked anew, and climbs anew', () => {
    const board = firing();
    board.do((state, at) => take(state, seen(board), at));
    expect(refusal(board.do((state, at) => handOver(state, { ...seen(board), group: 'nobody' }, at)))).toBe('unknown-group');
    expect(refusal(board.do((state, at) => handOver(state, { ...seen(board), group: 'site' }, at)))).toBe('accepted');
    expect(alertsView(board.state, board.now).open[0]).toMatchObject({ unowned: true, groupId: 'site', phase: 'firing' });
  });

  test('a raised severity asks for an answer again; the ladder begins there', () => {
    const board = firing();
    board.do((state, at) => acknowledge(state, seen(board), at));
    board.send(30, { [WAITING]: 50 });
    const rule = { ...ruleOf('crowded@north', LINE), severity: 'critical' as const };
    board.do(() => ({ events: [{ kind: 'RulesAgreed', rules: [rule], retired: [], origin: 'screen', by: A }], outcome: null }));
    expect(board.alert('crowded@north')).toMatchObject({ phase: 'firing', severity: 'critical', changedFrom: 1 });
    expect(board.alert('crowded@north').acknowledged).toBeUndefined();
    expect(board.send(45, { [WAITING]: 50 }).turns('crowded@north')).toContain('30 rule-changed, 40 climbed');
  });

  test('close only what no rule judges any more', () => {
    const board = firing();
    expect(refusal(board.do((state, at) => closeAlert(state, { ...seen(board), reason: 'x' }, at)))).toBe('rule-in-force');
    board.do(() => ({ events: [{ kind: 'RulesAgreed', rules: [], retired: ['crowded@north'], origin: 'screen', by: A }], outcome: null }));
    board.send(30, { [WAITING]: 1 }).send(90, { [WAITING]: 1 });
    expect(alertsView(board.state, board.now).open[0]).toMatchObject({ phase: 'firing', changedFrom: 1, label: { en: 'crowded@north' } });
    expect(refusal(board.do((state, at) => closeAlert(state, { ...seen(board), reason: 'x' }, at)))).toBe('accepted');
    expect(board.state.alerts).toEqual({});
  });

  test('shelve for twelve hours at most, and it is counted until then (I35)', () => {
    const board = firing();
    const shelve = (until: number) => board.do((state, at) => shelveRule(state, { rule: 'crowded@north', until, reason: 'known', by: A }, at));
    expect(refusal(shelve(board.now + SHELF_LONGEST_MS + 1))).toBe('too-long');
    expect(refusal(shelve(board.now))).toBe('already-over');
    expect(refusal(shelve(board.now + HOUR_MS))).toBe('accepted');
    expect(alertsView(board.state, board.now)).toMatchObject({ open: [], counts: { shelved: 1 }, shelved: [{ no: 1 }] });
    expect(refusal(board.do((state, at) => unshelveRule(state, { rule: 'crowded@north', by: A }, at)))).toBe('accepted');
    expect(alertsView(board.state, board.now).open).toHaveLength(1);
  });
});

test('hysteresis (I34): a value that flutters around the line is one alert, and is raised no later for it', () => {
  const board = new Board({ 'crowded@north': { ...LINE, for: '0s' } });
  for (let i = 0; i < 40; i++) board.send(i * 10, { [WAITING]: i % 2 === 0 ? 41 : 39 });
  expect(board.turns('crowded@north')).toBe('0 opened, 0 raised, 10 climbed, 20 climbed');
});

describe('a change of a rule', () => {
  const rule = (more: Partial<Rule> = {}): Rule => ({ ...ruleOf('crowded@north', { ...LINE, severity: 'act' }), ...more });
  const easier = rule({ when: { kind: 'line', figure: WAITING, band: { over: 60 } } });
  const propose = (board: Board, one: Rule | null, from?: number) =>
    board.do((state, at) => proposeRule(state, { id: 'crowded@north', rule: one, reason: 'x', by: A, ...(from !== undefined && { from }) }, at));

  test('of severity act waits for somebody else', () => {
    const board = firing();
    expect(propose(board, easier)).toEqual({ id: 'crowded@north', agreed: false, needsSecond: true });
    expect(refusal(board.do((state, at) => approveRule(state, { id: 'crowded@north', by: A }, at)))).toBe('same-person');
    expect(board.do((state, at) => approveRule(state, { id: 'crowded@north', by: B }, at))).toMatchObject({ agreed: true });
    expect(board.state.rules['crowded@north']).toMatchObject({ version: 2, origin: 'screen' });
    // The value is fine by the new line, but no reading has said so under it (I33).
    expect(board.waitTo(16).alert('crowded@north').phase).toBe('firing');
    expect(board.send(30, { [WAITING]: 30 }).alert('crowded@north').phase).toBe('easing');
  });

  test('begins at its moment, whenever the clock finds it', () => {
    const board = firing();
    propose(board, easier, START + 60 * MINUTE_MS);
    board.do((state, at) => approveRule(state, { id: 'crowded@north', by: B }, at));
    expect(board.waitTo(59).state.rules['crowded@north']!.version).toBe(1);
    expect(board.waitTo(90).state.rules['crowded@north']).toMatchObject({ version: 2, since: START + 60 * MINUTE_MS });
    expect(board.turns('crowded@north')).toContain('60 rule-changed');
  });

  test('can be withdrawn; a watch rule needs no second person', () => {
    const board = firing();
    propose(board, null);
    expect(refusal(board.do((state) => withdrawRule(state, { id: 'crowded@north', by: A })))).toBe('accepted');
    expect(board.state.rules['crowded@north']!.proposed).toBeUndefined();
    const watch = { ...ruleOf('other@north', LINE), severity: 'watch' as const };
    expect(board.do((state, at) => proposeRule(state, { id: 'other@north', rule: watch, reason: 'x', by: A }, at))).toMatchObject({ agreed: true });
    // The file does not know it, and leaves it alone.
    const { definition } = board.state;
    expect(defineBoard(board.state, { ...definition!, rules: { 'crowded@north': rule() } }).events).toEqual([]);
  });

  test.each<[string, Partial<Rule>, string]>([
    ['owner', { owner: 'nobody' }, 'unknown-group'],
    ['card', { card: 'none' }, 'unknown-card'],
    ['when.figure', { when: { kind: 'line', figure: 'none@north', band: { over: 1 } } }, 'unknown-figure'],
    ['when.feed', { owner: 'data', when: { kind: 'late', feed: 'none' } }, 'unknown-feed'],
    ['owner', { when: { kind: 'late', feed: 'north' } }, 'not-for-data'],
    ['when.band', { when: { kind: 'line', figure: WAITING, band: {} } }, 'no-line'],
    ['clear.band', { clear: { band: { under: 60 }, forMs: 0, readings: 1 } }, 'not-easier'],
    ['label', { label: { en: 'x', cy: ' ' } }, 'no-label'],
    ['supersedes', { supersedes: ['crowded@north'] }, 'itself'],
  ])('is refused where %s is wrong', (field, more, code) => {
    expect(wrongWith(firing().state.definition!, rule(more))).toMatchObject({ field, code });
  });

  test('must tell its own stories', () => {
    const story = {
      title: 'fires',
      readings: [
        { minute: 0, values: { [WAITING]: 50 } },
        { minute: 60, values: { [WAITING]: 20 } },
      ],
      minutes: 120,
    };
    const told = rule({
      tests: [
        {
          ...story,
          expect: [
            { minute: 15, turn: 'raised' as const },
            { minute: 90, turn: 'stood-down' as const },
          ],
        },
      ],
    });
    const untrue = rule({ tests: [{ ...story, expect: [{ minute: 20, turn: 'raised' as const }] }] });
    expect(wrongWith(firing().state.definition!, told)).toBeUndefined();
    expect(wrongWith(firing().state.definition!, untrue)).toMatchObject({
      field: 'tests',
      detail: '"fires" expects raised at 20; the rule says raised at 15, stood-down at 90.',
    });
  });
});

describe('actions and cards', () => {
  test('an action from an alert moves it on, is chased while it is overdue, and ends with a result', () => {
    const board = firing();
    const action = { what: 'open the lounge', owner: 'site', due: board.now + HOUR_MS, by: A };
    expect(refusal(board.do((state, at) => raiseAction(state, { ...action, alert: 9 }, at)))).toBe('unknown-alert');
    expect(board.do((state, at) => raiseAction(state, { ...action, alert: 1 }, at))).toEqual({ no: 1 });
    expect(board.alert('crowded@north')).toMatchObject({ phase: 'actioning', actions: 1 });
    board.waitTo(75 + (CHASE_EVERY_MS / MINUTE_MS) * 10);
    expect(board.state.actions[1]!.chased).toBe(CHASES);
    expect(actionsView(board.state, board.now).actions[0]).toMatchObject({ no: 1, chased: CHASES, overdueMs: CHASE_EVERY_MS * 10 });
    expect(board.do((state) => closeAction(state, { no: 1, result: 'done', by: A }))).toEqual({ no: 1 });
    expect(refusal(board.do((state) => closeAction(state, { no: 1, result: 'done', by: A })))).toBe('unknown-action');
  });

  test('steps of a card are ticked once; what could not be done may be done after all', () => {
    const board = firing();
    const step = (id: string, cannot?: string) =>
      board.do((state) => tickStep(state, { card: 'look', run: 'alert:1', step: id, by: A, ...(cannot !== undefined && { cannot }) }));
    expect(step('see')).toEqual({ changed: true });
    expect(step('see')).toEqual({ changed: false });
    expect(step('call', 'no phone')).toEqual({ changed: true });
    expect(actionsView(board.state, board.now).runs[0]).toMatchObject({ run: 'alert:1', started: 1, cannot: 1, of: 2 });
    expect(step('call')).toEqual({ changed: true });
    expect(refusal(step('sing'))).toBe('unknown-step');
    expect(refusal(board.do((state) => tickStep(state, { card: 'look', run: 'alert:2', step: 'see', by: A })))).toBe('unknown-run');
  });
});

test('a flood is named, and what came last is drawn to the eye', () => {
  const rules = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`r${i}@north`, { when: { line: WAITING, is: 'over 40' } }]));
  const view = alertsView(new Board(rules).send(0, { [WAITING]: 50 }).state, START);
  expect(view.flood).toEqual({ since: START, raised: 12 });
  expect(view.counts).toMatchObject({ act: 12, unowned: 12 });
  expect(view.groups).toHaveLength(1);
  expect(view.newestUnowned).toBe(12);
});

test('windows keep what slopes need, late readings in their place, whatever the order', () => {
  const rules = { 'rising@north': { when: { rate: WAITING, during: '1h', is: 'over 10' } } };
  const readings = [0, 10, 20, 35, 50, 70, 90].map((minute) => ({ series: WAITING, at: START + minute * MINUTE_MS, value: minute }));
  const windowOf = (order: typeof readings) =>
    evolveAll(
      new Board(rules).state,
      order.map((reading) => ({ at: START + 3 * HOUR_MS, event: { kind: 'ReadingsRecorded', feed: 'north', batch: 'b', readings: [reading] } })),
    ).windows;
  fc.assert(
    fc.property(fc.shuffledSubarray(readings, { minLength: readings.length }), (order) => {
      expect(windowOf(order)).toEqual({ [WAITING]: [35, 50, 70, 90].map((minute) => [START + minute * MINUTE_MS, minute]) });
    }),
  );
  expect(
    slopeOf(
      [
        [0, 1],
        [10, 2],
        [20, 3],
      ],
      20,
    ),
  ).toBeCloseTo(0.1);
  expect(
    slopeOf(
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      20,
    ),
  ).toBeUndefined();
});

test('a back-test finds what the live board found, and the present rule beside it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ after: fc.integer({ min: 1, max: 30 }), value: fc.option(fc.integer({ min: 25, max: 55 })) }), { minLength: 1, maxLength: 40 }),
      (steps) => {
        const board = new Board({ 'crowded@north': LINE });
        const line = { at: new Float64Array(steps.length), value: new Float64Array(steps.length) };
        let minute = 0;
        for (const [i, { after, value }] of steps.entries()) {
          board.send((minute += after), { [WAITING]: value });
          line.at[i] = START + minute * MINUTE_MS;
          line.value[i] = value ?? NaN;
        }
        board.waitTo(minute + 100);
        const rule = ruleOf('crowded@north', LINE);
        const { proposed, present } = backtest(rule, new Map([[WAITING, line]]), {
          definition: board.state.definition!,
          from: START,
          to: board.now,
          present: rule,
        });
        const turns = board.turns('crowded@north');
        const said = (turn: string): number[] =>
          (turns.match(new RegExp(`\\d+ ${turn}`, 'g')) ?? []).map((one) => START + Number.parseInt(one, 10) * MINUTE_MS);
        expect(proposed.firings.map(({ from }) => from)).toEqual(said('raised'));
        expect(proposed.firings.flatMap(({ to }) => (to === undefined ? [] : [to]))).toEqual(said('stood-down'));
        expect(present).toEqual(proposed);
      },
    ),
    { numRuns: 100 },
  );
});

describe('hours of the clock on the wall', () => {
  const night = { days: [6], from: '22:00', to: '06:00' };
  test.each([
    ['2026-01-17T21:59:00Z', false],
    ['2026-01-17T22:00:00Z', true],
    ['2026-01-18T05:59:00Z', true],
    ['2026-01-18T06:00:00Z', false],
    ['2026-01-17T03:00:00Z', false],
  ])('%s', (moment, within) => {
    expect(isWithin(night, LONDON, Date.parse(moment))).toBe(within);
  });

  test('begin twice where the clock shows their beginning twice', () => {
    const repeated = { days: [7], from: '01:30', to: '04:00' };
    const first = beginAfter(repeated, LONDON, Date.parse('2026-10-24T12:00:00Z'))!;
    expect(first).toBe(Date.parse('2026-10-25T00:30:00Z'));
    expect(beginAfter(repeated, LONDON, first)).toBe(Date.parse('2026-10-25T01:30:00Z'));
  });
});
