/**
 * A state for a public session: figures, colours, alerts and levels, without anybody's words or names. Slices are kept by name,
 * so that one that comes later is left out until somebody has thought about it; what the board itself is called stays.
 */
import { type BoardState, emptyBoard } from '@comm-cell/board/state';

const REDACTED = '—';

const KEPT = ['definedAt', 'numbers', 'clock', 'counts', 'windows', 'usuals', 'levels'] as const satisfies (keyof BoardState)[];
/** Kept with their written fields blank: what somebody wrote, and of actions and offers what they are about. */
const BLANKED = ['feeds', 'statuses', 'alerts', 'shelves', 'declared', 'actions', 'closures', 'offers'] as const satisfies (keyof BoardState)[];
const WRITTEN = new Set(['text', 'reason', 'note', 'why', 'detail', 'what', 'owner']);
/** Figures that are words, and what stands beside "not reported"; the reason for holding one back is a code. */
const WORDS = new Set(['value', 'why']);

export function redacted(state: BoardState): BoardState {
  const { definition, rules, series, held } = state;
  return {
    ...structuredClone(emptyBoard),
    ...Object.fromEntries(KEPT.map((slice) => [slice, state[slice]])),
    ...Object.fromEntries(BLANKED.map((slice) => [slice, blank(state[slice], WRITTEN)])),
    definition: definition && redactedDefinition(definition),
    // A rule's label stands on the wall; its stories, proposals and authors are nobody's business outside.
    rules: Object.fromEntries(
      Object.entries(rules).map(([id, { version, rule, was, since, origin }]) => [
        id,
        { version, since, origin, by: NOBODY, rule: rule && { ...rule, tests: [] }, ...(was ? { was: { ...was, tests: [] } } : {}) },
      ]),
    ),
    series: blank(series, WORDS),
    held: blank(held, WORDS),
  };
}

const NOBODY = { id: REDACTED, name: REDACTED };

function redactedDefinition(definition: NonNullable<BoardState['definition']>): NonNullable<BoardState['definition']> {
  const owner = { name: { en: REDACTED, cy: REDACTED }, contact: REDACTED };
  return { ...definition, feeds: Object.fromEntries(Object.entries(definition.feeds).map(([id, feed]) => [id, { ...feed, owner }])) };
}

/** A copy in which the texts of these fields, and persons, are blank. */
function blank<Value>(value: Value, fields: ReadonlySet<string>): Value {
  const walk = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(walk);
    if (one === null || typeof one !== 'object') return one;
    if (isPerson(one)) return NOBODY;
    return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, typeof part === 'string' && fields.has(key) ? REDACTED : walk(part)]));
  };
  return walk(value) as Value;
}

function isPerson(value: object): boolean {
  const { id, name, ...more } = value as { id?: unknown; name?: unknown };
  return typeof id === 'string' && typeof name === 'string' && Object.keys(more).length === 0;
}
