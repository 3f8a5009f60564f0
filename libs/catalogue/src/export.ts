/**
 * A board as it stands → the file that would define it: the way back of resolve.ts, response.ts and rules.ts. What is as the
 * catalogue has it is left out, so that the file reads like one that a person wrote; reading it again gives the same board.
 */
import { canonical } from '@comm-cell/board/canonical';
import type { BoardDefinition, FeedDefinition, FigureId, Metric, SeriesDefinition, Target, Thresholds } from '@comm-cell/board/definition';
import type { GroupDefinition, ResponseDefinition } from '@comm-cell/board/response';
import type { Condition, Hours, PlainCondition, Rule, RuleTest } from '@comm-cell/board/rule';
import type { LevelDefinition, Scheme } from '@comm-cell/board/scheme';
import type { WrittenBoard } from '@comm-cell/contract/definition';
import { durationText, weekdayNames } from './cadence.js';
import { writtenCell } from './cell.js';
import { find } from './names.js';
import { type Catalogue, linesOf, metricOf, type OwnLines } from './resolve.js';
import { cardOf, schemeOf } from './response.js';
import { forFeed } from './rules.js';

/** A board without the numbers of its series, which no file gives. */
type Board = Omit<BoardDefinition, 'series'> & { series: Readonly<Record<string, Omit<SeriesDefinition, 'no'>>> };
type Written<Part extends keyof WrittenBoard> = NonNullable<WrittenBoard[Part]>;

/** `rules`: those in force. */
export function boardFileOf(board: Board, rules: readonly Rule[], catalogue: Catalogue): WrittenBoard {
  const { response } = board;
  return withoutEmpty({
    board: board.id,
    name: board.name,
    simulated: board.simulated,
    languages: [...board.languages],
    timezone: board.zone.name,
    ...(board.notice && { notice: board.notice }),
    trend: { bucket: durationText(board.trend.bucketMs), buckets: board.trend.buckets },
    metrics: metricsOf(board, catalogue),
    providers: mapped(board.providers, ({ id: _id, signOff, ...provider }) => ({
      ...provider,
      ...(signOff && { signOff: { at: [...signOff.at], ...daysOf(signOff.days) } }),
    })),
    places: mapped(board.places, ({ id: _id, ...place }) => place),
    feeds: mapped(board.feeds, (feed) => feedOf(feed, board, catalogue)),
    rollups: mapped(board.rollups, ({ id: _id, metric, thresholds, target, how, of, over }) => ({
      how,
      of: [...of],
      ...(over && { over: [...over] }),
      ...ownLines({ thresholds, target }, how === 'sum' && of.length > 1 ? {} : find(catalogue.metrics, metric)),
    })),
    tiles: mapped(board.tiles, ({ id: _id, lines, parts, ...tile }) => ({
      ...tile,
      ...(lines.length > 0 && { lines: [...lines] }),
      ...(parts && { parts: [...parts] }),
    })),
    overview: board.overview.map(({ tiles, ...column }) => ({ ...column, tiles: [...tiles] })),
    detail: board.detail.map(({ tiles, ...column }) => ({ ...column, tiles: [...tiles] })),
    links: board.links.map(({ blockedBy, ...link }) => ({ ...link, ...(blockedBy && { blockedBy: [...blockedBy] }) })),
    ...(response && answersOf(response, rules, catalogue)),
    rules: rulesOf(rules, board),
    ...(board.cell && { cell: writtenCell(board.cell) }),
  });
}

function metricsOf({ metrics }: Board, catalogue: Catalogue): Written<'metrics'> {
  const own: Written<'metrics'> = {};
  for (const { id, ...metric } of Object.values(metrics)) {
    const shipped = find(catalogue.metrics, id);
    const known: Partial<Metric> = shipped ? metricOf(id, shipped) : {};
    const settings = { ...metric, aliases: [...(metric.aliases ?? [])] };
    const said = { ...known, aliases: known.aliases ?? [] };
    const different = Object.entries(settings).filter(([setting, value]) => !same(value, said[setting as keyof typeof said]));
    if (different.length > 0) own[id] = Object.fromEntries(different);
  }
  return own;
}

