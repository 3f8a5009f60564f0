/** From the columns of a published return to the series of the replay board; a place is named by its organisation code. */
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { FeedDefinition } from '@comm-cell/board/definition';
import type { ReadingRow } from '@comm-cell/contract/feed';
import type { Return } from './sitrep.js';

export const NOT_IN_RETURN = 'not in the published return';

type Figure = (cells: Return['cells']) => number | undefined;

const column =
  (name: string): Figure =>
  (cells) =>
    cells[name];

/** The origin had cut the published rate to whole numbers, so it is worked out again. Without beds there is no rate. */
const share =
  (occupied: string, open: string): Figure =>
  (cells) => {
    const [part, whole] = [cells[occupied], cells[open]];
    return part === undefined || whole === undefined || whole === 0 ? undefined : (100 * part) / whole;
  };

const FIGURES: Readonly<Record<string, Figure>> = {
  'beds.open': column('ga_beds_open'),
  'beds.occupied': column('ga_beds_occupied'),
  'beds.occupancy': share('ga_beds_occupied', 'ga_beds_open'),
  'beds.free': ({ ga_beds_open: open, ga_beds_occupied: occupied }) => (open === undefined || occupied === undefined ? undefined : open - occupied),
  'beds.closed-infection': column('beds_closed_dv_norovirus'),
  'beds.flu': column('flu_ga_beds'),
  'beds.stay-7': column('beds_long_stay_over_7d'),
  'beds.stay-21': column('beds_long_stay_over_21d'),
  'critical.beds-open': column('cc_adult_beds_open'),
  'critical.beds-occupied': column('cc_adult_beds_occupied'),
  'critical.occupancy': share('cc_adult_beds_occupied', 'cc_adult_beds_open'),
  'critical.beds-free': ({ cc_adult_beds_open: open, cc_adult_beds_occupied: occupied }) =>
    open === undefined || occupied === undefined ? undefined : open - occupied,
  'ambulance.delayed-30-60': column('handovers_delayed_30_60m'),
  'ambulance.delayed-over-60': column('handovers_delayed_over_60m'),
  'ed.attendances': column('ae_attendances'),
};

/** One feed's readings of a recorded day, observed as the day is played. */
export function rowsOf(board: ProposedDefinition, feed: FeedDefinition, date: string, day: ReadonlyMap<string, Return>, playedAt: string): ReadingRow[] {
  return feed.series.map((id) => {
    const { metric, place } = board.series[id]!;
    const { unit, kind, decimals } = board.metrics[metric]!;
    const row = { series: id, observedAt: playedAt, unit };
    if (kind === 'text') return { ...row, value: date };
    const cells = day.get(place.toUpperCase())?.cells;
    const figure = FIGURES[metric];
    if (!figure)
      throw new Error(`The published returns have no column for "${id}"; take it off the board or name its column in apps/simulator/src/winter/figures.ts.`);
    const value = cells && figure(cells);
    return value === undefined ? { ...row, notReported: NOT_IN_RETURN } : { ...row, value: Number(value.toFixed(decimals)) };
  });
}
