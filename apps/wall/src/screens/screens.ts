/** Screens that are loaded when they are asked for, so that the wall stays small. A new screen is a folder, a name in libs/contract pages and a line here. */
import type { BoardScreen, OwnScreen } from '@comm-cell/contract/pages';
import type { Component } from 'svelte';

type Loaded<Props extends Record<string, unknown>> = () => Promise<{ default: Component<Props> }>;

export const boardScreens: Record<Exclude<BoardScreen, 'wall'>, Loaded<{ board: string }>> = {
  alerts: () => import('./desk/Desk.svelte'),
  rules: () => import('./desk/Rules.svelte'),
  contacts: () => import('./desk/Contacts.svelte'),
  console: () => import('./console/Console.svelte'),
  feeds: () => import('./feeds/Feeds.svelte'),
  people: () => import('./access/People.svelte'),
  displays: () => import('./access/Displays.svelte'),
  audit: () => import('./audit/Audit.svelte'),
  admin: () => import('./admin/Admin.svelte'),
  boardroom: () => import('./boardroom/Boardroom.svelte'),
  analysis: () => import('./analysis/Analysis.svelte'),
  packs: () => import('./packs/Packs.svelte'),
  huddle: () => import('./huddle/Huddle.svelte'),
  cell: () => import('./cell/Cell.svelte'),
};

export const ownScreens: Record<OwnScreen | 'boards', Loaded<Record<string, never>>> = {
  boards: () => import('./Boards.svelte'),
  'sign-in': () => import('./access/SignInPage.svelte'),
  account: () => import('./access/Account.svelte'),
  pair: () => import('./access/Pair.svelte'),
  start: () => import('./start/Start.svelte'),
  snapshot: () => import('./boardroom/Snapshot.svelte'),
};
