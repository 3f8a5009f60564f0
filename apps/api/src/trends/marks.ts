/** What people did and said, to be drawn on a trend: actions, levels, notes, changed definitions. */
import type { Mark } from '@comm-cell/contract/trends';
import { parseEvent } from '@comm-cell/contract/journal';
import type { BoardQuery } from '../database/scoped.js';
import { MARKS } from './hours.sql.js';

/** Ascending. Alerts are not among them: there may be hundreds, and the review counts them. */
export async function marksBetween(query: BoardQuery, board: string, from: number, to: number): Promise<Mark[]> {
  const { rows } = await query.query<{ at: number; body: string }>(MARKS, [board, from, to]);
  return rows
    .flatMap(({ at, body }): Mark[] => {
      const event = parseEvent(body);
      switch (event.kind) {
        case 'ActionRaised':
          return [{ at, kind: 'action-raised', text: event.what, by: event.by.name }];
        case 'ActionClosed':
          return [{ at, kind: 'action-closed', text: event.result, by: event.by.name }];
        case 'LevelDeclared':
          return [{ at, kind: 'level-declared', text: event.reason, level: { id: event.level, low: event.n, high: event.n }, by: event.by.name }];
        case 'LevelTurned':
          return [{ at: event.due, kind: 'level-calculated', text: '', level: { id: event.level, low: event.low, high: event.high } }];
        case 'MomentNoted':
          return [{ at: event.about, kind: 'noted', text: event.text, by: event.by.name }];
        case 'BoardDefined':
          return [{ at, kind: 'redefined', text: event.reason ?? '', ...(event.by ? { by: event.by.name } : {}) }];
        default:
          return [];
      }
    })
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at);
}
