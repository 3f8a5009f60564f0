/** Groups, cards, schemes and levels of a board's file → how the board answers, complete in itself. */
import type { Rule } from '@comm-cell/board/rule';
import type { ActionCard, GroupDefinition, ResponseDefinition } from '@comm-cell/board/response';
import type { LevelDefinition, Scheme } from '@comm-cell/board/scheme';
import type { BoardFile } from '@comm-cell/contract/definition';
import type { CardEntry, HolidayFile, SchemeEntry } from '@comm-cell/contract/response';
import { milliseconds } from './cadence.js';
import { find, unknown } from './names.js';
import { bandOf, hoursOf, type Measured } from './rules.js';
import { faultsOfScheme } from './schemes.js';
import type { Source } from './source.js';

type Figures = Readonly<Record<string, Measured>>;

/** What boards answer with, whatever they measure. */
export interface Answers {
  cards: Readonly<Record<string, CardEntry>>;
  schemes: Readonly<Record<string, SchemeEntry>>;
  holidays: HolidayFile;
}

/** Nothing for a board that only shows. */
export function resolveResponse(file: BoardFile, source: Source, figures: Figures, rules: readonly Rule[], answers: Answers): ResponseDefinition | undefined {
  const groups = resolveGroups(file, source);
  for (const [id, scheme] of Object.entries(file.schemes)) for (const [path, reason] of faultsOfScheme(scheme)) source.say(['schemes', id, ...path], reason);
  const known = { ...answers.schemes, ...file.schemes };
  const levels = resolveLevels(file, source, figures, known);
  const schemes = Object.fromEntries([...new Set(Object.values(levels).map(({ scheme }) => scheme))].sort().map((id) => [id, schemeOf(id, known[id]!)]));
  const cards = resolveCards(file, source, rules, schemes, answers);
  if (file.levelGroup !== undefined) source.need(['levelGroup'], 'group', file.levelGroup, groups);
  const { holidays } = file;
  const isCalendar = typeof holidays === 'string' && source.need(['holidays'], 'calendar', holidays, answers.holidays);
  if (Object.keys(groups).length + Object.keys(levels).length === 0) return undefined;
  return {
    groups,
    holidays: (isCalendar ? Object.keys(answers.holidays[holidays]!.days) : Array.isArray(holidays) ? [...holidays] : []).sort(),
    cards,
    schemes,
    levels,
    ...(file.levelGroup !== undefined && { levelGroup: file.levelGroup }),
  };
}

function resolveGroups(file: BoardFile, source: Source): Record<string, GroupDefinition> {
  return Object.fromEntries(
    Object.entries(file.groups).map(([id, { name, kind, hours, otherwise, quiet, climb }]) => {
      const path = ['groups', id];
      const leadsTo = (at: readonly PropertyKey[], group: string): void => {
        if (!source.need([...path, ...at], 'group', group, file.groups)) return;
        if (group === id) source.say([...path, ...at], 'leads back to the group itself');
        const isData = file.groups[group]!.kind === 'data';
        if (isData !== (kind === 'data')) source.say([...path, ...at], 'alerts about data stay with owners of data, and others never reach them');
      };
      if (otherwise !== undefined) leadsTo(['otherwise'], otherwise);
      if (hours && otherwise === undefined) source.say([...path, 'hours'], 'somebody else must be named for the other hours: otherwise');
      climb.forEach(({ after, group }, i) => {
        leadsTo(['climb', i, 'group'], group);
        if (i > 0 && milliseconds(after) <= milliseconds(climb[i - 1]!.after))
          source.say([...path, 'climb', i, 'after'], 'the steps of a ladder stand in ascending order');
      });
      const group: GroupDefinition = {
        id,
        name,
        kind,
        ...(hours && { hours: hoursOf(hours) }),
        ...(otherwise !== undefined && { otherwise }),
        ...(quiet && { quiet: hoursOf(quiet) }),
        climb: climb.map(({ after, group }) => ({ afterMs: milliseconds(after), group })),
      };
      return [id, group];
    }),
  );
}

