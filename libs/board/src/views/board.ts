/** The whole board as a screen shows it at `now`. Panels take parts of this and nothing else. */
import type { ColumnDefinition, FigureId, Label, LineDefinition, LinkDefinition, TileDefinition } from '../definition.js';
import { isCurrent, judgeFreshness, worseFreshness, type Freshness } from '../rules/freshness.js';
import type { Severity } from '../rule.js';
import type { BoardState } from '../state.js';
import { offsetMsAt } from '../time.js';
import { actionsView, type ActionsView } from './actions.js';
import { alertsView, type AlertView, type AlertsView } from './alerts.js';
import { figureView, type FigureView } from './figure.js';
import { goalViews, type GoalView } from './goals.js';
import { levelViews, type LevelView } from './levels.js';
import { huddleOn, type HuddleOn } from './meeting.js';
import { tiersView, type TiersView } from './tiers.js';
import { closureView, type ClosureView, offerViews, type OfferView, signOffView } from './provided.js';

export type Density = 'overview' | 'detail';

/** What stands against a figure, or against a tile: the worst of its raised alerts, and how many there are. */
export interface AlertMark {
  severity: Severity;
  count: number;
  /** Nobody has the worst yet. */
  unowned: boolean;
  lostSince?: number;
}
export interface LineView {
  label: Label;
  figure: FigureView;
  alert?: AlertMark;
  /** The place of the figure is closed for now. */
  closed?: ClosureView;
}
export interface TileView {
  id: string;
  title: Label;
  caption?: Label;
  /** Name of the place the headline comes from. */
  placeId: string;
  place?: Label;
  headline: FigureView;
  lines: LineView[];
  parts: LineView[];
  alert?: AlertMark;
  /** Its place is closed for now. The figures stay what they are. */
  closed?: ClosureView;
}
export interface ColumnView {
  title: Label;
  volume?: LineView;
  tiles: TileView[];
}
/** `unknown`: the volume is not current, so the width says nothing. */
export interface LinkView {
  from: string;
  to: string;
  volume: 'low' | 'usual' | 'high' | 'unknown';
  perHour?: number;
  blocked: boolean;
}
export interface FeedView {
  id: string;
  name: Label;
  provider: string;
  owner: { name: Label; contact: string };
  freshness: Freshness;
  /** When the feed was or is expected next. */
  expectedAt?: number;
  heardAt?: number;
  silentSince?: number;
  suspended?: { until: number; reason: string };
  refused?: { at: number; count: number; code: string; detail: string };
  /** Readings of this feed that are held back now. */
  held: number;
}
export interface ProviderView {
  id: string;
  name: Label;
  scheme?: string;
  /** Worst of the provider's feeds. */
  freshness: Freshness;
  heardAt?: number;
  /** Absent when there is none or it has run out. */
  status?: { text: string; level?: number; at: number; until: number };
  /** Its duty director stands behind the figures since then; `restated` of them have changed afterwards. */
  signedOff?: { at: number; by: string; restated: number };
}
/** Something on the board that is not as it should be, worst first. */
export interface AttentionView {
  tile: string;
  title: Label;
  label: Label;
  placeId: string;
  place?: Label;
  figure: FigureView;
}
export interface BoardView {
  id: string;
  name: Label;
  simulated: boolean;
  notice?: Label;
  languages: readonly ('en' | 'cy')[];
  now: number;
  zoneOffsetMs: number;
  feeds: { onTime: number; of: number; list: FeedView[] };
  /**
   * The level the coordination centre has declared for the system, or else the highest that a provider has
   * declared for itself. Only what is declared and has not run out; no level is calculated here.
   */
  declared?: { provider: Label; scheme?: string; level: number; at: number; forSystem: boolean };
  columns: ColumnView[];
  links: LinkView[];
  attention: AttentionView[];
  /** Absent on boards that only show. */
  alerts?: AlertsView;
  actions?: ActionsView;
  levels: LevelView[];
  goals: GoalView[];
  providers: ProviderView[];
  /** Current words of the providers, newest first. */
  messages: { provider: Label; text: string; at: number }[];
  /** Places that are closed now, in the order of the definition. */
  closures: (ClosureView & { place: string; name: Label })[];
  /** Spare capacity of which something is left. */
  offers: OfferView[];
  figures: { shown: number; current: number; held: number };
  /** The meeting around the board, while it is on. */
  huddle?: HuddleOn;
  /** What is known of other cells; absent where there are none below and nothing waits for an answer. */
  tiers?: TiersView;
}

