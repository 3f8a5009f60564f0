/** Which role may do what: the one table. What does not stand here is not allowed; reading needs no command. */
import { COMMANDS, type Command, type Role } from '@comm-cell/contract/desk';

const ANSWERS: readonly Command[] = ['acknowledge', 'take', 'hand-over', 'shelve', 'unshelve', 'raise-action', 'close-action', 'tick-step', 'back-test'];
const STEERS: readonly Command[] = [...ANSWERS, 'close-alert', 'declare-level', 'propose-rule', 'approve-rule', 'withdraw-rule', 'manage-contacts'];

const MAY: Readonly<Record<Role, readonly Command[]>> = {
  viewer: [],
  duty: ANSWERS,
  coordinator: STEERS,
  administrator: COMMANDS,
};

export function commandsOf(role: Role): readonly Command[] {
  return MAY[role];
}