function feedOf(
  { provider, name, owner, expected, graceMs, limitMs, lagMs, means, sameAs, series }: FeedDefinition,
  board: Board,
  catalogue: Catalogue,
): Written<'feeds'>[string] {
  return {
    provider,
    name,
    owner,
    expected: 'everyMs' in expected ? { every: durationText(expected.everyMs) } : { at: [...expected.at], ...daysOf(expected.days) },
    ...(lagMs > 0 && { lag: durationText(lagMs) }),
    grace: durationText(graceMs),
    limit: durationText(limitMs),
    ...(means && { means }),
    ...(sameAs && { sameAs: [...sameAs] }),
    series: Object.fromEntries(
      series.map((id) => {
        const { metric, range, maxJump, steadyMs, thresholds, target } = board.series[id]!;
        const settings = {
          ...(same(range, board.metrics[metric]!.range) ? {} : { range }),
          ...(maxJump !== undefined && { maxJump }),
          ...(steadyMs !== undefined && { steady: durationText(steadyMs) }),
          ...ownLines({ thresholds, target }, find(catalogue.metrics, metric)),
        };
        return [id, Object.keys(settings).length > 0 ? settings : null];
      }),
    ),
  };
}

/** What of a figure's lines is not what it has from its metric; null = none, though the metric has one. */
function ownLines(
  own: { thresholds: SeriesDefinition['thresholds']; target: SeriesDefinition['target'] },
  general: OwnLines = {},
): { thresholds?: Thresholds | null; target?: Target | null } {
  const inherited = linesOf({}, general);
  return Object.fromEntries(
    (['thresholds', 'target'] as const).flatMap((setting) => (same(own[setting], inherited[setting]) ? [] : [[setting, own[setting] ?? null] as const])),
  );
}

/* How the board answers */

function answersOf(response: ResponseDefinition, rules: readonly Rule[], catalogue: Catalogue): Partial<WrittenBoard> {
  const { groups, holidays, levels, levelGroup } = response;
  const calendar = Object.entries(catalogue.holidays).find(([, { days }]) => same(Object.keys(days).sort(), holidays))?.[0];
  return {
    ...(holidays.length > 0 && { holidays: calendar ?? [...holidays] }),
    groups: mapped(groups, groupOf),
    cards: cardsOf(response, rules, catalogue),
    schemes: Object.fromEntries(
      Object.entries(response.schemes).flatMap(([id, scheme]) => {
        const shipped = find(catalogue.schemes, id);
        return shipped && same(schemeOf(id, shipped), scheme) ? [] : [[id, writtenScheme(scheme)]];
      }),
    ),
    levels: mapped(levels, ({ id: _id, parameters, of, ...level }: LevelDefinition) => ({
      ...level,
      ...(parameters && { parameters }),
      ...(of && { of: of.map((one) => ({ ...one })) }),
    })),
    ...(levelGroup !== undefined && { levelGroup }),
  };
}

function groupOf({ id: _id, hours, quiet, climb, ...group }: GroupDefinition): Written<'groups'>[string] {
  return {
    ...group,
    ...(hours && { hours: hoursText(hours) }),
    ...(quiet && { quiet: hoursText(quiet) }),
    ...(climb.length > 0 && { climb: climb.map(({ afterMs, group: next }) => ({ after: durationText(afterMs), group: next })) }),
  };
}

