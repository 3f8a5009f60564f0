/** The boards as the desk's routes need them: found by the name in the address, changed through their keeper alone. */
import { Injectable } from '@nestjs/common';
import type { BoardDefinition } from '@comm-cell/board/definition';
import type { Refused } from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { CandidateRow, KnownReadings } from '@comm-cell/board/decide/record-readings';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { Refusal } from '../access/refusal.js';
import type { BoardKeeper, Placed } from '../keeper/board-keeper.js';
import { Keepers } from '../keeper/keepers.js';

export interface DefinedBoard {
  keeper: BoardKeeper;
  state: BoardState;
  definition: BoardDefinition;
}

@Injectable()
export class DeskBoards {
  constructor(private readonly keepers: Keepers) {}

  board(id: string): DefinedBoard {
    const keeper = this.keepers.get(id);
    const state = keeper?.snapshot.state;
    if (!keeper || !state?.definition) throw new Refusal(404, 'unknown-board', `There is no board "${id.slice(0, 60)}".`, 'GET /v1/boards lists them.');
    return { keeper, state, definition: state.definition };
  }

  /** Carries a person's command out, or says why not. `late`: readings to be looked up in older history before it is decided. */
  async submit<Outcome extends object>(
    id: string,
    person: Person,
    decide: (state: BoardState, at: number, known: KnownReadings) => Decision<Outcome | { refused: Refused }>,
    late?: () => CandidateRow[],
  ): Promise<{ outcome: Outcome; placed: Placed }> {
    const submitted = await this.board(id).keeper.submit({
      source: `person:${person.id}`,
      decide: (state, known, at) => decide(state, at, known),
      ...(late ? { late } : {}),
    });
    if (submitted.repeated) throw new Error('A command of the desk has no receipt.');
    const { outcome, placed } = submitted;
    if ('refused' in outcome) throw refusalOf(outcome.refused);
    return { outcome, placed };
  }
}

function refusalOf({ field, code, detail, version }: Refused): Refusal {
  if (code === 'moved-on')
    return new Refusal(409, code, detail, 'Look at it again, then answer what it is now.', undefined, version === undefined ? {} : { version });
  if (code.startsWith('unknown-') && ADDRESSED.has(field)) return new Refusal(404, code, detail, 'Look at the list again: it may be over.');
  return new Refusal(422, code, detail, detail, [{ field, code, detail }]);
}
/** Fields that stand in the address of a route. */
const ADDRESSED = new Set(['rule', 'id', 'no', 'level', 'run', 'step', 'place']);