function linkView(state: BoardState, link: LinkDefinition, now: number): LinkView {
  const flow = link.volume && figureView(state, link.volume.figure, now);
  const known = link.volume && flow && typeof flow.value === 'number' && isCurrent(flow.freshness);
  const view: LinkView = {
    from: link.from,
    to: link.to,
    volume: !known ? 'unknown' : (flow.value as number) <= link.volume!.low ? 'low' : (flow.value as number) >= link.volume!.high ? 'high' : 'usual',
    blocked: (link.blockedBy ?? []).some((figure) => figureView(state, figure, now)?.status === 'act'),
  };
  if (known) view.perHour = flow.value as number;
  return view;
}

export function feedViews(state: BoardState, now: number): FeedView[] {
  const definition = state.definition;
  if (!definition) return [];
  return Object.values(definition.feeds).map((feed) => {
    const known = state.feeds[feed.id];
    const view: FeedView = { id: feed.id, name: feed.name, provider: feed.provider, owner: feed.owner, freshness: 'fresh', held: 0 };
    let expectedAt = Infinity;
    for (const id of feed.series) {
      const judged = judgeFreshness(feed, definition.zone, state.series[id], known?.suspended, now);
      view.freshness = worseFreshness(view.freshness, judged.freshness);
      if (judged.expectedAt !== undefined) expectedAt = Math.min(expectedAt, judged.expectedAt);
      if (state.held[id]) view.held++;
    }
    if (Number.isFinite(expectedAt)) view.expectedAt = expectedAt;
    if (known?.heardAt !== undefined) view.heardAt = known.heardAt;
    if (known?.silentSince !== undefined) view.silentSince = known.silentSince;
    if (known?.suspended && now < known.suspended.until) view.suspended = { until: known.suspended.until, reason: known.suspended.reason };
    if (known?.refused) view.refused = known.refused;
    return view;
  });
}

const SEVERITY = { act: 0, watch: 1, none: 2, ok: 3 } as const;

const WORST = { critical: 0, act: 1, watch: 2 } as const;

/** The worst of some raised alerts, and how many there are. */
function markOf(alerts: readonly AlertView[]): AlertMark | undefined {
  const [worst] = alerts.toSorted((a, b) => WORST[a.severity] - WORST[b.severity] || Number(b.unowned) - Number(a.unowned));
  if (!worst) return undefined;
  const { severity, unowned, lostSince } = worst;
  return { severity, count: alerts.length, unowned, ...(lostSince === undefined ? {} : { lostSince }) };
}

