/**
 * The team charter: how these organisations have agreed to work together. Each accepts the words that stand, by the office that
 * accepts for it; other words need accepting anew, so that nobody is bound by what they have not seen.
 */
import type { Label, ProviderId } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState } from '../state.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

export type CharterOutcome = { version: number } | { refused: Refused };

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });

/** `version`: the one that stood when the writer began, 0 for none; two who write at once do not undo each other's words. */
export function writeCharter(state: BoardState, { version: seen, text, by }: { version: number; text: Label; by: Person }): Decision<CharterOutcome> {
  if (!state.definition?.cell) return refuse('board', 'no-cell', 'This board has no cell: nobody would be there to accept a charter.');
  const stands = state.charter['now'];
  const standing = stands?.version ?? 0;
  if (seen !== standing) return movedOn(standing);
  if (stands?.text.en === text.en && stands.text.cy === text.cy) return { events: [], outcome: { version: standing } };
  const version = standing + 1;
  return { events: [{ kind: 'CharterWritten', version, text, by }], outcome: { version } };
}

export interface AcceptCharter {
  version: number;
  provider: ProviderId;
  /** The office that accepts for it. */
  name: string;
  by: Person;
}

export function acceptCharter(state: BoardState, { version, provider, name, by }: AcceptCharter): Decision<CharterOutcome> {
  const charter = state.charter['now'];
  if (!charter) return refuse('version', 'no-charter', 'No charter has been written yet.');
  if (version !== charter.version) return movedOn(charter.version);
  if (!state.definition?.cell?.members.some((member) => member.provider === provider))
    return refuse('provider', 'unknown-provider', `"${provider}" is no member of this cell.`);
  if (charter.accepted[provider]?.name === name) return { events: [], outcome: { version } };
  return { events: [{ kind: 'CharterAccepted', version, provider, name, by }], outcome: { version } };
}

function movedOn(version: number): Decision<{ refused: Refused }> {
  const detail = version === 0 ? 'No charter has been written yet.' : `Version ${version} of the charter stands now; read that one first.`;
  return { events: [], outcome: { refused: { field: 'version', code: 'moved-on', detail, version } } };
}
