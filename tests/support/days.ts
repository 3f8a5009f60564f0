/**
 * Simulated days of a small board with alert rules: everything that can happen to an alert, by a seed. A day is a list of what
 * feeds and people do; it is played through the same steps as the server's keeper takes, with ticks and restarts of any pattern.
 */
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { comeDue, follow } from '@comm-cell/board/decide/react';
import { lateRows, readingKey, recordReadings, type CandidateRow, type KnownReadings } from '@comm-cell/board/decide/record-readings';
import { resumeFeed, suspendFeed } from '@comm-cell/board/decide/suspend-feed';
import { tick } from '@comm-cell/board/decide/tick';
import type { Label } from '@comm-cell/board/definition';
import type { BoardEvent, Entry, Person } from '@comm-cell/board/events';
import { Fold } from '@comm-cell/board/evolve';
import type { ResponseDefinition } from '@comm-cell/board/response';
import type { Condition, Rule, RuleId, Turn } from '@comm-cell/board/rule';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { boardOf } from '../../libs/board/test/board.js';
import { ruleOf as plainRule } from './boards.js';
import { randomOf } from './crash.js';

export interface Input {
  at: number;
  /** A feed, or whoever else did it. */
  source: string;
  decide(state: BoardState, known: KnownReadings, at: number): BoardEvent[];
  rows?: CandidateRow[];
}

export interface Day {
  seed: number;
  start: number;
  end: number;
  inputs: Input[];
}

const both = (text: string): Label => ({ en: text, cy: `${text} (cy)` });
const WARD: Person = { id: 'ward', name: 'Ward' };

export const RESPONSE: ResponseDefinition = {
  groups: {
    duty: { id: 'duty', name: both('Duty manager'), kind: 'duty', climb: [10, 20, 40].map((minutes) => ({ afterMs: minutes * MINUTE_MS, group: 'site' })) },
    site: { id: 'site', name: both('Site'), kind: 'site', climb: [{ afterMs: 15 * MINUTE_MS, group: 'duty' }] },
    data: { id: 'data', name: both('Data team'), kind: 'data', climb: [] },
  },
  holidays: [],
  cards: { look: { id: 'look', title: both('Look'), steps: [] } },
  schemes: {},
  levels: {},
};

const SERIES: Record<string, { feed: string; from: number; most: number; unit?: string; jump?: number }> = {
  'waiting@north': { feed: 'north', from: 40, most: 80, jump: 35 },
  'seen@north': { feed: 'north', from: 60, most: 120 },
  'wait@north': { feed: 'north', from: 30, most: 60 },
  'waiting@south': { feed: 'south', from: 40, most: 80 },
  'beds@south': { feed: 'south', from: 12, most: 30 },
  'packages@council': { feed: 'council', from: 10, most: 20 },
};

const BOARD = {
  ...boardOf({
    feeds: {
      north: { every: '15m', grace: '5m', limit: '1h' },
      south: { every: '30m', grace: '10m', limit: '2h' },
      council: { at: ['09:00', '17:00'], grace: '1h', limit: '1d' },
    },
    series: Object.fromEntries(Object.entries(SERIES).map(([id, { feed, jump }]) => [id, { feed, ...(jump !== undefined && { jump }) }])),
    rollups: { 'waiting@system': { how: 'sum', of: ['wait@north', 'waiting@south'] } },
  }),
  response: RESPONSE,
};

type Chance = ReturnType<typeof chanceOf>;

function chanceOf(seed: number) {
  const random = randomOf(seed * 2_654_435_761);
  for (let i = 0; i < 8; i++) random();
  return {
    random,
    pick: <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!,
    often: (share: number): boolean => random() < share,
    /** A whole number. */
    between: (from: number, to: number): number => from + Math.floor(random() * (to - from + 1)),
  };
}

export function ruleOf(id: RuleId, when: Condition, more: Partial<Rule> = {}): Rule {
  return plainRule(id, when, { label: both(id), place: 'north', owner: when.kind === 'late' ? 'data' : 'duty', card: 'look', ...more });
}

