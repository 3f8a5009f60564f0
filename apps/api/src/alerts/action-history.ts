/** Everything that was said of one action, from its raising to its result. */
import type { BoardId } from '@comm-cell/board/definition';
import type { ActionHistory, ActionStep } from '@comm-cell/contract/concerns';
import { parseEvent } from '@comm-cell/contract/journal';
import type { BoardQuery } from '../database/scoped.js';

/** The first condition is that of the index `journal_without_readings`, for the planner to see. */
const OF_ACTION = `
select (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal
where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused')
  and kind in ('ActionRaised', 'ActionProgressed', 'ActionChanged', 'ActionReminded', 'ActionChased', 'ActionEscalated', 'ActionClosed')
  and (body::jsonb ->> 'no')::int = $2
order by seq`;

/** Undefined when there never was such an action. */
export async function actionHistory(query: BoardQuery, board: BoardId, no: number): Promise<ActionHistory | undefined> {
  const { rows } = await query.query<{ at: number; body: string }>(OF_ACTION, [board, no]);
  const steps = rows.flatMap(({ at, body }): ActionStep[] => {
    const event = parseEvent(body);
    switch (event.kind) {
      case 'ActionRaised':
        return [{ at, step: 'raised', by: event.by.name, text: event.what, owner: event.owner, due: event.due }];
      case 'ActionProgressed':
        return [{ at, step: 'progressed', by: event.by.name, quarters: event.quarters, ...(event.note === undefined ? {} : { text: event.note }) }];
      case 'ActionChanged': {
        const { owner, due } = event;
        return [
          { at, step: 'changed', by: event.by.name, text: event.reason, ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { due }) },
        ];
      }
      case 'ActionReminded':
        return [{ at, step: 'reminded' }];
      case 'ActionChased':
        return [{ at, step: 'chased' }];
      case 'ActionEscalated':
        return [{ at, step: 'escalated', group: event.group }];
      case 'ActionClosed':
        return [{ at, step: 'closed', by: event.by.name, text: event.result }];
      default:
        return [];
    }
  });
  return steps.length === 0 ? undefined : { no, steps };
}
