/** What providers say of themselves beside their figures: closed places, signed-off figures, spare capacity. */
import type { BoardEvent } from '../events.js';
import { DAY_MS } from '../time.js';
import type { Draft } from './draft.js';

export function providedSlice(draft: Draft, event: BoardEvent, at: number): void {
  switch (event.kind) {
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
    case 'CapacityWithdrawn':
      delete draft.own('offers')[event.no];
      break;
  }
}
