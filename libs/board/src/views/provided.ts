/** What providers say of themselves beside their figures, as screens show it: closed places, spare capacity, signed-off figures. */
import type { Label, PlaceId, ProviderDefinition, ProviderId, SeriesId } from '../definition.js';
import { expectedAfter } from '../rules/freshness.js';
import type { BoardState } from '../state.js';
import { DAY_MS, MINUTE_MS } from '../time.js';

export interface ClosureView {
  since: number;
  until: number;
  reason: string;
  by: string;
}
export interface OfferView {
  no: number;
  provider: ProviderId;
  name: Label;
  place?: Label;
  what: string;
  count: number;
  left: number;
  at: number;
  until: number;
  by: string;
  claims: { provider: ProviderId; name: Label; count: number; at: number; by: string; note?: string }[];
}
/** A figure that is not what was signed. `from` is absent where nothing was known when it was signed. */
export interface RestatementView {
  series: SeriesId;
  from?: number | string | null;
  to: number | string | null;
  recordedAt: number;
  by?: string;
  reason?: string;
}
export interface SignOffView {
  /** The last sign-off; absent when there never was one. */
  last?: { at: number; by: string; note?: string; figures: number };
  restated: RestatementView[];
  /** The next moment by which it is to be signed; in the past: it is overdue since then. Absent where nobody is to sign. */
  dueAt?: number;
}

/** A place is open again at its time, whether or not the server has said so yet. */
export function closureView(state: BoardState, place: PlaceId, now: number): ClosureView | undefined {
  const closure = state.closures[place];
  return closure && now < closure.until ? { ...closure, by: closure.by.name } : undefined;
}

/** Open offers, the next to end first. `left: 0` = all of it is claimed. */
export function offerViews(state: BoardState, now: number): OfferView[] {
  const { providers = {}, places = {} } = state.definition ?? {};
  const nameOf = (id: ProviderId): Label => providers[id]?.name ?? { en: id, cy: id };
  return Object.values(state.offers)
    .filter(({ until }) => now < until)
    .sort((a, b) => a.until - b.until || a.no - b.no)
    .map(({ place, by, claims, ...offer }) => {
      const view: OfferView = {
        ...offer,
        name: nameOf(offer.provider),
        by: by.name,
        claims: claims.map((claim) => ({ ...claim, name: nameOf(claim.provider), by: claim.by.name })),
      };
      const where = place === undefined ? undefined : places[place];
      if (where) view.place = where.name;
      return view;
    });
}

/** Signed so long before its time, a sign-off stands for that time. */
const EARLY_MS = 30 * MINUTE_MS;

export function signOffView(state: BoardState, { id, signOff: rota }: ProviderDefinition, now: number): SignOffView | undefined {
  const signed = state.signOffs[id];
  if (!signed && !rota) return undefined;
  const view: SignOffView = { restated: [] };
  if (signed) {
    const { at, by, note, figures, restated = {} } = signed;
    view.last = { at, by: by.name, figures: figures.length, ...(note !== undefined && { note }) };
    const was = new Map(figures.map((figure) => [figure.series, figure.value]));
    for (const { series, value, recordedAt, by: who, reason } of Object.values(restated)) {
      const from = was.get(series);
      if (from === value) continue;
      view.restated.push({
        series,
        to: value,
        recordedAt,
        ...(from !== undefined && { from }),
        ...(who && { by: who.name }),
        ...(reason !== undefined && { reason }),
      });
    }
  }
  // Never signed: counted from yesterday, so that a new board does not begin with a week of omissions.
  if (rota) view.dueAt = expectedAfter({ expected: rota }, state.definition!.zone, signed ? signed.at + EARLY_MS : Math.max(state.definedAt, now - DAY_MS));
  return view;
}
