/**
 * Addresses of the page's screens: the server answers these with the page, and the page reads from the address which it is.
 * `/` lists the boards. Names only: the page loads this, and must not come to load codecs by it.
 */

/** `/{screen}/{board}`: screens of a board. */
export const BOARD_SCREENS = [
  'wall',
  'alerts',
  'rules',
  'contacts',
  'console',
  'feeds',
  'people',
  'displays',
  'audit',
  'admin',
  'boardroom',
  'analysis',
  'packs',
  'huddle',
  'cell',
] as const;

/** `/{screen}`: screens of no board. */
export const OWN_SCREENS = ['sign-in', 'account', 'pair', 'start', 'snapshot'] as const;

export type BoardScreen = (typeof BOARD_SCREENS)[number];
export type OwnScreen = (typeof OWN_SCREENS)[number];
