/** Who is told of what, when, and in which words. */
import { describe, expect, test } from '@jest/globals';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { messagesFor, type Message } from '@comm-cell/board/decide/tell';
import { quietUntil } from '@comm-cell/board/rules/hours';
import type { BoardEvent } from '@comm-cell/board/events';
import { evolve } from '@comm-cell/board/evolve';
import type { GroupDefinition, ResponseDefinition } from '@comm-cell/board/response';
import type { Hours, Rule, Turn } from '@comm-cell/board/rule';
import { type Alert, type BoardState, emptyBoard } from '@comm-cell/board/state';
import { smallBoard } from '../../../tests/support/boards.js';
import { LONDON } from '../../../libs/board/test/london.js';

const label = (en: string, cy = `${en} (cy)`) => ({ en, cy });
const ALL_DAYS = [1, 2, 3, 4, 5, 6, 7];
const at = (local: string): number => Date.parse(`${local}Z`);
/** A Monday in winter: London is on UTC. */
const MONDAY = at('2026-01-12T10:30:00');

function group(id: string, more: Partial<GroupDefinition> = {}): GroupDefinition {
  return { id, name: label(id), kind: 'duty', climb: [], ...more };
}
const office: Hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
const night: Hours = { days: ALL_DAYS, from: '22:00', to: '07:00' };

const response: ResponseDefinition = {
  groups: {
    duty: group('duty', {
      hours: office,
      otherwise: 'on-call',
      climb: [
        { afterMs: 600_000, group: 'site' },
        { afterMs: 1_200_000, group: 'lead' },
      ],
    }),
    'on-call': group('on-call', { quiet: night, climb: [{ afterMs: 600_000, group: 'lead' }] }),
    site: group('site', { kind: 'site' }),
    lead: group('lead', { kind: 'system' }),
    data: group('data', {
      kind: 'data',
      climb: [
        { afterMs: 600_000, group: 'lead' },
        { afterMs: 900_000, group: 'it' },
      ],
    }),
    it: group('it', { kind: 'data' }),
  },
  holidays: ['2025-12-25', '2025-12-26'],
  cards: { handover: { id: 'handover', title: label('Handover delays', 'Oedi trosglwyddo'), steps: [] } },
  schemes: {
    opel: {
      id: 'opel',
      name: label('OPEL'),
      mark: 'OPEL',
      version: '1',
      issuer: '',
      source: '',
      from: '2025-01-01',
      mode: 'both',
      levels: [1, 2, 3, 4].map((n) => ({ n, name: label(`OPEL ${n}`), meaning: label(''), look: 'ok' as const })),
      parameters: [],
      cuts: [],
      how: 'sum',
      hold: { raiseMs: 0, lowerMs: 0 },
      declaredMs: 3_600_000,
    },
  },
  levels: { system: { id: 'system', scheme: 'opel', name: label('System') }, acute: { id: 'acute', scheme: 'opel', name: label('Acute'), provider: 'acute' } },
  levelGroup: 'lead',
};

const RULE: Rule = {
  id: 'long@here',
  label: label('Too many waiting', 'Gormod yn aros'),
  place: 'here',
  severity: 'act',
  when: { kind: 'line', figure: 'm.1@here', band: { over: 45 } },
  forMs: 0,
  forReadings: 1,
  clear: { forMs: 0, readings: 1 },
  owner: 'duty',
  card: 'handover',
  tests: [],
};

const alert = (more: Partial<Alert> = {}): Alert => ({
  no: 147,
  rule: RULE.id,
  ruleVersion: 1,
  version: 3,
  turnedAt: MONDAY,
  phase: 'firing',
  severity: 'act',
  since: MONDAY - 1_800_000,
  firedAt: MONDAY,
  value: 52,
  seen: 0,
  group: 'duty',
  climbed: 0,
  actions: 0,
  ...more,
});

