/** What is being done: open actions, the most overdue first, and how far the action cards have got. */
import type { FigureId, Label, ProviderId } from '../definition.js';
import type { ActionCard, CardId, CardStep } from '../response.js';
import type { RuleId } from '../rule.js';
import { isRaised } from '../rules/alert.js';
import type { LevelId } from '../scheme.js';
import type { BoardState, CardRun } from '../state.js';

export interface ActionView {
  no: number;
  what: string;
  owner: string;
  due: number;
  /** 0 while there is time. */
  overdueMs: number;
  raisedAt: number;
  by: string;
  chased: number;
  /** How far it is, in quarters; what its owner said last, and when. */
  quarters: 0 | 1 | 2 | 3 | 4;
  note?: string;
  heardAt?: number;
  /** Its owner said nothing, and this group knows. */
  escalatedTo?: Label;
  provider?: Label;
  /** Whose it is: its organisation, and who raised it, by their ids. */
  of: { provider?: ProviderId; by: string };
  concern?: number;
  goal?: number;
  /** What it was raised from. */
  alert?: { no: number; rule: RuleId; label: Label; place: Label; open: boolean };
  figure?: { id: FigureId; label: Label; place: Label };
}

export interface StepView extends CardStep {
  /** `cannot`: looked at, and why it cannot be done. */
  ticked?: { at: number; by: string; cannot?: string };
}

/** "OPEL 4 declared 07:40; 11 of 14 actions started by 09:00". */
export interface CardRunView {
  run: string;
  card: CardId;
  title: Label;
  alert?: { no: number; rule: RuleId; label: Label };
  level?: { level: LevelId; n: number; declared: boolean };
  since: number;
  /** What it was begun for is over. */
  over?: number;
  steps: StepView[];
  phases: { phase: CardStep['phase']; started: number; of: number }[];
  started: number;
  cannot: number;
  of: number;
  /** The newest tick. */
  tickedAt?: number;
}

export interface ActionsView {
  actions: ActionView[];
  overdue: number;
  /** Of open alerts and of the levels that hold now; then those that were begun before, the newest first. */
  runs: CardRunView[];
}

const PHASES: readonly CardStep['phase'][] = ['first-15', 'first-hour', 'two-hourly', 'stand-down'];

const plain = (text: string): Label => ({ en: text, cy: text });

function placeOf(state: BoardState, id: string): Label {
  const place = id.slice(id.lastIndexOf('@') + 1);
  return state.definition?.places[place]?.name ?? (place === 'system' ? state.definition!.name : plain(place));
}

function runView(card: ActionCard, run: string, since: number, begun: CardRun | undefined): CardRunView {
  const steps = card.steps.map((step): StepView => {
    const tick = begun?.steps[step.id];
    return tick ? { ...step, ticked: { at: tick.at, by: tick.by.name, ...(tick.cannot !== undefined && { cannot: tick.cannot }) } } : { ...step };
  });
  const started = (some: readonly StepView[]): number => some.filter(({ ticked }) => ticked && ticked.cannot === undefined).length;
  const view: CardRunView = {
    run,
    card: card.id,
    title: card.title,
    since,
    steps,
    phases: PHASES.map((phase) => {
      const own = steps.filter((step) => step.phase === phase);
      return { phase, started: started(own), of: own.length };
    }).filter(({ of }) => of > 0),
    started: started(steps),
    cannot: steps.filter(({ ticked }) => ticked?.cannot !== undefined).length,
    of: steps.length,
  };
  const ticks = steps.flatMap(({ ticked }) => (ticked ? [ticked.at] : []));
  if (ticks.length > 0) view.tickedAt = Math.max(...ticks);
  if (begun?.over !== undefined) view.over = begun.over;
  return view;
}