/** The board's own cards, those its rules name, and those of the levels it can reach. */
function resolveCards(
  file: BoardFile,
  source: Source,
  rules: readonly Rule[],
  schemes: Readonly<Record<string, Scheme>>,
  answers: Answers,
): Record<string, ActionCard> {
  const known = { ...answers.cards, ...file.cards };
  const cards: Record<string, ActionCard> = {};
  for (const [key, { card }] of Object.entries(file.rules)) source.need(['rules', key, 'card'], 'card', card, known);
  const wanted = new Set([...Object.keys(file.cards), ...rules.map(({ card }) => card)]);
  for (const [id, entry] of Object.entries(known)) {
    if (entry.level) {
      const { schemes: names, n } = entry.level;
      for (const scheme of names.filter((name) => find(schemes, name)?.levels.some((level) => level.n === n))) {
        cards[`${id}@${scheme}`] = { ...cardOf(`${id}@${scheme}`, entry), level: { scheme, n } };
      }
    }
    if (wanted.has(id) && !entry.level) cards[id] = cardOf(id, entry);
    else if (rules.some(({ card }) => card === id)) source.say(['cards', id], 'is begun by a level, and cannot be the card of a rule');
  }
  return cards;
}

export function cardOf(id: string, { title, steps }: CardEntry): ActionCard {
  return { id, title, steps: Object.entries(steps).map(([step, rest]) => ({ id: step, ...rest })) };
}

export function schemeOf(id: string, scheme: SchemeEntry): Scheme {
  const { name, mark, version, issuer, source, from, to, signedOff, mode, levels, how, parameters, cuts, pillars, hold, declared } = scheme;
  return {
    id,
    name,
    mark,
    version,
    issuer,
    source,
    from,
    ...(to !== undefined && { to }),
    ...(signedOff && { signedOff }),
    mode,
    levels,
    parameters: Object.entries(parameters).map(([parameter, { label, bands, confirmed, carry, pillar }]) => ({
      id: parameter,
      label,
      bands: bands.map(({ points, ...band }) => ({ band: bandOf(band)!, points })),
      confirmed,
      carryMs: milliseconds(carry),
      ...(pillar !== undefined && { pillar }),
    })),
    cuts,
    how,
    ...(pillars && { pillars }),
    hold: { raiseMs: milliseconds(hold.raise), lowerMs: milliseconds(hold.lower) },
    declaredMs: milliseconds(declared),
  };
}

function resolveLevels(file: BoardFile, source: Source, figures: Figures, schemes: Readonly<Record<string, SchemeEntry>>): Record<string, LevelDefinition> {
  const levels: Record<string, LevelDefinition> = {};
  for (const [id, { scheme: name, name: title, provider, parameters, of, basis }] of Object.entries(file.levels)) {
    const path = ['levels', id];
    if (provider !== undefined) source.need([...path, 'provider'], 'provider', provider, file.providers);
    if (!source.need([...path, 'scheme'], 'scheme', name, schemes)) continue;
    const scheme = schemes[name]!;
    if (parameters && of) source.say([...path, 'of'], 'a level has parameters or is made of others, not both');
    if (scheme.mode === 'declared' && (parameters ?? of)) source.say(path, `a level of "${name}" is only declared`);
    if (scheme.mode === 'calculated' && !(parameters ?? of)) source.say(path, 'has neither parameters nor other levels to be worked out from');
    for (const [parameter, figure] of Object.entries(parameters ?? {})) {
      source.need([...path, 'parameters', parameter], 'parameter', parameter, scheme.parameters);
      if (source.need([...path, 'parameters', parameter], 'figure', figure, figures) && !figures[figure]!.isNumber)
        source.say([...path, 'parameters', parameter], `"${figure}" is words`);
    }
    of?.forEach(({ level }, i) => {
      const at = [...path, 'of', i, 'level'];
      const other = find(levels, level);
      if (!other) {
        source.say(at, find(file.levels, level) ? 'a level is made of those that stand before it' : unknown('level', level, Object.keys(file.levels)));
        return;
      }
      const same = (n: SchemeEntry): string => n.levels.map((one) => one.n).join();
      if (scheme.how === 'sum') {
        if (other.scheme !== name) source.say(at, `scores of "${other.scheme}" cannot be added up by "${name}"`);
        if (!other.parameters && !other.of) source.say(at, 'is only declared, and has no score');
      } else if (same(schemes[other.scheme]!) !== same(scheme)) source.say(at, `levels of "${other.scheme}" are not those of "${name}"`);
    });
    levels[id] = {
      id,
      scheme: name,
      name: title,
      ...(provider !== undefined && { provider }),
      ...(parameters && { parameters }),
      ...(of && { of: of.map(({ level, weight, from, to }) => ({ level, weight, from, ...(to !== undefined && { to }) })) }),
      ...(basis && { basis }),
    };
  }
  return levels;
}
