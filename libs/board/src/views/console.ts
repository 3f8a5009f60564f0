/** A provider's own work as the console shows it: what is due, what it was, what comes by itself. */
import type { FeedDefinition, FeedId, Label, Metric, PlaceId, ProviderId, SeriesId, Unit } from '../definition.js';
import type { HoldReason } from '../events.js';
import { type Freshness, judgeFreshness, worseFreshness } from '../rules/freshness.js';
import type { BoardState } from '../state.js';
import { offsetMsAt } from '../time.js';
import { closureView, type ClosureView, offerViews, type OfferView, signOffView, type SignOffView } from './provided.js';

export interface ConsoleFigure {
  series: SeriesId;
  label: Label;
  place: Label;
  unit: Unit;
  metric: Pick<Metric, 'kind' | 'notation' | 'decimals'>;
  range: { min: number; max: number };
  freshness: Freshness;
  expectedAt?: number;
  /** The newest reading; absent when there never was one. */
  last?: { at: number; rev: number; value: number | string | null; why?: string };
  held?: { at: number; value: number | string | null; reason: HoldReason };
}
export interface ConsoleFeed {
  id: FeedId;
  name: Label;
  /** It comes from a system: read only. */
  automatic: boolean;
  /** Worst of its figures. */
  freshness: Freshness;
  /** When its figures were or are expected next, the first of them. */
  expectedAt?: number;
  suspended?: { until: number; reason: string };
  figures: ConsoleFigure[];
}
export interface ConsolePlace {
  id: PlaceId;
  name: Label;
  closed?: ClosureView;
}
export interface ConsoleProvider {
  id: ProviderId;
  name: Label;
  scheme?: string;
  /** What is most overdue comes first; what comes by itself last. */
  feeds: ConsoleFeed[];
  status?: { text: string; level?: number; at: number; until: number };
  places: ConsolePlace[];
  signOff?: SignOffView;
}
export interface ConsoleView {
  board: string;
  name: Label;
  now: number;
  zoneOffsetMs: number;
  providers: ConsoleProvider[];
  /** Open offers of all providers. */
  offers: OfferView[];
  /** Everybody on the board, by name: who offers and who claims. */
  names: Record<ProviderId, Label>;
}

function figureOf(state: BoardState, feed: FeedDefinition, id: SeriesId, now: number): ConsoleFigure {
  const definition = state.definition!;
  const { metric: metricId, place, range } = definition.series[id]!;
  const { label, unit, kind, notation, decimals } = definition.metrics[metricId]!;
  const known = state.series[id];
  const { freshness, expectedAt } = judgeFreshness(feed, definition.zone, known, state.feeds[feed.id]?.suspended, now);
  const figure: ConsoleFigure = {
    series: id,
    label,
    place: definition.places[place]!.name,
    unit: definition.units[unit]!,
    metric: { kind, notation, decimals },
    range,
    freshness,
  };
  if (expectedAt !== undefined) figure.expectedAt = expectedAt;
  if (known) figure.last = { at: known.at, rev: known.rev, value: known.value, ...(known.why !== undefined && { why: known.why }) };
  const held = state.held[id];
  if (held) figure.held = { at: held.at, value: held.value, reason: held.reason };
  return figure;
}

function feedOf(state: BoardState, feed: FeedDefinition, now: number): ConsoleFeed {
  const figures = feed.series.map((id) => figureOf(state, feed, id, now));
  const expected = figures.flatMap(({ expectedAt }) => (expectedAt === undefined ? [] : [expectedAt]));
  const suspended = state.feeds[feed.id]?.suspended;
  return {
    id: feed.id,
    name: feed.name,
    automatic: feed.means === 'system',
    freshness: figures.reduce<Freshness>((worst, one) => worseFreshness(worst, one.freshness), 'fresh'),
    figures,
    ...(expected.length > 0 && { expectedAt: Math.min(...expected) }),
    ...(suspended && now < suspended.until && { suspended: { until: suspended.until, reason: suspended.reason } }),
  };
}

/** Nothing was ever heard of it: that is due since ever. A planned silence is due to nobody. */
function urgency({ automatic, suspended, freshness, expectedAt = Infinity }: ConsoleFeed): number {
  if (automatic) return Infinity;
  if (suspended) return Number.MAX_SAFE_INTEGER;
  return freshness === 'never' ? -Infinity : expectedAt;
}

/** `own`: whose work it is; null = the whole board's. */
export function consoleView(state: BoardState, own: readonly ProviderId[] | null, now: number): ConsoleView | undefined {
  const definition = state.definition;
  if (!definition) return undefined;
  const providers = Object.values(definition.providers).filter(({ id }) => own === null || own.includes(id));
  return {
    board: definition.id,
    name: definition.name,
    now,
    zoneOffsetMs: offsetMsAt(definition.zone, now),
    names: Object.fromEntries(Object.values(definition.providers).map(({ id, name }) => [id, name])),
    offers: offerViews(state, now),
    providers: providers.map((provider): ConsoleProvider => {
      const feeds = Object.values(definition.feeds).filter((feed) => feed.provider === provider.id);
      const status = state.statuses[provider.id];
      const signOff = signOffView(state, provider, now);
      return {
        id: provider.id,
        name: provider.name,
        feeds: feeds.map((feed) => feedOf(state, feed, now)).sort((a, b) => (urgency(a) === urgency(b) ? 0 : urgency(a) - urgency(b))),
        places: Object.values(definition.places)
          .filter((place) => place.provider === provider.id)
          .map(({ id, name }) => {
            const closed = closureView(state, id, now);
            return { id, name, ...(closed && { closed }) };
          }),
        ...(provider.scheme !== undefined && { scheme: provider.scheme }),
        ...(status && now < status.until && { status }),
        ...(signOff && { signOff }),
      };
    }),
  };
}