/** The levels that hold, as they are known to the run of a card: declared ones as they were declared, else as worked out. */
function levelsNow(state: BoardState): { level: LevelId; n: number; since: number; declared: boolean }[] {
  return Object.keys(state.definition?.response?.levels ?? {}).flatMap((level) => {
    const declared = state.declared[level];
    const worked = state.levels[level];
    const now = declared ? [{ level, n: declared.n, since: declared.at, declared: true }] : [];
    // A calculated level counts with its worse end.
    if (worked?.high !== undefined && worked.since !== undefined && worked.high !== declared?.n)
      now.push({ level, n: worked.high, since: worked.since, declared: false });
    return now;
  });
}

function runsOf(state: BoardState): CardRunView[] {
  const response = state.definition?.response;
  if (!response) return [];
  const runs: CardRunView[] = [];
  for (const alert of Object.values(state.alerts)) {
    const rule = state.rules[alert.rule]?.rule ?? state.rules[alert.rule]?.was;
    const card = rule && response.cards[rule.card];
    if (!card || !isRaised(alert)) continue;
    const run = `alert:${alert.no}`;
    runs.push({ ...runView(card, run, alert.firedAt ?? alert.since, state.cards[run]), alert: { no: alert.no, rule: rule.id, label: rule.label } });
  }
  for (const { level, n, since, declared } of levelsNow(state)) {
    const scheme = response.levels[level]!.scheme;
    for (const card of Object.values(response.cards)) {
      if (card.level?.scheme !== scheme || card.level.n !== n) continue;
      const run = `level:${level}:${n}:${since}`;
      runs.push({ ...runView(card, run, since, state.cards[run]), level: { level, n, declared } });
    }
  }
  const shown = new Set(runs.map(({ run }) => run));
  for (const [run, begun] of Object.entries(state.cards)) {
    const card = response.cards[begun.card];
    if (!card || shown.has(run)) continue;
    const since = Math.min(...Object.values(begun.steps).map(({ at }) => at));
    const [kind, level = '', n = '', from = ''] = run.split(':');
    const view = runView(card, run, kind === 'level' ? Number(from) : since, begun);
    runs.push(kind === 'level' ? { ...view, level: { level, n: Number(n), declared: true } } : view);
  }
  return runs.sort((a, b) => Number(a.over !== undefined) - Number(b.over !== undefined) || b.since - a.since);
}

export function actionsView(state: BoardState, now: number): ActionsView {
  const definition = state.definition;
  const actions = Object.values(state.actions).map((action): ActionView => {
    const { no, what, owner, due, raisedAt, by, chased, quarters = 0, note, heardAt, escalatedTo, provider, concern, goal } = action;
    const view: ActionView = { no, what, owner, due, overdueMs: Math.max(0, now - due), raisedAt, by: by.name, of: { by: by.id }, chased, quarters };
    if (note !== undefined) view.note = note;
    if (heardAt !== undefined) view.heardAt = heardAt;
    if (escalatedTo !== undefined) view.escalatedTo = definition?.response?.groups[escalatedTo]?.name ?? plain(escalatedTo);
    if (provider !== undefined) {
      view.provider = definition?.providers[provider]?.name ?? plain(provider);
      view.of.provider = provider;
    }
    if (concern !== undefined) view.concern = concern;
    if (goal !== undefined) view.goal = goal;
    if (action.rule !== undefined && action.alert !== undefined) {
      const rule = state.rules[action.rule]?.rule ?? state.rules[action.rule]?.was;
      view.alert = {
        no: action.alert,
        rule: action.rule,
        label: rule?.label ?? plain(action.rule),
        place: placeOf(state, rule ? rule.place : action.rule),
        open: state.alerts[action.rule]?.no === action.alert,
      };
    }
    if (action.figure !== undefined) {
      const id = action.figure;
      const metric = definition?.metrics[definition.series[id]?.metric ?? definition.rollups[id]?.metric ?? ''];
      view.figure = { id, label: metric?.label ?? plain(id), place: placeOf(state, id) };
    }
    return view;
  });
  actions.sort((a, b) => a.due - b.due || a.no - b.no);
  return { actions, overdue: actions.filter(({ overdueMs }) => overdueMs > 0).length, runs: runsOf(state) };
}
