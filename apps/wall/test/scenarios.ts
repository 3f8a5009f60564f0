/** Boards in every condition a wall must be able to show, folded from plausible readings of a real definition. */
import type { BoardDefinition, SeriesDefinition } from '@comm-cell/board/definition';
import { comeDue, follow } from '@comm-cell/board/decide/react';
import { Fold } from '@comm-cell/board/evolve';
import type { BoardEvent, Reading } from '@comm-cell/board/events';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { loadBoard } from '@comm-cell/catalogue/load';

export const SCENARIOS = ['usual', 'calm', 'surge', 'mixed', 'late', 'empty', 'opel4', 'alerts', 'flood'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Deterministic noise in 0…1 (mulberry32 over a string). */
export function noise(key: string): () => number {
  let a = 0x9e3779b9;
  for (let i = 0; i < key.length; i++) a = Math.imul(a ^ key.charCodeAt(i), 0x85ebca6b);
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function definitionOf(source: string, id: string): BoardDefinition {
  const { rules: _beside, ...proposed } = loadBoard(source);
  let no = 0;
  return { ...proposed, id, series: Object.fromEntries(Object.entries(proposed.series).map(([key, one]) => [key, { ...one, no: ++no }])) };
}

/** A value on the wanted side of the series' lines. */
export function valueFor(series: SeriesDefinition, want: 'ok' | 'watch' | 'act', random: () => number): number {
  const { min, max } = series.range;
  const pick = (low: number, high: number): number => Math.min(max, Math.max(min, low + random() * (high - low)));
  const watch = series.thresholds?.watch;
  const act = series.thresholds?.act;
  const line = (band: typeof watch): number | undefined => band?.over ?? band?.atLeast ?? band?.under ?? band?.atMost;
  const w = line(watch) ?? line(act);
  if (w === undefined) return pick(min, min + Math.min(max - min, 120) * 0.5);
  const a = line(act) ?? w * 1.4;
  const up = (watch ?? act)!.over !== undefined || (watch ?? act)!.atLeast !== undefined;
  const step = Math.max(Math.abs(a - w), Math.abs(w) * 0.1, 1);
  if (want === 'ok') return up ? pick(Math.max(min, w - 3 * step), w - 0.2 * step) : pick(w + 0.2 * step, w + 2 * step);
  if (want === 'watch') return up ? pick(w + 0.05 * step, a - 0.05 * step) : pick(a + 0.05 * step, w - 0.05 * step);
  return up ? pick(a + 0.05 * step, a + step) : pick(Math.max(min, a - step), a - 0.05 * step);
}

const WORDS = [
  'Ward 8 closed with flu, 6 beds lost until Friday',
  'Cohorting at Stoke since 13:50',
  'Full rota tonight, two GPs at Wycombe',
  'UCR at 85% of slots, taking category 3 only',
  'Four care homes closed to admission',
];

export function scene(scenario: Scenario, source: string, now: number): BoardState {
  const definition = definitionOf(source, scenario);
  const rules = Object.values(loadBoard(source).rules ?? {});
  const events: { at: number; event: BoardEvent }[] = [
    { at: now - 26 * HOUR_MS, event: { kind: 'BoardDefined', definition } },
    ...(rules.length > 0
      ? [
          {
            at: now - 26 * HOUR_MS,
            event: { kind: 'RulesAgreed' as const, rules, retired: [], origin: 'file' as const, by: { id: 'board-file', name: 'Board file' } },
          },
        ]
      : []),
  ];
  const feeds = Object.values(definition.feeds);
  if (scenario !== 'empty') {
    feeds.forEach((feed, f) => {
      const every = 'everyMs' in feed.expected ? feed.expected.everyMs : 12 * HOUR_MS;
      const age = scenario === 'late' ? (f % 5 === 4 ? feed.limitMs + HOUR_MS : every + feed.graceMs + (f + 2) * 7 * MINUTE_MS) : every * 0.35;
      const kind = scenario === 'mixed' ? f % 6 : 0;
      const newest =
        now - (kind === 1 ? Math.min(every + feed.graceMs + 40 * MINUTE_MS, feed.limitMs - MINUTE_MS) : kind === 2 ? feed.limitMs + 2 * HOUR_MS : age);
      if (kind === 4) return;
      const last: Reading[] = [];
      for (const id of feed.series) {
        const series = definition.series[id]!;
        const metric = definition.metrics[series.metric]!;
        const random = noise(`${scenario}${id}`);
        const dice = random();
        const want =
          scenario === 'calm'
            ? 'ok'
            : scenario === 'surge' || scenario === 'opel4' || scenario === 'flood'
              ? dice < 0.75
                ? 'act'
                : 'watch'
              : dice < 0.16
                ? 'act'
                : dice < 0.4
                  ? 'watch'
                  : 'ok';
        if (metric.kind === 'text') {
          last.push({ series: id, at: newest, value: 'Snow warning from 18:00' });
          continue;
        }
        const round = (value: number): number => Number(value.toFixed(metric.decimals));
        const points = Math.min(48, Math.floor((24 * HOUR_MS) / Math.max(every, 30 * MINUTE_MS)));
        const end = valueFor(series, want, random);
        let drift = valueFor(series, random() < 0.6 ? 'ok' : want, random);
        for (let i = points; i > 0; i--) {
          drift += ((end - drift) / i) * random() * 2;
          const value = drift + (random() - 0.5) * Math.abs(end) * 0.06;
          const at = newest - i * Math.max(every, 30 * MINUTE_MS);
          if (random() > 0.04)
            events.push({
              at: at + 5_000,
              event: {
                kind: 'ReadingsRecorded',
                feed: feed.id,
                batch: `${id}-${i}`,
                readings: [{ series: id, at, value: round(Math.min(series.range.max, Math.max(series.range.min, value))) }],
              },
            });
        }
        last.push(kind === 5 && dice < 0.5 ? { series: id, at: newest, value: null, why: 'system down' } : { series: id, at: newest, value: round(end) });
      }
      events.push({ at: newest + 4_000, event: { kind: 'ReadingsRecorded', feed: feed.id, batch: `${feed.id}-now`, readings: last } });
      if (kind === 3)
        events.push({ at: now - 20 * MINUTE_MS, event: { kind: 'FeedSuspended', feed: feed.id, until: now + 5 * HOUR_MS, reason: 'System upgrade' } });
      if (kind === 0 && scenario === 'mixed') {
        const id = feed.series.find((one) => definition.metrics[definition.series[one]!.metric]!.kind !== 'text')!;
        events.push({
          at: now - MINUTE_MS,
          event: {
            kind: 'ReadingsQuarantined',
            feed: feed.id,
            batch: 'held',
            readings: [{ series: id, at: now - MINUTE_MS, value: 9_999, reason: 'out-of-range' }],
          },
        });
      }
      if (scenario === 'late')
        events.push({ at: now - 30 * MINUTE_MS, event: { kind: 'FeedFellSilent', feed: feed.id, since: newest + every + feed.graceMs } });
    });
    Object.values(definition.providers).forEach((provider, p) => {
      const feed = feeds.find((one) => one.provider === provider.id);
      if (!feed || (scenario === 'calm' && p > 0)) return;
      const level = scenario === 'opel4' ? 4 : scenario === 'calm' ? 1 : 1 + (p % 3);
      events.push({
        at: now - (p + 1) * 17 * MINUTE_MS,
        event: {
          kind: 'StatusPosted',
          provider: provider.id,
          feed: feed.id,
          text: WORDS[p % WORDS.length]!,
          ...(p % 4 === 3 ? {} : { level }),
          until: now + 8 * HOUR_MS,
        },
      });
    });
  }
  if (scenario === 'alerts' || scenario === 'flood') events.push(...answers(definition, now));
  const fold = new Fold(emptyBoard);
  for (const { at, event } of events.sort((a, b) => a.at - b.at)) happen(fold, event, at);
  comeDue(fold, now);
  return fold.finish();
}

/** One event as the keeper takes it: what was due before it, itself, and what follows. */
export function happen(fold: Fold, event: BoardEvent, at: number): BoardEvent[] {
  const before = fold.peek.definition ? comeDue(fold, at, event.kind === 'ReadingsRecorded' ? event.feed : undefined) : [];
  fold.apply(event, at);
  return [...before, event, ...(fold.peek.definition ? follow(fold, [event], at) : [])];
}

/** What people and messages add to the usual day, so that every kind of mark can be seen. */
function answers(definition: BoardDefinition, now: number): { at: number; event: BoardEvent }[] {
  const lead = { id: 'lead', name: 'System lead' };
  const system = Object.values(definition.response?.levels ?? {}).find(({ provider }) => provider === undefined);
  const groups = Object.keys(definition.response?.groups ?? {});
  const ago = (minutes: number): number => now - minutes * MINUTE_MS;
  return [
    ...(system
      ? [
          {
            at: ago(95),
            event: {
              kind: 'LevelDeclared' as const,
              level: system.id,
              n: 3,
              reason: 'Queue outside the front door, two wards closed',
              reviewBy: now + 25 * MINUTE_MS,
              by: lead,
            },
          },
        ]
      : []),
    { at: ago(80), event: { kind: 'ActionRaised', no: 1, what: 'Open the discharge lounge', owner: 'Site manager', due: ago(22), by: lead } },
    { at: ago(40), event: { kind: 'ActionRaised', no: 2, what: 'Second HALO at Stoke Mandeville', owner: 'Ambulance', due: now + 14 * MINUTE_MS, by: lead } },
    {
      at: ago(30),
      event: { kind: 'ActionRaised', no: 3, what: 'Release six places for assessment at home', owner: 'Community', due: now + 90 * MINUTE_MS, by: lead },
    },
    ...(groups[0]
      ? [
          {
            at: ago(3),
            event: {
              kind: 'MessageStuck' as const,
              message: 'm1',
              group: groups[0],
              channel: 'email',
              about: 'alert:1',
              since: ago(4),
              detail: 'No answer from the mail server.',
            },
          },
        ]
      : []),
  ];
}