export function boardView(state: BoardState, now: number, density: Density): BoardView | undefined {
  const definition = state.definition;
  if (!definition) return undefined;
  const seen = new Map<FigureId, FigureView>();
  const figure = (id: FigureId): FigureView => {
    let view = seen.get(id);
    if (!view) {
      view = figureView(state, id, now);
      if (!view) throw new Error(`The board "${definition.id}" shows "${id}" but does not define it.`);
      seen.set(id, view);
    }
    return view;
  };
  const alerts = definition.response && alertsView(state, now);
  // Those behind a composite still mark their figure.
  const raised = alerts ? [...alerts.open, ...alerts.groups.flatMap(({ behind }) => behind)] : [];
  const marked = (figures: ReadonlySet<FigureId>, tileId?: string): AlertMark | undefined =>
    raised.length === 0
      ? undefined
      : markOf(raised.filter(({ figure, tile }) => (figure !== undefined && figures.has(figure.figure)) || (tileId !== undefined && tile === tileId)));
  /** A figure and what it is made of: an alert of one hospital marks the sum of all. */
  const madeOf = (id: FigureId): FigureId[] => [id, ...(definition.rollups[id]?.of ?? []), ...(definition.rollups[id]?.over ?? [])];
  const line = ({ label, figure: id }: LineDefinition): LineView => {
    const view: LineView = { label, figure: figure(id) };
    const alert = marked(new Set(madeOf(id)));
    if (alert) view.alert = alert;
    const closed = closureView(state, view.figure.place, now);
    if (closed) view.closed = closed;
    return view;
  };
  const tile = (one: TileDefinition): TileView => {
    const headline = figure(one.headline);
    const placeId = one.place ?? headline.place;
    const view: TileView = { id: one.id, title: one.title, placeId, headline, lines: one.lines.map(line), parts: (one.parts ?? []).map(line) };
    const place = definition.places[placeId];
    if (place) view.place = place.name;
    const closed = closureView(state, placeId, now);
    if (closed) view.closed = closed;
    if (one.caption) view.caption = one.caption;
    const alert = marked(new Set([one.headline, ...[...one.lines, ...(one.parts ?? [])].map((part) => part.figure)].flatMap(madeOf)), one.id);
    if (alert) view.alert = alert;
    return view;
  };
  const column = (one: ColumnDefinition): ColumnView => {
    const view: ColumnView = { title: one.title, tiles: one.tiles.map((id) => tile(definition.tiles[id]!)) };
    if (one.volume) view.volume = line(one.volume);
    return view;
  };
  const columns = definition[density].map(column);
  const tiles = columns.flatMap((one) => one.tiles);
  const shown = new Set(tiles.map((one) => one.id));
  const feeds = feedViews(state, now);

  const attention = new Map<FigureId, AttentionView>();
  for (const one of tiles) {
    for (const { label, figure: view } of [{ label: one.title, figure: one.headline }, ...one.lines]) {
      if (view.status !== 'act' && view.status !== 'watch') continue;
      if (attention.has(view.figure)) continue;
      const item: AttentionView = { tile: one.id, title: one.title, label, placeId: view.place, figure: view };
      const place = definition.places[view.place];
      if (place) item.place = place.name;
      attention.set(view.figure, item);
    }
  }

  const providers = Object.values(definition.providers).map((provider) => {
    const own = feeds.filter((feed) => feed.provider === provider.id);
    const view: ProviderView = {
      id: provider.id,
      name: provider.name,
      freshness: own.reduce<Freshness>((worst, feed) => worseFreshness(worst, feed.freshness), own.length > 0 ? 'fresh' : 'never'),
    };
    if (provider.scheme !== undefined) view.scheme = provider.scheme;
    const heard = own.flatMap((feed) => (feed.heardAt === undefined ? [] : [feed.heardAt]));
    if (heard.length > 0) view.heardAt = Math.max(...heard);
    const status = state.statuses[provider.id];
    if (status && now < status.until) view.status = status;
    const signed = signOffView(state, provider, now);
    if (signed?.last) view.signedOff = { at: signed.last.at, by: signed.last.by, restated: signed.restated.length };
    return view;
  });
  const spoken = providers.flatMap(({ id, name, scheme, status }) =>
    status ? [{ forSystem: definition.providers[id]!.kind === 'coordination', name, scheme, status }] : [],
  );
  const declared = spoken
    .filter(({ status }) => status.level !== undefined)
    .sort((a, b) => Number(b.forSystem) - Number(a.forSystem) || b.status.level! - a.status.level! || a.status.at - b.status.at)[0];

  const view: BoardView = {
    id: definition.id,
    name: definition.name,
    simulated: definition.simulated,
    languages: definition.languages,
    now,
    zoneOffsetMs: offsetMsAt(definition.zone, now),
    feeds: { onTime: feeds.filter((feed) => isCurrent(feed.freshness)).length, of: feeds.length, list: feeds },
    columns,
    links: definition.links.filter((link) => shown.has(link.from) && shown.has(link.to)).map((link) => linkView(state, link, now)),
    attention: [...attention.values()].sort((a, b) => SEVERITY[a.figure.status] - SEVERITY[b.figure.status]),
    levels: definition.response ? levelViews(state, now) : [],
    goals: goalViews(state, now),
    providers,
    messages: spoken.map(({ name, status }) => ({ provider: name, text: status.text, at: status.at })).sort((a, b) => b.at - a.at),
    closures: Object.values(definition.places).flatMap(({ id, name }) => {
      const closed = closureView(state, id, now);
      return closed ? [{ ...closed, place: id, name }] : [];
    }),
    offers: offerViews(state, now).filter(({ left }) => left > 0),
    figures: {
      shown: seen.size,
      current: [...seen.values()].filter((one) => isCurrent(one.freshness)).length,
      held: [...seen.values()].filter((one) => one.held).length,
    },
  };
  const huddle = huddleOn(state, now);
  if (huddle) view.huddle = huddle;
  const tiers = tiersView(state, now);
  if (tiers.below.length > 0 || tiers.waiting.length > 0) view.tiers = tiers;
  if (definition.notice) view.notice = definition.notice;
  if (alerts) {
    view.alerts = alerts;
    view.actions = actionsView(state, now);
  }
  if (declared) {
    view.declared = { provider: declared.name, level: declared.status.level!, at: declared.status.at, forSystem: declared.forSystem };
    if (declared.scheme !== undefined) view.declared.scheme = declared.scheme;
  }
  return view;
}