function board(more: Partial<BoardState> = {}, rule: Rule = RULE): BoardState {
  const proposed = { ...smallBoard(), zone: LONDON, response };
  const [defined] = defineBoard(emptyBoard, proposed).events;
  const state = evolve(emptyBoard, { event: defined!, at: MONDAY - 86_400_000 });
  const series = {
    ...state.series,
    'm.1@here': {
      at: MONDAY,
      rev: 0,
      value: 52,
      recordedAt: MONDAY,
      trend: [
        [MONDAY - 7_200_000, 30],
        [MONDAY - 3_300_000, 40],
        [MONDAY, 52],
      ] as [number, number][],
    },
  };
  const rules = { [rule.id]: { version: 1, rule, since: 0, origin: 'file' as const, by: { id: 'x', name: 'x' } } };
  return { ...state, series, rules, alerts: { [rule.id]: alert({ severity: rule.severity, group: rule.owner }) }, ...more };
}

const turned = (turn: Turn, more: Partial<Extract<BoardEvent, { kind: 'AlertTurned' }>> = {}): BoardEvent => ({
  kind: 'AlertTurned',
  rule: RULE.id,
  no: 147,
  turn,
  due: MONDAY,
  ...more,
});
const told = (messages: readonly Message[]) => messages.map(({ group: id, kind }) => [id, kind]);

describe('an alert that is raised', () => {
  test('tells its owner: what, where, since when, value and line, trend, owner, card, and where to look', () => {
    const [message, ...more] = messagesFor(board(), { at: MONDAY, event: turned('raised', { value: 52 }) });
    expect(more).toEqual([]);
    expect(message).toEqual({
      group: 'duty',
      notBefore: MONDAY,
      kind: 'raised',
      about: 'alert 147',
      title: { en: 'SIMULATED · ACT: Too many waiting, here', cy: 'EFELYCHEDIG · GWEITHREDU: Gormod yn aros, here (cy)' },
      lines: [
        { en: 'Alert 147 · small', cy: 'Rhybudd 147 · small (cy)' },
        { en: 'here, acute', cy: 'here (cy), acute (cy)' },
        { en: 'Since 10:00', cy: 'Ers 10:00' },
        { en: 'm.1: 52; line: over 45', cy: 'm.1 (cy): 52; trothwy: dros 45' },
        { en: 'Up 12 in 55 min', cy: 'I fyny 12 mewn 55 mun' },
        { en: 'No owner yet; it is with duty', cy: 'Dim perchennog eto; mae gyda duty (cy)' },
        { en: 'Action card: Handover delays', cy: 'Cerdyn gweithredu: Oedi trosglwyddo' },
      ],
      link: '/alerts/small?alert=147',
      canWait: false,
      alert: { rule: 'long@here', no: 147 },
    });
  });

  test.each([
    ['in office hours', '2026-01-12T10:30:00', 'duty'],
    ['before them', '2026-01-12T07:59:59', 'on-call'],
    ['as they begin', '2026-01-12T08:00:00', 'duty'],
    ['as they end', '2026-01-12T18:00:00', 'on-call'],
    ['on a Saturday', '2026-01-17T10:30:00', 'on-call'],
    ['on a bank holiday', '2025-12-25T10:30:00', 'on-call'],
    ['on the day before it, late', '2025-12-24T23:59:00', 'on-call'],
    ['in summer, at nine by the clock', '2026-07-06T08:30:00', 'duty'],
    ['in summer, before eight by the clock', '2026-07-06T06:59:00', 'on-call'],
  ])('%s tells who is on duty then', (_name, moment, who) => {
    expect(told(messagesFor(board(), { at: at(moment), event: turned('raised') }))).toEqual([[who, 'raised']]);
  });

  test('in quiet hours waits only when it is to be watched', () => {
    const late = at('2026-01-12T23:30:00');
    const watch = { ...RULE, severity: 'watch' as const };
    expect(messagesFor(board(), { at: late, event: turned('raised') })).toMatchObject([{ group: 'on-call', notBefore: late, canWait: false }]);
    expect(messagesFor(board({}, watch), { at: late, event: turned('raised') })).toMatchObject([
      { group: 'on-call', notBefore: at('2026-01-13T07:00:00'), canWait: true },
    ]);
  });

  test('tells nobody while its rule is shelved or it stands behind a composite', () => {
    const shelf = { since: MONDAY - 1, until: MONDAY + 1, reason: 'known', by: { id: 'x', name: 'x' } };
    expect(messagesFor(board({ shelves: { [RULE.id]: shelf } }), { at: MONDAY, event: turned('raised') })).toEqual([]);
    expect(messagesFor(board({ alerts: { [RULE.id]: alert({ behind: 'all@here' }) } }), { at: MONDAY, event: turned('raised') })).toEqual([]);
    // The composite is on, and the turn `superseded` is about to follow.
    const state = board();
    const composite: Rule = { ...RULE, id: 'all@here', supersedes: [RULE.id] };
    const both = {
      ...state,
      rules: { ...state.rules, 'all@here': { ...state.rules[RULE.id]!, rule: composite } },
      alerts: { ...state.alerts, 'all@here': alert({ rule: 'all@here', no: 146 }) },
    };
    expect(messagesFor(both, { at: MONDAY, event: turned('raised') })).toEqual([]);
  });
});

