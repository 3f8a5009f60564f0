/** What the events of a period come to, for a paper. Pure. In a public paper nobody is named and nothing that people wrote is told. */
import type { BoardDefinition, FigureId, Label, PlaceId, ProviderId } from '@comm-cell/board/definition';
import type { BoardEvent, Person } from '@comm-cell/board/events';
import type { PackAction, PackAlert, PackConcern, PackFacts, PackLevel, PackLine, PackNote, PackOutage } from '@comm-cell/contract/packs';
import type { Told, UntoldKind } from './chronicle.js';

/** A timeline longer than this is not read; a shorter stretch, or fewer providers, is. */
export const LINES_MOST = 1_000;

export interface Period {
  definition: BoardDefinition;
  /** What rules are called, those of before the period too. */
  rules: ReadonlyMap<string, { label: Label; place: PlaceId }>;
  events: readonly Told[];
  notes: readonly Told[];
  from: number;
  /** End of what there is to tell: of the period, or now. */
  to: number;
  publicly: boolean;
  /** Only what concerns these; undefined: all. What concerns nobody alone is told always. */
  providers: ReadonlySet<ProviderId> | undefined;
}
type Found = Pick<PackFacts, 'levels' | 'alerts' | 'alertsRaised' | 'actions' | 'concerns' | 'outages' | 'changes' | 'notes'>;
type OfKind<K extends BoardEvent['kind']> = Extract<BoardEvent, { kind: K }>;

export function factsOf(period: Period): Found {
  const alerts = alertsOf(period);
  return {
    levels: [...levelsOf(period), ...claimedOf(period)],
    alerts,
    alertsRaised: alerts.filter(({ raisedAt }) => raisedAt >= period.from).length,
    actions: actionsOf(period),
    concerns: concernsOf(period),
    outages: outagesOf(period),
    changes: changesOf(period),
    notes: notesOf(period),
  };
}

const nobody: Label = { en: '–', cy: '–' };
const plain = (text: string): Label => ({ en: text, cy: text });
function placeName({ definition }: Period, place: PlaceId): Label {
  return definition.places[place]?.name ?? plain(place);
}
function said({ publicly }: Period, text: string | undefined): string | null {
  return publicly ? null : (text ?? null);
}
function who({ publicly }: Period, by: Person | undefined): string | null {
  return publicly ? null : (by?.name ?? null);
}
function ofFigure({ definition }: Period, figure: FigureId): ProviderId | undefined {
  const place = definition.series[figure]?.place ?? figure.slice(figure.lastIndexOf('@') + 1);
  return definition.places[place]?.provider;
}
function figureName({ definition }: Period, figure: FigureId): Label {
  const metric = definition.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
  return metric?.label ?? plain(figure);
}
/** Rules end in their place or their feed. */
function ofRule(period: Period, rule: string): ProviderId | undefined {
  return ofFigure(period, rule) ?? period.definition.feeds[rule.slice(rule.lastIndexOf('@') + 1)]?.provider;
}
function concerns({ providers }: Period, provider: ProviderId | undefined): boolean {
  return providers === undefined || provider === undefined || providers.has(provider);
}

/** Steps that hold from one moment to the next, as time at each within the period. */
function timeAt<Value>(period: Period, steps: readonly { from: number; until?: number; value: Value }[]): { value: Value; ms: number }[] {
  return steps.map(({ from, until = Infinity, value }, i) => {
    const end = Math.min(steps[i + 1]?.from ?? Infinity, until, period.to);
    return { value, ms: Math.max(0, end - Math.max(from, period.from)) };
  });
}

function levelsOf(period: Period): PackLevel[] {
  const { schemes = {}, levels = {} } = period.definition.response ?? {};
  return Object.values(levels)
    .filter(({ provider }) => concerns(period, provider))
    .flatMap(({ id, scheme: schemeId, name }): PackLevel[] => {
      const scheme = schemes[schemeId];
      if (!scheme) return [];
      const set = period.events.flatMap(({ event }) =>
        event.kind === 'LevelTurned' && event.level === id ? [{ from: event.due, value: event.low === event.high ? event.low : null }] : [],
      );
      const declared = period.events.flatMap(({ at, event }) =>
        event.kind === 'LevelDeclared' && event.level === id ? [{ from: at, until: at + scheme.declaredMs, value: event.n }] : [],
      );
      const [calculatedMs, declaredMs] = [timeAt(period, set), timeAt(period, declared)];
      const at = (times: readonly { value: number | null; ms: number }[], n: number): number =>
        times.reduce((sum, { value, ms }) => sum + (value === n ? ms : 0), 0);
      const steps = scheme.levels.map((step) => ({ n: step.n, name: step.name, calculated: at(calculatedMs, step.n), declared: at(declaredMs, step.n) }));
      const rest = (which: 'calculated' | 'declared'): number => period.to - period.from - steps.reduce((sum, step) => sum + step[which], 0);
      return [
        {
          name,
          mark: scheme.mark,
          scheme: named(scheme.name, scheme.version),
          indicative: scheme.signedOff === undefined,
          steps,
          unknown: { calculated: rest('calculated'), declared: rest('declared') },
        },
      ];
    });
}

