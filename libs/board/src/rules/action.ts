/** Whose an action is, and when its owner is reminded or passed over. Moments come from the journal alone. */
import type { GroupId } from '../response.js';
import type { Action, BoardState } from '../state.js';
import { DAY_MS, HOUR_MS } from '../time.js';

/** The next group knows when an owner has said nothing for so long after the promised moment. */
export const ESCALATED_AFTER_MS = 8 * HOUR_MS;

/** A day before it is due; half the time before where there is less than two days. */
export function remindAt({ due, raisedAt, promisedAt = raisedAt }: Action): number {
  return due - Math.min(DAY_MS, Math.floor((due - promisedAt) / 2));
}

/** Counted from the promised moment, or from its owner's last word after it. */
export function escalateAt({ due, heardAt = due }: Action): number {
  return Math.max(due, heardAt) + ESCALATED_AFTER_MS;
}

/** Who is told of it: the group that was named as owner; else it belongs to whoever has what it came from. */
export function groupOf(state: BoardState, action: Action): GroupId | undefined {
  const response = state.definition?.response;
  if (!response) return undefined;
  if (Object.hasOwn(response.groups, action.owner)) return action.owner;
  const alert = action.alert === undefined ? undefined : Object.values(state.alerts).find(({ no }) => no === action.alert);
  if (alert) return alert.group;
  const rule = action.rule === undefined ? undefined : state.rules[action.rule];
  return (rule?.rule ?? rule?.was)?.owner ?? response.levelGroup;
}

/** Who comes after the group that was told; undefined where nobody does. */
export function nextGroup(state: BoardState, group: GroupId): GroupId | undefined {
  const response = state.definition?.response;
  const own = response?.groups[group];
  return [own?.climb[0]?.group, own?.otherwise, response?.levelGroup].find((one) => one !== undefined && one !== group);
}