describe('the other turns', () => {
  test('climbing and handing over tell the group that is named', () => {
    expect(told(messagesFor(board(), { at: MONDAY, event: turned('climbed', { group: 'site' }) }))).toEqual([['site', 'climbed']]);
    expect(told(messagesFor(board(), { at: MONDAY, event: turned('handed-over', { group: 'lead' }) }))).toEqual([['lead', 'handed-over']]);
  });

  test('what is nobody’s news tells nobody', () => {
    for (const turn of ['opened', 'counted', 'dropped', 'acknowledged', 'taken', 'acting', 'eased', 'relapsed', 'superseded', 'data-back', 'closed'] as const)
      expect([turn, messagesFor(board(), { at: MONDAY, event: turned(turn) }, alert())]).toEqual([turn, []]);
  });

  test('lost data is told to who has the alert, as something that stays open', () => {
    const state = board({ alerts: { [RULE.id]: alert({ lostSince: MONDAY, acknowledged: { by: { id: 'a', name: 'Site manager' }, at: MONDAY } }) } });
    const [message] = messagesFor(state, { at: MONDAY, event: turned('data-lost') });
    expect(message).toMatchObject({ group: 'duty', kind: 'data-lost' });
    const english = message!.lines.map(({ en }) => en);
    expect(english).toContain('No data since 10:30: it stays open on the last known value');
    expect(english).toContain('Owner: Site manager, duty');
  });

  test('released and unshelved are told like new, unless somebody has answered', () => {
    const answered = board({ alerts: { [RULE.id]: alert({ acknowledged: { by: { id: 'a', name: 'A' }, at: MONDAY } }) } });
    const unshelved: BoardEvent = { kind: 'RuleUnshelved', rule: RULE.id };
    expect(told(messagesFor(board(), { at: MONDAY, event: turned('released') }))).toEqual([['duty', 'released']]);
    expect(told(messagesFor(board(), { at: MONDAY, event: unshelved }))).toEqual([['duty', 'unshelved']]);
    for (const event of [turned('released'), unshelved]) expect(messagesFor(answered, { at: MONDAY, event })).toEqual([]);
    const pending = alert({ phase: 'pending' });
    delete pending.firedAt;
    expect(messagesFor(board({ alerts: { [RULE.id]: pending } }), { at: MONDAY, event: unshelved })).toEqual([]);
  });

  test('a changed rule is told when it makes the alert more severe', () => {
    const state = board({ alerts: { [RULE.id]: alert({ severity: 'critical' }) } });
    expect(told(messagesFor(state, { at: MONDAY, event: turned('rule-changed') }, alert()))).toEqual([['duty', 'worse']]);
    expect(messagesFor(state, { at: MONDAY, event: turned('rule-changed') }, alert({ severity: 'critical' }))).toEqual([]);
  });

  test('a stand-down goes to those who were told, as they were on duty then', () => {
    const raisedAtNight = alert({ firedAt: at('2026-01-12T03:00:00'), climbFrom: at('2026-01-12T03:00:00'), climbed: 1, group: 'duty' });
    const state = board({ alerts: {} });
    const messages = messagesFor(state, { at: MONDAY, event: turned('stood-down') }, raisedAtNight);
    expect(told(messages)).toEqual([
      ['on-call', 'stood-down'],
      ['site', 'stood-down'],
    ]);
    expect(messages[0]!.lines.at(-1)!.en).toBe('Was on from 03:00 to 10:30 (7 h 30)');
    const handedOver = alert({ group: 'lead' });
    expect(told(messagesFor(state, { at: MONDAY, event: turned('stood-down') }, handedOver))).toEqual([
      ['duty', 'stood-down'],
      ['lead', 'stood-down'],
    ]);
    expect(messagesFor(state, { at: MONDAY, event: turned('stood-down') }, alert({ behind: 'all@here' }))).toEqual([]);
    const shelf = { since: MONDAY - 1, until: MONDAY + 9, reason: '', by: { id: 'x', name: 'x' } };
    expect(messagesFor(board({ alerts: {}, shelves: { [RULE.id]: shelf } }), { at: MONDAY, event: turned('stood-down') }, alert())).toEqual([]);
  });
});

