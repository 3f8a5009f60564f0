/** Where the huddle that is on stands: for its own page, and for the wall that everybody looks at. */
import type { AgendaItem, Huddle, HuddleNote } from '../cell.js';
import type { Label, TileId } from '../definition.js';
import { plannedMs } from '../rules/cell-times.js';
import type { BoardState } from '../state.js';

export interface ItemView extends AgendaItem {
  /** What was spent on it, the running item included. */
  spentMs: number;
  now: boolean;
}
export interface HuddleOn {
  no: number;
  due?: number;
  openedAt: number;
  lead: Label;
  scribe: Label;
  items: ItemView[];
  item: ItemView | undefined;
  tile?: TileId;
  /** Since it began; `plannedMs` is the whole agenda. */
  elapsedMs: number;
  plannedMs: number;
  here: number;
  quorum: number;
  notes: HuddleNote[];
  raised: Huddle['raised'];
}

const plain = (text: string): Label => ({ en: text, cy: text });

/** Offices are journaled by their English name; the Welsh stands in the definition, as long as the office does. */
function officeOf(offices: readonly Label[], name: string): Label {
  return offices.find(({ en }) => en === name) ?? plain(name);
}

/** Undefined: none is on, or the board has no cell any more. */
export function huddleOn({ definition, huddle: { now: huddle } }: Pick<BoardState, 'definition' | 'huddle'>, now: number): HuddleOn | undefined {
  const cell = definition?.cell;
  if (!huddle || !cell) return undefined;
  const { no, due, openedAt, lead, scribe, item, itemAt, spentMs, tile, attendance, notes, raised } = huddle;
  const items = cell.agenda.map((one): ItemView => {
    const isNow = one.id === item;
    return { ...one, now: isNow, spentMs: (spentMs[one.id] ?? 0) + (isNow ? Math.max(0, now - itemAt) : 0) };
  });
  return {
    no,
    ...(due === undefined ? {} : { due }),
    openedAt,
    lead: officeOf(cell.leads, lead),
    scribe: officeOf(cell.scribes, scribe),
    items,
    item: items.find((one) => one.now),
    ...(tile === undefined ? {} : { tile }),
    elapsedMs: Math.max(0, now - openedAt),
    plannedMs: plannedMs(cell),
    here: Object.values(attendance).filter((one) => one.attendance !== 'absent').length,
    quorum: cell.quorum,
    notes,
    raised,
  };
}