/** A rule of every kind the reference knows, its figures drawn anew for every day. */
function rulesOf({ pick, often, between }: Chance): Rule[] {
  const minutes = (...of: number[]): number => pick(of) * MINUTE_MS;
  const manner = (easier?: object): Partial<Rule> => ({
    severity: pick(['watch', 'act', 'critical'] as const),
    forMs: minutes(0, 0, 10, 15, 30, 47),
    forReadings: pick([1, 1, 2, 3]),
    clear: { ...(easier && often(0.6) && { band: easier }), forMs: minutes(0, 0, 20, 30), readings: pick([1, 1, 2, 3]) },
  });
  const [over, share, under] = [between(35, 50), between(50, 80), between(6, 12)];
  const part = { kind: 'line', figure: 'waiting@south', band: { atLeast: over } } as const;
  const rules: Rule[] = [
    ruleOf('waiting@north', { kind: 'line', figure: 'waiting@north', band: { over } }, manner({ atMost: over - 8 })),
    ruleOf(
      'beds@south',
      { kind: 'line', figure: 'beds@south', band: { under } },
      { ...manner({ atLeast: under + 3 }), ...(often(0.3) && { least: { figure: 'waiting@south', atLeast: 30 } }) },
    ),
    ruleOf('share@north', { kind: 'share', figure: 'waiting@north', of: 'seen@north', least: 45, band: { over: share } }, manner({ under: share - 12 })),
    ruleOf(
      'difference@north',
      { kind: 'difference', figure: 'waiting@north', less: 'wait@north', band: { atLeast: 15 } },
      { ...manner({ under: 5 }), forReadings: 1 },
    ),
    ruleOf(
      'late@north',
      { kind: 'late', feed: 'north' },
      { forMs: minutes(0, 10, 30), clear: { forMs: minutes(0, 20), readings: pick([1, 2]) }, severity: 'watch' },
    ),
    ruleOf('late@council', { kind: 'late', feed: 'council' }, { severity: 'act' }),
    ruleOf('waiting@south', part, {
      ...manner({ under: over - 6 }),
      ...(often(0.5) && {
        active: {
          days: pick([
            [1, 2, 3, 4, 5, 6, 7],
            [6, 7],
          ]),
          ...pick([
            { from: '08:00', to: '18:30' },
            { from: '22:00', to: '06:00' },
            { from: '01:15', to: '01:45' },
          ]),
        },
      }),
    }),
    ruleOf(
      'system',
      { kind: 'line', figure: 'waiting@system', band: { over: between(75, 100) } },
      { ...manner(), forReadings: 1, clear: { forMs: minutes(0, 30), readings: 1 } },
    ),
    ruleOf(
      'composite',
      {
        kind: 'composite',
        of: [part, { kind: 'line', figure: 'waiting@north', band: { over } }, { kind: 'line', figure: 'wait@north', band: { over: 30 } }],
        atLeast: 2,
      },
      { severity: 'critical', forMs: minutes(0, 15), clear: { forMs: minutes(0, 25), readings: 1 }, supersedes: ['waiting@north', 'waiting@south', 'system'] },
    ),
  ];
  return rules.filter(({ id }) => id === 'waiting@north' || often(0.75));
}

function edited(rule: Rule, { pick, between }: Chance): Rule {
  const band = 'band' in rule.when ? { ...rule.when, band: 'under' in rule.when.band ? { under: between(5, 14) } : { over: between(20, 70) } } : rule.when;
  const { band: _old, ...clear } = rule.clear;
  return pick<() => Rule>([
    () => ({ ...rule, when: band, clear }),
    () => ({ ...rule, severity: pick(['watch', 'act', 'critical']) }),
    () => ({ ...rule, forMs: rule.forMs + pick([-1, 1]) * Math.min(rule.forMs, 10 * MINUTE_MS), clear: { ...rule.clear, forMs: pick([0, 40]) * MINUTE_MS } }),
  ])();
}

