/**
 * Who may do what: the one table. What does not stand here is not allowed. The guards decide by it, the tests try every route by
 * it, and docs/access-matrix.md is written from it.
 */
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
  'progress-action',
  'close-action',
  'tick-step',
  'back-test',
  'note-moment',
  'make-pack',
  'join-huddle',
  'raise-concern',
  'change-concern',
  'propose-idea',
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
  'raise-action',
  'progress-action',
  'join-huddle',
  'raise-concern',
  'change-concern',
  'propose-idea',
  'accept-charter',
];
const DIRECTS: readonly Command[] = [
  ...new Set([...ANSWERS, ...PROVIDES, 'sign-off' as const, 'declare-level' as const, 'pass-on' as const, 'answer-passed' as const]),
];
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
    'run-huddle' as const,
    'answer-idea' as const,
    'agree-goal' as const,
    'review-goal' as const,
    'write-charter' as const,
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

/** Commands that count only soon after one has proved who one is: they decide who may act, and by which rules alerts are raised. */
const FRESHLY: ReadonlySet<Command> = new Set(['manage-people', 'manage-keys', 'propose-rule', 'approve-rule', 'withdraw-rule', 'edit-board', 'create-board']);
/**
 * Commands over a board as a whole, and looks into all of it: for those alone whose part is the whole board, whatever their role.
 * Everything else that names the work of one organisation is refused behind the door to those limited to others.
 */
const WHOLE_BOARD: ReadonlySet<Command> = new Set([
  'edit-board',
  'create-board',
  'manage-contacts',
  'manage-displays',
  'propose-rule',
  'approve-rule',
  'withdraw-rule',
  'sign-off-scheme',
  'read-audit',
  'export',
  'pass-on',
  'answer-passed',
]);
/** Roles that can hand out rights or change rules: a password alone is not enough. */
const TWICE_PROVED: ReadonlySet<Role> = new Set(['coordinator', 'administrator']);

/** Everybody who can come to a door: people by role, and those who are no people. */
export const PRINCIPALS = ['nobody', 'feed', 'display', 'viewer', 'editor', 'duty', 'coordinator', 'administrator', 'auditor'] as const;
export type Principal = (typeof PRINCIPALS)[number];
const PEOPLE: readonly Principal[] = ['viewer', 'editor', 'duty', 'coordinator', 'administrator', 'auditor'];

/**
 * What a route or a socket message is for.
 * command: a person whose role on the board allows it. watch: screens that may watch the board, and its people.
 * feed: holders of a key of the feed. person: anybody who is signed in, about themselves. open: everybody, for the reason given.
 */
export type Door = { kind: 'command'; command: Command } | { kind: 'watch' } | { kind: 'feed' } | { kind: 'person' } | { kind: 'open'; why: string };

export function admits(door: Door): readonly Principal[] {
  switch (door.kind) {
    case 'command':
      return PRINCIPALS.filter((principal) => isRole(principal) && MAY[principal].includes(door.command));
    case 'watch':
      return ['display', ...PEOPLE];
    case 'feed':
      return ['feed'];
    case 'person':
      return PEOPLE;
    case 'open':
      return PRINCIPALS;
  }
}

export function commandsOf(role: Role): readonly Command[] {
  return MAY[role];
}
/** What somebody may do with their part in a board. `providers`: whose work it is limited to; null = the whole board. */
export function mayOf({ role, providers }: { role: Role; providers: readonly string[] | null }): readonly Command[] {
  return providers === null ? MAY[role] : MAY[role].filter((command) => !WHOLE_BOARD.has(command));
}
export function needsWholeBoard(command: Command): boolean {
  return WHOLE_BOARD.has(command);
}
export function needsFreshProof(command: Command): boolean {
  return FRESHLY.has(command);
}
export function needsSecondFactor(role: Role): boolean {
  return TWICE_PROVED.has(role);
}

function isRole(principal: Principal): principal is Role {
  return principal in MAY;
}
