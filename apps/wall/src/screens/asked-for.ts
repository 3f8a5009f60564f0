/** Parts of a wall that nobody sees until they ask for them. */
import { Part } from '../ui/part.svelte.js';

export const askedFor = {
  why: new Part(() => import('../panels/level/Why.svelte')),
  table: new Part(() => import('../panels/table/FiguresTable.svelte')),
  phone: new Part(() => import('../panels/phone/Phone.svelte')),
  help: new Part(() => import('./Help.svelte')),
};