/** Batches of one feed: a value walks and steps around its lines; gaps, late and doubled batches, corrections, "not reported". */
function batchesOf(feed: string, everyMs: number, day: Pick<Day, 'start' | 'end'>, chance: Chance, exact: boolean): Input[] {
  const { random, often, between } = chance;
  const mine = Object.entries(SERIES).filter(([, one]) => one.feed === feed);
  const values = new Map(mine.map(([id, { from }]) => [id, from]));
  const inputs: Input[] = [];
  let silentUntil = 0;
  for (let moment = day.start + everyMs; moment < day.end; moment += everyMs) {
    if (often(0.03)) silentUntil = moment + between(1, 3) * HOUR_MS;
    for (const [id, { from, most }] of mine) {
      const walked = values.get(id)! + Math.round((random() - 0.5) * from * 0.3) + (often(0.06) ? between(-from, from) >> 1 : 0);
      values.set(id, Math.min(most, Math.max(0, walked)));
    }
    if (moment < silentUntil) continue;
    const delayMs = exact ? 0 : Math.round(random() * 100_000) + (often(0.05) ? between(10, 40) * MINUTE_MS : 0);
    const rows = mine
      .filter(() => !often(0.04))
      .map(([series], row): CandidateRow => ({
        row,
        series,
        at: moment,
        rev: 0,
        ...(often(0.02) ? { value: null, why: 'system down' } : { value: values.get(series)! }),
      }));
    inputs.push(batch(feed, moment + delayMs, rows));
    if (often(0.04))
      inputs.push(
        batch(
          feed,
          moment + delayMs + between(1, 12) * MINUTE_MS,
          rows.map((row) => ({ ...row, rev: 1, value: between(0, 70) })),
        ),
      );
    if (often(0.03))
      inputs.push(
        batch(
          feed,
          moment + delayMs + 1,
          rows.map((row) => ({ ...row, at: moment - between(1, 5) * everyMs + 1, value: between(0, 70) })),
        ),
      );
  }
  return inputs;
}

function batch(feed: string, at: number, rows: CandidateRow[]): Input {
  return {
    at,
    source: feed,
    rows,
    decide: (state, known, now) =>
      recordReadings(state, { feed, batch: `${feed} ${at} ${rows[0]?.rev} ${rows[0]?.at}`, rows, unreadable: [] }, known, now).events,
  };
}

const turned = (state: BoardState, rule: RuleId, turn: Turn, due: number): BoardEvent[] => {
  const alert = state.alerts[rule];
  if (!alert || (turn === 'closed' ? state.rules[rule]?.rule !== null : alert.phase === 'pending')) return [];
  if (turn === 'acknowledged' && alert.acknowledged) return [];
  if (turn === 'acting' && !alert.acknowledged) return [];
  return [{ kind: 'AlertTurned', rule, no: alert.no, turn, due, by: WARD, ...(turn === 'handed-over' && { group: 'site' }) }];
};

function peopleOf(rules: readonly Rule[], day: Pick<Day, 'start' | 'end'>, chance: Chance): Input[] {
  const { random, pick, often, between } = chance;
  const inputs: Input[] = [];
  const sometime = (source: string, times: number, make: () => Input['decide']): void => {
    for (let i = 0; i < times; i++) inputs.push({ at: day.start + Math.floor(random() * (day.end - day.start)), source, decide: make() });
  };
  const agreed = (event: Partial<Extract<BoardEvent, { kind: 'RulesAgreed' }>>): BoardEvent[] => [
    { kind: 'RulesAgreed', rules: [], retired: [], origin: 'screen', by: WARD, ...event },
  ];
  const anyRule = (): RuleId => pick(rules).id;
  sometime('desk', 12, () => {
    const [rule, turn] = [anyRule(), pick<Turn>(['acknowledged', 'acknowledged', 'acting', 'handed-over', 'closed'])];
    return (state, _known, at) => turned(state, rule, turn, at);
  });
  sometime('desk', between(0, 3), () => {
    const [rule, forMs] = [anyRule(), between(5, 180) * MINUTE_MS];
    return (_state, _known, at) => [{ kind: 'RuleShelved', rule, until: at + forMs, reason: 'known', by: WARD }];
  });
  sometime('desk', 1, () => {
    const rule = anyRule();
    return (state) => (state.shelves[rule] ? [{ kind: 'RuleUnshelved', rule, by: WARD }] : []);
  });
  sometime('desk', between(0, 3), () => {
    const [id, retire] = [pick(rules.filter(({ id }) => id !== 'composite')).id, often(0.25)];
    const seed = between(1, 1e6);
    return (state) => {
      const now = state.rules[id]?.rule;
      if (!now) return agreed({ rules: [rules.find((rule) => rule.id === id)!] });
      return retire ? agreed({ retired: [id] }) : agreed({ rules: [edited(now, chanceOf(seed))] });
    };
  });
  sometime('people', between(0, 2), () => {
    const [feed, forMs] = [pick(['north', 'south']), between(10, 150) * MINUTE_MS];
    return (state, _known, at) => suspendFeed(state, { feed, until: at + forMs, reason: 'upgrade' }, at).events;
  });
  sometime('people', 1, () => (state) => resumeFeed(state, { feed: 'north' }).events);
  return inputs;
}

