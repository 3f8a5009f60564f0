/** The rules of a board's file → one rule for each place or feed, every reference checked. */
import type { Band, FigureId, Metric } from '@comm-cell/board/definition';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Condition, PlainCondition, Rule, RuleTest } from '@comm-cell/board/rule';
import type { BoardFile } from '@comm-cell/contract/definition';
import type { HoursEntry, RuleEntry } from '@comm-cell/contract/response';
import { milliseconds, weekdays } from './cadence.js';
import { faultsOfLines } from './lines.js';
import { find, unknown } from './names.js';
import type { Source } from './source.js';

/** What a rule has to know about a figure. */
export interface Measured {
  direction: Metric['direction'];
  range: Metric['range'];
  isNumber: boolean;
  isSeries: boolean;
}

type Figures = Readonly<Record<FigureId, Measured>>;
type Path = readonly PropertyKey[];
type Sides = { over?: number; atLeast?: number; under?: number; atMost?: number };

export function hoursOf({ days, from, to }: HoursEntry) {
  return { days: weekdays(days), from, to };
}

export function resolveRules(file: BoardFile, source: Source, figures: Figures, feeds: ProposedDefinition['feeds']): Record<string, Rule> {
  const rules: Record<string, Rule> = {};
  /** By rule, those that stand behind it; also of rules that have faults of their own. */
  const behind = new Map<string, { path: Path; names: readonly string[] }>();
  for (const [name, entry] of Object.entries(file.rules)) {
    const path = ['rules', name];
    const [key = name, only] = name.split('@');
    checkOwner(path, entry, file, source);
    for (const { at, place, feed } of targetsOf(path, only, entry, file, source, feeds)) {
      const id = `${key}@${at}`;
      if (find(rules, id)) source.say(path, `there is a rule "${id}" already`);
      behind.set(id, { path: [...path, 'supersedes'], names: (entry.supersedes ?? []).map((name) => (name.includes('@') ? name : `${name}@${at}`)) });
      const here = (figure: string): FigureId => (figure.includes('@') ? figure : `${figure}@${place}`);
      const when = conditionOf([...path, 'when'], entry, here, feed, source, figures);
      const owner = typeof entry.owner === 'string' ? entry.owner : find(entry.owner, at);
      if (owner === undefined) source.say([...path, 'owner'], `has no group for "${at}"`);
      if (entry.least) source.need([...path, 'least', 'figure'], 'figure', here(entry.least.figure), figures);
      if (!when || owner === undefined) continue;
      const band = bandOf(entry.clear);
      const rule: Rule = {
        id,
        label: feed === undefined ? entry.label : forFeed(entry.label, feeds[feed]!.name),
        place,
        severity: entry.severity,
        when,
        forMs: milliseconds(entry.for),
        forReadings: entry.readings,
        clear: { ...(band && { band }), forMs: milliseconds(entry.clear.for), readings: entry.clear.readings },
        ...(entry.least && { least: { ...entry.least, figure: here(entry.least.figure) } }),
        ...(entry.active && { active: hoursOf(entry.active) }),
        owner,
        card: entry.card,
        ...(entry.supersedes && { supersedes: behind.get(id)!.names }),
        tests: entry.tests.map((test, i) => testOf([...path, 'tests', i], test, here, source, figures)),
      };
      rules[id] = rule;
    }
  }
  for (const [id, { path, names }] of behind) {
    names.forEach((name, i) => {
      const other = behind.get(name);
      if (!other) source.say([...path, i], unknown('rule', name, [...behind.keys()]));
      else if (name === id) source.say([...path, i], 'a rule cannot stand behind itself');
      else if (other.names.includes(id)) source.say([...path, i], `"${name}" supersedes this rule in turn`);
    });
  }
  return rules;
}

/** Alerts about missing data go to the owners of the data, all others never to them. */
function checkOwner(path: Path, { owner, when }: RuleEntry, file: BoardFile, source: Source): void {
  const owners = typeof owner === 'string' ? [[[], owner] as const] : Object.entries(owner).map(([at, group]) => [[at], group] as const);
  for (const [step, group] of owners) {
    if (!source.need([...path, 'owner', ...step], 'group', group, file.groups)) continue;
    const isData = file.groups[group]!.kind === 'data';
    if (when === 'late' && !isData)
      source.say([...path, 'owner', ...step], `late data is for a group of kind data, and "${group}" is of kind ${file.groups[group]!.kind}`);
    if (when !== 'late' && isData) source.say([...path, 'owner', ...step], `"${group}" looks after data; what happens to patients needs another group`);
  }
}