/** With its version, unless that is in its name already. */
function named(name: Label, version: string): Label {
  return name.en.includes(version) ? name : { en: `${name.en} ${version}`, cy: `${name.cy} ${version}` };
}

/** Levels that providers themselves claim with their words. */
function claimedOf(period: Period): PackLevel[] {
  return Object.values(period.definition.providers).flatMap(({ id, name, scheme }): PackLevel[] => {
    const posted = period.events.flatMap(({ at, event }) =>
      event.kind === 'StatusPosted' && event.provider === id ? [{ from: at, until: event.until, value: event.level ?? null }] : [],
    );
    if (scheme === undefined || !concerns(period, id) || posted.every(({ value }) => value === null)) return [];
    const times = timeAt(period, posted);
    const steps = [...new Set(posted.map(({ value }) => value))]
      .filter((n) => n !== null)
      .sort((a, b) => a - b)
      .map((n) => ({ n, name: plain(String(n)), calculated: 0, declared: times.reduce((sum, { value, ms }) => sum + (value === n ? ms : 0), 0) }));
    const all = period.to - period.from;
    return [
      {
        name,
        mark: scheme,
        scheme: plain(scheme),
        indicative: false,
        steps,
        unknown: { calculated: all, declared: all - steps.reduce((sum, one) => sum + one.declared, 0) },
      },
    ];
  });
}

function alertsOf(period: Period): PackAlert[] {
  const alerts = new Map<number, PackAlert>();
  for (const { event } of period.events) {
    if (event.kind === 'ActionRaised' && event.alert !== undefined) alerts.get(event.alert)?.actions.push(event.no);
    if (event.kind !== 'AlertTurned' || !concerns(period, ofRule(period, event.rule))) continue;
    const { no, rule, turn, due, severity, by } = event;
    const alert = alerts.get(no);
    if (turn === 'raised') {
      const known = period.rules.get(rule);
      alerts.set(no, {
        no,
        label: known?.label ?? plain(rule),
        place: known ? placeName(period, known.place) : nobody,
        severity: severity ?? null,
        raisedAt: due,
        answeredAt: null,
        endedAt: null,
        who: null,
        actions: [],
      });
    } else if (alert && (turn === 'acknowledged' || turn === 'taken')) {
      alert.answeredAt ??= due;
      alert.who ??= who(period, by);
    } else if (alert) alert.endedAt = due;
  }
  return [...alerts.values()].filter(({ raisedAt, endedAt }) => raisedAt < period.to && (endedAt ?? Infinity) >= period.from);
}

function actionsOf(period: Period): PackAction[] {
  const actions = new Map<number, PackAction>();
  for (const { at, event } of period.events) {
    if (event.kind === 'ActionRaised' && concerns(period, event.provider)) {
      const { no, what, owner, due, alert = null } = event;
      actions.set(no, { no, what: said(period, what), owner: said(period, owner), raisedAt: at, due, alert, closedAt: null, result: null });
    }
    const action = event.kind === 'ActionClosed' ? actions.get(event.no) : undefined;
    if (action) [action.closedAt, action.result] = [at, said(period, (event as OfKind<'ActionClosed'>).result)];
  }
  return [...actions.values()].filter(({ closedAt }) => (closedAt ?? Infinity) >= period.from);
}

function concernsOf(period: Period): PackConcern[] {
  const found = new Map<number, PackConcern>();
  for (const { at, event } of period.events) {
    if (event.kind === 'ConcernRaised' && concerns(period, event.provider)) {
      const { no, text, due = null, owner } = event;
      found.set(no, { no, text: said(period, text), raisedAt: at, due, owner: said(period, owner), closedAt: null, result: null });
    }
    if (event.kind === 'ConcernChanged') {
      const concern = found.get(event.no);
      if (concern && event.due !== undefined) concern.due = event.due;
      if (concern && event.owner !== undefined) concern.owner = said(period, event.owner);
    }
    const concern = event.kind === 'ConcernClosed' ? found.get(event.no) : undefined;
    if (concern) [concern.closedAt, concern.result] = [at, said(period, (event as OfKind<'ConcernClosed'>).result)];
  }
  return [...found.values()].filter(({ closedAt }) => (closedAt ?? Infinity) >= period.from);
}