describe('levels and actions', () => {
  const set = (level: string): BoardEvent => ({ kind: 'LevelTurned', level, turn: 'set', due: MONDAY, low: 3, high: 3, score: [25, 25], known: 8, of: 9 });
  const now = { low: 3, high: 3, known: 8, of: 9, since: MONDAY, score: [25, 25] as [number, number] };

  test('a level of the system is told to its group, one of a provider is not', () => {
    const state = board({ levels: { system: { ...now, before: { low: 2, high: 2 } }, acute: { ...now, before: { low: 2, high: 2 } } } });
    const [message, ...more] = messagesFor(state, { at: MONDAY, event: set('system') });
    expect(more).toEqual([]);
    expect(message).toMatchObject({ group: 'lead', kind: 'level', title: { en: 'SIMULATED · System: OPEL 2 → OPEL 3 (calculated)' } });
    expect(message!.lines.map(({ en }) => en)).toContain('Indicative: this scheme has not been signed off');
    expect(messagesFor(state, { at: MONDAY, event: set('acute') })).toEqual([]);
  });

  test('no news is not told', () => {
    expect(messagesFor(board({ levels: { system: { ...now, before: { low: 3, high: 3 } } } }), { at: MONDAY, event: set('system') })).toEqual([]);
    expect(messagesFor(board({ levels: { system: { ...now, low: 1, high: 1 } } }), { at: MONDAY, event: set('system') })).toEqual([]);
  });

  test('a declared level is told without the words somebody typed', () => {
    const declared = { n: 4, at: MONDAY, reason: 'Mr Somebody waits in bay 4', reviewBy: MONDAY + 3_600_000, by: { id: 'x', name: 'X' }, before: 3 };
    const event: BoardEvent = { kind: 'LevelDeclared', level: 'system', n: 4, reason: declared.reason, reviewBy: declared.reviewBy, by: declared.by };
    const messages = messagesFor(board({ declared: { system: declared } }), { at: MONDAY, event });
    expect(messages).toMatchObject([{ group: 'lead', kind: 'declared', title: { en: 'SIMULATED · System: OPEL 3 → OPEL 4 (declared)' } }]);
    expect(JSON.stringify(messages)).not.toContain('Somebody');
  });

  test('an overdue action is told to its group, without the words somebody typed', () => {
    const action = {
      no: 12,
      what: 'Ring Mrs Somebody',
      owner: 'the porter',
      due: MONDAY - 600_000,
      raisedAt: 0,
      by: { id: 'x', name: 'X' },
      alert: 147,
      chased: 1,
    };
    const event: BoardEvent = { kind: 'ActionChased', no: 12, times: 1 };
    const messages = messagesFor(board({ actions: { 12: action } }), { at: MONDAY, event });
    expect(messages).toMatchObject([{ group: 'duty', about: 'action 12', title: { en: 'SIMULATED · Action 12 is overdue since 10:20' } }]);
    expect(JSON.stringify(messages)).not.toMatch(/Somebody|porter/);
    expect(told(messagesFor(board({ actions: { 12: { ...action, owner: 'site' } } }), { at: MONDAY, event }))).toEqual([['site', 'chased']]);
  });

  test('of an action its group is told beforehand, and the next group when nobody said a word; a reply can close it', () => {
    const action = { no: 12, what: 'Ring Mrs Somebody', owner: 'duty', due: MONDAY + 600_000, raisedAt: 0, by: { id: 'x', name: 'X' }, chased: 0 };
    const said = (due: number, event: BoardEvent) => messagesFor(board({ actions: { 12: { ...action, due } } }), { at: MONDAY, event });
    const [before] = said(action.due, { kind: 'ActionReminded', no: 12 });
    expect(before).toMatchObject({ group: 'duty', kind: 'reminded', title: { en: 'SIMULATED · Action 12 is due by 10:40' }, action: { no: 12 } });
    // Found too late, it would only be noise beside the chasing.
    expect(said(MONDAY, { kind: 'ActionReminded', no: 12 })).toEqual([]);
    const [after] = said(MONDAY - 600_000, { kind: 'ActionEscalated', no: 12, group: 'site' });
    expect(after).toMatchObject({
      group: 'site',
      kind: 'escalated',
      title: { en: 'SIMULATED · No word about action 12, overdue since 10:20' },
      action: { no: 12 },
    });
    expect(JSON.stringify([before, after])).not.toContain('Somebody');
  });
});

