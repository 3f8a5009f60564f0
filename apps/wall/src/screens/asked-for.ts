/**
 * Parts of a wall that nobody sees until they ask for them. They are fetched once the picture stands, so that it stands sooner,
 * and a press is answered although the server may be gone by then.
 */
export const askedFor = {
  why: () => import('../panels/level/Why.svelte'),
  table: () => import('../panels/table/FiguresTable.svelte'),
  phone: () => import('../panels/phone/Phone.svelte'),
  help: () => import('./Help.svelte'),
};

/** Where it fails, the press will try again. */
export function fetchAhead(): void {
  for (const part of Object.values(askedFor)) part().catch(() => undefined);
}
