/** A cell below in words: its level, how it came about, and how old that knowledge is. */
import { MINUTE_MS } from '@comm-cell/board/time';
import type { CellBelowView, TiersView } from '@comm-cell/board/views/tiers';
import { spanText } from '../../notation.js';
import type { Shape } from '../../ui/shape.js';
import type { Words } from '../../words.js';
import { rangeText } from '../level/range.js';
import type { BelowWords } from './below-words.js';

/** What stands large: "OPEL 3", "OPEL 2–4", "OPEL 2 ≠ 3"; nothing where nothing is known. */
export function levelText({ level }: CellBelowView): string {
  if (!level) return '';
  const { mark, calculated, declared } = level;
  const worked = calculated && rangeText(calculated);
  const said = declared && String(declared.n);
  if (said === undefined && worked === undefined) return `${mark} ?`;
  return `${mark} ${said === undefined || worked === undefined || said === worked ? (worked ?? said) : `${said} ≠ ${worked}`}`;
}

export function shapeOfCell({ unheard, level }: CellBelowView): Shape {
  return unheard ? 'late' : (level?.look ?? 'none');
}

/** How old this knowledge is, and what the cell itself waits for. */
export function ageNote({ unheard, ageMs, open }: CellBelowView, words: BelowWords, wall: Words): string {
  const heard = ageMs < MINUTE_MS ? words.heardNow : words.heard(spanText(ageMs, wall));
  return [unheard ? words.unheard(spanText(ageMs, wall)) : heard, open ? words.open(open.count) : ''].filter(Boolean).join(' · ');
}

/** How its level came about. The large number has what was declared first. */
export function levelNote({ level }: CellBelowView, words: BelowWords): string {
  if (!level) return words.noLevel;
  const { calculated, declared, overdue, indicative } = level;
  return [
    declared ? (overdue ? words.reviewOverdue : words.declared) : '',
    calculated ? words.calculated : declared ? '' : words.unknown,
    calculated && calculated.known < calculated.of ? words.partial(calculated.known, calculated.of) : '',
    calculated && indicative ? words.indicative : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What waits for an answer between this board and others, in one line; empty when nothing does. */
export function waitingText({ waiting }: TiersView, words: BelowWords, wall: Words): string {
  const [oldest] = waiting;
  if (!oldest) return '';
  const missed = waiting.filter(({ missedMs }) => missedMs > 0).length;
  return [words.open(waiting.length), missed > 0 ? words.missed(missed) : '', words.oldest(spanText(oldest.ageMs, wall))].filter(Boolean).join(' · ');
}
