/** What providers say of themselves beside their figures: closed places, signed-off figures, spare capacity. */
import type { BoardEvent } from '../events.js';
import type { SignOff } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Draft } from './draft.js';
import { isNewer } from './readings.js';

export function providedSlice(draft: Draft, event: BoardEvent, at: number): void {
  switch (event.kind) {
    case 'ReadingsRecorded':
      restate(draft, event, at);
      break;
    case 'PlaceClosed': {
      const { place, until, reason, by } = event;
      draft.own('closures')[place] = { since: draft.state.closures[place]?.since ?? at, until, reason, by };
      break;
    }
    case 'PlaceOpened':
      delete draft.own('closures')[event.place];
      break;
    case 'FiguresSignedOff': {
      const { provider, figures, by, note } = event;
      draft.own('signOffs')[provider] = { at, by, figures, ...(note === undefined ? {} : { note }) };
      break;
    }
    case 'CapacityOffered': {
      const { kind: _kind, ...offer } = event;
      const offers = draft.own('offers');
      // What has been over for a day is of no more interest here; the journal keeps it.
      for (const [no, { until }] of Object.entries(offers)) if (until < at - DAY_MS) delete offers[no];
      offers[offer.no] = { ...offer, left: offer.count, at, claims: [] };
      draft.state.counts = { ...draft.state.counts, offers: Math.max(draft.state.counts.offers ?? 0, offer.no) };
      break;
    }
    case 'CapacityClaimed': {
      const { no, provider, count, by, note } = event;
      const offer = draft.state.offers[no];
      if (!offer) break;
      const claim = { provider, count, at, by, ...(note === undefined ? {} : { note }) };
      draft.own('offers')[no] = { ...offer, left: offer.left - count, claims: [...offer.claims, claim] };
      break;
    }
    case 'CapacityWithdrawn': {
      const offer = draft.state.offers[event.no];
      // What somebody has claimed stays promised; only the rest is taken back.
      if (offer && offer.claims.length > 0) draft.own('offers')[event.no] = { ...offer, left: 0 };
      else delete draft.own('offers')[event.no];
      break;
    }
    default:
  }
}

/** Everything after a sign-off that says something else of a moment before it. Most readings are of moments after it. */
function restate(draft: Draft, { feed, readings, by, reason, history }: Extract<BoardEvent, { kind: 'ReadingsRecorded' }>, at: number): void {
  const provider = draft.state.definition?.feeds[feed]?.provider;
  const signed = provider === undefined ? undefined : draft.state.signOffs[provider];
  if (history || !signed) return;
  let restated: SignOff['restated'];
  for (const { series, at: observedAt, rev = 0, value } of readings) {
    if (observedAt > signed.at) continue;
    const before = restated?.[series] ?? signed.restated?.[series] ?? signed.figures.find((figure) => figure.series === series);
    if (before && !isNewer(observedAt, rev, { at: before.at, rev: before.rev ?? 0 })) continue;
    const one = { series, at: observedAt, value, recordedAt: at, ...(rev > 0 && { rev }), ...(by && { by }), ...(reason !== undefined && { reason }) };
    restated = { ...signed.restated, ...restated, [series]: one };
  }
  if (restated) draft.own('signOffs')[provider!] = { ...signed, restated };
}
