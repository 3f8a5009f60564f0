import type { BoardEvent } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Draft } from './draft.js';

/** A level's card is gone over in the huddles of the days after. */
const LEVEL_RUN_MS = 7 * DAY_MS;
const ENDS: readonly string[] = ['stood-down', 'closed', 'dropped'];

/** `level:system:4:1763800000000` was begun at the moment at its end. */
function isOld(run: string, over: number | undefined, at: number): boolean {
  if (over !== undefined) return at > over + DAY_MS;
  return run.startsWith('level:') && at > Number(run.slice(run.lastIndexOf(':') + 1)) + LEVEL_RUN_MS;
}

/** Runs that are long over go when something else happens to cards: the state stays small, and a replay drops them at the same place. */
function tidied(draft: Draft, at: number): BoardState['cards'] {
  const cards = draft.own('cards');
  for (const [run, { over }] of Object.entries(cards)) if (isOld(run, over, at)) delete cards[run];
  return cards;
}

export function actionsSlice(draft: Draft, event: BoardEvent, at: number): void {
  switch (event.kind) {
    case 'ActionRaised': {
      const { kind: _kind, ...raised } = event;
      draft.own('actions')[event.no] = { ...raised, raisedAt: at, chased: 0 };
      if (event.no > draft.state.counts.actions) draft.own('counts').actions = event.no;
      break;
    }
    case 'ActionClosed':
      delete draft.own('actions')[event.no];
      break;
    case 'ActionChased': {
      const action = draft.state.actions[event.no];
      if (action) draft.own('actions')[event.no] = { ...action, chased: event.times };
      break;
    }
    case 'CardStepTicked': {
      const cards = tidied(draft, at);
      const { card, run, step, by, cannot } = event;
      const before = cards[run] ?? { card, steps: {} };
      cards[run] = { ...before, steps: { ...before.steps, [step]: cannot === undefined ? { at, by } : { at, by, cannot } } };
      break;
    }
    case 'AlertTurned': {
      const run = `alert:${event.no}`;
      const begun = ENDS.includes(event.turn) ? draft.state.cards[run] : undefined;
      if (begun) tidied(draft, at)[run] = { ...begun, over: event.due };
      break;
    }
    case 'MessageStuck': {
      const { message, group, channel, about, since, detail } = event;
      draft.own('stuck')[message] = { group, channel, about, since, detail };
      break;
    }
    case 'MessageMended':
      delete draft.own('stuck')[event.message];
      break;
    default:
  }
}
