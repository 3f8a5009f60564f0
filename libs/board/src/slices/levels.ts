import type { BoardEvent } from '../events.js';
import type { LevelState } from '../state.js';
import type { Draft } from './draft.js';

export function levelsSlice(draft: Draft, event: BoardEvent, at: number): void {
  switch (event.kind) {
    case 'BoardDefined': {
      const { levels = {} } = event.definition.response ?? {};
      for (const slice of ['levels', 'declared'] as const) {
        for (const id of Object.keys(draft.state[slice])) if (!levels[id]) delete draft.own(slice)[id];
      }
      break;
    }
    case 'LevelTurned': {
      const levels = draft.own('levels');
      levels[event.level] = turned(levels[event.level] ?? {}, event);
      break;
    }
    case 'LevelDeclared': {
      const { level, n, reason, reviewBy, by } = event;
      const declared = draft.own('declared');
      const before = declared[level]?.n === n ? declared[level].before : declared[level]?.n;
      declared[level] = { n, at, reason, reviewBy, by, ...(before !== undefined && { before }) };
      break;
    }
    // These leave no moment of their own on the readings they concern.
    case 'FeedSuspended':
    case 'FeedResumed':
      for (const [id, level] of Object.entries(draft.state.levels)) draft.own('levels')[id] = { ...level, judgedAt: Math.max(level.judgedAt ?? at, at) };
      break;
    default:
  }
}

function turned(level: LevelState, { turn, due, low, high, score, known, of }: Extract<BoardEvent, { kind: 'LevelTurned' }>): LevelState {
  const { next, ...held } = level;
  const judgedAt = Math.max(level.judgedAt ?? due, due);
  if (turn === 'steady') return { ...held, judgedAt };
  if (turn !== 'set') return { ...held, next: { low, high, since: next?.turn === turn ? next.since : due, turn }, judgedAt };
  const before = held.low === undefined || held.high === undefined ? undefined : { low: held.low, high: held.high };
  return { low, high, score, known, of, since: due, ...(before && { before }), judgedAt };
}