/** Cards of the board alone: all but those that come from the catalogue with a rule or a level. */
function cardsOf({ cards, schemes }: ResponseDefinition, rules: readonly Rule[], catalogue: Catalogue): Written<'cards'> {
  const named = new Set(rules.map(({ card }) => card));
  const own: Written<'cards'> = {};
  for (const { id, title, steps, level } of Object.values(cards)) {
    const name = level ? id.slice(0, id.lastIndexOf('@')) : id;
    const shipped = find(catalogue.cards, name);
    const comes =
      shipped && (level ? schemes[level.scheme] && same(shipped.level?.n, level.n) && shipped.level?.schemes.includes(level.scheme) : named.has(id));
    if (comes && same(cardOf(id, shipped).steps, steps) && same(shipped.title, title)) continue;
    const begun = own[name]?.level?.schemes ?? [];
    own[name] = {
      title,
      ...(level && { level: { schemes: [...begun, level.scheme], n: level.n } }),
      steps: Object.fromEntries(steps.map(({ id: step, ...rest }) => [step, rest])),
    };
  }
  return own;
}

function writtenScheme({ id: _id, parameters, cuts, pillars, hold, declaredMs, levels, ...scheme }: Scheme): Written<'schemes'>[string] {
  return {
    ...scheme,
    levels: levels.map((level) => ({ ...level })),
    parameters: Object.fromEntries(
      parameters.map(({ id, label, bands, confirmed, carryMs, pillar }) => [
        id,
        {
          label,
          bands: bands.map(({ band, points }) => ({ ...band, points })),
          confirmed,
          ...(carryMs > 0 && { carry: durationText(carryMs) }),
          ...(pillar !== undefined && { pillar }),
        },
      ]),
    ),
    cuts: cuts.map((cut) => ({ ...cut })),
    ...(pillars && { pillars: mapped(pillars, ({ name, cuts: own }) => ({ name, cuts: own.map((cut) => ({ ...cut })) })) }),
    hold: { raise: durationText(hold.raiseMs), lower: durationText(hold.lowerMs) },
    declared: durationText(declaredMs),
  };
}

/* Rules */

interface WrittenRule {
  key: string;
  at: string;
  owner: string;
  isLate: boolean;
  /** All but the owner, with figures and rules of its own place named without it. */
  entry: Omit<Written<'rules'>[string], 'owner' | 'places' | 'feeds'>;
}

/** Rules that are the same at several places are one entry, as their author wrote it. */
function rulesOf(rules: readonly Rule[], board: Board): Written<'rules'> {
  const written = rules.map((rule) => writtenRule(rule, board));
  const groups = new Map<string, WrittenRule[]>();
  for (const one of written) {
    const like = `${one.key} ${canonical(one.entry)}`;
    groups.set(like, [...(groups.get(like) ?? []), one]);
  }
  const variants = new Map<string, number>();
  for (const [{ key }] of groups.values() as Iterable<[WrittenRule]>) variants.set(key, (variants.get(key) ?? 0) + 1);

  const entries: Written<'rules'> = {};
  for (const group of groups.values()) {
    const [{ key, isLate, entry }] = group as [WrittenRule];
    if (variants.get(key)! > 1) {
      for (const one of group) entries[`${key}@${one.at}`] = { ...one.entry, owner: one.owner };
      continue;
    }
    const at = group.map((one) => one.at);
    const owners = new Set(group.map(({ owner }) => owner));
    const { label, ...rest } = entry;
    entries[key] = {
      label,
      ...(isLate ? { feeds: at.length === Object.keys(board.feeds).length ? ('all' as const) : at } : { places: at }),
      ...rest,
      owner: owners.size === 1 ? group[0]!.owner : Object.fromEntries(group.map((one) => [one.at, one.owner])),
    };
  }
  return entries;
}

