/** Spare capacity between providers: offered until a moment, and claimed by whoever comes first, never more than there is. */
import type { PlaceId, ProviderId } from '../definition.js';
import type { Person } from '../events.js';
import type { BoardState, Offer } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Refused } from './answer-alert.js';
import type { Decision } from './decision.js';

/** What is spare today says nothing about tomorrow. */
export const OFFER_LONGEST_MS = DAY_MS;

export interface OfferCapacity {
  provider: ProviderId;
  place?: PlaceId;
  what: string;
  count: number;
  until: number;
  by: Person;
}
export type OfferOutcome = { no: number } | { refused: Refused };
export interface ClaimCapacity {
  no: number;
  provider: ProviderId;
  count: number;
  note?: string;
  by: Person;
}
/** `taken`: others were faster, and so much is left. */
export type ClaimOutcome = { no: number; left: number } | { taken: { left: number } } | { refused: Refused };

const refuse = (field: string, code: string, detail: string): Decision<{ refused: Refused }> => ({ events: [], outcome: { refused: { field, code, detail } } });

export function offerCapacity(state: BoardState, command: OfferCapacity, at: number): Decision<OfferOutcome> {
  const { provider, place, count, until } = command;
  const what = command.what.trim();
  const definition = state.definition;
  if (!definition?.providers[provider]) return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  if (place !== undefined && definition.places[place]?.provider !== provider)
    return refuse('place', 'other-place', `"${place}" is not a place of "${provider}".`);
  if (what === '') return refuse('what', 'missing', 'Say what is offered, e.g. "urgent-response slots".');
  if (!Number.isInteger(count) || count < 1) return refuse('count', 'not-whole', 'Offer a whole number, at least 1.');
  if (until <= at) return refuse('until', 'already-over', 'The end of the offer is in the past.');
  if (until > at + OFFER_LONGEST_MS) return refuse('until', 'too-long', 'An offer stands for 24 hours at most; offer it again when it is still true.');
  const no = (state.counts.offers ?? 0) + 1;
  return { events: [{ kind: 'CapacityOffered', no, ...command, what }], outcome: { no } };
}

export function claimCapacity(state: BoardState, command: ClaimCapacity, at: number): Decision<ClaimOutcome> {
  const { no, provider, count } = command;
  const offer = openOffer(state, no, at);
  if (!offer) return refuse('no', 'unknown-offer', `There is no open offer ${no}: it is over or was withdrawn.`);
  if (!state.definition?.providers[provider]) return refuse('provider', 'unknown-provider', `This board has no provider "${provider}".`);
  if (offer.provider === provider) return refuse('provider', 'own-offer', 'This is your own offer; withdraw it when you need it yourself.');
  if (!Number.isInteger(count) || count < 1) return refuse('count', 'not-whole', 'Claim a whole number, at least 1.');
  if (count > offer.left) return { events: [], outcome: { taken: { left: offer.left } } };
  return { events: [{ kind: 'CapacityClaimed', ...command }], outcome: { no, left: offer.left - count } };
}

/** Takes back what nobody has claimed. */
export function withdrawCapacity(state: BoardState, { no, by }: { no: number; by: Person }, at: number): Decision<OfferOutcome> {
  const offer = openOffer(state, no, at);
  if (!offer) return refuse('no', 'unknown-offer', `There is no open offer ${no}: it is over or was withdrawn.`);
  return { events: offer.left > 0 ? [{ kind: 'CapacityWithdrawn', no, by }] : [], outcome: { no } };
}

function openOffer(state: BoardState, no: number, at: number): Offer | undefined {
  const offer = state.offers[no];
  return offer && at < offer.until ? offer : undefined;
}
