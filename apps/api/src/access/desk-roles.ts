/** Which role may do what: the one table. What does not stand here is not allowed; reading needs no command. */
import { COMMANDS, type Command, type Role } from '@comm-cell/contract/desk';

const LOOKS: readonly Command[] = ['replay'];
const ANSWERS: readonly Command[] = [
  ...LOOKS,
  'acknowledge',
  'take',
  'hand-over',
  'shelve',
  'unshelve',
  'raise-action',
  'close-action',
  'tick-step',
  'back-test',
  'note-moment',
  'make-pack',
];
/** A provider's own work; those limited to some providers can do it for these alone. */
const PROVIDES: readonly Command[] = [
  ...LOOKS,
  'see-console',
  'push-figures',
  'correct-figure',
  'post-status',
  'close-place',
  'offer-capacity',
  'claim-capacity',
  'see-feeds',
  'settle-held',
  'pause-feed',
  'map-feed',
  'replay-payload',
];
const DIRECTS: readonly Command[] = [...new Set([...ANSWERS, ...PROVIDES, 'sign-off' as const, 'declare-level' as const])];
const STEERS: readonly Command[] = [
  ...new Set([
    ...DIRECTS,
    'close-alert' as const,
    'propose-rule' as const,
    'approve-rule' as const,
    'withdraw-rule' as const,
    'manage-contacts' as const,
    'manage-displays' as const,
    'freeze' as const,
    'share-snapshot' as const,
    'export' as const,
  ]),
];

const MAY: Readonly<Record<Role, readonly Command[]>> = {
  viewer: LOOKS,
  editor: PROVIDES,
  duty: DIRECTS,
  coordinator: STEERS,
  administrator: COMMANDS,
  auditor: ['replay', 'read-audit', 'see-feeds', 'export'],
};

export function commandsOf(role: Role): readonly Command[] {
  return MAY[role];
}