describe('a message that is stuck', () => {
  /** As the board goes on: each told group turns out to be broken too. */
  function passOn(first: string, about = 'alert 147'): string[] {
    let state = board();
    const passed: string[] = [];
    let next: string[] = [first];
    for (let n = 0; next.length > 0; n++) {
      expect(n).toBeLessThan(20);
      const event: BoardEvent = { kind: 'MessageStuck', message: `m${n}`, group: next[0]!, channel: 'email', about, since: MONDAY, detail: '' };
      state = { ...state, stuck: { ...state.stuck, [`m${n}`]: { group: next[0]!, channel: 'email', about, since: MONDAY, detail: '' } } };
      const messages = messagesFor(state, { at: MONDAY, event });
      for (const message of messages) expect(message).toMatchObject({ kind: 'undelivered', about });
      next = messages.map((message) => message.group);
      passed.push(...next);
    }
    return passed;
  }

  test('is told to the next group, further up if that is broken too, and ends', () => {
    expect(passOn('duty')).toEqual(['site', 'lead']);
    expect(passOn('on-call')).toEqual(['lead']);
    expect(passOn('lead')).toEqual([]);
  });

  test('about data never goes to clinicians', () => {
    expect(passOn('data')).toEqual(['it']);
  });

  test('to several people of one group is told further once', () => {
    const stuck = { group: 'duty', channel: 'email', about: 'alert 147', since: MONDAY, detail: '' };
    const event: BoardEvent = { kind: 'MessageStuck', message: 'm2', ...stuck, channel: 'text' };
    expect(messagesFor(board({ stuck: { m1: stuck, m2: stuck } }), { at: MONDAY, event })).toEqual([]);
    expect(told(messagesFor(board({ stuck: { m2: stuck } }), { at: MONDAY, event }))).toEqual([['site', 'undelivered']]);
  });
});

describe('quiet hours', () => {
  test('end when the clock of the zone says so, over the change to summer too', () => {
    expect(quietUntil(night, LONDON, at('2026-03-28T23:00:00'))).toBe(at('2026-03-29T06:00:00'));
    expect(quietUntil(night, LONDON, at('2026-01-12T12:00:00'))).toBe(at('2026-01-12T12:00:00'));
    expect(quietUntil(undefined, LONDON, MONDAY)).toBe(MONDAY);
  });

  test('of one day go on into those of the next, and never for ever', () => {
    const weekend: Hours = { days: [6, 7], from: '00:00', to: '00:00' };
    expect(quietUntil(weekend, LONDON, at('2026-01-17T09:00:00'))).toBe(at('2026-01-19T00:00:00'));
    expect(quietUntil({ ...weekend, days: ALL_DAYS }, LONDON, MONDAY)).toBeLessThan(MONDAY + 9 * 86_400_000);
  });
});