function outagesOf(period: Period): PackOutage[] {
  const { feeds, providers } = period.definition;
  const open = new Map<string, PackOutage>();
  const found: PackOutage[] = [];
  const begin = (feed: string, kind: PackOutage['kind'], from: number, reason: string | null): void => {
    const of = feeds[feed];
    if (!of || open.has(`${feed} ${kind}`) || !concerns(period, of.provider)) return;
    const outage: PackOutage = { feed: of.name, provider: providers[of.provider]?.name ?? plain(of.provider), kind, from, to: null, reason };
    open.set(`${feed} ${kind}`, outage);
    found.push(outage);
  };
  const end = (feed: string, kind: PackOutage['kind'], at: number): void => {
    const outage = open.get(`${feed} ${kind}`);
    if (outage) outage.to = at;
    open.delete(`${feed} ${kind}`);
  };
  for (const { at, event } of period.events) {
    if (event.kind === 'FeedFellSilent') begin(event.feed, 'silent', event.since, null);
    if (event.kind === 'FeedHeardAgain') end(event.feed, 'silent', at);
    if (event.kind === 'FeedSuspended') begin(event.feed, 'paused', at, said(period, event.reason));
    if (event.kind === 'FeedResumed') end(event.feed, 'paused', at);
  }
  return found.filter(({ from, to }) => from < period.to && (to ?? Infinity) >= period.from);
}

function changesOf(period: Period): PackFacts['changes'] {
  return period.events.flatMap(({ seq, at, event }): PackFacts['changes'] => {
    if (at < period.from) return [];
    if (event.kind === 'BoardDefined') return [{ at, seq, what: 'board', about: [], reason: said(period, event.reason), by: who(period, event.by) }];
    if (event.kind !== 'RulesAgreed') return [];
    return [{ at, seq, what: 'rules', about: event.rules.map(({ label }) => label), reason: said(period, event.reason), by: who(period, event.by) }];
  });
}

/** Whoever writes again about the same moment has changed what they wrote; nothing is lost of either in the journal. */
function notesOf(period: Period): PackNote[] {
  const notes = new Map<string, PackNote>();
  for (const { seq, event } of period.notes) {
    if (event.kind !== 'MomentNoted' || event.about < period.from || event.about >= period.to) continue;
    const key = `${event.about} ${event.by.id}`;
    const edited = (notes.get(key)?.edited ?? -1) + 1;
    notes.set(key, { seq, about: event.about, text: said(period, event.text), who: who(period, event.by), edited });
  }
  return [...notes.values()].sort((a, b) => a.about - b.about);
}

/** Everything that happened, in the order of the moments it is about, each with its place and hash in the journal. */
export function timelineOf(period: Period): NonNullable<PackFacts['timeline']> {
  const noted = new Set(notesOf(period).map(({ seq }) => seq));
  const lines = [...period.events, ...period.notes.filter(({ seq }) => noted.has(seq))]
    .flatMap((told) => lineOf(period, told))
    .filter(({ at }) => at >= period.from && at < period.to)
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
  return { of: lines.length, lines: lines.slice(0, LINES_MOST) };
}