interface Target {
  /** What follows the @ of the rule's id. */
  at: string;
  place: string;
  feed?: string;
}

/** `only`: the one place or feed that the name of the rule gives. */
function targetsOf(path: Path, only: string | undefined, entry: RuleEntry, file: BoardFile, source: Source, feeds: ProposedDefinition['feeds']): Target[] {
  const { when } = entry;
  if (only !== undefined)
    for (const list of ['places', 'feeds'] as const) if (entry[list]) source.say([...path, list], `the name of the rule gives the one it is for, "${only}"`);
  const places = only === undefined ? entry.places : [only];
  const names = only === undefined ? entry.feeds : [only];
  if (when === 'late') {
    if (only === undefined && places) source.say([...path, 'places'], 'a rule about late data names feeds');
    if (!names) source.say(path, 'names no feeds');
    return (names === 'all' ? Object.keys(feeds) : (names ?? [])).flatMap((feed, i) => {
      if (!source.need([...path, 'feeds', i], 'feed', feed, feeds)) return [];
      const series = feeds[feed]!.series[0] ?? '@';
      return [{ at: feed, place: series.slice(series.lastIndexOf('@') + 1), feed }];
    });
  }
  if (only === undefined && names) source.say([...path, 'feeds'], 'only a rule about late data names feeds');
  if (!places) source.say(path, 'names no places');
  return (places ?? []).filter((place, i) => source.need([...path, 'places', i], 'place', place, file.places)).map((place) => ({ at: place, place }));
}

function conditionOf(
  path: Path,
  entry: RuleEntry,
  here: (figure: string) => FigureId,
  feed: string | undefined,
  source: Source,
  figures: Figures,
): Condition | undefined {
  const { when, clear } = entry;
  const clears = bandOf(clear);
  const clearPath = [...path.slice(0, -1), 'clear'];
  if (when === 'late') {
    if (clears) source.say(clearPath, 'late data has no line; it is over when the data is back');
    return feed === undefined ? undefined : { kind: 'late', feed };
  }
  if (!('composite' in when)) {
    const plain = plainOf(path, when, here, source, figures);
    const reason = plain && plain.kind !== 'late' && clears ? faultOfClear(plain.band, clears) : undefined;
    if (reason !== undefined) source.say(clearPath, reason);
    return plain;
  }
  if (clears) source.say(clearPath, 'a composite has no line of its own; it is over when too few of its parts hold');
  const parts = when.composite.map((part, i) => {
    if (!('composite' in part)) return plainOf([...path, 'composite', i], part, here, source, figures);
    source.say([...path, 'composite', i], 'a composite cannot be part of another; name its conditions here');
    return undefined;
  });
  const atLeast = when.atLeast ?? parts.length;
  if (atLeast > parts.length) source.say([...path, 'atLeast'], `there are only ${parts.length} parts`);
  const of = parts.filter((part) => part !== undefined);
  return of.length === parts.length ? { kind: 'composite', of, atLeast } : undefined;
}

type PlainEntry = Exclude<RuleEntry['when'], 'late' | { composite: unknown }>;