function writtenRule(rule: Rule, board: Board): WrittenRule {
  const { id, label, place, severity, when, forMs, forReadings, clear, least, active, owner, card, supersedes, tests } = rule;
  const cut = id.lastIndexOf('@');
  const at = id.slice(cut + 1);
  const here = (figure: FigureId): string => short(figure, place);
  const cleared = { ...clear.band, ...(clear.forMs > 0 && { for: durationText(clear.forMs) }), ...(clear.readings !== 1 && { readings: clear.readings }) };
  return {
    key: id.slice(0, cut),
    at,
    owner,
    isLate: when.kind === 'late',
    entry: {
      label: when.kind === 'late' ? labelOfAnyFeed(label, board.feeds[when.feed]) : label,
      severity,
      when: conditionText(when, here),
      ...(forMs > 0 && { for: durationText(forMs) }),
      ...(forReadings !== 1 && { readings: forReadings }),
      ...(Object.keys(cleared).length > 0 && { clear: cleared }),
      ...(least && { least: { figure: here(least.figure), atLeast: least.atLeast } }),
      ...(active && { active: hoursText(active) }),
      card,
      ...(supersedes && { supersedes: supersedes.map((other) => short(other, at)) }),
      ...(tests.length > 0 && { tests: tests.map((test) => testText(test, here)) }),
    },
  };
}

function conditionText(when: Condition, here: (figure: FigureId) => string): Written<'rules'>[string]['when'] {
  if (when.kind === 'late') return 'late';
  if (when.kind !== 'composite') return plainText(when, here);
  const composite = when.of.map((part) => plainText(part, here));
  return { composite, ...(when.atLeast !== composite.length && { atLeast: when.atLeast }) };
}

function plainText(when: PlainCondition, here: (figure: FigureId) => string): Exclude<Written<'rules'>[string]['when'], 'late' | { composite: unknown[] }> {
  switch (when.kind) {
    case 'line':
      return { line: here(when.figure), ...when.band };
    case 'share':
      return { share: here(when.figure), of: here(when.of), ...(when.least !== 1 && { least: when.least }), ...when.band };
    case 'rate':
      return { rate: here(when.figure), during: durationText(when.overMs), ...when.band };
    case 'reach':
      return { reach: here(when.figure), during: durationText(when.overMs), within: durationText(when.withinMs), ...when.band };
    case 'usual':
      return { usual: here(when.figure), ...when.band };
    case 'difference':
      return { difference: here(when.figure), less: here(when.less), ...when.band };
    case 'late':
      throw new Error('Late data cannot be a part of a composite in a file.');
  }
}

function testText({ title, minutes, readings, expect }: RuleTest, here: (figure: FigureId) => string): NonNullable<Written<'rules'>[string]['tests']>[number] {
  const turns: Record<string, RuleTest['expect'][number]['turn'][]> = {};
  for (const { minute, turn } of expect) (turns[minute] ??= []).push(turn);
  return {
    title,
    minutes,
    send: Object.fromEntries(
      readings.map(({ minute, values }) => [minute, Object.fromEntries(Object.entries(values).map(([figure, value]) => [here(figure), value]))]),
    ),
    expect: mapped(turns, (all) => (all.length === 1 ? all[0]! : all)),
  };
}

function labelOfAnyFeed(label: Rule['label'], feed: FeedDefinition | undefined): Rule['label'] {
  if (!feed) return label;
  const general = { en: label.en.replace(feed.name.en, '{feed}'), cy: label.cy.replace(feed.name.cy, '{feed}') };
  return same(forFeed(general, feed.name), label) ? general : label;
}

const short = (name: string, place: string): string => (name.endsWith(`@${place}`) ? name.slice(0, -place.length - 1) : name);

const hoursText = ({ days, from, to }: Hours) => ({ ...daysOf(days), from, to });

/** Every day is what is meant when none is named. */
function daysOf(days: readonly number[]): { days?: ReturnType<typeof weekdayNames> } {
  return days.length === 7 ? {} : { days: weekdayNames(days) };
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function mapped<T, U>(record: Readonly<Record<string, T>>, turn: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([id, one]) => [id, turn(one)]));
}

/** Parts that hold nothing are left out where the file may go without them. */
function withoutEmpty(file: WrittenBoard): WrittenBoard {
  const optional = new Set(['metrics', 'rollups', 'links', 'groups', 'cards', 'schemes', 'levels', 'rules']);
  return Object.fromEntries(Object.entries(file).filter(([part, content]) => !optional.has(part) || Object.keys(content as object).length > 0)) as WrittenBoard;
}
