/**
 * What is not as it should be, and who is on it: open concerns, measures off their target that have neither a concern nor a
 * recorded reason, and ideas with the meeting by which each is to be answered. The oldest first: nobody is ranked.
 */
import type { Concern, ConcernStatus, Idea } from '../cell.js';
import type { FigureId, Label, TileId } from '../definition.js';
import { huddlesBetween, plannedMs } from '../rules/cell-times.js';
import { isCurrent } from '../rules/freshness.js';
import { inBand } from '../rules/threshold.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import { figureView, type FigureView } from './figure.js';

export interface ConcernView {
  no: number;
  text: string;
  status: ConcernStatus;
  raisedAt: number;
  changedAt: number;
  ageMs: number;
  by: string;
  figure?: { id: FigureId; title: Label };
  tile?: TileId;
  provider?: Label;
  owner?: string;
  due?: number;
  /** 0 while there is time, or no moment is agreed. */
  overdueMs: number;
  containment?: string;
  cause?: string;
  countermeasure?: string;
  /** Open actions that were raised from it. */
  actions: number[];
}

/** A measure that is not where it should be. */
export interface OffTarget {
  figure: FigureId;
  tile?: TileId;
  title: Label;
  now: FigureView;
  /** Its open concern. */
  concern?: number;
  /** Why it needs none, until when, and who said so. */
  declined?: { reason: string; until: number; by: string };
  /** Neither: somebody is to raise a concern or say why not. */
  bare: boolean;
}

export interface IdeaView extends Omit<Idea, 'by' | 'answer'> {
  by: string;
  answer?: { text: string; at: number; by: string };
  /** End of the next meeting after it was proposed. */
  answerBy?: number;
  /** That meeting is over, and it has no answer. */
  late: boolean;
}

export interface ConcernsView {
  concerns: ConcernView[];
  offTarget: OffTarget[];
  /** Measures that cannot be judged at all, for want of data that is to be believed: no news is not good news. */
  unjudged: { figure: FigureId; title: Label }[];
  ideas: IdeaView[];
  /** Off target without a concern or a reason; concerns overdue; ideas late. */
  counts: { bare: number; overdue: number; late: number };
}

/** Meetings are looked for so far ahead of an idea. */
const AHEAD_MS = 28 * DAY_MS;

export function concernsView(state: BoardState, now: number): ConcernsView {
  const concerns = Object.values(state.concerns)
    .map((concern) => viewOf(state, concern, now))
    .sort((a, b) => a.raisedAt - b.raisedAt || a.no - b.no);
  const { offTarget, unjudged } = measuresNow(state, now);
  const ideas = ideasOf(state, now);
  const counts = {
    bare: offTarget.filter(({ bare }) => bare).length,
    overdue: concerns.filter(({ overdueMs }) => overdueMs > 0).length,
    late: ideas.filter(({ late }) => late).length,
  };
  return { concerns, offTarget, unjudged, ideas, counts };
}

function viewOf(state: BoardState, concern: Concern, now: number): ConcernView {
  const { definition } = state;
  const { about, by, provider, ...rest } = concern;
  const view: ConcernView = {
    ...rest,
    by: by.name,
    ageMs: now - concern.raisedAt,
    overdueMs: concern.due === undefined ? 0 : Math.max(0, now - concern.due),
    actions: Object.values(state.actions).flatMap((action) => (action.concern === concern.no ? [action.no] : [])),
  };
  if (about.figure !== undefined) view.figure = { id: about.figure, title: figureTitle(state, about.figure) };
  if (about.tile !== undefined) view.tile = about.tile;
  const of = provider === undefined ? undefined : definition?.providers[provider];
  if (of) view.provider = of.name;
  return view;
}

/** The title of the tile it heads, else its metric and place. */
export function figureTitle({ definition }: BoardState, figure: FigureId): Label {
  const tile = Object.values(definition?.tiles ?? {}).find(({ headline }) => headline === figure);
  if (tile) return tile.title;
  const metric = definition?.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
  const id = figure.slice(figure.lastIndexOf('@') + 1);
  const place = definition?.places[id]?.name ?? (id === 'system' ? definition?.name : undefined);
  const { en, cy } = metric?.label ?? { en: figure, cy: figure };
  return place ? { en: `${en}, ${place.en}`, cy: `${cy}, ${place.cy}` } : { en, cy };
}

/** The cell's chosen measures, and what heads the tiles of the overview: off target is what is in its act band or out of its good one. */
export function measuresNow(state: BoardState, now: number): Pick<ConcernsView, 'offTarget' | 'unjudged'> {
  const { definition } = state;
  if (!definition) return { offTarget: [], unjudged: [] };
  const chosen = new Map((definition.cell?.measures ?? []).map((measure) => [measure.figure, measure]));
  const heads = new Map(definition.overview.flatMap(({ tiles }) => tiles.map((id) => [definition.tiles[id]!.headline, id] as const)));
  const offTarget: OffTarget[] = [];
  const unjudged: ConcernsView['unjudged'] = [];
  for (const figure of new Set([...chosen.keys(), ...heads.keys()])) {
    const view = figureView(state, figure, now);
    if (!view || view.metric.kind === 'text') continue;
    const measure = chosen.get(figure);
    const title = measure?.title ?? figureTitle(state, figure);
    const judged = typeof view.value === 'number' && isCurrent(view.freshness) && !view.held && (!view.parts || view.parts.current === view.parts.of);
    if (!judged) {
      unjudged.push({ figure, title });
      continue;
    }
    // What is added up through the day is not judged by its day's band before the day is over.
    const outside = measure !== undefined && measure.how !== 'sum' && !inBand(view.value as number, measure.good);
    if (view.status !== 'act' && !outside) continue;
    const concern = Object.values(state.concerns).find(({ about }) => about.figure === figure);
    const declined = state.declined[figure];
    const holds = declined !== undefined && declined.until > now;
    const one: OffTarget = { figure, title, now: view, bare: !concern && !holds };
    const tile = heads.get(figure);
    if (tile !== undefined) one.tile = tile;
    if (concern) one.concern = concern.no;
    if (holds) one.declined = { reason: declined.reason, until: declined.until, by: declined.by.name };
    offTarget.push(one);
  }
  return { offTarget: offTarget.sort((a, b) => Number(b.bare) - Number(a.bare)), unjudged };
}

function ideasOf(state: BoardState, now: number): IdeaView[] {
  const ideas = Object.values(state.ideas).sort((a, b) => a.at - b.at || a.no - b.no);
  const open = ideas.filter(({ status }) => status === 'proposed');
  const cell = state.definition?.cell;
  const meetings = cell && open[0] ? huddlesBetween(state, open[0].at, open.at(-1)!.at + AHEAD_MS).filter(({ skipped }) => !skipped) : [];
  return ideas.map(({ by, answer, ...idea }): IdeaView => {
    const view: IdeaView = { ...idea, by: by.name, late: false };
    if (answer) view.answer = { text: answer.text, at: answer.at, by: answer.by.name };
    if (idea.status !== 'proposed') return view;
    const next = meetings.find(({ due }) => due > idea.at);
    if (next) view.answerBy = next.due + plannedMs(cell!);
    view.late = view.answerBy !== undefined && now > view.answerBy;
    return view;
  });
}