function plainOf(path: Path, when: PlainEntry, here: (figure: string) => FigureId, source: Source, figures: Figures): PlainCondition | undefined {
  const band = bandOf(when);
  if (!band) source.say(path, 'needs a line: over, atLeast, under or atMost');
  const figureAt = (setting: string, name: string): FigureId | undefined => {
    const figure = here(name);
    if (!source.need([...path, setting], 'figure', figure, figures)) return undefined;
    if (!figures[figure]!.isNumber) source.say([...path, setting], `"${figure}" is words, and words have no line`);
    return figure;
  };
  const judged = (setting: string, name: string): FigureId | undefined => {
    const figure = figureAt(setting, name);
    if (figure !== undefined && band) for (const reason of faultsOfBand(band, figures[figure]!)) source.say([...path, setting], reason);
    return figure;
  };
  const sloped = (setting: string, figure: FigureId | undefined): FigureId | undefined => {
    if (figure !== undefined && !figures[figure]!.isSeries) source.say([...path, setting], `"${figure}" is a roll-up; a slope is taken of one series`);
    return figure;
  };
  const shape = ((): Record<string, unknown> & { kind: string } => {
    if ('line' in when) return { kind: 'line', figure: judged('line', when.line) };
    if ('share' in when) return { kind: 'share', figure: figureAt('share', when.share), of: figureAt('of', when.of), least: when.least };
    if ('rate' in when) return { kind: 'rate', figure: sloped('rate', figureAt('rate', when.rate)), overMs: milliseconds(when.during) };
    if ('reach' in when) {
      const figure = sloped('reach', judged('reach', when.reach));
      return { kind: 'reach', figure, overMs: milliseconds(when.during), withinMs: milliseconds(when.within) };
    }
    if ('usual' in when) return { kind: 'usual', figure: figureAt('usual', when.usual) };
    return { kind: 'difference', figure: figureAt('difference', when.difference), less: figureAt('less', when.less) };
  })();
  return band && Object.values(shape).every((value) => value !== undefined) ? ({ ...shape, band } as PlainCondition) : undefined;
}

export function bandOf({ over, atLeast, under, atMost }: Sides): Band | undefined {
  const band: Band = {
    ...(over !== undefined && { over }),
    ...(atLeast !== undefined && { atLeast }),
    ...(under !== undefined && { under }),
    ...(atMost !== undefined && { atMost }),
  };
  return Object.keys(band).length > 0 ? band : undefined;
}

/** A line that can never be crossed, or lies on the good side. A neutral figure may be watched on one side. */
function faultsOfBand(band: Band, { direction, range }: Measured): string[] {
  const upward = band.over !== undefined || band.atLeast !== undefined;
  const side = direction === 'neutral' ? (upward ? 'higher-is-worse' : 'lower-is-worse') : direction;
  return faultsOfLines({ direction: side, range, thresholds: { act: band } }).map(([, reason]) => reason.replace(/^act\b/, 'the line'));
}

/** The clearing line lies beyond the firing line on the good side, or at it. */
function faultOfClear(fires: Band, clears: Band): string | undefined {
  const up = fires.over ?? fires.atLeast;
  const down = fires.under ?? fires.atMost;
  if (up !== undefined && down !== undefined) return 'a rule with a line on both sides is over between them, and clears at no other line';
  if (up !== undefined) {
    if (clears.over !== undefined || clears.atLeast !== undefined) return 'a rule that fires upwards clears under or atMost a value';
    const [at, touches] = clears.under !== undefined ? [clears.under, false] : [clears.atMost!, fires.atLeast !== undefined];
    return at > up || (touches && at === up) ? `clearing at ${at} is not easier than firing at ${up}` : undefined;
  }
  if (clears.under !== undefined || clears.atMost !== undefined) return 'a rule that fires downwards clears over or atLeast a value';
  const [at, touches] = clears.over !== undefined ? [clears.over, false] : [clears.atLeast!, fires.atMost !== undefined];
  return at < down! || (touches && at === down) ? `clearing at ${at} is not easier than firing at ${down}` : undefined;
}

function testOf(path: Path, test: RuleEntry['tests'][number], here: (figure: string) => FigureId, source: Source, figures: Figures): RuleTest {
  const byMinute = <T>(record: Readonly<Record<string, T>>): [number, T][] =>
    Object.entries(record)
      .map(([minute, value]) => [Number(minute), value] as [number, T])
      .sort(([a], [b]) => a - b);
  return {
    title: test.title,
    minutes: test.minutes,
    readings: byMinute(test.send).map(([minute, values]) => ({
      minute,
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => {
          source.need([...path, 'send', String(minute), name], 'figure', here(name), figures);
          return [here(name), value];
        }),
      ),
    })),
    expect: byMinute(test.expect).flatMap(([minute, turns]) => [turns].flat().map((turn) => ({ minute, turn }))),
  };
}

export function forFeed(label: Rule['label'], feed: Rule['label']): Rule['label'] {
  return { en: label.en.replace('{feed}', feed.en), cy: label.cy.replace('{feed}', feed.cy) };
}
