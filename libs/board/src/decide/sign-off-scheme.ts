import type { Person } from '../events.js';
import type { SchemeId } from '../scheme.js';
import type { BoardState } from '../state.js';
import { isoDate, localDay } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

export interface SignOffScheme {
  scheme: SchemeId;
  /** The version that was read, so that nobody signs off another one. */
  version: string;
  reason: string;
  by: Person;
}
export type SchemeOutcome = { scheme: SchemeId } | { refused: Refused };

/**
 * An administrator has compared a scheme with the published one and stands behind it, the bands that could not be confirmed
 * included: from now on its levels are no longer marked as indicative.
 */
export function signOffScheme(state: BoardState, { scheme: id, version, reason, by }: SignOffScheme, at: number): Decision<SchemeOutcome> {
  const refuse = (field: string, code: string, detail: string): Decision<SchemeOutcome> => ({ events: [], outcome: { refused: { field, code, detail } } });
  const { definition } = state;
  const scheme = definition?.response && Object.hasOwn(definition.response.schemes, id) ? definition.response.schemes[id] : undefined;
  if (!definition?.response || !scheme) return refuse('id', 'unknown-scheme', `This board has no scheme "${id.slice(0, 60)}".`);
  if (scheme.version !== version) return refuse('version', 'moved-on', `The scheme stands at version "${scheme.version}" now.`);
  if (scheme.signedOff && scheme.parameters.every(({ confirmed }) => confirmed))
    return refuse('id', 'signed-off', `"${scheme.name.en}" was signed off by ${scheme.signedOff.by} on ${scheme.signedOff.on}.`);
  if (reason.trim() === '') return refuse('reason', 'missing', 'Say what it was compared with.');
  const on = isoDate(localDay(definition.zone, at));
  const signed = { ...scheme, parameters: scheme.parameters.map((one) => ({ ...one, confirmed: true })), signedOff: { by: by.name, on } };
  const response = { ...definition.response, schemes: { ...definition.response.schemes, [id]: signed } };
  return { events: [{ kind: 'BoardDefined', definition: { ...definition, response }, by, reason: reason.trim() }], outcome: { scheme: id } };
}
