import type { BoardEvent, Reading } from '../events.js';
import { watched } from '../rules/watched.js';
import type { BoardState, RuleState, TrendPoint } from '../state.js';
import type { Draft } from './draft.js';
import { isNewer } from './readings.js';

/** More points than this make no better slope. */
const WINDOW_POINTS = 60;

/** The newest readings of the window, one for each moment, late ones in their place. */
function withPoint(window: readonly TrendPoint[], { at, value, rev = 0 }: Reading, overMs: number): readonly TrendPoint[] {
  if (typeof value === 'string') return window;
  const newest = Math.max(at, window.at(-1)?.[0] ?? at);
  const points = window.filter((point) => point[0] >= newest - overMs);
  if (at < newest - overMs) return points;
  const point: TrendPoint = rev === 0 ? [at, value] : [at, value, rev];
  let i = points.length;
  while (i > 0 && points[i - 1]![0] > at) i--;
  const same = points[i - 1];
  if (same?.[0] !== at) points.splice(i, 0, point);
  else if (isNewer(at, rev, { at: same[0], rev: same[2] ?? 0 })) points[i - 1] = point;
  return points.slice(-WINDOW_POINTS);
}

/** Windows of what slopes are taken of now: those there were, and new ones begun with what the day line remembers. */
function windowsOf({ definition, rules, series, windows }: BoardState): BoardState['windows'] {
  const kept: BoardState['windows'] = {};
  if (!definition) return kept;
  for (const [id, overMs] of watched(definition, rules).slopes) {
    const line = windows[id] ?? series[id]?.trend ?? [];
    kept[id] = line.filter(([at]) => at >= line.at(-1)![0] - overMs).slice(-WINDOW_POINTS);
  }
  return kept;
}

/** The record of rules is replaced with each event: what is worked out from it is remembered by its identity. */
function put(draft: Draft, id: string, state: RuleState): void {
  draft.state.rules = { ...draft.state.rules, [id]: state };
}

function withoutProposal(state: RuleState): RuleState {
  const { proposed: _gone, ...rest } = state;
  return rest;
}

export function rulesSlice(draft: Draft, event: BoardEvent, at: number): void {
  const { rules, definition } = draft.state;
  switch (event.kind) {
    case 'RulesAgreed': {
      const { origin, by } = event;
      const agreed: BoardState['rules'] = { ...rules };
      const next = (id: string, rule: RuleState['rule']): void => {
        const before = agreed[id];
        agreed[id] = { version: (before?.version ?? 0) + 1, rule, since: event.due ?? at, origin, by };
        const was = rule ? undefined : (before?.rule ?? before?.was);
        if (was) agreed[id].was = was;
        // What a person has proposed on screen still waits when the board's file changes.
        if (origin === 'file' && before?.proposed) agreed[id].proposed = before.proposed;
      };
      for (const rule of event.rules) next(rule.id, rule);
      for (const id of event.retired) next(id, null);
      draft.state.rules = agreed;
      draft.state.windows = windowsOf(draft.state);
      break;
    }
    case 'RuleProposed': {
      const { id, rule, from, by, reason } = event;
      const before = rules[id] ?? { version: 0, rule: null, since: at, origin: 'screen' as const, by };
      put(draft, id, { ...before, proposed: { rule, from, by, at, reason } });
      break;
    }
    case 'RuleApproved': {
      const before = rules[event.id];
      if (before?.proposed) put(draft, event.id, { ...before, proposed: { ...before.proposed, approved: event.by } });
      break;
    }
    case 'RuleWithdrawn': {
      const before = rules[event.id];
      if (!before?.proposed) break;
      if (before.version > 0) put(draft, event.id, withoutProposal(before));
      else {
        const { [event.id]: _gone, ...rest } = rules;
        draft.state.rules = rest;
      }
      break;
    }
    case 'UsualLearned': {
      const usuals = draft.own('usuals');
      for (const usual of event.usuals) usuals[usual.figure] = usual;
      break;
    }
    case 'BoardDefined':
      if (Object.keys(rules).length > 0) draft.state.windows = windowsOf(draft.state);
      break;
    case 'ReadingsRecorded': {
      if (event.history) break;
      const slopes = definition && watched(definition, rules).slopes;
      if (!slopes || slopes.size === 0) break;
      for (const reading of event.readings) {
        const overMs = slopes.get(reading.series);
        if (overMs === undefined) continue;
        const windows = draft.own('windows');
        windows[reading.series] = [...withPoint(windows[reading.series] ?? [], reading, overMs)];
      }
      break;
    }
    default:
  }
}