/** `exact`: every batch comes on the very minute, so that readings, timers and limits meet in one millisecond. */
export function dayOf(seed: number): Day {
  const chance = chanceOf(seed);
  const start = Date.parse(chance.pick(['2026-10-24T20:00:00Z', '2026-03-28T20:00:00Z', '2026-06-16T05:00:00Z', '2026-01-09T17:00:00Z']));
  const day = { start, end: start + chance.between(12, 20) * HOUR_MS };
  const exact = chance.often(0.2);
  const rules = rulesOf(chance);
  const inputs = [
    ...batchesOf('north', 15 * MINUTE_MS, day, chance, exact),
    ...batchesOf('south', 30 * MINUTE_MS, day, chance, exact),
    ...batchesOf('council', DAY_MS / 3, day, chance, exact),
    ...peopleOf(rules, day, chance),
  ]
    .filter(({ at }) => at < day.end)
    .sort((a, b) => a.at - b.at);
  const define: Input = {
    at: start,
    source: 'definition',
    decide: (state) => [...defineBoard(state, BOARD).events, { kind: 'RulesAgreed', rules, retired: [], origin: 'file', by: WARD }],
  };
  return { seed, ...day, inputs: [define, ...inputs] };
}

/** When the clock ticks, when the server dies, and what it knows when it comes back. */
export interface Weather {
  ticks: readonly number[];
  dies(): boolean;
  restart(state: BoardState, at: number): BoardState;
}

export function weatherOf(day: Day, seed: number): Weather {
  const { random, pick, often } = chanceOf(day.seed + seed * 7919);
  const everyMs = pick([5, 10, 30, 90, 400]) * MINUTE_MS;
  const ticks: number[] = [];
  for (let at = day.start + random() * everyMs; at < day.end; at += 1 + random() * 2 * everyMs) ticks.push(Math.floor(at));
  return { ticks, dies: () => often(0.02), restart: (state) => JSON.parse(JSON.stringify(state)) as BoardState };
}

/** A day through the keeper's own steps: what is due, what is submitted, what follows from it. */
export function playDay(day: Day, { ticks, dies, restart }: Weather): { journal: Entry[]; state: BoardState } {
  const journal: Entry[] = [];
  const history = new Map<string, number | string | null>();
  let state: BoardState = emptyBoard;
  const clock = [...ticks, day.end].map((at): Input => ({ at, source: 'clock', decide: (before, _known, now) => tick(before, now).events }));
  for (const { at, source, decide, rows } of merged(day.inputs, clock)) {
    const known = new Map(lateRows(state, rows ?? []).flatMap(({ series, at: seen, rev }) => pairOf(history, readingKey(series, seen, rev))));
    const fold = new Fold(state);
    const events = comeDue(fold, at, fold.peek.definition?.feeds[source]?.id);
    const led = decide(fold.peek, known, at);
    for (const event of led) fold.apply(event, at);
    events.push(...led, ...follow(fold, led, at));
    for (const event of events) journal.push({ seq: journal.length + 1, at, event });
    for (const event of led)
      if (event.kind === 'ReadingsRecorded')
        for (const { series, at: seen, rev, value } of event.readings) history.set(readingKey(series, seen, rev ?? 0), value);
    state = fold.finish();
    if (dies()) state = restart(state, at);
  }
  return { journal, state };
}

function pairOf<K, V>(map: ReadonlyMap<K, V>, key: K): [K, V][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

/** In the order of time; what people and feeds do comes before a tick of the same moment. */
function merged(inputs: readonly Input[], clock: readonly Input[]): Input[] {
  return [...inputs, ...clock].sort((a, b) => a.at - b.at);
}