function lineOf(period: Period, { seq, hash, at, event }: Told): PackLine[] {
  const { definition } = period;
  const line = (
    provider: ProviderId | undefined,
    what: string,
    more: { about?: Label | undefined; no?: number; text?: string | undefined; by?: Person | undefined; at?: number } = {},
  ): PackLine[] =>
    concerns(period, provider)
      ? [
          {
            seq,
            hash,
            at: more.at ?? at,
            kind: event.kind,
            what,
            about: more.about ?? null,
            no: more.no ?? null,
            text: said(period, more.text),
            who: who(period, more.by),
          },
        ]
      : [];
  switch (event.kind) {
    case 'AlertTurned':
      return line(ofRule(period, event.rule), event.turn, {
        about: period.rules.get(event.rule)?.label ?? plain(event.rule),
        no: event.no,
        by: event.by,
        text: event.reason,
        at: event.due,
      });
    case 'LevelTurned': {
      const level = definition.response?.levels[event.level];
      return line(level?.provider, event.low === event.high ? String(event.low) : `${event.low}–${event.high}`, { about: level?.name, at: event.due });
    }
    case 'LevelDeclared': {
      const level = definition.response?.levels[event.level];
      return line(level?.provider, String(event.n), { about: level?.name, text: event.reason, by: event.by });
    }
    case 'StatusPosted':
      return line(event.provider, event.level === undefined ? '' : String(event.level), {
        about: definition.providers[event.provider]?.name,
        text: event.text,
        by: event.by,
      });
    case 'ActionRaised':
      return line(event.provider, '', { no: event.no, text: event.what, by: event.by });
    case 'ActionClosed':
      return line(undefined, '', { no: event.no, text: event.result, by: event.by });
    case 'ConcernRaised':
      return line(event.provider, '', { no: event.no, text: event.text, by: event.by });
    case 'ConcernClosed':
      return line(undefined, '', { no: event.no, text: event.result, by: event.by });
    case 'ActionProgressed':
      return line(undefined, `${event.quarters}/4`, { no: event.no, text: event.note, by: event.by });
    case 'ActionChanged':
      return line(event.provider, '', { no: event.no, text: event.reason, by: event.by });
    case 'ActionEscalated':
      return line(undefined, '', { no: event.no });
    case 'ConcernChanged':
      return line(event.provider, '', { no: event.no, text: event.countermeasure ?? event.cause ?? event.containment, by: event.by });
    case 'ConcernDeclined':
      return line(ofFigure(period, event.figure), '', { about: figureName(period, event.figure), text: event.reason, by: event.by });
    case 'HuddleCalled':
    case 'HuddleSkipped':
      return line(undefined, '', { text: event.reason, by: event.by });
    case 'HuddleOpened':
      return line(undefined, '', { no: event.no, by: event.by });
    case 'HuddleNoted': {
      const { resource } = event;
      return line(undefined, '', { no: event.no, text: [resource?.amount, event.text].filter(Boolean).join(' · '), by: event.by });
    }
    case 'HuddleClosed':
      return line(undefined, '', { no: event.no, by: event.by });
    case 'Passed':
      return line(undefined, '', { about: event.name ?? plain(event.to), no: event.no, text: event.text, by: event.by });
    case 'Arrived':
      return line(undefined, '', { about: event.name ?? plain(event.from), no: event.no, text: event.text, by: event.by });
    case 'Answered':
      return line(undefined, '', { about: plain(event.from), no: event.no, text: event.text, by: event.by });
    case 'AnswerArrived':
      return line(undefined, '', { no: event.no, text: event.text, by: event.by });
    case 'AnswerMissed':
      return line(undefined, '', { no: event.no, ...(event.from === undefined ? {} : { about: plain(event.from) }) });
    case 'IdeaProposed':
      return line(undefined, '', { no: event.no, text: event.text, by: event.by });
    case 'IdeaAnswered':
      return line(undefined, '', { no: event.no, text: event.answer, by: event.by });
    case 'IdeaMoved':
    case 'GoalReviewed':
    case 'GoalClosed':
      return line(undefined, '', { no: event.no, text: event.note, by: event.by });
    case 'GoalAgreed':
      return line(event.figure && ofFigure(period, event.figure), '', { about: event.title, no: event.no, by: event.by });
    case 'CharterWritten':
      return line(undefined, '', { no: event.version, by: event.by });
    case 'RuleShelved':
      return line(ofRule(period, event.rule), '', { about: period.rules.get(event.rule)?.label ?? plain(event.rule), text: event.reason, by: event.by });
    case 'RuleUnshelved':
      return line(ofRule(period, event.rule), '', { about: period.rules.get(event.rule)?.label ?? plain(event.rule), by: event.by });
    case 'FiguresSignedOff':
      return line(event.provider, String(event.figures.length), { about: definition.providers[event.provider]?.name, text: event.note, by: event.by });
    case 'CapacityWithdrawn':
      return line(undefined, '', { no: event.no, by: event.by });
    case 'MessageStuck':
      return line(undefined, '', { about: plain(event.channel), text: event.detail });
    case 'MessageMended':
      return line(undefined, '');
    case 'FeedFellSilent':
      return line(definition.feeds[event.feed]?.provider, '', { about: definition.feeds[event.feed]?.name, at: event.since });
    case 'FeedHeardAgain':
      return line(definition.feeds[event.feed]?.provider, '', { about: definition.feeds[event.feed]?.name });
    case 'FeedSuspended':
      return line(definition.feeds[event.feed]?.provider, '', { about: definition.feeds[event.feed]?.name, text: event.reason, by: event.by });
    case 'FeedResumed':
      return line(definition.feeds[event.feed]?.provider, '', { about: definition.feeds[event.feed]?.name, by: event.by });
    case 'PlaceClosed':
      return line(definition.places[event.place]?.provider, '', { about: placeName(period, event.place), text: event.reason, by: event.by });
    case 'PlaceOpened':
      return line(definition.places[event.place]?.provider, '', { about: placeName(period, event.place), by: event.by });
    case 'CapacityOffered':
      return line(event.provider, String(event.count), { about: definition.providers[event.provider]?.name, text: event.what, by: event.by });
    case 'CapacityClaimed':
      return line(event.provider, String(event.count), { about: definition.providers[event.provider]?.name, text: event.note, by: event.by });
    case 'RulesAgreed':
      return line(undefined, '', { about: event.rules[0]?.label, text: event.reason, by: event.by });
    case 'BoardDefined':
      return line(undefined, '', { text: event.reason, by: event.by });
    case 'MomentNoted':
      return line(undefined, '', { text: event.text, by: event.by, at: event.about });
    default:
      event.kind satisfies UntoldKind;
      return [];
  }
}
